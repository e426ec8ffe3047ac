package registry

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"augur"
	"augur/ent/modelversion"
	"augur/store"
)

// SeriesQuery asks for the histories of metrics.
type SeriesQuery struct {
	VersionIDs []string
	// Names are the metrics; empty means all of them.
	Names []string
	// From and To bound when points were measured: From ≤ At < To. nil is an
	// open end.
	From, To *time.Time
	// ByTime orders and spreads the points by time instead of by step.
	ByTime bool
	// MaxPoints bounds the points of one series, 2 to 10,000; zero means 500.
	MaxPoints int
}

// Series is the history of one metric of one version in columns of equal length.
type Series struct {
	VersionID, Name string
	Steps           []int64
	// Times are in milliseconds since 1970.
	Times []int64
	// Values may be NaN or infinite.
	Values []float64
	// SampledFrom is how many points there are within From and To.
	SampledFrom int
}

// MetricSeries reads the histories of metrics of any number of versions with
// at most three statements. A series of more than MaxPoints points is thinned out:
// its points, in order, are cut into buckets of equal number (not of equal steps:
// people log without steps too), and the least and the greatest of each bucket
// stay, with the first and the last point of all. What stays are points that
// were logged, so that no chart shows a value that never was. A point that is
// NaN stays when it is first, last, or all that its bucket has.
//
// A series of many more points than MaxPoints, with neither From nor To, is
// drawn from what is kept of its neighbours (metricbucket.go): its extremes, its
// first and its last point are exact there too, and its buckets nearly equal.
// Not so by time where the steps do not follow the time.
//
// The series come ordered by version and name. Versions that are deleted or
// that the principal may not see have none. The error is InvalidArgument for
// MaxPoints out of bounds.
func (r *Registry) MetricSeries(ctx context.Context, q SeriesQuery) ([]Series, error) {
	if q.MaxPoints == 0 {
		q.MaxPoints = 500
	}
	if q.MaxPoints < 2 || q.MaxPoints > maxPoints {
		return nil, augur.Errorf(augur.InvalidArgument, "expected 2 to %d points, got %d", maxPoints, q.MaxPoints).At("maxPoints")
	}
	ids, err := r.visibleVersions(ctx, q.VersionIDs)
	if err != nil || len(ids) == 0 {
		return nil, store.Error(err)
	}
	out, err := r.series(ctx, q, ids)
	if err != nil {
		return nil, store.Error(fmt.Errorf("read series: %w", err))
	}
	return out, nil
}

// series reads the long series from their buckets and the others from their points.
func (r *Registry) series(ctx context.Context, q SeriesQuery, ids []string) ([]Series, error) {
	all := q.where(ids)
	if q.From != nil || q.To != nil {
		return r.seriesOfPoints(ctx, q, all)
	}
	short, long, err := r.splitByLength(ctx, q, all)
	if err != nil {
		return nil, err
	}
	if len(long) == 0 {
		return r.seriesOfPoints(ctx, q, all)
	}
	out, without, err := r.seriesOfBuckets(ctx, q, long)
	if err != nil {
		return nil, err
	}
	if short = append(short, without...); len(short) > 0 {
		more, err := r.seriesOfPoints(ctx, q, whereSeries(short))
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	slices.SortFunc(out, func(a, b Series) int {
		return cmp.Or(cmp.Compare(a.VersionID, b.VersionID), cmp.Compare(a.Name, b.Name))
	})
	return out, nil
}

// condition is a condition on the columns version_id and name, with ? for each argument.
type condition struct {
	text string
	args []any
}

// where is the condition on the series that are asked for.
func (q SeriesQuery) where(ids []string) condition {
	c := condition{text: "version_id IN " + rows(1, len(ids))}
	for _, id := range ids {
		c.args = append(c.args, id)
	}
	if len(q.Names) > 0 {
		c.text += " AND name IN " + rows(1, len(q.Names))
		for _, name := range q.Names {
			c.args = append(c.args, name)
		}
	}
	return c
}

// whereSeries is the condition on some series, which is a search in the index
// for each version.
func whereSeries(series []Series) (c condition) {
	names := map[string][]any{}
	for _, s := range series {
		names[s.VersionID] = append(names[s.VersionID], s.Name)
	}
	var terms []string
	for id, list := range names {
		terms = append(terms, "version_id = ? AND name IN "+rows(1, len(list)))
		c.args = append(append(c.args, id), list...)
	}
	c.text = "(" + strings.Join(terms, " OR ") + ")"
	return c
}

// splitByLength finds which series are worth drawing from their buckets.
func (r *Registry) splitByLength(ctx context.Context, q SeriesQuery, where condition) (short, long []Series, err error) {
	// So many points are as many buckets as the series is to have, with two points for each.
	least := max(bucketsFrom, bucketSize*q.MaxPoints/2)
	found, err := r.store.SQLReader().QueryContext(ctx, bind(r.store.Dialect(), "SELECT version_id, name, count FROM metric_summaries WHERE "+where.text), where.args...)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = found.Close() }()
	for found.Next() {
		var s Series
		if err := found.Scan(&s.VersionID, &s.Name, &s.SampledFrom); err != nil {
			return nil, nil, err
		}
		if s.SampledFrom > least {
			long = append(long, s)
		} else {
			short = append(short, s)
		}
	}
	return short, long, found.Err()
}

