package resolvers

import (
	"context"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/aliasevent"
	"augur/ent/predicate"

	"entgo.io/ent/dialect/sql"
)

// aliasAtKey asks for the last move of an alias up to an instant, in
// microseconds since 1970.
type aliasAtKey struct {
	model, alias string
	at           int64
}

// versionAt finds the version that an alias pointed at then. The error is
// InvalidArgument for what is no alias and for the future, and NotFound when
// there was no such alias or its version is deleted.
func (r *Resolver) versionAt(ctx context.Context, m *ent.Model, ref string, at time.Time) (*ent.ModelVersion, error) {
	if _, err := augur.ParseSemver(ref); err == nil || ref == augur.Latest {
		return nil, augur.Errorf(augur.InvalidArgument, "only what an alias pointed at is kept: expected one with at, got %q", ref).At("ref")
	}
	if err := augur.CheckAliasName(ref); err != nil {
		return nil, augur.AsError(err).At("ref")
	}
	if at.After(time.Now()) {
		return nil, augur.Errorf(augur.InvalidArgument, "nobody knows what %q will point at then", ref).At("at")
	}
	move, err := load(ctx).aliasesAt.Load(ctx, aliasAtKey{model: m.ID, alias: ref, at: at.UnixMicro()})
	if err != nil {
		return nil, err
	}
	name, err := r.modelName(ctx, m)
	if err != nil {
		return nil, err
	}
	then := at.UTC().Format(time.RFC3339Nano)
	switch {
	case move == nil:
		first, err := r.Reader.AliasEvent.Query().Where(aliasevent.ModelID(m.ID), aliasevent.Name(ref)).Order(ent.Asc(aliasevent.FieldCreatedAt)).First(ctx)
		if ent.IsNotFound(err) {
			return nil, augur.Errorf(augur.NotFound, "model %q never had an alias %q", name, ref).At("ref")
		}
		if err != nil {
			return nil, err
		}
		return nil, augur.Errorf(augur.NotFound, "model %q had no alias %q at %s: it was first set at %s", name, ref, then, first.CreatedAt.UTC().Format(time.RFC3339Nano)).At("at")
	case move.VersionID == nil:
		return nil, augur.Errorf(augur.NotFound, "model %q had no alias %q at %s: %s removed it at %s", name, ref, then, move.Principal, move.CreatedAt.UTC().Format(time.RFC3339Nano)).At("at")
	}
	v, err := load(ctx).versions.Load(ctx, *move.VersionID)
	if v == nil && err == nil {
		return nil, augur.Errorf(augur.NotFound, "the version that %q of model %q pointed at then, %s, is deleted", ref, name, *move.VersionID).At("at")
	}
	return v, err
}

// aliasesAt finds last moves: one statement for all models that ask for the same
// alias and instant.
func (l Loaders) aliasesAt(ctx context.Context, keys []aliasAtKey) ([]*ent.AliasEvent, []error) {
	groups := map[aliasAtKey][]string{}
	for _, key := range keys {
		model := key.model
		key.model = ""
		groups[key] = append(groups[key], model)
	}
	byKey := make(map[aliasAtKey]*ent.AliasEvent, len(keys))
	for group, models := range groups {
		at := time.UnixMicro(group.at).UTC()
		rows, err := l.Reader.AliasEvent.Query().
			Where(aliasevent.ModelIDIn(models...), aliasevent.Name(group.alias), aliasevent.CreatedAtLTE(at), lastUntil(at)).All(ctx)
		if err != nil {
			return nil, []error{err}
		}
		for _, row := range rows {
			key := group
			key.model = row.ModelID
			byKey[key] = row
		}
	}
	return arrange(keys, byKey), nil
}

// lastUntil is the predicate of moves after which none of the same alias came
// until then. Moves of one microsecond are told apart by their ids, which count up.
func lastUntil(at time.Time) predicate.AliasEvent {
	return func(s *sql.Selector) {
		t := sql.Dialect(s.Dialect()).Table(aliasevent.Table).As("later")
		same := func(column string) *sql.Predicate { return sql.ColumnsEQ(t.C(column), s.C(column)) }
		s.Where(sql.NotExists(sql.Dialect(s.Dialect()).Select(t.C(aliasevent.FieldID)).From(t).Where(sql.And(
			same(aliasevent.FieldModelID), same(aliasevent.FieldName), sql.LTE(t.C(aliasevent.FieldCreatedAt), at),
			sql.Or(
				sql.ColumnsGT(t.C(aliasevent.FieldCreatedAt), s.C(aliasevent.FieldCreatedAt)),
				sql.And(same(aliasevent.FieldCreatedAt), sql.ColumnsGT(t.C(aliasevent.FieldID), s.C(aliasevent.FieldID))),
			),
		))))
	}
}
