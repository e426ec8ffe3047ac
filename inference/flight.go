package inference

import (
	"context"
	"sync"

	"augur"
)

// flights are the questions that are being answered now, so that equal ones
// are answered together.
type flights struct {
	mu   sync.Mutex // guards open
	open map[Key]*flight
}

// flight is one question being answered by its leader.
type flight struct {
	done   chan struct{} // closed when what follows is set
	answer *answer
	err    error
	// gone says that the leader gave up: the question is still open.
	gone bool
}

// join returns the flight of a question, and whether the caller is its leader,
// who must call land.
func (f *flights) join(key Key) (fl *flight, leader bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if fl := f.open[key]; fl != nil {
		return fl, false
	}
	if f.open == nil {
		f.open = map[Key]*flight{}
	}
	fl = &flight{done: make(chan struct{})}
	f.open[key] = fl
	return fl, true
}

// land ends a flight. A leader whose own context ended leaves the question open
// to its followers; one that did not get this far (a panic) fails them.
func (f *flights) land(key Key, fl *flight) {
	f.mu.Lock()
	delete(f.open, key)
	f.mu.Unlock()
	if fl.answer == nil && fl.err == nil {
		fl.err = augur.Errorf(augur.Internal, "internal error")
	}
	close(fl.done)
}

// together answers a question once for all who ask it at one time. Known gives
// an answer that came meanwhile. shared says that another's run answered.
func (f *flights) together(ctx context.Context, key Key, known func() *answer, run func() (*answer, error)) (a *answer, shared bool, err error) {
	for {
		fl, leader := f.join(key)
		if leader {
			a, shared, err := f.lead(ctx, key, fl, known, run)
			return a, shared, err
		}
		select {
		case <-fl.done:
		case <-ctx.Done():
			return nil, false, ctx.Err()
		}
		if !fl.gone {
			return fl.answer, true, fl.err
		}
	}
}

func (f *flights) lead(ctx context.Context, key Key, fl *flight, known func() *answer, run func() (*answer, error)) (*answer, bool, error) {
	defer f.land(key, fl)
	// Between the caller's look into the cache and here, the leader before may
	// have landed.
	if fl.answer = known(); fl.answer != nil {
		return fl.answer, true, nil
	}
	a, err := run()
	fl.answer, fl.err, fl.gone = a, err, err != nil && ctx.Err() != nil
	return a, false, err
}
