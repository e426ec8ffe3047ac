package inference

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"augur"
)

// irisRows asks for rows that begin with the given numbers.
func irisRows(first ...int) *augur.Request {
	texts := make([]string, len(first))
	for i, n := range first {
		texts[i] = fmt.Sprintf(`{"sepal_length":%d,"sepal_width":2,"petal_length":3,"petal_width":4}`, n)
	}
	return rows("iris", texts...)
}

// firsts are the first numbers of the rows that an echo answered.
func firsts(resp *augur.Response) []int {
	f := augur.View[float32](resp.Outputs[0].Value.Tensor)
	list := make([]int, len(f)/4)
	for i := range list {
		list[i] = int(f[4*i])
	}
	return list
}

// trust makes a house trust that a version answers each row by itself.
func (h *house) trust(t *testing.T, v *augur.CatalogVersion) {
	t.Helper()
	l, err := h.lane(v)
	if err != nil {
		t.Fatal(err)
	}
	l.proof.now.Store(int32(trusted))
}

func TestRowsOfALargerRequestAreKept(t *testing.T) {
	v := iris()
	shared := &fakeShared{}
	h := startWith(t, Config{}, Deps{Shared: shared}, v)
	h.trust(t, v)
	var ran [][]int64
	h.runtime.run = func(ctx context.Context, in []augur.NamedTensor, out []string) ([]augur.Output, error) {
		ran = append(ran, in[0].Tensor.Shape)
		return echo(ctx, in, out)
	}
	for i, step := range []struct {
		ask    []int
		mode   augur.CacheMode
		want   augur.CacheStatus
		cached int
		run    int64 // rows, 0 for no run
	}{
		{[]int{1}, "", augur.CacheMiss, 0, 1},
		{[]int{1, 2, 3}, "", augur.CacheMiss, 1, 2},
		{[]int{3, 1, 2, 3}, "", augur.CacheMemory, 4, 0},
		{[]int{2}, "", augur.CacheMemory, 1, 0},
		{[]int{4, 4, 4, 1}, "", augur.CacheMiss, 3, 1}, // equal rows run once
		{[]int{1, 2}, augur.CacheRefresh, augur.CacheMiss, 0, 2},
		{[]int{1, 2}, augur.CacheBypass, augur.CacheSkipped, 0, 2},
	} {
		ran = nil
		req := irisRows(step.ask...)
		req.Options.Cache = step.mode
		resp, err := h.Predict(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(firsts(resp), step.ask) {
			t.Errorf("step %d: rows %v, want %v", i, firsts(resp), step.ask)
		}
		rows := int64(0)
		for _, shape := range ran {
			rows += shape[0]
		}
		if resp.Cache != step.want || resp.CachedRows != step.cached || rows != step.run {
			t.Errorf("step %d: %s with %d rows cached and %d run, want %s, %d, %d", i, resp.Cache, resp.CachedRows, rows, step.want, step.cached, step.run)
		}
	}
	state, _ := h.State(v.ID)
	if want := (augur.CacheCounts{Memory: 1 + 4 + 1 + 3, Missed: 1 + 2 + 1 + 2, Skipped: 2}); state.Cache != want {
		t.Errorf("counts %+v, want %+v", state.Cache, want)
	}
}

// Another server's rows are found in one exchange.
func TestRowsAreShared(t *testing.T) {
	v := iris()
	shared := &fakeShared{}
	first, second := startWith(t, Config{}, Deps{Shared: shared}, v), startWith(t, Config{}, Deps{Shared: shared}, v)
	first.trust(t, v)
	second.trust(t, v)
	if _, err := first.Predict(t.Context(), irisRows(1, 2, 3)); err != nil {
		t.Fatal(err)
	}
	for shared.puts() < 3 {
		time.Sleep(time.Millisecond)
	}
	for _, c := range []struct {
		ask    []int
		want   augur.CacheStatus
		cached int
	}{{[]int{3, 1}, augur.CacheShared, 2}, {[]int{1, 2, 9}, augur.CacheMiss, 2}, {[]int{1, 2, 3, 9}, augur.CacheMemory, 4}} {
		resp, err := second.Predict(t.Context(), irisRows(c.ask...))
		if err != nil || resp.Cache != c.want || resp.CachedRows != c.cached || !slices.Equal(firsts(resp), c.ask) {
			t.Errorf("%v: %v, %s with %d rows cached, want %s, %d (%v)", c.ask, firsts(resp), resp.Cache, resp.CachedRows, c.want, c.cached, err)
		}
	}
}

// TestCacheProperty: whatever is asked in whatever order, at one time or after
// each other, every answer is that of its own rows.
func TestCacheProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		v := iris()
		h := start(t, Config{CacheBytes: 16 << 10}, v)
		if rapid.Bool().Draw(rt, "trusted") {
			h.trust(t, v)
		}
		asks := rapid.SliceOfN(rapid.SliceOfN(rapid.IntRange(0, 9), 1, 6), 1, 40).Draw(rt, "asks")
		modes := rapid.SliceOfN(rapid.SampledFrom([]augur.CacheMode{"", "", "", augur.CacheRefresh, augur.CacheBypass}), len(asks), len(asks)).Draw(rt, "modes")
		purge := rapid.IntRange(-20, len(asks)).Draw(rt, "purge")
		var wg sync.WaitGroup
		for i, ask := range asks {
			if i == purge {
				h.Purge("")
			}
			wg.Go(func() {
				req := irisRows(ask...)
				req.Options.Cache = modes[i]
				resp, err := h.Predict(t.Context(), req)
				if err != nil || !slices.Equal(firsts(resp), ask) {
					rt.Errorf("%v answered with %v (%v)", ask, firsts(resp), err)
				}
			})
			if i%8 == 7 {
				wg.Wait()
			}
		}
		wg.Wait()
	})
}

