package registry

import (
	"cmp"
	"fmt"
	"math"
	"strings"
	"time"
)

// thinning builds a series from its points in order, at constant memory.
type thinning struct {
	series Series
	// most is how many points may stay, of series.SampledFrom; buckets into how
	// many the points between the first and the last are cut.
	most, buckets int
	// next is the number of the next point, and bucket that of the open bucket.
	next, bucket int
	// least and greatest of the open bucket; neither is valid when it is empty.
	least, greatest numbered
	// err is the first time that could not be read.
	err error
}

// seriesPoint is one row.
type seriesPoint struct {
	step  int64
	at    dbTime
	value dbFloat
}

// compare orders points by step and time.
func (p seriesPoint) compare(q seriesPoint) int {
	if c := cmp.Compare(p.step, q.step); c != 0 {
		return c
	}
	return p.at.compare(q.at)
}

// numbered is a point with its place in the series; the zero value is none.
type numbered struct {
	seriesPoint
	number int
	valid  bool
}

func thin(s Series, most int) *thinning {
	room := min(s.SampledFrom, most)
	s.Steps, s.Times, s.Values = make([]int64, 0, room), make([]int64, 0, room), make([]float64, 0, room)
	return &thinning{series: s, most: most, buckets: (most - 2) / 2}
}

// add takes the next point. Each bucket leaves two at most, so that with the
// first and the last they are no more than most.
func (t *thinning) add(p seriesPoint) {
	i, n := t.next, t.series.SampledFrom
	t.next++
	if n <= t.most || i == 0 {
		t.keep(p)
		return
	}
	if i == n-1 {
		t.close()
		t.keep(p)
		return
	}
	if t.buckets == 0 {
		return
	}
	if bucket := i * t.buckets / n; bucket != t.bucket {
		t.close()
		t.bucket = bucket
	}
	t.offer(p, i)
}

// addBucket takes the next points by what they come to, in a series of more
// points than may stay. The first and the last of all stay as they do with add.
func (t *thinning) addBucket(b *bucket) {
	i, n := t.next, t.series.SampledFrom
	t.next += int(b.count)
	if i == 0 {
		t.keep(b.first)
	}
	if t.buckets > 0 {
		if place := i * t.buckets / n; place != t.bucket {
			t.close()
			t.bucket = place
		}
		earlier, later := b.least, b.greatest
		if later.compare(earlier) < 0 {
			earlier, later = later, earlier
		}
		for j, p := range []seriesPoint{earlier, later} {
			if !(i == 0 && p.compare(b.first) == 0) && !(t.next == n && p.compare(b.last) == 0) && (j == 0 || p.compare(earlier) != 0) {
				t.offer(p, i+j)
			}
		}
	}
	if t.next == n {
		t.close()
		t.keep(b.last)
	}
}

// offer takes a point that stays when nothing in its bucket is less or greater.
// NaN is neither, and gives way to any number. Of equal points the first is the
// least and the last the greatest, so that a flat line keeps its width.
func (t *thinning) offer(p seriesPoint, number int) {
	v := float64(p.value)
	if !t.least.valid || v < float64(t.least.value) || math.IsNaN(float64(t.least.value)) && !math.IsNaN(v) {
		t.least = numbered{p, number, true}
	}
	if !t.greatest.valid || v >= float64(t.greatest.value) || math.IsNaN(float64(t.greatest.value)) && !math.IsNaN(v) {
		t.greatest = numbered{p, number, true}
	}
}

// close keeps the extremes of the open bucket, in order.
func (t *thinning) close() {
	a, b := t.least, t.greatest
	if a.number > b.number {
		a, b = b, a
	}
	if a.valid {
		t.keep(a.seriesPoint)
	}
	if b.valid && b.number != a.number {
		t.keep(b.seriesPoint)
	}
	t.least, t.greatest = numbered{}, numbered{}
}

func (t *thinning) keep(p seriesPoint) {
	at, err := p.at.milliseconds()
	if err != nil && t.err == nil {
		t.err = err
	}
	s := &t.series
	s.Steps, s.Times, s.Values = append(s.Steps, p.step), append(s.Times, at), append(s.Values, float64(p.value))
}

// dbFloat is a value as stored keeps it: NULL is NaN.
type dbFloat float64

// Scan reads a value.
func (f *dbFloat) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*f = dbFloat(math.NaN())
	case float64:
		*f = dbFloat(v)
	default:
		return fmt.Errorf("a value as %T", v)
	}
	return nil
}

// dbTime is a time as the database gives it. The text of SQLite is parsed when
// it is asked for, since few points of many are.
type dbTime struct {
	time time.Time
	text string
}

// sqliteTime is how the driver of SQLite writes times.
const sqliteTime = "2006-01-02 15:04:05.999999999-07:00"

// Scan reads a time or its text.
func (t *dbTime) Scan(v any) error {
	switch v := v.(type) {
	case time.Time:
		*t = dbTime{time: v}
	case string:
		*t = dbTime{text: v}
	case []byte:
		*t = dbTime{text: string(v)}
	default:
		return fmt.Errorf("a time as %T", v)
	}
	return nil
}

// compare orders times: the texts of SQLite, all in UTC, are ordered as the times are.
func (t dbTime) compare(u dbTime) int {
	if t.text != "" && u.text != "" {
		return strings.Compare(t.text, u.text)
	}
	a, _ := t.instant() // what cannot be read is an error to whoever keeps the point
	b, _ := u.instant()
	return a.Compare(b)
}

// instant is the time itself.
func (t dbTime) instant() (time.Time, error) {
	if t.text == "" {
		return t.time, nil
	}
	return time.Parse(sqliteTime, t.text)
}

// milliseconds since 1970.
func (t dbTime) milliseconds() (int64, error) {
	at, err := t.instant()
	return at.UnixMilli(), err
}
