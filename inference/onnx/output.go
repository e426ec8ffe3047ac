package onnx

import (
	"unsafe"

	ort "github.com/yalue/onnxruntime_go"

	"augur"
)

// value makes the answer of one output from what the run gave to f. It shares
// no memory with f or with the runtime.
func (o *out) value(f *frame) (augur.Value, error) {
	switch o.way {
	case flatTensor:
		t, err := o.carried(f)
		return tensorValue(t, err)
	case flatOptional, flatOptionalSequence:
		has, err := f.tensor(o.at + 2)
		if err != nil || len(has.Data) == 0 || has.Data[0] == 0 {
			return augur.Value{}, err
		}
		if o.way == flatOptionalSequence {
			return o.sequence(f.got[o.at], f.got[o.at+1])
		}
		t, err := o.carried(f)
		return tensorValue(t, err)
	case flatSequence:
		return o.sequence(f.got[o.at], f.got[o.at+1])
	case zipped:
		t, err := f.tensor(o.at)
		if err != nil {
			return augur.Value{}, err
		}
		return o.labels.zip(t)
	default:
		if o.spec.Type.Kind == augur.KindTensor {
			return tensorValue(f.tensor(o.at))
		}
		return valueOf(f.got[o.at])
	}
}

func tensorValue(t *augur.Tensor, err error) (augur.Value, error) {
	if err != nil {
		return augur.Value{}, err
	}
	return augur.TensorValue(t), nil
}

// carried reads the tensor that travels as a vector of elements and a shape.
func (o *out) carried(f *frame) (*augur.Tensor, error) {
	t, err := f.tensor(o.at)
	if err != nil {
		return nil, err
	}
	dims, err := f.tensor(o.at + 1)
	if err != nil {
		return nil, err
	}
	return o.unflatten(t, dims), nil
}

// unflatten joins a vector of elements and a shape.
func (o *out) unflatten(t, dims *augur.Tensor) *augur.Tensor {
	t.Shape = append([]int64{}, augur.View[int64](dims)...)
	if o.as != o.dtype {
		narrow(t, o.dtype)
	}
	return t
}

func (o *out) sequence(flats, shapes ort.Value) (augur.Value, error) {
	f, err := items(flats)
	if err != nil {
		return augur.Value{}, err
	}
	d, err := items(shapes)
	if err != nil {
		return augur.Value{}, err
	}
	v := augur.Value{Kind: augur.KindSequence, Items: make([]augur.Value, len(f))}
	for i := range f {
		t, err := tensorOf(f[i])
		if err != nil {
			return augur.Value{}, err
		}
		dims, err := tensorOf(d[i])
		if err != nil {
			return augur.Value{}, err
		}
		v.Items[i] = augur.TensorValue(o.unflatten(t, dims))
	}
	return v, nil
}

func items(v ort.Value) ([]ort.Value, error) {
	s, ok := v.(*ort.Sequence)
	if !ok {
		return nil, augur.Errorf(augur.Internal, "the runtime gave a %T for a sequence", v)
	}
	return s.GetValues()
}

// valueOf makes a value of what the runtime gave, of any kind.
func valueOf(v ort.Value) (augur.Value, error) {
	switch v := v.(type) {
	case *ort.Sequence:
		list, err := v.GetValues()
		if err != nil {
			return augur.Value{}, err
		}
		s := augur.Value{Kind: augur.KindSequence, Items: make([]augur.Value, len(list))}
		for i, item := range list {
			if s.Items[i], err = valueOf(item); err != nil {
				return augur.Value{}, err
			}
		}
		return s, nil
	case *ort.Map:
		keys, values, err := v.GetKeysAndValues()
		if err != nil {
			return augur.Value{}, err
		}
		m := augur.Value{Kind: augur.KindMap}
		if m.Keys, err = tensorOf(keys); err != nil {
			return augur.Value{}, err
		}
		if m.Values, err = tensorOf(values); err != nil {
			return augur.Value{}, err
		}
		return m, nil
	default:
		return tensorValue(tensorOf(v))
	}
}

