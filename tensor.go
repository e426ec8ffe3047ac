package augur

import (
	"math"
	"unsafe"
)

// Tensor is the one value that every transport decodes into and every runtime
// takes: an element type, a shape and the elements in row-major order. Strings
// stand in Strings; everything else stands in Data, little-endian, packed as
// ONNX packs it. An empty Shape is a scalar (rank 0).
//
// A Tensor is not changed after it is built: the cache, a batch and several
// responses may share it.
type Tensor struct {
	DType   DType
	Shape   []int64
	Data    []byte
	Strings []string
}

// Fixed are the Go types that a tensor's bytes can be viewed as without conversion.
type Fixed interface {
	~float32 | ~float64 | ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~bool
}

// MaxElements bounds the elements of one tensor: a shape with more is refused
// before anything is allocated for it.
const MaxElements = math.MaxInt32

// Elements returns the number of elements of a shape, 1 for a scalar. It
// reports false when a dimension is negative or the product passes MaxElements.
func Elements(shape []int64) (n int64, ok bool) {
	n = 1
	zero := false
	for _, d := range shape {
		switch {
		case d < 0:
			return 0, false
		case d == 0:
			zero = true
		case n > MaxElements/d:
			n = MaxElements + 1
		default:
			n *= d
		}
	}
	if zero {
		return 0, true
	}
	return n, n <= MaxElements
}

// NewTensor returns a zeroed tensor. It fails with InvalidArgument for an
// unknown dtype and for a shape that Elements refuses.
func NewTensor(dtype DType, shape ...int64) (*Tensor, error) {
	if !dtype.Valid() {
		return nil, Errorf(InvalidArgument, "unknown dtype %q", dtype)
	}
	n, ok := Elements(shape)
	if !ok {
		return nil, Errorf(InvalidArgument, "shape %v: dimensions must not be negative and their product at most %d", shape, MaxElements)
	}
	t := &Tensor{DType: dtype, Shape: shape}
	if dtype == String {
		t.Strings = make([]string, n)
	} else {
		t.Data = AlignedBytes(int(dtype.Bytes(n)))
	}
	return t, nil
}

// TensorOf returns a tensor that shares the elements of s. It panics when
// their number does not fit the shape: it is for shapes that the caller made.
func TensorOf[T Fixed](dtype DType, s []T, shape ...int64) *Tensor {
	if n, ok := Elements(shape); !ok || n != int64(len(s)) {
		panic("augur: TensorOf: the shape does not fit the elements")
	}
	var zero T
	return &Tensor{DType: dtype, Shape: shape, Data: unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(zero)))}
}

// StringTensor returns a string tensor. It panics when the number of strings
// does not fit the shape.
func StringTensor(s []string, shape ...int64) *Tensor {
	if n, ok := Elements(shape); !ok || n != int64(len(s)) {
		panic("augur: StringTensor: the shape does not fit the elements")
	}
	return &Tensor{DType: String, Shape: shape, Strings: s}
}

// Len returns the number of elements.
func (t *Tensor) Len() int {
	n, _ := Elements(t.Shape)
	return int(n)
}

// Size returns roughly how many bytes the tensor holds, for byte-bounded caches.
func (t *Tensor) Size() int {
	n := len(t.Data) + 8*len(t.Shape) + 64
	for _, s := range t.Strings {
		n += len(s) + 16
	}
	return n
}

// Check reports an Error when the data does not have the length that dtype
// and shape ask for.
func (t *Tensor) Check() error {
	if !t.DType.Valid() {
		return Errorf(InvalidArgument, "unknown dtype %q", t.DType)
	}
	n, ok := Elements(t.Shape)
	switch {
	case !ok:
		return Errorf(InvalidArgument, "shape %v: dimensions must not be negative and their product at most %d", t.Shape, MaxElements)
	case t.DType == String && int64(len(t.Strings)) != n:
		return Errorf(InvalidArgument, "shape %v needs %d strings, got %d", t.Shape, n, len(t.Strings))
	case t.DType != String && int64(len(t.Data)) != t.DType.Bytes(n):
		return Errorf(InvalidArgument, "shape %v of %s needs %d bytes, got %d", t.Shape, t.DType, t.DType.Bytes(n), len(t.Data))
	}
	return nil
}

// Rows returns a tensor that shares t's elements from row lo up to hi of its
// first dimension. It must not be called on a scalar or on a packed dtype.
func (t *Tensor) Rows(lo, hi int64) *Tensor {
	per := int64(1)
	for _, d := range t.Shape[1:] {
		per *= d
	}
	shape := append([]int64{hi - lo}, t.Shape[1:]...)
	if t.DType == String {
		return &Tensor{DType: String, Shape: shape, Strings: t.Strings[lo*per : hi*per]}
	}
	width := t.DType.Bytes(1)
	return &Tensor{DType: t.DType, Shape: shape, Data: t.Data[lo*per*width : hi*per*width]}
}

// View returns the elements of t as a slice of T, which must have the width of
// t's dtype. It shares t's memory unless Data is not aligned for T, and then copies.
func View[T Fixed](t *Tensor) []T {
	var zero T
	size := int(unsafe.Sizeof(zero))
	n := len(t.Data) / size
	if n == 0 {
		return nil
	}
	data := t.Data
	if uintptr(unsafe.Pointer(unsafe.SliceData(data)))%uintptr(size) != 0 {
		data = AlignedBytes(len(t.Data))
		copy(data, t.Data)
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(data))), n)
}

// AlignedBytes returns n zero bytes whose address suits every element type.
func AlignedBytes(n int) []byte {
	if n == 0 {
		return []byte{}
	}
	words := make([]uint64, (n+7)/8)
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), n)
}

// Kind says which form a value has.
type Kind string

// The kinds of value that a model takes or gives.
const (
	KindTensor   Kind = "TENSOR"
	KindSequence Kind = "SEQUENCE"
	KindMap      Kind = "MAP"
	// KindOptional stands only in signatures: a value of it is Elem's or none.
	KindOptional Kind = "OPTIONAL"
)

// Value is what an output holds: a tensor; a sequence of values (Items); or a
// map, whose Keys (rank 1: int64 or string) and Values have the same length.
// The zero Value is an optional without a value.
type Value struct {
	Kind   Kind
	Tensor *Tensor
	Items  []Value
	Keys   *Tensor
	Values *Tensor
}

// TensorValue wraps a tensor.
func TensorValue(t *Tensor) Value { return Value{Kind: KindTensor, Tensor: t} }

// Size returns roughly how many bytes the value holds.
func (v Value) Size() int {
	n := 64
	for _, t := range []*Tensor{v.Tensor, v.Keys, v.Values} {
		if t != nil {
			n += t.Size()
		}
	}
	for _, item := range v.Items {
		n += item.Size()
	}
	return n
}
