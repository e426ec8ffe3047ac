package registry

import (
	"context"

	"augur"
	"augur/ent"
	"augur/ent/alias"
	"augur/ent/aliasevent"
	"augur/ent/modelversion"
	"augur/ent/predicate"

	"entgo.io/ent/dialect/sql"
)

// AliasSet points an alias at a version.
type AliasSet struct {
	// Model is the model's name.
	Model, Alias string
	// Version is a version, another alias or latest.
	Version string
	// IfRevision refuses the change when the alias has another revision; 0 is
	// that of an alias that is not there.
	IfRevision *int
	// Reason is kept in the alias's history.
	Reason string
}

// AliasRemove removes an alias.
type AliasRemove struct {
	// Model is the model's name.
	Model, Alias string
	// IfRevision refuses the change when the alias has another revision.
	IfRevision *int
	// Reason is kept in the alias's history.
	Reason string
}

// AliasSet points an alias at a READY version and returns the alias's id. An
// alias that points there already stays as it is. Traffic moves only to a version
// that is loaded: where the alias is live or has been set before, this waits for
// that, and the alias stays where it is when it fails. The error is
// InvalidArgument, NotFound, Aborted when the revision is another,
// FailedPrecondition for live while a rollout goes on, or that of loading, with
// Field ["version"].
func (r *Registry) AliasSet(ctx context.Context, in AliasSet) (id string, err error) {
	if err := augur.CheckAliasName(in.Alias); err != nil {
		return "", augur.AsError(err).At("alias")
	}
	if err := checkText(in.Reason, maxReason, "reason"); err != nil {
		return "", err
	}
	if err := r.warm(ctx, in); err != nil {
		return "", err
	}
	err = r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		m, err := r.modelByName(ctx, tx, in.Model)
		if err != nil {
			return nil, err
		}
		v, err := versionByRef(ctx, tx, m, in.Version)
		if err != nil {
			return nil, err
		}
		was, err := findAlias(ctx, tx, m, in.Alias)
		if err == nil {
			err = checkRevision(in.IfRevision, revisionOfAlias(was))
		}
		if err == nil && in.Alias == augur.Live && (was == nil || was.VersionID != v.ID) {
			err = noRollout(ctx, tx, m, "alias")
		}
		if err != nil {
			return nil, err
		}
		var c *change
		id, c, err = setAlias(ctx, tx, m, was, in.Alias, v, in.Reason)
		return c, err
	})
	return id, err
}

// warm loads the version that traffic is about to move to. What is wrong with
// the input is for the write to say.
func (r *Registry) warm(ctx context.Context, in AliasSet) error {
	to, now := r.catalog.find(ctx, in.Model, in.Version), r.catalog.find(ctx, in.Model, in.Alias)
	switch {
	case r.warmer == nil, to == nil, in.Version == "":
		return nil
	case now == nil && in.Alias != augur.Live, now != nil && now.ID == to.ID:
		return nil // nobody asks for it yet, or it points there already
	}
	if err := r.warmer.Warm(ctx, []*augur.CatalogVersion{to}); err != nil {
		return augur.Wrap(augur.CodeOf(err), err, "version %s cannot be loaded, so %q stays where it is: %s", to.Version, in.Alias, augur.AsError(err).Message).At("version")
	}
	return nil
}

// revisionOfAlias is 0 for an alias that is not there.
func revisionOfAlias(a *ent.Alias) int {
	if a == nil {
		return 0
	}
	return a.Revision
}

// setAlias points an alias, nil for one that is not there, at a READY version;
// the change is nil when it points there already. The caller holds the model's lock.
func setAlias(ctx context.Context, tx *ent.Tx, m *ent.Model, was *ent.Alias, name string, v *ent.ModelVersion, reason string) (id string, c *change, err error) {
	if was != nil && was.VersionID == v.ID {
		return was.ID, nil, nil
	}
	if id, err = pointAlias(ctx, tx, m, was, name, v, reason); err != nil {
		return "", nil, err
	}
	c = &change{action: "aliasSet", subject: id, model: m.Name, catalog: true, after: map[string]any{"alias": name, "version": v.Version}}
	if was != nil {
		c.before = map[string]any{"alias": name, "version": was.Edges.Version.Version}
	}
	return id, c, nil
}

