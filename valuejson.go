package augur

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"strconv"
	"unicode/utf8"
)

// AppendJSON appends the elements of t as one flat JSON list in row-major
// order, whatever the rank, in the form that DecodeTensor reads: floats as the
// shortest number that gives the same float again, "NaN", "Infinity" and
// "-Infinity" as strings, integers in full width, complex numbers as [re, im].
// The dtypes that DType.Opaque names become AppendBase64's string.
func AppendJSON(dst []byte, t *Tensor) []byte {
	if t.DType.Opaque() {
		return AppendBase64(dst, t)
	}
	dst = append(dst, '[')
	for i := range t.Len() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = t.AppendElement(dst, i)
	}
	return append(dst, ']')
}

// AppendBase64 appends the little-endian bytes of t as a JSON string of base64
// with padding. A string tensor has no bytes and becomes AppendJSON's list.
func AppendBase64(dst []byte, t *Tensor) []byte {
	if t.DType == String {
		return AppendJSON(dst, t)
	}
	dst = append(dst, '"')
	dst = base64.StdEncoding.AppendEncode(dst, t.Data)
	return append(dst, '"')
}

// AppendElement appends element i of t as JSON, null for a dtype without a JSON form.
func (t *Tensor) AppendElement(dst []byte, i int) []byte {
	switch t.DType {
	case Float32:
		return appendFloat(dst, float64(math.Float32frombits(binary.LittleEndian.Uint32(t.Data[4*i:]))), 32)
	case Float64:
		return appendFloat(dst, math.Float64frombits(binary.LittleEndian.Uint64(t.Data[8*i:])), 64)
	case Float16:
		return appendFloat(dst, float64(Float16Value(binary.LittleEndian.Uint16(t.Data[2*i:]))), 32)
	case BFloat16:
		return appendFloat(dst, float64(BFloat16Value(binary.LittleEndian.Uint16(t.Data[2*i:]))), 32)
	case Int8:
		return strconv.AppendInt(dst, int64(int8(t.Data[i])), 10)
	case Int16:
		return strconv.AppendInt(dst, int64(int16(binary.LittleEndian.Uint16(t.Data[2*i:]))), 10)
	case Int32:
		return strconv.AppendInt(dst, int64(int32(binary.LittleEndian.Uint32(t.Data[4*i:]))), 10)
	case Int64:
		return strconv.AppendInt(dst, int64(binary.LittleEndian.Uint64(t.Data[8*i:])), 10)
	case Uint8:
		return strconv.AppendUint(dst, uint64(t.Data[i]), 10)
	case Uint16:
		return strconv.AppendUint(dst, uint64(binary.LittleEndian.Uint16(t.Data[2*i:])), 10)
	case Uint32:
		return strconv.AppendUint(dst, uint64(binary.LittleEndian.Uint32(t.Data[4*i:])), 10)
	case Uint64:
		return strconv.AppendUint(dst, binary.LittleEndian.Uint64(t.Data[8*i:]), 10)
	case Bool:
		return strconv.AppendBool(dst, t.Data[i] != 0)
	case String:
		return AppendQuoted(dst, t.Strings[i])
	case Complex64, Complex128:
		part := Tensor{DType: Float32, Data: t.Data}
		if t.DType == Complex128 {
			part.DType = Float64
		}
		dst = part.AppendElement(append(dst, '['), 2*i)
		dst = part.AppendElement(append(dst, ','), 2*i+1)
		return append(dst, ']')
	default:
		return append(dst, "null"...)
	}
}

// appendFloat writes the shortest number that gives f again in the given width,
// in the form of ECMAScript, as encoding/json does.
func appendFloat(dst []byte, f float64, bits int) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, `"NaN"`...)
	case math.IsInf(f, 1):
		return append(dst, `"Infinity"`...)
	case math.IsInf(f, -1):
		return append(dst, `"-Infinity"`...)
	}
	if abs := math.Abs(f); abs == 0 || 1e-6 <= abs && abs < 1e21 {
		return strconv.AppendFloat(dst, f, 'f', -1, bits)
	}
	dst = strconv.AppendFloat(dst, f, 'e', -1, bits)
	if n := len(dst); dst[n-4] == 'e' && dst[n-3] == '-' && dst[n-2] == '0' { // e-09 is e-9
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}

