package registry

import (
	"context"
	"math"
	"slices"
	"strings"

	"augur"
	"augur/ent"

	"entgo.io/ent/dialect"
)

// The buckets of a metric cut its points, in the order of step and time, into
// runs of neighbours, so that a history of millions is drawn from its buckets
// alone. What holds after each write:
//
//   - a metric has no buckets, or each of its points is in exactly one;
//   - one with more than bucketsFrom points has buckets, unless all of them were
//     logged before there were any: then the next write makes them;
//   - points of equal step and time are in one bucket;
//   - a bucket has at most twice bucketSize points, but for equal ones.
//
// A bucket is changed under the lock of the metric's summary.
const (
	// bucketSize is how many points a bucket gets: 5 M points are 40,000 buckets.
	bucketSize = 128
	// bucketsFrom is from how many points on buckets are worth their rows.
	bucketsFrom = 4 * bucketSize
)

// bucket is a run of points. Of equal values least is the first and greatest
// the last; a NaN is either only when there is nothing else.
type bucket struct {
	count                        int64
	first, last, least, greatest seriesPoint
	from, to                     dbTime
}

// bucketColumns are those of a bucket, beside its id, version and name.
const bucketColumns = "count, at_from, at_to, first_step, first_at, first, last_step, last_at, last, min_step, min_at, min, max_step, max_at, max"

func pointOf(p MetricPoint) seriesPoint {
	return seriesPoint{step: p.Step, at: dbTime{time: p.At}, value: dbFloat(p.Value)}
}

// add counts a point in.
func (b *bucket) add(p seriesPoint) {
	b.count++
	if b.count == 1 {
		b.first, b.last, b.least, b.greatest, b.from, b.to = p, p, p, p, p.at, p.at
		return
	}
	if p.compare(b.first) < 0 {
		b.first = p
	}
	if p.compare(b.last) >= 0 {
		b.last = p
	}
	if p.at.compare(b.from) < 0 {
		b.from = p.at
	}
	if p.at.compare(b.to) > 0 {
		b.to = p.at
	}
	v := float64(p.value)
	if math.IsNaN(v) {
		return
	}
	if l := float64(b.least.value); math.IsNaN(l) || v < l || v == l && p.compare(b.least) < 0 {
		b.least = p
	}
	if g := float64(b.greatest.value); math.IsNaN(g) || v > g || v == g && p.compare(b.greatest) > 0 {
		b.greatest = p
	}
}

// fill puts points, in order, into the last of the buckets and new ones behind
// it. Those that come are after those that are there.
func fill(buckets []*bucket, points ...seriesPoint) []*bucket {
	for _, p := range points {
		n := len(buckets) - 1
		if n < 0 || buckets[n].count >= bucketSize && p.compare(buckets[n].last) > 0 {
			buckets = append(buckets, &bucket{})
			n++
		}
		buckets[n].add(p)
	}
	return buckets
}

// bucketUpdate changes the buckets of metrics of one version.
type bucketUpdate struct {
	tx                *ent.Tx
	database, version string
	// changed are to be written.
	changed []namedBucket
}

type namedBucket struct {
	name string
	*bucket
}

// addToBuckets counts new points of one version in, which are in the order of
// their keys and whose summaries have been written: counts has by name how many
// points there are with them. Points behind all others, which is how people log,
// cost one statement to find the last buckets and one to write them.
func addToBuckets(ctx context.Context, tx *ent.Tx, database, version string, points []MetricPoint, counts map[string]int64) error {
	u := &bucketUpdate{tx: tx, database: database, version: version}
	var long []any
	for name, n := range counts {
		if n > bucketsFrom {
			long = append(long, name)
		}
	}
	if len(long) == 0 {
		return nil
	}
	lasts, err := u.lasts(ctx, long)
	if err != nil {
		return err
	}
	for len(points) > 0 {
		name := points[0].Name
		n := slices.IndexFunc(points, func(p MetricPoint) bool { return p.Name != name })
		if n < 0 {
			n = len(points)
		}
		if counts[name] > bucketsFrom {
			if err := u.add(ctx, name, lasts[name], points[:n]); err != nil {
				return err
			}
		}
		points = points[n:]
	}
	return u.write(ctx)
}

