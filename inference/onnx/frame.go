package onnx

import (
	"context"
	"strings"

	ort "github.com/yalue/onnxruntime_go"

	"augur"
)

// frame is what one run needs of the runtime: values for the session's inputs
// and outputs, and the options that stop it. To make them takes longer than a
// small model runs, so that a session keeps frames and lends one to each run.
//
// A frame is fit for the shapes of the inputs that it last saw. With them it
// knows the shapes of the outputs, so that the runtime writes into memory of
// ours and the binding copies nothing.
type frame struct {
	session *Session
	options *ort.RunOptions
	// given and got are what the binding is called with.
	given, got []ort.Value
	ins, outs  []kept
	// once are values of this run alone.
	once []ort.Value
	size int // bytes that ins and outs keep

	// Of the run at hand, guarded by Session.mu: when it must end, whether it
	// was told so, and its place in Session.busy.
	ctx     context.Context
	stopped bool
	at      int
}

// newFrame makes a frame that is fit for nothing yet.
func newFrame(s *Session) (*frame, error) {
	options, err := ort.NewRunOptions()
	if err != nil {
		return nil, augur.Wrap(augur.Internal, err, "ONNX Runtime gave no run options")
	}
	n, m, all := len(s.plan.inNames), len(s.plan.outNames), s.plan.places
	values, places := make([]ort.Value, n+m), make([]kept, all+m)
	return &frame{
		session: s, options: options,
		given: values[:n:n], got: values[n:], ins: places[:all:all], outs: places[all:],
	}, nil
}

// close frees all that f holds.
func (f *frame) close() {
	f.clear()
	f.refit(nil)
	_ = f.options.Destroy()
}

// clear frees the values of one run.
func (f *frame) clear() {
	for at, v := range f.got {
		if v != nil && f.outs[at].value == nil && f.outs[at].handed == nil {
			destroyOne(v)
		}
		f.outs[at].handed = nil
	}
	clear(f.got)
	for _, v := range f.once {
		destroyOne(v)
	}
	clear(f.once)
	f.once = f.once[:0]
}

// fits reports whether inputs, by their place, have the shapes that f is fit for.
func (f *frame) fits(inputs []*augur.Tensor) bool {
	for at, t := range inputs {
		if t != nil && !f.ins[at].is(t.Shape) {
			return false
		}
	}
	return true
}

// refit makes f fit for the shapes of inputs and forgets all others.
func (f *frame) refit(inputs []*augur.Tensor) {
	for i := range f.ins {
		f.ins[i].close()
		f.ins[i] = kept{}
	}
	for i := range f.outs {
		f.outs[i].close()
		f.outs[i] = kept{}
	}
	f.size = 0
	for at, t := range inputs {
		if t != nil {
			f.ins[at].dtype, f.ins[at].shape = t.DType, append([]int64{}, t.Shape...)
		}
	}
}

// keep opens k where it has room for size bytes of elements in f, and reports
// whether k has a value.
func (f *frame) keep(k *kept, size int) (bool, error) {
	if k.value != nil {
		return true, nil
	}
	if f.size+size > keptFrame {
		return false, nil
	}
	if err := k.open(); err != nil {
		return false, err
	}
	f.size += size
	return true, nil
}

// feed gives every input of the session its value. Inputs stand at their place;
// what is nil there has a default.
func (f *frame) feed(inputs []*augur.Tensor) error {
	p := f.session.plan
	copy(f.given, f.session.constants)
	for i := range p.ins {
		in := &p.ins[i]
		if in.at < 0 || inputs[in.at] == in.fallback && in.fallback != nil {
			continue
		}
		var err error
		switch in.typ.Kind {
		case augur.KindSequence:
			for at := in.at; at < in.at+sequencePlaces && err == nil; at++ {
				err = f.put(in, at, inputs[at])
			}
		case augur.KindMap:
			err = f.putMap(in, inputs[in.at], inputs[in.entries])
		default:
			err = f.put(in, in.at, inputs[in.at])
		}
		if err == nil && in.has > 0 {
			err = f.putPresence(in, inputs[in.at] != in.absent)
		}
		if err != nil {
			return augur.Wrap(augur.InvalidArgument, err, "input %q: %s", in.spec.Name, clean(err))
		}
	}
	return nil
}

