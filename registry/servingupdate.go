package registry

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"augur"
	"augur/ent"
	"augur/ent/servingpolicy"
)

// ServingUpdate changes how the versions of a model are served.
type ServingUpdate struct {
	// Model is the model's name.
	Model string
	// Version is the version that is served otherwise than its model says: a
	// version, an alias or latest. "" changes the model's own policy.
	Version string
	// IfRevision refuses the change when the policy has another revision; 0 is
	// that of a policy that has never set anything.
	IfRevision *int
	// Fields name the settings that change, as ServingSet does; the others stay.
	Fields []string
	// Policy has the new values of those; nil sets none, so that it is inherited.
	Policy ent.ServingPolicy
}

// ServingUpdated says whose policy a ServingUpdate changed.
type ServingUpdated struct {
	ModelID string
	// VersionID is "" when it was the model's own.
	VersionID string
}

// ServingUpdate changes the policy of a model or of one version. The error is
// NotFound, InvalidArgument for a value out of bounds or a fallback of a single
// version, FailedPrecondition for a fallback that does not accept what the live
// version accepts, or Aborted when the revision is another.
func (r *Registry) ServingUpdate(ctx context.Context, in ServingUpdate) (ServingUpdated, error) {
	if err := in.check(); err != nil {
		return ServingUpdated{}, err
	}
	var out ServingUpdated
	err := r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		m, err := r.modelByName(ctx, tx, in.Model)
		if err != nil {
			return nil, err
		}
		out = ServingUpdated{ModelID: m.ID}
		where := servingpolicy.VersionIDIsNil()
		if in.Version != "" {
			v, err := versionByRef(ctx, tx, m, in.Version)
			if err != nil {
				return nil, err
			}
			out.VersionID, where = v.ID, servingpolicy.VersionID(v.ID)
		}
		if ref := in.Policy.Fallback; ref != nil && slices.Contains(in.Fields, fallbackSetting) {
			if err := checkFallback(ctx, tx, m, *ref); err != nil {
				return nil, err
			}
		}
		was, err := tx.ServingPolicy.Query().Where(servingpolicy.ModelID(m.ID), where).Only(ctx)
		if err != nil && !ent.IsNotFound(err) {
			return nil, err
		}
		revision := 0
		if was != nil {
			revision = was.Revision
		}
		if err := checkRevision(in.IfRevision, revision); err != nil {
			return nil, err
		}
		d, err := in.save(ctx, tx, out, was)
		if err != nil || d.empty() {
			return nil, err
		}
		c := &change{action: "modelServingUpdate", subject: m.ID, model: m.Name, before: d.before, after: d.after, catalog: true}
		if out.VersionID != "" {
			c.subject = out.VersionID
		}
		return c, nil
	})
	if err != nil {
		return ServingUpdated{}, err
	}
	return out, nil
}

// check checks what can be checked without the record.
func (in *ServingUpdate) check() error {
	unknown := slices.Clone(in.Fields)
	for _, s := range settings {
		unknown = slices.DeleteFunc(unknown, func(name string) bool { return name == s.name })
		if !slices.Contains(in.Fields, s.name) {
			continue
		}
		if err := s.check(s.get(&in.Policy)); err != nil {
			return augur.AsError(err).At(s.name)
		}
		if s.name == fallbackSetting && in.Version != "" {
			return augur.Errorf(augur.InvalidArgument, "a fallback is of the whole model: leave version out").At(s.name)
		}
	}
	if len(unknown) > 0 {
		return augur.Errorf(augur.Internal, "no setting %q", unknown[0])
	}
	return nil
}

