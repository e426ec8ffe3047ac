package bench

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Load is one thing that is measured: callers that call again and again.
type Load struct {
	Name string
	// Callers is how many call at one time, and Rows how many rows a call asks
	// for; zero means one.
	Callers, Rows int
	// Caller makes the call of the i-th caller, which one goroutine at a time uses.
	Caller func(i int) func() error
}

// Rates are the rows a second of one load, by round.
type Rates []float64

// clock tells how much of the time that rates are of has passed.
type clock func() time.Duration

// Measure runs the loads in turn, round after round, each for a window after a
// quarter of it to settle. Before the first round each runs for a window, so
// that what learns has learned. Any error of a call fails the test.
func (f Form) Measure(t testing.TB, loads ...Load) []Rates {
	t.Helper()
	began := time.Now()
	return f.measure(t, func() time.Duration { return time.Since(began) }, loads)
}

func (f Form) measure(t testing.TB, now clock, loads []Load) []Rates {
	t.Helper()
	running := make([]*runner, len(loads))
	for i, l := range loads {
		running[i] = newRunner(l)
		running[i].window(t, f.Window, now)
	}
	rates := make([]Rates, len(loads))
	for round := range f.Rounds {
		for k := range loads {
			i := (round + k) % len(loads) // nobody is always behind the same one
			rates[i] = append(rates[i], running[i].window(t, f.Window, now))
		}
	}
	return rates
}

// runner holds the callers of a load between windows.
type runner struct {
	load  Load
	calls []func() error
	done  []count
}

// count is on a cache line of its own.
type count struct {
	n atomic.Int64
	_ [56]byte
}

func newRunner(l Load) *runner {
	l.Callers, l.Rows = max(l.Callers, 1), max(l.Rows, 1)
	r := &runner{load: l, done: make([]count, l.Callers)}
	for i := range l.Callers {
		r.calls = append(r.calls, l.Caller(i))
	}
	return r
}

// window measures for d, and returns rows a second of the clock.
func (r *runner) window(t testing.TB, d time.Duration, now clock) float64 {
	t.Helper()
	var stop atomic.Bool
	var failed atomic.Pointer[error]
	var wg sync.WaitGroup
	for i, call := range r.calls {
		wg.Go(func() {
			for !stop.Load() {
				if err := call(); err != nil {
					failed.Store(&err)
					return
				}
				r.done[i].n.Add(1)
			}
		})
	}
	time.Sleep(d / 4)
	before, began := r.total(), now()
	time.Sleep(d)
	after, took := r.total(), now()-began
	stop.Store(true)
	wg.Wait()
	if err := failed.Load(); err != nil {
		t.Fatalf("%s: %v", r.load.Name, *err)
	}
	return float64(max(after-before, 1)*int64(r.load.Rows)) / took.Seconds()
}

func (r *runner) total() (n int64) {
	for i := range r.done {
		n += r.done[i].n.Load()
	}
	return n
}
