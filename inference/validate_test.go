package inference

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"augur"
)

func TestTensorErrors(t *testing.T) {
	v := every()
	v.Signature.Features[0].Range = between(1, 200)
	v.Signature.Features[4].OneOf = []any{1.5, 2.0}
	c := codecOf(t, v)
	good := func() []augur.NamedTensor {
		return []augur.NamedTensor{
			named("words", augur.StringTensor([]string{"a", "b"}, 2, 1)),
			named("n", augur.TensorOf(augur.Uint8, []uint8{7, 8}, 2)),
			named("pixels", augur.TensorOf(augur.Float32, make([]float32, 8), 2, 2, 2)),
			named("mask", augur.TensorOf(augur.Int64, []int64{1, 2}, 2, 1)),
			named("m", augur.TensorOf(augur.Float64, []float64{math.NaN(), 2, 4, 1.5}, 2, 2)),
		}
	}
	in, err := c.read(&augur.Request{Data: augur.Data{Tensors: good()}}, upTo(2))
	if err != nil || in.rows != 2 || !slices.Equal(in.index, []int{0, 1}) || in.tensors[0].Name != "n" || in.tensors[2].Name != "words" {
		t.Fatal(err, show(in.tensors))
	}
	set := func(i int, x *augur.Tensor) func([]augur.NamedTensor) []augur.NamedTensor {
		return func(in []augur.NamedTensor) []augur.NamedTensor { in[i].Tensor = x; return in }
	}
	for _, tc := range []struct {
		change func([]augur.NamedTensor) []augur.NamedTensor
		want   []string
	}{
		{func(in []augur.NamedTensor) []augur.NamedTensor { in[2].Name = "pixel"; return in }, []string{
			`data.tensors.2.name: unknown input "pixel": did you mean "pixels"?`, `data.tensors: input "pixels" (float32[batch,2,2]) is required and missing`,
		}},
		{func(in []augur.NamedTensor) []augur.NamedTensor { return append(in, in[1]) }, []string{`data.tensors.5.name: input "n" is given twice`}},
		{func(in []augur.NamedTensor) []augur.NamedTensor { return in[:0] }, []string{
			`data.tensors: input "n" (uint8[batch]) is required and missing`, `data.tensors: input "pixels" (float32[batch,2,2]) is required and missing`,
			`data.tensors: input "words" (string[batch,len]) is required and missing`, `data.tensors: input "mask" (int64[batch,len]) is required and missing`,
			`data.tensors: input "m" (float64[batch,2]) is required and missing`,
		}},
		{set(1, augur.TensorOf(augur.Int8, []int8{1, 2}, 2)), []string{`data.tensors.1.dtype: input "n" is uint8[batch], got int8`}},
		{set(1, augur.TensorOf(augur.Uint8, []uint8{1, 2}, 2, 1)), []string{`data.tensors.1.shape: input "n" is uint8[batch], of rank 1, got shape [2 1], of rank 2`}},
		{set(2, augur.TensorOf(augur.Float32, make([]float32, 12), 2, 2, 3)), []string{`data.tensors.2.shape: input "pixels" is float32[batch,2,2], got shape [2 2 3]: dimension 2 must be 2`}},
		{set(1, augur.TensorOf(augur.Uint8, []uint8{1, 2, 3}, 3)), []string{`data.tensors.2.shape: input "pixels" is float32[batch,2,2], got shape [2 2 2]: dimension 0 is "batch", which is 3 in input "n"`}},
		{set(3, augur.TensorOf(augur.Int64, make([]int64, 4), 2, 2)), []string{`data.tensors.3.shape: input "mask" is int64[batch,len], got shape [2 2]: dimension 1 is "len", which is 1 in input "words"`}},
		{set(1, &augur.Tensor{DType: augur.Uint8, Shape: []int64{2}, Data: []byte{1}}), []string{`data.tensors.1.data: shape [2] of uint8 needs 2 bytes, got 1`}},
		{set(1, nil), []string{`data.tensors.1.data: expected a tensor`}},
		{set(1, augur.TensorOf(augur.Uint8, []uint8{7, 0}, 2)), []string{`data.tensors.1.data.1: feature "n": expected 1 to 200, got 0`}},
		{set(2, augur.TensorOf(augur.Float32, []float32{0, 0, 0, 0, 0, float32(math.NaN()), 0, 9}, 2, 2, 2)), []string{`data.tensors.2.data.5: feature "pixels": expected 0 to 1, got "NaN"`}},
		{set(4, augur.TensorOf(augur.Float64, []float64{9, 2, 9, 2.5}, 2, 2)), []string{`data.tensors.4.data.3: feature "b": expected one of 1.5, 2, got 2.5`}},
	} {
		_, err := c.read(&augur.Request{Data: augur.Data{Tensors: tc.change(good())}}, upTo(2))
		if diff := cmp.Diff(tc.want, errorLines(err)); diff != "" {
			t.Error(diff)
		}
	}
	_, err = c.read(&augur.Request{Data: augur.Data{Tensors: good()}}, upTo(1))
	if diff := cmp.Diff([]string{`data.tensors.0.shape: expected at most 1 rows in one request, got 2`}, errorLines(err)); diff != "" {
		t.Error(diff)
	}
}

