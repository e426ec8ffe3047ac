package onnx

import (
	"strings"
	"unsafe"

	ort "github.com/yalue/onnxruntime_go"

	"augur"
	"augur/onnxfile"
)

// feed fills given, one value for each input of the session, and returns the
// values that were made for it, whatever the error.
func (s *Session) feed(given []ort.Value, inputs []augur.NamedTensor) (made []ort.Value, err error) {
	p := s.plan
	made = make([]ort.Value, 0, len(given))
	for i := range inputs {
		in := p.input(inputs[i].Name)
		if in == nil {
			return made, augur.Errorf(augur.InvalidArgument, "the model has no input %q; it takes %s", inputs[i].Name, enumerate(p.inputNames()))
		}
		if in.at < 0 {
			return made, augur.Errorf(augur.Unimplemented, "input %q is a weight of more than %d bytes that the file lists as an input; it cannot be replaced", in.spec.Name, maxDefault)
		}
		if given[in.at] != nil {
			return made, augur.Errorf(augur.InvalidArgument, "input %q is given twice", in.spec.Name)
		}
		t := inputs[i].Tensor
		if err := checkTensor(in.spec, t); err != nil {
			return made, err
		}
		if err := p.feedOne(given, in, t); err != nil {
			return appendSet(made, given, in), err
		}
		made = appendSet(made, given, in)
	}
	for i := range p.ins {
		in := &p.ins[i]
		if in.at < 0 || given[in.at] != nil {
			continue
		}
		if in.fallback == nil {
			return made, augur.Errorf(augur.InvalidArgument, "input %q is missing; expected %s", in.spec.Name, in.spec.Type)
		}
		given[in.at] = s.defaults[in.at]
		if in.flat {
			given[in.at+1] = s.defaults[in.at+1]
		}
	}
	if p.edit.Blank {
		v, err := ort.NewTensor(ort.NewShape(1), []float32{0})
		if err != nil {
			return made, runError(err)
		}
		given[0] = v
		made = append(made, v)
	}
	return made, nil
}

func appendSet(made, given []ort.Value, in *in) []ort.Value {
	for at := in.at; at <= in.at+1; at++ {
		if (at == in.at || in.flat) && given[at] != nil {
			made = append(made, given[at])
		}
	}
	return made
}

// addDefault makes the shared value of an input that a request may leave out.
func (s *Session) addDefault(_ int, in in) error {
	given := make([]ort.Value, len(s.plan.inNames))
	err := s.plan.feedOne(given, &in, in.fallback)
	if s.defaults == nil {
		s.defaults = map[int]ort.Value{}
	}
	for at, v := range given {
		if v != nil {
			s.defaults[at] = v
		}
	}
	return err
}

// feedOne makes the one or two values of an input.
func (p *plan) feedOne(given []ort.Value, in *in, t *augur.Tensor) (err error) {
	if !in.flat {
		given[in.at], err = newValue(t)
		return describe(err, in.spec)
	}
	vector := *t
	if in.as != t.DType {
		vector = widen(t)
	}
	vector.Shape = []int64{int64(t.Len())}
	if given[in.at], err = newValue(&vector); err != nil {
		return describe(err, in.spec)
	}
	shape := make([]int64, len(t.Shape))
	copy(shape, t.Shape)
	if !p.allowsZero {
		// The operator set is too old to say 0 for an empty dimension, and
		// knows -1 for "what is left".
		for i, d := range shape {
			if d == 0 {
				shape[i] = -1
				break
			}
		}
	}
	if given[in.at+1], err = ort.NewTensor(ort.NewShape(int64(len(shape))), shape); err != nil {
		return describe(err, in.spec)
	}
	return nil
}

func describe(err error, spec augur.Spec) error {
	if err == nil {
		return nil
	}
	return augur.Wrap(augur.InvalidArgument, err, "input %q: %s", spec.Name, clean(err))
}

func (p *plan) input(name string) *in {
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

// checkTensor reports InvalidArgument when t does not fit what the file
// declares: dtype, rank, fixed dimensions, length of the data.
func checkTensor(spec augur.Spec, t *augur.Tensor) error {
	typ := tensorType(spec.Type)
	if t == nil {
		return augur.Errorf(augur.InvalidArgument, "input %q has no tensor; expected %s", spec.Name, typ)
	}
	if t.DType != typ.DType {
		return augur.Errorf(augur.InvalidArgument, "input %q: expected %s, got elements of type %s", spec.Name, typ, t.DType)
	}
	if err := t.Check(); err != nil {
		return augur.Errorf(augur.InvalidArgument, "input %q: %w", spec.Name, err)
	}
	if typ.Shape != nil && !shapeFits(typ.Shape, t.Shape) {
		return augur.Errorf(augur.InvalidArgument, "input %q: expected %s, got shape %v", spec.Name, typ, t.Shape)
	}
	switch t.DType {
	case augur.String:
		for i, s := range t.Strings {
			if strings.IndexByte(s, 0) >= 0 { // C would end the string there
				return augur.Errorf(augur.InvalidArgument, "input %q: string %d contains a NUL character", spec.Name, i)
			}
		}
	case augur.Bool:
		for i, b := range t.Data {
			if b > 1 {
				return augur.Errorf(augur.InvalidArgument, "input %q: element %d of the booleans is %d; expected 0 or 1", spec.Name, i, b)
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
