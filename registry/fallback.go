package registry

import (
	"context"
	"slices"
	"sync"

	"augur"
	"augur/ent"
	"augur/ent/aliasevent"
	"augur/ent/servingpolicy"

	"entgo.io/ent/dialect/sql"
)

// Fallback is the version that answers in place of another whose circuit breaker
// is open: the one that its model's policy names, as long as it accepts what the
// other accepts and gives the same outputs; nil when there is none.
func (c *Catalog) Fallback(versionID string) *augur.CatalogVersion {
	v := c.current.Load().versions[versionID]
	if v == nil || v.standIn == nil {
		return nil
	}
	return v.standIn()
}

// readPolicies reads what is set of models and versions, by the id of either.
func readPolicies(ctx context.Context, tx *ent.Tx) (map[string]*ent.ServingPolicy, error) {
	rows, err := tx.ServingPolicy.Query().All(ctx)
	if err != nil {
		return nil, err
	}
	policies := make(map[string]*ent.ServingPolicy, len(rows))
	for _, p := range rows {
		policies[or(p.VersionID, p.ModelID)] = p
	}
	return policies, nil
}

// readFallbacks gives the versions of models with a fallback the way to it.
// Signatures are compared when somebody asks, and then once.
func (s *snapshot) readFallbacks(ctx context.Context, tx *ent.Tx, byID map[string]*entry, policies map[string]*ent.ServingPolicy) error {
	previous := false
	for id, e := range byID {
		p := policies[id]
		if p == nil || p.Fallback == nil {
			continue
		}
		e.fallback = *p.Fallback
		previous = previous || e.fallback == augur.Previous
		for _, v := range e.versions {
			v.standIn = sync.OnceValue(func() *augur.CatalogVersion { return e.standIn(v) })
		}
	}
	if !previous {
		return nil
	}
	moves, err := tx.AliasEvent.Query().Where(movesOfLive).
		Order(ent.Desc(aliasevent.FieldCreatedAt, aliasevent.FieldID)).
		Select(aliasevent.FieldModelID, aliasevent.FieldVersionID).All(ctx)
	for _, move := range moves {
		e := byID[move.ModelID]
		if v := s.versions[or(move.VersionID, "")]; e != nil && v != nil {
			e.lived = append(e.lived, v)
		}
	}
	return err
}

// movesOfLive, as a predicate, keeps the last 100 moves of live in each model
// whose fallback is previous: nobody falls back further, and every reading of
// the catalog reads them.
func movesOfLive(s *sql.Selector) {
	const most = 100
	d := sql.Dialect(s.Dialect())
	policies, events := d.Table(servingpolicy.Table), d.Table(aliasevent.Table)
	models := d.Select(policies.C(servingpolicy.FieldModelID)).From(policies).Where(sql.And(
		sql.IsNull(policies.C(servingpolicy.FieldVersionID)), sql.EQ(policies.C(servingpolicy.FieldFallback), augur.Previous)))
	place := sql.RowNumber().PartitionBy(events.C(aliasevent.FieldModelID)).
		OrderBy(sql.Desc(events.C(aliasevent.FieldCreatedAt)), sql.Desc(events.C(aliasevent.FieldID)))
	numbered := d.Select(events.C(aliasevent.FieldID)).AppendSelectExprAs(place, "place").From(events).
		Where(sql.And(sql.In(events.C(aliasevent.FieldModelID), models), sql.EQ(events.C(aliasevent.FieldName), augur.Live))).As("numbered")
	s.Where(sql.In(s.C(aliasevent.FieldID), d.Select(numbered.C(aliasevent.FieldID)).From(numbered).Where(sql.LTE(numbered.C("place"), most))))
}

// standIn finds the version that can answer for v: the one that the fallback
// names, or the last one of which live was moved away before it came to v.
func (e *entry) standIn(v *item) *augur.CatalogVersion {
	var candidates []*item
	switch at := slices.Index(e.lived, v); {
	case e.fallback != augur.Previous:
		candidates = []*item{e.find(e.fallback)}
	case at >= 0:
		candidates = e.lived[at+1:]
	}
	for _, w := range candidates {
		if w != nil && w != v && accepts(w.Signature, v.Signature) == nil {
			return w.CatalogVersion
		}
	}
	return nil
}

// find returns the version that a ref names, nil for none.
func (e *entry) find(ref string) *item {
	if ref == augur.Latest {
		return e.latest
	}
	if v := e.aliases[ref]; v != nil {
		return v
	}
	semver, err := augur.ParseSemver(ref)
	if err != nil {
		return nil
	}
	return e.versions[semver.String()]
}
