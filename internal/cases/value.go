package cases

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"augur"
)

// value is a VALUE as it stands in a case.
type value struct {
	Name   string          `json:"name"`
	Kind   string          `json:"kind"`
	DType  augur.DType     `json:"dtype"`
	Shape  []int64         `json:"shape"`
	Data   json.RawMessage `json:"data"`
	Base64 *string         `json:"data_b64"`
	Items  []value         `json:"items"`
	Keys   *value          `json:"keys"`
	Values *value          `json:"values"`
}

func (v value) value() (augur.Value, error) {
	switch v.Kind {
	case "tensor":
		t, err := v.tensor()
		return augur.TensorValue(t), err
	case "sequence":
		s := augur.Value{Kind: augur.KindSequence, Items: make([]augur.Value, len(v.Items))}
		for i, item := range v.Items {
			var err error
			if s.Items[i], err = item.value(); err != nil {
				return s, err
			}
		}
		return s, nil
	case "map":
		if v.Keys == nil || v.Values == nil {
			return augur.Value{}, fmt.Errorf("a map needs keys and values")
		}
		m := augur.Value{Kind: augur.KindMap}
		var err error
		if m.Keys, err = v.Keys.tensor(); err != nil {
			return m, err
		}
		m.Values, err = v.Values.tensor()
		return m, err
	case "none":
		return augur.Value{}, nil
	default:
		return augur.Value{}, fmt.Errorf("unknown kind %q", v.Kind)
	}
}

func (v value) tensor() (*augur.Tensor, error) {
	t, err := augur.NewTensor(v.DType, v.Shape...)
	if err != nil {
		return nil, err
	}
	if t.Shape == nil {
		t.Shape = []int64{}
	}
	if v.Base64 != nil {
		b, err := base64.StdEncoding.DecodeString(*v.Base64)
		copy(t.Data, b)
		if err == nil && len(b) != len(t.Data) {
			err = fmt.Errorf("%d bytes for %s%v", len(b), v.DType, v.Shape)
		}
		return t, err
	}
	if v.DType == augur.String {
		t.Strings = nil
		err = json.Unmarshal(v.Data, &t.Strings)
		if err == nil {
			err = t.Check()
		}
		return t, err
	}
	var data []json.RawMessage
	if err := json.Unmarshal(v.Data, &data); err != nil {
		return nil, err
	}
	if len(data) != t.Len() {
		return nil, fmt.Errorf("%d elements for shape %v", len(data), v.Shape)
	}
	width := v.DType.Bits() / 8
	for i, raw := range data {
		if err := putElement(v.DType, t.Data[i*width:(i+1)*width], string(raw)); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// putElement writes one element from its JSON text.
func putElement(d augur.DType, to []byte, text string) error {
	switch {
	case d == augur.Bool:
		if text == "true" {
			to[0] = 1
		}
		return nil
	case d.Integer():
		u, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			var i int64
			i, err = strconv.ParseInt(text, 10, 64)
			u = uint64(i)
		}
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], u)
		copy(to, b[:])
		return err
	case d.Float():
		f, err := parseFloat(text)
		if err != nil {
			return err
		}
		switch d {
		case augur.Float32:
			binary.LittleEndian.PutUint32(to, math.Float32bits(float32(f)))
		case augur.Float64:
			binary.LittleEndian.PutUint64(to, math.Float64bits(f))
		case augur.BFloat16:
			binary.LittleEndian.PutUint16(to, uint16(math.Float32bits(float32(f))>>16))
		default:
			binary.LittleEndian.PutUint16(to, halfOf(f))
		}
		return nil
	default:
		return fmt.Errorf("%s has no form in JSON data", d)
	}
}

func parseFloat(text string) (float64, error) {
	switch text {
	case `"NaN"`:
		return math.NaN(), nil
	case `"Infinity"`:
		return math.Inf(1), nil
	case `"-Infinity"`:
		return math.Inf(-1), nil
	}
	return strconv.ParseFloat(text, 64)
}

// halfOf finds the float16 nearest to f by trying the values that decode
// around it: slow, and plainly right.
func halfOf(f float64) uint16 {
	if math.IsNaN(f) {
		return 0x7e00
	}
	var sign uint16
	if math.Signbit(f) {
		sign, f = 0x8000, -f
	}
	best, distance := uint16(0), math.Inf(1)
	for b := range uint16(0x7c01) {
		v := halfValue(b)
		if v == f {
			return sign | b
		}
		if d := math.Abs(v - f); d < distance {
			best, distance = b, d
		}
	}
	return sign | best
}

// halfValue decodes a float16.
func halfValue(b uint16) float64 {
	exp, frac := int(b>>10&31), float64(b&0x3ff)
	var f float64
	switch {
	case exp == 31 && frac != 0:
		f = math.NaN()
	case exp == 31:
		f = math.Inf(1)
	case exp == 0:
		f = math.Ldexp(frac/1024, -14)
	default:
		f = math.Ldexp(1+frac/1024, exp-15)
	}
	if b&0x8000 != 0 {
		f = -f
	}
	return f
}

// DecodeValue reads a value in the JSON form of the cases, which is that of
// outputs in GraphQL that are no tensors.
func DecodeValue(text []byte) (augur.Value, error) {
	var v value
	if err := json.Unmarshal(text, &v); err != nil {
		return augur.Value{}, err
	}
	return v.value()
}
