package inference

import (
	"runtime"
	"sync/atomic"
	"time"

	"augur"
)

// lingerShare is the part of a run's time that the next one may be delayed by.
// Measured on a simulated device: 12 % gathers nearly all who return.
const lingerShare = 0.12

// linger is the short wait after a run.
type linger struct {
	on    bool
	want  int // rows to wait for
	until time.Time
	due   bool // somebody's deadline ended it
	woken atomic.Bool

	// back is the share of the tasks just answered that is followed by another
	// within the linger, a moving average. It is counted whether or not the
	// batcher lingers, so it goes on learning while lingering does not pay.
	back          float64
	end           time.Time // of the window that is being counted
	left, arrived int       // answered before the window, and come in it
}

// pays says whether lingering does.
func (l *linger) pays() bool { return l.back >= 0.5 }

// wait is how long to linger after a run, 0 for not at all. mu is held.
func (b *batcher) wait(last answered) time.Duration {
	if last.took == 0 || b.linger.on || !b.linger.pays() || b.rows >= b.tuner.rows() || b.tuner.rows() <= 1 {
		return 0
	}
	return time.Duration(lingerShare * float64(last.took))
}

// lingerOn waits, without mu, until as many rows are there as can be expected,
// and says why it ended. mu is held.
func (b *batcher) lingerOn(wait time.Duration, returning int) augur.Cut {
	l := &b.linger
	l.want = min(b.rows+returning, b.tuner.rows(), (b.rows+returning+b.inRuns+b.tuner.runners()-1)/b.tuner.runners())
	l.on, l.due, l.until = true, false, time.Now().Add(wait)
	l.woken.Store(false)
	for t := b.head; t != nil; t = t.next {
		b.lookAt(t)
	}
	b.mu.Unlock()
	b.pause(time.Until(l.until), &l.woken)
	b.mu.Lock()
	l.on = false
	switch {
	case l.due:
		return augur.CutDeadline
	case b.rows >= l.want:
		return augur.CutReturned
	default:
		return augur.CutLinger
	}
}

// lookAt ends the linger when the task in the queue makes it full, or cannot
// wait so long. mu is held.
func (b *batcher) lookAt(t *task) {
	l := &b.linger
	if deadline, ok := t.ctx.Deadline(); ok && deadline.Before(l.until.Add(b.tuner.fit.time(l.want))) {
		l.due = true
	}
	if l.due || b.rows >= l.want {
		l.woken.Store(true)
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
