package onnx

import (
	"strings"
	"unsafe"

	ort "github.com/yalue/onnxruntime_go"

	"augur"
	"augur/onnxfile"
)

// arrange appends inputs to list in the order of their places in the session,
// and the defaults of those that are not there. A place without a tensor of its
// own stays nil. The error is InvalidArgument for inputs that do not fit.
func (p *plan) arrange(list []*augur.Tensor, inputs []augur.NamedTensor) ([]*augur.Tensor, error) {
	for range p.places {
		list = append(list, nil)
	}
	for i := range inputs {
		in := p.input(inputs[i].Name, i)
		if in == nil {
			return nil, augur.Errorf(augur.InvalidArgument, "the model has no input %q; it takes %s", inputs[i].Name, enumerate(p.inputNames()))
		}
		if in.at < 0 {
			return nil, augur.Errorf(augur.Unimplemented, "input %q is a weight of more than %d bytes that the file lists as an input; it cannot be replaced", in.spec.Name, maxDefault)
		}
		if list[in.at] != nil {
			return nil, augur.Errorf(augur.InvalidArgument, "input %q is given twice", in.spec.Name)
		}
		if in.typ.Kind != augur.KindTensor {
			if err := in.spread(list, inputs[i].Value); err != nil {
				return nil, err
			}
			continue
		}
		t := inputs[i].Tensor
		if err := in.check(t); err != nil {
			return nil, err
		}
		list[in.at] = t
	}
	for i := range p.ins {
		in := &p.ins[i]
		if in.at < 0 || list[in.at] != nil {
			continue
		}
		if in.absent != nil {
			in.leaveOut(list)
			continue
		}
		if in.fallback == nil {
			return nil, augur.Errorf(augur.InvalidArgument, "input %q is missing; expected %s", in.spec.Name, in.spec.Type)
		}
		list[in.at] = in.fallback
	}
	return list, nil
}

// addConstants makes the values that all runs share: of inputs that a request
// may leave out, and of the input that nothing reads.
func (s *Session) addConstants() (err error) {
	defer recovered(&err, "making the defaults")
	p := s.plan
	add := func(at int, values []ort.Value) {
		if s.constants == nil {
			s.constants = make([]ort.Value, len(p.inNames))
		}
		copy(s.constants[at:], values)
	}
	for i := range p.ins {
		in := &p.ins[i]
		if in.fallback == nil {
			continue
		}
		values, err := in.values(nil, in.fallback, p.allowsZero)
		add(in.at, values)
		if err != nil {
			return augur.Wrap(augur.FailedPrecondition, err, "the default of input %q: %s", in.spec.Name, clean(err))
		}
	}
	if p.edit.Blank {
		v, err := newValue(augur.TensorOf(augur.Float32, []float32{0}, 1))
		if err != nil {
			return runError(err)
		}
		add(0, []ort.Value{v})
	}
	return nil
}

// values appends the one or two values of an input to list, whatever the error.
func (in *in) values(list []ort.Value, t *augur.Tensor, allowsZero bool) ([]ort.Value, error) {
	add := func(t *augur.Tensor) error {
		v, err := newValue(t)
		if err == nil {
			list = append(list, v)
		}
		return err
	}
	if !in.flat {
		err := add(t)
		return list, err
	}
	vector := *t
	if in.as != t.DType {
		vector = widen(t)
	}
	vector.Shape = []int64{int64(t.Len())}
	if err := add(&vector); err != nil {
		return list, err
	}
	shape := append([]int64{}, t.Shape...)
	if !allowsZero {
		// The operator set is too old to say 0 for an empty dimension, and
		// knows -1 for "what is left".
		for i, d := range shape {
			if d == 0 {
				shape[i] = -1
				break
			}
		}
	}
	err := add(augur.TensorOf(augur.Int64, shape, int64(len(shape))))
	return list, err
}

// input finds an input by its name, most likely the one at guess.
func (p *plan) input(name string, guess int) *in {
	if guess < len(p.ins) && p.ins[guess].spec.Name == name {
		return &p.ins[guess]
	}
	for i := range p.ins {
		if p.ins[i].spec.Name == name {
			return &p.ins[i]
		}
	}
	return nil
}

