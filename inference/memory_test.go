package inference

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"augur"
)

// fleet is n versions of one model, each with an artifact of its own that makes
// a session of 4 MiB. The first is live.
func fleet(n int) []*augur.CatalogVersion {
	var list []*augur.CatalogVersion
	for i := range n {
		v := road()
		v.ID, v.Version, v.Size = fmt.Sprint("ver_", i), fmt.Sprintf("1.0.%d", i), 1<<20
		v.Digest = augur.DigestOf(slices.Repeat([]byte{byte(i)}, 32))
		list = append(list, v)
	}
	return list
}

const fleetCost = 4 << 20

// use asks the version i of a fleet something new.
func (h *house) use(t *testing.T, i int) {
	t.Helper()
	h.ask(t, askOf(i))
}

func askOf(i int) *augur.Request {
	req := mode(distinct(i), augur.CacheBypass)
	req.Version = fmt.Sprintf("1.0.%d", i)
	return req
}

// loaded says which versions of a fleet are loaded.
func (h *house) loaded(t *testing.T, want ...int) {
	t.Helper()
	got := []int{}
	for i := range 100 {
		if state, _ := h.State(fmt.Sprint("ver_", i)); state.Loaded {
			got = append(got, i)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("loaded %v, want %v", got, want)
	}
	if taken := h.pool.memory.taken(); taken != int64(len(want))*fleetCost {
		t.Errorf("%d bytes are taken", taken)
	}
}

// stopped stops the engine, so that nobody writes to the log any more.
func (h *house) stopped(t *testing.T) {
	t.Helper()
	if err := h.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestEviction(t *testing.T) {
	var log bytes.Buffer
	registry := prometheus.NewRegistry()
	h := startWith(t, Config{SessionBytes: 3*fleetCost + 1}, Deps{Registerer: registry, Logger: slog.New(slog.NewTextHandler(&log, nil))}, fleet(6)...)
	for i := range 3 {
		h.use(t, i)
	}
	h.loaded(t, 0, 1, 2)
	h.use(t, 1)
	h.use(t, 3) // 0 is the least used, and live
	h.loaded(t, 0, 1, 3)
	h.use(t, 4)
	h.loaded(t, 0, 3, 4)
	h.use(t, 2)
	h.loaded(t, 0, 2, 4)
	if loads, closes := h.runtime.loads.Load(), h.runtime.closes.Load(); loads != 6 || closes != 3 {
		t.Errorf("%d loads, %d closed", loads, closes)
	}
	lines := gather(t, registry)
	for _, want := range []string{"1.0.1} 1", "1.0.2} 1", "1.0.3} 1"} {
		if !slices.Contains(lines, "augur_version_evictions_total{road-risk "+want) {
			t.Errorf("no %s in %q", want, lines)
		}
	}
	h.stopped(t)
	for _, want := range []string{"a version was closed to make room", `version=1.0.2`, `for="road-risk 1.0.3"`, "version loaded again, soon after it was closed to make room"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %s in\n%s", want, &log)
		}
	}
	// One live version goes where there is nothing else to close.
	one := start(t, Config{SessionBytes: fleetCost}, fleet(2)...)
	one.use(t, 0)
	one.use(t, 1)
	one.loaded(t, 1)
	// Without a bound nothing is closed.
	all := start(t, Config{}, fleet(50)...)
	for i := range 50 {
		all.use(t, i)
	}
	if n := all.runtime.closes.Load(); n != 0 {
		t.Errorf("%d closed", n)
	}
}

// Two versions of one artifact are one session.
func TestEvictionOfAShared(t *testing.T) {
	list := fleet(3)
	list[1].Digest = list[0].Digest
	h := start(t, Config{SessionBytes: 2 * fleetCost}, list...)
	for i := range 3 {
		h.use(t, i)
	}
	if loads, closes := h.runtime.loads.Load(), h.runtime.closes.Load(); loads != 2 || closes != 0 {
		t.Errorf("%d loads, %d closed", loads, closes)
	}
}

// A busy session is not closed: the load waits for it a moment, then goes beyond
// the bound, which holds again as soon as somebody is idle.
func TestBusySessionsStay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, tc := range []struct {
			busy, want time.Duration
			left       int
		}{{300 * time.Millisecond, 300 * time.Millisecond, 1}, {10 * time.Second, patience, 0}} {
			var log bytes.Buffer
			h := startWith(t, Config{SessionBytes: fleetCost}, Deps{Logger: slog.New(slog.NewTextHandler(&log, nil))}, fleet(2)...)
			h.runtime.runOf = func(ctx context.Context, v *augur.CatalogVersion, in []augur.NamedTensor, out []string) ([]augur.Output, error) {
				if v.Version == "1.0.0" {
					time.Sleep(tc.busy)
				}
				return echo(ctx, in, out)
			}
			var wg sync.WaitGroup
			wg.Go(func() { h.use(t, 0) })
			synctest.Wait()
			began := time.Now()
			h.use(t, 1)
			if took := time.Since(began); took != tc.want {
				t.Errorf("busy for %v: answered after %v", tc.busy, took)
			}
			wg.Wait()
			h.loaded(t, tc.left)
			h.stopped(t)
			if beyond := strings.Contains(log.String(), "beyond the memory for versions"); beyond != (tc.want == patience) {
				t.Errorf("busy for %v:\n%s", tc.busy, &log)
			}
		}
	})
}

