package onnx

import (
	"encoding/binary"
	"math"
	"sync"

	"augur"
)

// narrow changes t, which travelled in a wider type, into elements of dtype.
// Every value of the narrow type is exactly one of the wide type, so that
// nothing is rounded; of the many bit patterns of NaN one is kept for 8 bits.
func narrow(t *augur.Tensor, dtype augur.DType) {
	n := len(t.Data) * 8 / t.DType.Bits()
	data := augur.AlignedBytes(int(dtype.Bytes(int64(n))))
	switch dtype {
	case augur.Float16:
		for i, f := range augur.View[uint32](t) {
			binary.LittleEndian.PutUint16(data[2*i:], halfBits(f))
		}
	case augur.BFloat16:
		for i, f := range augur.View[uint32](t) {
			binary.LittleEndian.PutUint16(data[2*i:], uint16(f>>16))
		}
	case augur.Int4, augur.Uint4:
		for i, b := range t.Data {
			data[i/2] |= b & 0xf << (4 * (i % 2))
		}
	case augur.Int2, augur.Uint2:
		for i, b := range t.Data {
			data[i/4] |= b & 3 << (2 * (i % 4))
		}
	case augur.Float8E8M0: // the exponent of a power of two, and NaN
		for i, f := range augur.View[uint32](t) {
			data[i] = byte(f >> 23)
		}
	default:
		table := eighths(dtype)
		for i, f := range augur.View[float32](t) {
			data[i] = table.bits(f)
		}
	}
	t.DType, t.Data = dtype, data
}

// widen unpacks a type below a byte into bytes, with the sign of the signed
// ones, and makes float8e8m0 the powers of two that they stand for.
func widen(t *augur.Tensor) augur.Tensor {
	if t.DType == augur.Float8E8M0 {
		powers := make([]uint32, len(t.Data))
		for i, b := range t.Data {
			switch b {
			case 0:
				powers[i] = 1 << 22 // 2 to the -127, below the normal numbers
			case 0xff:
				powers[i] = 0x7fc00000 // NaN
			default:
				powers[i] = uint32(b) << 23
			}
		}
		return *augur.TensorOf(augur.Float32, powers, int64(len(powers)))
	}
	bits := t.DType.Bits()
	per := 8 / bits
	wide := augur.Tensor{DType: carriedAs(t.DType), Data: make([]byte, t.Len())}
	for i := range wide.Data {
		b := t.Data[i/per] << (8 - bits - bits*(i%per)) // to the top of the byte
		if wide.DType == augur.Int8 {
			wide.Data[i] = byte(int8(b) >> (8 - bits))
		} else {
			wide.Data[i] = b >> (8 - bits)
		}
	}
	return wide
}

// halfBits gives the float16 whose value is that of the float32 with bits f,
// which is known to be one of float16's.
func halfBits(f uint32) uint16 {
	sign := uint16(f >> 16 & 0x8000)
	exp := int(f>>23&0xff) - 127
	frac := f & 0x7fffff
	switch {
	case exp == 128: // infinities and NaN
		return sign | 0x7c00 | uint16(frac>>13)
	case exp >= -14:
		return sign | uint16(exp+15)<<10 | uint16(frac>>13)
	case exp >= -24: // a subnormal: the leading bit becomes part of the fraction
		return sign | uint16((frac|0x800000)>>(-exp-1))
	default:
		return sign
	}
}

// eightBits finds the byte of an 8-bit float by its value.
type eightBits struct {
	byValue map[uint32]byte // by the bits of the float32
	nan     byte
}

func (e *eightBits) bits(f float32) byte {
	if b, ok := e.byValue[math.Float32bits(f)]; ok {
		return b
	}
	return e.nan | byte(math.Float32bits(f)>>24&0x80)&e.signedNaN()
}

// signedNaN is 0x80 where NaN has a sign: the two types that have infinities or
// a negative zero, whose NaN is not the byte of negative zero.
func (e *eightBits) signedNaN() byte {
	if e.nan == 0x80 {
		return 0
	}
	return 0x80
}

// layout of an 8-bit float: bits of the exponent, its bias, and whether it has
// neither infinities nor a negative zero (FNUZ) or no infinities (FN).
// https://onnx.ai/onnx/technical/float8.html
type layout struct {
	exp, bias int
	fnuz, fn  bool
}

var eightBitLayouts = map[augur.DType]layout{
	augur.Float8E4M3FN:   {exp: 4, bias: 7, fn: true},
	augur.Float8E4M3FNUZ: {exp: 4, bias: 8, fnuz: true},
	augur.Float8E5M2:     {exp: 5, bias: 15},
	augur.Float8E5M2FNUZ: {exp: 5, bias: 16, fnuz: true},
}

var eightBitTables sync.Map // augur.DType → *eightBits, filled as needed

func eighths(d augur.DType) *eightBits {
	if t, ok := eightBitTables.Load(d); ok {
		return t.(*eightBits)
	}
	l := eightBitLayouts[d]
	t := &eightBits{byValue: map[uint32]byte{}, nan: 0x7f}
	if l.fnuz {
		t.nan = 0x80
	}
	for b := range 256 {
		if f := l.value(byte(b)); f == f {
			t.byValue[math.Float32bits(f)] = byte(b)
		}
	}
	eightBitTables.Store(d, t)
	return t
}

// value decodes one byte.
func (l layout) value(b byte) float32 {
	mant := 7 - l.exp
	e := int(b>>mant) & (1<<l.exp - 1)
	m := float64(b & (1<<mant - 1))
	one := float64(int(1) << mant)
	switch {
	case l.fnuz && b == 0x80, l.fn && b&0x7f == 0x7f:
		return float32(math.NaN())
	case !l.fnuz && !l.fn && e == 1<<l.exp-1:
		if m != 0 {
			return float32(math.NaN())
		}
		return float32(math.Inf(1 - 2*int(b>>7)))
	}
	f := m / one * math.Pow(2, float64(1-l.bias))
	if e > 0 {
		f = (1 + m/one) * math.Pow(2, float64(e-l.bias))
	}
	if b >= 0x80 {
		f = math.Copysign(f, -1)
	}
	return float32(f)
}
