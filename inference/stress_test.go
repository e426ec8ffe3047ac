package inference

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"augur"
)

// TestStress has many callers ask for one row and for many, give up, meet
// deadlines and send what no run survives, while versions come and go, the cache
// is purged, the shared one fails, hangs and lies, and loads fail. Whoever gets
// an answer gets that of its own rows; whoever gets an error gets one that it
// can be; and in the end nothing is left.
func TestStress(t *testing.T) {
	span := 1500 * time.Millisecond
	if testing.Short() {
		span = 200 * time.Millisecond
	}
	shared := &fakeShared{}
	shared.get = func(ctx context.Context) ([]byte, bool) {
		switch rand.IntN(20) {
		case 0:
			return []byte("no answer of ours"), true
		case 1:
			<-ctx.Done()
		case 2:
			panic("the shared cache")
		}
		return nil, false
	}
	versions := func(n int) (list []*augur.CatalogVersion) {
		for i := range 3 {
			v := iris()
			v.Version, v.ID = fmt.Sprintf("1.%d.0", i), fmt.Sprintf("ver_%d", i)
			v.Digest = augur.DigestOf(slices.Repeat([]byte{byte(i)}, 32))
			v.Policy = augur.ServingPolicy{MaxBatchRows: []int{0, 7, 1}[i], MaxConcurrent: n % 3, BreakerFailures: -1}
			list = append(list, v)
		}
		return list
	}
	h := startWith(t, Config{CacheBytes: 32 << 10, SharedTimeout: time.Millisecond, LoadBackoff: time.Millisecond, MaxQueue: 64}, Deps{Shared: shared}, versions(0)...)
	h.runtime.load = func(context.Context, *augur.CatalogVersion) error {
		if rand.IntN(4) == 0 {
			return augur.Errorf(augur.FailedPrecondition, "it does not load today")
		}
		return nil
	}
	h.runtime.run = func(ctx context.Context, in []augur.NamedTensor, out []string) ([]augur.Output, error) {
		if rand.IntN(4) == 0 {
			time.Sleep(time.Duration(rand.IntN(500)) * time.Microsecond)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for i, f := range augur.View[float32](in[0].Tensor) {
			if i%4 == 0 && f == 999 {
				return nil, augur.Errorf(augur.InvalidArgument, "poison")
			}
		}
		return echo(ctx, in, out)
	}

	var answered, failed atomic.Int64
	var wg sync.WaitGroup
	end := time.Now().Add(span)
	// A busy machine answers late: it goes on until there is something to judge.
	goesOn := func() bool {
		return time.Now().Before(end) || answered.Load() < 200 && time.Now().Before(end.Add(time.Minute))
	}
	caller := func(seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 1))
		for goesOn() {
			ask := make([]int, 1+rng.IntN(3)*rng.IntN(8))
			for i := range ask {
				ask[i] = rng.IntN(200)
			}
			poisoned := rng.IntN(30) == 0
			if poisoned {
				ask[rng.IntN(len(ask))] = 999
			}
			req := irisRows(ask...)
			req.Version = fmt.Sprintf("1.%d.0", rng.IntN(4))
			req.Options.Cache = []augur.CacheMode{"", "", "", augur.CacheBypass, augur.CacheRefresh}[rng.IntN(5)]
			ctx, cancel := context.WithCancel(t.Context())
			switch rng.IntN(10) {
			case 0:
				req.Options.Timeout = time.Duration(1+rng.IntN(400)) * time.Microsecond
			case 1:
				time.AfterFunc(time.Duration(rng.IntN(400))*time.Microsecond, cancel)
			}
			resp, err := h.Predict(ctx, req)
			gone := ctx.Err() != nil
			cancel()
			switch code := augur.CodeOf(err); {
			case err == nil:
				answered.Add(1)
				if got := firsts(resp); !slices.Equal(got, ask) || poisoned || resp.Version.Version != req.Version || resp.CachedRows > len(ask) {
					t.Errorf("%v of %s answered with %v of %s, %d cached", ask, req.Version, got, resp.Version.Version, resp.CachedRows)
					return
				}
			case poisoned && code == augur.InvalidArgument,
				gone && code == augur.Canceled,
				req.Options.Timeout > 0 && code == augur.DeadlineExceeded,
				code == augur.ResourceExhausted && augur.AsError(err).RetryAfter > 0,
				code == augur.NotFound, // it never was, or has just gone
				code == augur.FailedPrecondition:
				failed.Add(1)
			default:
				t.Errorf("%v of %s: %v (%s)", ask, req.Version, err, code)
				return
			}
		}
	}
	for c := range 24 {
		wg.Go(func() { caller(uint64(c)) })
	}
	wg.Go(func() {
		for n := 1; goesOn(); n++ {
			time.Sleep(5 * time.Millisecond)
			switch n % 4 {
			case 0:
				h.Purge("")
			case 1: // the same versions with other settings
				h.catalog.set(versions(n)...)
				h.CatalogChanged()
			case 2: // one goes
				h.catalog.set(versions(n)[n%3:]...)
				h.CatalogChanged()
			case 3:
				for _, v := range h.catalog.Versions() {
					h.State(v.ID)
				}
			}
		}
	})
	wg.Wait()
	t.Logf("%d answered, %d failed as they should", answered.Load(), failed.Load())
	if answered.Load() < 100 {
		t.Error("hardly anything was answered")
	}
	for _, l := range *h.lanes.Load() {
		if b := l.batcher; b.queued() != 0 {
			t.Errorf("%d tasks still wait", b.queued())
		}
	}
}
