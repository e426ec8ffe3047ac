package augur

import (
	"bytes"
	"math"
	"strconv"
	"unsafe"
)

// Number reads a number and returns its text.
func (s *Scanner) Number() []byte {
	_, text := s.decimal()
	return text
}

// Float64 reads a number as the nearest float64. It is not ok when the number
// is too large for one; the value is then an infinity. It never gives NaN.
func (s *Scanner) Float64() (f float64, ok bool) {
	d, text := s.decimal()
	return d.float64(text)
}

// Int64 reads a number as an int64. It is not ok for a number that is no
// integer or too large; 60, 60.0 and 6e1 are the same integer.
func (s *Scanner) Int64() (int64, bool) {
	d, text := s.decimal()
	mag, ok := d.integer(text)
	switch {
	case !d.neg:
		return int64(mag), ok && mag <= math.MaxInt64
	default:
		return -int64(mag), ok && mag <= 1<<63
	}
}

// Uint64 reads a number as a uint64, as Int64 does.
func (s *Scanner) Uint64() (uint64, bool) {
	d, text := s.decimal()
	mag, ok := d.integer(text)
	return mag, ok && (!d.neg || mag == 0)
}

// decimal is a number as it is written: ±mant·10^exp. When it is cut it has
// more digits than mant can hold, and only its text says what it is.
type decimal struct {
	mant     uint64
	exp      int
	neg, cut bool
}

// decimal reads a number. The text is nil after an error.
func (s *Scanner) decimal() (d decimal, text []byte) {
	s.space()
	if s.err != nil {
		return d, nil
	}
	b, i := s.text, s.pos
	if i < len(b) && b[i] == '-' {
		d.neg = true
		i++
	}
	digits := i
	for i < len(b) && b[i]-'0' <= 9 {
		d.mant = d.mant*10 + uint64(b[i]-'0')
		i++
	}
	count := i - digits
	if count == 0 || count > 1 && b[digits] == '0' {
		s.pos = digits
		s.fail("a number (digits, without a leading zero)")
		return d, nil
	}
	if i < len(b) && b[i] == '.' {
		i++
		digits = i
		for i < len(b) && b[i]-'0' <= 9 {
			d.mant = d.mant*10 + uint64(b[i]-'0')
			i++
		}
		d.exp = digits - i
		if d.exp == 0 {
			s.pos = i
			s.fail("a digit after the point")
			return d, nil
		}
		count -= d.exp
	}
	d.cut = count > 19 // 19 digits always fit
	if i < len(b) && b[i]|0x20 == 'e' {
		var ok bool
		if i, ok = d.exponent(b, i+1); !ok {
			s.pos = i
			s.fail("digits of an exponent")
			return d, nil
		}
	}
	text = b[s.pos:i]
	s.pos = i
	return d, text
}

// exponent reads what follows the e of a number.
func (d *decimal) exponent(b []byte, i int) (end int, ok bool) {
	neg := false
	if i < len(b) && (b[i] == '+' || b[i] == '-') {
		neg = b[i] == '-'
		i++
	}
	start, e := i, 0
	for i < len(b) && b[i]-'0' <= 9 {
		e = min(e*10+int(b[i]-'0'), 1e8) // far past every type, and no overflow
		i++
	}
	if neg {
		e = -e
	}
	d.exp += e
	return i, i > start
}

var pow10 = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// float64 returns the nearest float64. Up to 2^53 and 10^22 both factors are
// exact, so that one operation rounds once (Clinger 1990); the rest is strconv's.
func (d decimal) float64(text []byte) (f float64, ok bool) {
	if !d.cut && d.mant < 1<<53 && -22 <= d.exp && d.exp <= 22 {
		f = float64(d.mant)
		if d.exp < 0 {
			f /= pow10[-d.exp]
		} else {
			f *= pow10[d.exp]
		}
		if d.neg {
			f = -f
		}
		return f, text != nil
	}
	f, err := strconv.ParseFloat(unsafeString(text), 64)
	return f, err == nil
}

// Bits of the smallest normal float32 and of what is first rounded to infinity,
// as float64s.
const leastFloat32, pastFloat32 = 0x3810_0000_0000_0000, 0x47ef_ffff_f000_0000

// float32 returns the nearest float32. Rounding the nearest float64 again is
// wrong only where that lies exactly between two float32s, or below the normal ones.
func (d decimal) float32(text []byte) (f float32, ok bool) {
	wide, ok := d.float64(text)
	mag := math.Float64bits(wide) &^ (1 << 63)
	if ok && mag&(1<<29-1) != 1<<28 && (leastFloat32 <= mag && mag < pastFloat32 || mag == 0 && d.mant == 0 && !d.cut) {
		return float32(wide), true
	}
	parsed, err := strconv.ParseFloat(unsafeString(text), 32)
	return float32(parsed), err == nil
}

// integer returns the magnitude. It is not ok when there is a fraction or more
// than 64 bits.
func (d decimal) integer(text []byte) (mag uint64, ok bool) {
	if d.cut {
		return cutInteger(text)
	}
	mag = d.mant
	for exp := d.exp; exp < 0 && mag != 0; exp++ {
		if mag%10 != 0 {
			return 0, false
		}
		mag /= 10
	}
	for exp := d.exp; exp > 0 && mag != 0; exp-- {
		if mag > math.MaxUint64/10 {
			return 0, false
		}
		mag *= 10
	}
	return mag, text != nil
}

// cutInteger reads the magnitude of an integer of more than 19 digits, with or
// without zeros after a point; one with an exponent is not ok.
func cutInteger(text []byte) (uint64, bool) {
	text = bytes.TrimPrefix(text, []byte("-"))
	whole, fraction, _ := bytes.Cut(text, []byte("."))
	if len(bytes.Trim(fraction, "0")) > 0 {
		return 0, false
	}
	mag, err := strconv.ParseUint(unsafeString(whole), 10, 64)
	return mag, err == nil
}

// unsafeString views bytes as a string, for functions that do not keep it.
func unsafeString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
