package inference

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"augur"
)

// device is a simulated accelerator: one run at a time, 2 ms and 0.1 ms a row.
type device struct{ mu sync.Mutex }

const (
	deviceRows  = 32
	deviceFixed = 2 * time.Millisecond
	deviceRow   = 100 * time.Microsecond
	// thinking is how long a closed-loop client takes to ask again.
	thinking = time.Microsecond
)

func (d *device) run(ctx context.Context, inputs []augur.NamedTensor, outputs []string) ran {
	d.mu.Lock()
	defer d.mu.Unlock()
	began := time.Now()
	time.Sleep(deviceFixed + deviceRow*time.Duration(inputs[0].Tensor.Shape[0]))
	out, err := echo(ctx, inputs, outputs)
	return ran{outputs: out, err: err, began: began, took: time.Since(began)}
}

// asker answers one row.
type asker func(ctx context.Context, in []augur.NamedTensor)

// ours is the batcher on a device, as a version with these settings has it.
func ours(t testing.TB) asker {
	b := deviceBatcher(t, augur.ServingPolicy{MaxConcurrent: 1, MaxBatchRows: deviceRows, MaxQueue: 1 << 20})
	return func(ctx context.Context, in []augur.NamedTensor) {
		if r, _ := b.do(ctx, in, []string{"y"}); r.err != nil {
			t.Error(r.err)
		}
	}
}

func deviceBatcher(t testing.TB, p augur.ServingPolicy) *batcher {
	t.Helper()
	v := version("device", "1.0.0", &augur.Signature{Inputs: []augur.Spec{spec("x", augur.Float32, "n")}, Outputs: []augur.Spec{spec("y", augur.Float32, "n")}})
	proof := newProof(v.Signature, func(why string) { t.Error("doubt:", why) })
	proof.now.Store(int32(trusted))
	b := newBatcher((&device{}).run, p, 2, proof, &group{}, newMetrics().of(v))
	b.pause = sleepy
	return b
}

// sleepy is pause for a clock that stands while anybody runs.
func sleepy(d time.Duration, woken *atomic.Bool) {
	for end := time.Now().Add(d); !woken.Load() && time.Now().Before(end); {
		time.Sleep(min(d/100+1, time.Until(end)))
	}
}

// unbatched asks the device for each row.
func unbatched(testing.TB) asker {
	d := &device{}
	return func(ctx context.Context, in []augur.NamedTensor) { d.run(ctx, in, []string{"y"}) }
}

// naive is the smallest work-conserving batcher: whoever waits when a run ends
// runs together.
func naive(testing.TB) asker {
	type waiter struct {
		in   []augur.NamedTensor
		done chan struct{}
	}
	var (
		d       device
		mu      sync.Mutex
		queue   []waiter
		running bool
	)
	serve := func() {
		for {
			mu.Lock()
			n := min(len(queue), deviceRows)
			if n == 0 {
				running = false
				mu.Unlock()
				return
			}
			batch := slices.Clone(queue[:n])
			queue = queue[n:]
			mu.Unlock()
			all := []augur.NamedTensor{{Name: "x", Tensor: &augur.Tensor{DType: augur.Float32, Shape: []int64{int64(n)}}}}
			d.run(context.Background(), all, nil)
			for _, w := range batch {
				close(w.done)
			}
		}
	}
	return func(_ context.Context, in []augur.NamedTensor) {
		w := waiter{in, make(chan struct{})}
		mu.Lock()
		queue = append(queue, w)
		if !running {
			running = true
			go serve()
		}
		mu.Unlock()
		<-w.done
	}
}

func one(f float32) []augur.NamedTensor {
	return []augur.NamedTensor{{Name: "x", Tensor: augur.TensorOf(augur.Float32, []float32{f}, 1)}}
}

// closed is the rate, in answers a second, of clients that ask again as soon as
// they are answered.
func closed(t *testing.T, ask asker, clients int) float64 {
	const span = 5 * time.Second
	var answers atomic.Int64
	var wg sync.WaitGroup
	end := time.Now().Add(span)
	for c := range clients {
		wg.Go(func() {
			in := one(float32(c))
			for time.Now().Before(end) {
				ask(t.Context(), in)
				answers.Add(1)
				time.Sleep(thinking + time.Duration(c)*100*time.Nanosecond)
			}
		})
	}
	wg.Wait()
	return float64(answers.Load()) / span.Seconds()
}

// open is the 99th percentile, in milliseconds, of requests that come by chance,
// so many a second.
func open(t *testing.T, ask asker, rate float64) float64 {
	const requests = 20_000
	rng := rand.New(rand.NewPCG(1, 2))
	took := make([]float64, requests)
	var wg sync.WaitGroup
	for i := range requests {
		time.Sleep(time.Duration(rng.ExpFloat64() / rate * float64(time.Second)))
		wg.Go(func() {
			asked := time.Now()
			ask(t.Context(), one(float32(i)))
			took[i] = float64(time.Since(asked)) / float64(time.Millisecond)
		})
	}
	wg.Wait()
	slices.Sort(took)
	return took[requests*99/100]
}

// TestDevice compares the batcher with none and with a naive one on a simulated
// device, in simulated time.
func TestDevice(t *testing.T) {
	virtually := func(what func(t *testing.T) float64) (v float64) {
		synctest.Test(t, func(t *testing.T) {
			v = what(t)
			time.Sleep(time.Second) // for a linger that nobody comes back in
		})
		return v
	}
	rate := func(with func(testing.TB) asker, clients int) float64 {
		return virtually(func(t *testing.T) float64 { return closed(t, with(t), clients) })
	}
	for _, c := range []struct {
		clients int
		peer    func(testing.TB) asker
		want    float64
	}{{1, unbatched, 0.999}, {8, naive, 1.7}, {32, naive, 1.25}} {
		mine, theirs := rate(ours, c.clients), rate(c.peer, c.clients)
		t.Logf("%2d clients: %5.0f answers/s, %.2f times the peer's %5.0f", c.clients, mine, mine/theirs, theirs)
		if mine < c.want*theirs {
			t.Errorf("%d clients: %.0f answers/s, want %.2f times %.0f", c.clients, mine, c.want, theirs)
		}
	}
	full := float64(deviceRows) / (deviceFixed + deviceRows*deviceRow).Seconds()
	for load := 1; load <= 9; load++ {
		p99 := func(with func(testing.TB) asker) float64 {
			return virtually(func(t *testing.T) float64 { return open(t, with(t), full*float64(load)/10) })
		}
		mine, theirs := p99(ours), p99(naive)
		t.Logf("%d0 %% load: p99 %.2f ms, %.3f times the naive batcher's %.2f", load, mine, mine/theirs, theirs)
		if mine > theirs*1.01 {
			t.Errorf("%d0 %% load: p99 %.2f ms, want at most the naive batcher's %.2f", load, mine, theirs)
		}
	}
}
