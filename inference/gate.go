package inference

import (
	"context"
	"sync/atomic"
	"time"

	"augur"
)

// gate bounds the runs of a version at one time, and the requests that wait for
// one. Those that wait go in the order they came.
type gate struct {
	maxQueue int
	places   chan struct{} // one in it for each run
	waiting  atomic.Int64
	// took is a moving average of how long a run takes, in nanoseconds.
	took atomic.Int64
}

func newGate(maxRuns, maxQueue int) *gate {
	return &gate{places: make(chan struct{}, maxRuns), maxQueue: max(maxQueue, 0)}
}

// fits says whether the gate has these bounds.
func (g *gate) fits(maxRuns, maxQueue int) bool {
	return cap(g.places) == maxRuns && g.maxQueue == max(maxQueue, 0)
}

// enter waits for a place. The error is ResourceExhausted when too many wait
// already, and ctx's otherwise. After it, leave must be called.
func (g *gate) enter(ctx context.Context) error {
	select {
	case g.places <- struct{}{}: // never past one who waits: then it is full
		return nil
	default:
	}
	if n := g.waiting.Add(1); n > int64(g.maxQueue) {
		g.waiting.Add(-1)
		err := augur.Errorf(augur.ResourceExhausted, "too many requests wait for this version (%d)", g.maxQueue)
		err.RetryAfter = g.hint()
		return err
	}
	defer g.waiting.Add(-1)
	select {
	case g.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// leave gives the place back after a run of that length.
func (g *gate) leave(took time.Duration) {
	<-g.places
	if took > 0 {
		old := g.took.Load()
		g.took.Store(old + (int64(took)-old)/8) // a lost update does not matter
	}
}

// hint is how long the queue takes to empty, from 10 ms to 10 s.
func (g *gate) hint() time.Duration {
	all := time.Duration(g.took.Load()) * time.Duration(g.waiting.Load()+1) / time.Duration(cap(g.places))
	return min(max(all, 10*time.Millisecond), 10*time.Second).Round(time.Millisecond)
}

// queued and running are the numbers now.
func (g *gate) queued() int  { return int(g.waiting.Load()) }
func (g *gate) running() int { return len(g.places) }
