package inference

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"augur"
)

// batcher runs the requests of one version. It is work-conserving: a request
// that finds a free place runs at once, on its caller's goroutine, with nothing
// between it and the runtime. Requests that find none wait, in order, and when a
// run ends whoever waits and is alike runs together. How many rows may do so and
// how many runs go on at one time is the tuner's to choose.
//
// After a run, closed-loop callers come back: if the next run began at once it
// would take half of them and the other half would wait for it, for ever. So
// the batcher lingers, for a small part of the last run, until those that were
// answered are back, where measurements show that they do come back.
//
// Nothing runs while nobody asks: no goroutine, no timer.
type batcher struct {
	run      func(ctx context.Context, inputs []augur.NamedTensor, outputs []string) ran
	group    *group // of the goroutines
	maxQueue int
	proof    *proof
	metrics  *series
	// pause waits for d or until woken; tests with their own clock replace it.
	pause func(d time.Duration, woken *atomic.Bool)

	mu         sync.Mutex // guards what follows
	head, tail *task      // the queue
	waiting    int        // tasks in it
	rows       int        // of them
	running    int        // places taken
	inRuns     int        // rows in the runs of batches now
	tuner      tuner
	linger     linger
	stats      stats
}

// task is a request, or a piece of one, on its way through the batcher.
type task struct {
	ctx     context.Context
	inputs  []augur.NamedTensor
	outputs []string
	// rows is the first dimension of all inputs; 0 when it must run by itself.
	rows  int
	asked time.Time
	// turn gets nil when the task's own goroutine is to run it, with the place
	// that it is given, and otherwise the batch that has run it.
	turn chan *batch

	// What follows is guarded by the batcher's mu.
	prev, next *task
	queued     bool
	batch      *batch // once it is part of one
	place      int    // in it
}

// batch is a run of several tasks.
type batch struct {
	ran
	tasks  []*task
	first  []int // row of each task
	alone  []ran // of each task, where they ran again one by one
	cancel context.CancelCauseFunc
	alive  int // tasks whose callers still wait; guarded by the batcher's mu
}

// ran is how a run ended.
type ran struct {
	outputs []augur.Output
	err     error
	// began is when the session was ready, zero when it did not come to that;
	// took is the time in the runtime.
	began time.Time
	took  time.Duration
}

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

// newBatcher returns a batcher for a policy, on so many cores. What tells it
// whether rows may run together is shared with the batcher before, if any.
func newBatcher(run func(context.Context, []augur.NamedTensor, []string) ran, p augur.ServingPolicy, cores int, proof *proof, group *group, metrics *series) *batcher {
	b := &batcher{run: run, group: group, maxQueue: max(p.MaxQueue, 0), proof: proof, metrics: metrics, pause: pause}
	// Where nobody may wait, nobody can be waited for.
	b.tuner.init(p, cores, proof.state() != refuted && b.maxQueue > 0)
	return b
}

// pays says whether lingering does.
func (l *linger) pays() bool { return l.back >= 0.5 }

// do runs a request. The error is ResourceExhausted when too many wait already,
// ctx's when it ended, and otherwise the run's. Large requests run in pieces.
func (b *batcher) do(ctx context.Context, inputs []augur.NamedTensor, outputs []string) (r ran, queued time.Duration) {
	t := &task{ctx: ctx, inputs: inputs, outputs: outputs, asked: time.Now()}
	if b.proof.state() != refuted {
		t.rows = commonRows(inputs)
	}
	if t.rows > 1 && b.proof.state() == trusted {
		if most := int(b.tuner.most.Load()); t.rows > most {
			return b.split(t, most)
		}
	}
	return b.one(t, false)
}

// one runs a task. A task that is part of an admitted request always may wait.
func (b *batcher) one(t *task, admitted bool) (r ran, queued time.Duration) {
	b.mu.Lock()
	b.tuner.arrive(t.asked)
	b.linger.arrive(t.asked)
	switch {
	case b.running < b.tuner.runners() && b.head == nil && !b.linger.on:
		b.running++
		b.mu.Unlock()
		return b.alone(t, augur.CutIdle)
	case b.waiting >= b.maxQueue && !admitted:
		b.tuner.depart(t.asked, 1)
		err := augur.Errorf(augur.ResourceExhausted, "too many requests wait for this version (%d)", b.maxQueue)
		err.RetryAfter = b.hint()
		b.mu.Unlock()
		return ran{err: err}, 0
	}
	t.turn = make(chan *batch, 1)
	b.push(t)
	switch {
	case b.linger.on:
		b.lookAt(t)
	case b.running < b.tuner.runners():
		b.running++
		b.group.run(func() { b.serve(answered{}) })
	}
	b.mu.Unlock()
	select {
	case done := <-t.turn:
		if done == nil {
			return b.alone(t, augur.CutFree)
		}
		return done.of(t)
	case <-t.ctx.Done():
		b.leave(t)
		return ran{err: t.ctx.Err()}, time.Since(t.asked)
	}
}

// leave takes a task out whose caller has gone.
func (b *batcher) leave(t *task) {
	b.mu.Lock()
	switch {
	case t.queued:
		b.remove(t)
		b.tuner.depart(time.Now(), 1)
	case t.batch != nil:
		if t.batch.alive--; t.batch.alive == 0 && t.batch.cancel != nil {
			t.batch.cancel(t.ctx.Err())
		}
	default: // it was just given a place
		b.tuner.depart(time.Now(), 1)
		b.next(answered{})
	}
	b.mu.Unlock()
}

