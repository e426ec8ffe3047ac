package onnx

import (
	ort "github.com/yalue/onnxruntime_go"

	"augur"
)

// sequencePlaces is how many places a sequence takes: elements, shapes, and
// where those of each item begin.
const sequencePlaces = 4

// spread puts a sequence or a map into the places of the session where it
// travels as tensors. The error is InvalidArgument for what does not fit.
func (in *in) spread(list []*augur.Tensor, v *augur.Value) error {
	if v == nil || v.Kind != in.typ.Kind {
		return augur.Errorf(augur.InvalidArgument, "input %q: expected %s", in.spec.Name, in.spec.Type)
	}
	if v.Kind == augur.KindMap {
		return in.spreadMap(list, v)
	}
	item := *in
	item.typ = *in.typ.Elem
	all := &augur.Tensor{DType: item.typ.DType, Shape: []int64{0}}
	var dims []int64
	elements, bounds := make([]int64, 1, len(v.Items)+1), make([]int64, 1, len(v.Items)+1)
	size := 0
	for i := range v.Items {
		t := v.Items[i].Tensor
		if err := item.check(t); err != nil {
			return err
		}
		size += len(t.Data)
		all.Shape[0] += int64(t.Len())
		dims = append(dims, t.Shape...)
		if !in.allowsZero {
			dims = withoutZero(dims, len(t.Shape))
		}
		elements, bounds = append(elements, all.Shape[0]), append(bounds, int64(len(dims)))
	}
	if all.DType == augur.String {
		all.Strings = make([]string, 0, all.Shape[0])
	} else {
		all.Data = augur.AlignedBytes(size)[:0]
	}
	for i := range v.Items {
		all.Data = append(all.Data, v.Items[i].Tensor.Data...)
		all.Strings = append(all.Strings, v.Items[i].Tensor.Strings...)
	}
	list[in.at] = all
	for k, numbers := range [...][]int64{dims, elements, bounds} {
		list[in.at+1+k] = augur.TensorOf(augur.Int64, numbers, int64(len(numbers)))
	}
	return nil
}

// withoutZero writes -1, "what is left", for the first zero of the last n
// dimensions: an old operator set knows 0 only as "what it was".
func withoutZero(dims []int64, n int) []int64 {
	for i := len(dims) - n; i < len(dims); i++ {
		if dims[i] == 0 {
			dims[i] = -1
			break
		}
	}
	return dims
}

// leaveOut fills the places of an optional input that has no value.
func (in *in) leaveOut(list []*augur.Tensor) {
	list[in.at] = in.absent
	if in.typ.Kind == augur.KindSequence { // of no items
		list[in.at+1] = augur.TensorOf(augur.Int64, []int64{}, 0)
		list[in.at+2] = augur.TensorOf(augur.Int64, []int64{0}, 1)
		list[in.at+3] = list[in.at+2]
	}
}

// spreadMap gives a map's keys and values their places.
func (in *in) spreadMap(list []*augur.Tensor, v *augur.Value) error {
	vector := []augur.Dim{{Size: -1}}
	keys, values := *in, *in
	keys.typ = augur.Type{Kind: augur.KindTensor, DType: in.typ.Key, Shape: vector}
	values.typ = augur.Type{Kind: augur.KindTensor, DType: in.typ.Elem.DType, Shape: vector}
	if err := keys.check(v.Keys); err != nil {
		return err
	}
	if err := values.check(v.Values); err != nil {
		return err
	}
	if v.Keys.Len() != v.Values.Len() {
		return augur.Errorf(augur.InvalidArgument, "input %q: %d keys for %d values", in.spec.Name, v.Keys.Len(), v.Values.Len())
	}
	list[in.at], list[in.entries] = v.Keys, v.Values
	return nil
}

// putMap gives a map its value. The runtime copies keys and values.
func (f *frame) putMap(in *in, keys, values *augur.Tensor) error {
	k, err := newValue(keys)
	if err != nil {
		return err
	}
	defer destroyOne(k)
	v, err := newValue(values)
	if err != nil {
		return err
	}
	defer destroyOne(v)
	m, err := ort.NewMap(k, v)
	if err != nil {
		return err
	}
	f.once, f.given[in.at] = append(f.once, m), m
	return nil
}

// putPresence says whether an optional input has a value.
func (f *frame) putPresence(in *in, has bool) error {
	v, err := newValue(augur.TensorOf(augur.Bool, []bool{has}, 1))
	if err == nil {
		f.once, f.given[in.has] = append(f.once, v), v
	}
	return err
}
