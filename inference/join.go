package inference

import (
	"bytes"
	"math"
	"slices"

	"augur"
)

// alike says whether the rows of two inputs may run together: the same inputs,
// of the same dtypes and shapes but for the first dimension.
func alike(a, b []augur.NamedTensor) bool {
	return slices.EqualFunc(a, b, func(a, b augur.NamedTensor) bool {
		return a.Name == b.Name && a.Tensor.DType == b.Tensor.DType &&
			slices.Equal(a.Tensor.Shape[1:], b.Tensor.Shape[1:])
	})
}

// commonRows returns the first dimension of every input, 0 when they have none
// in common.
func commonRows(inputs []augur.NamedTensor) int {
	rows := int64(0)
	for i := range inputs {
		t := inputs[i].Tensor
		if t == nil || len(t.Shape) == 0 || i > 0 && t.Shape[0] != rows {
			return 0
		}
		rows = t.Shape[0]
	}
	return int(rows)
}

// rowsOf returns rows lo up to hi of the inputs, which share their memory.
func rowsOf(inputs []augur.NamedTensor, lo, hi int) []augur.NamedTensor {
	part := make([]augur.NamedTensor, len(inputs))
	for i, in := range inputs {
		part[i] = augur.NamedTensor{Name: in.Name, Tensor: in.Tensor.Rows(int64(lo), int64(hi))}
	}
	return part
}

// joiner puts the inputs of several requests behind each other, in memory that
// it uses again for the next: a run does not keep its inputs.
type joiner struct {
	inputs  []augur.NamedTensor
	tensors []augur.Tensor
	words   [][]byte // kept aligned
	strings [][]string
}

// join returns the rows of all tasks, which are alike.
func (j *joiner) join(tasks []*task, rows int) []augur.NamedTensor {
	first := tasks[0].inputs
	if len(j.inputs) < len(first) {
		j.inputs = make([]augur.NamedTensor, len(first))
		j.tensors = make([]augur.Tensor, len(first))
		j.words, j.strings = make([][]byte, len(first)), make([][]string, len(first))
	}
	for i := range first {
		like, t := first[i].Tensor, &j.tensors[i]
		t.DType = like.DType
		t.Shape = append(append(t.Shape[:0], int64(rows)), like.Shape[1:]...)
		if like.DType == augur.String {
			all := j.strings[i][:0]
			for _, task := range tasks {
				all = append(all, task.inputs[i].Tensor.Strings...)
			}
			t.Strings, t.Data, j.strings[i] = all, nil, all
		} else {
			size := 0
			for _, task := range tasks {
				size += len(task.inputs[i].Tensor.Data)
			}
			if cap(j.words[i]) < size {
				j.words[i] = augur.AlignedBytes(size + size/2)
			}
			all := j.words[i][:0]
			for _, task := range tasks {
				all = append(all, task.inputs[i].Tensor.Data...)
			}
			t.Data, t.Strings = all, nil
		}
		j.inputs[i] = augur.NamedTensor{Name: first[i].Name, Tensor: t}
	}
	return j.inputs[:len(first)]
}

// release lets go of what the inputs refer to, and of memory that an unusual
// run took.
func (j *joiner) release() {
	const keep = 1 << 20
	for i := range j.inputs {
		clear(j.strings[i][:cap(j.strings[i])])
		if cap(j.words[i]) > keep {
			j.words[i] = nil
		}
	}
}

// follows says whether a value has one entry for each of that many rows.
func follows(v augur.Value, rows int) bool {
	switch v.Kind {
	case augur.KindTensor:
		return len(v.Tensor.Shape) > 0 && v.Tensor.Shape[0] == int64(rows) && v.Tensor.DType.Bits()%8 == 0
	case augur.KindSequence:
		return len(v.Items) == rows
	default:
		return false
	}
}

// allFollow says whether all outputs do.
func allFollow(outputs []augur.Output, rows int) bool {
	return !slices.ContainsFunc(outputs, func(o augur.Output) bool { return !follows(o.Value, rows) })
}

// part copies rows lo up to hi out of outputs that follow their rows, so that
// who keeps them does not keep the others.
func part(outputs []augur.Output, lo, hi int) []augur.Output {
	some := make([]augur.Output, len(outputs))
	for i, o := range outputs {
		some[i].Name = o.Name
		if o.Value.Kind == augur.KindTensor {
			some[i].Value = augur.TensorValue(clone(o.Value.Tensor.Rows(int64(lo), int64(hi))))
			continue
		}
		items := make([]augur.Value, hi-lo)
		for k := range items {
			items[k] = cloneValue(o.Value.Items[lo+k])
		}
		some[i].Value = augur.Value{Kind: augur.KindSequence, Items: items}
	}
	return some
}

func clone(t *augur.Tensor) *augur.Tensor {
	c := &augur.Tensor{DType: t.DType, Shape: slices.Clone(t.Shape), Strings: slices.Clone(t.Strings)}
	if t.Data != nil {
		c.Data = augur.AlignedBytes(len(t.Data))
		copy(c.Data, t.Data)
	}
	return c
}

// cloneValue copies all but the keys of maps, which a session shares anyhow.
func cloneValue(v augur.Value) augur.Value {
	if v.Tensor != nil {
		v.Tensor = clone(v.Tensor)
	}
	if v.Values != nil {
		v.Values = clone(v.Values)
	}
	v.Items = slices.Clone(v.Items)
	for i := range v.Items {
		v.Items[i] = cloneValue(v.Items[i])
	}
	return v
}

