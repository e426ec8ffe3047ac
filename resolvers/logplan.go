package resolvers

import (
	"context"
	"slices"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/predicate"
	"augur/ent/predictionrecord"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
)

const (
	// fewRecords are so few that looking at each and putting them in order is
	// faster than walking back through the log until a page is full.
	fewRecords = 5000
	// fewModels are so few that naming each tells the database how many of the
	// records are theirs.
	fewModels = 50
	// fewAlternatives are so few that each can be looked for by itself.
	fewAlternatives = 10
)

// planned returns a query of the log with what the filter implies, said so that
// the database takes the index that finds little. The answer stays the same.
func (r *Resolver) planned(ctx context.Context, query *ent.PredictionRecordQuery, where *ent.PredictionRecordWhereInput) (*ent.PredictionRecordQuery, error) {
	all := conjuncts(where, nil)
	for _, w := range all {
		for _, p := range rarely(w) {
			query = query.Where(p)
		}
	}
	for _, found := range [][]predicate.PredictionRecord{latency(all), cached(all)} {
		if few, err := r.few(ctx, found); err != nil || few {
			return query.Where(among(found)), err
		}
	}
	for _, w := range all {
		any, err := r.alternatives(ctx, w.Or)
		if err != nil || any != nil {
			return query.Where(amongAny(any)), err
		}
	}
	query = query.Where(inTime)
	if p := augur.PrincipalFrom(ctx); p == nil || p.AllModels() {
		return query, nil
	}
	models, err := r.Reader.Model.Query().Limit(fewModels + 1).IDs(ctx)
	switch {
	case err != nil:
		return nil, err
	case len(models) == 1:
		return query.Where(predictionrecord.ModelID(models[0])), nil
	case len(models) > fewModels:
		return query, nil
	}
	theirs := []predicate.PredictionRecord{predictionrecord.ModelIDIn(models...)}
	if few, err := r.few(ctx, theirs); err != nil || few {
		return query.Where(among(theirs)), err
	}
	return query, nil
}

// alternatives returns for each filter, of which one must hold, predicates that
// few records have and an index finds; nil where there is none for one of them.
func (r *Resolver) alternatives(ctx context.Context, filters []*ent.PredictionRecordWhereInput) (any [][]predicate.PredictionRecord, err error) {
	if len(filters) > fewAlternatives {
		return nil, nil
	}
	for _, w := range filters {
		all := conjuncts(w, nil)
		found := append(named(all), latency(all), cached(all))
		least := -1
		for i := 0; i < len(found) && least < 0; i++ {
			few, err := r.few(ctx, found[i])
			if err != nil {
				return nil, err
			}
			if few {
				least = i
			}
		}
		if least < 0 {
			return nil, nil
		}
		any = append(any, found[least])
	}
	return any, nil
}

// few says whether there are few records of which all of some predicates hold;
// where there is no predicate there are not.
func (r *Resolver) few(ctx context.Context, all []predicate.PredictionRecord) (bool, error) {
	if len(all) == 0 {
		return false, nil
	}
	many, err := r.Reader.PredictionRecord.Query().Where(all...).Offset(fewRecords).Exist(ctx)
	return !many && err == nil, err
}

// among restricts a query to the few records of which all of some predicates
// hold, which are found first: a database does not look through what has a
// limit of its own.
func among(all []predicate.PredictionRecord) predicate.PredictionRecord {
	return func(s *sql.Selector) { s.From(limited(s, all).As(predictionrecord.Table)) }
}

// amongAny is among for records of which all predicates of any list hold.
func amongAny(any [][]predicate.PredictionRecord) predicate.PredictionRecord {
	return func(s *sql.Selector) {
		from := sql.Dialect(s.Dialect())
		var ids *sql.Selector
		for _, all := range any {
			found := limited(s, all).As(predictionrecord.Table)
			some := from.Select(found.C(predictionrecord.FieldID)).From(found)
			if ids == nil {
				ids = some
			} else {
				ids.Union(some)
			}
		}
		t := from.Table(predictionrecord.Table)
		s.From(from.Select().From(t).Where(sql.In(predictionrecord.FieldID, ids)).Limit(2 * fewRecords * len(any)).As(predictionrecord.Table))
	}
}

func limited(s *sql.Selector, all []predicate.PredictionRecord) *sql.Selector {
	few := sql.Dialect(s.Dialect()).Select().From(sql.Dialect(s.Dialect()).Table(predictionrecord.Table))
	for _, p := range all {
		p(few)
	}
	// More than there were when they were counted: some may have come since.
	return few.Limit(2 * fewRecords)
}

