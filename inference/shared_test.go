package inference

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"augur"
)

// fakeShared is a map; its functions, where set, are asked first.
type fakeShared struct {
	mu     sync.Mutex // guards values
	values map[augur.Digest]map[Key][]byte
	trip   time.Duration // of a Get
	get    func(context.Context) ([]byte, bool)
	set    func(context.Context)
	purge  func(context.Context) error
}

// puts is how many values there are.
func (s *fakeShared) puts() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, values := range s.values {
		n += len(values)
	}
	return n
}

func (s *fakeShared) GetMany(ctx context.Context, artifact augur.Digest, keys []Key) [][]byte {
	values := make([][]byte, len(keys))
	for i, key := range keys {
		values[i], _ = s.Get(ctx, artifact, key)
	}
	return values
}

func (s *fakeShared) Get(ctx context.Context, artifact augur.Digest, key Key) ([]byte, bool) {
	time.Sleep(s.trip)
	if s.get != nil {
		return s.get(ctx)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.values[artifact][key]
	return b, ok
}

func (s *fakeShared) Set(ctx context.Context, artifact augur.Digest, key Key, value []byte, _ time.Duration) {
	if s.set != nil {
		s.set(ctx)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.values == nil {
		s.values = map[augur.Digest]map[Key][]byte{}
	}
	if s.values[artifact] == nil {
		s.values[artifact] = map[Key][]byte{}
	}
	s.values[artifact][key] = value
}

func (s *fakeShared) Purge(ctx context.Context, artifact augur.Digest) error {
	if s.purge != nil {
		if err := s.purge(ctx); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if artifact == "" {
		clear(s.values)
	}
	delete(s.values, artifact)
	return nil
}

func (s *fakeShared) count() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, of := range s.values {
		n += len(of)
	}
	return n
}

// edit changes every value.
func (s *fakeShared) edit(change func([]byte) []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, of := range s.values {
		for key, b := range of {
			of[key] = change(bytes.Clone(b))
		}
	}
}

// beside starts an engine on a shared cache.
func beside(t *testing.T, cfg Config, shared SharedCache, versions ...*augur.CatalogVersion) *house {
	t.Helper()
	return startWith(t, cfg, Deps{Shared: shared}, versions...)
}

// counted returns a counter by its only label's value, 0 where it has not counted.
func counted(t *testing.T, of prometheus.Collector, label string) int {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(of)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			if m.GetLabel()[0].GetValue() == label {
				return int(m.GetCounter().GetValue())
			}
		}
	}
	return 0
}

// Two engines share their answers, exactly, and modes and policies hold for
// the shared tier as for memory.
func TestSharedAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		off := iris()
		off.Policy.CacheOff = true
		shared := &fakeShared{}
		a, b := beside(t, Config{}, shared, road(), off), beside(t, Config{}, shared, road(), off)
		none := beside(t, Config{CacheBytes: -1}, shared, road())
		req := rows("road-risk", roadRow)
		other := rows("iris", `{"sepal_length":1,"sepal_width":2,"petal_length":3,"petal_width":4}`)
		for i, step := range []struct {
			house *house
			req   *augur.Request
			want  augur.CacheStatus
			kept  int
		}{
			{a, mode(req, augur.CacheBypass), augur.CacheSkipped, 0},
			{a, other, augur.CacheSkipped, 0},
			{a, req, augur.CacheMiss, 1},
			{a, req, augur.CacheMemory, 1},
			{b, mode(req, augur.CacheBypass), augur.CacheSkipped, 1},
			{b, mode(req, augur.CacheRefresh), augur.CacheMiss, 1},
			{none, req, augur.CacheShared, 1}, // nothing in memory, ever
			{none, req, augur.CacheShared, 1},
		} {
			got := step.house.ask(t, step.req)
			synctest.Wait()
			if got != step.want || shared.count() != step.kept {
				t.Errorf("step %d: %s with %d kept, want %s with %d", i, got, shared.count(), step.want, step.kept)
			}
		}
		c := beside(t, Config{}, shared, road())
		want, err := a.Predict(t.Context(), mode(req, augur.CacheBypass))
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Predict(t.Context(), req)
		if err != nil || got.Cache != augur.CacheShared || c.runtime.runs.Load() != 0 {
			t.Fatalf("%+v, %v", got, err)
		}
		if diff := cmp.Diff(want.Outputs, got.Outputs); diff != "" {
			t.Error(diff)
		}
		if got.Timing.Run != 0 || got.Timing.Total < 0 || c.ask(t, req) != augur.CacheMemory {
			t.Errorf("%+v", got.Timing)
		}
	})
}

