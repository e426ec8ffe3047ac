package onnx

import (
	"slices"

	ort "github.com/yalue/onnxruntime_go"

	"augur"
	"augur/onnxfile"
)

// Bounds of what frames keep between runs, in bytes.
const (
	// keptData bounds the elements of one value. Above it, a value over the
	// caller's memory costs less than a copy into memory of the frame's own.
	keptData = 16 << 10
	// keptText bounds the strings of one value.
	keptText = 4 << 10
	// keptFrame bounds the values of one frame.
	keptFrame = 256 << 10
)

// kept is what a frame keeps for one input or output of the session, as long as
// tensors of the same shape pass there.
type kept struct {
	dtype augur.DType
	shape []int64 // nil: not known
	value ort.Value
	// data is the memory that value lies over, where its elements are numbers,
	// and texts is value itself where they are strings.
	data  []byte
	texts *ort.StringTensor
	// handed is memory that an output was given for the run at hand.
	handed []byte
}

// handled is a value with its handle at hand: the binding makes a new one of
// the heap's memory in each GetInternals.
type handled struct {
	ort.Value
	handle *ort.ValueInternalData
}

// GetInternals implements ort.Value.
func (h *handled) GetInternals() *ort.ValueInternalData { return h.handle }

// open makes the value that is kept for the dtype and shape of k.
func (k *kept) open() error {
	if k.dtype == augur.String {
		v, err := ort.NewStringTensor(k.shape)
		if err != nil {
			return err
		}
		k.texts, k.value = v, &handled{v, v.GetInternals()}
		return nil
	}
	v, data, err := newData(k.dtype, k.shape)
	if err != nil {
		return err
	}
	k.data, k.value = data, &handled{v, v.GetInternals()}
	return nil
}

// newData makes a value over new memory.
func newData(d augur.DType, shape []int64) (*ort.CustomDataTensor, []byte, error) {
	n, _ := augur.Elements(shape)
	size := int(d.Bytes(n))
	data := augur.AlignedBytes(max(size, 1)) // the binding takes the address of the first byte
	v, err := ort.NewCustomDataTensor(shape, data, ort.TensorElementDataType(onnxfile.Number(d)))
	return v, data[:size], err
}

// set puts the elements of t, which has k's dtype and shape, into the value.
func (k *kept) set(t *augur.Tensor) error {
	switch {
	case k.texts == nil:
		copy(k.data, t.Data)
		return nil
	case len(t.Strings) == 1: // allocates nothing
		return k.texts.SetElement(0, t.Strings[0])
	default:
		return k.texts.SetContents(t.Strings)
	}
}

// get copies the elements out of the value.
func (k *kept) get() (*augur.Tensor, error) {
	if k.texts != nil {
		return takeStrings(k.texts)
	}
	t := k.tensor()
	t.Data = augur.AlignedBytes(len(k.data))
	copy(t.Data, k.data)
	return t, nil
}

// tensor makes a tensor of k's dtype and shape, without elements.
func (k *kept) tensor() *augur.Tensor {
	// One allocation for a tensor and its shape.
	t := new(struct {
		augur.Tensor
		dims [4]int64
	})
	t.DType, t.Shape = k.dtype, append(t.dims[:0], k.shape...)
	return &t.Tensor
}

// close frees the value and keeps the rest.
func (k *kept) close() {
	if k.value != nil {
		destroyOne(k.value)
	}
	k.value, k.data, k.texts = nil, nil, nil
}

// is reports whether k is known to have that shape.
func (k *kept) is(shape []int64) bool { return k.shape != nil && slices.Equal(k.shape, shape) }

// learn takes over the dtype and shape of what the binding made of an output,
// where it is of a kind that can be made beforehand.
func (k *kept) learn(v ort.Value) {
	if v == nil || v.GetONNXType() != ort.ONNXTypeTensor {
		return
	}
	shape := v.GetShape()
	dtype := elementType(int(v.DataType()))
	if len(shape) > 0 && dtype != "" {
		k.dtype, k.shape = dtype, shape
	}
}

// elementType gives the type with that number, "" for one that the binding
// does not carry.
func elementType(number int) augur.DType {
	for _, d := range augur.DTypes() {
		if (d == augur.String || plain(d)) && onnxfile.Number(d) == number {
			return d
		}
	}
	return ""
}
