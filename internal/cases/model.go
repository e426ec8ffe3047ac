package cases

import (
	"google.golang.org/protobuf/encoding/protowire"

	"augur"
	"augur/onnxfile"
)

// Model is a small ONNX model to be written, for tests that need one that no
// exporter makes. The numbers are those of onnx.proto.
type Model struct {
	// IR is the IR version, 10 by default; Opset the default operator set, 21
	// by default; ML that of ai.onnx.ml, none by default.
	IR, Opset, ML int64
	Graph         Graph
	Metadata      [][2]string
	// Raw is appended as it is.
	Raw []byte
}

// Graph is the graph of a model or of an attribute.
type Graph struct {
	Nodes           []Node
	Inputs, Outputs []augur.Spec
	Initial         []Initial
}

// Node is one operator; Domain is empty for the default one.
type Node struct {
	Op, Domain string
	In, Out    []string
	Attrs      []Attr
}

// Initial is a tensor of the file.
type Initial struct {
	Name   string
	Tensor *augur.Tensor
	// External is the location of its data in another file, if not here.
	External string
}

// Attr is one attribute, made by the functions below.
type Attr []byte

// Int, Float, Text, Ints, Texts, Constant, Sub and TypeOf make attributes.
func Int(name string, v int64) Attr {
	return number(number(text(nil, 1, name), 3, v), 20, 2)
}

// Float makes a float attribute.
func Float(name string, bits uint32) Attr {
	b := protowire.AppendTag(text(nil, 1, name), 2, protowire.Fixed32Type)
	return number(protowire.AppendFixed32(b, bits), 20, 1)
}

// Text makes a string attribute.
func Text(name, v string) Attr { return number(text(text(nil, 1, name), 4, v), 20, 3) }

// Ints makes a list of integers.
func Ints(name string, list ...int64) Attr {
	b := text(nil, 1, name)
	for _, v := range list {
		b = number(b, 8, v)
	}
	return number(b, 20, 7)
}

// Texts makes a list of strings.
func Texts(name string, list ...string) Attr {
	b := text(nil, 1, name)
	for _, v := range list {
		b = text(b, 9, v)
	}
	return number(b, 20, 8)
}

// Constant makes a tensor attribute.
func Constant(name string, t *augur.Tensor) Attr {
	return number(message(text(nil, 1, name), 5, Initial{Tensor: t}.proto()), 20, 4)
}

// External makes a tensor attribute whose data lies in another file.
func External(name string, t *augur.Tensor, location string) Attr {
	return number(message(text(nil, 1, name), 5, Initial{Tensor: t, External: location}.proto()), 20, 4)
}

// Sub makes a graph attribute.
func Sub(name string, g Graph) Attr {
	return number(message(text(nil, 1, name), 6, g.proto()), 20, 5)
}

// TypeOf makes a type attribute.
func TypeOf(name string, t augur.Type) Attr {
	return number(message(text(nil, 1, name), 14, typeProto(t)), 20, 13)
}

// Bytes writes the model.
func (m Model) Bytes() []byte {
	if m.IR == 0 {
		m.IR = 10
	}
	if m.Opset == 0 {
		m.Opset = 21
	}
	b := number(nil, 1, m.IR)
	b = text(b, 2, "augur-test")
	b = message(b, 7, m.Graph.proto())
	b = message(b, 8, number(nil, 2, m.Opset))
	if m.ML != 0 {
		b = message(b, 8, number(text(nil, 1, "ai.onnx.ml"), 2, m.ML))
	}
	for _, p := range m.Metadata {
		b = message(b, 14, text(text(nil, 1, p[0]), 2, p[1]))
	}
	return append(b, m.Raw...)
}

func (g Graph) proto() (b []byte) {
	for _, n := range g.Nodes {
		b = message(b, 1, n.proto())
	}
	b = text(b, 2, "g")
	for _, i := range g.Initial {
		b = message(b, 5, i.proto())
	}
	for _, s := range g.Inputs {
		b = message(b, 11, port(s))
	}
	for _, s := range g.Outputs {
		b = message(b, 12, port(s))
	}
	return b
}

