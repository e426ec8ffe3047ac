package onnx

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	ort "github.com/yalue/onnxruntime_go"

	"augur"
	"augur/inference"
)

// Session is one open model. It implements inference.Session.
type Session struct {
	plan *plan
	raw  *ort.DynamicAdvancedSession
	// constants are values of inputs, by their place, that runs share: of those
	// that a request left out. Nil where there is none.
	constants []ort.Value
	// limit bounds the bytes of one answer.
	limit int64
	// varies says of an output, by its place, that it cannot be made before a
	// run, since the shapes of the inputs do not tell its own.
	varies []atomic.Bool

	mu       sync.Mutex // guards what follows
	running  int
	busy     []*frame // lent to a run
	spare    []*frame // the last used last
	watching bool     // the timer will call watch
	timer    *time.Timer
	closed   bool
	idle     chan struct{} // closed when the last run after closed has ended
	freed    sync.Once
	freeErr  error
}

var _ inference.Session = (*Session)(nil)

// newSession makes the session around raw and owns it, whatever the error.
func newSession(p *plan, raw *ort.DynamicAdvancedSession, limit int64) (*Session, error) {
	s := &Session{plan: p, raw: raw, limit: limit, varies: make([]atomic.Bool, len(p.outNames))}
	for at, name := range p.outNames {
		// The runtime hands an input through, and fills the first of two outputs
		// of one name, without a look at the memory that was meant for it.
		again := slices.Contains(p.outNames[:at], name) || slices.Contains(p.outNames[at+1:], name)
		s.varies[at].Store(again || slices.Contains(p.inNames, name))
	}
	if err := s.addConstants(); err != nil {
		s.destroy()
		return nil, err
	}
	return s, nil
}

// Run implements inference.Session. No outputs named means all of them, in the
// order of the file. Besides the contract: ResourceExhausted when the run asked
// for more memory than there is, Unavailable after Close, and Unimplemented
// when an output turns out to be of another type than the file declares and
// cannot be carried. An operator that is at work is not interrupted; a loop
// ends with its current turn.
func (s *Session) Run(ctx context.Context, inputs []augur.NamedTensor, outputs []string) (answer []augur.Output, err error) {
	defer recovered(&err, "running the model")
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var someOuts [16]*out
	wanted, err := s.plan.wanted(someOuts[:0], outputs)
	if err != nil {
		return nil, err
	}
	var someIns [32]*augur.Tensor
	arranged, err := s.plan.arrange(someIns[:0], inputs)
	if err != nil {
		return nil, err
	}
	if err := s.plan.checkSize(arranged, s.limit); err != nil {
		return nil, err
	}
	f, err := s.enter(ctx, arranged)
	if err != nil {
		return nil, err
	}
	failed := true
	defer func() { s.leave(f, failed) }()
	if err := f.run(ctx, arranged); err != nil {
		return nil, err
	}
	answer, left := make([]augur.Output, len(wanted)), s.limit
	for i, o := range wanted {
		v, err := o.value(f)
		if err != nil {
			return nil, err
		}
		if left -= valueBytes(v); left < 0 {
			return nil, tooLarge(o.spec.Name, s.limit)
		}
		answer[i] = augur.Output{Name: o.spec.Name, Value: v}
	}
	f.clear()
	failed = false
	return answer, nil
}

// run computes the outputs.
func (f *frame) run(ctx context.Context, inputs []*augur.Tensor) error {
	if !f.fits(inputs) {
		f.refit(inputs)
	}
	if err := f.feed(inputs); err != nil {
		return err
	}
	some, err := f.ready()
	if err != nil {
		return runError(err)
	}
	raw := f.session.raw
	err = raw.RunWithOptions(f.given, f.got, f.options)
	if err != nil && some && mispredicted(err) {
		f.blind()
		err = raw.RunWithOptions(f.given, f.got, f.options)
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return runError(err)
	}
	f.learn()
	return nil
}

// destroyOne frees v. Where the binding fails to convert an output, it leaves
// an interface around a nil pointer, whose Destroy panics.
func destroyOne(v ort.Value) {
	defer func() { _ = recover() }()
	_ = v.Destroy()
}

// wanted appends the outputs with those names to list, all for no names.
func (p *plan) wanted(list []*out, names []string) ([]*out, error) {
	if len(names) == 0 {
		for i := range p.outs {
			list = append(list, &p.outs[i])
		}
		return list, nil
	}
	for _, name := range names {
		at := slices.IndexFunc(p.outs, func(o out) bool { return o.spec.Name == name })
		if at < 0 {
			known := make([]string, len(p.outs))
			for j, o := range p.outs {
				known[j] = o.spec.Name
			}
			return nil, augur.Errorf(augur.InvalidArgument, "the model has no output %q; it gives %s", name, enumerate(known))
		}
		list = append(list, &p.outs[at])
	}
	return list, nil
}

// enumerate writes names for a person, the first few of them.
func enumerate(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	if n := len(names); n > 20 {
		names = append(names[:20:20], "…")
	}
	return strings.Join(names, ", ")
}

// Close implements inference.Session. It waits for the runs in flight.
func (s *Session) Close() error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		s.idle = make(chan struct{})
		if s.running == 0 {
			close(s.idle)
		}
	}
	idle := s.idle
	s.mu.Unlock()
	<-idle
	s.freed.Do(func() {
		s.destroy()
		s.freeErr = release()
		trim()
	})
	return s.freeErr
}

// destroy frees what the runtime holds for the session.
func (s *Session) destroy() {
	s.mu.Lock()
	if s.timer != nil {
		s.timer.Stop()
	}
	spare := s.spare
	s.spare = nil
	s.mu.Unlock()
	for _, f := range spare {
		f.close()
	}
	for _, v := range s.constants {
		if v != nil {
			destroyOne(v)
		}
	}
	_ = s.raw.Destroy()
}
