package cases

import (
	"fmt"
	"slices"
	"strings"

	"augur"
)

// Hostile is a file that must end in a clear error, or in no harm.
type Hostile struct {
	Name string
	File []byte
	// Says is a part of the message that refuses the file.
	Says string
	// Child marks files that load, and show what they are in a run: only a
	// process of its own should try them.
	Child bool
	// Slow marks files that take all the time that they are given to be opened.
	Slow bool
}

// Hostiles lists files that break every rule there is.
func Hostiles() []Hostile {
	f := augur.Float32
	good := identity(f)
	bytes := good.Bytes()
	one := augur.TensorOf(f, []float32{1}, 1)
	graph := func(change func(*Model)) []byte {
		m := identity(f)
		change(&m)
		return m.Bytes()
	}
	external := func(location string) []byte {
		return graph(func(m *Model) {
			m.Graph.Nodes[0] = Node{Op: "Add", In: []string{"x", "w"}, Out: []string{"y"}}
			m.Graph.Initial = []Initial{{Name: "w", Tensor: one, External: location}}
		})
	}
	return []Hostile{
		{Name: "empty", Says: "empty"},
		{Name: "text", File: []byte("a recipe for pancakes, not a model\n"), Says: "not an ONNX file"},
		{Name: "json", File: []byte(`{"model": 1}`), Says: "JSON"},
		{Name: "zip", File: []byte("PK\x03\x04 and so on"), Says: "zip archive"},
		{Name: "git-lfs", File: []byte("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 5\n"), Says: "Git LFS"},
		{Name: "random", File: noise(4096), Says: "not an ONNX file"},
		{Name: "truncated", File: bytes[:len(bytes)*2/3], Says: "truncated"},
		{Name: "no-graph", File: bytes[:2], Says: "truncated"},
		{Name: "two-graphs", File: append(bytes[:len(bytes):len(bytes)], bytes...), Says: "more than one main graph"},
		{Name: "no-outputs", File: graph(func(m *Model) { m.Graph.Outputs = nil }), Says: "no outputs"},
		{Name: "unknown-operator", File: graph(func(m *Model) { m.Graph.Nodes[0].Op = "Frobnicate" }), Says: "operator that ONNX Runtime does not know"},
		{Name: "unknown-domain", File: graph(func(m *Model) { m.Graph.Nodes[0].Domain = "com.example" }), Says: "com.example"},
		{Name: "undefined-input", File: graph(func(m *Model) { m.Graph.Nodes[0].In[0] = "nowhere" }), Says: "nowhere"},
		{Name: "undefined-output", File: graph(func(m *Model) { m.Graph.Outputs[0].Name = "nowhere" }), Says: "nowhere"},
		{Name: "cycle", File: graph(func(m *Model) {
			m.Graph.Nodes = []Node{{Op: "Add", In: []string{"x", "b"}, Out: []string{"a"}}, {Op: "Identity", In: []string{"a"}, Out: []string{"b"}}, {Op: "Identity", In: []string{"b"}, Out: []string{"y"}}}
		}), Says: "cannot open the model"},
		{Name: "duplicate-output", File: graph(func(m *Model) { m.Graph.Outputs = append(m.Graph.Outputs, m.Graph.Outputs[0]) }), Says: "two of its outputs"},
		{Name: "duplicate-input", File: graph(func(m *Model) { m.Graph.Inputs = append(m.Graph.Inputs, m.Graph.Inputs[0]) }), Says: "two of its inputs"},
		{Name: "duplicate-value", File: graph(func(m *Model) { m.Graph.Nodes = append(m.Graph.Nodes, m.Graph.Nodes[0]) }), Says: "cannot open the model"},
		{Name: "future-opset", File: graph(func(m *Model) { m.Opset = 999 }), Says: "pset"},
		{Name: "future-ir", File: graph(func(m *Model) { m.IR = 99 }), Says: "IR version"},
		{Name: "nul-in-name", File: graph(func(m *Model) { m.Graph.Inputs[0].Name = "x\x00y" }), Says: "NUL"},
		{Name: "long-name", File: graph(func(m *Model) { m.Graph.Inputs[0].Name = strings.Repeat("x", 1<<20) }), Says: "bytes; at most"},
		{Name: "name-not-utf8", File: graph(func(m *Model) { m.Graph.Inputs[0].Name = "\xff\xfe" }), Says: "UTF-8"},
		{Name: "nameless", File: graph(func(m *Model) { m.Graph.Inputs[0].Name = "" }), Says: "no name"},
		{Name: "rank-300", File: graph(func(m *Model) { m.Graph.Inputs[0].Type = Tensor(f, slices.Repeat([]any{1}, 300)...) }), Says: "dimensions"},
		{Name: "rank-is-a-lie", File: graph(func(m *Model) { m.Graph.Inputs[0].Type = Tensor(f) }), Says: "not of the type that the file declares", Child: true},
		{Name: "short-initializer", File: graph(func(m *Model) {
			m.Graph.Nodes[0] = Node{Op: "Add", In: []string{"x", "w"}, Out: []string{"y"}}
			m.Graph.Initial = []Initial{{Name: "w", Tensor: &augur.Tensor{DType: f, Shape: []int64{1000}, Data: []byte{1, 2, 3, 4}}}}
		}), Says: "cannot open the model"},
		{Name: "initializer-of-4-terabytes", File: graph(func(m *Model) {
			m.Graph.Nodes[0] = Node{Op: "Add", In: []string{"x", "w"}, Out: []string{"y"}}
			m.Graph.Initial = []Initial{{Name: "w", Tensor: &augur.Tensor{DType: f, Shape: []int64{1 << 40}}}}
		}), Says: "o", Child: true},
		{Name: "nested-60-deep", File: graph(func(m *Model) { m.Graph.Nodes = []Node{nestedIf(60)} }), Says: "nested more than"},
		{Name: "sequence-of-sequence-of", File: graph(func(m *Model) {
			for range 40 {
				m.Graph.Outputs[0].Type = Sequence(m.Graph.Outputs[0].Type)
			}
		}), Says: "nested more than"},
		{Name: "sequence-of-maps-input", File: graph(func(m *Model) { m.Graph.Inputs[0].Type = Sequence(Map(augur.Int64)) }), Says: "no way to be given"},
		{Name: "external-above", File: external("../../etc/passwd"), Says: "own folder"},
		{Name: "external-absolute", File: external("/etc/passwd"), Says: "own folder"},
		{Name: "external-windows", File: external(`..\secret`), Says: "own folder"},
		{Name: "external-url", File: external("file:///etc/passwd"), Says: "own folder"},
		{Name: "external-beside", File: external("weights.bin"), Says: "did not come with it"},
		{Name: "external-memory", File: external("*/_ORT_MEM_ADDR_/*"), Says: "own folder"},
		{Name: "external-in-attribute", File: graph(func(m *Model) {
			m.Graph.Nodes = append(m.Graph.Nodes, Node{Op: "Constant", Out: []string{"c"}, Attrs: []Attr{External("value", one, "go.mod")}})
		}), Says: "did not come with it"},
		{Name: "external-in-subgraph", File: graph(func(m *Model) {
			inner := Graph{Nodes: []Node{{Op: "Identity", In: []string{"w"}, Out: []string{"o"}}}, Outputs: []augur.Spec{Port("o", Tensor(f, 1))}, Initial: []Initial{{Name: "w", Tensor: one, External: "go.mod"}}}
			m.Graph.Nodes = append(m.Graph.Nodes, Node{Op: "If", In: []string{"c"}, Out: []string{"i"}, Attrs: []Attr{Sub("then_branch", inner), Sub("else_branch", inner)}})
		}), Says: "did not come with it"},
		{Name: "constant-of-4-terabytes", File: Bomb(1 << 40).Bytes(), Says: "memory", Child: true},
		{Name: "constant-of-8-gigabytes", File: Bomb(1 << 31).Bytes(), Says: "memory", Child: true},
		{Name: "dimension-of-a-trillion", File: graph(func(m *Model) {
			m.Graph.Inputs[0].Type, m.Graph.Outputs[0].Type = Tensor(f, 1<<40, 1<<20), Tensor(f, 1<<40, 1<<20)
		}), Says: "more elements than a tensor may have", Child: true},
		{Name: "negative-initializer", File: graph(func(m *Model) {
			m.Graph.Nodes[0] = Node{Op: "Add", In: []string{"x", "w"}, Out: []string{"y"}}
			m.Graph.Initial = []Initial{{Name: "w", Tensor: &augur.Tensor{DType: f, Shape: []int64{-4}, Data: []byte{1, 2, 3, 4}}}}
		}), Says: "Out of bounds dimensions"},
		{Name: "cycle-of-one", File: graph(func(m *Model) { m.Graph.Nodes = []Node{{Op: "Add", In: []string{"x", "y"}, Out: []string{"y"}}} }), Says: "not acyclic"},
		{Name: "function-that-calls-itself", File: graph(func(m *Model) {
			m.Graph.Nodes[0] = Node{Op: "f0", Domain: "local", In: []string{"x"}, Out: []string{"y"}}
			m.Raw = functions(Node{Op: "f0", Domain: "local", In: []string{"a"}, Out: []string{"b"}})
		}), Says: "recursive"},
		{Name: "functions-that-call-each-other", File: graph(func(m *Model) {
			m.Graph.Nodes[0] = Node{Op: "f0", Domain: "local", In: []string{"x"}, Out: []string{"y"}}
			m.Raw = functions(Node{Op: "f1", Domain: "local", In: []string{"a"}, Out: []string{"b"}}, Node{Op: "f0", Domain: "local", In: []string{"a"}, Out: []string{"b"}})
		}), Says: "recursive"},
		{Name: "a-billion-calls", File: graph(func(m *Model) {
			m.Graph.Nodes[0] = Node{Op: "f0", Domain: "local", In: []string{"x"}, Out: []string{"y"}}
			m.Raw = doubling(30)
		}), Says: "took more than", Child: true, Slow: true},
		{Name: "tile-to-4-terabytes", File: graph(func(m *Model) {
			m.Graph.Nodes = []Node{{Op: "Expand", In: []string{"one", "to"}, Out: []string{"e"}}, {Op: "Add", In: []string{"x", "e"}, Out: []string{"y"}}}
			m.Graph.Initial = []Initial{{Name: "one", Tensor: one}, {Name: "to", Tensor: augur.TensorOf(augur.Int64, []int64{1 << 40}, 1)}}
		}), Says: "memory", Child: true},
		{Name: "endless-loop", File: Endless().Bytes(), Says: "did not end within", Child: true},
		{Name: "endless-constant", File: endlessConstant().Bytes(), Says: "did not end within", Child: true},
	}
}

