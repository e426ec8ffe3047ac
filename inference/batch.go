package inference

import (
	"context"
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

// ran is how a run ended.
type ran struct {
	outputs []augur.Output
	err     error
	// began is when the session was ready, zero when it did not come to that;
	// took is the time in the runtime, and share the part of it that is for this
	// request, by rows.
	began       time.Time
	took, share time.Duration
}

// newBatcher returns a batcher for a policy, on so many cores. What tells it
// whether rows may run together is shared with the batcher before, if any.
func newBatcher(run func(context.Context, []augur.NamedTensor, []string) ran, p augur.ServingPolicy, cores int, proof *proof, group *group, metrics *series) *batcher {
	b := &batcher{run: run, group: group, maxQueue: max(p.MaxQueue, 0), proof: proof, metrics: metrics, pause: pause}
	// Where nobody may wait, nobody can be waited for.
	b.tuner.init(p, cores, proof.state() != refuted && b.maxQueue > 0)
	return b
}

// do runs a request. The error is ResourceExhausted when too many wait already,
// ctx's when it ended, and otherwise the run's. Large requests run in pieces.
func (b *batcher) do(ctx context.Context, inputs []augur.NamedTensor, outputs []string) (r ran, queued time.Duration) {
	t := &task{ctx: ctx, inputs: inputs, outputs: outputs, asked: time.Now()}
	if b.proof.state() != refuted {
		t.rows = commonRows(inputs)
	}
	if t.rows > 1 && b.proof.state() == trusted {
		if most := int(b.tuner.most.Load()); t.rows > most && !b.short(t.rows) {
			return b.split(t, most)
		}
	}
	return b.one(t, false)
}

// shortRun is how long a request may run in one piece although it has more rows
// than one run takes: to wake others for its pieces would take as long.
const shortRun = 250 * time.Microsecond

// short says whether a run of so many rows is expected to be that short. A
// policy that bounds the rows is obeyed however short they are.
func (b *batcher) short(rows int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.tuner.set == 0 && b.tuner.fit.n > 0 && b.tuner.fit.scaled(rows) < shortRun
}

// one runs a task. A task that is part of an admitted request always may wait.
func (b *batcher) one(t *task, admitted bool) (r ran, queued time.Duration) {
	b.mu.Lock()
	b.tuner.arrive(t.asked)
	b.linger.arrive(t.asked)
	switch {
	case b.running < b.tuner.runners() && b.head == nil && len(b.linger.waits) == 0:
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
	case len(b.linger.waits) > 0:
		b.linger.coming = max(0, b.linger.coming-max(t.rows, 1))
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
	b.metrics.ran(cut, last.rows, last.took)
	if r.err == nil {
		b.tuner.fit.add(last.rows, last.took)
	}
	if b.stats.runs%32 == 0 {
		b.tuner.suggest()
	}
	if b.proof.state() == refuted {
		b.tuner.oneByOne()
	}
	b.tuner.done(now, last, b.proof.state() == unproven)
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
		if b.head != nil {
			b.lookAt(b.head) // for the next who lingers
		}
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