// An answer lives in memory no longer than it would have lived in the shared
// cache, and no longer than the version of now allows.
func TestSharedTimeToLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		short := road()
		short.Policy.CacheTTL = 10 * time.Minute
		shared := &fakeShared{} // keeps its values for ever
		req := rows("road-risk", roadRow)
		if beside(t, Config{}, shared, road()).ask(t, req) != augur.CacheMiss {
			t.Fatal("known")
		}
		synctest.Wait()
		time.Sleep(40 * time.Minute)
		b, c := beside(t, Config{}, shared, road()), beside(t, Config{}, shared, short)
		if b.ask(t, req) != augur.CacheShared || c.ask(t, req) != augur.CacheShared {
			t.Error("not shared")
		}
		shared.get = func(context.Context) ([]byte, bool) { return nil, false }
		time.Sleep(11 * time.Minute)
		if b.ask(t, req) != augur.CacheMemory || c.ask(t, req) != augur.CacheMiss {
			t.Error("the shorter time binds")
		}
		time.Sleep(10 * time.Minute)
		shared.get = nil
		if b.ask(t, req) == augur.CacheMemory {
			t.Error("older than an hour in memory")
		}
	})
}

// Whatever stands in the shared cache, the answer is right.
func TestSharedGarbage(t *testing.T) {
	for name, change := range map[string]func([]byte) []byte{
		"empty":     func([]byte) []byte { return []byte{} },
		"text":      func([]byte) []byte { return []byte("hello") },
		"truncated": func(b []byte) []byte { return b[:len(b)-1] },
		"one bit":   func(b []byte) []byte { b[len(b)-1] ^= 1; return b },
		"next form": func(b []byte) []byte { b[0]++; return b },
		"another's": func([]byte) []byte {
			b, _ := encodeShared(Key{1}, time.Now().Add(time.Hour), []augur.Output{{Name: "accident_risk"}})
			return b
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			shared := &fakeShared{}
			req := rows("road-risk", roadRow)
			a := beside(t, Config{}, shared, road())
			want, err := a.Predict(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			shared.edit(change)
			b := beside(t, Config{}, shared, road())
			got, err := b.Predict(t.Context(), req)
			if err != nil || got.Cache != augur.CacheMiss || cmp.Diff(want.Outputs, got.Outputs) != "" {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
			if n := counted(t, b.metrics.sharedReads, "foreign"); n != 1 {
				t.Errorf("%s: %d counted", name, n)
			}
		})
	}
}

// A shared cache that does not answer costs its time and no more, that of the
// caller included; one that panics costs nothing.
func TestSharedFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := func(ctx context.Context) ([]byte, bool) { <-ctx.Done(); return nil, false }
		shared := &fakeShared{get: hang, set: func(context.Context) { panic("a bug") }}
		h := beside(t, Config{}, shared, road())
		req := rows("road-risk", roadRow)
		began := time.Now()
		if h.ask(t, req) != augur.CacheMiss || time.Since(began) != 20*time.Millisecond {
			t.Errorf("after %s", time.Since(began))
		}
		hasty := rows("road-risk", strings.Replace(roadRow, "60", "70", 1))
		hasty.Options.Timeout = 5 * time.Millisecond
		began = time.Now()
		if _, err := h.Predict(t.Context(), hasty); err != nil && augur.CodeOf(err) != augur.DeadlineExceeded || time.Since(began) != 5*time.Millisecond {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		shared.get = func(context.Context) ([]byte, bool) { panic("a bug") }
		if h.ask(t, rows("road-risk", strings.Replace(roadRow, "60", "80", 1))) != augur.CacheMiss {
			t.Error("not answered")
		}
	})
}

func TestSharedNeverKeepsErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := &fakeShared{}
		h := beside(t, Config{}, shared, road())
		h.runtime.run = func(context.Context, []augur.NamedTensor, []string) ([]augur.Output, error) {
			return nil, errors.New("once")
		}
		if _, err := h.Predict(t.Context(), rows("road-risk", roadRow)); err == nil {
			t.Error("no error")
		}
		if synctest.Wait(); shared.count() != 0 {
			t.Error("kept")
		}
	})
}

// Puts that the shared cache does not take are dropped; what is too large is
// not put at all.
func TestSharedQueueIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		letGo := make(chan struct{})
		shared := &fakeShared{set: func(context.Context) { <-letGo }}
		h := beside(t, Config{SharedMaxBytes: 2000}, shared, iris())
		ask := func(i, n int) {
			data := slices.Repeat([]float32{float32(i), 2, 3, 4}, n)
			h.ask(t, &augur.Request{Model: "iris", Data: augur.Data{Tensors: []augur.NamedTensor{named("float_input", augur.TensorOf(augur.Float32, data, int64(n), 4))}}})
		}
		for i := range maxPuts + 500 {
			ask(i, 1)
		}
		ask(0, 2000)
		close(letGo)
		synctest.Wait()
		count := func(result string) int {
			return counted(t, h.metrics.sharedWrites, result)
		}
		queued, dropped := count("queued"), count("dropped")
		if queued+dropped != maxPuts+500 || queued < maxPuts || queued > maxPuts+putters || shared.count() != queued || count("too_large") != 1 || h.shared.queued.Load() != 0 {
			t.Errorf("%d queued, %d dropped, %d kept, %d too large, %d bytes wait", queued, dropped, shared.count(), count("too_large"), h.shared.queued.Load())
		}
	})
}

