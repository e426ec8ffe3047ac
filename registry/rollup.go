package registry

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"augur"
	"augur/ent"
	"augur/store"
)

// rollupWidths are the widths in which serving figures are kept, and how long:
// finer ones for as long as somebody looks at single minutes, coarser ones so
// that a long stretch of time is read from few rows. All are written as the
// figures come, so that nothing needs to be made of the fine rows later.
var rollupWidths = []rollupWidth{
	{augur.BucketWidth, 25 * time.Hour},
	{time.Minute, 8 * 24 * time.Hour},
	{time.Hour, 91 * 24 * time.Hour},
	{24 * time.Hour, 731 * 24 * time.Hour},
}

type rollupWidth struct{ width, keep time.Duration }

// rollupColumns are the numbers of a row, in the order of rollupNumbers.
const rollupColumns = "requests, errors, faults, rows, row_errors, memory_hits, shared_hits, misses, cached_rows, runs, run_rows, total_ns, queue_ns, run_ns"

// rollupNumbers are the places of a row's numbers.
func rollupNumbers(f *augur.ServingFigures) []any {
	return []any{
		&f.Requests, &f.Errors, &f.Faults, &f.Rows, &f.RowErrors, &f.MemoryHits, &f.SharedHits, &f.Misses, &f.CachedRows,
		&f.Runs, &f.RunRows, &f.Total, &f.Queue, &f.Run,
	}
}

// rollupKey is what a row of this server is known by.
type rollupKey struct {
	version, arm string
	width        time.Duration
	start        time.Time
}

// rollups are the figures of this server's minutes, hours and days that are not
// over. They are used by LogServing alone, which is called by one goroutine.
type rollups struct {
	replica string
	open    map[rollupKey]*augur.ServingFigures
}

// LogServing keeps figures of this server in rows of ten seconds, and brings
// the rows of the minute, the hour and the day along, which are written whole:
// a call that is made again changes nothing. It is inference.Sink's.
func (r *Registry) LogServing(ctx context.Context, buckets []augur.ServingBucket) error {
	written := map[rollupKey]*augur.ServingFigures{}
	var newest time.Time
	for i := range buckets {
		b := &buckets[i]
		if b.Start.After(newest) {
			newest = b.Start
		}
		for _, w := range rollupWidths {
			key := rollupKey{b.VersionID, b.Arm, w.width, b.Start.Truncate(w.width)}
			f := written[key]
			if f == nil {
				f = &augur.ServingFigures{}
				if so := r.rollups.open[key]; so != nil {
					f.Add(so)
				}
				written[key] = f
			}
			f.Add(&b.Figures)
		}
	}
	keys := slices.SortedFunc(maps.Keys(written), rollupKey.compare)
	err := r.store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		for part := range slices.Chunk(keys, pointsAtOnce/2) {
			if err := r.insertRollups(ctx, tx, part, written); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return store.Error(err)
	}
	maps.Copy(r.rollups.open, written)
	maps.DeleteFunc(r.rollups.open, func(key rollupKey, _ *augur.ServingFigures) bool {
		return key.width == augur.BucketWidth || !key.start.Add(key.width).After(newest)
	})
	return nil
}

// insertRollups writes rows with one statement.
func (r *Registry) insertRollups(ctx context.Context, tx *ent.Tx, keys []rollupKey, figures map[rollupKey]*augur.ServingFigures) error {
	if len(keys) == 0 {
		return nil
	}
	const fixed = 7 // the columns that are no numbers
	numbers := strings.Split(rollupColumns, ", ")
	set := []string{"sketch = excluded.sketch"}
	for _, column := range numbers {
		set = append(set, column+" = excluded."+column)
	}
	args := make([]any, 0, len(keys)*(fixed+len(numbers)))
	for _, key := range keys {
		f := figures[key]
		args = append(args, augur.NewID(augur.RollupID), key.version, key.arm, r.rollups.replica, int(key.width/time.Second), key.start)
		for _, place := range rollupNumbers(f) {
			switch n := place.(type) {
			case *int64:
				args = append(args, *n)
			case *time.Duration:
				args = append(args, int64(*n))
			}
		}
		args = append(args, f.Latency.AppendBinary(nil))
	}
	query := "INSERT INTO serving_rollups (id, version_id, arm, replica, seconds, start, " + rollupColumns + ", sketch) VALUES " +
		rows(len(keys), fixed+len(numbers)) +
		" ON CONFLICT (version_id, seconds, start, arm, replica) DO UPDATE SET " + strings.Join(set, ", ")
	_, err := tx.ExecContext(ctx, bind(r.store.Dialect(), query), args...)
	return err
}