// check holds a value against its bounds; nil is allowed everywhere.
func (s *setting) check(v any) error {
	switch v := v.(type) {
	case time.Duration:
		if int64(v) < s.least || int64(v) > s.most {
			return augur.Errorf(augur.InvalidArgument, "expected %s to %s, got %s", time.Duration(s.least), time.Duration(s.most), v)
		}
	case int:
		return s.checkNumber(int64(v))
	case int64:
		return s.checkNumber(v)
	case float64:
		if !(v >= float64(s.least) && v <= float64(s.most)) {
			return augur.Errorf(augur.InvalidArgument, "expected %d to %d, got %v", s.least, s.most, v)
		}
	case string:
		if s.name == redactSetting {
			return checkRedact(v)
		}
		if _, err := augur.ParseSemver(v); err == nil || v == augur.Latest || v == augur.Previous {
			return nil
		}
		if augur.CheckAliasName(v) != nil {
			return augur.Errorf(augur.InvalidArgument, "expected a version, an alias, latest or previous, got %q", v)
		}
	}
	return nil
}

// maxRedact bounds the names of one policy, and maxRedactName each of them.
const (
	maxRedact     = 200
	maxRedactName = 250
)

// checkRedact checks names that stand on a line each.
func checkRedact(names string) error {
	list := strings.Split(names, "\n")
	if len(list) > maxRedact {
		return augur.Errorf(augur.InvalidArgument, "expected at most %d names, got %d", maxRedact, len(list))
	}
	for _, name := range list {
		if len(name) > maxRedactName || name == "" && len(list) > 1 || !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
			return augur.Errorf(augur.InvalidArgument, "expected names of 1 to %d bytes on one line, got %q", maxRedactName, name)
		}
	}
	return nil
}

func (s *setting) checkNumber(n int64) error {
	if n < s.least || n > s.most {
		return augur.Errorf(augur.InvalidArgument, "expected %d to %d, got %d", s.least, s.most, n)
	}
	return nil
}

// save writes the policy that was, nil for none, with the changes. A policy that
// sets nothing any more keeps its row: its revision goes on.
func (in *ServingUpdate) save(ctx context.Context, tx *ent.Tx, of ServingUpdated, was *ent.ServingPolicy) (diff, error) {
	d, is := diff{}, ServingOf(was, nil)
	for _, s := range settings {
		if !slices.Contains(in.Fields, s.name) {
			continue
		}
		before := plain(s.get(is))
		s.take(is, &in.Policy)
		d.add(s.name, before, plain(s.get(is)))
	}
	set := func(m *ent.ServingPolicyMutation) error {
		for _, s := range settings {
			var err error
			if v := s.get(is); v != nil {
				err = m.SetField(s.column, v)
			} else {
				err = m.ClearField(s.column)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	switch {
	case d.empty():
		return d, nil
	case was == nil:
		create := tx.ServingPolicy.Create().SetModelID(of.ModelID)
		if of.VersionID != "" {
			create.SetVersionID(of.VersionID)
		}
		if err := set(create.Mutation()); err != nil {
			return d, err
		}
		return d, create.Exec(ctx)
	default:
		update := tx.ServingPolicy.UpdateOne(was).AddRevision(1)
		if err := set(update.Mutation()); err != nil {
			return d, err
		}
		return d, update.Exec(ctx)
	}
}

// plain is a value as the audit trail writes it: a length of time as "1m30s".
func plain(v any) any {
	if t, ok := v.(time.Duration); ok {
		return t.String()
	}
	return v
}

// checkFallback refuses a fallback that cannot stand in for the live version.
// What previous means is known only when it is needed.
func checkFallback(ctx context.Context, tx *ent.Tx, m *ent.Model, ref string) error {
	if ref == augur.Previous {
		return nil
	}
	v, err := versionByRef(ctx, tx, m, ref)
	if err != nil {
		e := *augur.AsError(err)
		e.Field = []string{fallbackSetting}
		return &e
	}
	live, err := findAlias(ctx, tx, m, augur.Live)
	if err != nil || live == nil || live.Edges.Version == nil {
		return err
	}
	if err := accepts(v.Signature, live.Edges.Version.Signature); err != nil {
		return augur.Errorf(augur.FailedPrecondition, "%s %s cannot stand in for the live version %s: %s",
			m.Name, v.Version, live.Edges.Version.Version, augur.AsError(err).Message).At(fallbackSetting)
	}
	return nil
}