// A version that answers at once and is never asked the same twice is not kept,
// but for a sample; when questions come again, it is.
func TestCacheThatDoesNotPay(t *testing.T) {
	w := &worth{}
	in := func(i int) []augur.NamedTensor { return one(float32(i)) }
	now := time.Now()
	considered := 0
	ask := func(i int) {
		if !w.considers(in(i), now) {
			return
		}
		considered++
		w.missed(1, 3*time.Microsecond, 5*time.Microsecond)
	}
	for i := range worthWindow {
		ask(i)
	}
	if considered != worthWindow || w.sample.Load() == 0 {
		t.Fatalf("%d of the first questions were considered", considered)
	}
	considered = 0
	for i := range 16_000 {
		ask(i)
	}
	if considered < 100 || considered > 600 {
		t.Errorf("%d of 16,000 were considered, want about 267: for a hundredth of the runs", considered)
	}
	for i := 0; w.sample.Load() != 0; i++ { // the same thousand again and again
		if w.considers(in(i%1000), now) {
			if i < 1000 {
				w.missed(1, 3*time.Microsecond, 5*time.Microsecond)
			} else {
				w.hit(1)
			}
		}
		if i > 100_000 {
			t.Fatal("it never paid")
		}
	}
	slow := &worth{}
	for range 10 * worthWindow {
		slow.missed(1, 3*time.Microsecond, time.Millisecond)
	}
	if slow.sample.Load() != 0 {
		t.Error("what costs hardly anything was given up")
	}
	w.sample.Store(1)
	if later := now.Add(time.Minute); !w.considers(in(1), later) || w.sample.Load() != 0 {
		t.Error("it was not tried again after a quiet time")
	}
}

// The shared cache is asked only where that is faster than a run.
func TestSharedTierThatDoesNotPay(t *testing.T) {
	tier := &sharedTier{}
	for range 16 {
		tier.took(100 * time.Microsecond)
	}
	if !tier.pays(0) || !tier.pays(time.Millisecond) {
		t.Error("it does not pay for a slow version")
	}
	asked := 0
	for range 1024 {
		if tier.pays(10 * time.Microsecond) {
			asked++
		}
	}
	if asked != 4 {
		t.Errorf("asked %d times of 1,024 for a fast version, want 4", asked)
	}
}
