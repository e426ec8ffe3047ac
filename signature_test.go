package augur_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"augur"
)

func TestTypeString(t *testing.T) {
	tensor := augur.Type{Kind: augur.KindTensor, DType: augur.Float32, Shape: []augur.Dim{{Size: -1, Symbol: "batch"}, {Size: 4}, {Size: -1}}}
	scalar := augur.Type{Kind: augur.KindTensor, DType: augur.Int64, Shape: []augur.Dim{}}
	unknown := augur.Type{Kind: augur.KindTensor, DType: augur.String}
	m := augur.Type{Kind: augur.KindMap, Key: augur.Int64, Elem: &scalar}
	for _, c := range []struct {
		t    augur.Type
		want string
	}{
		{tensor, "float32[batch,4,?]"}, {scalar, "int64[]"}, {unknown, "string[*]"}, {m, "map(int64,int64[])"},
		{augur.Type{Kind: augur.KindSequence, Elem: &m}, "seq(map(int64,int64[]))"},
		{augur.Type{Kind: augur.KindOptional}, "optional(?)"},
	} {
		if got := c.t.String(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestRange(t *testing.T) {
	lo, hi := 0.0, 1.5
	for _, c := range []struct {
		r       augur.Range
		text    string
		in, out []float64
	}{
		{augur.Range{Min: &lo, Max: &hi}, "0 to 1.5", []float64{0, 1, 1.5}, []float64{-1e-300, 2, math.NaN(), math.Inf(1)}},
		{augur.Range{Min: &lo}, "at least 0", []float64{0, math.Inf(1)}, []float64{-1, math.NaN()}},
		{augur.Range{Max: &hi}, "at most 1.5", []float64{1.5, math.Inf(-1)}, []float64{2, math.NaN()}},
		{augur.Range{}, "any number", []float64{0}, []float64{math.NaN()}},
	} {
		if c.r.String() != c.text {
			t.Errorf("%q, want %q", c.r, c.text)
		}
		for _, v := range c.in {
			if !c.r.Contains(v) {
				t.Errorf("%s does not contain %v", c.r, v)
			}
		}
		for _, v := range c.out {
			if c.r.Contains(v) {
				t.Errorf("%s contains %v", c.r, v)
			}
		}
	}
}

// A signature comes back from JSON as it was, 64-bit integers included.
func TestSignatureRoundTrips(t *testing.T) {
	lo := -1.5
	sig := augur.Signature{
		Inputs:  []augur.Spec{{Name: "x", Type: augur.Type{Kind: augur.KindTensor, DType: augur.Int64, Shape: []augur.Dim{{Size: -1, Symbol: "n"}}}, Optional: true}},
		Outputs: []augur.Spec{{Name: "y", Type: augur.Type{Kind: augur.KindTensor, DType: augur.Float32}, Classes: []string{"a"}}},
		Features: []augur.Feature{
			{Name: "i", Input: "x", Column: augur.Whole, DType: augur.Int64, Default: int64(math.MaxInt64), OneOf: []any{int64(math.MinInt64), int64(1)}},
			{Name: "u", Input: "x", DType: augur.Uint64, Default: uint64(math.MaxUint64)},
			{Name: "f", Input: "x", DType: augur.Float32, Shape: []augur.Dim{{Size: 2}}, Default: []any{1.5, 2.0}, Range: &augur.Range{Min: &lo}},
			{Name: "s", Input: "x", DType: augur.String, Default: "d", OneOf: []any{"d"}, Unit: "km", Description: "x", Required: true},
			{Name: "b", Input: "x", DType: augur.Bool, Default: false},
		},
	}
	text, err := json.Marshal(sig)
	if err != nil {
		t.Fatal(err)
	}
	var back augur.Signature
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sig, back); diff != "" {
		t.Error(diff)
	}
	if back.Input("x") == nil || back.Output("y") == nil || back.Input("y") != nil {
		t.Error("inputs and outputs by name")
	}
}
