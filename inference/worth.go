package inference

import (
	"hash/maphash"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"augur"
)

// worth measures whether keeping answers pays for one version: what is saved by
// those that are found against what looking and keeping cost. A model that
// answers in microseconds and is seldom asked the same twice is faster without.
//
// While it does not pay, a sample of the questions is still looked for and kept:
// the same ones every time, by their content, so that how often they come again
// is measured as if all were. The sample is one in sixteen, or as many fewer as
// it takes for all of it to cost a hundredth of the runs.
type worth struct {
	// sample is how many of 2⁶⁴ questions are considered, 0 for all of them.
	sample atomic.Uint64
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
	sample := w.sample.Load()
	if sample == 0 {
		return true
	}
	if now.UnixNano()-w.judged.Load() > int64(worthQuiet) {
		w.sample.Store(0)
		return true
	}
	sum := uint64(0)
	for i := range inputs {
		if v := inputs[i].Value; v != nil {
			for _, t := range partsOf(v) {
				sum = sum*31 + sketch(t)
			}
			continue
		}
		sum = sum*31 + sketch(inputs[i].Tensor)
	}
	return sum < sample
}

// sketch is a hash of a tensor's elements. The ends of a long one say enough.
func sketch(t *augur.Tensor) uint64 {
	const ends = 256
	sum := maphash.Bytes(worthSeed, t.Data[:min(ends, len(t.Data))])
	if rest := len(t.Data) - ends; rest > 0 {
		sum = sum*31 + maphash.Bytes(worthSeed, t.Data[max(ends, rest):])
	}
	for k := 0; k < len(t.Strings) && k < ends; k++ {
		sum = sum*31 + maphash.String(worthSeed, t.Strings[k])
	}
	return sum
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
	if w.sample.Load() != 0 {
		window = rareWindow
	}
	switch {
	case w.hits+w.misses < window:
		return
	case w.misses == 0: // nothing is known of what a miss costs, but there are none
		w.sample.Store(0)
		return
	}
	saved := float64(w.hits) * float64(w.runs) / float64(w.misses)
	sample := uint64(0)
	if spent := float64(w.spent); saved < spent && spent > cheap*float64(w.runs) {
		share := min(max(sampleCost*float64(w.runs)/spent, 1.0/4096), 1.0/16)
		sample = uint64(share * math.MaxUint64)
	}
	w.sample.Store(sample)
	w.judged.Store(time.Now().UnixNano())
	w.hits, w.misses, w.spent, w.runs = 0, 0, 0, 0
}

// cheap is the share of a run that looking and keeping may always cost, and
// sampleCost that of all runs that the sample may.
const cheap, sampleCost = 0.02, 0.01