func (p *plan) inputNames() []string {
	names := make([]string, len(p.ins))
	for i := range p.ins {
		names[i] = p.ins[i].spec.Name
	}
	return names
}

// check reports InvalidArgument when t does not fit what the file declares:
// dtype, rank, fixed dimensions, length of the data.
func (in *in) check(t *augur.Tensor) error {
	name, typ := in.spec.Name, &in.typ
	if t == nil {
		return augur.Errorf(augur.InvalidArgument, "input %q has no tensor; expected %s", name, typ)
	}
	if t.DType != typ.DType {
		return augur.Errorf(augur.InvalidArgument, "input %q: expected %s, got elements of type %s", name, typ, t.DType)
	}
	if err := t.Check(); err != nil {
		return augur.Errorf(augur.InvalidArgument, "input %q: %w", name, err)
	}
	if typ.Shape != nil && !shapeFits(typ.Shape, t.Shape) {
		return augur.Errorf(augur.InvalidArgument, "input %q: expected %s, got shape %v", name, typ, t.Shape)
	}
	switch t.DType {
	case augur.String:
		for i, s := range t.Strings {
			if strings.IndexByte(s, 0) >= 0 { // C would end the string there
				return augur.Errorf(augur.InvalidArgument, "input %q: string %d contains a NUL character", name, i)
			}
		}
	case augur.Bool:
		for i, b := range t.Data {
			if b > 1 {
				return augur.Errorf(augur.InvalidArgument, "input %q: element %d of the booleans is %d; expected 0 or 1", name, i, b)
			}
		}
	}
	return nil
}

// newValue makes a value of the runtime over the tensor's own memory, which
// stays alive with the value. The caller destroys it.
func newValue(t *augur.Tensor) (ort.Value, error) {
	if t.DType == augur.String {
		v, err := ort.NewStringTensor(t.Shape)
		if err != nil {
			return nil, err
		}
		if err := v.SetContents(t.Strings); err != nil {
			_ = v.Destroy()
			return nil, err
		}
		return v, nil
	}
	if len(t.Shape) == 0 {
		return newScalar(t)
	}
	data := aligned(t)
	if len(data) == 0 {
		data = make([]byte, 1) // the binding takes the address of the first byte
	}
	return asValue(ort.NewCustomDataTensor(t.Shape, data, ort.TensorElementDataType(onnxfile.Number(t.DType))))
}

// asValue keeps a nil pointer from becoming a non-nil interface.
func asValue[T any, P interface {
	*T
	ort.Value
}](v P, err error) (ort.Value, error) {
	if err != nil {
		return nil, err
	}
	return v, nil
}

// aligned returns t's bytes at an address that suits their type.
func aligned(t *augur.Tensor) []byte {
	width := uintptr(max(t.DType.Bits()/8, 1))
	if uintptr(unsafe.Pointer(unsafe.SliceData(t.Data)))%width == 0 {
		return t.Data
	}
	data := augur.AlignedBytes(len(t.Data))
	copy(data, t.Data)
	return data
}

func newScalar(t *augur.Tensor) (ort.Value, error) {
	switch t.DType {
	case augur.Float32:
		return scalar[float32](t)
	case augur.Float64:
		return scalar[float64](t)
	case augur.Int8:
		return scalar[int8](t)
	case augur.Int16:
		return scalar[int16](t)
	case augur.Int32:
		return scalar[int32](t)
	case augur.Int64:
		return scalar[int64](t)
	case augur.Uint8:
		return scalar[uint8](t)
	case augur.Uint16:
		return scalar[uint16](t)
	case augur.Uint32:
		return scalar[uint32](t)
	case augur.Uint64:
		return scalar[uint64](t)
	case augur.Bool:
		return scalar[bool](t)
	default:
		return nil, augur.Errorf(augur.Internal, "no scalar of type %s", t.DType)
	}
}

func scalar[T interface {
	augur.Fixed
	ort.TensorData
}](t *augur.Tensor) (ort.Value, error) {
	return asValue(ort.NewScalar(augur.View[T](t)[0]))
}
