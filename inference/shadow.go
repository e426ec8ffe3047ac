package inference

import (
	"context"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	"augur"
)

const (
	// shadowQueue is how many copies may wait; more are dropped and counted.
	shadowQueue = 64
	// shadowBytes bounds the input of a copy; larger ones are dropped.
	shadowBytes = 4 << 20
	// shadowWait is how long a copy waits for a free core.
	shadowWait = 2 * time.Second
)

// shadows run copies of requests on the candidates of shadow rollouts, one at a
// time, while a core is free. Nothing that becomes of a copy reaches the caller
// of the request.
type shadows struct {
	queue chan *shadowCopy
	// busy counts the runs that go on now, copies aside, and free is told when
	// one has ended while a copy waits.
	busy    atomic.Int64
	waiting atomic.Bool
	free    chan struct{}
	// spare is how many runs may go on while a copy still finds a core free.
	spare   int64
	metrics *metrics
}

// shadowCopy is one request that was answered.
type shadowCopy struct {
	traffic *traffic
	arm     int
	asked   time.Time
	inputs  []augur.NamedTensor
	outputs []string
	// answer is what the baseline said, in took.
	answer []augur.Output
	took   time.Duration
}

func (s *shadows) init(m *metrics) {
	s.queue, s.free, s.metrics = make(chan *shadowCopy, shadowQueue), make(chan struct{}, 1), m
	s.spare = max(int64(runtime.GOMAXPROCS(0))-1, 1)
}

// enter and leave stand around every run of the runtime.
func (s *shadows) enter() { s.busy.Add(1) }

func (s *shadows) leave() {
	if s.busy.Add(-1) < s.spare && s.waiting.Load() {
		select {
		case s.free <- struct{}{}:
		default:
		}
	}
}

// offer takes a copy of a request that was computed, or drops it and counts
// that. It never waits.
func (s *shadows) offer(c *choice, outputs []string, resp *augur.Response) {
	count := c.traffic.counts[c.shadow]
	size := 0
	for _, in := range c.in.tensors {
		size += in.Size()
	}
	if size > shadowBytes || len(s.queue) == cap(s.queue) {
		s.drop(count)
		return
	}
	// The caller's buffers are not ours once it has its answer.
	inputs := make([]augur.NamedTensor, len(c.in.tensors))
	for i, in := range c.in.tensors {
		inputs[i].Name = in.Name
		if in.Value != nil {
			v := cloneValue(*in.Value)
			if v.Keys != nil {
				v.Keys = clone(v.Keys)
			}
			for _, t := range partsOf(&v) {
				ownStrings(t)
			}
			inputs[i].Value = &v
			continue
		}
		inputs[i].Tensor = clone(in.Tensor)
		ownStrings(inputs[i].Tensor)
	}
	p := &shadowCopy{
		traffic: c.traffic, arm: c.shadow, asked: resp.CreatedAt, inputs: inputs, outputs: outputs,
		answer: resp.Outputs, took: resp.Timing.Run,
	}
	select {
	case s.queue <- p:
	default:
		s.drop(count)
	}
}

func (s *shadows) drop(count *armCount) {
	s.metrics.shadowDrops.Inc()
	count.change(func(f *augur.RolloutFigures) { f.Dropped++ })
}

// run runs copies until ctx is done.
func (s *shadows) run(ctx context.Context, e *Engine) {
	for {
		select {
		case <-ctx.Done():
			return
		case p := <-s.queue:
			count := p.traffic.counts[p.arm]
			if p.traffic.out[p.arm].Load() || !s.await(ctx, p.asked.Add(shadowWait)) {
				s.drop(count)
				continue
			}
			e.shadow(ctx, p, count)
		}
	}
}

// await waits until a core is free, and reports false when none is by then.
func (s *shadows) await(ctx context.Context, until time.Time) bool {
	if s.busy.Load() < s.spare {
		return true
	}
	s.waiting.Store(true)
	defer s.waiting.Store(false)
	late := time.NewTimer(time.Until(until))
	defer late.Stop()
	for s.busy.Load() >= s.spare {
		select {
		case <-ctx.Done():
			return false
		case <-late.C:
			return false
		case <-s.free:
		}
	}
	return true
}

// shadow runs one copy and compares its answer.
func (e *Engine) shadow(ctx context.Context, p *shadowCopy, count *armCount) {
	defer func() {
		if r := recover(); r != nil {
			e.deps.Logger.Error("a shadow panicked", "rollout", p.traffic.live.ID, "panic", r, "stack", string(debug.Stack()))
		}
	}()
	l, err := e.laneFor(p.traffic.live.Versions[p.arm])
	if err != nil {
		return
	}
	in := encoded{tensors: p.inputs}
	if !p.traffic.alike[p.arm] {
		moved, ok := l.codec.carry(in)
		if !ok {
			e.rollouts.shadows.drop(count)
			return
		}
		in = moved
	}
	a, err := e.runBy(ctx, time.Now().Add(l.policy.Timeout), l, in.tensors, p.outputs)
	switch {
	case isRefused(err):
		e.rollouts.takeOut(p.traffic, p.arm, "the shadow is left alone: "+augur.AsError(err).Message, nil)
		return
	case err != nil && (ctx.Err() != nil || augur.CodeOf(err) == augur.ResourceExhausted):
		e.rollouts.shadows.drop(count)
		return
	case err != nil:
		count.change(func(f *augur.RolloutFigures) { f.Requests, f.Errors = f.Requests+1, f.Errors+1 })
		e.rollouts.failed(p.traffic, p.arm, l)
		return
	}
	agrees, largest := agree(p.answer, a.outputs, p.traffic.live.Plan.Tolerance)
	count.change(func(f *augur.RolloutFigures) {
		f.Requests++
		f.Compared++
		if agrees {
			f.Agreed++
		}
		f.Largest = max(f.Largest, largest)
		f.Latency.Add(a.run)
	})
	p.traffic.counts[0].change(func(f *augur.RolloutFigures) { f.Latency.Add(p.took) })
}