// tensorOf takes over the elements that the binding copied out of the runtime.
func tensorOf(v ort.Value) (*augur.Tensor, error) {
	switch v := v.(type) {
	case *ort.Tensor[float32]:
		return take(augur.Float32, v), nil
	case *ort.Tensor[float64]:
		return take(augur.Float64, v), nil
	case *ort.Tensor[int8]:
		return take(augur.Int8, v), nil
	case *ort.Tensor[int16]:
		return take(augur.Int16, v), nil
	case *ort.Tensor[int32]:
		return take(augur.Int32, v), nil
	case *ort.Tensor[int64]:
		return take(augur.Int64, v), nil
	case *ort.Tensor[uint8]:
		return take(augur.Uint8, v), nil
	case *ort.Tensor[uint16]:
		return take(augur.Uint16, v), nil
	case *ort.Tensor[uint32]:
		return take(augur.Uint32, v), nil
	case *ort.Tensor[uint64]:
		return take(augur.Uint64, v), nil
	case *ort.Tensor[bool]:
		return take(augur.Bool, v), nil
	case *ort.StringTensor:
		return takeStrings(v)
	default:
		return nil, augur.Errorf(augur.Unimplemented, "an output is of another type than the file declares, and cannot be carried (%T)", v)
	}
}

func take[T interface {
	augur.Fixed
	ort.TensorData
}](d augur.DType, v *ort.Tensor[T]) *augur.Tensor {
	data := v.GetData()
	var zero T
	return &augur.Tensor{DType: d, Shape: v.GetShape(),
		Data: unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(data))), len(data)*int(unsafe.Sizeof(zero)))}
}

func takeStrings(v *ort.StringTensor) (*augur.Tensor, error) {
	shape := v.GetShape()
	if n, _ := augur.Elements(shape); n == 1 { // the shorter way, and the only one for a scalar
		s, err := v.GetElement(0)
		if err != nil {
			return nil, runError(err)
		}
		return &augur.Tensor{DType: augur.String, Shape: append([]int64{}, shape...), Strings: []string{s}}, nil
	}
	s, err := v.GetContents()
	if err != nil {
		return nil, runError(err)
	}
	return &augur.Tensor{DType: augur.String, Shape: shape, Strings: s}, nil
}

// zip makes one map a row of probabilities, as the operator ZipMap does.
// https://github.com/onnx/onnx/blob/main/docs/Operators-ml.md#ai.onnx.ml.ZipMap
func (l labels) zip(t *augur.Tensor) (augur.Value, error) {
	n := l.keys.Len()
	rank := len(t.Shape)
	if t.DType != augur.Float32 || rank != 1 && rank != 2 {
		return augur.Value{}, augur.Errorf(augur.InvalidArgument, "the model refused the input: ZipMap needs float32 of rank 1 or 2, got %s%v", t.DType, t.Shape)
	}
	if int64(n) != t.Shape[rank-1] {
		return augur.Value{}, augur.Errorf(augur.InvalidArgument, "the model refused the input: %d probabilities for %d classes", t.Shape[rank-1], n)
	}
	rows := 1
	if rank == 2 {
		rows = int(t.Shape[0])
	}
	if l.column != nil {
		t = l.permuted(t, rows)
	}
	v := augur.Value{Kind: augur.KindSequence, Items: make([]augur.Value, rows)}
	// One allocation for all rows, whose values stay in the matrix.
	values := make([]augur.Tensor, rows)
	for i := range rows {
		values[i] = augur.Tensor{DType: augur.Float32, Shape: l.keys.Shape, Data: t.Data[4*n*i : 4*n*(i+1) : 4*n*(i+1)]}
		v.Items[i] = augur.Value{Kind: augur.KindMap, Keys: l.keys, Values: &values[i]}
	}
	return v, nil
}

// permuted copies the matrix with its columns in the order of the keys.
func (l labels) permuted(t *augur.Tensor, rows int) *augur.Tensor {
	from := augur.View[float32](t)
	to := make([]float32, len(from))
	n := len(l.column)
	for i := range rows {
		for k, c := range l.column {
			to[i*n+k] = from[i*n+c]
		}
	}
	return augur.TensorOf(augur.Float32, to, t.Shape...)
}
