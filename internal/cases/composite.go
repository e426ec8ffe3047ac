package cases

import (
	"augur"
)

// composed are the types of tensors that ONNX Runtime puts into sequences and
// optionals.
var composed = []augur.DType{
	augur.Float32, augur.Float64, augur.Float16, augur.Bool, augur.String,
	augur.Int8, augur.Int16, augur.Int32, augur.Int64, augur.Uint8, augur.Uint16, augur.Uint32, augur.Uint64,
}

// items is a sequence of tensors.
func items(parts ...*augur.Tensor) augur.Value {
	v := augur.Value{Kind: augur.KindSequence, Items: []augur.Value{}}
	for _, t := range parts {
		v.Items = append(v.Items, augur.TensorValue(t))
	}
	return v
}

// sequenceInputs are models that take a sequence of tensors: of every type and
// of items of any rank, empty ones too.
func sequenceInputs() (zoo []Specimen) {
	add := func(name string, opset int64, in augur.Type, v augur.Value, out augur.Type, want augur.Value, nodes ...Node) {
		zoo = append(zoo, Specimen{
			Name: "sequence-input/" + name,
			Model: Model{Opset: opset, IR: 8, Graph: Graph{
				Nodes: nodes, Inputs: []augur.Spec{Port("s", in)}, Outputs: []augur.Spec{Port("y", out)},
			}},
			Inputs: []augur.NamedTensor{{Name: "s", Value: &v}},
			Want:   []augur.Output{{Name: "y", Value: want}},
		})
	}
	same := Node{Op: "Identity", In: []string{"s"}, Out: []string{"y"}}
	for _, d := range composed {
		any := Sequence(AnyRank(d))
		add(string(d)+"/any-rank", 17, any, items(Sample(d, 3), Sample(d), Sample(d, 2, 2), Sample(d, 2, 0)), any,
			items(Sample(d, 3), Sample(d), Sample(d, 2, 2), Sample(d, 2, 0)), same)
		vectors := Sequence(Tensor(d, "n"))
		add(string(d)+"/none", 17, vectors, items(), vectors, items(), same)
	}
	f := augur.Float32
	one, two := augur.TensorOf(f, []float32{1, 2}, 2), augur.TensorOf(f, []float32{3}, 1)
	add("joined", 17, Sequence(Tensor(f, "n")), items(one, two), Tensor(f, "m"), augur.TensorValue(augur.TensorOf(f, []float32{1, 2, 3}, 3)),
		Node{Op: "ConcatFromSequence", In: []string{"s"}, Out: []string{"y"}, Attrs: []Attr{Int("axis", 0)}})
	add("length", 13, Sequence(AnyRank(f)), items(one, Sample(f, 0, 3), two), Tensor(augur.Int64), augur.TensorValue(augur.TensorOf(augur.Int64, []int64{3})),
		Node{Op: "SequenceLength", In: []string{"s"}, Out: []string{"y"}})
	// Before operator set 14 an empty dimension has to be written as -1.
	add("old-empty", 13, Sequence(AnyRank(f)), items(Sample(f, 3, 0)), Tensor(f, "n", "m"), augur.TensorValue(Sample(f, 3, 0)),
		Node{Op: "ConcatFromSequence", In: []string{"s"}, Out: []string{"y"}, Attrs: []Attr{Int("axis", 0)}})
	add("optional", 18, Optional(Sequence(AnyRank(f))), items(one, two), Sequence(AnyRank(f)), items(one, two),
		Node{Op: "OptionalGetElement", In: []string{"s"}, Out: []string{"y"}})
	add("old", 12, Sequence(AnyRank(f)), items(one), Tensor(augur.Int64), augur.Value{},
		Node{Op: "SequenceLength", In: []string{"s"}, Out: []string{"y"}})
	zoo[len(zoo)-1].Refused = true // its Loop knows tensors alone
	for _, d := range []augur.DType{augur.BFloat16, augur.Complex64, augur.Complex128} {
		add(string(d), 17, Sequence(AnyRank(d)), items(), Tensor(augur.Int64), augur.Value{},
			Node{Op: "SequenceLength", In: []string{"s"}, Out: []string{"y"}})
		zoo[len(zoo)-1].Refused = true
	}
	return zoo
}

// mapInputs are models that take a map: every pair of types that an operator
// reads.
func mapInputs() (zoo []Specimen) {
	add := func(name string, keys, values, want *augur.Tensor, node Node) {
		elem := Tensor(values.DType)
		node.Domain, node.In, node.Out = "ai.onnx.ml", []string{"m"}, []string{"y"}
		zoo = append(zoo, Specimen{
			Name: "map-input/" + name,
			Model: Model{ML: 1, Opset: 17, IR: 8, Graph: Graph{
				Nodes:   []Node{node},
				Inputs:  []augur.Spec{Port("m", augur.Type{Kind: augur.KindMap, Key: keys.DType, Elem: &elem})},
				Outputs: []augur.Spec{Port("y", Tensor(want.DType, 1, "n"))},
			}},
			Inputs: []augur.NamedTensor{{Name: "m", Value: &augur.Value{Kind: augur.KindMap, Keys: keys, Values: values}}},
			Want:   []augur.Output{{Name: "y", Value: augur.TensorValue(want)}},
		})
	}
	numbers := augur.TensorOf(augur.Int64, []int64{7, -1}, 2)
	words := augur.StringTensor([]string{"grün", ""}, 2)
	texts := augur.StringTensor([]string{"b", "a"}, 2)
	singles := augur.TensorOf(augur.Float32, []float32{1.5, -2}, 2)
	doubles := augur.TensorOf(augur.Float64, []float64{1.5, -2}, 2)
	longs := augur.TensorOf(augur.Int64, []int64{1<<53 + 1, -2}, 2)
	byNumber := Node{Op: "DictVectorizer", Attrs: []Attr{Ints("int64_vocabulary", -1, 3, 7)}}
	byWord := Node{Op: "DictVectorizer", Attrs: []Attr{Texts("string_vocabulary", "", "x", "grün")}}
	add("int64-float32", numbers, singles, augur.TensorOf(augur.Float32, []float32{-2, 0, 1.5}, 1, 3), byNumber)
	add("int64-float64", numbers, doubles, augur.TensorOf(augur.Float64, []float64{-2, 0, 1.5}, 1, 3), byNumber)
	add("int64-string", numbers, texts, augur.StringTensor([]string{"a", "", "b"}, 1, 3), byNumber)
	add("string-float32", words, singles, augur.TensorOf(augur.Float32, []float32{-2, 0, 1.5}, 1, 3), byWord)
	add("string-float64", words, doubles, augur.TensorOf(augur.Float64, []float64{-2, 0, 1.5}, 1, 3), byWord)
	add("string-int64", words, longs, augur.TensorOf(augur.Int64, []int64{-2, 0, 1<<53 + 1}, 1, 3), byWord)
	add("cast", numbers, singles, augur.TensorOf(augur.Float32, []float32{-2, 1.5}, 1, 2), Node{Op: "CastMap"})
	add("none", augur.TensorOf(augur.Int64, []int64{}, 0), augur.TensorOf(augur.Float32, []float32{}, 0), augur.TensorOf(augur.Float32, []float32{0, 0, 0}, 1, 3), byNumber)
	add("float32-keys", singles, singles, singles, byNumber)
	zoo[len(zoo)-1].Refused = true
	return zoo
}
