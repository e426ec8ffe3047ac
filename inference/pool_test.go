package inference

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"augur"
)

// distinct returns a request that no other equals.
func distinct(i int) *augur.Request {
	return rows("road-risk", strings.Replace(roadRow, "0.1529", fmt.Sprintf("0.%06d", i), 1))
}

func TestLoadedOnceByTheFirstRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := start(t, Config{MaxConcurrent: 8}, road())
		letGo := make(chan struct{})
		h.runtime.load = func(context.Context, *augur.CatalogVersion) error { <-letGo; return nil }
		if state, ok := h.State(road().ID); !ok || state.Loaded {
			t.Errorf("%+v, %v", state, ok)
		}
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() { h.ask(t, distinct(i)) })
		}
		// One who gives up while it loads fails nobody else.
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := h.Predict(ctx, distinct(9)); augur.CodeOf(err) != augur.DeadlineExceeded {
			t.Error(err)
		}
		synctest.Wait()
		time.Sleep(time.Second)
		close(letGo)
		wg.Wait()
		if n := h.runtime.loads.Load(); n != 1 {
			t.Errorf("%d loads", n)
		}
		if state, ok := h.State(road().ID); !ok || !state.Loaded || state.LoadTime != 2*time.Second || state.LoadError != "" || state.VersionID != road().ID {
			t.Errorf("%+v, %v", state, ok)
		}
		if _, ok := h.State("ver_none"); ok {
			t.Error("there is no such version")
		}
	})
}

// A load that failed is tried again after a pause that grows, not before.
func TestLoadErrorsAreRememberedBriefly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := start(t, Config{}, road())
		h.runtime.load = func(context.Context, *augur.CatalogVersion) error {
			return augur.Wrap(augur.FailedPrecondition, errors.New("cause"), "the file is broken")
		}
		loads := func(want int64) {
			t.Helper()
			_, err := h.Predict(t.Context(), rows("road-risk", roadRow))
			e := augur.AsError(err)
			if e.Code != augur.FailedPrecondition || e.Message != "the file is broken" || e.RetryAfter <= 0 {
				t.Errorf("%v, again after %v", e, e.RetryAfter)
			}
			if got := h.runtime.loads.Load(); got != want {
				t.Errorf("%d loads, want %d", got, want)
			}
		}
		loads(1)
		loads(1)
		time.Sleep(1001 * time.Millisecond)
		loads(2)
		time.Sleep(1001 * time.Millisecond)
		loads(2)
		time.Sleep(time.Second)
		loads(3)
		if state, _ := h.State(road().ID); state.Loaded || state.LoadError != "the file is broken" {
			t.Errorf("%+v", state)
		}
		time.Sleep(time.Minute)
		h.runtime.load = nil
		h.ask(t, rows("road-risk", roadRow))
		if state, _ := h.State(road().ID); !state.Loaded || state.LoadError != "" {
			t.Errorf("%+v", state)
		}
		if h.artifacts.held.Load() != 1 {
			t.Error("a failed load keeps its artifact")
		}
	})
}

func TestLoadFailures(t *testing.T) {
	strange := iris()
	strange.Format = "gguf"
	h := start(t, Config{}, road(), strange)
	iris := rows("iris", `{"sepal_length":1,"sepal_width":2,"petal_length":3,"petal_width":4}`)
	if _, err := h.Predict(t.Context(), iris); augur.CodeOf(err) != augur.Unimplemented {
		t.Error(err)
	}
	h.artifacts.open = func(augur.Digest) error { return augur.Errorf(augur.NotFound, "no such artifact") }
	if err := h.Warm(t.Context(), h.catalog.Versions()); augur.CodeOf(err) != augur.NotFound {
		t.Error(err)
	}
	h = start(t, Config{}, road())
	h.runtime.load = func(context.Context, *augur.CatalogVersion) error { panic("a bug") }
	if _, err := h.Predict(t.Context(), rows("road-risk", roadRow)); augur.CodeOf(err) != augur.Internal {
		t.Error(err)
	}
}

