package resolvers

import (
	"augur/ent"
	"augur/ent/metricsummary"
	"augur/ent/predicate"
)

// ranking is the query of the summaries of one metric of the versions that match.
// NaN, which the record keeps as NULL, has no place in an order.
func (r *Resolver) ranking(name string, where *ent.ModelVersionWhereInput, by ent.MetricSummaryOrder) (*ent.MetricSummaryQuery, error) {
	listed, err := where.Listed()
	if err != nil {
		return nil, err
	}
	ranked := map[string]predicate.MetricSummary{
		ent.MetricSummaryOrderFieldLast.String(): metricsummary.LastNotNil(),
		ent.MetricSummaryOrderFieldMin.String():  metricsummary.MinNotNil(),
		ent.MetricSummaryOrderFieldMax.String():  metricsummary.MaxNotNil(),
	}[by.Field.String()]
	return r.Reader.MetricSummary.Query().Where(metricsummary.Name(name), ranked, metricsummary.HasVersionWith(listed)), nil
}
