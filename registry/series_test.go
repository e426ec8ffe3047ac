package registry

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"augur"
	"augur/internal/storetest"
	"augur/store"

	"pgregory.net/rapid"
)

// logAll logs any number of points.
func logAll(t *testing.T, r *Registry, version string, points []MetricPoint) {
	t.Helper()
	for part := range slices.Chunk(points, maxPoints) {
		if _, err := r.MetricsLog(asAnna(t), MetricsLog{VersionID: version, Points: part}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMetricSeries(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		one := newVersion1(t, r, "road-risk", "1.0.0")
		two := newVersion1(t, r, "iris", "1.0.0")
		ctx := asAnna(t)
		series := func(q SeriesQuery) []Series {
			t.Helper()
			got, err := r.MetricSeries(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}

		long := make([]float64, 5000)
		for i := range long {
			long[i] = math.Sin(float64(i) / 300)
		}
		long[1234], long[4321] = 99, math.Inf(-1)
		logAll(t, r, one, pointsOf("long", long...))
		logAll(t, r, one, pointsOf("flat", slices.Repeat([]float64{1}, 3000)...))
		logAll(t, r, two, pointsOf("short", 1, math.NaN(), 3))
		// People log without steps too: the times tell the points apart.
		var stepless []MetricPoint
		for i := range 2000 {
			stepless = append(stepless, MetricPoint{Name: "stepless", Value: float64(i), At: day.Add(time.Duration(i) * time.Second)})
		}
		logAll(t, r, two, stepless)

		got := series(SeriesQuery{VersionIDs: []string{two, one}, MaxPoints: 100})
		if len(got) != 4 {
			t.Fatalf("%d series, want 4", len(got))
		}
		for _, s := range got {
			n := len(s.Values)
			if n > 100 || len(s.Steps) != n || len(s.Times) != n {
				t.Errorf("%s: %d steps, %d times, %d values", s.Name, len(s.Steps), len(s.Times), n)
			}
			switch s.Name {
			case "long":
				if s.VersionID != one || s.SampledFrom != 5000 || n < 90 || s.Steps[0] != 0 || s.Steps[n-1] != 4999 || !slices.IsSorted(s.Steps) {
					t.Errorf("long: %d points of %d, steps %v", n, s.SampledFrom, s.Steps)
				}
				if slices.Max(s.Values) != 99 || !math.IsInf(slices.Min(s.Values), -1) {
					t.Error("long has lost its extremes")
				}
			case "flat":
				if s.SampledFrom != 3000 || n < 90 {
					t.Errorf("flat: %d points of %d", n, s.SampledFrom)
				}
			case "stepless":
				if n < 90 || s.Values[0] != 0 || s.Values[n-1] != 1999 || s.Times[n-1] != day.UnixMilli()+1999_000 {
					t.Errorf("stepless: %d points, %v to %v", n, s.Values[0], s.Values[n-1])
				}
			case "short":
				if s.VersionID != two || n != 3 || s.Values[0] != 1 || !math.IsNaN(s.Values[1]) || s.Values[2] != 3 || s.Times[0] != day.UnixMilli() {
					t.Errorf("short: %+v", s)
				}
			}
		}
		if again := series(SeriesQuery{VersionIDs: []string{one, two}, MaxPoints: 100}); fmt.Sprint(again) != fmt.Sprint(got) {
			t.Error("the same question has two answers")
		}

		from, to := day.Add(500*time.Second), day.Add(1500*time.Second)
		got = series(SeriesQuery{VersionIDs: []string{two}, Names: []string{"stepless", "nothing"}, From: &from, To: &to, ByTime: true, MaxPoints: 2})
		if len(got) != 1 || got[0].SampledFrom != 1000 || !slices.Equal(got[0].Values, []float64{500, 1499}) {
			t.Errorf("between two times: %+v", got)
		}
		if got = series(SeriesQuery{VersionIDs: []string{one}, Names: []string{"flat"}}); len(got) != 1 || len(got[0].Values) > 500 || len(got[0].Values) < 490 {
			t.Errorf("the default: %d series", len(got))
		}
		if got = series(SeriesQuery{}); len(got) != 0 {
			t.Errorf("of no version: %+v", got)
		}
		if got = series(SeriesQuery{VersionIDs: []string{"ver_x"}}); len(got) != 0 {
			t.Errorf("of an unknown version: %+v", got)
		}
		for _, n := range []int{-1, 1, 10_001} {
			_, err := r.MetricSeries(ctx, SeriesQuery{VersionIDs: []string{one}, MaxPoints: n})
			wantError(t, err, augur.InvalidArgument, "maxPoints")
		}

		ctx = augur.WithPrincipal(t.Context(), &augur.Principal{Name: "eve", Models: []string{"ir*"}})
		if got = series(SeriesQuery{VersionIDs: []string{one, two}, Names: []string{"long", "short"}}); len(got) != 1 || got[0].Name != "short" {
			t.Errorf("eve sees %d series", len(got))
		}
		ctx = t.Context()
		if got = series(SeriesQuery{VersionIDs: []string{one, two}}); len(got) != 0 {
			t.Errorf("nobody sees %d series", len(got))
		}
	})
}

// TestMetricSeriesKeeps holds thinning out to its promise for any history:
// never more than asked for, only points that are there, in order, and the
// first, the last, the least and the greatest among them.
func TestMetricSeriesKeeps(t *testing.T) {
	r := newRegistry(t, storetest.SQLite(t))
	version := newVersion1(t, r, "road-risk", "1.0.0")
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		name := fmt.Sprint("m", n)
		value := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, 1, math.NaN(), math.Inf(1), math.Inf(-1)}))
		points := pointsOf(name, rapid.SliceOfN(value, 1, 200).Draw(rt, "values")...)
		most := rapid.IntRange(2, 60).Draw(rt, "most")
		logAll(t, r, version, points)
		got, err := r.MetricSeries(asAnna(t), SeriesQuery{VersionIDs: []string{version}, Names: []string{name}, MaxPoints: most})
		if err != nil || len(got) != 1 {
			rt.Fatal(got, err)
		}
		s := got[0]
		if s.SampledFrom != len(points) || len(s.Values) > most || len(points) <= most && len(s.Values) != len(points) {
			rt.Fatalf("%d of %d (%d) points, at most %d", len(s.Values), s.SampledFrom, len(points), most)
		}
		for i, step := range s.Steps {
			if i > 0 && step <= s.Steps[i-1] {
				rt.Fatalf("steps %v", s.Steps)
			}
			if want := points[step].Value; s.Values[i] != want && !(math.IsNaN(want) && math.IsNaN(s.Values[i])) {
				rt.Fatalf("step %d is %v, was logged as %v", step, s.Values[i], want)
			}
		}
		if s.Steps[0] != 0 || int(s.Steps[len(s.Steps)-1]) != len(points)-1 {
			rt.Fatalf("from step %d to %d", s.Steps[0], s.Steps[len(s.Steps)-1])
		}
		if whole := summarize(points)[0]; most >= 4 && whole.min != nil {
			if kept := summarize(seriesPoints(s)); kept[0].min != whole.min || kept[0].max != whole.max {
				rt.Fatalf("from %v to %v, was %v to %v", kept[0].min, kept[0].max, whole.min, whole.max)
			}
		}
	})
}

func seriesPoints(s Series) []MetricPoint {
	out := make([]MetricPoint, len(s.Values))
	for i, v := range s.Values {
		out[i] = MetricPoint{Name: s.Name, Step: s.Steps[i], Value: v}
	}
	return out
}