// put gives the place at of one input its value: a kept one with t's elements,
// or one that is made for this run over t's own memory.
func (f *frame) put(in *in, at int, t *augur.Tensor) error {
	k := &f.ins[at]
	vector := in.typ.Kind == augur.KindSequence // of the places of one, each holds a vector
	if size, small := keepable(t); small && (vector || !in.flat) && len(t.Shape) > 0 {
		ok, err := f.keep(k, size)
		if err != nil {
			return err
		}
		if ok {
			f.given[at] = k.value
			return k.set(t)
		}
	}
	if vector {
		v, err := newValue(t)
		if err == nil {
			f.once, f.given[at] = append(f.once, v), v
		}
		return err
	}
	n := len(f.once)
	var err error
	f.once, err = in.values(f.once, t, f.session.plan.allowsZero)
	copy(f.given[at:], f.once[n:])
	return err
}

// keepable reports whether a frame may keep a value of t's elements, and what
// that counts.
func keepable(t *augur.Tensor) (size int, small bool) {
	if t.DType != augur.String {
		return len(t.Data), len(t.Data) <= keptData
	}
	for _, s := range t.Strings {
		size += len(s) + 16
	}
	return keptText, size <= keptText
}

// ready gives the outputs whose shape is known their values. The binding makes
// the others, of copies; their places have neither a value nor memory handed
// out. It reports whether there are any of the first kind.
func (f *frame) ready() (some bool, err error) {
	for at := range f.outs {
		k := &f.outs[at]
		if f.session.varies[at].Load() {
			k.close() // another run has found it out
			continue
		}
		if k.shape == nil {
			continue
		}
		n, _ := augur.Elements(k.shape)
		size, most := k.dtype.Bytes(n), int64(keptData)
		if k.dtype == augur.String {
			size, most = 16*n, keptText
		}
		if size <= most {
			ok, err := f.keep(k, int(size))
			if err != nil {
				return false, err
			}
			if ok {
				f.got[at], some = k.value, true
				continue
			}
		}
		if k.dtype == augur.String {
			continue
		}
		v, data, err := newData(k.dtype, k.shape)
		if err != nil {
			return false, err
		}
		f.once = append(f.once, v)
		f.got[at], k.handed, some = v, data, true
	}
	return some, nil
}

// blind takes back what ready gave, after the runtime said that an output has
// another shape.
func (f *frame) blind() {
	clear(f.got)
	for at := range f.outs {
		f.outs[at].close()
		f.outs[at].handed = nil
	}
}

// learn keeps the shapes of the outputs that the binding made. An output that
// has another shape than before for the same inputs is never made beforehand
// again.
func (f *frame) learn() {
	for at, v := range f.got {
		k := &f.outs[at]
		if k.value != nil || k.handed != nil || f.session.varies[at].Load() {
			continue
		}
		before := k.shape
		*k = kept{}
		k.learn(v)
		if before != nil && !k.is(before) {
			f.session.varies[at].Store(true)
		}
	}
}

// tensor gives the elements of one output. It shares no memory with f.
func (f *frame) tensor(at int) (*augur.Tensor, error) {
	k := &f.outs[at]
	switch {
	case k.handed != nil:
		t := k.tensor()
		t.Data = k.handed
		return t, nil
	case k.texts != nil:
		t, err := k.get()
		if _, small := keepable(t); err == nil && !small {
			// What is kept would hold on to long strings.
			f.got[at], f.once = nil, append(f.once, k.value)
			k.value, k.texts = nil, nil
		}
		return t, err
	case k.value != nil:
		return k.get()
	}
	v := f.got[at]
	if texts, ok := v.(*ort.StringTensor); ok {
		// Numbers have been copied by the binding, strings have not.
		if n, _ := augur.Elements(texts.GetShape()); 16*n > f.session.limit {
			return nil, tooLarge(f.session.plan.outNames[at], f.session.limit)
		}
	}
	return tensorOf(v)
}

// mispredicted reports whether a run failed because an output that was made
// beforehand had not the shape of the model's.
func mispredicted(err error) bool {
	text := err.Error()
	return strings.Contains(text, "The output OrtValue provided for output") ||
		strings.Contains(text, "Got invalid dimensions for output")
}
