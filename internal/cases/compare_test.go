package cases

import (
	"math"
	"testing"

	"augur"
)

// TestCompare makes sure that what differs is seen to differ.
func TestCompare(t *testing.T) {
	f := func(v ...float32) *augur.Tensor { return augur.TensorOf(augur.Float32, v, int64(len(v))) }
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	keys := augur.StringTensor([]string{"a", "b"}, 2)
	swapped := augur.StringTensor([]string{"b", "a"}, 2)
	m := func(k, v *augur.Tensor) augur.Value { return augur.Value{Kind: augur.KindMap, Keys: k, Values: v} }
	seq := func(v ...augur.Value) augur.Value { return augur.Value{Kind: augur.KindSequence, Items: v} }
	v := augur.TensorValue
	for name, c := range map[string]struct {
		got, want augur.Value
		equal     bool
	}{
		"equal":         {v(f(1, 2)), v(f(1, 2)), true},
		"near":          {v(f(1.0005)), v(f(1)), true},
		"far":           {v(f(1.01)), v(f(1)), false},
		"NaN":           {v(f(nan)), v(f(nan)), true},
		"no NaN":        {v(f(0)), v(f(nan)), false},
		"infinite":      {v(f(inf)), v(f(inf)), true},
		"other sign":    {v(f(-inf)), v(f(inf)), false},
		"not infinite":  {v(f(math.MaxFloat32)), v(f(inf)), false},
		"shape":         {v(f(1, 2)), v(augur.TensorOf(augur.Float32, []float32{1, 2}, 2, 1)), false},
		"dtype":         {v(augur.TensorOf(augur.Float64, []float64{1}, 1)), v(f(1)), false},
		"integer":       {v(augur.TensorOf(augur.Int64, []int64{math.MaxInt64 - 1}, 1)), v(augur.TensorOf(augur.Int64, []int64{math.MaxInt64}, 1)), false},
		"string":        {v(augur.StringTensor([]string{"a"}, 1)), v(augur.StringTensor([]string{"b"}, 1)), false},
		"map":           {m(swapped, f(2, 1)), m(keys, f(1, 2)), true},
		"map, values":   {m(keys, f(2, 1)), m(keys, f(1, 2)), false},
		"map, fewer":    {m(augur.StringTensor([]string{"a"}, 1), f(1)), m(keys, f(1, 2)), false},
		"sequence":      {seq(v(f(1)), v(f(2))), seq(v(f(1)), v(f(2))), true},
		"sequence, not": {seq(v(f(1)), v(f(2))), seq(v(f(1)), v(f(3))), false},
		"longer":        {seq(v(f(1)), v(f(2))), seq(v(f(1))), false},
		"kind":          {seq(v(f(1))), v(f(1)), false},
		"none":          {augur.Value{}, augur.Value{}, true},
		"not none":      {v(f(1)), augur.Value{}, false},
	} {
		err := Compare([]augur.Output{{Name: "y", Value: c.got}}, []augur.Output{{Name: "y", Value: c.want}}, Tolerance{Rel: 1e-3})
		if (err == nil) != c.equal {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLoad reads what the tree ships.
func TestLoad(t *testing.T) {
	dir, err := Dir()
	if err != nil {
		t.Fatal(err)
	}
	list, err := Load(dir)
	if err != nil || len(list) == 0 {
		t.Fatalf("%d cases: %v", len(list), err)
	}
	for _, c := range list {
		if c.ID == "" || c.Model == "" || c.Version == "" || len(c.Inputs) == 0 || len(c.Want) == 0 {
			t.Fatalf("case %+v", c)
		}
	}
}