func TestForms(t *testing.T) {
	c := codecOf(t, road())
	for _, data := range []augur.Data{{}, {Rows: []json.RawMessage{}, Columns: json.RawMessage(`{}`)}, {Columns: json.RawMessage(`{}`), Tensors: []augur.NamedTensor{}}} {
		_, err := c.read(&augur.Request{Data: data}, upTo(1))
		if diff := cmp.Diff([]string{`data: expected exactly one of row, rows, columns and tensors`}, errorLines(err)); diff != "" {
			t.Error(diff)
		}
	}
	for want, req := range map[string]*augur.Request{
		`data.rows: expected at least one row`:                     rows(""),
		`data.rows: expected at most 1 rows in one request, got 2`: rows("", `{}`, `{}`),
	} {
		_, err := c.read(req, upTo(1))
		if diff := cmp.Diff([]string{want}, errorLines(err)); diff != "" {
			t.Error(diff)
		}
	}
	// A model without inputs is asked with nothing.
	none := codecOf(t, version("none", "1.0.0", &augur.Signature{Outputs: []augur.Spec{spec("y", augur.Float32)}}))
	for _, data := range []augur.Data{{}, {Tensors: []augur.NamedTensor{}}} {
		in, err := none.read(&augur.Request{Data: data}, upTo(1))
		if err != nil || in.rows != 0 || !slices.Equal(in.index, []int{0}) {
			t.Error(in, err)
		}
	}
}

