package onnxfile

import (
	"encoding/binary"

	"google.golang.org/protobuf/encoding/protowire"

	"augur"
)

// The fields of GraphProto that Rewrite writes.
const (
	graphNode      protowire.Number = 1
	graphInput     protowire.Number = 11
	graphOutput    protowire.Number = 12
	graphValueInfo protowire.Number = 13
)

// allName is the vector [-1], the shape that means "all elements in one dimension".
const allName = "augur/all"

// flatten makes the nodes that give tensor x, whose elements are of type from,
// as a vector of type as and a shape. The Cast comes first, since Reshape does
// not know every type that Cast knows.
func flatten(x, flat, shape string, from, as augur.DType) [][]byte {
	var nodes [][]byte
	if from != as {
		nodes = append(nodes, nodeProto("Cast", []string{x}, []string{flat + "/cast"}, attrInt("to", int64(Number(as)))))
		x = flat + "/cast"
	}
	return append(nodes,
		nodeProto("Reshape", []string{x, allName}, []string{flat}),
		nodeProto("Shape", []string{x}, []string{shape}))
}

// flattenSequence makes the nodes that give a sequence of tensors as two
// sequences of vectors: a Loop over the elements.
func flattenSequence(name string, from, as augur.DType) [][]byte {
	flat, shape := FlatName(name), ShapeName(name)
	in := func(s string) string { return flat + "/" + s }
	body := [][]byte{nodeProto("SequenceAt", []string{name, in("i")}, []string{in("x")})}
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
		nodeProto("SequenceLength", []string{name}, []string{in("length")}),
		nodeProto("Constant", nil, []string{in("true")}, valueAttr(tensorProto(augur.Bool, nil, []byte{1}))),
		nodeProto("SequenceEmpty", nil, []string{in("a0")}, attrInt("dtype", int64(Number(as)))),
		nodeProto("SequenceEmpty", nil, []string{in("b0")}, attrInt("dtype", int64(Number(augur.Int64)))),
		nodeProto("Loop", []string{in("length"), in("true"), in("a0"), in("b0")}, []string{flat, shape}, attrGraph("body", loop)),
	}
}

// flattenOptional makes the nodes that give an optional tensor as a vector, a
// shape and whether it is there; without a value the first two are empty.
func flattenOptional(name string, from, as augur.DType) [][]byte {
	flat, shape := FlatName(name), ShapeName(name)
	in := func(s string) string { return flat + "/" + s }
	then := [][]byte{nodeProto("OptionalGetElement", []string{name}, []string{in("x")})}
	then = append(then, flatten(in("x"), in("vector"), in("dims"), from, as)...)
	otherwise := [][]byte{
		nodeProto("Constant", nil, []string{in("vector0")}, valueAttr(tensorProto(as, []int64{0}, nil))),
		nodeProto("Constant", nil, []string{in("dims0")}, valueAttr(tensorProto(augur.Int64, []int64{0}, nil))),
	}
	ends := func(suffix string) [][]byte {
		return [][]byte{valueInfo(in("vector"+suffix), vectorType(as)), valueInfo(in("dims"+suffix), vectorType(augur.Int64))}
	}
	return [][]byte{
		nodeProto("OptionalHasElement", []string{name}, []string{in("has")}),
		nodeProto("Reshape", []string{in("has"), allName}, []string{HasName(name)}),
		nodeProto("If", []string{in("has")}, []string{flat, shape},
			attrGraph("then_branch", graphProto("some", then, nil, ends(""))),
			attrGraph("else_branch", graphProto("none", otherwise, nil, ends("0")))),
	}
}

// What follows writes the messages of onnx.proto.

func appendMessage(b []byte, num protowire.Number, body []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, num, protowire.BytesType), body)
}

func appendText(b []byte, num protowire.Number, s string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, num, protowire.BytesType), s)
}

func appendInt(b []byte, num protowire.Number, v int64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, num, protowire.VarintType), uint64(v))
}

func nodeProto(op string, inputs, outputs []string, attrs ...[]byte) (b []byte) {
	for _, s := range inputs {
		b = appendText(b, 1, s)
	}
	for _, s := range outputs {
		b = appendText(b, 2, s)
	}
	b = appendText(b, 3, outputs[0]) // a name, for the runtime's messages
	b = appendText(b, 4, op)
	for _, a := range attrs {
		b = appendMessage(b, 5, a)
	}
	return b
}

func graphProto(name string, nodes, inputs, outputs [][]byte) (b []byte) {
	for _, n := range nodes {
		b = appendMessage(b, graphNode, n)
	}
	b = appendText(b, 2, name)
	for _, v := range inputs {
		b = appendMessage(b, graphInput, v)
	}
	for _, v := range outputs {
		b = appendMessage(b, graphOutput, v)
	}
	return b
}

func attrInt(name string, v int64) []byte {
	return appendInt(appendInt(appendText(nil, 1, name), 3, v), 20, 2)
}

// valueAttr is the attribute of a Constant.
func valueAttr(t []byte) []byte {
	return appendInt(appendMessage(appendText(nil, 1, "value"), 5, t), 20, 4)
}

func attrGraph(name string, g []byte) []byte {
	return appendInt(appendMessage(appendText(nil, 1, name), 6, g), 20, 5)
}

// tensorProto writes a tensor whose data are little-endian bytes; a string
// tensor must be empty.
func tensorProto(dtype augur.DType, dims []int64, data []byte) (b []byte) {
	for _, d := range dims {
		b = appendInt(b, 1, d)
	}
	b = appendInt(b, 2, int64(Number(dtype)))
	if dtype != augur.String {
		b = appendMessage(b, 9, data)
	}
	return b
}

func littleInt64(v int64) []byte { return binary.LittleEndian.AppendUint64(nil, uint64(v)) }

func valueInfo(name string, typ []byte) []byte {
	return appendMessage(appendText(nil, 1, name), 2, typ)
}

// tensorType is a tensor of unknown rank.
func tensorType(d augur.DType) []byte {
	return appendMessage(nil, 1, appendInt(nil, 1, int64(Number(d))))
}

// vectorType is a tensor of one dimension of any size.
func vectorType(d augur.DType) []byte {
	oneDim := appendMessage(nil, 1, nil)
	return appendMessage(nil, 1, appendMessage(appendInt(nil, 1, int64(Number(d))), 2, oneDim))
}

// scalarType is a tensor without dimensions.
func scalarType(d augur.DType) []byte {
	return appendMessage(nil, 1, appendMessage(appendInt(nil, 1, int64(Number(d))), 2, nil))
}

func sequenceType(d augur.DType) []byte {
	return appendMessage(nil, 4, appendMessage(nil, 1, tensorType(d)))
}

func optionalType(d augur.DType) []byte {
	return appendMessage(nil, 9, appendMessage(nil, 1, tensorType(d)))
}
