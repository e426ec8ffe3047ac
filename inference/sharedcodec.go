package inference

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"augur"
)

// What the shared cache holds under a key:
//
//	form     1 byte    sharedForm
//	sum      16 bytes  the head of the SHA-256 of the key and all that follows
//	expires  8 bytes   Unix milliseconds
//	outputs  their number, and of each its name and value
//
// Numbers without a width are unsigned varints; a text is its length and its
// bytes. A value is its form (a byte, see below) and then: of a tensor dtype,
// shape and elements; of a sequence the number of its items and each; of a map
// the tensors of its keys and values. A list that may be nil has its length
// plus one. The key is in the sum, so bytes that belong to another question
// are as foreign as garbage.

// sharedForm is the first byte. Change it with the layout above.
const sharedForm = 1

const (
	sumSize    = 16
	sharedHead = 1 + sumSize + 8
)

// The forms of a value.
const (
	noValue = iota
	tensorForm
	sequenceForm
	mapForm
)

// maxNesting bounds sequences within sequences.
const maxNesting = 16

// encodeShared writes outputs as the shared cache holds them under key. It
// reports false for outputs of a form that it does not know.
func encodeShared(key Key, expires time.Time, outputs []augur.Output) ([]byte, bool) {
	size := sharedHead + 8
	for _, o := range outputs {
		size += len(o.Name) + o.Value.Size()
	}
	b := make([]byte, 1+sumSize, size)
	b[0] = sharedForm
	b = binary.LittleEndian.AppendUint64(b, uint64(expires.UnixMilli()))
	b = binary.AppendUvarint(b, uint64(len(outputs)))
	for _, o := range outputs {
		b = appendText(b, o.Name)
		var ok bool
		if b, ok = appendValue(b, o.Value, 0); !ok {
			return nil, false
		}
	}
	sum := sharedSum(key, b)
	copy(b[1:], sum[:])
	return b, true
}

