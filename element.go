package augur

import (
	"encoding/binary"
	"math"
	"strconv"
)

// ScanElement reads one JSON value into element i. The error says what was
// expected and what came instead; the value has then been read to its end all
// the same, unless s.Err says that it is not JSON.
func (t *Tensor) ScanElement(s *Scanner, i int) *Error {
	pos, depth := s.pos, s.depth
	if t.scanElement(s, i) || s.err != nil {
		if s.err != nil {
			return s.err
		}
		return nil
	}
	s.pos, s.depth = pos, depth
	err := Errorf(InvalidArgument, "expected %s, got %s", t.DType.Expects(), s.sample())
	s.Skip()
	return err
}

// scanElement reads element i and says whether it was one.
func (t *Tensor) scanElement(s *Scanner, i int) bool {
	kind := s.Kind()
	switch t.DType {
	case Float32:
		f, ok := s.float32()
		binary.LittleEndian.PutUint32(t.Data[4*i:], math.Float32bits(f))
		return ok
	case Float64:
		f, ok := s.float64()
		binary.LittleEndian.PutUint64(t.Data[8*i:], math.Float64bits(f))
		return ok
	case Float16, BFloat16:
		b, ok := s.float16(t.DType)
		binary.LittleEndian.PutUint16(t.Data[2*i:], b)
		return ok
	case Float8E4M3FN, Float8E4M3FNUZ, Float8E5M2, Float8E5M2FNUZ, Float8E8M0:
		return kind == JSONString && t.scanBase64(s, i, 1) == nil
	case String:
		if kind != JSONString {
			return false
		}
		t.Strings[i] = s.Text()
		return true
	case Bool:
		if kind != JSONBool {
			return false
		}
		t.Data[i] = 0
		if s.Bool() {
			t.Data[i] = 1
		}
		return true
	case Complex64, Complex128:
		return t.scanComplex(s, i)
	}
	if kind != JSONNumber {
		return false
	}
	return t.scanInteger(s, i)
}

func (t *Tensor) scanInteger(s *Scanner, i int) bool {
	width := t.DType.Bits()
	var bits uint64
	var ok bool
	if t.DType.signed() {
		var v int64
		v, ok = s.Int64()
		bits = uint64(v)
		ok = ok && v<<(64-width)>>(64-width) == v
	} else {
		bits, ok = s.Uint64()
		ok = ok && bits<<(64-width)>>(64-width) == bits
	}
	switch width {
	case 8:
		t.Data[i] = byte(bits)
	case 16:
		binary.LittleEndian.PutUint16(t.Data[2*i:], uint16(bits))
	case 32:
		binary.LittleEndian.PutUint32(t.Data[4*i:], uint32(bits))
	case 64:
		binary.LittleEndian.PutUint64(t.Data[8*i:], bits)
	default:
		return false // opaque
	}
	return ok
}

// scanComplex reads [re, im].
func (t *Tensor) scanComplex(s *Scanner, i int) bool {
	if s.Kind() != JSONArray {
		return false
	}
	part := Tensor{DType: Float32, Data: t.Data[i*t.DType.Bits()/8:]}
	if t.DType == Complex128 {
		part.DType = Float64
	}
	parts := 0
	for more := s.OpenArray(); more; more = s.NextElement() {
		if parts == 2 || !part.scanElement(s, parts) {
			return false
		}
		parts++
	}
	return parts == 2
}

// float32 reads a number, or one of the names of what JSON has no number for.
func (s *Scanner) float32() (f float32, ok bool) {
	if s.Kind() == JSONNumber {
		d, text := s.decimal()
		return d.float32(text)
	}
	wide, ok := s.float64()
	return float32(wide), ok
}

func (s *Scanner) float64() (f float64, ok bool) {
	switch s.Kind() {
	case JSONNumber:
		return s.Float64()
	case JSONString:
		switch string(s.Bytes()) {
		case "NaN":
			return math.NaN(), true
		case "Infinity":
			return math.Inf(1), true
		case "-Infinity":
			return math.Inf(-1), true
		}
	}
	return 0, false
}

func (s *Scanner) float16(dtype DType) (b uint16, ok bool) {
	if s.Kind() == JSONNumber {
		d, text := s.decimal()
		if text == nil {
			return 0, false
		}
		return d.float16(text, dtype)
	}
	f, ok := s.float64()
	if dtype == BFloat16 {
		return BFloat16Bits(f), ok
	}
	return Float16Bits(f), ok
}

// decimalOrNone reads a number where there is one. The text is nil otherwise.
func (s *Scanner) decimalOrNone() (decimal, []byte) {
	s.space()
	if s.pos < len(s.text) && jsonKinds[s.text[s.pos]] == JSONNumber {
		return s.decimal()
	}
	return decimal{}, nil
}

// specialFloat says whether the string that comes next names a float.
func (s *Scanner) specialFloat() bool {
	look := *s
	_, ok := look.float64()
	return ok
}

// sample quotes the next value for an error: its text when it is short and
// simple, its kind otherwise.
func (s *Scanner) sample() string {
	look := *s
	look.buf = nil
	kind := look.Kind()
	if kind == JSONArray || kind == JSONObject || kind == JSONNone {
		return kind.String()
	}
	if text := look.Skip(); 0 < len(text) && len(text) <= 40 {
		return string(text)
	}
	return "a long " + kind.String()[len("a "):]
}

// Expects says what the JSON form of one element is, for "expected …, got …".
func (d DType) Expects() string {
	switch {
	case d == Bool:
		return "true or false"
	case d == String:
		return "a string"
	case d == Complex64 || d == Complex128:
		return "a complex number as [re, im]"
	case d.Float():
		return "a number (" + string(d) + ")"
	case d.Opaque():
		return "a base64 string, the only form of " + string(d)
	case d.signed():
		limit := int64(1)<<(d.Bits()-1) - 1
		return "an integer from " + strconv.FormatInt(-limit-1, 10) + " to " + strconv.FormatInt(limit, 10) + " (" + string(d) + ")"
	default:
		return "an integer from 0 to " + strconv.FormatUint(1<<d.Bits()-1, 10) + " (" + string(d) + ")"
	}
}

func (d DType) signed() bool { return d == Int8 || d == Int16 || d == Int32 || d == Int64 }
