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

func attrType(name string, t []byte) []byte {
	return appendInt(appendMessage(appendText(nil, 1, name), 14, t), 20, 13)
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

func optionalType(elem []byte) []byte {
	return appendMessage(nil, 9, appendMessage(nil, 1, elem))
}
