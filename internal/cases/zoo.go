package cases

import (
	"fmt"
	"math"

	"augur"
	"augur/onnxfile"
)

// Specimen is a small model with inputs and what must come out, bit for bit.
type Specimen struct {
	Name   string
	Model  Model
	Inputs []augur.NamedTensor
	Want   []augur.Output
	// Refused is set where no way of running the model can carry an output or
	// input: it must fail with Unimplemented when it is loaded.
	Refused bool
}

// Zoo is one small model for every type and form that a value can have.
func Zoo() []Specimen {
	var zoo []Specimen
	for _, d := range augur.DTypes() {
		zoo = append(zoo, identities(d)...)
	}
	zoo = append(zoo, powers()...)
	zoo = append(zoo, sequences()...)
	zoo = append(zoo, zipMaps()...)
	zoo = append(zoo, optionals()...)
	zoo = append(zoo, sequenceInputs()...)
	zoo = append(zoo, mapInputs()...)
	return append(zoo, ends()...)
}

// Sample returns a tensor of n elements of d, extremes first; the 4- and 2-bit
// types are packed.
func Sample(d augur.DType, shape ...int64) *augur.Tensor {
	t, err := augur.NewTensor(d, shape...)
	if err != nil {
		panic(err)
	}
	if t.Shape == nil {
		t.Shape = []int64{}
	}
	if d == augur.String {
		samples := []string{"", "grün", "a\tb", "日本語", "plain"}
		for i := range t.Strings {
			t.Strings[i] = samples[i%len(samples)]
		}
		return t
	}
	switch d {
	case augur.Bool:
		for i := range t.Data {
			t.Data[i] = byte(i+1) & 1
		}
	case augur.Float32:
		fill(t, []float32{float32(math.Inf(1)), float32(math.NaN()), float32(math.Copysign(0, -1)), math.MaxFloat32, math.SmallestNonzeroFloat32, float32(math.Inf(-1)), 1.5})
	case augur.Float64:
		fill(t, []float64{math.Inf(1), math.NaN(), math.Copysign(0, -1), math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(-1), 1.5})
	case augur.Float16:
		fill(t, []uint16{0x7c00, 0x7e00, 0x8000, 0x7bff, 0x0001, 0xfc00, 0x3e00, 0x03ff, 0x0400, 0xfe01})
	case augur.BFloat16:
		fill(t, []uint16{0x7f80, 0x7fc0, 0x8000, 0x7f7f, 0x0001, 0xff80, 0x3fc0})
	case augur.Float8E4M3FN, augur.Float8E5M2, augur.Float8E4M3FNUZ, augur.Float8E5M2FNUZ, augur.Float8E8M0:
		fill(t, []byte{0x01, 0x38, 0xb8, 0x7b, 0xfb, 0x08, 0x00})
	case augur.Int64:
		fill(t, []int64{math.MinInt64, math.MaxInt64, 1<<53 + 1, -1, 0})
	case augur.Uint64:
		fill(t, []uint64{math.MaxUint64, 1<<53 + 1, 0, 1})
	default: // the pattern of bits ff 80 7f 01 covers the smaller integers
		for i := range t.Data {
			t.Data[i] = []byte{0xff, 0x80, 0x7f, 0x01, 0x00}[i%5]
		}
		if odd := d.Bits() * t.Len() % 8; d.Bits() < 8 && odd > 0 {
			t.Data[len(t.Data)-1] &= 1<<odd - 1 // what lies past the end is zero
		}
	}
	return t
}

func fill[T augur.Fixed](t *augur.Tensor, samples []T) {
	view := augur.View[T](t)
	for i := range view {
		view[i] = samples[i%len(samples)]
	}
}

// identities are models that give back what they get, in every rank.
func identities(d augur.DType) (zoo []Specimen) {
	add := func(form string, typ augur.Type, t *augur.Tensor) {
		zoo = append(zoo, Specimen{
			Name: string(d) + "/" + form,
			Model: Model{Opset: opsetOf(d), Graph: Graph{
				Nodes:   []Node{{Op: "Identity", In: []string{"x"}, Out: []string{"y"}}},
				Inputs:  []augur.Spec{Port("x", typ)},
				Outputs: []augur.Spec{Port("y", typ)},
			}},
			Inputs:  []augur.NamedTensor{{Name: "x", Tensor: t}},
			Want:    []augur.Output{{Name: "y", Value: augur.TensorValue(t)}},
			Refused: uncarried[d],
		})
	}
	add("vector", Tensor(d, "n"), Sample(d, 7))
	add("fixed", Tensor(d, 2, 5), Sample(d, 2, 5))
	add("scalar", Tensor(d), Sample(d))
	add("empty", Tensor(d, "n", 3), Sample(d, 0, 3))
	add("empty-last", Tensor(d, "n", "m"), Sample(d, 3, 0))
	add("any-rank-scalar", AnyRank(d), Sample(d))
	add("any-rank-matrix", AnyRank(d), Sample(d, 3, 2))
	add("any-rank-empty", AnyRank(d), Sample(d, 2, 0, 2))
	return zoo
}

