package registry

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/auditevent"
	"augur/ent/metricpoint"
	"augur/ent/metricsummary"
	"augur/internal/storetest"
	"augur/store"
)

// day is the time of the points of these tests.
var day = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)

// pointsOf makes one point a step from the values.
func pointsOf(name string, values ...float64) []MetricPoint {
	out := make([]MetricPoint, len(values))
	for i, v := range values {
		out[i] = MetricPoint{Name: name, Step: int64(i), Value: v, At: day}
	}
	return out
}

func TestMetricsLog(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		ctx := asAnna(t)
		version := newVersion1(t, r, "road-risk", "1.0.0")
		log := func(points ...MetricPoint) MetricsLogged {
			t.Helper()
			logged, err := r.MetricsLog(ctx, MetricsLog{VersionID: version, Points: points})
			if err != nil {
				t.Fatal(err)
			}
			return logged
		}
		summary := func(name string) *ent.MetricSummary {
			t.Helper()
			s, err := r.store.Reader().MetricSummary.Query().Where(metricsummary.VersionID(version), metricsummary.Name(name)).Only(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}

		rmse := pointsOf("val rmse", 0.5, math.NaN(), math.Inf(1), -0.25, 0.125)
		if got := log(rmse...); got != (MetricsLogged{Accepted: 5}) {
			t.Errorf("the first call: %+v", got)
		}
		if got := log(rmse...); got != (MetricsLogged{Duplicates: 5}) {
			t.Errorf("its repetition: %+v", got)
		}
		more := append(slices.Clone(rmse[2:]), MetricPoint{Name: "val rmse", Step: 9, Value: math.NaN(), At: day}, MetricPoint{Name: "val rmse", Step: 9, Value: 1, At: day})
		if got := log(more...); got != (MetricsLogged{Accepted: 1, Duplicates: 4}) {
			t.Errorf("three old points and one new, twice: %+v", got)
		}
		s := summary("val rmse")
		if s.Count != 6 || s.LastStep != 9 || s.Last != nil || *s.Min != -0.25 || !math.IsInf(*s.Max, 1) || !s.LastAt.Equal(day) {
			t.Errorf("summary: %+v", s)
		}
		log(MetricPoint{Name: "val rmse", Step: 3, Value: -7, At: day.Add(time.Hour)})
		if s = summary("val rmse"); s.Count != 7 || s.LastStep != 9 || s.Last != nil || *s.Min != -7 {
			t.Errorf("summary after an earlier step: %+v", s)
		}
		log(MetricPoint{Name: "val rmse", Step: 9, Value: 3, At: day.Add(time.Hour)})
		if s = summary("val rmse"); *s.Last != 3 || !s.LastAt.Equal(day.Add(time.Hour)) {
			t.Errorf("summary after the same step later: %+v", s)
		}
		log(MetricPoint{Name: "nan", Value: math.NaN()}, MetricPoint{Name: "nan", Value: math.NaN(), DatasetDigest: "sha256:x"})
		if s = summary("nan"); s.Count != 2 || s.Min != nil || s.Max != nil || s.Last != nil {
			t.Errorf("summary of NaN: %+v", s)
		}

		points, err := r.store.Reader().MetricPoint.Query().Where(metricpoint.VersionID(version), metricpoint.Name("val rmse"), metricpoint.At(day)).Order(ent.Asc(metricpoint.FieldStep)).All(ctx)
		if err != nil || len(points) != 6 {
			t.Fatalf("%d points, %v", len(points), err)
		}
		if p := points[1]; !p.IsNan || p.Value != nil {
			t.Errorf("NaN is kept as %+v", p)
		}
		if p := points[2]; p.IsNan || !math.IsInf(*p.Value, 1) {
			t.Errorf("infinity is kept as %+v", p)
		}
		events, err := r.store.Reader().AuditEvent.Query().Where(auditevent.Action("metricsLog")).Order(ent.Asc(auditevent.FieldID)).All(ctx)
		if err != nil || len(events) != 5 {
			t.Fatalf("%d audit rows for five calls that added something, %v", len(events), err)
		}
		if e := events[0]; e.Principal != "anna" || e.SubjectID != version || e.Model != "road-risk" || e.After["points"] != 5.0 {
			t.Errorf("audit row %+v", e)
		}
	})
}

