package resolvers

import (
	"context"
	"slices"

	"augur"
	"augur/ent"
	"augur/ent/predicate"
	"augur/ent/predictionrecord"

	"entgo.io/ent/dialect/sql"
)

const (
	// fewRecords are so few that looking at each and putting them in order is
	// faster than walking back through the log until a page is full.
	fewRecords = 5000
	// fewModels are so few that naming each tells the database how many of the
	// records are theirs.
	fewModels = 50
)

// planned returns a query of the log with what the filter implies, said so that
// the database takes the index that finds little. The answer stays the same.
func (r *Resolver) planned(ctx context.Context, query *ent.PredictionRecordQuery, where *ent.PredictionRecordWhereInput) (*ent.PredictionRecordQuery, error) {
	var bounds []predicate.PredictionRecord
	for _, w := range conjuncts(where, nil) {
		for _, p := range rarely(w) {
			query = query.Where(p)
		}
		latency := ent.PredictionRecordWhereInput{
			TotalMs: w.TotalMs, TotalMsIn: w.TotalMsIn, TotalMsGT: w.TotalMsGT, TotalMsGTE: w.TotalMsGTE, TotalMsLT: w.TotalMsLT, TotalMsLTE: w.TotalMsLTE,
		}
		if p, err := latency.P(); err == nil { // else it has no bound
			bounds = append(bounds, p)
		}
	}
	if len(bounds) > 0 {
		// In order, so that the index is taken whatever the bound is.
		bounds = append(bounds, said("", predictionrecord.FieldRowErrors, " >= 0"), func(s *sql.Selector) { s.OrderBy(s.C(predictionrecord.FieldTotalMs)) })
		if few, err := r.few(ctx, bounds); err != nil || few {
			return query.Where(among(bounds)), err
		}
	}
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

// few says whether there are few records of which all of some predicates hold.
func (r *Resolver) few(ctx context.Context, all []predicate.PredictionRecord) (bool, error) {
	many, err := r.Reader.PredictionRecord.Query().Where(all...).Offset(fewRecords).Exist(ctx)
	return !many, err
}

// among restricts a query to the few records of which all of some predicates
// hold, which are found first: a database does not look through what has a
// limit of its own.
func among(all []predicate.PredictionRecord) predicate.PredictionRecord {
	return func(s *sql.Selector) {
		few := sql.Dialect(s.Dialect()).Select().From(sql.Dialect(s.Dialect()).Table(predictionrecord.Table))
		for _, p := range all {
			p(few)
		}
		// More than there were when they were counted: some may have come since.
		s.From(few.Limit(2 * fewRecords).As(predictionrecord.Table))
	}
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