func TestBatchDimension(t *testing.T) {
	tensor := func(shape ...int64) *augur.Tensor {
		x, err := augur.NewTensor(augur.Float32, shape...)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, tc := range []struct {
		name   string
		inputs []augur.Spec
		given  []*augur.Tensor
		want   int
	}{
		{"common", []augur.Spec{spec("a", augur.Float32, "b"), spec("c", augur.Float32, "b", 2)}, []*augur.Tensor{tensor(3), tensor(3, 2)}, 3},
		{"free beats fixed", []augur.Spec{spec("state", augur.Float32, 2, "b"), spec("x", augur.Float32, "b", "n"), spec("rate", augur.Float32)}, []*augur.Tensor{tensor(2, 1), tensor(1, 9), tensor()}, 1},
		{"all fixed", []augur.Spec{spec("x", augur.Float32, 1, 2)}, []*augur.Tensor{tensor(1, 2)}, 1},
		{"different", []augur.Spec{spec("x", augur.Float32, ""), spec("y", augur.Float32, "")}, []*augur.Tensor{tensor(2), tensor(3)}, 0},
		{"scalar", []augur.Spec{spec("x", augur.Float32)}, []*augur.Tensor{tensor()}, 0},
		{"unknown rank", []augur.Spec{{Name: "x", Type: augur.Type{Kind: augur.KindTensor, DType: augur.Float32}}}, []*augur.Tensor{tensor(4, 4)}, 4},
		{"no rows", []augur.Spec{spec("x", augur.Float32, "b")}, []*augur.Tensor{tensor(0)}, 0},
	} {
		c := codecOf(t, version("m", "1.0.0", &augur.Signature{Inputs: tc.inputs}))
		var given []augur.NamedTensor
		for i, x := range tc.given {
			given = append(given, named(tc.inputs[i].Name, x))
		}
		in, err := c.read(&augur.Request{Data: augur.Data{Tensors: given}}, upTo(10))
		if err != nil || in.rows != tc.want {
			t.Errorf("%s: %d rows, %v", tc.name, in.rows, err)
		}
	}
}

func TestWantedOutputs(t *testing.T) {
	v := iris()
	v.Signature.Outputs = append(v.Signature.Outputs, spec("output_probability", augur.Float32, "", 3))
	c := codecOf(t, v)
	all, err := c.wanted(nil)
	if err != nil || !slices.Equal(all, []string{"output_label", "output_probability"}) {
		t.Error(all, err)
	}
	_, err = c.wanted([]string{"output_label", "output_lable"})
	if diff := cmp.Diff([]string{`outputs.1: unknown output "output_lable": did you mean "output_label"?`}, errorLines(err)); diff != "" {
		t.Error(diff)
	}
	_, err = c.wanted([]string{"output_label", "output_label"})
	if diff := cmp.Diff([]string{`outputs.1: output "output_label" is named twice`}, errorLines(err)); diff != "" {
		t.Error(diff)
	}
}

// Bounds and allowed values mean what an element of the dtype can hold.
func TestConstraints(t *testing.T) {
	scalar := func(dtype augur.DType, text string) *augur.Tensor {
		x, err := augur.DecodeTensor(dtype, nil, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	inf := math.Inf(1)
	for _, tc := range []struct {
		f       augur.Feature
		in, out []string
	}{
		{augur.Feature{DType: augur.Float32, Range: between(0.1, 0.3)}, []string{"0.1", "0.3"}, []string{"0.0999", "0.3001", `"NaN"`, `"Infinity"`}},
		{augur.Feature{DType: augur.Float16, Range: between(0.1, 0.3)}, []string{"0.1", "0.3"}, []string{"0.09", `"NaN"`}},
		{augur.Feature{DType: augur.BFloat16, OneOf: []any{0.1}}, []string{"0.1"}, []string{"0.2", `"NaN"`}},
		{augur.Feature{DType: augur.Float64, Range: between(-inf, 5)}, []string{`"-Infinity"`, "5"}, []string{"5.0000001", `"NaN"`}},
		{augur.Feature{DType: augur.Int64, Range: between(0.5, 9.007199254740993e15)}, []string{"1", "9007199254740992"}, []string{"0", "9007199254740993"}},
		{augur.Feature{DType: augur.Int64, Range: between(-inf, inf)}, []string{"-9223372036854775808", "9223372036854775807"}, nil},
		{augur.Feature{DType: augur.Int64, Range: between(1e300, inf)}, nil, []string{"0", "9223372036854775807"}},
		{augur.Feature{DType: augur.Uint64, Range: between(-5, 1e30)}, []string{"0", "18446744073709551615"}, nil},
		{augur.Feature{DType: augur.Uint64, Range: between(-5, -1)}, nil, []string{"0"}},
		{augur.Feature{DType: augur.Uint64, OneOf: []any{uint64(math.MaxUint64), int64(3)}}, []string{"18446744073709551615", "3"}, []string{"4"}},
		{augur.Feature{DType: augur.Int8, OneOf: []any{int64(-1), 2.0}}, []string{"-1", "2"}, []string{"1"}},
		{augur.Feature{DType: augur.Int16, Range: between(0, 9)}, []string{"0", "9"}, []string{"-1", "10"}},
		{augur.Feature{DType: augur.Int32, Range: between(0, 9)}, []string{"0", "9"}, []string{"-1", "10"}},
		{augur.Feature{DType: augur.Uint16, Range: between(1, 9)}, []string{"1", "9"}, []string{"0", "10"}},
		{augur.Feature{DType: augur.Uint32, Range: between(1, 9)}, []string{"1", "9"}, []string{"0", "10"}},
		{augur.Feature{DType: augur.Bool, OneOf: []any{true}}, []string{"true"}, []string{"false"}},
		{augur.Feature{DType: augur.String, OneOf: []any{"a", "b"}}, []string{`"a"`}, []string{`"c"`, `""`}},
		{augur.Feature{DType: augur.Int64, Range: between(0, 9), OneOf: []any{int64(5), int64(50)}}, []string{"5"}, []string{"50", "6"}},
		{augur.Feature{DType: augur.String, Range: between(0, 1)}, []string{`"a range is for numbers"`}, nil},
	} {
		c, err := newConstraint(&tc.f)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range tc.in {
			if c.first(scalar(tc.f.DType, text), 0, 1, 1) != -1 {
				t.Errorf("%s: %s is refused as %s", tc.f.DType, text, &c)
			}
		}
		for _, text := range tc.out {
			x := scalar(tc.f.DType, text)
			if c.first(x, 0, 1, 1) != 0 || c.error(x, 0).Code != augur.InvalidArgument {
				t.Errorf("%s: %s is accepted as %s", tc.f.DType, text, &c)
			}
		}
		if example := c.example(tc.f.DType); len(tc.in) > 0 && example != nil && !c.allows(example, 0) {
			t.Errorf("%s: the example %s is not %s", tc.f.DType, augur.AppendJSON(nil, example), &c)
		}
	}
}