func TestMetricsLogRefuses(t *testing.T) {
	r := newRegistry(t, storetest.SQLite(t))
	ctx := asAnna(t)
	version := newVersion1(t, r, "road-risk", "1.0.0")
	ok := MetricPoint{Name: "loss", Value: 1}
	for _, c := range []struct {
		name   string
		id     string
		points []MetricPoint
		code   augur.Code
		field  []string
	}{
		{"no name", version, []MetricPoint{ok, {}}, augur.InvalidArgument, []string{"points", "1", "name"}},
		{"NUL", version, []MetricPoint{{Name: "a\x00"}}, augur.InvalidArgument, []string{"points", "0", "name"}},
		{"long name in bytes", version, []MetricPoint{{Name: longText(200, 'é')}}, augur.InvalidArgument, []string{"points", "0", "name"}},
		{"digest", version, []MetricPoint{{Name: "a", DatasetDigest: longText(129, 'x')}}, augur.InvalidArgument, []string{"points", "0", "datasetDigest"}},
		{"year", version, []MetricPoint{ok, ok, {Name: "a", At: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}}, augur.InvalidArgument, []string{"points", "2", "at"}},
		{"too many", version, make([]MetricPoint, 10_001), augur.InvalidArgument, []string{"points"}},
		{"no version", "ver_x", []MetricPoint{ok}, augur.NotFound, []string{"versionId"}},
		{"no version, no points", "ver_x", nil, augur.NotFound, []string{"versionId"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := r.MetricsLog(ctx, MetricsLog{VersionID: c.id, Points: c.points})
			wantError(t, err, c.code, c.field...)
		})
	}
	if n := r.store.Reader().MetricPoint.Query().CountX(ctx); n != 0 {
		t.Errorf("%d points were written by calls that failed", n)
	}
	others := augur.WithPrincipal(t.Context(), &augur.Principal{Name: "eve", Scopes: []augur.Scope{augur.ScopeWrite}, Models: []string{"other-*"}})
	_, err := r.MetricsLog(others, MetricsLog{VersionID: version, Points: []MetricPoint{ok}})
	wantError(t, err, augur.NotFound, "versionId")
}

// TestMetricsLogConcurrent has writers log overlapping points in any order, and
// repeat them; the summaries come out as those of the points.
func TestMetricsLogConcurrent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		ctx := asAnna(t)
		version := newVersion1(t, r, "road-risk", "1.0.0")
		var all []MetricPoint
		for _, name := range []string{"a", "b", "c"} {
			values := make([]float64, 400)
			for i := range values {
				values[i] = math.Sin(float64(i)) * float64(len(name)+i)
			}
			values[7] = math.NaN()
			all = append(all, pointsOf(name, values...)...)
		}
		const writers = 6
		logged := make([]MetricsLogged, writers)
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				random := rand.New(rand.NewPCG(uint64(w), 1))
				for range 4 {
					at := random.IntN(len(all))
					part := slices.Concat(all[at:], all[:at])[:random.IntN(len(all))]
					got, err := r.MetricsLog(ctx, MetricsLog{VersionID: version, Points: part})
					if err != nil {
						t.Error(err)
					}
					logged[w].Accepted += got.Accepted
				}
			})
		}
		wg.Wait()
		last, err := r.MetricsLog(ctx, MetricsLog{VersionID: version, Points: all})
		if err != nil {
			t.Fatal(err)
		}
		total := last.Accepted
		for _, l := range logged {
			total += l.Accepted
		}
		if total != len(all) {
			t.Errorf("%d points accepted in all, want %d", total, len(all))
		}
		for _, want := range summarize(all) {
			got := r.store.Reader().MetricSummary.Query().Where(metricsummary.VersionID(version), metricsummary.Name(want.name)).OnlyX(ctx)
			if got.Count != want.count || *got.Min != want.min || *got.Max != want.max || *got.Last != want.last || got.LastStep != want.lastStep {
				t.Errorf("summary %+v, want %+v", got, want)
			}
		}
	})
}

func longText(n int, c rune) string { return string(slices.Repeat([]rune{c}, n)) }
