package registry

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"augur"
	"augur/ent"

	"entgo.io/ent/dialect"
)

// insertPoints writes points as checkPoints returns them, at most pointsAtOnce,
// under ids, and brings the summaries and buckets along. It returns how many are new.
//
// The rows are inserted by one statement of many rows, an order of magnitude
// faster than one entity each, and a point that is there is skipped by the
// unique index, so that concurrent writers of the same points count each once.
func insertPoints(ctx context.Context, tx *ent.Tx, database, versionID string, points []MetricPoint, given []string) (int, error) {
	if len(points) == 0 {
		return 0, nil
	}
	ids := make([]any, len(points))
	args := make([]any, 0, 8*len(points))
	for i, p := range points {
		ids[i] = given[i]
		args = append(args, ids[i], versionID, p.Name, p.Step, stored(p.Value), math.IsNaN(p.Value), p.At, p.DatasetDigest)
	}
	const insert = "INSERT INTO metric_points (id, version_id, name, step, value, is_nan, at, dataset_digest) VALUES "
	result, err := tx.ExecContext(ctx, bind(database, insert+rows(len(points), 8)+" ON CONFLICT (version_id, name, step, at, dataset_digest) DO NOTHING"), args...)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	if err != nil || n == 0 {
		return 0, err
	}
	if int(n) < len(points) {
		if points, err = inserted(ctx, tx, database, ids, points); err != nil {
			return 0, err
		}
	}
	counts, err := addToSummaries(ctx, tx, database, versionID, points)
	if err != nil {
		return 0, err
	}
	return int(n), addToBuckets(ctx, tx, database, versionID, points, counts)
}

// inserted keeps the points whose row exists under the id that we gave it.
func inserted(ctx context.Context, tx *ent.Tx, database string, ids []any, points []MetricPoint) (kept []MetricPoint, err error) {
	found, err := tx.QueryContext(ctx, bind(database, "SELECT id FROM metric_points WHERE id IN "+rows(1, len(ids))), ids...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = found.Close() }()
	set := make(map[any]bool, len(ids))
	for found.Next() {
		var id string
		if err := found.Scan(&id); err != nil {
			return nil, err
		}
		set[id] = true
	}
	for i, p := range points {
		if set[ids[i]] {
			kept = append(kept, p)
		}
	}
	return kept, found.Err()
}

// summary is what some new points of one metric come to; NULL is nil.
type summary struct {
	name           string
	count          int64
	last, min, max any
	lastStep       int64
	lastAt         time.Time
}

// summarize returns a summary for each metric, by name. The points are in the
// order of their keys.
func summarize(points []MetricPoint) []summary {
	var out []summary
	for _, p := range points {
		if len(out) == 0 || out[len(out)-1].name != p.Name {
			out = append(out, summary{name: p.Name})
		}
		s := &out[len(out)-1]
		s.count++
		s.last, s.lastStep, s.lastAt = stored(p.Value), p.Step, p.At
		if math.IsNaN(p.Value) {
			continue
		}
		if s.min == nil || p.Value < s.min.(float64) {
			s.min = p.Value
		}
		if s.max == nil || p.Value > s.max.(float64) {
			s.max = p.Value
		}
	}
	return out
}

// addToSummaries adds new points to the kept summaries. Each row is changed by
// an expression over its own columns, and stays locked until the commit, so that
// no writer's points are lost. Of two points at the same step and time, which
// differ in their dataset alone, the last to come is "last". It returns by name how
// many points there are by now.
func addToSummaries(ctx context.Context, tx *ent.Tx, database, versionID string, points []MetricPoint) (map[string]int64, error) {
	const (
		insert = "INSERT INTO metric_summaries (id, version_id, name, count, last, last_step, last_at, min, max) VALUES "
		update = ` ON CONFLICT (version_id, name) DO UPDATE SET
  count = metric_summaries.count + excluded.count,
  min = CASE WHEN metric_summaries.min <= excluded.min OR excluded.min IS NULL THEN metric_summaries.min ELSE excluded.min END,
  max = CASE WHEN metric_summaries.max >= excluded.max OR excluded.max IS NULL THEN metric_summaries.max ELSE excluded.max END,
  last = CASE WHEN (excluded.last_step, excluded.last_at) >= (metric_summaries.last_step, metric_summaries.last_at) THEN excluded.last ELSE metric_summaries.last END,
  last_at = CASE WHEN (excluded.last_step, excluded.last_at) >= (metric_summaries.last_step, metric_summaries.last_at) THEN excluded.last_at ELSE metric_summaries.last_at END,
  last_step = CASE WHEN excluded.last_step > metric_summaries.last_step THEN excluded.last_step ELSE metric_summaries.last_step END
RETURNING name, count`
	)
	counts := map[string]int64{}
	write := func(part []summary, args []any) error {
		found, err := tx.QueryContext(ctx, bind(database, insert+rows(len(part), 9)+update), args...)
		if err != nil {
			return err
		}
		defer func() { _ = found.Close() }()
		for found.Next() {
			var name string
			var count int64
			if err := found.Scan(&name, &count); err != nil {
				return err
			}
			counts[name] = count
		}
		return found.Err()
	}
	for part := range slices.Chunk(summarize(points), pointsAtOnce) {
		args := make([]any, 0, 9*len(part))
		for _, s := range part {
			args = append(args, augur.NewID(augur.MetricID), versionID, s.name, s.count, s.last, s.lastStep, s.lastAt, s.min, s.max)
		}
		if err := write(part, args); err != nil {
			return nil, err
		}
	}
	return counts, nil
}

// stored is a value as the record keeps it: NaN is NULL, since SQLite makes it that.
func stored(v float64) any {
	if math.IsNaN(v) {
		return nil
	}
	return v
}

// rows writes n rows of width placeholders: (?,?),(?,?).
func rows(n, width int) string {
	row := "(" + strings.Repeat("?,", width-1) + "?)"
	return strings.Repeat(row+",", n-1) + row
}

// bind writes the placeholders as the database wants them.
func bind(database, query string) string {
	if database != dialect.Postgres {
		return query
	}
	var b strings.Builder
	b.Grow(len(query) + 4*strings.Count(query, "?"))
	n := 0
	for _, c := range []byte(query) {
		if c == '?' {
			n++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
