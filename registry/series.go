package registry

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"augur"
	"augur/ent/modelversion"
	"augur/store"

	"entgo.io/ent/dialect"
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
// one statement. A series of more than MaxPoints points is thinned out: its
// points, in order, are cut into buckets of equal number (not of equal steps:
// people log without steps too), and the least and the greatest of each bucket
// stay, with the first and the last point of all. What stays are points that
// were logged, so that no chart shows a value that never was. A point that is
// NaN stays when it is first, last, or all that its bucket has.
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
	query, args := q.statement(r.store.Dialect(), ids)
	found, err := r.store.SQLReader().QueryContext(ctx, bind(r.store.Dialect(), query), args...)
	if err != nil {
		return nil, store.Error(fmt.Errorf("read series: %w", err))
	}
	defer func() { _ = found.Close() }()
	out, err := q.read(found)
	if err != nil {
		return nil, store.Error(fmt.Errorf("read series: %w", err))
	}
	return out, nil
}

// statement writes the one statement, with ? for each argument. It counts the
// points of each series and reads them in order, which for steps is the order of
// the unique index. The database does not choose the points: numbering rows
// costs it ten times as much as we need to read them.
func (q SeriesQuery) statement(database string, ids []string) (string, []any) {
	where, args := "version_id IN "+rows(1, len(ids)), make([]any, 0, 2*(len(ids)+len(q.Names)+2))
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
	at, order := "at", "step, at, dataset_digest"
	if q.ByTime {
		order = "at, step, dataset_digest"
	}
	if database == dialect.SQLite {
		at = "CAST(at AS TEXT)" // its driver would parse each one
	}
	return strings.NewReplacer("$where", where, "$order", order, "$at", at).Replace(`
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