// AppendQuoted appends s as a JSON string. Bytes that are not UTF-8 become U+FFFD.
func AppendQuoted(dst []byte, s string) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, '"')
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
			i++
		case c >= ' ' && c < utf8.RuneSelf:
			dst = append(dst, c)
			i++
		case c == '\n':
			dst = append(dst, `\n`...)
			i++
		case c == '\t':
			dst = append(dst, `\t`...)
			i++
		case c == '\r':
			dst = append(dst, `\r`...)
			i++
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
			i++
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			dst = utf8.AppendRune(dst, r) // U+FFFD for what is not UTF-8
			i += size
		}
	}
	return append(dst, '"')
}

// AppendValueJSON appends v as JSON:
//
//	{"kind":"tensor","dtype":"float32","shape":[1,2],"data":[1,2.5]}
//	{"kind":"sequence","items":[VALUE, …]}
//	{"kind":"map","keys":VALUE,"values":VALUE}
//	{"kind":"none"}
//
// A tensor of a dtype that DType.Opaque names has data_b64 instead of data.
func AppendValueJSON(dst []byte, v Value) []byte {
	switch {
	case v.Kind == KindTensor && v.Tensor != nil:
		return appendTensorJSON(dst, v.Tensor)
	case v.Kind == KindSequence:
		dst = append(dst, `{"kind":"sequence","items":[`...)
		for i, item := range v.Items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = AppendValueJSON(dst, item)
		}
		return append(dst, "]}"...)
	case v.Kind == KindMap && v.Keys != nil && v.Values != nil:
		dst = appendTensorJSON(append(dst, `{"kind":"map","keys":`...), v.Keys)
		dst = appendTensorJSON(append(dst, `,"values":`...), v.Values)
		return append(dst, '}')
	default:
		return append(dst, `{"kind":"none"}`...)
	}
}

func appendTensorJSON(dst []byte, t *Tensor) []byte {
	dst = append(dst, `{"kind":"tensor","dtype":"`...)
	dst = append(dst, t.DType...)
	dst = append(dst, `","shape":[`...)
	for i, d := range t.Shape {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendInt(dst, d, 10)
	}
	if t.DType.Opaque() {
		dst = AppendBase64(append(dst, `],"data_b64":`...), t)
	} else {
		dst = AppendJSON(append(dst, `],"data":`...), t)
	}
	return append(dst, '}')
}

// DecodeValueJSON reads what AppendValueJSON writes. The error is
// InvalidArgument.
func DecodeValueJSON(text []byte) (Value, error) {
	var v struct {
		Kind    string
		DType   DType
		Shape   []int64
		Data    json.RawMessage
		DataB64 json.RawMessage `json:"data_b64"`
		Items   []json.RawMessage
		Keys    json.RawMessage
		Values  json.RawMessage
	}
	if err := json.Unmarshal(text, &v); err != nil {
		return Value{}, Wrap(InvalidArgument, err, "expected a value as JSON")
	}
	switch v.Kind {
	case "tensor":
		if v.DataB64 != nil {
			v.Data = v.DataB64
		}
		t, err := DecodeTensor(v.DType, v.Shape, v.Data)
		if err != nil {
			return Value{}, err
		}
		return TensorValue(t), nil
	case "sequence":
		out := Value{Kind: KindSequence, Items: make([]Value, len(v.Items))}
		for i, item := range v.Items {
			var err error
			if out.Items[i], err = DecodeValueJSON(item); err != nil {
				return Value{}, err
			}
		}
		return out, nil
	case "map":
		keys, err := DecodeValueJSON(v.Keys)
		if err != nil {
			return Value{}, err
		}
		values, err := DecodeValueJSON(v.Values)
		if err != nil {
			return Value{}, err
		}
		if keys.Tensor == nil || values.Tensor == nil {
			return Value{}, Errorf(InvalidArgument, "expected a map of two tensors")
		}
		return Value{Kind: KindMap, Keys: keys.Tensor, Values: values.Tensor}, nil
	case "none":
		return Value{}, nil
	default:
		return Value{}, Errorf(InvalidArgument, "expected a value of kind tensor, sequence, map or none")
	}
}
