package inference

import (
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"augur"
)

// lingerShare is the part of a run's time that the next one may be delayed by.
// Measured on a simulated device: 12 % gathers nearly all who return.
const lingerShare = 0.12

// linger is the short wait after a run. Several places may be at it.
type linger struct {
	waits []*lingering // the oldest first
	// coming is how many rows were answered whose callers are waited for.
	coming int

	// back is the share of the tasks just answered that is followed by another
	// within the linger, a moving average. It is counted whether or not the
	// batcher lingers, so it goes on learning while lingering does not pay.
	back          float64
	end           time.Time // of the window that is being counted
	left, arrived int       // answered before the window, and come in it
}

// lingering is the linger of one place.
type lingering struct {
	want  int // rows to wait for
	until time.Time
	due   bool // somebody's deadline ended it
	woken atomic.Bool
}

// pays says whether lingering does.
func (l *linger) pays() bool { return l.back >= 0.5 }

// wait is how long to linger after a run, 0 for not at all. mu is held.
func (b *batcher) wait(last answered) time.Duration {
	if last.took == 0 || !b.linger.pays() || b.rows >= b.tuner.rows() || b.tuner.rows() <= 1 {
		return 0
	}
	return time.Duration(lingerShare * float64(last.took))
}

// lingerOn waits, without mu, until as many rows are there as can be expected,
// and says why it ended. mu is held.
func (b *batcher) lingerOn(wait time.Duration, returning int) augur.Cut {
	l := &b.linger
	l.coming += returning
	all, places := b.rows+l.coming, b.tuner.runners()
	mine := &lingering{want: min(all, b.tuner.rows(), (all+b.inRuns+places-1)/places), until: time.Now().Add(wait)}
	l.waits = append(l.waits, mine)
	for t := b.head; t != nil; t = t.next {
		b.lookAt(t)
	}
	b.mu.Unlock()
	b.pause(time.Until(mine.until), &mine.woken)
	b.mu.Lock()
	if l.waits = slices.DeleteFunc(l.waits, func(w *lingering) bool { return w == mine }); len(l.waits) == 0 {
		l.coming = 0
	}
	switch {
	case mine.due:
		return augur.CutDeadline
	case b.rows >= mine.want:
		return augur.CutReturned
	default:
		return augur.CutLinger
	}
}

// lookAt ends the oldest linger when the task in the queue makes it full, or
// cannot wait so long. mu is held.
func (b *batcher) lookAt(t *task) {
	if len(b.linger.waits) == 0 {
		return
	}
	w := b.linger.waits[0]
	if deadline, ok := t.ctx.Deadline(); ok && deadline.Before(w.until.Add(b.tuner.fit.time(w.want))) {
		w.due = true
	}
	if w.due || b.rows >= w.want {
		w.woken.Store(true)
	}
}

// pause waits for d or until woken. Timers of the Go runtime are as coarse as a
// millisecond on an idle machine, so shorter waits yield to other goroutines
// instead of sleeping.
func pause(d time.Duration, woken *atomic.Bool) {
	for end := time.Now().Add(d); !woken.Load(); {
		left := time.Until(end)
		if left <= 0 {
			return
		}
		if left > 2*time.Millisecond {
			time.Sleep(left / 8) // close enough: a linger is a small part of a run
		} else {
			runtime.Gosched()
		}
	}
}

// arrive counts a task that comes after a run.
func (l *linger) arrive(now time.Time) {
	if l.left > 0 && now.Before(l.end) {
		l.arrived++
	}
}

// open ends the counting after the run before and begins that of a run.
func (l *linger) open(now time.Time, last answered) {
	if l.left > 0 {
		l.back += (min(1, float64(l.arrived)/float64(l.left)) - l.back) / 4
	}
	l.left, l.arrived = last.tasks, 0
	l.end = now.Add(time.Duration(lingerShare * float64(last.took)))
}
