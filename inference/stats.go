package inference

import (
	"math/bits"
	"sync"

	"augur"
)

// cuts are all cuts; a cut's place here is its place in stats.
var cuts = [...]augur.Cut{
	augur.CutIdle, augur.CutFree, augur.CutFull, augur.CutReturned, augur.CutLinger,
	augur.CutDeadline, augur.CutShape, augur.CutSingle, augur.CutAgain,
}

// stats are what a batcher has run.
type stats struct {
	runs, rows int64
	sizes      [33]int64 // by the power of two that the rows do not pass
	cuts       [len(cuts)]int64
	// tasks and took are moving averages for each run, took in nanoseconds.
	tasks, took float64
}

func (s *stats) add(cut augur.Cut, last answered) {
	s.runs++
	s.rows += int64(last.rows)
	s.sizes[bits.Len(uint(last.rows-1))]++
	for i := range cuts {
		if cuts[i] == cut {
			s.cuts[i]++
		}
	}
	s.tasks += (float64(last.tasks) - s.tasks) / 8
	if last.took > 0 {
		s.took += (float64(last.took) - s.took) / 8
	}
}

// tell fills in the numbers.
func (s *stats) tell(state *augur.BatchState) {
	state.Runs, state.Rows = s.runs, s.rows
	for i, n := range s.sizes {
		if n > 0 {
			state.Sizes = append(state.Sizes, augur.BatchSize{UpTo: 1 << i, Runs: n})
		}
	}
	for i, n := range s.cuts {
		if n > 0 {
			state.Cuts = append(state.Cuts, augur.CutCount{Cut: cuts[i], Runs: n})
		}
	}
}

// group counts goroutines, so that who owns them can wait for their end.
type group struct {
	mu   sync.Mutex // guards what follows
	n    int
	idle chan struct{} // closed when n falls to 0; nil while nobody waits
}

// run runs f on a goroutine of the group.
func (g *group) run(f func()) {
	g.mu.Lock()
	g.n++
	g.mu.Unlock()
	go func() {
		defer func() {
			g.mu.Lock()
			defer g.mu.Unlock()
			if g.n--; g.n == 0 && g.idle != nil {
				close(g.idle)
				g.idle = nil
			}
		}()
		f()
	}()
}

// ended is closed when no goroutine is left.
func (g *group) ended() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.n == 0 {
		done := make(chan struct{})
		close(done)
		return done
	}
	if g.idle == nil {
		g.idle = make(chan struct{})
	}
	return g.idle
}