// functions writes local functions b = f(a), f0 and on, of one node each.
func functions(bodies ...Node) (raw []byte) {
	for i, n := range bodies {
		raw = append(raw, function(i, n)...)
	}
	return raw
}

// doubling writes functions that each call the next one twice.
func doubling(depth int) (raw []byte) {
	for i := range depth {
		next := fmt.Sprint("f", i+1)
		raw = append(raw, function(i,
			Node{Op: next, Domain: "local", In: []string{"a"}, Out: []string{"c"}},
			Node{Op: next, Domain: "local", In: []string{"c"}, Out: []string{"b"}})...)
	}
	return append(raw, function(depth, Node{Op: "Identity", In: []string{"a"}, Out: []string{"b"}})...)
}

// function is a field of a model that uses the domain local.
func function(i int, body ...Node) []byte {
	b := text(text(text(nil, 1, fmt.Sprint("f", i)), 4, "a"), 5, "b")
	for _, n := range body {
		b = message(b, 7, n.proto())
	}
	local := number(text(nil, 1, "local"), 2, 1)
	b = message(message(text(b, 10, "local"), 9, number(nil, 2, 21)), 9, local)
	raw := message(nil, 25, b)
	if i == 0 {
		raw = message(raw, 8, local)
	}
	return raw
}