// lasts reads the last bucket of each of the metrics.
func (u *bucketUpdate) lasts(ctx context.Context, names []any) (map[string]*bucket, error) {
	query := "SELECT " + bucketSelect(u.database) + `, name FROM metric_buckets WHERE id IN (SELECT (
  SELECT b.id FROM metric_buckets b WHERE b.version_id = s.version_id AND b.name = s.name ORDER BY b.first_step DESC, b.first_at DESC LIMIT 1
) FROM metric_summaries s WHERE s.version_id = ? AND s.name IN ` + rows(1, len(names)) + ")"
	found, err := u.tx.QueryContext(ctx, bind(u.database, query), append([]any{u.version}, names...)...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = found.Close() }()
	out := map[string]*bucket{}
	for found.Next() {
		b, name := &bucket{}, ""
		if err := found.Scan(append(b.fields(), &name)...); err != nil {
			return nil, err
		}
		out[name] = b
	}
	return out, found.Err()
}

// add counts in points of one metric.
func (u *bucketUpdate) add(ctx context.Context, name string, last *bucket, points []MetricPoint) error {
	if last == nil { // it has become long
		return u.rebuild(ctx, name, nil, nil)
	}
	// Equal ones belong into the bucket that is there.
	behind := slices.IndexFunc(points, func(p MetricPoint) bool { return pointOf(p).compare(last.last) > 0 })
	if behind < 0 {
		behind = len(points)
	}
	if behind > 0 {
		if err := u.addBetween(ctx, name, points[:behind]); err != nil || behind == len(points) {
			return err
		}
		lasts, err := u.lasts(ctx, []any{name}) // it may be another by now
		if err != nil {
			return err
		}
		last = lasts[name]
	}
	made := []*bucket{last}
	for _, p := range points[behind:] {
		made = fill(made, pointOf(p))
	}
	u.change(name, made...)
	return nil
}

// addBetween counts in points of which none is behind the last bucket.
func (u *bucketUpdate) addBetween(ctx context.Context, name string, points []MetricPoint) error {
	for len(points) > 0 {
		p := pointOf(points[0])
		b, err := u.find(ctx, name, "(first_step, first_at) <= (?, ?) ORDER BY first_step DESC, first_at DESC LIMIT 1", p)
		if err != nil {
			return err
		}
		next, err := u.after(ctx, name, p)
		if err != nil {
			return err
		}
		if b == nil { // what comes before all others goes into the first bucket
			if next, err = u.after(ctx, name, next.first); err != nil {
				return err
			}
		}
		n := len(points)
		if next != nil {
			if i := slices.IndexFunc(points, func(p MetricPoint) bool { return pointOf(p).compare(next.first) >= 0 }); i >= 0 {
				n = i
			}
		}
		if b == nil || b.count+int64(n) > 2*bucketSize && b.first.compare(b.last) != 0 {
			err = u.rebuild(ctx, name, b, next)
		} else {
			for _, p := range points[:n] {
				b.add(pointOf(p))
			}
			u.change(name, b)
		}
		if err == nil {
			err = u.write(ctx) // before the next is looked for
		}
		if err != nil {
			return err
		}
		points = points[n:]
	}
	return nil
}

// rebuild makes new buckets of the points from the beginning of one bucket to
// that of another; nil is an open end.
func (u *bucketUpdate) rebuild(ctx context.Context, name string, from, to *bucket) error {
	where, args := "", []any{u.version, name}
	for _, end := range []struct {
		*bucket
		is string
	}{{from, ">="}, {to, "<"}} {
		if end.bucket == nil {
			continue
		}
		at, err := end.first.at.instant()
		if err != nil {
			return err
		}
		where, args = where+" AND ($step, $at) "+end.is+" (?, ?)", append(args, end.first.step, at)
	}
	gone := strings.NewReplacer("$step", "first_step", "$at", "first_at").Replace(where)
	if _, err := u.tx.ExecContext(ctx, bind(u.database, "DELETE FROM metric_buckets WHERE version_id = ? AND name = ?"+gone), args...); err != nil {
		return err
	}
	there := strings.NewReplacer("$step", "step", "$at", "at").Replace(where)
	found, err := u.tx.QueryContext(ctx, bind(u.database, "SELECT step, "+timeColumn(u.database, "at")+", value FROM metric_points WHERE version_id = ? AND name = ?"+there+
		" ORDER BY step, at, dataset_digest"), args...)
	if err != nil {
		return err
	}
	defer func() { _ = found.Close() }()
	var made []*bucket
	for found.Next() {
		var p seriesPoint
		if err := found.Scan(&p.step, &p.at, &p.value); err != nil {
			return err
		}
		made = fill(made, p)
	}
	u.change(name, made...)
	return found.Err()
}

