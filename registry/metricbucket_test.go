package registry

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"augur"
	"augur/internal/storetest"
	"augur/store"
)

// checkBuckets holds the buckets of a metric against its points.
func checkBuckets(t *testing.T, r *Registry, version, name string) {
	t.Helper()
	database := r.store.Dialect()
	found, err := r.store.SQLReader().QueryContext(t.Context(), bind(database, "SELECT "+bucketSelect(database)+
		" FROM metric_buckets WHERE version_id = ? AND name = ? ORDER BY first_step, first_at"), version, name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = found.Close() }()
	var buckets []*bucket
	for found.Next() {
		b := &bucket{}
		if err := found.Scan(b.fields()...); err != nil {
			t.Fatal(err)
		}
		buckets = append(buckets, b)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	var want []*bucket
	points, err := r.store.SQLReader().QueryContext(t.Context(), bind(database, "SELECT step, "+timeColumn(database, "at")+
		", value FROM metric_points WHERE version_id = ? AND name = ? ORDER BY step, at"), version, name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = points.Close() }()
	n := 0
	for points.Next() {
		var p seriesPoint
		if err := points.Scan(&p.step, &p.at, &p.value); err != nil {
			t.Fatal(err)
		}
		if n++; len(want) < len(buckets) && p.compare(buckets[len(want)].first) >= 0 {
			want = append(want, &bucket{})
		}
		if len(buckets) > 0 {
			want[max(len(want)-1, 0)].add(p)
		}
	}
	if err := points.Err(); err != nil {
		t.Fatal(err)
	}
	if (n > bucketsFrom) != (len(buckets) > 0) || len(buckets) > 1+2*n/bucketSize*8 {
		t.Fatalf("%d points have %d buckets", n, len(buckets))
	}
	for i, b := range buckets {
		if got, want := fmt.Sprint(*b), fmt.Sprint(*want[i]); got != want {
			t.Fatalf("bucket %d of %d is\n%s, its points come to\n%s", i, len(buckets), got, want)
		}
		if b.count > 2*bucketSize {
			t.Fatalf("bucket %d has %d points", i, b.count)
		}
	}
}

// TestMetricBuckets logs points in several orders and any parts: the buckets are
// what their points come to, and a drawing has the extremes and both ends.
func TestMetricBuckets(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		version := newVersion1(t, r, "m", "1.0.0")
		for at, order := range []string{"forwards", "backwards", "parts", "any", "stepless"} {
			for seed := range 2 {
				random := rand.New(rand.NewPCG(uint64(at), uint64(seed)))
				name := fmt.Sprint(order, seed)
				points := hills(name, bucketsFrom+1+random.IntN(2000), order == "stepless")
				n := len(points)
				switch order {
				case "backwards":
					slices.Reverse(points)
				case "any":
					random.Shuffle(n, func(i, j int) { points[i], points[j] = points[j], points[i] })
				case "parts": // five workers, one after the other
					slices.SortStableFunc(points, func(a, b MetricPoint) int { return int(a.Step%5 - b.Step%5) })
				}
				for len(points) > 0 {
					part := points[:min(len(points), 1+random.IntN(700))]
					points = points[len(part):]
					logAll(t, r, version, part)
				}
				checkBuckets(t, r, version, name)
				for _, most := range []int{2, 4, 7, 10} {
					for _, byTime := range []bool{false, true} {
						got, err := r.MetricSeries(asAnna(t), SeriesQuery{VersionIDs: []string{version}, Names: []string{name}, MaxPoints: most, ByTime: byTime})
						if err != nil || len(got) != 1 {
							t.Fatal(got, err)
						}
						s, last := got[0], len(got[0].Times)-1
						if s.SampledFrom != n || last+1 > most || s.Times[0] != day.UnixMilli() || s.Times[last] != day.UnixMilli()+int64(n-1)*1000 || !slices.IsSorted(s.Times) {
							t.Errorf("%s: %d of %d points, at most %d: %+v", name, last+1, n, most, s)
						}
						if most >= 4 && (!slices.Contains(s.Values, math.Inf(1)) || !slices.Contains(s.Values, -1e300)) {
							t.Errorf("%s: the extremes are lost: %v", name, s.Values)
						}
					}
				}
			}
		}
	})
}

// hills are points of one metric, one a second from day on, with NaN among them,
// one infinity and one -1e300.
func hills(name string, n int, stepless bool) []MetricPoint {
	points := make([]MetricPoint, n)
	for i := range points {
		points[i] = MetricPoint{Name: name, Step: int64(i - 100), At: day.Add(time.Duration(i) * time.Second), Value: math.Sin(float64(i)/50) + float64(i%7)}
		if i%11 == 3 {
			points[i].Value = math.NaN()
		}
		if stepless {
			points[i].Step = 0
		}
	}
	points[n/3].Value, points[n/2].Value = math.Inf(1), -1e300
	return points
}

// TestMetricBucketsOfOlderPoints: points that were logged before there were
// buckets are drawn, and get theirs with the next point.
func TestMetricBucketsOfOlderPoints(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		version := newVersion1(t, r, "m", "1.0.0")
		logAll(t, r, version, pointsOf("loss", make([]float64, 2000)...))
		if _, err := r.store.SQLWriter().ExecContext(t.Context(), "DELETE FROM metric_buckets"); err != nil {
			t.Fatal(err)
		}
		draw := func(want int) {
			t.Helper()
			got, err := r.MetricSeries(asAnna(t), SeriesQuery{VersionIDs: []string{version}, MaxPoints: 4})
			if err != nil || len(got) != 1 || got[0].SampledFrom != want {
				t.Errorf("got %+v, %v", got, err)
			}
		}
		draw(2000)
		logAll(t, r, version, []MetricPoint{{Name: "loss", Step: 5000, At: day, Value: 1}})
		checkBuckets(t, r, version, "loss")
		draw(2001)
	})
}

// TestMetricSeriesMixed: long and short series of several versions in one answer.
func TestMetricSeriesMixed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		one, two := newVersion1(t, r, "a", "1.0.0"), newVersion1(t, r, "b", "1.0.0")
		logAll(t, r, one, pointsOf("long", make([]float64, 1500)...))
		logAll(t, r, one, pointsOf("short", 1, 2))
		logAll(t, r, two, pointsOf("long", 1, 2, 3))
		// Its steps run against the time.
		var against []MetricPoint
		for i := range 1500 {
			against = append(against, MetricPoint{Name: "against", Step: int64(i), Value: float64(i), At: day.Add(-time.Duration(i) * time.Second)})
		}
		logAll(t, r, two, against)
		for _, byTime := range []bool{false, true} {
			got, err := r.MetricSeries(asAnna(t), SeriesQuery{VersionIDs: []string{one, two}, MaxPoints: 8, ByTime: byTime})
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, s := range got {
				lines = append(lines, fmt.Sprintln(s.VersionID == one, s.Name, s.SampledFrom, len(s.Values) <= 8))
				if s.Name == "against" && byTime != (s.Values[0] == 1499) {
					t.Errorf("by time %v: from %v", byTime, s.Values[0])
				}
			}
			wantLines(t, lines, "true long 1500 true\n", "true short 2 true\n", "false against 1500 true\n", "false long 3 true\n")
		}
		ctx := augur.WithPrincipal(t.Context(), &augur.Principal{Name: "eve", Models: []string{"b"}})
		if got, err := r.MetricSeries(ctx, SeriesQuery{VersionIDs: []string{one, two}, MaxPoints: 8}); err != nil || len(got) != 2 {
			t.Errorf("eve sees %d, %v", len(got), err)
		}
	})
}
