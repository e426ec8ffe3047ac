package inference

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"sync"

	"augur"
)

// Key names a question: an artifact, an input and the outputs that are wanted.
type Key [sha256.Size]byte

// kind names what questions have in common that differ in their input alone.
type kind [sha256.Size]byte

// keyForm is hashed first. Change it with the layout below, so that a key never
// means two things.
const keyForm = "augur prediction key 2"

// hasher collects small parts before it hashes them. Hashers are reused.
type hasher struct {
	sum  hash.Hash
	buf  []byte
	long bool // some of it is in sum already
}

var hashers = sync.Pool{New: func() any { return &hasher{sum: sha256.New(), buf: make([]byte, 0, 1024)} }}

// kindOf is the SHA-256 of the form, the artifact's digest, the inputs (name and
// dtype, or SEQUENCE or MAP) and the outputs, each text and list behind its length as a varint
// (LEB128). The inputs come in the order of the signature, so that the caller's
// does not matter; the order of the outputs does, as it is that of the answer.
func kindOf(digest augur.Digest, inputs []augur.NamedTensor, outputs []string) kind {
	h := hashers.Get().(*hasher)
	h.text(keyForm)
	h.text(string(digest))
	h.number(len(inputs))
	for _, in := range inputs {
		h.text(in.Name)
		if in.Value != nil {
			h.text(string(in.Value.Kind)) // no dtype has that name
		} else {
			h.text(string(in.Tensor.DType))
		}
	}
	h.number(len(outputs))
	for _, name := range outputs {
		h.text(name)
	}
	return kind(h.end())
}

// key is the SHA-256 of the kind and, of each input, the shape and the bytes, or
// of strings each, every list behind its length as a varint; of a sequence or a
// map the list of its tensors, of each the dtype and the same. So no two different
// questions hash the same bytes: [1,4] is not [2,2], nor is ["ab",""] ["a","b"].
func (k *kind) key(inputs []augur.NamedTensor) Key { return k.keyOfRow(inputs, allRows) }

// allRows is no row in particular.
const allRows = -1

// keyOfRow is the key of the question of one row of the inputs.
func (k *kind) keyOfRow(inputs []augur.NamedTensor, row int) Key {
	h := hashers.Get().(*hasher)
	h.buf = append(h.buf, k[:]...)
	for i := range inputs {
		if v := inputs[i].Value; v != nil { // has no rows
			h.value(v)
			continue
		}
		t := inputs[i].Tensor
		data, strings := t.Data, t.Strings
		h.number(len(t.Shape))
		for n, d := range t.Shape {
			if n == 0 && row != allRows {
				per := len(data) / int(d)
				data = data[row*per : (row+1)*per]
				per = len(strings) / int(d)
				strings = strings[row*per : (row+1)*per]
				d = 1
			}
			h.number(int(d))
		}
		h.elements(t.DType, data, strings)
	}
	return h.end()
}

// value hashes a sequence or a map: the number of its tensors, and of each the
// dtype, the shape and the elements.
func (h *hasher) value(v *augur.Value) {
	parts := partsOf(v)
	h.number(len(parts))
	for _, t := range parts {
		h.text(string(t.DType))
		h.number(len(t.Shape))
		for _, d := range t.Shape {
			h.number(int(d))
		}
		h.elements(t.DType, t.Data, t.Strings)
	}
}

// elements hashes the elements of a tensor.
func (h *hasher) elements(d augur.DType, data []byte, strings []string) {
	if d == augur.String {
		h.number(len(strings))
		for _, s := range strings {
			h.text(s)
		}
		return
	}
	h.number(len(data))
	h.bytes(data)
}

func (h *hasher) number(n int) { h.buf = binary.AppendUvarint(h.buf, uint64(n)) }

func (h *hasher) text(s string) {
	h.number(len(s))
	h.buf = append(h.buf, s...)
	h.full()
}

// bytes hashes long data where it lies.
func (h *hasher) bytes(b []byte) {
	if len(b) < 512 {
		h.buf = append(h.buf, b...)
		h.full()
		return
	}
	h.flush()
	h.sum.Write(b)
}

func (h *hasher) full() {
	if len(h.buf) >= 960 {
		h.flush()
	}
}

func (h *hasher) flush() {
	h.sum.Write(h.buf)
	h.buf, h.long = h.buf[:0], true
}

// end returns the sum and gives the hasher back.
func (h *hasher) end() (key Key) {
	if h.long {
		h.flush()
		copy(key[:], h.sum.Sum(h.buf)) // straight into key, it would escape
		h.sum.Reset()
	} else {
		key = sha256.Sum256(h.buf)
	}
	h.buf, h.long = h.buf[:0], false
	hashers.Put(h)
	return key
}