// AliasRemove removes an alias and returns the id of its model. The error is
// NotFound, Aborted when the revision is another, or FailedPrecondition for live
// while a rollout goes on.
func (r *Registry) AliasRemove(ctx context.Context, in AliasRemove) (modelID string, err error) {
	if err := checkText(in.Reason, maxReason, "reason"); err != nil {
		return "", err
	}
	err = r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		m, err := r.modelByName(ctx, tx, in.Model)
		if err != nil {
			return nil, err
		}
		was, err := findAlias(ctx, tx, m, in.Alias)
		if err != nil {
			return nil, err
		}
		if was == nil {
			return nil, augur.Errorf(augur.NotFound, "model %q has no alias %q", m.Name, in.Alias).At("alias")
		}
		if err := checkRevision(in.IfRevision, was.Revision); err != nil {
			return nil, err
		}
		if in.Alias == augur.Live {
			if err := noRollout(ctx, tx, m, "alias"); err != nil {
				return nil, err
			}
		}
		if err := tx.Alias.DeleteOne(was).Exec(ctx); err != nil {
			return nil, err
		}
		if err := moved(ctx, tx, m, in.Alias, &was.VersionID, nil, in.Reason); err != nil {
			return nil, err
		}
		modelID = m.ID
		return &change{
			action: "aliasRemove", subject: was.ID, model: m.Name, catalog: true,
			before: map[string]any{"alias": in.Alias, "version": was.Edges.Version.Version},
		}, nil
	})
	return modelID, err
}

// findAlias finds an alias with its version, nil when there is none. The caller
// holds the model's lock.
func findAlias(ctx context.Context, tx *ent.Tx, m *ent.Model, name string) (*ent.Alias, error) {
	a, err := tx.Alias.Query().Where(alias.ModelID(m.ID), alias.Name(name)).WithVersion().Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return a, err
}

// pointAlias makes an alias, or moves the one that was, and writes the move to
// its history. The caller holds the model's lock and knows that v is READY.
func pointAlias(ctx context.Context, tx *ent.Tx, m *ent.Model, was *ent.Alias, name string, v *ent.ModelVersion, reason string) (id string, err error) {
	if was == nil {
		// Nobody who read an alias that has been removed takes a new one for it.
		moves, err := tx.AliasEvent.Query().Where(aliasevent.ModelID(m.ID), aliasevent.Name(name)).Count(ctx)
		if err != nil {
			return "", err
		}
		a, err := tx.Alias.Create().SetModelID(m.ID).SetName(name).SetVersionID(v.ID).SetRevision(moves + 1).Save(ctx)
		if err != nil {
			return "", err
		}
		return a.ID, moved(ctx, tx, m, name, nil, &v.ID, reason)
	}
	if err := tx.Alias.UpdateOne(was).SetVersionID(v.ID).AddRevision(1).Exec(ctx); err != nil {
		return "", err
	}
	return was.ID, moved(ctx, tx, m, name, &was.VersionID, &v.ID, reason)
}

// moved adds one row to the history of an alias.
func moved(ctx context.Context, tx *ent.Tx, m *ent.Model, name string, from, to *string, reason string) error {
	return tx.AliasEvent.Create().SetModelID(m.ID).SetName(name).SetNillablePreviousID(from).SetNillableVersionID(to).
		SetPrincipal(augur.PrincipalFrom(ctx).Name).SetReason(reason).Exec(ctx)
}

// versionByRef finds the READY version that a ref names, as Catalog.Resolve
// does, in the transaction. The error is at ["version"].
func versionByRef(ctx context.Context, tx *ent.Tx, m *ent.Model, ref string) (*ent.ModelVersion, error) {
	if ref == augur.Latest {
		return latest(ctx, tx, m)
	}
	semver, err := augur.ParseSemver(ref)
	if err != nil {
		a, err := findAlias(ctx, tx, m, ref)
		if err != nil {
			return nil, err
		}
		if a == nil || a.Edges.Version == nil {
			return nil, augur.Errorf(augur.NotFound, "model %q has no version or alias %q", m.Name, ref).At("version")
		}
		return a.Edges.Version, nil
	}
	v, err := tx.ModelVersion.Query().Where(readyVersion(m), modelversion.Semver(semver.String())).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, augur.Errorf(augur.NotFound, "model %q has no version %s", m.Name, ref).At("version")
	}
	return v, err
}

// latest finds the highest READY version, archived ones aside unless there are
// no others.
func latest(ctx context.Context, tx *ent.Tx, m *ent.Model) (*ent.ModelVersion, error) {
	for _, archived := range []predicate.ModelVersion{modelversion.ArchivedAtIsNil(), modelversion.ArchivedAtNotNil()} {
		v, err := tx.ModelVersion.Query().Where(readyVersion(m), archived).Order(modelversion.BySortKey(sql.OrderDesc())).First(ctx)
		if !ent.IsNotFound(err) {
			return v, err
		}
	}
	return nil, augur.Errorf(augur.NotFound, "model %q has no version yet", m.Name).At("version")
}

// readyVersion is the predicate of versions that may be asked for.
func readyVersion(m *ent.Model) predicate.ModelVersion {
	return modelversion.And(modelversion.ModelID(m.ID), modelversion.StatusEQ(modelversion.StatusREADY))
}
