package inference

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"augur"
)

// constraint is what a feature allows beyond its type, ready to be asked of
// elements in a typed buffer. Bounds and allowed values are rounded to the
// feature's dtype once, so that 0.1 as a float32 lies in "0 to 0.1". The zero
// constraint allows everything.
type constraint struct {
	ranged bool
	rng    augur.Range
	listed bool
	oneOf  []any

	loF, hiF float64 // bounds of floats
	loI, hiI int64   // of signed integers
	loU, hiU uint64  // of unsigned ones
	floats   []float64
	ints     []int64
	uints    []uint64
	bools    [2]bool
	// strings gives for an allowed string the one to keep, so that a row need
	// not copy its own.
	strings map[string]string
}

// newConstraint makes the constraint of f. It is FailedPrecondition when the
// allowed values are not of the feature's dtype.
func newConstraint(f *augur.Feature) (constraint, error) {
	c := constraint{oneOf: f.OneOf, listed: len(f.OneOf) > 0}
	if f.Range != nil && f.DType.Number() {
		c.ranged, c.rng = true, *f.Range
		c.bound(f.DType)
	}
	for _, v := range f.OneOf {
		if !c.allow(f.DType, v) {
			return c, augur.Errorf(augur.FailedPrecondition, "feature %q: the allowed value %v is not %s", f.Name, v, f.DType)
		}
	}
	return c, nil
}

// none says whether c allows everything.
func (c *constraint) none() bool { return !c.ranged && !c.listed }

// bound turns the range into bounds of the dtype.
func (c *constraint) bound(dtype augur.DType) {
	lo, hi := math.Inf(-1), math.Inf(1)
	if c.rng.Min != nil {
		lo = *c.rng.Min
	}
	if c.rng.Max != nil {
		hi = *c.rng.Max
	}
	c.loF, c.hiF = rounded(dtype, lo), rounded(dtype, hi)
	lo, hi = math.Ceil(lo), math.Floor(hi)
	c.loI, c.hiI, c.loU, c.hiU = math.MinInt64, math.MaxInt64, 0, math.MaxUint64
	if lo >= 0x1p63 || hi < -0x1p63 {
		c.loI, c.hiI = 1, 0
	} else {
		if lo > -0x1p63 {
			c.loI = int64(lo)
		}
		if hi < 0x1p63 {
			c.hiI = int64(hi)
		}
	}
	if lo >= 0x1p64 || hi < 0 {
		c.loU, c.hiU = 1, 0
	} else {
		if lo > 0 {
			c.loU = uint64(lo)
		}
		if hi < 0x1p64 {
			c.hiU = uint64(hi)
		}
	}
}

// rounded returns f as an element of dtype would hold it.
func rounded(dtype augur.DType, f float64) float64 {
	switch dtype {
	case augur.Float32:
		return float64(float32(f))
	case augur.Float16:
		return float64(augur.Float16Value(augur.Float16Bits(f)))
	case augur.BFloat16:
		return float64(augur.BFloat16Value(augur.BFloat16Bits(f)))
	default:
		return f
	}
}

// allow adds an allowed value and says whether it is one of the dtype.
func (c *constraint) allow(dtype augur.DType, v any) bool {
	switch {
	case dtype == augur.String:
		s, ok := v.(string)
		if c.strings == nil {
			c.strings = map[string]string{}
		}
		c.strings[s] = s
		return ok
	case dtype == augur.Bool:
		b, ok := v.(bool)
		if b {
			c.bools[1] = true
		} else {
			c.bools[0] = true
		}
		return ok
	case dtype.Float():
		f, ok := asFloat(v)
		c.floats = append(c.floats, rounded(dtype, f))
		return ok
	case !dtype.Integer():
		return false
	}
	f, isFloat := v.(float64)
	i, isInt := asInt(v)
	u, isUint := v.(uint64)
	switch {
	case isFloat && f == math.Trunc(f) && math.Abs(f) < 1<<53:
		i, isInt = int64(f), true
	case isUint && u <= math.MaxInt64:
		i, isInt = int64(u), true
	case isUint:
		c.uints = append(c.uints, u)
		return dtype == augur.Uint64
	}
	c.ints = append(c.ints, i)
	if i >= 0 {
		c.uints = append(c.uints, uint64(i))
	}
	return isInt
}

func asInt(v any) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case int:
		return int64(v), true
	default:
		return 0, false
	}
}

