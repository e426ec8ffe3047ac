package inference

import (
	"math/rand/v2"
	"sync"
	"time"

	"augur"
)

// armCount counts what one arm of a rollout computed since a step began. Like a
// tally it is cut into shards, so that the cores do not wait for each other.
type armCount struct {
	shards []armShard
}

// armShard is one part of an armCount, on cache lines of its own.
type armShard struct {
	mu      sync.Mutex
	figures augur.RolloutFigures // guarded by mu; what names them is empty
	_       [64]byte
}

func newArmCount() *armCount { return &armCount{shards: make([]armShard, tallyShards())} }

// change changes the figures of any one shard.
func (c *armCount) change(f func(*augur.RolloutFigures)) {
	s := &c.shards[rand.Uint32()&uint32(len(c.shards)-1)]
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.figures)
}

// add counts a request that was computed, or failed.
func (c *armCount) add(took time.Duration, failed, timed bool) {
	s := &c.shards[rand.Uint32()&uint32(len(c.shards)-1)]
	s.mu.Lock()
	s.figures.Requests++
	if failed {
		s.figures.Errors++
	}
	if timed {
		s.figures.Latency.Add(took)
	}
	s.mu.Unlock()
}

// read returns the figures so far.
func (c *armCount) read() (f augur.RolloutFigures) {
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		f.Requests += s.figures.Requests
		f.Errors += s.figures.Errors
		f.Compared += s.figures.Compared
		f.Agreed += s.figures.Agreed
		f.Dropped += s.figures.Dropped
		f.Largest = max(f.Largest, s.figures.Largest)
		f.Latency.Merge(&s.figures.Latency)
		s.mu.Unlock()
	}
	return f
}

// exposures are the subjects that an experiment's arms answered on this server,
// each once.
type exposures struct {
	mu    sync.Mutex // guards what follows
	seen  map[uint64]struct{}
	fresh []exposure // those that are not in the record yet
}

type exposure struct {
	subject uint64
	arm     int
}

// maxExposures bounds the subjects that one server remembers of one step. Those
// after it are not counted, whatever their arm.
const maxExposures = 1_000_000

// add notes a subject, and reports whether it was new.
func (x *exposures) add(subject uint64, arm int) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if _, known := x.seen[subject]; known || len(x.seen) >= maxExposures {
		return false
	}
	if x.seen == nil {
		x.seen = map[uint64]struct{}{}
	}
	x.seen[subject] = struct{}{}
	x.fresh = append(x.fresh, exposure{subject, arm})
	return true
}

// take returns the subjects that are to be written.
func (x *exposures) take() []exposure {
	x.mu.Lock()
	defer x.mu.Unlock()
	fresh := x.fresh
	x.fresh = nil
	return fresh
}

// giveBack returns subjects that could not be written.
func (x *exposures) giveBack(fresh []exposure) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.fresh = append(fresh, x.fresh...)
}