// compare orders rows the same for every writer.
func (k rollupKey) compare(other rollupKey) int {
	return cmp.Or(cmp.Compare(k.version, other.version), cmp.Compare(k.width, other.width), k.start.Compare(other.start), cmp.Compare(k.arm, other.arm))
}

// span is a stretch of time to be read from rows of one width.
type span struct {
	width    time.Duration
	from, to time.Time
}

// cover plans how the figures from one instant to another are read: from the
// widest rows that lie inside, and from finer ones at both ends. From is taken
// down to the start of a row of the finest width that is still kept at its age.
// Rows wider than ten seconds are used up to settled alone, since their figures
// still grow after it. The spans come in the order of time.
func cover(from, to, settled, now time.Time, widest time.Duration) (spans []span, begin time.Time) {
	begin = from.Truncate(finest(from, now))
	top := slices.IndexFunc(rollupWidths, func(w rollupWidth) bool { return w.width == widest })
	var fill func(level int, a, b time.Time)
	fill = func(level int, a, b time.Time) {
		if !a.Before(b) {
			return
		}
		w := rollupWidths[level].width
		if level == 0 {
			spans = append(spans, span{w, a, b})
			return
		}
		first, last := ceil(a, w), b.Truncate(w)
		if last.After(settled) {
			last = settled.Truncate(w)
		}
		if !first.Before(last) {
			fill(level-1, a, b)
			return
		}
		fill(level-1, a, first)
		spans = append(spans, span{w, first, last})
		fill(level-1, last, b)
	}
	fill(top, begin, to)
	return spans, begin
}

// finest is the finest width whose rows of an instant are still kept. One hour
// before they are deleted they are no longer counted on.
func finest(at, now time.Time) time.Duration {
	for _, w := range rollupWidths {
		if now.Sub(at) <= w.keep-time.Hour {
			return w.width
		}
	}
	return rollupWidths[len(rollupWidths)-1].width
}

func ceil(t time.Time, w time.Duration) time.Time {
	down := t.Truncate(w)
	if down.Equal(t) {
		return t
	}
	return down.Add(w)
}

// rollupStatement reads the rows of versions, or all, in spans with one statement: rows
// come with their version, server, width, start and numbers, and their sketches
// in hexadecimal. Where only sums are asked for, rows wider than ten seconds
// come as one for each version and span, of no server and with the sketches in
// a list: handing over a row costs more than adding it up.
func rollupStatement(database string, asked askedVersions, spans []span, summed bool) (string, []any) {
	var args []any
	var b strings.Builder
	of := ""
	if !asked.all {
		for _, id := range asked.ids {
			args = append(args, id)
		}
		b.WriteString("WITH ids (id) AS (VALUES " + rows(len(asked.ids), 1) + ") ")
		of = "version_id IN (SELECT id FROM ids) AND "
	}
	start, sketch, list := "start", "encode(sketch, 'hex')", "string_agg"
	if database == sqliteDialect {
		start, sketch, list = "CAST(start AS TEXT)", "hex(sketch)", "group_concat" // its driver would parse each start
	}
	each := "version_id, replica, seconds, " + start + ", " + rollupColumns + ", " + sketch
	sums := "version_id, '', max(seconds), min(" + start + ")"
	for _, column := range strings.Split(rollupColumns, ", ") {
		sums += ", CAST(sum(" + column + ") AS BIGINT)"
	}
	sums += ", " + list + "(" + sketch + ", ',')"
	for i, s := range spans {
		if i > 0 {
			b.WriteString(" UNION ALL ")
		}
		columns, group := each, ""
		if summed && s.width > augur.BucketWidth {
			columns, group = sums, " GROUP BY version_id"
		}
		b.WriteString("SELECT " + columns + " FROM serving_rollups WHERE " + of + "seconds = " +
			strconv.Itoa(int(s.width/time.Second)) + " AND start >= ? AND start < ?" + group)
		args = append(args, s.from, s.to)
	}
	return bind(database, b.String()), args
}

// mergeSketches adds sketches that a row has as a list in hexadecimal.
func mergeSketches(into *augur.Sketch, list []byte) error {
	for one := range bytes.SplitSeq(list, []byte{','}) {
		n, err := hex.Decode(one, one) // in place
		if err != nil {
			return err
		}
		if err := into.MergeBinary(one[:n]); err != nil {
			return err
		}
	}
	return nil
}
