package inference

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"augur"
)

var errBroken = augur.Wrap(augur.Internal, errors.New("cause"), "internal error")

// answersWith makes every run end with err, nil for an answer.
func (h *house) answersWith(err error) {
	h.runtime.run = func(ctx context.Context, in []augur.NamedTensor, out []string) ([]augur.Output, error) {
		if err != nil {
			return nil, err
		}
		return echo(ctx, in, out)
	}
}

// fails asks n times past the cache and expects the code each time. It returns
// what the last error said.
func (h *house) fails(t *testing.T, n int, code augur.Code) (message string, again time.Duration) {
	t.Helper()
	var last error
	for range n {
		_, last = h.Predict(t.Context(), mode(distinct(1), augur.CacheBypass))
		if got := augur.CodeOf(last); got != code {
			t.Fatalf("%v: %q, want %q", last, got, code)
		}
	}
	e := augur.AsError(last)
	return e.Message, e.RetryAfter
}

func (h *house) breakerIs(t *testing.T, want augur.BreakerState) {
	t.Helper()
	state, _ := h.State(road().ID)
	if diff := cmp.Diff(want, state.Breaker); diff != "" {
		t.Error(diff)
	}
}

func TestBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		registry := prometheus.NewRegistry()
		h := startWith(t, Config{}, Deps{Registerer: registry}, road())
		h.ask(t, distinct(0))
		h.breakerIs(t, augur.BreakerState{Status: augur.BreakerClosed})

		h.answersWith(errBroken)
		h.fails(t, 4, augur.Internal)
		h.answersWith(nil) // the row of failures ends
		h.ask(t, distinct(2))
		h.breakerIs(t, augur.BreakerState{Status: augur.BreakerClosed})
		h.answersWith(errBroken)
		h.fails(t, 4, augur.Internal)
		h.breakerIs(t, augur.BreakerState{Status: augur.BreakerClosed, Failures: 4})
		h.fails(t, 1, augur.Internal)
		h.breakerIs(t, augur.BreakerState{Status: augur.BreakerOpen, Failures: 5, RetryAt: time.Now().Add(time.Minute), LastError: "internal error", Opened: 1})

		// Open: nothing runs.
		runs := h.runtime.runs.Load()
		time.Sleep(20 * time.Second)
		message, again := h.fails(t, 10, augur.Unavailable)
		if again != 40*time.Second || message != "the version failed 5 times in a row (internal error) and is left alone for a while" {
			t.Errorf("%s, again after %v", message, again)
		}
		time.Sleep(40*time.Second - time.Nanosecond)
		h.fails(t, 1, augur.Unavailable)
		if n := h.runtime.runs.Load() - runs; n != 0 {
			t.Errorf("%d runs", n)
		}

		// Half open: one tries, and fails.
		time.Sleep(time.Nanosecond)
		h.fails(t, 1, augur.Internal)
		h.fails(t, 1, augur.Unavailable)
		h.breakerIs(t, augur.BreakerState{Status: augur.BreakerOpen, Failures: 6, RetryAt: time.Now().Add(time.Minute), LastError: "internal error", Opened: 2})
		time.Sleep(time.Minute)
		h.answersWith(nil)
		h.ask(t, distinct(3))
		h.breakerIs(t, augur.BreakerState{Status: augur.BreakerClosed, Opened: 2})
		h.answersWith(errBroken)
		h.fails(t, 4, augur.Internal)
		h.breakerIs(t, augur.BreakerState{Status: augur.BreakerClosed, Failures: 4, Opened: 2})

		seen := map[string]bool{}
		for _, line := range gather(t, registry) {
			seen[line] = true
		}
		for _, line := range []string{"augur_breaker_opened_total{road-risk 1.0.0} 2", "augur_breaker_state{road-risk 1.0.0} 0"} {
			if !seen[line] {
				t.Errorf("no %s", line)
			}
		}
	})
}