// Runs are bounded, so is the queue, and those who wait leave when they must.
func TestQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := road()
		v.Policy.MaxConcurrent, v.Policy.MaxQueue = 2, 3
		h := start(t, Config{}, v)
		if err := h.Warm(t.Context(), h.catalog.Versions()); err != nil {
			t.Fatal(err)
		}
		_, letGo := h.runtime.hold()
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() { h.ask(t, distinct(i)) })
		}
		synctest.Wait()
		wg.Go(func() {
			if _, err := h.Predict(ctx, distinct(4)); augur.CodeOf(err) != augur.Canceled {
				t.Error(err)
			}
		})
		synctest.Wait()
		if state, _ := h.State(v.ID); state.Running != 2 || state.Queued != 3 {
			t.Errorf("%+v", state)
		}
		_, err := h.Predict(t.Context(), distinct(5))
		if e := augur.AsError(err); e.Code != augur.ResourceExhausted || e.RetryAfter < 10*time.Millisecond {
			t.Errorf("%v, again after %v", e, e.RetryAfter)
		}
		cancel() // frees its place in the queue
		synctest.Wait()
		if state, _ := h.State(v.ID); state.Queued != 2 {
			t.Errorf("%+v", state)
		}
		began := time.Now()
		wg.Go(func() {
			resp, err := h.Predict(t.Context(), distinct(6))
			if err != nil || resp.Timing.Queue != time.Second || resp.Timing.Total != time.Since(began) {
				t.Error(err, resp)
			}
		})
		synctest.Wait()
		time.Sleep(time.Second)
		close(letGo)
		wg.Wait()
		time.Sleep(time.Second) // whoever returns at once would be waited for
		if state, _ := h.State(v.ID); state.Running != 0 || state.Queued != 0 {
			t.Errorf("%+v", state)
		}
	})
}

func TestNoQueue(t *testing.T) {
	v := road()
	v.Policy.MaxConcurrent, v.Policy.MaxQueue = 1, -1
	h := start(t, Config{}, v)
	entered, letGo := h.runtime.hold()
	var wg sync.WaitGroup
	wg.Go(func() { h.ask(t, distinct(1)) })
	<-entered
	if _, err := h.Predict(t.Context(), distinct(2)); augur.CodeOf(err) != augur.ResourceExhausted {
		t.Error(err)
	}
	close(letGo)
	wg.Wait()
}

// A session whose version left the catalog is closed by its last run.
func TestLeavingTheCatalog(t *testing.T) {
	h := start(t, Config{}, road())
	entered, letGo := h.runtime.hold()
	var wg sync.WaitGroup
	wg.Go(func() { h.ask(t, distinct(1)) })
	<-entered
	h.CatalogChanged() // nothing has
	if _, ok := h.State(road().ID); !ok {
		t.Error("forgotten")
	}
	h.catalog.set()
	h.CatalogChanged()
	if _, ok := h.State(road().ID); ok || h.runtime.closes.Load() != 0 {
		t.Error("closed under a run")
	}
	close(letGo)
	wg.Wait()
	if h.runtime.closes.Load() != 1 || h.artifacts.held.Load() != 0 {
		t.Error("not closed after it")
	}
}

