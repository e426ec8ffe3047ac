package augur

import (
	"encoding/base64"
	"strconv"
	"unsafe"
)

// DecodeTensor reads the elements of a tensor from JSON, in one of these forms:
//
//   - a flat list in row-major order: [1, 2, 3, 4, 5, 6];
//   - lists nested as the shape says: [[1, 2, 3], [4, 5, 6]];
//   - for rank 0, the element itself: 5;
//   - a base64 string (RFC 4648 §4, padded) of the little-endian bytes, for every
//     dtype but string. The dtypes that DType.Opaque names have no other form.
//
// Numbers are read straight into the element type: integers in full width,
// floats rounded once. "NaN", "Infinity" and "-Infinity" are floats too, true
// and false are bools, [re, im] is a complex number.
//
// The error is InvalidArgument. Its Field is ["data", …] with the indices of
// the element as it was written, or ["shape"] or ["dtype"].
func DecodeTensor(dtype DType, shape []int64, data []byte) (*Tensor, error) {
	if !dtype.Valid() {
		return nil, Errorf(InvalidArgument, "unknown dtype %q", dtype).At("dtype")
	}
	n, ok := Elements(shape)
	if !ok {
		return nil, Errorf(InvalidArgument, "shape %v: dimensions must not be negative and their product at most %d", shape, MaxElements).At("shape")
	}
	s := NewScanner(data)
	// Before memory is taken for the shape: can this text hold so much? An
	// element takes two bytes with its comma, three bytes four letters of base64.
	needs := n
	if s.Kind() == JSONString && dtype != String {
		needs = dtype.Bytes(n)
	}
	if needs > max(int64(len(data)), 4096) {
		return nil, Errorf(InvalidArgument, "shape %v of %s needs %d elements, more than the data holds", shape, dtype, n).At("data")
	}
	t, err := NewTensor(dtype, shape...)
	if err != nil {
		return nil, err
	}
	if e := t.Scan(&s, 0, shape); e != nil {
		return nil, e.At("data")
	}
	if err := s.End(); err != nil {
		return nil, AsError(err).At("data")
	}
	return t, nil
}

// Scan reads one JSON value of the given shape into the elements of t from the
// place start on, in any form that DecodeTensor takes. Elements that are not
// there are the caller's mistake and panic. The error's Field has the indices
// of the wrong element as it was written; the value has then been read to its
// end all the same, unless s.Err says that it is not JSON.
func (t *Tensor) Scan(s *Scanner, start int, shape []int64) *Error {
	n, _ := Elements(shape)
	mark := *s
	err := t.scan(s, start, int(n), shape)
	if s.err != nil {
		return s.err
	}
	if err != nil {
		*s = mark
		s.Skip()
		if s.err != nil {
			return s.err
		}
	}
	return err
}

func (t *Tensor) scan(s *Scanner, start, n int, shape []int64) *Error {
	kind := s.Kind()
	switch {
	case kind == JSONString && t.DType != String && (len(shape) > 0 || !t.DType.Float() || !s.specialFloat()):
		return t.scanBase64(s, start, n)
	case t.DType.Opaque():
		return Errorf(InvalidArgument, "expected a base64 string, the only form of %s, got %s", t.DType, s.sample())
	case kind != JSONArray && len(shape) == 0:
		return t.ScanElement(s, start)
	case kind != JSONArray:
		return Errorf(InvalidArgument, "expected a list of %d elements%s, got %s", n, orBase64(t.DType), s.sample())
	}
	depth := s.leading()
	if t.DType == Complex64 || t.DType == Complex128 {
		if depth == 1 && len(shape) == 0 {
			return t.ScanElement(s, start)
		}
		if n > 0 {
			depth--
		}
	}
	if depth <= 1 {
		return t.scanFlat(s, start, n, shape)
	}
	_, err := t.scanNested(s, start, shape)
	return err
}

// scanFlat reads a flat list of n elements.
func (t *Tensor) scanFlat(s *Scanner, start, n int, shape []int64) *Error {
	i := 0
	if t.DType == Float32 {
		// The wide inputs are these: no switch and no call for an element.
		dst := unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(t.Data))), len(t.Data)/4)[start : start+n]
		for more := s.OpenArray(); more; more = s.NextElement() {
			if i == n {
				return tooMany(n, shape)
			}
			pos := s.pos
			d, text := s.decimalOrNone()
			f, ok := d.float32(text)
			if !ok && s.err == nil {
				s.pos = pos
				if err := t.ScanElement(s, start+i); err != nil {
					return err.At(strconv.Itoa(i))
				}
				f = dst[i]
			}
			dst[i] = f
			i++
		}
	} else {
		for more := s.OpenArray(); more; more = s.NextElement() {
			if i == n {
				return tooMany(n, shape)
			}
			if err := t.ScanElement(s, start+i); err != nil {
				return err.At(strconv.Itoa(i))
			}
			i++
		}
	}
	if i < n {
		return Errorf(InvalidArgument, "shape %v needs %d elements, got %d", shape, n, i)
	}
	return nil
}