// Only faults of the version count.
func TestBreakerFaults(t *testing.T) {
	slow := func(d time.Duration) func(*house, *testing.T) {
		return func(h *house, _ *testing.T) {
			h.runtime.run = func(ctx context.Context, in []augur.NamedTensor, out []string) ([]augur.Output, error) {
				select {
				case <-time.After(d):
					return echo(ctx, in, out)
				case <-ctx.Done():
					return nil, ctx.Err()
				}
			}
		}
	}
	gives := func(err error) func(*house, *testing.T) { return func(h *house, _ *testing.T) { h.answersWith(err) } }
	for _, tc := range []struct {
		name    string
		prepare func(*house, *testing.T)
		timeout time.Duration // of the request
		code    augur.Code
		counts  bool
	}{
		{"internal", gives(errBroken), 0, augur.Internal, true},
		{"any error", gives(errors.New("unheard of")), 0, augur.Internal, true},
		{"unavailable", gives(augur.Errorf(augur.Unavailable, "gone")), 0, augur.Unavailable, true},
		{"panic", func(h *house, _ *testing.T) {
			h.runtime.run = func(context.Context, []augur.NamedTensor, []string) ([]augur.Output, error) { panic("a bug") }
		}, 0, augur.Internal, true},
		{"deadline of the version", slow(time.Hour), 0, augur.DeadlineExceeded, true},
		{"deadline of a caller who waited long", slow(time.Hour), 15 * time.Second, augur.DeadlineExceeded, true},
		{"deadline of a caller in a hurry", slow(time.Hour), 14 * time.Second, augur.DeadlineExceeded, false},
		{"the model refuses a value", gives(augur.Errorf(augur.InvalidArgument, "no")), 0, augur.InvalidArgument, false},
		{"memory", gives(augur.Errorf(augur.ResourceExhausted, "no")), 0, augur.ResourceExhausted, false},
		{"deadline while it loads", func(h *house, t *testing.T) {
			h.runtime.load = func(ctx context.Context, _ *augur.CatalogVersion) error { <-ctx.Done(); return ctx.Err() }
		}, 0, augur.DeadlineExceeded, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := start(t, Config{BreakerFailures: 2}, road())
				tc.prepare(h, t)
				for range 2 {
					req := mode(distinct(1), augur.CacheBypass)
					req.Options.Timeout = tc.timeout
					if _, err := h.Predict(t.Context(), req); augur.CodeOf(err) != tc.code {
						t.Fatal(err)
					}
				}
				state, _ := h.State(road().ID)
				if opened := state.Breaker.Opened == 1; opened != tc.counts {
					t.Errorf("%+v", state.Breaker)
				}
			})
		})
	}
}

// A caller who goes away and a full queue say nothing of the version.
func TestBreakerAndTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := road()
		v.Policy.MaxConcurrent, v.Policy.MaxQueue, v.Policy.BreakerFailures = 1, 1, 1
		v.Policy.MaxBatchRows = 1
		h := start(t, Config{}, v)
		_, letGo := h.runtime.hold()
		var wg sync.WaitGroup
		gone, cancel := context.WithCancel(t.Context())
		wg.Go(func() {
			if _, err := h.Predict(gone, distinct(1)); augur.CodeOf(err) != augur.Canceled {
				t.Error(err)
			}
		})
		synctest.Wait()
		wg.Go(func() { // waits for nearly all of its time
			req := distinct(2)
			req.Options.Timeout = 20 * time.Second
			if _, err := h.Predict(t.Context(), req); augur.CodeOf(err) != augur.DeadlineExceeded {
				t.Error(err)
			}
		})
		synctest.Wait()
		if _, err := h.Predict(t.Context(), distinct(3)); augur.CodeOf(err) != augur.ResourceExhausted {
			t.Error(err)
		}
		time.Sleep(19 * time.Second)
		cancel()
		wg.Wait()
		h.breakerIs(t, augur.BreakerState{Status: augur.BreakerClosed})
		close(letGo)
	})
}

// One request tries a half-open breaker; one that says nothing gives its place on.
func TestBreakerTrial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := road()
		v.Policy.BreakerFailures, v.Policy.MaxBatchRows, v.Policy.MaxConcurrent = 1, 1, 4
		h := start(t, Config{}, v)
		_, letGo := h.runtime.hold()
		var wg sync.WaitGroup
		wg.Go(func() { h.ask(t, distinct(9)) }) // began while all was well
		synctest.Wait()
		first := h.runtime.run
		h.answersWith(errBroken)
		h.fails(t, 1, augur.Internal)
		h.runtime.run = first
		time.Sleep(25 * time.Second)
		close(letGo)
		wg.Wait() // its answer is no news
		if state, _ := h.State(v.ID); state.Breaker.Status != augur.BreakerOpen {
			t.Errorf("%+v", state.Breaker)
		}
		time.Sleep(35 * time.Second)

		for range 3 { // trials whose callers go away
			h.runtime.hold()
			ctx, cancel := context.WithCancel(t.Context())
			wg.Go(func() {
				if _, err := h.Predict(ctx, distinct(1)); augur.CodeOf(err) != augur.Canceled {
					t.Error(err)
				}
			})
			synctest.Wait()
			h.breakerIs(t, augur.BreakerState{Status: augur.BreakerHalfOpen, Failures: 1, LastError: "internal error", Opened: 1})
			if _, again := h.fails(t, 5, augur.Unavailable); again != 100*time.Millisecond {
				t.Error(again)
			}
			cancel()
			wg.Wait()
		}
		h.answersWith(augur.Errorf(augur.InvalidArgument, "no"))
		h.fails(t, 1, augur.InvalidArgument)
		h.breakerIs(t, augur.BreakerState{Status: augur.BreakerHalfOpen, Failures: 1, LastError: "internal error", Opened: 1})
		_, letGo = h.runtime.hold()
		wg.Go(func() { h.ask(t, distinct(1)) })
		synctest.Wait()
		h.fails(t, 1, augur.Unavailable)
		close(letGo)
		wg.Wait()
		h.breakerIs(t, augur.BreakerState{Status: augur.BreakerClosed, Opened: 1})
	})
}