// powers are models that turn float8e8m0, the powers of two from -127 to 127 and
// NaN, into float32 and back: the one operator that ONNX Runtime has for them,
// by which they are carried too.
func powers() (zoo []Specimen) {
	narrow := func(shape ...int64) *augur.Tensor {
		return &augur.Tensor{DType: augur.Float8E8M0, Shape: shape, Data: []byte{0, 1, 0x7e, 0x7f, 0xfe, 0xff}[:shape[0]*shape[1]]}
	}
	wide := func(shape ...int64) *augur.Tensor {
		return augur.TensorOf(augur.Float32, []uint32{1 << 22, 1 << 23, 0x7e << 23, 0x7f << 23, 0xfe << 23, 0x7fc00000}[:shape[0]*shape[1]], shape...)
	}
	one := func(t *augur.Tensor) *augur.Tensor {
		return &augur.Tensor{DType: t.DType, Shape: []int64{}, Data: t.Data}
	}
	add := func(name string, from, to augur.Type, x, y *augur.Tensor) {
		zoo = append(zoo, Specimen{
			Name: "cast/" + string(from.DType) + "/" + string(to.DType) + "/" + name,
			Model: Model{Opset: 24, Graph: Graph{
				Nodes:   []Node{{Op: "Cast", In: []string{"x"}, Out: []string{"y"}, Attrs: []Attr{Int("to", int64(onnxfile.Number(to.DType)))}}},
				Inputs:  []augur.Spec{Port("x", from)},
				Outputs: []augur.Spec{Port("y", to)},
			}},
			Inputs: []augur.NamedTensor{{Name: "x", Tensor: x}},
			Want:   []augur.Output{{Name: "y", Value: augur.TensorValue(y)}},
		})
	}
	small, f := augur.Float8E8M0, augur.Float32
	add("matrix", Tensor(small, "n", 3), Tensor(f, "n", 3), narrow(2, 3), wide(2, 3))
	add("matrix", Tensor(f, "n", 3), Tensor(small, "n", 3), wide(2, 3), narrow(2, 3))
	add("any-rank", AnyRank(small), AnyRank(f), narrow(3, 2), wide(3, 2))
	add("any-rank", AnyRank(f), AnyRank(small), wide(3, 2), narrow(3, 2))
	add("empty", Tensor(small, "n", 3), Tensor(f, "n", 3), narrow(0, 3), wide(0, 3))
	add("empty", Tensor(f, "n", 3), Tensor(small, "n", 3), wide(0, 3), narrow(0, 3))
	add("scalar", Tensor(small), Tensor(f), one(narrow(1, 1)), one(wide(1, 1)))
	add("scalar", Tensor(f), Tensor(small), one(wide(1, 1)), one(narrow(1, 1)))
	return zoo
}

// uncarried are the types that ONNX Runtime 1.27 does nothing with: complex
// numbers it does not know, and no operator takes or gives float4e2m1.
var uncarried = map[augur.DType]bool{
	augur.Complex64: true, augur.Complex128: true, augur.Float4E2M1: true,
}

// opsetOf is the operator set whose Identity takes d.
func opsetOf(d augur.DType) int64 {
	switch d {
	case augur.Int2, augur.Uint2:
		return 25
	case augur.Float4E2M1:
		return 23
	case augur.Float8E8M0:
		return 24
	default:
		return 21
	}
}

func sequences() []Specimen {
	of := func(name string, elem augur.Type, parts ...*augur.Tensor) Specimen {
		s := Specimen{Name: "sequence/" + name, Model: Model{Opset: 17, IR: 8}}
		v := augur.Value{Kind: augur.KindSequence, Items: []augur.Value{}}
		node := Node{Op: "SequenceConstruct", Out: []string{"s"}}
		for i, t := range parts {
			in := fmt.Sprintf("x%d", i)
			node.In = append(node.In, in)
			typ := AnyRank(t.DType)
			if elem.Shape != nil {
				typ = elem
			}
			s.Model.Graph.Inputs = append(s.Model.Graph.Inputs, Port(in, typ))
			s.Inputs = append(s.Inputs, augur.NamedTensor{Name: in, Tensor: t})
			v.Items = append(v.Items, augur.TensorValue(t))
		}
		s.Model.Graph.Nodes = []Node{node}
		s.Model.Graph.Outputs = []augur.Spec{Port("s", Sequence(elem))}
		s.Want = []augur.Output{{Name: "s", Value: v}}
		return s
	}
	f := augur.Float32
	empty := Specimen{Name: "sequence/empty", Model: Model{Opset: 17, IR: 8, Graph: Graph{
		Nodes:   []Node{{Op: "SequenceEmpty", Out: []string{"s"}}},
		Outputs: []augur.Spec{Port("s", Sequence(AnyRank(f)))},
	}}, Want: []augur.Output{{Name: "s", Value: augur.Value{Kind: augur.KindSequence, Items: []augur.Value{}}}}}
	return []Specimen{
		of("vectors", Tensor(f, ""), Sample(f, 2), Sample(f, 3)),
		of("unknown", AnyRank(f), Sample(f, 2), Sample(f, 3)),
		of("scalars", Tensor(f), Sample(f), Sample(f)),
		of("mixed-rank", AnyRank(f), Sample(f, 2), Sample(f), Sample(f, 2, 0)),
		of("float16", AnyRank(augur.Float16), Sample(augur.Float16, 3), Sample(augur.Float16)),
		of("string", AnyRank(augur.String), Sample(augur.String, 3), Sample(augur.String)),
		of("int64", AnyRank(augur.Int64), Sample(augur.Int64, 5)),
		empty,
	}
}

