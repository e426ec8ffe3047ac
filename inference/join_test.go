package inference

import (
	"math"
	"testing"

	"augur"
)

// What rounding does to a sum is the same answer; anything more is not.
func TestSame(t *testing.T) {
	nan := math.NaN()
	tensor := func(d augur.DType, f ...float64) augur.Value {
		switch d {
		case augur.Float64:
			return augur.TensorValue(augur.TensorOf(d, f, int64(len(f))))
		case augur.Float16, augur.BFloat16:
			bits := make([]uint16, len(f))
			for i, v := range f {
				if bits[i] = augur.Float16Bits(v); d == augur.BFloat16 {
					bits[i] = augur.BFloat16Bits(v)
				}
			}
			return augur.TensorValue(augur.TensorOf(d, bits, int64(len(f))))
		case augur.Int64:
			whole := make([]int64, len(f))
			for i, v := range f {
				whole[i] = int64(v)
			}
			return augur.TensorValue(augur.TensorOf(d, whole, int64(len(f))))
		default:
			narrow := make([]float32, len(f))
			for i, v := range f {
				narrow[i] = float32(v)
			}
			return augur.TensorValue(augur.TensorOf(augur.Float32, narrow, int64(len(f))))
		}
	}
	words := func(s ...string) augur.Value { return augur.TensorValue(augur.StringTensor(s, int64(len(s)))) }
	list := func(v ...augur.Value) augur.Value { return augur.Value{Kind: augur.KindSequence, Items: v} }
	for name, c := range map[string]struct {
		a, b augur.Value
		want bool
	}{
		"equal":           {tensor(augur.Float32, 1, nan, math.Inf(1)), tensor(augur.Float32, 1, nan, math.Inf(1)), true},
		"rounded":         {tensor(augur.Float32, 1, 1000), tensor(augur.Float32, 1.00001, 1000.01), true},
		"apart":           {tensor(augur.Float32, 1, 2), tensor(augur.Float32, 1, 2.01), false},
		"apart in 64":     {tensor(augur.Float64, 1, 2), tensor(augur.Float64, 1, 2.01), false},
		"NaN for one":     {tensor(augur.Float64, 1, 2), tensor(augur.Float64, 1, nan), false},
		"other infinity":  {tensor(augur.Float64, 1, math.Inf(1)), tensor(augur.Float64, 1, math.Inf(-1)), false},
		"half rounded":    {tensor(augur.Float16, 1, 2), tensor(augur.Float16, 1, 2.002), true},
		"half apart":      {tensor(augur.Float16, 1, 2), tensor(augur.Float16, 1, 2.1), false},
		"bfloat rounded":  {tensor(augur.BFloat16, 1, 2), tensor(augur.BFloat16, 1, 2.016), true},
		"bfloat apart":    {tensor(augur.BFloat16, 1, 2), tensor(augur.BFloat16, 1, 2.2), false},
		"integers":        {tensor(augur.Int64, 1, 1000000), tensor(augur.Int64, 1, 1000001), false},
		"words":           {words("a", "b"), words("a", "c"), false},
		"equal words":     {words("a", "b"), words("a", "b"), true},
		"another type":    {tensor(augur.Float32, 1), tensor(augur.Float64, 1), false},
		"another length":  {tensor(augur.Float32, 1), tensor(augur.Float32, 1, 1), false},
		"sequences":       {list(tensor(augur.Int64, 1)), list(tensor(augur.Int64, 1)), true},
		"sequences apart": {list(tensor(augur.Int64, 1)), list(tensor(augur.Int64, 2)), false},
		"shorter":         {list(tensor(augur.Int64, 1)), list(), false},
	} {
		if got := sameValue(c.a, c.b); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
