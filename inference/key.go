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

// keyForm is hashed first. Change it with the layout below, so that a key never
// means two things.
const keyForm = "augur prediction key 1"

// hasher collects small parts before it hashes them. Hashers are reused.
type hasher struct {
	sum hash.Hash
	buf []byte
}

var hashers = sync.Pool{New: func() any { return &hasher{sum: sha256.New(), buf: make([]byte, 0, 1024)} }}

// keyOf hashes, every part behind its length or count as 8 bytes, little-endian:
// the form, the artifact's digest, the inputs (name, dtype, shape, bytes; of
// strings their count and each), the outputs. So no two different questions
// hash the same bytes: [1,4] is not [2,2], nor is ["ab",""] ["a","b"]. The
// inputs come in the order of the signature, so that the caller's does not
// matter; the order of the outputs does, as it is that of the answer.
func keyOf(digest augur.Digest, inputs []augur.NamedTensor, outputs []string) Key {
	return keyOfRow(digest, inputs, allRows, outputs)
}

// allRows is no row in particular.
const allRows = -1

// keyOfRow is keyOf for the question of one row of the inputs.
func keyOfRow(digest augur.Digest, inputs []augur.NamedTensor, row int, outputs []string) (key Key) {
	h := hashers.Get().(*hasher)
	h.text(keyForm)
	h.text(string(digest))
	h.number(len(inputs))
	for _, in := range inputs {
		t := in.Tensor
		data, strings := t.Data, t.Strings
		h.text(in.Name)
		h.text(string(t.DType))
		h.number(len(t.Shape))
		for i, d := range t.Shape {
			if i == 0 && row >= 0 {
				per := len(data) / int(d)
				data = data[row*per : (row+1)*per]
				per = len(strings) / int(d)
				strings = strings[row*per : (row+1)*per]
				d = 1
			}
			h.number(int(d))
		}
		if t.DType == augur.String {
			h.number(len(strings))
			for _, s := range strings {
				h.text(s)
			}
		} else {
			h.number(len(data))
			h.bytes(data)
		}
	}
	h.number(len(outputs))
	for _, name := range outputs {
		h.text(name)
	}
	h.flush()
	copy(key[:], h.sum.Sum(h.buf)) // straight into key, it would escape
	h.sum.Reset()
	hashers.Put(h)
	return key
}

func (h *hasher) number(n int) {
	h.buf = binary.LittleEndian.AppendUint64(h.buf, uint64(n))
	h.full()
}

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
	if len(h.buf) >= 512 {
		h.flush()
	}
}

func (h *hasher) flush() {
	h.sum.Write(h.buf)
	h.buf = h.buf[:0]
}
