package registry

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"augur"
	"augur/internal/storetest"
	"augur/store"

	"github.com/google/go-cmp/cmp"
)

// figures are some that tell n and an arbitrary latency apart.
func figures(n int64, latency time.Duration) augur.ServingFigures {
	f := augur.ServingFigures{
		Requests: n, Errors: n / 3, Faults: n / 4, Rows: 2 * n, RowErrors: n / 5, MemoryHits: n / 2, SharedHits: n / 6, Misses: n / 7,
		CachedRows: n, Runs: n / 2, RunRows: 3 * n, Total: time.Duration(n) * latency, Queue: latency / 2, Run: latency / 3,
	}
	for range n {
		f.Latency.Add(latency)
	}
	return f
}

func bucketAt(version string, start time.Time, f augur.ServingFigures) augur.ServingBucket {
	return augur.ServingBucket{VersionID: version, Start: start, Width: augur.BucketWidth, Figures: f}
}

// liveFunc is a Live made of a function.
type liveFunc func(ids []string) []augur.ServingBucket

func (f liveFunc) Live(ids []string) []augur.ServingBucket { return f(ids) }
func (f liveFunc) Sync(context.Context) error              { return nil }

// same compares figures, the sketch by its binary form.
func same(a, b *augur.ServingFigures) string {
	return cmp.Diff(a, b, cmp.Comparer(func(a, b augur.Sketch) bool {
		return string(a.AppendBinary(nil)) == string(b.AppendBinary(nil))
	}))
}

// TestServingIsTheSum holds what windows and series of any length tell, from
// rows of any width and two servers, to the sum of the buckets that were logged.
func TestServingIsTheSum(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		one, two := newRegistry(t, cfg), newRegistry(t, cfg)
		ctx := asAnna(t)
		a, b := newVersion1(t, one, "a", "1.0.0"), newVersion1(t, one, "b", "1.0.0")
		if err := two.catalog.follow(ctx); err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 3, 3, 14, 27, 43, 123e6, time.UTC)
		random := rand.New(rand.NewPCG(3, 4))
		var all []augur.ServingBucket
		for _, r := range []*Registry{one, two} {
			var mine []augur.ServingBucket
			taken := map[string]bool{}
			add := func(age time.Duration) {
				start := at.Add(-age).Truncate(augur.BucketWidth)
				version := []string{a, a, b}[random.IntN(3)]
				if key := fmt.Sprint(version, start); !taken[key] {
					taken[key] = true
					mine = append(mine, bucketAt(version, start, figures(1+random.Int64N(9), time.Duration(1+random.IntN(1e8)))))
				}
			}
			for range 200 {
				add(time.Duration(random.Int64N(int64(3 * time.Minute))))
				add(time.Duration(random.Int64N(int64(3 * time.Hour))))
				add(time.Duration(random.Int64N(int64(30 * 24 * time.Hour))))
			}
			slices.SortFunc(mine, func(x, y augur.ServingBucket) int { return x.Start.Compare(y.Start) })
			all = append(all, mine...)
			for len(mine) > 0 { // in calls of any length
				part := mine[:min(1+random.IntN(60), len(mine))]
				mine = mine[len(part):]
				if err := r.LogServing(ctx, part); err != nil {
					t.Fatal(err)
				}
				if open := len(r.rollups.open); open > 2*3 { // a minute, an hour and a day of each version
					t.Fatalf("%d rows are held open", open)
				}
			}
		}
		want := func(version string, from, to time.Time) *augur.ServingFigures {
			f := &augur.ServingFigures{}
			for i := range all {
				if s := all[i].Start; all[i].VersionID == version && !s.Before(from) && s.Before(to) {
					f.Add(&all[i].Figures)
				}
			}
			return f
		}
		got := func(s map[string]*augur.ServingFigures, version string) *augur.ServingFigures {
			if f := s[version]; f != nil {
				return f
			}
			return &augur.ServingFigures{}
		}
		for _, window := range []time.Duration{10 * time.Second, 55 * time.Second, 90 * time.Second, 10 * time.Minute, time.Hour, 5*time.Hour + 3*time.Second, 24 * time.Hour, 3 * 24 * time.Hour, 20 * 24 * time.Hour, 400 * 24 * time.Hour} {
			s, err := one.servingAt(ctx, askedVersions{ids: []string{a, b}}, window, at)
			if err != nil {
				t.Fatal(err)
			}
			if early := at.Add(-window).Sub(s.From); early < 0 || early >= 24*time.Hour || window < 24*time.Hour && early >= 10*time.Second {
				t.Errorf("the window of %v begins at %v", window, s.From)
			}
			for _, version := range []string{a, b} {
				if diff := same(want(version, s.From, at), got(s.Versions, version)); diff != "" {
					t.Errorf("window %v: %s", window, diff)
				}
			}
		}
		for _, q := range []struct {
			back   time.Duration
			points int
			step   time.Duration
		}{{5 * time.Minute, 300, 10 * time.Second}, {time.Hour, 300, 20 * time.Second}, {time.Hour, 13, 5 * time.Minute}, {3 * time.Hour, 20, 10 * time.Minute}, {48 * time.Hour, 10_000, time.Minute}, {30 * 24 * time.Hour, 300, 3 * time.Hour}, {30 * 24 * time.Hour, 3, 16 * 24 * time.Hour}, {30 * 24 * time.Hour, 20, 2 * 24 * time.Hour}} {
			from := at.Add(-q.back)
			list, err := one.servingSeriesAt(ctx, ServingSeriesQuery{VersionIDs: []string{a, b}, From: &from, To: &at, MaxPoints: q.points}, at)
			if err != nil || len(list) != 2 {
				t.Fatal(len(list), err)
			}
			for _, s := range list {
				if s.Step != q.step || len(s.Points) > q.points || s.From.After(from) || !s.From.Add(s.Step).After(from) {
					t.Errorf("%v: step %v, %d points from %v", q, s.Step, len(s.Points), s.From)
				}
				for i, p := range s.Points {
					begin := s.From.Add(time.Duration(i) * s.Step)
					end := begin.Add(s.Step)
					if end.After(at) {
						end = at
					}
					if p == nil {
						p = &augur.ServingFigures{}
					}
					if diff := same(want(s.VersionID, begin, end), p); diff != "" {
						t.Errorf("%v, point %d: %s", q, i, diff)
					}
				}
			}
		}
	})
}

