package onnx

import (
	"context"
	"slices"
	"strings"
	"sync"

	ort "github.com/yalue/onnxruntime_go"

	"augur"
	"augur/inference"
)

// Session is one open model. It implements inference.Session.
type Session struct {
	plan *plan
	raw  *ort.DynamicAdvancedSession
	// defaults are the values of inputs that a request leaves out, by their
	// place among the session's inputs. Runs share them.
	defaults map[int]ort.Value
	// spare are run options that no run uses now.
	spare chan *ort.RunOptions

	mu      sync.Mutex // guards what follows
	running int
	closed  bool
	idle    chan struct{} // closed when the last run after closed has ended
	freed   sync.Once
	freeErr error
}

var _ inference.Session = (*Session)(nil)

// spareOptions bounds Session.spare.
const spareOptions = 8

// Run implements inference.Session. No outputs named means all of them, in the
// order of the file. Besides the contract: ResourceExhausted when the run asked
// for more memory than there is, Unavailable after Close, and Unimplemented
// when an output turns out to be of another type than the file declares and
// cannot be carried. An operator that is at work is not interrupted; a loop
// ends with its current turn.
func (s *Session) Run(ctx context.Context, inputs []augur.NamedTensor, outputs []string) (answer []augur.Output, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	wanted, err := s.wanted(outputs)
	if err != nil {
		return nil, err
	}
	if !s.enter() {
		return nil, augur.Errorf(augur.Unavailable, "the session is closed")
	}
	defer s.leave()

	var fed []ort.Value // made for this run
	given := make([]ort.Value, len(s.plan.inNames))
	got := make([]ort.Value, len(s.plan.outNames))
	defer func() {
		destroy(fed)
		destroy(got)
	}()
	defer recovered(&err, "running the model")
	if fed, err = s.feed(given, inputs); err != nil {
		return nil, err
	}
	if err := s.run(ctx, given, got); err != nil {
		return nil, err
	}
	answer = make([]augur.Output, len(wanted))
	for i, o := range wanted {
		v, err := o.value(got)
		if err != nil {
			return nil, err
		}
		answer[i] = augur.Output{Name: o.spec.Name, Value: v}
	}
	return answer, nil
}

// destroy frees values of the runtime.
func destroy(list []ort.Value) {
	for _, v := range list {
		if v != nil {
			destroyOne(v)
		}
	}
}

// destroyOne frees v. Where the binding fails to convert an output, it leaves
// an interface around a nil pointer, whose Destroy panics.
func destroyOne(v ort.Value) {
	defer func() { _ = recover() }()
	_ = v.Destroy()
}

// run calls the runtime, which stops soon after ctx is done.
func (s *Session) run(ctx context.Context, given, got []ort.Value) error {
	if ctx.Done() == nil {
		if err := s.raw.Run(given, got); err != nil {
			return runError(err)
		}
		return nil
	}
	options, err := s.options()
	if err != nil {
		return err
	}
	fired := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		_ = options.Terminate()
		close(fired)
	})
	err = s.raw.RunWithOptions(given, got, options)
	if stop() {
		s.reuse(options)
	} else {
		<-fired // options must outlive the call of Terminate
		_ = options.Destroy()
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return runError(err)
	}
	return nil
}

func (s *Session) options() (*ort.RunOptions, error) {
	select {
	case o := <-s.spare:
		return o, nil
	default:
	}
	o, err := ort.NewRunOptions()
	if err != nil {
		return nil, augur.Wrap(augur.Internal, err, "ONNX Runtime gave no run options")
	}
	return o, nil
}

func (s *Session) reuse(o *ort.RunOptions) {
	select {
	case s.spare <- o:
	default:
		_ = o.Destroy()
	}
}

// wanted resolves the names of outputs.
func (s *Session) wanted(names []string) ([]*out, error) {
	outs := s.plan.outs
	if len(names) == 0 {
		all := make([]*out, len(outs))
		for i := range outs {
			all[i] = &outs[i]
		}
		return all, nil
	}
	list := make([]*out, len(names))
	for i, name := range names {
		at := slices.IndexFunc(outs, func(o out) bool { return o.spec.Name == name })
		if at < 0 {
			known := make([]string, len(outs))
			for j, o := range outs {
				known[j] = o.spec.Name
			}
			return nil, augur.Errorf(augur.InvalidArgument, "the model has no output %q; it gives %s", name, enumerate(known))
		}
		list[i] = &outs[at]
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

func (s *Session) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.running++
	return true
}

func (s *Session) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running--; s.running == 0 && s.idle != nil {
		close(s.idle)
	}
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
	})
	return s.freeErr
}

// destroy frees what the runtime holds for the session.
func (s *Session) destroy() {
	for _, v := range s.defaults {
		_ = v.Destroy()
	}
	for {
		select {
		case o := <-s.spare:
			_ = o.Destroy()
			continue
		default:
		}
		break
	}
	_ = s.raw.Destroy()
}