// A version that is larger than the bound is loaded alone, and stays while it is.
func TestLargerThanTheBound(t *testing.T) {
	var log bytes.Buffer
	list := fleet(3)
	list[1].Size = 100 << 20
	h := startWith(t, Config{SessionBytes: 3 * fleetCost}, Deps{Logger: slog.New(slog.NewTextHandler(&log, nil))}, list...)
	h.use(t, 0)
	h.use(t, 2)
	h.use(t, 1)
	h.use(t, 1)
	if loads, closes := h.runtime.loads.Load(), h.runtime.closes.Load(); loads != 3 || closes != 2 {
		t.Errorf("%d loads, %d closed", loads, closes)
	}
	h.use(t, 2)
	h.loaded(t, 2)
	h.stopped(t)
	if !strings.Contains(log.String(), `"a version needs more memory than all loaded versions may take; it is loaded alone" model=road-risk version=1.0.1 bytes=315621376 limit=12582912`) {
		t.Error(&log)
	}
}

// A load goes on when whoever asked for it has gone, and what it opened is no
// more than what the bound allows.
func TestLoadGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := start(t, Config{SessionBytes: fleetCost}, fleet(2)...)
		h.runtime.load = func(context.Context, *augur.CatalogVersion) error { time.Sleep(5 * time.Second); return nil }
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := h.Predict(ctx, askOf(1)); augur.CodeOf(err) != augur.DeadlineExceeded {
			t.Error(err)
		}
		if state, _ := h.State("ver_1"); state.Loaded {
			t.Errorf("%+v", state)
		}
		time.Sleep(4 * time.Second)
		synctest.Wait()
		h.loaded(t, 1)

		// Now the one that is there is busy until after the load.
		h.runtime.run = func(ctx context.Context, in []augur.NamedTensor, out []string) ([]augur.Output, error) {
			time.Sleep(4 * time.Second)
			return echo(ctx, in, out)
		}
		var wg sync.WaitGroup
		wg.Go(func() { h.use(t, 1) })
		synctest.Wait()
		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := h.Predict(ctx, askOf(0)); augur.CodeOf(err) != augur.DeadlineExceeded {
			t.Error(err)
		}
		wg.Wait()
		time.Sleep(time.Minute)
		synctest.Wait()
		h.loaded(t, 0)
	})
}

// Stop waits no longer than its context for a load that does not end; what that
// opens is closed all the same.
func TestStopDuringALongLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := start(t, Config{SessionBytes: fleetCost}, fleet(2)...)
		h.use(t, 0)
		h.runtime.load = func(context.Context, *augur.CatalogVersion) error { time.Sleep(time.Hour); return nil }
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := h.Predict(t.Context(), askOf(1)); augur.CodeOf(err) != augur.DeadlineExceeded {
				t.Error(err)
			}
		})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if err := h.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
			t.Error(err, time.Since(began))
		}
		wg.Wait()
		time.Sleep(time.Hour)
		synctest.Wait()
		if opens, closes := h.runtime.opens.Load(), h.runtime.closes.Load(); opens != 2 || closes != 2 {
			t.Errorf("%d opened, %d closed", opens, closes)
		}
	})
}

// Versions come and go, are closed for each other and loaded again, while many
// ask: every request is answered, and by the version that it names.
func TestTrafficWhileVersionsComeAndGo(t *testing.T) {
	const versions, callers, each = 8, 8, 150
	list := fleet(versions)
	h := start(t, Config{SessionBytes: 3 * fleetCost, MaxQueue: 10_000}, list...)
	h.runtime.runOf = func(_ context.Context, v *augur.CatalogVersion, in []augur.NamedTensor, out []string) ([]augur.Output, error) {
		x := augur.View[float32](in[0].Tensor)
		y := make([]float32, len(x))
		for i := range x {
			y[i] = x[i] + float32(v.Version[4]-'0')
		}
		return []augur.Output{{Name: out[0], Value: augur.TensorValue(augur.TensorOf(augur.Float32, y, in[0].Tensor.Shape...))}}, nil
	}
	stop := make(chan struct{})
	var wg, churn sync.WaitGroup
	churn.Go(func() { // the upper half leaves and comes back, now and then with other settings
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			now := slices.Clone(list[:versions/2])
			for _, v := range list[versions/2:] {
				if rand.IntN(2) == 0 {
					other := *v
					other.Policy.Threads = 1 + rand.IntN(2)
					now = append(now, &other)
				}
			}
			h.catalog.set(now...)
			h.CatalogChanged()
		}
	})
	for range callers {
		wg.Go(func() {
			for range each {
				i := rand.IntN(versions)
				req := askOf(i)
				resp, err := h.Predict(t.Context(), req)
				switch {
				case i >= versions/2 && augur.CodeOf(err) == augur.NotFound: // it is away
				case err != nil:
					t.Error(err)
				default:
					want := float32(i) + float32(i)/1e6
					if got := augur.View[float32](resp.Outputs[0].Value.Tensor)[0]; got != want || resp.Version.Version != req.Version {
						t.Errorf("version %d gave %v, want %v", i, got, want)
					}
				}
			}
		})
	}
	wg.Wait()
	close(stop)
	churn.Wait()
	h.catalog.set(list[:versions/2]...)
	h.CatalogChanged()
	if taken := h.pool.memory.taken(); taken > 3*fleetCost {
		t.Errorf("%d bytes are taken", taken)
	}
	t.Logf("%d loads, %d of them closed to make room or since they left", h.runtime.loads.Load(), h.runtime.closes.Load())
	if h.runtime.loads.Load() <= versions {
		t.Error("nothing was loaded again")
	}
}
