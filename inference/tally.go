package inference

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"augur"
)

// tally counts the predictions of one version since the last turn of the
// bucket. It is cut into shards, of which each prediction takes any one, so
// that the cores do not wait for each other.
type tally struct {
	v      *augur.CatalogVersion
	shards []tallyShard
	// kept is the second in which successes were last kept (upper half) and how
	// many they were (lower half).
	kept atomic.Uint64
	// runs and runRows are what the engine had run at the last turn; guarded by Log.mu.
	runs, runRows int64
}

// tallyShard is one part of a tally, on cache lines of its own.
type tallyShard struct {
	mu      sync.Mutex
	figures augur.ServingFigures // guarded by mu
	_       [64]byte
}

// tallyShards is how many parts a tally has: a power of two.
func tallyShards() int {
	n := 1
	for n < runtime.GOMAXPROCS(0) && n < 8 {
		n *= 2
	}
	return n
}

func newTally(v *augur.CatalogVersion) *tally {
	return &tally{v: v, shards: make([]tallyShard, tallyShards())}
}

// add counts a prediction that took as long as took.
func (t *tally) add(took time.Duration, resp *augur.Response, code augur.Code) {
	s := &t.shards[rand.Uint32()&uint32(len(t.shards)-1)]
	s.mu.Lock()
	f := &s.figures
	f.Requests++
	f.Total += took
	f.Latency.Add(took)
	if resp == nil {
		f.Errors++
		if code.Fault() {
			f.Faults++
		}
		s.mu.Unlock()
		return
	}
	rows := max(len(resp.RowIndex), 1)
	f.Rows += int64(rows)
	f.RowErrors += int64(failedRows(resp))
	f.Queue += resp.Timing.Queue
	f.Run += resp.Timing.Run
	switch resp.Cache {
	case augur.CacheMemory:
		f.MemoryHits++
		f.CachedRows += int64(rows)
	case augur.CacheShared:
		f.SharedHits++
		f.CachedRows += int64(rows)
	case augur.CacheMiss:
		f.Misses++
		f.CachedRows += int64(resp.CachedRows)
	}
	s.mu.Unlock()
}

// failedRows is how many rows of an answered request failed by themselves.
func failedRows(resp *augur.Response) int { return max(resp.Rows-len(resp.RowIndex), 0) }

// keep says whether one more success of this second may be kept.
func (t *tally) keep(now time.Time, most int) bool {
	second := uint64(now.Unix()) << 32
	for {
		old := t.kept.Load()
		switch {
		case old&^(1<<32-1) != second:
			if t.kept.CompareAndSwap(old, second|1) {
				return true
			}
		case old&(1<<32-1) >= uint64(most):
			return false
		default:
			if t.kept.CompareAndSwap(old, old+1) {
				return true
			}
		}
	}
}

// take returns the figures and begins anew.
func (t *tally) take() (f augur.ServingFigures) {
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		part := s.figures
		s.figures = augur.ServingFigures{}
		s.mu.Unlock()
		f.Add(&part)
	}
	return f
}

// read returns a copy of the figures so far.
func (t *tally) read() (f augur.ServingFigures) {
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		f.Add(&s.figures)
		s.mu.Unlock()
	}
	return f
}
