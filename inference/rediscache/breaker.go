package rediscache

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// breaker leaves Redis alone after a fault: for a while, and then until a ping
// of its own is answered, so that no prediction waits to find out.
type breaker struct {
	ping func(context.Context) error
	log  *slog.Logger

	mu     sync.Mutex // guards what follows
	fail   error      // why Redis is left alone, nil when it is not
	wait   time.Duration
	closed time.Time // when Redis was last asked again

	begin  sync.Once
	wake   chan struct{}
	ctx    context.Context // ends with the cache
	cancel context.CancelFunc
	done   sync.WaitGroup

	faults, skipped *prometheus.CounterVec
	up              prometheus.Gauge
}

// The time that Redis is left alone for begins at minWait and doubles while
// faults follow on each other within maxWait.
const minWait, maxWait = 100 * time.Millisecond, 5 * time.Second

func newBreaker(log *slog.Logger) *breaker {
	b := &breaker{
		log: log, wake: make(chan struct{}, 1),
		faults: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "augur_redis_faults_total",
			Help: "Calls of Redis that failed, by call: get, set, purge, ping.",
		}, []string{"call"}),
		skipped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "augur_redis_skipped_total",
			Help: "Calls of Redis that were left out after a fault, by call: get, set.",
		}, []string{"call"}),
		up: prometheus.NewGauge(prometheus.GaugeOpts{Name: "augur_redis_up", Help: "1 while Redis is asked, 0 while it is left alone after a fault."}),
	}
	b.up.Set(1)
	b.ctx, b.cancel = context.WithCancel(context.Background())
	return b
}

// broken returns why Redis is left alone, nil when it is not.
func (b *breaker) broken() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.fail
}

// skip says whether a call is to be left out, and counts it.
func (b *breaker) skip(call string) bool {
	if b.broken() == nil {
		return false
	}
	b.skipped.WithLabelValues(call).Inc()
	return true
}

// fault counts a call that failed, and leaves Redis alone from here on if that
// is to be.
func (b *breaker) fault(call string, err error, leave bool) {
	b.faults.WithLabelValues(call).Inc()
	if !leave {
		b.log.Debug("a call of Redis failed", "call", call, "error", err)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil {
		return
	}
	b.fail = err
	if time.Since(b.closed) > maxWait {
		b.wait = minWait
	}
	b.up.Set(0)
	b.log.Warn("Redis does not answer; predictions run without the shared cache", "call", call, "error", err)
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// watch begins to look, after each fault, when Redis answers again.
func (b *breaker) watch() {
	b.begin.Do(func() {
		b.done.Go(func() {
			for {
				select {
				case <-b.wake:
					b.recover()
				case <-b.ctx.Done():
					return
				}
			}
		})
	})
}

// halt ends what watch began.
func (b *breaker) halt() {
	b.begin.Do(func() {}) // no watch after this
	b.cancel()
	b.done.Wait()
}

// recover returns when Redis has answered, or the cache has stopped.
func (b *breaker) recover() {
	for {
		b.mu.Lock()
		wait := b.wait
		b.wait = min(2*b.wait, maxWait)
		b.mu.Unlock()
		select {
		case <-time.After(wait):
		case <-b.ctx.Done():
			return
		}
		if err := b.ping(b.ctx); err == nil {
			b.mu.Lock()
			b.fail, b.closed = nil, time.Now()
			b.up.Set(1)
			b.mu.Unlock()
			b.log.Info("Redis answers again")
			return
		}
		if b.ctx.Err() == nil {
			b.faults.WithLabelValues("ping").Inc()
		}
	}
}