// A load that failed is one failure, however many wait for it.
func TestBreakerAndLoads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := start(t, Config{MaxConcurrent: 8}, road())
		h.runtime.load = func(context.Context, *augur.CatalogVersion) error {
			time.Sleep(time.Millisecond)
			return augur.Errorf(augur.FailedPrecondition, "the file is broken")
		}
		for n := 1; n <= 5; n++ {
			var wg sync.WaitGroup
			for i := range 8 {
				wg.Go(func() {
					if _, err := h.Predict(t.Context(), distinct(i)); augur.CodeOf(err) != augur.FailedPrecondition {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if state, _ := h.State(road().ID); state.Breaker.Failures != n || h.runtime.loads.Load() != int64(n) {
				t.Errorf("%+v, %d loads", state.Breaker, h.runtime.loads.Load())
			}
			time.Sleep(20 * time.Second)
		}
		if _, again := h.fails(t, 1, augur.Unavailable); again != 40*time.Second {
			t.Error(again)
		}
		h.runtime.load = nil
		time.Sleep(40 * time.Second)
		h.ask(t, distinct(1))
		h.breakerIs(t, augur.BreakerState{Status: augur.BreakerClosed, Opened: 1})
	})
}

// Requests that run together and all meet their deadlines are one failure.
func TestBreakerAndRunsTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := road()
		v.Policy.MaxConcurrent, v.Policy.MaxBatchRows = 1, 64
		h := start(t, Config{}, v)
		entered, letGo := h.runtime.hold()
		var wg sync.WaitGroup
		wg.Go(func() { h.ask(t, distinct(0)) })
		<-entered
		time.Sleep(10 * time.Second)
		for i := range 3 {
			wg.Go(func() {
				if _, err := h.Predict(t.Context(), distinct(1+i)); augur.CodeOf(err) != augur.DeadlineExceeded {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		letGo <- struct{}{}
		wg.Wait()
		synctest.Wait()
		h.breakerIs(t, augur.BreakerState{Status: augur.BreakerClosed, Failures: 1})
		if state, _ := h.State(v.ID); state.Batching.Runs != 2 {
			t.Errorf("%+v", state.Batching)
		}
	})
}

// The breaker lives as long as the artifact and the settings of the version.
func TestBreakerAndTheCatalog(t *testing.T) {
	h := start(t, Config{BreakerFailures: 1, MaxRows: 10}, road())
	h.answersWith(errBroken)
	h.fails(t, 1, augur.Internal)
	for _, step := range []struct {
		name   string
		change func(*augur.CatalogVersion)
		code   augur.Code
	}{
		{"nothing", func(*augur.CatalogVersion) {}, augur.Unavailable},
		{"the signature's text", func(v *augur.CatalogVersion) { v.Signature.Outputs[0].Description = "new" }, augur.Unavailable},
		{"settings", func(v *augur.CatalogVersion) { v.Policy.MaxRows = 9 }, augur.Internal},
		{"the same settings again", func(v *augur.CatalogVersion) { v.Policy.MaxRows = 9 }, augur.Unavailable},
		{"the artifact", func(v *augur.CatalogVersion) { v.Policy.MaxRows = 9; v.Digest = iris().Digest }, augur.Internal},
		{"no breaker", func(v *augur.CatalogVersion) { v.Policy.BreakerFailures = -1 }, augur.Internal},
	} {
		v := road()
		step.change(v)
		h.catalog.set(v)
		h.CatalogChanged()
		t.Log(step.name)
		h.fails(t, 1, step.code)
	}
	h.fails(t, 10, augur.Internal)
	h.breakerIs(t, augur.BreakerState{Status: augur.BreakerOff})
}

func testBreaker() *breaker {
	v := road()
	m := newMetrics()
	return newBreaker(v, (&Config{}).policyOf(v), slog.New(slog.DiscardHandler), m.openings.WithLabelValues(v.Model, v.Version))
}

// policyOf is policy with the defaults.
func (c *Config) policyOf(v *augur.CatalogVersion) augur.ServingPolicy {
	full := c.WithDefaults()
	return full.policy(v)
}

// A request costs the breaker no memory.
func TestBreakerAllocates(t *testing.T) {
	b := testBreaker()
	if n := testing.AllocsPerRun(100, func() {
		if b.refuses() != nil {
			t.Error("refused")
		}
		p, _ := b.admit()
		b.done(p, nil, 0)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkBreaker(b *testing.B) {
	breaker := testBreaker()
	b.ReportAllocs()
	for b.Loop() {
		_ = breaker.refuses()
		p, _ := breaker.admit()
		breaker.done(p, nil, 0)
	}
}

func BenchmarkBreakerParallel(b *testing.B) {
	breaker := testBreaker()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			_ = breaker.refuses()
			p, _ := breaker.admit()
			breaker.done(p, nil, 0)
		}
	})
}
