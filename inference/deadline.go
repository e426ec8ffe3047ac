package inference

import (
	"context"
	"sync"
	"time"
)

// limited is a context that ends with another, and at a deadline. It differs
// from context.WithDeadline in that a timer runs only where somebody waits for
// Done: most predictions are over before anybody does, and making and stopping
// a timer takes as long as a tenth of a small one.
type limited struct {
	context.Context
	at time.Time

	mu sync.Mutex // guards what follows
	// timed has the timer, nil while nobody has waited.
	timed  context.Context
	cancel context.CancelFunc
	ended  bool
}

// limit returns a context that ends with ctx, and at a deadline. Call end when
// what it is for is over.
func limit(ctx context.Context, deadline time.Time) *limited {
	return &limited{Context: ctx, at: deadline}
}

// Deadline implements context.Context.
func (c *limited) Deadline() (time.Time, bool) {
	if d, ok := c.Context.Deadline(); ok && d.Before(c.at) {
		return d, true
	}
	return c.at, true
}

// Done implements context.Context.
func (c *limited) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.timed == nil {
		c.timed, c.cancel = context.WithDeadline(c.Context, c.at)
		if c.ended {
			c.cancel()
		}
	}
	return c.timed.Done()
}

// Err implements context.Context.
func (c *limited) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.timed != nil:
		return c.timed.Err()
	case c.Context.Err() != nil:
		return c.Context.Err()
	case !time.Now().Before(c.at):
		return context.DeadlineExceeded
	case c.ended:
		return context.Canceled
	}
	return nil
}

// end frees what the context holds, and ends it.
func (c *limited) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	if c.cancel != nil {
		c.cancel()
	}
}