func identity(d augur.DType) Model {
	return Model{Graph: Graph{
		Nodes:   []Node{{Op: "Identity", In: []string{"x"}, Out: []string{"y"}}},
		Inputs:  []augur.Spec{Port("x", Tensor(d, "n"))},
		Outputs: []augur.Spec{Port("y", Tensor(d, "n"))},
	}}
}

// Bomb is a model whose every run asks for n float32.
func Bomb(n int64) Model {
	return Model{Graph: Graph{
		Nodes: []Node{
			{Op: "ConstantOfShape", In: []string{"shape"}, Out: []string{"c"}},
			{Op: "Add", In: []string{"c", "x"}, Out: []string{"d"}},
			{Op: "ReduceMax", In: []string{"d"}, Out: []string{"y"}},
		},
		Inputs:  []augur.Spec{Port("x", Tensor(augur.Float32, 1))},
		Outputs: []augur.Spec{Port("y", Tensor(augur.Float32, "k"))},
		Initial: []Initial{{Name: "shape", Tensor: augur.TensorOf(augur.Int64, []int64{n}, 1)}},
	}}
}

// Endless is a model whose run never ends by itself: y = x + 1 + 1 + … for
// float32 x[n].
func Endless() Model {
	typ := Tensor(augur.Float32, "n")
	body := Graph{
		Nodes: []Node{
			{Op: "Constant", Out: []string{"one"}, Attrs: []Attr{Constant("value", augur.TensorOf(augur.Float32, []float32{1}, 1))}},
			{Op: "Add", In: []string{"v", "one"}, Out: []string{"v2"}},
			{Op: "Identity", In: []string{"go"}, Out: []string{"go2"}},
		},
		Inputs:  []augur.Spec{Port("i", Tensor(augur.Int64)), Port("go", Tensor(augur.Bool)), Port("v", typ)},
		Outputs: []augur.Spec{Port("go2", Tensor(augur.Bool)), Port("v2", typ)},
	}
	return Model{Opset: 17, IR: 8, Graph: Graph{
		Nodes: []Node{
			{Op: "Constant", Out: []string{"true"}, Attrs: []Attr{Constant("value", augur.TensorOf(augur.Bool, []bool{true}))}},
			{Op: "Loop", In: []string{"", "true", "x"}, Out: []string{"y"}, Attrs: []Attr{Sub("body", body)}},
		},
		Inputs:  []augur.Spec{Port("x", typ)},
		Outputs: []augur.Spec{Port("y", typ)},
	}}
}