func asFloat(v any) (float64, bool) {
	if i, ok := asInt(v); ok {
		return float64(i), true
	}
	f, ok := v.(float64)
	return f, ok
}

// first returns the place of the first of n elements of t, from start on and
// step apart, that c does not allow, or -1.
func (c *constraint) first(t *augur.Tensor, start, step, n int) int {
	if c.none() || n == 0 {
		return -1
	}
	if t.DType == augur.Float32 && !c.listed {
		all := augur.View[float32](t)
		lo, hi := float32(c.loF), float32(c.hiF)
		for i := start; n > 0; i, n = i+step, n-1 {
			if f := all[i]; !(f >= lo && f <= hi) { // NaN too
				return i
			}
		}
		return -1
	}
	for i := start; n > 0; i, n = i+step, n-1 {
		if !c.allows(t, i) {
			return i
		}
	}
	return -1
}

// allows says whether c allows element i of t.
func (c *constraint) allows(t *augur.Tensor, i int) bool {
	le := binary.LittleEndian
	switch t.DType {
	case augur.Float32:
		return c.float(float64(math.Float32frombits(le.Uint32(t.Data[4*i:]))))
	case augur.Float64:
		return c.float(math.Float64frombits(le.Uint64(t.Data[8*i:])))
	case augur.Float16:
		return c.float(float64(augur.Float16Value(le.Uint16(t.Data[2*i:]))))
	case augur.BFloat16:
		return c.float(float64(augur.BFloat16Value(le.Uint16(t.Data[2*i:]))))
	case augur.Int8:
		return c.int(int64(int8(t.Data[i])))
	case augur.Int16:
		return c.int(int64(int16(le.Uint16(t.Data[2*i:]))))
	case augur.Int32:
		return c.int(int64(int32(le.Uint32(t.Data[4*i:]))))
	case augur.Int64:
		return c.int(int64(le.Uint64(t.Data[8*i:])))
	case augur.Uint8:
		return c.uint(uint64(t.Data[i]))
	case augur.Uint16:
		return c.uint(uint64(le.Uint16(t.Data[2*i:])))
	case augur.Uint32:
		return c.uint(uint64(le.Uint32(t.Data[4*i:])))
	case augur.Uint64:
		return c.uint(le.Uint64(t.Data[8*i:]))
	case augur.Bool:
		return !c.listed || c.bools[min(t.Data[i], 1)]
	case augur.String:
		_, ok := c.strings[t.Strings[i]]
		return !c.listed || ok
	default:
		return true
	}
}

func (c *constraint) float(f float64) bool {
	return (!c.ranged || f >= c.loF && f <= c.hiF) && (!c.listed || slices.Contains(c.floats, f))
}

func (c *constraint) int(i int64) bool {
	return (!c.ranged || i >= c.loI && i <= c.hiI) && (!c.listed || slices.Contains(c.ints, i))
}

func (c *constraint) uint(u uint64) bool {
	return (!c.ranged || u >= c.loU && u <= c.hiU) && (!c.listed || slices.Contains(c.uints, u))
}

// error says what was expected of element i of t, and what it is.
func (c *constraint) error(t *augur.Tensor, i int) *augur.Error {
	return c.errorf(string(t.AppendElement(nil, i)))
}

func (c *constraint) errorf(got string) *augur.Error {
	if len(got) > 60 {
		got = "a value of " + strconv.Itoa(len(got)) + " bytes"
	}
	return augur.Errorf(augur.InvalidArgument, "expected %s, got %s", c, got)
}

// String says what c allows, for "expected …".
func (c *constraint) String() string {
	switch {
	case c.listed && c.ranged:
		return "one of " + list(c.oneOf) + " within " + c.rng.String()
	case c.listed:
		return "one of " + list(c.oneOf)
	default:
		return c.rng.String()
	}
}

// expects says what a feature's value should be.
func (f *feature) expects(dtype augur.DType) string {
	switch {
	case !f.check.none():
		return f.check.String()
	case dtype.Integer():
		return "an integer"
	default:
		return dtype.Expects()
	}
}

// list writes allowed values, the first twenty of them.
func list(values []any) string {
	var b strings.Builder
	for i, v := range values {
		if i == 20 {
			fmt.Fprintf(&b, " … (%d in all)", len(values))
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		if s, ok := v.(string); ok {
			b.WriteString(strconv.Quote(s))
		} else {
			fmt.Fprint(&b, v)
		}
	}
	return b.String()
}