// TestServingIsLive adds what is not written yet, and counts what came into the
// record meanwhile once.
func TestServingIsLive(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		ctx := asAnna(t)
		version := newVersion1(t, r, "a", "1.0.0")
		at := time.Date(2026, 3, 3, 14, 30, 2, 0, time.UTC)
		open := bucketAt(version, at.Truncate(augur.BucketWidth), figures(5, time.Millisecond))
		closed := bucketAt(version, at.Truncate(augur.BucketWidth).Add(-10*time.Second), figures(7, time.Second))
		old := bucketAt(version, closed.Start.Add(-3*time.Minute), figures(11, time.Minute)) // the sink failed for long
		for _, b := range []augur.ServingBucket{old, closed} {
			r.FollowLive(liveFunc(func([]string) []augur.ServingBucket { return []augur.ServingBucket{old, closed, open} }))
			s, err := r.servingAt(ctx, askedVersions{ids: []string{version}}, time.Hour, at)
			if err != nil {
				t.Fatal(err)
			}
			if f := s.Versions[version]; f == nil || f.Requests != 23 || f.Latency.Count() != 23 {
				t.Errorf("%+v", f)
			}
			// Written after it was read as live, before the rows were read.
			if err := r.LogServing(ctx, []augur.ServingBucket{b}); err != nil {
				t.Fatal(err)
			}
		}
		s, err := r.servingAt(ctx, askedVersions{ids: []string{version}}, time.Hour, at)
		if err != nil || s.Versions[version].Requests != 23 {
			t.Errorf("%+v, %v", s.Versions[version], err)
		}
		// A write whose answer was lost is made again.
		if err := r.LogServing(ctx, []augur.ServingBucket{closed}); err != nil {
			t.Fatal(err)
		}
		r.FollowLive(liveFunc(func([]string) []augur.ServingBucket { return nil }))
		if s, err = r.servingAt(ctx, askedVersions{ids: []string{version}}, 50*time.Second, at); err != nil || s.Versions[version].Requests != 7 {
			t.Errorf("%+v, %v", s.Versions[version], err)
		}
	})
}