func tooMany(n int, shape []int64) *Error {
	return Errorf(InvalidArgument, "shape %v needs %d elements, got more", shape, n)
}

// scanNested reads lists nested as shape says, and returns the place after them.
func (t *Tensor) scanNested(s *Scanner, start int, shape []int64) (end int, err *Error) {
	if len(shape) == 0 {
		return start + 1, t.ScanElement(s, start)
	}
	if s.Kind() != JSONArray {
		return 0, Errorf(InvalidArgument, "expected a list of %d, got %s", shape[0], s.sample())
	}
	i := int64(0)
	for more := s.OpenArray(); more; more = s.NextElement() {
		if i == shape[0] {
			return 0, Errorf(InvalidArgument, "expected a list of %d, got more", shape[0])
		}
		if start, err = t.scanNested(s, start, shape[1:]); err != nil {
			return 0, err.At(strconv.FormatInt(i, 10))
		}
		i++
	}
	if i < shape[0] && s.err == nil {
		return 0, Errorf(InvalidArgument, "expected a list of %d, got %d", shape[0], i)
	}
	return start, nil
}

func (t *Tensor) scanBase64(s *Scanner, start, n int) *Error {
	sample := s.sample()
	text := s.Bytes()
	dst := t.Data
	if width := t.DType.Bits() / 8; width > 0 {
		dst = t.Data[start*width : (start+n)*width]
	}
	// DecodedLen is what the text would hold without padding, up to two more
	// than its bytes: decode elsewhere when that does not fit.
	into := dst
	if base64.StdEncoding.DecodedLen(len(text)) > len(dst) {
		if base64.StdEncoding.DecodedLen(len(text)) > len(dst)+2 {
			return Errorf(InvalidArgument, "expected %d bytes of %s as base64, got %d", len(dst), t.DType, base64.StdEncoding.DecodedLen(len(text)))
		}
		into = make([]byte, len(dst)+2)
	}
	got, err := base64.StdEncoding.Decode(into, text)
	switch {
	case err != nil && t.DType.Opaque():
		return Errorf(InvalidArgument, "expected %d bytes of %s as base64, got %s", len(dst), t.DType, sample)
	case err != nil:
		return Errorf(InvalidArgument, "expected %s, or base64 of the bytes, got %s", t.DType.Expects(), sample)
	case got != len(dst):
		return Errorf(InvalidArgument, "expected %d bytes of %s as base64, got %d", len(dst), t.DType, got)
	}
	copy(dst, into)
	if t.DType == Bool {
		for i, b := range dst {
			if b > 1 {
				return Errorf(InvalidArgument, "expected 0 or 1 as the byte of a bool, got %d", b).At(strconv.Itoa(i))
			}
		}
	}
	return nil
}

// leading counts the brackets that the next value begins with.
func (s *Scanner) leading() int {
	look, depth := *s, 0
	for look.Kind() == JSONArray && depth <= MaxJSONDepth {
		look.pos++
		depth++
	}
	return depth
}

// Shape tells the shape of the lists that the next value is made of, going by
// the first element of each, without reading it. A value of complex dtype ends
// where the numbers are pairs. It is not ok for a value that is no list.
func (s *Scanner) Shape(dtype DType) (shape []int64, ok bool) {
	look := *s
	for look.Kind() == JSONArray {
		inner, n := look, int64(0)
		for more := look.OpenArray(); more; more = look.NextElement() {
			look.Skip()
			n++
		}
		shape = append(shape, n)
		if look.err != nil || n == 0 {
			break
		}
		look = inner
		look.OpenArray()
	}
	if n := len(shape); n > 0 && shape[n-1] > 0 && (dtype == Complex64 || dtype == Complex128) {
		shape = shape[:n-1]
	}
	return shape, len(shape) > 0 && look.err == nil
}

func orBase64(d DType) string {
	if d == String {
		return ""
	}
	return " or a base64 string"
}
