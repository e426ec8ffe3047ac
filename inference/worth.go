package inference

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"augur"
)

// worth measures whether keeping answers pays for one version: what is saved by
// those that are found against what looking and keeping cost. A model that
// answers in microseconds and is seldom asked the same twice is faster without.
//
// While it does not pay, one question in sixteen is still looked for and kept:
// the same ones every time, by their content, so that how often they come again
// is measured as if all were.
type worth struct {
	rare   atomic.Bool  // only one in sixteen is considered
	judged atomic.Int64 // when that was decided, in Unix nanoseconds

	mu sync.Mutex // guards what follows
	// hits and misses are of the window that is being measured, spent is what
	// the misses cost beyond their run, and saved what a run takes, summed.
	hits, misses int64
	spent, runs  time.Duration
}

const (
	// worthWindow is how many questions are judged together, and rareWindow how
	// many of those that are considered while few are.
	worthWindow, rareWindow = 256, 64
	// worthQuiet is how long after a judgement it is no longer trusted: few who
	// ask lose nothing by being looked for.
	worthQuiet = 10 * time.Second
)

var worthSeed = maphash.MakeSeed()

// considers says whether a question is to be looked for and kept.
func (w *worth) considers(inputs []augur.NamedTensor, now time.Time) bool {
	if !w.rare.Load() {
		return true
	}
	if now.UnixNano()-w.judged.Load() > int64(worthQuiet) {
		w.rare.Store(false)
		return true
	}
	sum := uint64(0)
	for i := range inputs {
		t := inputs[i].Tensor
		sum = sum*31 + maphash.Bytes(worthSeed, t.Data)
		for _, s := range t.Strings {
			sum = sum*31 + maphash.String(worthSeed, s)
		}
	}
	return sum%16 == 0
}

// hit counts questions that were answered without a run.
func (w *worth) hit(n int) {
	w.mu.Lock()
	w.hits += int64(n)
	w.judge()
	w.mu.Unlock()
}

// missed counts questions that were run, what looking and keeping took of them
// together, and their run.
func (w *worth) missed(n int, spent, run time.Duration) {
	w.mu.Lock()
	w.misses += int64(n)
	w.spent += spent
	w.runs += run
	w.judge()
	w.mu.Unlock()
}

// judge decides at the end of a window. mu is held.
func (w *worth) judge() {
	window := int64(worthWindow)
	if w.rare.Load() {
		window = rareWindow
	}
	switch {
	case w.hits+w.misses < window:
		return
	case w.misses == 0: // nothing is known of what a miss costs, but there are none
		w.rare.Store(false)
		return
	}
	saved := float64(w.hits) * float64(w.runs) / float64(w.misses)
	w.rare.Store(saved < float64(w.spent) && float64(w.spent) > cheap*float64(w.runs))
	w.judged.Store(time.Now().UnixNano())
	w.hits, w.misses, w.spent, w.runs = 0, 0, 0, 0
}

// cheap is the share of a run that looking and keeping may always cost.
const cheap = 0.02
