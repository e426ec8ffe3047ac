package onnxfile

import (
	"augur"
)

// OptionalOpset is the first operator set whose If gives optionals, so that one
// can be carried.
const OptionalOpset = 16

// optional makes the node that gives the optional input called name: built, of
// type t, where HasName says that there is a value, and none elsewhere.
func (g *grafter) optional(name string, t augur.Type, built string) []byte {
	has := HasName(name)
	g.addField(&g.ends, graphInput, valueInfo(has, vectorType(augur.Bool)))
	typ := typeOf(t)
	ends := func(s string) [][]byte { return [][]byte{valueInfo(has+s, optionalType(typ))} }
	some := nodeProto("Optional", []string{built}, []string{has + "/some"})
	none := nodeProto("Optional", nil, []string{has + "/none"}, attrType("type", typ))
	return nodeProto("If", []string{has}, []string{name},
		attrGraph("then_branch", graphProto("some", [][]byte{some}, nil, ends("/some"))),
		attrGraph("else_branch", graphProto("none", [][]byte{none}, nil, ends("/none"))))
}

// typeOf is a tensor, or a sequence of tensors, of unknown rank.
func typeOf(t augur.Type) []byte {
	if t.Kind == augur.KindSequence {
		return sequenceType(t.Elem.DType)
	}
	return tensorType(t.DType)
}

// optionalOutput gives an output that is an optional of type t as elements,
// shapes and whether it is there; without a value the first two are empty.
func (g *grafter) optionalOutput(c Carried, t augur.Type) {
	flat, shape := FlatName(c.Name), ShapeName(c.Name)
	in := func(s string) string { return flat + "/" + s }
	vector, dims := in("vector"), in("dims")
	then := [][]byte{nodeProto("OptionalGetElement", []string{c.Name}, []string{in("x")})}
	var otherwise [][]byte
	flatType, shapeType := vectorType(c.As), vectorType(augur.Int64)
	if t.Kind == augur.KindSequence {
		flatType, shapeType = sequenceType(c.As), sequenceType(augur.Int64)
		then = append(then, flattenSequence(c.Name+"/some", in("x"), vector, dims, t.Elem.DType, c.As)...)
		otherwise = [][]byte{
			nodeProto("SequenceEmpty", nil, []string{vector + "0"}, attrInt("dtype", int64(Number(c.As)))),
			nodeProto("SequenceEmpty", nil, []string{dims + "0"}, attrInt("dtype", int64(Number(augur.Int64)))),
		}
	} else {
		then = append(then, flatten(in("x"), vector, dims, t.DType, c.As)...)
		otherwise = [][]byte{
			nodeProto("Constant", nil, []string{vector + "0"}, valueAttr(tensorProto(c.As, []int64{0}, nil))),
			nodeProto("Constant", nil, []string{dims + "0"}, valueAttr(tensorProto(augur.Int64, []int64{0}, nil))),
		}
	}
	ends := func(suffix string) [][]byte {
		return [][]byte{valueInfo(vector+suffix, flatType), valueInfo(dims+suffix, shapeType)}
	}
	for _, n := range [][]byte{
		nodeProto("OptionalHasElement", []string{c.Name}, []string{in("has")}),
		nodeProto("Reshape", []string{in("has"), allName}, []string{HasName(c.Name)}),
		nodeProto("If", []string{in("has")}, []string{flat, shape},
			attrGraph("then_branch", graphProto("some", then, nil, ends(""))),
			attrGraph("else_branch", graphProto("none", otherwise, nil, ends("0")))),
	} {
		g.addField(&g.after, graphNode, n)
	}
	g.addField(&g.ends, graphValueInfo, valueInfo(c.Name, optionalType(typeOf(t))))
	g.addField(&g.ends, graphOutput, valueInfo(flat, flatType))
	g.addField(&g.ends, graphOutput, valueInfo(shape, shapeType))
	g.addField(&g.ends, graphOutput, valueInfo(HasName(c.Name), vectorType(augur.Bool)))
}
