package inference

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"augur"
)

// answer is what a run gave. It is shared by everybody who asked the same, and
// so is not changed.
type answer struct {
	outputs []augur.Output
	digest  augur.Digest
	// ttl is how long it may be given again; size roughly its bytes.
	ttl  time.Duration
	size int
	// queue and run say where the time went, and cached how many of its rows
	// did not have to be run.
	queue, run time.Duration
	share      time.Duration // of run, for this question alone
	cached     int
	purges     uint64 // when the run began
}

// answers is the cache in memory: bounded in bytes, each answer for its
// version's time. The zero of the pointer keeps nothing.
type answers struct {
	store *otter.Cache[Key, *answer]
	limit int64
	// purges counts purges: a run that began before one must not fill the cache.
	purges atomic.Uint64
}

// weigh returns roughly the bytes of an answer.
func (a *answer) weigh() int {
	n := overhead
	for _, o := range a.outputs {
		n += len(o.Name) + o.Value.Size()
	}
	return n
}

// overhead is what an entry takes besides its outputs: key, node, table.
const overhead = 256

func newAnswers(limit int64) (*answers, error) {
	if limit <= 0 {
		return nil, nil
	}
	store, err := otter.New(&otter.Options[Key, *answer]{
		MaximumWeight: uint64(limit),
		Weigher:       func(_ Key, a *answer) uint32 { return uint32(min(a.size, math.MaxUint32)) },
		ExpiryCalculator: otter.ExpiryWritingFunc(func(e otter.Entry[Key, *answer]) time.Duration {
			return e.Value.ttl
		}),
	})
	if err != nil {
		return nil, augur.Wrap(augur.Internal, err, "the cache of answers could not be made")
	}
	return &answers{store: store, limit: limit}, nil
}

// get returns the answer to a question, nil when it is not known.
func (c *answers) get(key Key) *answer {
	a, _ := c.store.GetIfPresent(key)
	return a
}

// put keeps an answer, unless a purge came since the run began, when purges was
// what began says. One that would push out most of the others is not kept.
func (c *answers) put(key Key, a *answer, began uint64) {
	a.size = a.weigh()
	if int64(a.size) > c.limit/4 || c.purges.Load() != began {
		return
	}
	c.store.Set(key, a)
	if c.purges.Load() != began { // the purge may not have seen it
		c.store.Invalidate(key)
	}
}

// purge forgets the answers of an artifact, "" for all, and counts them.
func (c *answers) purge(digest augur.Digest) (n int) {
	c.purges.Add(1)
	for key, a := range c.store.All() {
		if digest == "" || a.digest == digest {
			if _, ok := c.store.Invalidate(key); ok {
				n++
			}
		}
	}
	return n
}

// close ends the cache's goroutines.
func (c *answers) close() {
	c.store.InvalidateAll()
	c.store.StopAllGoroutines()
}