func zipMaps() []Specimen {
	zip := func(name string, key augur.DType, labels Attr, keys *augur.Tensor, shape []int64, want ...[]float32) Specimen {
		s := Specimen{Name: "zipmap/" + name, Model: Model{ML: 1, Opset: 17, IR: 8, Graph: Graph{
			Nodes: []Node{
				{Op: "Identity", In: []string{"x"}, Out: []string{"p"}},
				{Op: "ZipMap", Domain: "ai.onnx.ml", In: []string{"p"}, Out: []string{"z"}, Attrs: []Attr{labels}},
			},
			Inputs:  []augur.Spec{Port("x", AnyRank(augur.Float32))},
			Outputs: []augur.Spec{Port("z", Sequence(Map(key)))},
		}}}
		x := make([]float32, 0, 6)
		for i := range cap(x) {
			x = append(x, float32(i))
		}
		n, _ := augur.Elements(shape)
		s.Inputs = []augur.NamedTensor{{Name: "x", Tensor: augur.TensorOf(augur.Float32, x[:n], shape...)}}
		v := augur.Value{Kind: augur.KindSequence, Items: []augur.Value{}}
		for _, row := range want {
			v.Items = append(v.Items, augur.Value{Kind: augur.KindMap, Keys: keys, Values: augur.TensorOf(augur.Float32, row, int64(len(row)))})
		}
		s.Want = []augur.Output{{Name: "z", Value: v}}
		return s
	}
	ints := augur.TensorOf(augur.Int64, []int64{math.MinInt64, 7, math.MaxInt64}, 3)
	texts := augur.StringTensor([]string{"a", "b", "ü"}, 3)
	both := zip("beside-its-matrix", augur.String, Texts("classlabels_strings", "a", "b", "ü"), texts, []int64{1, 3}, []float32{0, 1, 2})
	both.Model.Graph.Outputs = append(both.Model.Graph.Outputs, Port("p", Tensor(augur.Float32, "n", 3)))
	both.Want = append(both.Want, augur.Output{Name: "p", Value: augur.TensorValue(both.Inputs[0].Tensor)})
	return []Specimen{
		zip("int64", augur.Int64, Ints("classlabels_int64s", math.MinInt64, 7, math.MaxInt64), ints, []int64{2, 3}, []float32{0, 1, 2}, []float32{3, 4, 5}),
		zip("int64-unsorted", augur.Int64, Ints("classlabels_int64s", 7, math.MaxInt64, math.MinInt64), ints, []int64{2, 3}, []float32{2, 0, 1}, []float32{5, 3, 4}),
		zip("string", augur.String, Texts("classlabels_strings", "a", "b", "ü"), texts, []int64{1, 3}, []float32{0, 1, 2}),
		zip("one-row", augur.String, Texts("classlabels_strings", "a", "b", "ü"), texts, []int64{3}, []float32{0, 1, 2}),
		zip("no-rows", augur.String, Texts("classlabels_strings", "a", "b", "ü"), texts, []int64{0, 3}),
		zip("same-label-twice", augur.String, Texts("classlabels_strings", "a", "b", "a"), augur.StringTensor([]string{"a", "b"}, 2), []int64{1, 3}, []float32{2, 1}),
		both,
	}
}