// sharedSum is the sum of an entry.
func sharedSum(key Key, b []byte) (sum [sumSize]byte) {
	h := sha256.New()
	h.Write(key[:])
	h.Write(b[1+sumSize:])
	copy(sum[:], h.Sum(nil))
	return sum
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendValue(b []byte, v augur.Value, depth int) (_ []byte, ok bool) {
	switch {
	case depth > maxNesting:
		return nil, false
	case v.Kind == "" && v.Tensor == nil && v.Items == nil && v.Keys == nil && v.Values == nil:
		return append(b, noValue), true
	case v.Kind == augur.KindTensor:
		return appendTensor(append(b, tensorForm), v.Tensor)
	case v.Kind == augur.KindSequence:
		b = append(b, sequenceForm)
		if v.Items == nil {
			return append(b, 0), true
		}
		b = binary.AppendUvarint(b, uint64(len(v.Items))+1)
		for _, item := range v.Items {
			if b, ok = appendValue(b, item, depth+1); !ok {
				return nil, false
			}
		}
		return b, true
	case v.Kind == augur.KindMap:
		if b, ok = appendTensor(append(b, mapForm), v.Keys); !ok {
			return nil, false
		}
		return appendTensor(b, v.Values)
	default:
		return nil, false
	}
}

func appendTensor(b []byte, t *augur.Tensor) ([]byte, bool) {
	if t == nil || t.Check() != nil {
		return nil, false
	}
	b = appendText(b, string(t.DType))
	if t.Shape == nil {
		b = append(b, 0)
	} else {
		b = binary.AppendUvarint(b, uint64(len(t.Shape))+1)
	}
	for _, d := range t.Shape {
		b = binary.AppendUvarint(b, uint64(d))
	}
	if t.DType != augur.String {
		return append(b, t.Data...), true
	}
	for _, s := range t.Strings {
		b = appendText(b, s)
	}
	return b, true
}

// decodeShared reads what encodeShared wrote under the same key. It reports
// false for everything else, and makes nothing larger than the bytes warrant.
func decodeShared(key Key, b []byte) (outputs []augur.Output, expires time.Time, ok bool) {
	if len(b) < sharedHead || b[0] != sharedForm {
		return nil, expires, false
	}
	if sum := sharedSum(key, b); sum != [sumSize]byte(b[1:]) {
		return nil, expires, false
	}
	outputs, ok = decodeOutputs(b[sharedHead:])
	return outputs, time.UnixMilli(int64(binary.LittleEndian.Uint64(b[1+sumSize:]))), ok
}

func decodeOutputs(b []byte) ([]augur.Output, bool) {
	r := sharedReader{left: b}
	n := r.count(0)
	outputs := make([]augur.Output, 0, min(n, 64)) // an output is far larger than its byte
	for range n {
		if r.bad {
			break
		}
		outputs = append(outputs, augur.Output{Name: r.text(), Value: r.value(0)})
	}
	return outputs, !r.bad && len(r.left) == 0
}

// sharedReader takes parts off the front. After the first that is not there,
// bad is set and every further part is empty.
type sharedReader struct {
	left []byte
	bad  bool
}

func (r *sharedReader) fail() {
	r.bad, r.left = true, nil
}

func (r *sharedReader) number() uint64 {
	n, width := binary.Uvarint(r.left)
	if width <= 0 {
		r.fail()
		return 0
	}
	r.left = r.left[width:]
	return n
}

// count reads how many parts follow, of which each takes a byte at least, less
// what was added to it.
func (r *sharedReader) count(added uint64) int {
	n := r.number()
	if n < added || n-added > uint64(len(r.left)) {
		r.fail()
		return 0
	}
	return int(n - added)
}

func (r *sharedReader) take(n int64) []byte {
	if n < 0 || n > int64(len(r.left)) {
		r.fail()
		return nil
	}
	part := r.left[:n]
	r.left = r.left[n:]
	return part
}

func (r *sharedReader) text() string { return string(r.take(int64(r.count(0)))) }

// none takes the zero that stands for a nil list.
func (r *sharedReader) none() bool {
	if len(r.left) == 0 || r.left[0] != 0 {
		return false
	}
	r.left = r.left[1:]
	return true
}

func (r *sharedReader) value(depth int) (v augur.Value) {
	form := r.take(1)
	if r.bad || depth > maxNesting {
		r.fail()
		return v
	}
	switch form[0] {
	case noValue:
	case tensorForm:
		v.Kind, v.Tensor = augur.KindTensor, r.tensor()
	case sequenceForm:
		v.Kind = augur.KindSequence
		if r.none() {
			return v
		}
		n := r.count(1)
		v.Items = make([]augur.Value, 0, min(n, 1024)) // a value is far larger than its byte
		for range n {
			if r.bad {
				break
			}
			v.Items = append(v.Items, r.value(depth+1))
		}
	case mapForm:
		v.Kind, v.Keys, v.Values = augur.KindMap, r.tensor(), r.tensor()
	default:
		r.fail()
	}
	return v
}

// tensor reads a tensor; what it returns is whole unless r is bad.
func (r *sharedReader) tensor() *augur.Tensor {
	t := &augur.Tensor{DType: augur.DType(r.text())}
	if !r.none() {
		t.Shape = make([]int64, r.count(1))
		for i := range t.Shape {
			t.Shape[i] = int64(r.number())
		}
	}
	n, ok := augur.Elements(t.Shape)
	switch {
	case r.bad || !ok || !t.DType.Valid():
		r.fail()
	case t.DType != augur.String:
		if data := r.take(t.DType.Bytes(n)); !r.bad {
			t.Data = augur.AlignedBytes(len(data)) // as a Tensor's, so that it is viewed and not copied
			copy(t.Data, data)
		}
	case n > int64(len(r.left)):
		r.fail()
	default:
		t.Strings = make([]string, n)
		for i := range t.Strings {
			t.Strings[i] = r.text()
		}
	}
	return t
}
