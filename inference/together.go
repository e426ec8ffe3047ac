package inference

import (
	"context"
	"time"

	"augur"
)

// batch is a run of several tasks.
type batch struct {
	ran
	tasks  []*task
	first  []int // row of each task
	alone  []ran // of each task, where they ran again one by one
	cancel context.CancelCauseFunc
	alive  int // tasks whose callers still wait; guarded by the batcher's mu
}

// cut takes the first in the queue and those after it that are alike and fit,
// nil when that is one task alone. mu is held.
func (b *batcher) cut(why *augur.Cut) *batch {
	first, most := b.head, b.share()
	if first.next == nil || first.rows == 0 || most <= 1 || b.proof.state() == refuted {
		return nil
	}
	run := &batch{}
	rows, shape, full := 0, false, false
	for t := first; t != nil; {
		next := t.next
		switch {
		case t != first && (t.rows == 0 || !sameNames(t.outputs, first.outputs) || !alike(t.inputs, first.inputs)):
			shape = true
		case t != first && rows+t.rows > most:
			full, next = true, nil
		default:
			run.first = append(run.first, rows)
			run.tasks = append(run.tasks, t)
			rows += t.rows
		}
		t = next
	}
	if len(run.tasks) == 1 {
		return nil
	}
	run.first = append(run.first, rows)
	for i, t := range run.tasks {
		b.remove(t)
		t.batch, t.place = run, i
	}
	run.alive = len(run.tasks)
	b.inRuns += rows
	switch {
	case most == b.tuner.rows() && (full || rows == most):
		*why = augur.CutFull
	case shape && !full:
		*why = augur.CutShape
	}
	return run
}

// share is how many rows the next run may take: no more than may run together,
// and with several places no more than one place's part of all that are here,
// so that the others have as much to do. mu is held.
func (b *batcher) share() int {
	places := b.tuner.runners()
	return min(b.tuner.rows(), (b.rows+b.inRuns+places-1)/places)
}

// sameNames compares two lists of names, which are mostly the same list.
func sameNames(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// together runs a batch and tells its tasks.
func (b *batcher) together(j *joiner, run *batch, cut augur.Cut) answered {
	ctx, cancel := context.WithCancelCause(tracedRun(run.tasks))
	b.mu.Lock()
	run.cancel = cancel
	if run.alive == 0 { // everybody left before there was something to cancel
		cancel(nil)
	}
	b.mu.Unlock()
	rows := run.first[len(run.tasks)]
	run.ran = b.run(ctx, j.join(run.tasks, rows), run.tasks[0].outputs)
	j.release()
	if !b.settle(ctx, run) {
		b.again(run)
		cut = augur.CutAgain
	}
	cancel(nil)
	last := answered{len(run.tasks), rows, run.took}
	now := time.Now()
	b.mu.Lock()
	b.inRuns -= rows
	b.count(cut, last, run.ran, now)
	b.mu.Unlock()
	for _, t := range run.tasks {
		t.turn <- run
	}
	return last
}

// settle says whether what a batch gave is what its tasks get. A run that
// failed may have failed for one of them, and one that is not yet trusted to
// keep its rows apart is proved.
func (b *batcher) settle(ctx context.Context, run *batch) bool {
	switch {
	case run.err != nil:
		// Nobody is left, or the session did not open: the same for all.
		return ctx.Err() != nil || run.began.IsZero()
	case !allFollow(run.outputs, run.first[len(run.tasks)]):
		b.proof.refute("an output does not have one entry for each row")
		return false
	default:
		return b.proveTogether(run)
	}
}

// again runs the tasks of a batch one by one, each until its own caller gives up.
func (b *batcher) again(run *batch) {
	run.alone = make([]ran, len(run.tasks))
	for i, t := range run.tasks {
		if err := t.ctx.Err(); err != nil {
			run.alone[i] = ran{err: err}
			continue
		}
		run.alone[i] = b.run(t.ctx, t.inputs, t.outputs)
	}
}

// of is what a batch gave one of its tasks. The task copies its rows itself, on
// its own goroutine.
func (run *batch) of(t *task) (r ran, queued time.Duration) {
	r = run.ran
	if run.alone != nil {
		r = run.alone[t.place]
	} else if r.err == nil {
		first, end, all := run.first[t.place], run.first[t.place+1], run.first[len(run.tasks)]
		r.outputs = part(run.outputs, first, end)
		r.share = r.took * time.Duration(end-first) / time.Duration(all)
	}
	if r.began.IsZero() {
		return r, time.Since(t.asked)
	}
	return r, r.began.Sub(t.asked)
}