// seriesOfBuckets draws series from their buckets. Those that have none yet, or
// are asked for by time and do not follow it, it returns as without.
func (r *Registry) seriesOfBuckets(ctx context.Context, q SeriesQuery, long []Series) (out, without []Series, err error) {
	database, where := r.store.Dialect(), whereSeries(long)
	order := "first_step, first_at"
	if q.ByTime {
		order = "at_from, first_step"
	}
	found, err := r.store.SQLReader().QueryContext(ctx, bind(database, "SELECT "+bucketSelect(database)+
		", version_id, name, CAST(SUM(count) OVER (PARTITION BY version_id, name) AS BIGINT) FROM metric_buckets WHERE "+where.text+" ORDER BY version_id, name, "+order), where.args...)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = found.Close() }()
	type key struct{ version, name string }
	drawn := map[key]*thinning{}
	disordered := map[key]bool{}
	var before bucket
	for found.Next() {
		var (
			b bucket
			k key
			n int
		)
		if err := found.Scan(append(b.fields(), &k.version, &k.name, &n)...); err != nil {
			return nil, nil, err
		}
		t := drawn[k]
		if t == nil {
			t = thin(Series{VersionID: k.version, Name: k.name, SampledFrom: n}, q.MaxPoints)
			drawn[k] = t
		} else if q.ByTime && b.from.compare(before.to) < 0 {
			disordered[k] = true
		}
		if q.ByTime && (b.first.at.compare(b.from) != 0 || b.last.at.compare(b.to) != 0) {
			disordered[k] = true
		}
		if t.addBucket(&b); t.err != nil {
			return nil, nil, t.err
		}
		before = b
	}
	for _, s := range long {
		k := key{s.VersionID, s.Name}
		if t := drawn[k]; t != nil && !disordered[k] {
			out = append(out, t.series)
		} else {
			without = append(without, s)
		}
	}
	return out, without, found.Err()
}

// seriesOfPoints reads series from their points.
func (r *Registry) seriesOfPoints(ctx context.Context, q SeriesQuery, where condition) ([]Series, error) {
	query, args := q.statement(r.store.Dialect(), where)
	found, err := r.store.SQLReader().QueryContext(ctx, bind(r.store.Dialect(), query), args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = found.Close() }()
	return q.read(found)
}

// statement counts the points of each series and reads them in order, which for
// steps is the order of the unique index. The database does not choose the
// points: numbering rows costs it ten times as much as we need to read them.
func (q SeriesQuery) statement(database string, c condition) (string, []any) {
	where, args := c.text, slices.Clone(c.args)
	if q.From != nil {
		where, args = where+" AND at >= ?", append(args, q.From.UTC())
	}
	if q.To != nil {
		where, args = where+" AND at < ?", append(args, q.To.UTC())
	}
	order := "step, at, dataset_digest"
	if q.ByTime {
		order = "at, step, dataset_digest"
	}
	return strings.NewReplacer("$where", where, "$order", order, "$at", timeColumn(database, "at")).Replace(`
WITH sizes AS (SELECT version_id, name, COUNT(*) AS n FROM metric_points WHERE $where GROUP BY version_id, name),
  points AS (SELECT * FROM metric_points WHERE $where)
SELECT version_id, name, step, $at, value, n FROM points JOIN sizes USING (version_id, name)
ORDER BY version_id, name, $order`), append(args, args...)
}

// read thins the rows of the statement out to series.
func (q SeriesQuery) read(found *sql.Rows) (out []Series, err error) {
	var (
		version, name string
		p             seriesPoint
		n             int
		t             *thinning
	)
	for found.Next() {
		if err := found.Scan(&version, &name, &p.step, &p.at, &p.value, &n); err != nil {
			return nil, err
		}
		if last := len(out) - 1; last < 0 || out[last].VersionID != version || out[last].Name != name {
			if t != nil {
				out[last] = t.series
			}
			t = thin(Series{VersionID: version, Name: name, SampledFrom: n}, q.MaxPoints)
			out = append(out, t.series)
		}
		if t.add(p); t.err != nil {
			return nil, t.err
		}
	}
	if t != nil {
		out[len(out)-1] = t.series
	}
	return out, found.Err()
}

// visibleVersions keeps the ids of versions that the principal may see. The
// catalog knows nearly all of them; the record is asked for the rest, such as
// those that another replica made a moment ago.
func (r *Registry) visibleVersions(ctx context.Context, ids []string) ([]string, error) {
	p := augur.PrincipalFrom(ctx)
	snap := r.catalog.current.Load()
	var known, rest []string
	for _, id := range ids {
		switch v := snap.versions[id]; {
		case v == nil:
			rest = append(rest, id)
		case p.Sees(v.Model):
			known = append(known, id)
		}
	}
	if len(rest) == 0 {
		return known, nil
	}
	found, err := r.store.Reader().ModelVersion.Query().Where(modelversion.IDIn(rest...)).IDs(ctx)
	return append(known, found...), err
}