func (u *bucketUpdate) change(name string, buckets ...*bucket) {
	for _, b := range buckets {
		u.changed = append(u.changed, namedBucket{name, b})
	}
}

// after finds the bucket that begins behind a point.
func (u *bucketUpdate) after(ctx context.Context, name string, p seriesPoint) (*bucket, error) {
	return u.find(ctx, name, "(first_step, first_at) > (?, ?) ORDER BY first_step, first_at LIMIT 1", p)
}

// find reads one bucket of a metric by a point; nil when there is none.
func (u *bucketUpdate) find(ctx context.Context, name, where string, p seriesPoint) (*bucket, error) {
	at, err := p.at.instant()
	if err != nil {
		return nil, err
	}
	found, err := u.tx.QueryContext(ctx, bind(u.database, "SELECT "+bucketSelect(u.database)+" FROM metric_buckets WHERE version_id = ? AND name = ? AND "+where),
		u.version, name, p.step, at)
	if err != nil {
		return nil, err
	}
	defer func() { _ = found.Close() }()
	if !found.Next() {
		return nil, found.Err()
	}
	b := &bucket{}
	return b, found.Scan(b.fields()...)
}

// bucketSelect are the columns of a bucket as fields wants them.
func bucketSelect(database string) string {
	columns := strings.Split(bucketColumns, ", ")
	for i, c := range columns {
		if strings.Contains(c, "at_") || strings.HasSuffix(c, "_at") {
			columns[i] = timeColumn(database, c)
		}
	}
	return strings.Join(columns, ", ")
}

// timeColumn keeps the driver of SQLite from parsing each time.
func timeColumn(database, column string) string {
	if database == dialect.SQLite {
		return "CAST(" + column + " AS TEXT)"
	}
	return column
}

// fields are where the columns of a bucket are scanned to.
func (b *bucket) fields() []any {
	out := []any{&b.count, &b.from, &b.to}
	for _, p := range []*seriesPoint{&b.first, &b.last, &b.least, &b.greatest} {
		out = append(out, &p.step, &p.at, &p.value)
	}
	return out
}

// write writes the changed buckets, each of which is known by its first point.
func (u *bucketUpdate) write(ctx context.Context) error {
	const insert = "INSERT INTO metric_buckets (id, version_id, name, " + bucketColumns + ") VALUES "
	update := " ON CONFLICT (version_id, name, first_step, first_at) DO UPDATE SET "
	for i, c := range strings.Split(bucketColumns, ", ") {
		if i > 0 {
			update += ", "
		}
		update += c + " = excluded." + c
	}
	for part := range slices.Chunk(u.changed, pointsAtOnce) {
		args := make([]any, 0, 18*len(part))
		for _, b := range part {
			args = append(args, augur.NewID(augur.MetricID), u.version, b.name, b.count)
			times := []dbTime{b.from, b.to, b.first.at, b.last.at, b.least.at, b.greatest.at}
			at := make([]any, len(times))
			for i, t := range times {
				instant, err := t.instant()
				if err != nil {
					return err
				}
				at[i] = instant
			}
			args = append(args, at[0], at[1])
			for i, p := range []seriesPoint{b.first, b.last, b.least, b.greatest} {
				args = append(args, p.step, at[2+i], stored(float64(p.value)))
			}
		}
		if _, err := u.tx.ExecContext(ctx, bind(u.database, insert+rows(len(part), 18)+update), args...); err != nil {
			return err
		}
	}
	u.changed = nil
	return nil
}
