package onnxfile

import (
	"augur"
)

// sequenceLoop is the first operator set whose Loop passes sequences on.
const sequenceLoop = 13

func sequenceOfTensors(t augur.Type) bool {
	return t.Kind == augur.KindSequence && t.Elem != nil && t.Elem.Kind == augur.KindTensor
}

// sequence makes the nodes that build a sequence of type t, named built.
func (g *grafter) sequence(c Carried, t augur.Type, built string) ([][]byte, error) {
	if err := g.need(sequenceLoop, "input "+c.Name); err != nil {
		return nil, err
	}
	d := t.Elem.DType
	g.addField(&g.ends, graphInput, valueInfo(FlatName(c.Name), vectorType(d)))
	for _, vector := range []string{ShapeName(c.Name), ElementsName(c.Name), DimsName(c.Name)} {
		g.addField(&g.ends, graphInput, valueInfo(vector, vectorType(augur.Int64)))
	}
	return unflattenSequence(c.Name, built, d, g.opset >= 14), nil
}

// flattenSequence makes the nodes that give a sequence of tensors as two
// sequences of vectors, flat and shape: a Loop over the items. What it names
// beside them begins with the FlatName of name.
func flattenSequence(name, sequence, flat, shape string, from, as augur.DType) [][]byte {
	in := func(s string) string { return FlatName(name) + "/" + s }
	body := [][]byte{nodeProto("SequenceAt", []string{sequence, in("i")}, []string{in("x")})}
	body = append(body, flatten(in("x"), in("vector"), in("dims"), from, as)...)
	body = append(body,
		nodeProto("SequenceInsert", []string{in("a"), in("vector")}, []string{in("a2")}),
		nodeProto("SequenceInsert", []string{in("b"), in("dims")}, []string{in("b2")}),
		nodeProto("Identity", []string{in("go")}, []string{in("go2")}))
	loop := graphProto("flatten", body,
		[][]byte{valueInfo(in("i"), scalarType(augur.Int64)), valueInfo(in("go"), scalarType(augur.Bool)),
			valueInfo(in("a"), sequenceType(as)), valueInfo(in("b"), sequenceType(augur.Int64))},
		[][]byte{valueInfo(in("go2"), scalarType(augur.Bool)),
			valueInfo(in("a2"), sequenceType(as)), valueInfo(in("b2"), sequenceType(augur.Int64))})
	return [][]byte{
		nodeProto("SequenceLength", []string{sequence}, []string{in("length")}),
		nodeProto("Constant", nil, []string{in("true")}, valueAttr(tensorProto(augur.Bool, nil, []byte{1}))),
		nodeProto("SequenceEmpty", nil, []string{in("a0")}, attrInt("dtype", int64(Number(as)))),
		nodeProto("SequenceEmpty", nil, []string{in("b0")}, attrInt("dtype", int64(Number(augur.Int64)))),
		nodeProto("Loop", []string{in("length"), in("true"), in("a0"), in("b0")}, []string{flat, shape}, attrGraph("body", loop)),
	}
}

// unflattenSequence makes the nodes that build a sequence of tensors, named
// built, of what travels in its place: a Loop over the items, each of which is
// a slice of the elements in the shape that a slice of the dimensions gives.
func unflattenSequence(name, built string, d augur.DType, allowsZero bool) [][]byte {
	flat, shape := FlatName(name), ShapeName(name)
	in := func(s string) string { return flat + "/" + s }
	var attrs [][]byte
	if allowsZero {
		attrs = append(attrs, attrInt("allowzero", 1))
	}
	slice := func(of, bounds, to string) [][]byte {
		return [][]byte{
			nodeProto("Gather", []string{bounds, in("at")}, []string{in(to + "/from")}),
			nodeProto("Gather", []string{bounds, in("next")}, []string{in(to + "/to")}),
			nodeProto("Slice", []string{of, in(to + "/from"), in(to + "/to")}, []string{in(to)}),
		}
	}
	body := [][]byte{
		nodeProto("Reshape", []string{in("i"), allName}, []string{in("at")}),
		nodeProto("Add", []string{in("at"), in("one")}, []string{in("next")}),
	}
	body = append(body, slice(flat, ElementsName(name), "vector")...)
	body = append(body, slice(shape, DimsName(name), "dims")...)
	body = append(body,
		nodeProto("Reshape", []string{in("vector"), in("dims")}, []string{in("x")}, attrs...),
		nodeProto("SequenceInsert", []string{in("a"), in("x")}, []string{in("a2")}),
		nodeProto("Identity", []string{in("go")}, []string{in("go2")}))
	loop := graphProto("unflatten", body,
		[][]byte{valueInfo(in("i"), scalarType(augur.Int64)), valueInfo(in("go"), scalarType(augur.Bool)), valueInfo(in("a"), sequenceType(d))},
		[][]byte{valueInfo(in("go2"), scalarType(augur.Bool)), valueInfo(in("a2"), sequenceType(d))})
	return [][]byte{
		nodeProto("Constant", nil, []string{in("true")}, valueAttr(tensorProto(augur.Bool, nil, []byte{1}))),
		nodeProto("Constant", nil, []string{in("one")}, valueAttr(tensorProto(augur.Int64, []int64{1}, littleInt64(1)))),
		nodeProto("Shape", []string{ElementsName(name)}, []string{in("bounds")}),
		nodeProto("Sub", []string{in("bounds"), in("one")}, []string{in("length1")}),
		nodeProto("Squeeze", []string{in("length1")}, []string{in("length")}),
		nodeProto("SequenceEmpty", nil, []string{in("a0")}, attrInt("dtype", int64(Number(d)))),
		nodeProto("Loop", []string{in("length"), in("true"), in("a0")}, []string{built}, attrGraph("body", loop)),
	}
}
