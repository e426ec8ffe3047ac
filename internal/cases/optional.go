package cases

import "augur"

// optionals are models that take or give a value that may be missing: of every
// type that the operators know, tensors and sequences, there and missing.
func optionals() (zoo []Specimen) {
	add := func(name string, opset int64, in, out augur.Spec, given, want augur.Value, nodes ...Node) {
		s := Specimen{
			Name:  "optional/" + name,
			Model: Model{Opset: opset, IR: 8, Graph: Graph{Nodes: nodes, Inputs: []augur.Spec{in}, Outputs: []augur.Spec{out}}},
			Want:  []augur.Output{{Name: out.Name, Value: want}},
		}
		switch given.Kind {
		case augur.KindTensor:
			s.Inputs = []augur.NamedTensor{{Name: in.Name, Tensor: given.Tensor}}
		case augur.KindSequence:
			s.Inputs = []augur.NamedTensor{{Name: in.Name, Value: &given}}
		}
		zoo = append(zoo, s)
	}
	has := Node{Op: "OptionalHasElement", In: []string{"o"}, Out: []string{"y"}}
	get := Node{Op: "OptionalGetElement", In: []string{"o"}, Out: []string{"y"}}
	same := Node{Op: "Identity", In: []string{"o"}, Out: []string{"y"}}
	var missing augur.Value
	said := func(b bool) augur.Value { return augur.TensorValue(augur.TensorOf(augur.Bool, []bool{b})) }
	for _, d := range composed {
		for _, form := range []struct {
			name  string
			typ   augur.Type
			value augur.Value
		}{
			{"tensor", AnyRank(d), augur.TensorValue(Sample(d, 3, 2))},
			{"sequence", Sequence(AnyRank(d)), items(Sample(d, 3), Sample(d), Sample(d, 2, 0))},
			{"scalar", Tensor(d), augur.TensorValue(Sample(d))},
			{"empty-sequence", Sequence(AnyRank(d)), items()},
		} {
			if d != augur.Float32 && (form.name == "scalar" || form.name == "empty-sequence") {
				continue
			}
			name := string(d) + "/" + form.name
			in := Port("o", Optional(form.typ))
			add(name+"/got", 18, in, Port("y", form.typ), form.value, form.value, get)
			add(name+"/missing-through", 16, in, Port("y", in.Type), missing, missing, same)
			if d == augur.Float32 {
				add(name+"/there", 18, in, Port("y", Tensor(augur.Bool)), form.value, said(true), has)
				add(name+"/missing", 18, in, Port("y", Tensor(augur.Bool)), missing, said(false), has)
				add(name+"/through", 16, in, Port("y", in.Type), form.value, form.value, same)
			}
		}
	}
	f := Tensor(augur.Float32, "n")
	x := augur.TensorValue(Sample(augur.Float32, 3))
	add("made", 18, Port("x", f), Port("o", Optional(f)), x, x, Node{Op: "Optional", In: []string{"x"}, Out: []string{"o"}})
	add("made-missing", 18, Port("x", f), Port("o", Optional(f)), x, missing, Node{Op: "Optional", Out: []string{"o"}, Attrs: []Attr{TypeOf("type", f)}})
	// Before operator set 16 no If gives an optional, so it must be there.
	add("old", 15, Port("o", Optional(f)), Port("y", f), x, x, get)
	add("old-sequence", 15, Port("o", Optional(Sequence(f))), Port("y", Sequence(f)), missing, missing, get)
	zoo[len(zoo)-1].Refused = true
	return zoo
}
