package inference

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"augur"
)

// sharedTier asks and fills the cache that servers share. A prediction waits
// for a bounded time while it asks and not at all while it fills: what is to be
// put waits in a bounded queue for the tier's own goroutines.
type sharedTier struct {
	cache   SharedCache
	timeout time.Duration
	limit   int
	metrics *metrics
	log     *slog.Logger
	// purges counts purges; it is that of the answers in memory.
	purges *atomic.Uint64

	queue  chan pending
	queued atomic.Int64 // bytes of the answers in queue, roughly
	wake   chan struct{}
	begin  sync.Once
	ctx    context.Context // ends with the engine
	cancel context.CancelFunc
	done   sync.WaitGroup

	// writing is held to write while a put goes on that no purge may overtake.
	writing sync.RWMutex
	// trip is how long an exchange takes, a moving average in nanoseconds, and
	// trips how many it is of; asked counts the questions of pays.
	trip, trips, asked atomic.Int64
	mu                 sync.Mutex
	// purging holds what is to be purged, "" for all, until it is; the value
	// says whether that was asked for since the purge began. Guarded by mu.
	purging map[augur.Digest]bool
}

// pending is an answer on its way to the shared cache.
type pending struct {
	key     Key
	answer  *answer
	expires time.Time
	size    int64
	purges  uint64 // when its run began
}

const (
	maxPuts     = 1024
	maxPutBytes = 32 << 20
	// putters put at the same time; each waits for the network.
	putters    = 4
	putTimeout = time.Second
	// purgeBackoff is how long after a purge that failed the next try is made.
	// It doubles up to maxPurgeBackoff.
	purgeBackoff, maxPurgeBackoff = time.Second, 30 * time.Second
	purgeTimeout                  = time.Minute
)

func newSharedTier(cfg Config, deps Deps, m *metrics, purges *atomic.Uint64) *sharedTier {
	t := &sharedTier{
		cache: deps.Shared, timeout: cfg.SharedTimeout, limit: cfg.SharedMaxBytes, metrics: m, log: deps.Logger, purges: purges,
		queue: make(chan pending, maxPuts), wake: make(chan struct{}, 1), purging: map[augur.Digest]bool{},
	}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	return t
}

func (t *sharedTier) start() {
	t.begin.Do(func() {
		for range putters {
			t.done.Go(t.fill)
		}
		t.done.Go(t.purge)
	})
}

