package registry

import (
	"context"
	"database/sql"
	"fmt"
	"math"
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
// one statement. A series of more than MaxPoints points is thinned out by the
// database: its points, in order, are cut into buckets of equal number (not of
// equal steps: people log without steps too), and the least and the greatest of
// each bucket stay, with the first and the last point of all. What stays are
// points that were logged, so that no chart shows a value that never was. A
// point that is NaN stays when it is first, last, or all that its bucket has.
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
	query, args := q.statement(ids)
	found, err := r.store.SQLReader().QueryContext(ctx, bind(r.store.Dialect(), query), args...)
	if err != nil {
		return nil, store.Error(fmt.Errorf("read series: %w", err))
	}
	defer func() { _ = found.Close() }()
	var out []Series
	for found.Next() {
		var (
			version, name string
			step          int64
			at            dbTime
			value         sql.NullFloat64
			of            int
		)
		if err := found.Scan(&version, &name, &step, &at, &value, &of); err != nil {
			return nil, store.Error(fmt.Errorf("read series: %w", err))
		}
		if n := len(out); n == 0 || out[n-1].VersionID != version || out[n-1].Name != name {
			room := min(of, q.MaxPoints)
			out = append(out, Series{
				VersionID: version, Name: name, SampledFrom: of,
				Steps: make([]int64, 0, room), Times: make([]int64, 0, room), Values: make([]float64, 0, room),
			})
		}
		s := &out[len(out)-1]
		if !value.Valid {
			value.Float64 = math.NaN()
		}
		s.Steps, s.Times, s.Values = append(s.Steps, step), append(s.Times, at.UnixMilli()), append(s.Values, value.Float64)
	}
	if err := found.Err(); err != nil {
		return nil, store.Error(fmt.Errorf("read series: %w", err))
	}
	return out, nil
}

// statement writes the one statement, with ? for each argument. Two buckets'
// points and the two ends are never more than MaxPoints.
func (q SeriesQuery) statement(ids []string) (string, []any) {
	where, args := "version_id IN "+rows(1, len(ids)), make([]any, 0, len(ids)+len(q.Names)+4)
	for _, id := range ids {
		args = append(args, id)
	}
	if len(q.Names) > 0 {
		where += " AND name IN " + rows(1, len(q.Names))
		for _, name := range q.Names {
			args = append(args, name)
		}
	}
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
	buckets := max((q.MaxPoints-2)/2, 1)
	extremes := " OR r = 1 OR r = c"
	if q.MaxPoints < 4 {
		extremes = ""
	}
	return strings.NewReplacer(
		"$where", where, "$order", order, "$extremes", extremes,
		"$buckets", fmt.Sprint(buckets), "$max", fmt.Sprint(q.MaxPoints),
	).Replace(`
WITH p AS (
  SELECT version_id, name, step, at, value,
    ROW_NUMBER() OVER (PARTITION BY version_id, name ORDER BY $order) - 1 AS i,
    COUNT(*) OVER (PARTITION BY version_id, name) AS n
  FROM metric_points WHERE $where
), b AS (
  SELECT *, CASE WHEN n <= $max THEN 0 ELSE i * $buckets / n END AS bucket FROM p
), e AS (
  SELECT *,
    ROW_NUMBER() OVER (PARTITION BY version_id, name, bucket ORDER BY value IS NULL, value, i) AS r,
    COUNT(value) OVER (PARTITION BY version_id, name, bucket) AS c
  FROM b
)
SELECT version_id, name, step, at, value, n FROM e
WHERE n <= $max OR i = 0 OR i = n - 1$extremes
ORDER BY version_id, name, i`), args
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

// dbTime reads a time that the database computed with, which SQLite gives back
// as the text that its driver wrote.
type dbTime struct{ time.Time }

// sqliteTime is how the SQLite driver writes times.
const sqliteTime = "2006-01-02 15:04:05.999999999-07:00"

// Scan reads a time or its text.
func (i *dbTime) Scan(v any) (err error) {
	switch v := v.(type) {
	case time.Time:
		i.Time = v
	case string:
		i.Time, err = time.Parse(sqliteTime, v)
	case []byte:
		i.Time, err = time.Parse(sqliteTime, string(v))
	default:
		err = fmt.Errorf("a time as %T", v)
	}
	return err
}