// inTime says of when a record is what holds of every one. SQLite takes whatever
// is asked for to be rare, reads the whole log and puts in order what it finds;
// a bound on the time has it walk back until a page is full.
func inTime(s *sql.Selector) {
	if s.Dialect() == dialect.SQLite {
		s.Where(sql.GT(s.C(predictionrecord.FieldCreatedAt), time.Time{}))
	}
}

// everything says what holds of every record, as the indexes do that are taken
// only where it is said. See the indexes of ent/schema.PredictionRecord.
var everything = said("", predictionrecord.FieldRowErrors, " >= 0")

// latency is what filters say of the time that a prediction took.
func latency(all []*ent.PredictionRecordWhereInput) (found []predicate.PredictionRecord) {
	for _, w := range all {
		only := ent.PredictionRecordWhereInput{
			TotalMs: w.TotalMs, TotalMsIn: w.TotalMsIn, TotalMsGT: w.TotalMsGT, TotalMsGTE: w.TotalMsGTE, TotalMsLT: w.TotalMsLT, TotalMsLTE: w.TotalMsLTE,
		}
		if p, err := only.P(); err == nil { // else it has no bound
			found = append(found, p)
		}
	}
	if found == nil {
		return nil
	}
	// In order, so that the index is taken whatever the bound is.
	return append(found, everything, func(s *sql.Selector) { s.OrderBy(s.C(predictionrecord.FieldTotalMs)) })
}

// cached is what filters say of where answers came from.
func cached(all []*ent.PredictionRecordWhereInput) []predicate.PredictionRecord {
	for _, w := range all {
		only := ent.PredictionRecordWhereInput{Cache: w.Cache, CacheIn: w.CacheIn}
		if p, err := only.P(); err == nil {
			return []predicate.PredictionRecord{p, everything}
		}
	}
	return nil
}

// named is what filters say that an index finds by itself, each alone.
func named(all []*ent.PredictionRecordWhereInput) (found [][]predicate.PredictionRecord) {
	for _, w := range all {
		for _, only := range []ent.PredictionRecordWhereInput{
			{ID: w.ID, IDIn: w.IDIn}, {RequestID: w.RequestID, RequestIDIn: w.RequestIDIn}, {Subject: w.Subject, SubjectIn: w.SubjectIn},
			{VersionID: w.VersionID, VersionIDIn: w.VersionIDIn}, {ModelID: w.ModelID, ModelIDIn: w.ModelIDIn},
			{RouteReason: w.RouteReason, RouteReasonIn: w.RouteReasonIn}, {OutcomeAtNotNil: w.OutcomeAtNotNil},
			{CreatedAtGT: w.CreatedAtGT, CreatedAtGTE: w.CreatedAtGTE, CreatedAtLT: w.CreatedAtLT, CreatedAtLTE: w.CreatedAtLTE},
		} {
			if p, err := only.P(); err == nil {
				found = append(found, []predicate.PredictionRecord{p})
			}
		}
		for _, p := range rarely(w) {
			found = append(found, []predicate.PredictionRecord{p})
		}
	}
	return found
}

// conjuncts appends the filters that must all hold.
func conjuncts(w *ent.PredictionRecordWhereInput, all []*ent.PredictionRecordWhereInput) []*ent.PredictionRecordWhereInput {
	if w == nil {
		return all
	}
	all = append(all, w)
	for _, part := range w.And {
		all = conjuncts(part, all)
	}
	return all
}

// rarely says what a filter implies in the words in which the indexes of what
// is rare are declared: a database takes such an index only where it can tell
// that it has all that is asked for.
func rarely(w *ent.PredictionRecordWhereInput) (implied []predicate.PredictionRecord) {
	const usual = augur.OK
	if w.Code != nil && *w.Code != usual || w.CodeNEQ != nil && *w.CodeNEQ == usual ||
		len(w.CodeIn) > 0 && !slices.Contains(w.CodeIn, usual) || slices.Contains(w.CodeNotIn, usual) {
		implied = append(implied, said("NOT ", predictionrecord.FieldAnswered, ""))
	}
	if w.RowErrors != nil && *w.RowErrors > 0 || w.RowErrorsGT != nil && *w.RowErrorsGT >= 0 || w.RowErrorsGTE != nil && *w.RowErrorsGTE > 0 {
		implied = append(implied, said("", predictionrecord.FieldRowErrors, " > 0"))
	}
	return implied
}

// said is a predicate on a column in words, without arguments.
func said(before, column, after string) predicate.PredictionRecord {
	return func(s *sql.Selector) {
		s.Where(sql.P(func(b *sql.Builder) { b.WriteString(before).Ident(s.C(column)).WriteString(after) }))
	}
}