// A request that resolved its version before it left is answered all the same.
func TestLateRequest(t *testing.T) {
	h := start(t, Config{}, road())
	v := h.catalog.Versions()[0]
	l, err := h.lane(v)
	if err != nil {
		t.Fatal(err)
	}
	h.ask(t, distinct(1))
	h.catalog.set()
	h.CatalogChanged()
	if h.runtime.closes.Load() != 1 {
		t.Fatal("not closed")
	}
	for range 2 {
		if _, _, err := l.slot.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	l.slot.leave()
	if h.runtime.closes.Load() != 1 {
		t.Error("closed under a run")
	}
	l.slot.leave()
	if h.runtime.closes.Load() != 2 {
		t.Error("not closed after the last")
	}
}

// A change of policy takes effect, and reloads only what depends on it.
func TestPolicyChanges(t *testing.T) {
	h := start(t, Config{}, road())
	h.ask(t, distinct(1))
	for _, step := range []struct {
		policy       augur.ServingPolicy
		loads, close int64
	}{
		{augur.ServingPolicy{MaxRows: 1}, 1, 0},
		{augur.ServingPolicy{MaxRows: 1, MaxConcurrent: 3}, 1, 0},
		{augur.ServingPolicy{MaxRows: 1, Threads: 2}, 2, 1},
	} {
		v := road()
		v.Policy = step.policy
		h.catalog.set(v)
		h.CatalogChanged()
		if _, err := h.Predict(t.Context(), rows("road-risk", roadRow, roadRow)); augur.CodeOf(err) != augur.InvalidArgument {
			t.Error(err)
		}
		h.ask(t, mode(distinct(1), augur.CacheBypass))
		for end := time.Now().Add(10 * time.Second); h.runtime.closes.Load() < step.close && time.Now().Before(end); {
			time.Sleep(time.Millisecond) // the session before is closed in the background
		}
		if loads, closes := h.runtime.loads.Load(), h.runtime.closes.Load(); loads != step.loads || closes != step.close {
			t.Errorf("%+v: %d loads, %d closed", step.policy, loads, closes)
		}
	}
	// Two versions of one artifact share its session.
	v, twin := road(), road()
	twin.ID, twin.Version = "ver_twin", "1.0.1"
	h.catalog.set(v, twin)
	loads := h.runtime.loads.Load()
	if err := h.Warm(t.Context(), h.catalog.Versions()); err != nil || h.runtime.loads.Load() != loads+1 {
		t.Errorf("%v, %d loads", err, h.runtime.loads.Load()-loads)
	}
}

// A version whose session depends on what changed goes on with the one it has
// until the other is loaded and was tried.
func TestSessionFollows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := start(t, Config{}, road())
		h.ask(t, distinct(0))
		became := func(threads int) {
			v := road()
			v.Policy.Threads = threads
			h.catalog.set(v)
			h.CatalogChanged()
		}
		var ranOn []int
		h.runtime.runOf = func(ctx context.Context, v *augur.CatalogVersion, in []augur.NamedTensor, out []string) ([]augur.Output, error) {
			ranOn = append(ranOn, v.Policy.Threads)
			return echo(ctx, in, out)
		}
		answers := func(i, threads int) {
			t.Helper()
			ranOn = nil
			h.ask(t, distinct(i))
			if !slices.Equal(ranOn, []int{threads}) {
				t.Errorf("ran on %v threads, want %d", ranOn, threads)
			}
		}
		letGo := make(chan error)
		h.runtime.load = func(context.Context, *augur.CatalogVersion) error { return <-letGo }

		became(2)
		answers(1, 1)
		if state, _ := h.State(road().ID); !state.Loaded {
			t.Error("not loaded, they say, while it answers")
		}
		// A load that fails is tried again by those who come later.
		letGo <- errors.New("no memory")
		synctest.Wait()
		answers(2, 1)
		time.Sleep(1001 * time.Millisecond)
		answers(3, 1)
		ranOn = nil
		letGo <- nil
		synctest.Wait()
		if !slices.Equal(ranOn, []int{2}) {
			t.Errorf("tried on %v threads before it was used", ranOn)
		}
		answers(4, 2)
		if n := h.runtime.closes.Load(); n != 1 {
			t.Errorf("%d sessions closed, want the one before", n)
		}

		// Changed twice: the first change is never seen.
		became(3)
		became(4)
		answers(5, 2)
		letGo <- nil
		letGo <- nil
		synctest.Wait()
		answers(6, 4)
		if n := h.runtime.opens.Load() - h.runtime.closes.Load(); n != 1 {
			t.Errorf("%d sessions open", n)
		}

		// Nothing stays open when the version goes meanwhile.
		became(5)
		h.catalog.set()
		h.CatalogChanged()
		letGo <- nil
		synctest.Wait()
		if n := h.runtime.opens.Load() - h.runtime.closes.Load(); n != 0 {
			t.Errorf("%d sessions open", n)
		}
	})
}

func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := start(t, Config{}, road())
		_, letGo := h.runtime.hold()
		var wg sync.WaitGroup
		wg.Go(func() { h.ask(t, distinct(1)) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := h.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) || h.runtime.closes.Load() != 0 {
			t.Error("closed under a run", err)
		}
		close(letGo)
		wg.Wait()
		if err := h.Stop(t.Context()); err != nil || h.runtime.closes.Load() != 1 {
			t.Error(err)
		}
	})
}

// Stop ends a load that waits for its context.
func TestStopDuringLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := start(t, Config{}, road())
		h.runtime.load = func(ctx context.Context, _ *augur.CatalogVersion) error { <-ctx.Done(); return ctx.Err() }
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := h.Predict(t.Context(), distinct(1)); augur.CodeOf(err) != augur.Unavailable {
				t.Error(err)
			}
		})
		synctest.Wait()
		if err := h.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		wg.Wait()
	})
}

// Warm loads, and tries input that the signature allows.
func TestWarm(t *testing.T) {
	h := start(t, Config{}, road(), iris(), every())
	var mu sync.Mutex
	tried := map[string]bool{}
	codecs := map[string]*codec{}
	for _, v := range h.catalog.Versions() {
		codecs[v.Signature.Inputs[0].Name] = codecOf(t, v)
	}
	h.runtime.run = func(_ context.Context, in []augur.NamedTensor, out []string) ([]augur.Output, error) {
		mu.Lock()
		defer mu.Unlock()
		tried[in[0].Name] = true
		if _, err := codecs[in[0].Name].check(in, upTo(1)); err != nil {
			t.Error(err)
		}
		return nil, errors.New("refused all the same")
	}
	if err := h.Warm(t.Context(), h.catalog.Versions()); err != nil || len(tried) != 3 {
		t.Error(err, tried)
	}
	for _, v := range h.catalog.Versions() {
		if state, _ := h.State(v.ID); !state.Loaded {
			t.Errorf("%+v", state)
		}
	}
}