// stop drops what waits and ends the goroutines, or leaves them to end by
// themselves when ctx does.
func (t *sharedTier) stop(ctx context.Context) error {
	t.begin.Do(func() {}) // no start after this
	t.cancel()
	ended := make(chan struct{})
	go func() { t.done.Wait(); close(ended) }()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// get asks for an answer, nil when there is none in time. It may be kept for
// as long as it had still to live there, and no longer than ttl.
func (t *sharedTier) get(ctx context.Context, artifact augur.Digest, key Key, ttl time.Duration) *answer {
	if t.forgetting(artifact) {
		t.metrics.sharedReads.WithLabelValues("skipped").Inc()
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	value, ok := t.ask(ctx, artifact, key)
	if !ok {
		value = nil
	}
	a, result := answerOf(artifact, key, value, ttl)
	t.metrics.sharedReads.WithLabelValues(result).Inc()
	return a
}

// answerOf reads what the shared cache gave, nil for a miss.
func answerOf(artifact augur.Digest, key Key, value []byte, ttl time.Duration) (a *answer, result string) {
	if value == nil {
		return nil, "miss"
	}
	outputs, expires, ok := decodeShared(key, value)
	if !ok {
		return nil, "foreign"
	}
	left := min(time.Until(expires), ttl)
	if left <= 0 {
		return nil, "miss"
	}
	return &answer{outputs: outputs, digest: artifact, ttl: left}, "hit"
}

// getMany is get for several questions in one exchange.
func (t *sharedTier) getMany(ctx context.Context, artifact augur.Digest, keys []Key, ttl time.Duration) []*answer {
	found := make([]*answer, len(keys))
	if t.forgetting(artifact) {
		t.metrics.sharedReads.WithLabelValues("skipped").Add(float64(len(keys)))
		return found
	}
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	for i, value := range t.askMany(ctx, artifact, keys) {
		var result string
		found[i], result = answerOf(artifact, keys[i], value, ttl)
		t.metrics.sharedReads.WithLabelValues(result).Inc()
	}
	return found
}

// pays says whether an exchange is faster than an answer that costs so long; 0
// is not known. Now and then it says so anyhow, to measure the exchange anew.
func (t *sharedTier) pays(cost time.Duration) bool {
	return cost == 0 || t.trips.Load() < 16 || int64(cost) > t.trip.Load() || t.asked.Add(1)%256 == 0
}

// took notes how long an exchange took. A cache that is left alone after a
// fault answers in no time, which says nothing.
func (t *sharedTier) took(d time.Duration) {
	if d < 2*time.Microsecond {
		return
	}
	old := t.trip.Load()
	if t.trips.Add(1) == 1 {
		old = int64(d)
	}
	// Faster ones count for more: the first have to connect, and one that is slow
	// says more of that moment than of the way there.
	part := int64(32)
	if int64(d) < old {
		part = 4
	}
	t.trip.Store(old + (int64(d)-old)/part) // a lost update does not matter
}

// ask asks the adapter. A panic of it is a miss.
func (t *sharedTier) ask(ctx context.Context, artifact augur.Digest, key Key) (value []byte, ok bool) {
	defer t.recover(&ok)
	defer func(began time.Time) { t.took(time.Since(began)) }(time.Now())
	return t.cache.Get(ctx, artifact, key)
}

// askMany asks the adapter for several; it has one value for each key.
func (t *sharedTier) askMany(ctx context.Context, artifact augur.Digest, keys []Key) (values [][]byte) {
	var ok bool
	defer func() {
		if len(values) != len(keys) { // it panicked
			values = make([][]byte, len(keys))
		}
	}()
	defer t.recover(&ok)
	defer func(began time.Time) { t.took(time.Since(began)) }(time.Now())
	return t.cache.GetMany(ctx, artifact, keys)
}

func (t *sharedTier) recover(ok *bool) {
	if r := recover(); r != nil {
		t.log.Error("the shared cache panicked", "panic", r, "stack", string(debug.Stack()))
		*ok = false
	}
}

// offer puts an answer into the queue, or drops it when there is no room.
func (t *sharedTier) offer(key Key, a *answer, purges uint64) {
	size := int64(a.weigh())
	switch {
	case size > int64(t.limit)+overhead:
		t.metrics.sharedWrites.WithLabelValues("too_large").Inc()
		return
	case t.queued.Add(size) > maxPutBytes:
	default:
		select {
		case t.queue <- pending{key, a, time.Now().Add(a.ttl), size, purges}:
			t.metrics.sharedWrites.WithLabelValues("queued").Inc()
			return
		default:
		}
	}
	t.queued.Add(-size)
	t.metrics.sharedWrites.WithLabelValues("dropped").Inc()
}

// fill puts what waits, until the tier stops.
func (t *sharedTier) fill() {
	for {
		select {
		case p := <-t.queue:
			t.queued.Add(-p.size)
			t.put(p)
		case <-t.ctx.Done():
			return
		}
	}
}

func (t *sharedTier) put(p pending) {
	var ok bool
	defer t.recover(&ok)
	t.writing.RLock()
	defer t.writing.RUnlock()
	if t.purges.Load() != p.purges {
		return
	}
	value, ok := encodeShared(p.key, p.expires, p.answer.outputs)
	if !ok || len(value) > t.limit {
		t.metrics.sharedWrites.WithLabelValues("too_large").Inc()
		return
	}
	ctx, cancel := context.WithTimeout(t.ctx, putTimeout)
	defer cancel()
	t.cache.Set(ctx, p.answer.digest, p.key, value, time.Until(p.expires))
}

// forget has the answers of an artifact purged, "" for all. Until that is done
// the tier does not answer for it.
func (t *sharedTier) forget(artifact augur.Digest) {
	t.mu.Lock()
	t.purging[artifact] = true
	t.mu.Unlock()
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

func (t *sharedTier) forgetting(artifact augur.Digest) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, one := t.purging[artifact]
	_, all := t.purging[""]
	return one || all
}

// purge purges what forget asks for, until the tier stops.
func (t *sharedTier) purge() {
	wait := purgeBackoff
	for {
		var again <-chan time.Time
		if !t.purgeAll() {
			again, wait = time.After(wait), min(2*wait, maxPurgeBackoff)
		} else {
			wait = purgeBackoff
		}
		select {
		case <-t.wake:
		case <-again:
		case <-t.ctx.Done():
			return
		}
	}
}

// purgeAll purges what is to be purged now and says whether all of it is gone.
func (t *sharedTier) purgeAll() bool {
	t.mu.Lock()
	var todo []augur.Digest
	for artifact := range t.purging {
		todo = append(todo, artifact)
	}
	t.mu.Unlock()
	all := true
	for _, artifact := range todo {
		t.mu.Lock()
		t.purging[artifact] = false
		t.mu.Unlock()
		err := t.purgeOne(artifact)
		t.mu.Lock()
		switch {
		case err != nil:
			t.purging[artifact] = true
			all = false
		case !t.purging[artifact]:
			delete(t.purging, artifact)
		}
		t.mu.Unlock()
		if err != nil && t.ctx.Err() == nil {
			t.log.Warn("the shared cache could not be purged; it is not used for this artifact until it can", "artifact", string(artifact), "error", err)
		}
	}
	return all
}

func (t *sharedTier) purgeOne(artifact augur.Digest) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	// What was being put is there after this, and what comes sees the count of purges.
	t.writing.Lock()
	t.writing.Unlock() //nolint:staticcheck // nothing is done in between
	ctx, cancel := context.WithTimeout(t.ctx, purgeTimeout)
	defer cancel()
	return t.cache.Purge(ctx, artifact)
}