// endlessConstant is Endless over a constant, which an optimizer may want to
// compute while the model is being opened.
func endlessConstant() Model {
	m := Endless()
	m.Graph.Inputs = nil
	m.Graph.Initial = []Initial{{Name: "x", Tensor: augur.TensorOf(augur.Float32, []float32{1}, 1)}}
	return m
}

// Lookup is a model that refuses some values: y = [10, 20, 30][x], int64 x[n].
func Lookup() Model {
	return Model{Graph: Graph{
		Nodes:   []Node{{Op: "Gather", In: []string{"table", "x"}, Out: []string{"y"}}},
		Inputs:  []augur.Spec{Port("x", Tensor(augur.Int64, "n"))},
		Outputs: []augur.Spec{Port("y", Tensor(augur.Int64, "n"))},
		Initial: []Initial{{Name: "table", Tensor: augur.TensorOf(augur.Int64, []int64{10, 20, 30}, 3)}},
	}}
}

// SumAndProduct is a model of two outputs: sum = a + b, product = a · b, all float32[n].
func SumAndProduct() Model {
	typ := Tensor(augur.Float32, "n")
	return Model{Graph: Graph{
		Nodes:   []Node{{Op: "Add", In: []string{"a", "b"}, Out: []string{"sum"}}, {Op: "Mul", In: []string{"a", "b"}, Out: []string{"product"}}},
		Inputs:  []augur.Spec{Port("a", typ), Port("b", typ)},
		Outputs: []augur.Spec{Port("sum", typ), Port("product", typ)},
	}}
}

// Random is a model that draws numbers: y = x + noise, float32[n].
func Random() Model {
	typ := Tensor(augur.Float32, "n")
	return Model{Graph: Graph{
		Nodes:   []Node{{Op: "RandomNormalLike", In: []string{"x"}, Out: []string{"r"}}, {Op: "Add", In: []string{"x", "r"}, Out: []string{"y"}}},
		Inputs:  []augur.Spec{Port("x", typ)},
		Outputs: []augur.Spec{Port("y", typ)},
	}}
}

func nestedIf(depth int) Node {
	inner := Node{Op: "Identity", In: []string{"x"}, Out: []string{"y"}}
	if depth > 0 {
		inner = nestedIf(depth - 1)
	}
	g := Graph{Nodes: []Node{inner}, Outputs: []augur.Spec{Port("y", Tensor(augur.Float32, "n"))}}
	return Node{Op: "If", In: []string{fmt.Sprint("c", depth)}, Out: []string{"y"}, Attrs: []Attr{Sub("then_branch", g)}}
}

// noise is the same bytes every time.
func noise(n int) []byte {
	b := make([]byte, n)
	s := uint32(2463534242)
	for i := range b {
		s ^= s << 13
		s ^= s >> 17
		s ^= s << 5
		b[i] = byte(s)
	}
	return b
}