func (n Node) proto() (b []byte) {
	for _, s := range n.In {
		b = text(b, 1, s)
	}
	for _, s := range n.Out {
		b = text(b, 2, s)
	}
	b = text(b, 4, n.Op)
	for _, a := range n.Attrs {
		b = message(b, 5, a)
	}
	if n.Domain != "" {
		b = text(b, 7, n.Domain)
	}
	return b
}

func (i Initial) proto() (b []byte) {
	for _, d := range i.Tensor.Shape {
		b = number(b, 1, d)
	}
	b = number(b, 2, int64(onnxfile.Number(i.Tensor.DType)))
	for _, s := range i.Tensor.Strings {
		b = text(b, 6, s)
	}
	b = text(b, 8, i.Name)
	switch {
	case i.External != "":
		b = message(b, 13, text(text(nil, 1, "location"), 2, i.External))
		b = number(b, 14, 1)
	case i.Tensor.DType != augur.String:
		b = message(b, 9, i.Tensor.Data)
	}
	return b
}

func port(s augur.Spec) []byte {
	return message(text(nil, 1, s.Name), 2, typeProto(s.Type))
}

func typeProto(t augur.Type) []byte {
	elem := func() []byte { return typeProto(*t.Elem) }
	switch t.Kind {
	case augur.KindSequence:
		return message(nil, 4, message(nil, 1, elem()))
	case augur.KindMap:
		return message(nil, 5, message(number(nil, 1, int64(onnxfile.Number(t.Key))), 2, elem()))
	case augur.KindOptional:
		return message(nil, 9, message(nil, 1, elem()))
	}
	b := number(nil, 1, int64(onnxfile.Number(t.DType)))
	if t.Shape != nil {
		var dims []byte
		for _, d := range t.Shape {
			var dim []byte
			switch {
			case d.Symbol != "":
				dim = text(nil, 2, d.Symbol)
			case d.Size != -1:
				dim = number(nil, 1, d.Size)
			}
			dims = message(dims, 1, dim)
		}
		b = message(b, 2, dims)
	}
	if t.Kind == onnxfile.KindSparse {
		return message(nil, 8, b)
	}
	return message(nil, 1, b)
}

// Tensor is the type of a tensor; a dimension is an int, a symbol, or "?".
func Tensor(d augur.DType, dims ...any) augur.Type {
	t := augur.Type{Kind: augur.KindTensor, DType: d, Shape: []augur.Dim{}}
	for _, v := range dims {
		switch v := v.(type) {
		case int:
			t.Shape = append(t.Shape, augur.Dim{Size: int64(v)})
		case string:
			if v == "?" {
				v = ""
			}
			t.Shape = append(t.Shape, augur.Dim{Size: -1, Symbol: v})
		}
	}
	return t
}

// AnyRank is the type of a tensor of unknown rank.
func AnyRank(d augur.DType) augur.Type { return augur.Type{Kind: augur.KindTensor, DType: d} }

// Sequence, Optional and Map are the types made of others.
func Sequence(of augur.Type) augur.Type { return augur.Type{Kind: augur.KindSequence, Elem: &of} }

// Optional is the type of a value that may be missing.
func Optional(of augur.Type) augur.Type { return augur.Type{Kind: augur.KindOptional, Elem: &of} }

// Map is the type of a map to float32.
func Map(key augur.DType) augur.Type {
	elem := Tensor(augur.Float32)
	return augur.Type{Kind: augur.KindMap, Key: key, Elem: &elem}
}

// Port is an input or output.
func Port(name string, t augur.Type) augur.Spec { return augur.Spec{Name: name, Type: t} }

func message(b []byte, num protowire.Number, body []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, num, protowire.BytesType), body)
}

func text(b []byte, num protowire.Number, s string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, num, protowire.BytesType), s)
}

func number(b []byte, num protowire.Number, v int64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, num, protowire.VarintType), uint64(v))
}