// TestServingIsForThoseWhoSee the model.
func TestServingIsForThoseWhoSee(t *testing.T) {
	r := newRegistry(t, storetest.SQLite(t))
	version := newVersion1(t, r, "secret", "1.0.0")
	r.FollowLive(liveFunc(func(ids []string) (out []augur.ServingBucket) {
		for _, id := range ids {
			out = append(out, bucketAt(id, now().Truncate(augur.BucketWidth), figures(1, time.Second)))
		}
		return out
	}))
	for principal, want := range map[*augur.Principal]int{
		nil: 0, {Name: "eve", Models: []string{"other-*"}}: 0, {Name: "anna", Models: []string{"sec*"}}: 1,
	} {
		ctx := augur.WithPrincipal(t.Context(), principal)
		s, err := r.Serving(ctx, []string{version, "ver_x"}, time.Hour)
		if err != nil || len(s.Versions) != want {
			t.Errorf("%v: %d versions, %v", principal, len(s.Versions), err)
		}
		list, err := r.ServingSeries(ctx, ServingSeriesQuery{VersionIDs: []string{version, "ver_x"}})
		if err != nil || len(list) != want {
			t.Errorf("%v: %d series, %v", principal, len(list), err)
		}
	}
	for _, window := range []time.Duration{0, time.Second, 1000 * 24 * time.Hour} {
		_, err := r.Serving(asAnna(t), []string{version}, window)
		wantError(t, err, augur.InvalidArgument, "window")
	}
	early := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	_, err := r.ServingSeries(asAnna(t), ServingSeriesQuery{From: &early})
	wantError(t, err, augur.InvalidArgument, "from")
	_, err = r.ServingSeries(asAnna(t), ServingSeriesQuery{MaxPoints: 1})
	wantError(t, err, augur.InvalidArgument, "maxPoints")
}

// TestSweepDeletesFigures of each width when their time is over, and no others.
func TestSweepDeletesFigures(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		ctx := asAnna(t)
		version := newVersion1(t, r, "a", "1.0.0")
		at := time.Date(2026, 3, 3, 14, 30, 0, 0, time.UTC)
		count := func() (out []int) {
			for _, w := range rollupWidths {
				var n int
				query := bind(r.store.Dialect(), "SELECT COUNT(*) FROM serving_rollups WHERE seconds = ?")
				if err := r.store.SQLReader().QueryRowContext(ctx, query, int(w.width/time.Second)).Scan(&n); err != nil {
					t.Fatal(err)
				}
				out = append(out, n)
			}
			return out
		}
		for _, age := range []time.Duration{800 * 24 * time.Hour, 100 * 24 * time.Hour, 10 * 24 * time.Hour, 30 * time.Hour, time.Hour} {
			if err := r.LogServing(ctx, []augur.ServingBucket{bucketAt(version, at.Add(-age), figures(1, time.Second))}); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff([]int{5, 5, 5, 5}, count()); diff != "" {
			t.Error(diff)
		}
		if err := r.sweepOnce(ctx, at); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]int{1, 2, 3, 4}, count()); diff != "" {
			t.Error(diff)
		}
		s, err := r.servingAt(ctx, askedVersions{ids: []string{version}}, 700*24*time.Hour, at)
		if err != nil || s.Versions[version].Requests != 4 {
			t.Errorf("%+v, %v", s.Versions, err)
		}
	})
}