// concat puts outputs that follow their rows behind each other. It reports
// false when they do not fit, as when a dimension depends on the data.
func concat(parts [][]augur.Output) ([]augur.Output, bool) {
	if len(parts) == 1 {
		return parts[0], true
	}
	all := make([]augur.Output, len(parts[0]))
	for i := range all {
		values := make([]augur.Value, len(parts))
		for p := range parts {
			values[p] = parts[p][i].Value
		}
		v, ok := concatValues(values)
		if !ok {
			return nil, false
		}
		all[i] = augur.Output{Name: parts[0][i].Name, Value: v}
	}
	return all, true
}

func concatValues(values []augur.Value) (augur.Value, bool) {
	first := values[0]
	if first.Kind == augur.KindSequence {
		var items []augur.Value
		for _, v := range values {
			if v.Kind != augur.KindSequence {
				return augur.Value{}, false
			}
			items = append(items, v.Items...)
		}
		return augur.Value{Kind: augur.KindSequence, Items: items}, true
	}
	rows, size, texts := int64(0), 0, 0
	for _, v := range values {
		t := v.Tensor
		if v.Kind != augur.KindTensor || len(t.Shape) == 0 || t.DType != first.Tensor.DType || !slices.Equal(t.Shape[1:], first.Tensor.Shape[1:]) {
			return augur.Value{}, false
		}
		rows, size, texts = rows+t.Shape[0], size+len(t.Data), texts+len(t.Strings)
	}
	t := &augur.Tensor{DType: first.Tensor.DType, Shape: slices.Clone(first.Tensor.Shape)}
	t.Shape[0] = rows
	if t.DType == augur.String {
		t.Strings = make([]string, 0, texts)
		for _, v := range values {
			t.Strings = append(t.Strings, v.Tensor.Strings...)
		}
	} else {
		t.Data = augur.AlignedBytes(size)[:0]
		for _, v := range values {
			t.Data = append(t.Data, v.Tensor.Data...)
		}
	}
	return augur.TensorValue(t), true
}

// same says whether two runs of the same rows gave the same: exactly, but for
// what rounding in another order makes of floats.
func same(a, b []augur.Output) bool {
	return slices.EqualFunc(a, b, func(a, b augur.Output) bool { return a.Name == b.Name && sameValue(a.Value, b.Value) })
}

func sameValue(a, b augur.Value) bool {
	return a.Kind == b.Kind && sameTensor(a.Tensor, b.Tensor) && sameTensor(a.Keys, b.Keys) &&
		sameTensor(a.Values, b.Values) && slices.EqualFunc(a.Items, b.Items, sameValue)
}

func sameTensor(a, b *augur.Tensor) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.DType != b.DType || !slices.Equal(a.Shape, b.Shape) {
		return false
	}
	if bytes.Equal(a.Data, b.Data) && slices.Equal(a.Strings, b.Strings) {
		return true
	}
	switch a.DType {
	case augur.Float32:
		return near(augur.View[float32](a), augur.View[float32](b), rounding, func(v float32) float64 { return float64(v) })
	case augur.Float64:
		return near(augur.View[float64](a), augur.View[float64](b), rounding, func(v float64) float64 { return v })
	case augur.Float16:
		return near(augur.View[uint16](a), augur.View[uint16](b), fewBits, func(v uint16) float64 { return float64(augur.Float16Value(v)) })
	case augur.BFloat16:
		return near(augur.View[uint16](a), augur.View[uint16](b), fewBits, func(v uint16) float64 { return float64(augur.BFloat16Value(v)) })
	default:
		return false
	}
}

// rounding is how far apart floats may be, as a share of the largest of them:
// well above what the order of a long sum of float32 does, and below anything
// that another row's values would do. fewBits is the same for 16 bits.
const rounding, fewBits = 1e-4, 0.02

// near compares elements by their values.
func near[T any](a, b []T, share float64, value func(T) float64) bool {
	scale := 0.0
	for _, v := range a {
		if f := math.Abs(value(v)); f > scale && !math.IsInf(f, 0) {
			scale = f
		}
	}
	for i := range a {
		x, y := value(a[i]), value(b[i])
		apart := x != y && !(math.IsNaN(x) && math.IsNaN(y))
		if apart && !(math.Abs(x-y) <= share*scale) { //nolint:staticcheck // NaN must not pass
			return false
		}
	}
	return true
}

// pickAll returns some rows of all inputs, in the order of index.
func pickAll(inputs []augur.NamedTensor, index []int) []augur.NamedTensor {
	some := make([]augur.NamedTensor, len(inputs))
	for i, in := range inputs {
		some[i] = augur.NamedTensor{Name: in.Name, Tensor: pick(in.Tensor, index)}
	}
	return some
}

// pick returns the rows of t at places.
func pick(t *augur.Tensor, places []int) *augur.Tensor {
	out := &augur.Tensor{DType: t.DType, Shape: slices.Clone(t.Shape)}
	rows := int(t.Shape[0])
	out.Shape[0] = int64(len(places))
	if t.DType == augur.String {
		per := len(t.Strings) / rows
		out.Strings = make([]string, 0, len(places)*per)
		for _, r := range places {
			out.Strings = append(out.Strings, t.Strings[r*per:(r+1)*per]...)
		}
		return out
	}
	per := len(t.Data) / rows
	out.Data = augur.AlignedBytes(len(places) * per)
	for i, r := range places {
		copy(out.Data[i*per:], t.Data[r*per:(r+1)*per])
	}
	return out
}
