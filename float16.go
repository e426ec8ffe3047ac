package augur

import (
	"bytes"
	"math"
	"strconv"
)

// Float16Value returns the value of an IEEE 754 binary16.
func Float16Value(b uint16) float32 {
	sign, exp, frac := uint32(b>>15)<<31, uint32(b>>10)&0x1f, uint32(b)&0x3ff
	switch exp {
	case 0: // zero and subnormal: frac · 2^-24
		f := float32(frac) * 0x1p-24
		return math.Float32frombits(math.Float32bits(f) | sign)
	case 0x1f:
		return math.Float32frombits(sign | 0x7f800000 | frac<<13)
	default:
		return math.Float32frombits(sign | (exp+127-15)<<23 | frac<<13)
	}
}

// BFloat16Value returns the value of a bfloat16, the upper half of a float32.
func BFloat16Value(b uint16) float32 { return math.Float32frombits(uint32(b) << 16) }

// Float16Bits returns the binary16 nearest to f, ties to even. What is too
// large becomes an infinity.
func Float16Bits(f float64) uint16 { return narrowBits(f, 10, 15) }

// BFloat16Bits returns the bfloat16 nearest to f, ties to even. What is too
// large becomes an infinity.
func BFloat16Bits(f float64) uint16 { return narrowBits(f, 7, 127) }

// narrowBits rounds f to a 16-bit float with frac bits of fraction and the
// given exponent bias.
func narrowBits(f float64, frac, bias int) uint16 {
	sign := uint16(math.Float64bits(f)>>63) << 15
	inf := uint16(1)<<15 - uint16(1)<<frac // all exponent bits
	f = math.Abs(f)
	switch {
	case math.IsNaN(f):
		return sign | inf | 1<<(frac-1)
	case math.IsInf(f, 0):
		return sign | inf
	case f == 0:
		return sign
	}
	_, exp := math.Frexp(f)
	exp = max(exp-1, 1-bias) // of the leading bit, or of the subnormals
	// RoundToEven of the fraction in units of its last place is exact: the
	// scaling is by a power of two.
	units := math.RoundToEven(math.Ldexp(f, frac-exp))
	if exp > bias || units >= math.Ldexp(1, frac+1) && exp == bias {
		return sign | inf
	}
	// units holds the leading bit too, which carries into the exponent: a normal
	// number has it set, and so does a subnormal that was rounded up to one.
	return sign | (uint16(exp+bias-1)<<frac + uint16(units))
}

// float16 rounds a number as it is written straight to 16 bits. The nearest
// float64 decides, except where it lies exactly between two neighbours: then
// the digits do, since the float64 itself may have been rounded to that place.
func (d decimal) float16(text []byte, dtype DType) (b uint16, ok bool) {
	round, value := Float16Bits, Float16Value
	if dtype == BFloat16 {
		round, value = BFloat16Bits, BFloat16Value
	}
	f, ok := d.float64(text)
	b = round(f)
	below := round(math.Nextafter(f, math.Inf(-1)))
	above := round(math.Nextafter(f, math.Inf(1)))
	if below != above {
		switch compareDecimal(text, f) {
		case -1:
			b = below
		case 1:
			b = above
		}
	}
	return b, ok && !math.IsInf(float64(value(b)), 0)
}

// compareDecimal compares the number that text writes with f, exactly.
func compareDecimal(text []byte, f float64) int {
	sign := 1
	if f < 0 || f == 0 && text[0] == '-' {
		sign = -1
	}
	a, ax := digitsOf(text)
	// 1,074 binary places have as many decimal ones; what follows them is zero.
	b, bx := digitsOf(strconv.AppendFloat(nil, f, 'e', 1100, 64))
	switch {
	case len(a) == 0 || len(b) == 0: // a zero
		return sign * (min(len(a), 1) - min(len(b), 1))
	case ax != bx && ax < bx:
		return -sign
	case ax != bx:
		return sign
	default:
		return sign * bytes.Compare(a, b)
	}
}

// digitsOf returns the significant digits of a number, without zeros at either
// end, and the power of ten of the first.
func digitsOf(text []byte) (digits []byte, exp int) {
	mantissa, e, _ := bytes.Cut(bytes.ToLower(bytes.TrimPrefix(text, []byte("-"))), []byte("e"))
	exp, _ = strconv.Atoi(string(bytes.TrimPrefix(e, []byte("+"))))
	whole, fraction, _ := bytes.Cut(mantissa, []byte("."))
	digits = append(bytes.Clone(whole), fraction...)
	exp += len(whole) - 1
	for len(digits) > 0 && digits[0] == '0' {
		digits = digits[1:]
		exp--
	}
	return bytes.TrimRight(digits, "0"), exp
}