// alone runs a task on its caller's goroutine, in the place that it holds.
func (b *batcher) alone(t *task, cut augur.Cut) (r ran, queued time.Duration) {
	r = b.run(t.ctx, t.inputs, t.outputs)
	if r.err == nil && t.rows > 1 {
		b.proveAlone(t, r.outputs)
	}
	b.after(cut, 1, max(t.rows, 1), r)
	if r.began.IsZero() {
		return r, time.Since(t.asked)
	}
	return r, r.began.Sub(t.asked)
}

// answered is the run that a place was used for last.
type answered struct {
	tasks, rows int
	took        time.Duration
}

// after counts a run and gives its place on.
func (b *batcher) after(cut augur.Cut, tasks, rows int, r ran) {
	now := time.Now()
	last := answered{tasks, rows, r.took}
	b.mu.Lock()
	b.count(cut, last, r, now)
	b.next(last)
	b.mu.Unlock()
}

// count notes a run that ended.
func (b *batcher) count(cut augur.Cut, last answered, r ran, now time.Time) {
	if cut == augur.CutFree && b.tuner.rows() <= 1 {
		cut = augur.CutSingle
	}
	b.stats.add(cut, last)
	b.metrics.ran(cut, last.rows)
	if r.err == nil {
		b.tuner.fit.add(last.rows, last.took)
	}
	if b.stats.runs%32 == 0 {
		b.tuner.suggest()
	}
	if b.proof.state() == refuted {
		b.tuner.oneByOne()
	}
	b.tuner.done(now, last)
	b.linger.open(now, last)
}

// next gives a place to whoever is to have it after a run. mu is held.
func (b *batcher) next(last answered) {
	switch {
	case b.running > b.tuner.runners():
		b.running--
	case b.head == nil && (last.tasks <= 1 || b.wait(last) == 0):
		b.running--
	case b.tuner.rows() <= 1 || b.waiting == 1 && b.wait(last) == 0:
		b.hand()
	default:
		b.group.run(func() { b.serve(last) })
	}
}

// hand gives a place to the first in the queue. mu is held.
func (b *batcher) hand() {
	t := b.head
	b.remove(t)
	t.turn <- nil
}

// wait is how long to linger after a run, 0 for not at all. mu is held.
func (b *batcher) wait(last answered) time.Duration {
	if last.took == 0 || b.linger.on || !b.linger.pays() || b.rows >= b.tuner.rows() || b.tuner.rows() <= 1 {
		return 0
	}
	return time.Duration(lingerShare * float64(last.took))
}

// serve holds a place and runs batches until nobody waits or one task is left,
// which runs by itself.
func (b *batcher) serve(last answered) {
	j := joiners.Get().(*joiner)
	defer joiners.Put(j)
	for {
		b.mu.Lock()
		cut := augur.CutFree
		if wait := b.wait(last); wait > 0 {
			cut = b.lingerOn(wait, last.rows)
		}
		if b.head == nil || b.running > b.tuner.runners() {
			b.running--
			b.mu.Unlock()
			return
		}
		run := b.cut(&cut)
		if run == nil {
			b.hand()
			b.mu.Unlock()
			return
		}
		b.mu.Unlock()
		last = b.together(j, run, cut)
	}
}

var joiners = sync.Pool{New: func() any { return &joiner{} }}

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
	ctx, cancel := context.WithCancelCause(context.Background())
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
		r.outputs = part(run.outputs, run.first[t.place], run.first[t.place+1])
	}
	if r.began.IsZero() {
		return r, time.Since(t.asked)
	}
	return r, r.began.Sub(t.asked)
}

// push puts a task at the end of the queue. mu is held.
func (b *batcher) push(t *task) {
	t.queued, t.prev = true, b.tail
	if b.tail == nil {
		b.head = t
	} else {
		b.tail.next = t
	}
	b.tail = t
	b.waiting++
	b.rows += max(t.rows, 1)
}

// remove takes a task out of the queue. mu is held.
func (b *batcher) remove(t *task) {
	if t.prev == nil {
		b.head = t.next
	} else {
		t.prev.next = t.next
	}
	if t.next == nil {
		b.tail = t.prev
	} else {
		t.next.prev = t.prev
	}
	t.prev, t.next, t.queued = nil, nil, false
	b.waiting--
	b.rows -= max(t.rows, 1)
}

// hint is how long the queue takes to empty, from 10 ms to 10 s. mu is held.
func (b *batcher) hint() time.Duration {
	runs := float64(b.waiting+1) / max(1, b.stats.tasks) / float64(b.tuner.runners())
	all := time.Duration(runs * b.stats.took)
	return min(max(all, 10*time.Millisecond), 10*time.Second).Round(time.Millisecond)
}

// places is how many runs may go on at one time now.
func (b *batcher) places() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.tuner.runners()
}

// queued is how many tasks wait now.
func (b *batcher) queued() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.waiting
}

// expects is what a run of so many rows is expected to take, 0 while that is
// not known.
func (b *batcher) expects(rows int) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stats.runs < 16 {
		return 0
	}
	return b.tuner.fit.time(rows)
}

// tell fills in what the batcher knows.
func (b *batcher) tell(state *augur.EngineState) {
	b.mu.Lock()
	defer b.mu.Unlock()
	state.Queued, state.Running = b.waiting, b.running
	s := &state.Batching
	s.Runners, s.MaxRows = b.tuner.runners(), b.tuner.rows()
	s.On = s.MaxRows > 1
	s.Why = b.tuner.why(b.proof)
	if fixed, row, known := b.tuner.fit.costs(); known {
		s.FixedCost, s.RowCost = time.Duration(fixed), time.Duration(row)
	}
	b.stats.tell(s)
}