// ends are models whose inputs or outputs are unusual.
func ends() []Specimen {
	two := augur.TensorOf(augur.Float32, []float32{2}, 1)
	x := augur.TensorOf(augur.Float32, []float32{3, 4}, 2)
	add := func(a, b string) []Node { return []Node{{Op: "Add", In: []string{a, b}, Out: []string{"y"}}} }
	out := []augur.Spec{Port("y", Tensor(augur.Float32, "n"))}
	want := func(v ...float32) []augur.Output {
		return []augur.Output{{Name: "y", Value: augur.TensorValue(augur.TensorOf(augur.Float32, v, int64(len(v))))}}
	}
	defaulted := Graph{
		Nodes:   add("x", "b"),
		Inputs:  []augur.Spec{Port("x", Tensor(augur.Float32, "n")), Port("b", Tensor(augur.Float32, 1))},
		Outputs: out, Initial: []Initial{{Name: "b", Tensor: two}},
	}
	text := augur.StringTensor([]string{"default"})
	return []Specimen{
		{
			Name: "ends/no-inputs",
			Model: Model{Graph: Graph{
				Nodes:   []Node{{Op: "Constant", Out: []string{"y"}, Attrs: []Attr{Constant("value", x)}}},
				Outputs: out,
			}},
			Want: want(3, 4),
		},
		{
			Name: "ends/default-left", Model: Model{Graph: defaulted},
			Inputs: []augur.NamedTensor{{Name: "x", Tensor: x}}, Want: want(5, 6),
		},
		{
			Name: "ends/default-given", Model: Model{Graph: defaulted},
			Inputs: []augur.NamedTensor{{Name: "x", Tensor: x}, {Name: "b", Tensor: augur.TensorOf(augur.Float32, []float32{10}, 1)}},
			Want:   want(13, 14),
		},
		{
			Name: "ends/initializer-before-ir4", Model: Model{IR: 3, Opset: 8, Graph: defaulted},
			Inputs: []augur.NamedTensor{{Name: "x", Tensor: x}}, Want: want(5, 6),
		},
		{
			Name: "ends/default-string-scalar",
			Model: Model{Graph: Graph{
				Nodes:   []Node{{Op: "Identity", In: []string{"t"}, Out: []string{"y"}}},
				Inputs:  []augur.Spec{Port("t", Tensor(augur.String))},
				Outputs: []augur.Spec{Port("y", Tensor(augur.String))},
				Initial: []Initial{{Name: "t", Tensor: text}},
			}},
			Want: []augur.Output{{Name: "y", Value: augur.TensorValue(text)}},
		},
		{
			Name: "ends/input-is-output",
			Model: Model{Graph: Graph{
				Nodes:   add("x", "x"),
				Inputs:  []augur.Spec{Port("x", Tensor(augur.Float32, "n"))},
				Outputs: []augur.Spec{Port("y", Tensor(augur.Float32, "n")), Port("x", Tensor(augur.Float32, "n"))},
			}},
			Inputs: []augur.NamedTensor{{Name: "x", Tensor: x}},
			Want:   append(want(6, 8), augur.Output{Name: "x", Value: augur.TensorValue(x)}),
		},
		{
			Name: "ends/rank-0-output-of-old-opset",
			Model: Model{IR: 3, Opset: 8, Graph: Graph{
				Nodes:   []Node{{Op: "ReduceSum", In: []string{"x"}, Out: []string{"y"}, Attrs: []Attr{Int("keepdims", 0)}}},
				Inputs:  []augur.Spec{Port("x", Tensor(augur.Float32, "n"))},
				Outputs: []augur.Spec{Port("y", Tensor(augur.Float32))},
			}},
			Inputs: []augur.NamedTensor{{Name: "x", Tensor: x}},
			Want:   []augur.Output{{Name: "y", Value: augur.TensorValue(augur.TensorOf(augur.Float32, []float32{7}))}},
		},
		{
			Name: "ends/lying-shape",
			Model: Model{Graph: Graph{
				Nodes:   []Node{{Op: "NonZero", In: []string{"x"}, Out: []string{"y"}}},
				Inputs:  []augur.Spec{Port("x", Tensor(augur.Float32, "n"))},
				Outputs: []augur.Spec{Port("y", Tensor(augur.Int64, 9, 9))},
			}},
			Inputs: []augur.NamedTensor{{Name: "x", Tensor: x}},
			Want:   []augur.Output{{Name: "y", Value: augur.TensorValue(augur.TensorOf(augur.Int64, []int64{0, 1}, 1, 2))}},
		},
		{
			Name: "ends/names",
			Model: Model{Graph: Graph{
				Nodes:   []Node{{Op: "Identity", In: []string{"grün/ß:0 \n"}, Out: []string{"日本"}}},
				Inputs:  []augur.Spec{Port("grün/ß:0 \n", Tensor(augur.Float32))},
				Outputs: []augur.Spec{Port("日本", Tensor(augur.Float32))},
			}},
			Inputs: []augur.NamedTensor{{Name: "grün/ß:0 \n", Tensor: augur.TensorOf(augur.Float32, []float32{1})}},
			Want:   []augur.Output{{Name: "日本", Value: augur.TensorValue(augur.TensorOf(augur.Float32, []float32{1}))}},
		},
	}
}
