package inference

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/prometheus/client_golang/prometheus"

	"augur"
)

// breaker is the circuit breaker of one version. It opens after a number of
// failures in a row, and from then on no request runs; after a while one request
// at a time tries, and the first that is answered closes it. Failures are those
// of the version, never of its callers. A nil breaker is always closed.
//
// The states and the clock are failsafe-go's. What stands around them: a run
// counts only in the state that it began in, and a trial that says nothing (its
// caller went away) gives its place to the next one.
type breaker struct {
	version  *augur.CatalogVersion
	log      *slog.Logger
	openings prometheus.Counter
	// slow is how long a run that met a deadline must have had for itself to be
	// the version's failure: half of the version's own timeout. So a caller in a
	// hurry, or a long queue, opens no breaker.
	slow time.Duration

	// left says that requests may be refused, so that others need no lock.
	left atomic.Bool

	mu       sync.Mutex // guards what follows, and the order of the circuit's changes
	circuit  circuitbreaker.CircuitBreaker[any]
	status   augur.BreakerStatus
	epoch    uint64 // counts changes of status
	trying   bool   // the trial of a half-open breaker is under way
	failures int    // in a row
	load     int64  // the last failed load that was counted
	last     string // the last failure
	opened   int64
}

// permit is leave to run, and the epoch it was given in.
type permit uint64

// newBreaker returns the breaker of v under its policy, nil where it has none.
func newBreaker(v *augur.CatalogVersion, policy augur.ServingPolicy, log *slog.Logger, openings prometheus.Counter) *breaker {
	if policy.BreakerFailures < 0 {
		return nil
	}
	return &breaker{
		version: v, log: log, openings: openings, slow: policy.Timeout / 2,
		status: augur.BreakerClosed,
		circuit: circuitbreaker.NewBuilder[any]().
			WithFailureThreshold(uint(policy.BreakerFailures)).
			WithSuccessThreshold(1).
			WithDelay(policy.BreakerDelay).
			Build(),
	}
}

// refused is the error of a request that did not run because its version is
// left alone for a while: its breaker is open, or it could not be loaded.
type refused struct {
	error
	load int64 // which load of the slot failed, 0 when it was the breaker
}

// Unwrap returns what callers get.
func (r refused) Unwrap() error { return r.error }

// isRefused says whether err is a refusal.
func isRefused(err error) bool {
	_, yes := errors.AsType[refused](err)
	return yes
}

// refuses returns why a request cannot run now, nil when it can, or could try.
// It takes no permit, so that nobody queues for a version that is left alone.
func (b *breaker) refuses() error {
	if b == nil || !b.left.Load() {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.status == augur.BreakerOpen && b.circuit.RemainingDelay() == 0 || b.status == augur.BreakerHalfOpen && !b.trying {
		return nil
	}
	return b.refusal()
}

// admit gives leave to run. done must be called after it, and not after an error.
func (b *breaker) admit() (permit, error) {
	if b == nil {
		return 0, nil
	}
	b.mu.Lock()
	if !b.circuit.TryAcquirePermit() {
		defer b.mu.Unlock()
		return 0, b.refusal()
	}
	tell := func() {}
	if b.status != augur.BreakerClosed {
		tell = b.turn()
		b.trying = true
	}
	p := permit(b.epoch)
	b.mu.Unlock()
	tell()
	return p, nil
}

// done ends what admit began: err is the outcome of a run that took so long.
func (b *breaker) done(p permit, err error, took time.Duration) {
	if b == nil {
		return
	}
	b.mu.Lock()
	if p != permit(b.epoch) { // it says nothing of the version now
		b.mu.Unlock()
		return
	}
	switch {
	case err == nil:
		b.failures = 0
		b.circuit.RecordSuccess()
	case b.fault(err, took):
		b.failures++
		b.last = augur.AsError(err).Message
		b.circuit.RecordFailure()
	case b.trying: // the next one is the trial
		b.trying = false
		b.circuit.Open()
		b.circuit.HalfOpen()
	}
	tell := b.turn()
	b.mu.Unlock()
	tell()
}

// fault says whether err is the version's failure. mu is held.
func (b *breaker) fault(err error, took time.Duration) bool {
	if r, yes := errors.AsType[refused](err); yes {
		// A load that failed is one failure, however many waited for it.
		if r.load <= b.load {
			return false
		}
		b.load = r.load
		return true
	}
	if errors.Is(err, errStopped()) {
		return false
	}
	switch augur.CodeOf(err) {
	case augur.Internal, augur.Unavailable:
		return true
	case augur.DeadlineExceeded:
		return took >= b.slow
	default:
		return false
	}
}

// fate is how a run ended with err: at its deadline or let go by its callers,
// whatever the runtime calls that.
func fate(ctx context.Context, err error) error {
	switch {
	case err == nil || ctx.Err() == nil:
		return err
	case errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		return context.DeadlineExceeded
	default:
		return ctx.Err()
	}
}

// turn follows a change of the circuit, and returns what is to be told of it
// once mu is free. mu is held.
func (b *breaker) turn() (tell func()) {
	status := augur.BreakerClosed
	switch b.circuit.State() {
	case circuitbreaker.OpenState:
		status = augur.BreakerOpen
	case circuitbreaker.HalfOpenState:
		status = augur.BreakerHalfOpen
	}
	if status == b.status {
		return func() {}
	}
	b.status, b.trying = status, false
	b.epoch++
	b.left.Store(status != augur.BreakerClosed)
	log := b.log.With("model", b.version.Model, "version", b.version.Version)
	switch status {
	case augur.BreakerOpen:
		b.opened++
		failures, last, wait := b.failures, b.last, b.circuit.RemainingDelay()
		return func() {
			b.openings.Inc()
			log.Warn("the breaker of a version opened: it failed too often in a row and is left alone", "failures", failures, "error", last, "for", wait.Round(time.Millisecond))
		}
	case augur.BreakerHalfOpen:
		return func() { log.Info("the breaker of a version is half open: one request tries it") }
	default:
		return func() { log.Info("the breaker of a version closed: it answers again") }
	}
}

// refusal is the error of whoever asks a version that is left alone. mu is held.
func (b *breaker) refusal() error {
	err := augur.Errorf(augur.Unavailable, "the version failed %d times in a row (%s) and is left alone for a while", b.failures, b.last)
	err.RetryAfter = max(b.circuit.RemainingDelay(), 100*time.Millisecond).Round(time.Millisecond)
	return refused{error: err}
}

// state is what the breaker shows.
func (b *breaker) state() augur.BreakerState {
	if b == nil {
		return augur.BreakerState{Status: augur.BreakerOff}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	s := augur.BreakerState{Status: b.status, Failures: b.failures, Opened: b.opened}
	if b.status != augur.BreakerClosed {
		s.LastError = b.last
	}
	if b.status == augur.BreakerOpen {
		s.RetryAt = time.Now().Add(b.circuit.RemainingDelay())
	}
	return s
}