// A purge holds for the shared cache too: nothing that was known before is
// answered after, though the cache be down meanwhile.
func TestSharedPurge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := &fakeShared{}
		var down atomic.Bool
		down.Store(true)
		shared.purge = func(context.Context) error {
			if down.Load() {
				return errors.New("down")
			}
			return nil
		}
		h := beside(t, Config{}, shared, road(), iris())
		req, other := rows("road-risk", roadRow), rows("iris", `{"sepal_length":1,"sepal_width":2,"petal_length":3,"petal_width":4}`)
		h.ask(t, req)
		h.ask(t, other)
		synctest.Wait()
		h.Purge(road().Digest)
		h.answers.purge("") // memory alone
		if h.ask(t, req) != augur.CacheMiss || h.ask(t, other) != augur.CacheShared {
			t.Error("the purged artifact is not asked for, the other is")
		}
		synctest.Wait()
		down.Store(false)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if n := shared.count(); n != 1 || h.shared.forgetting(road().Digest) {
			t.Errorf("%d kept", n)
		}
		h.Purge("")
		synctest.Wait()
		if n := shared.count(); n != 0 || h.ask(t, req) != augur.CacheMiss {
			t.Errorf("%d kept", n)
		}
		// A run that began before a purge does not bring its answer back.
		entered, letGo := h.runtime.hold()
		var wg sync.WaitGroup
		wg.Go(func() { h.ask(t, mode(req, augur.CacheRefresh)) })
		<-entered
		h.Purge("")
		close(letGo)
		wg.Wait()
		if synctest.Wait(); shared.count() != 0 {
			t.Error("the answer came back")
		}
	})
}

// Equal questions at one time ask the shared cache once.
func TestSharedIsAskedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := &fakeShared{}
		beside(t, Config{}, shared, road()).ask(t, rows("road-risk", roadRow))
		synctest.Wait()
		h := startWith(t, Config{}, Deps{Shared: shared, Registerer: prometheus.NewRegistry()}, road())
		statuses := make(chan augur.CacheStatus, 100)
		var wg sync.WaitGroup
		for range cap(statuses) {
			wg.Go(func() { statuses <- h.ask(t, rows("road-risk", roadRow)) })
		}
		wg.Wait()
		close(statuses)
		times := 0
		for s := range statuses {
			if s == augur.CacheShared {
				times++
			}
		}
		if n := counted(t, h.metrics.sharedReads, "hit"); times != 1 || n != 1 || h.runtime.runs.Load() != 0 {
			t.Errorf("%d were told, %d asked, %d runs", times, n, h.runtime.runs.Load())
		}
	})
}

// A run that is shorter than the way to the shared cache is run, unless its turn
// is long in coming.
func TestSharedIsAskedWhereThatIsFaster(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := road()
		v.Policy.MaxBatchRows, v.Policy.MaxConcurrent = 1, 1
		shared := &fakeShared{trip: time.Millisecond}
		h := beside(t, Config{CacheBytes: -1}, shared, v)
		h.runtime.run = func(ctx context.Context, in []augur.NamedTensor, out []string) ([]augur.Output, error) {
			time.Sleep(900 * time.Microsecond)
			return echo(ctx, in, out)
		}
		const callers, times = 8, 100
		ask := func(i int) augur.CacheStatus {
			return h.ask(t, rows("road-risk", strings.Replace(roadRow, "0.1529", fmt.Sprintf("0.4%d", i), 1)))
		}
		for i := range callers { // put there by now
			ask(i)
			time.Sleep(time.Second)
			synctest.Wait()
		}
		alone := map[augur.CacheStatus]int{}
		for i := range times {
			for k := range 4 { // the shared cache is not asked for what it does not have
				h.ask(t, mode(rows("road-risk", strings.Replace(roadRow, "0.1529", fmt.Sprintf("0.5%d", k), 1)), augur.CacheBypass))
			}
			alone[ask(i%callers)]++
		}
		var mu sync.Mutex
		crowded := map[augur.CacheStatus]int{}
		var wg sync.WaitGroup
		for i := range callers {
			wg.Go(func() {
				for range times {
					status := ask(i)
					mu.Lock()
					crowded[status]++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if alone[augur.CacheShared] > times/2 || crowded[augur.CacheShared] < callers*times*3/4 {
			t.Errorf("alone %v, crowded %v", alone, crowded)
		}
	})
}
