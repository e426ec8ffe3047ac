package cases

import (
	"math"
	"math/rand/v2"
	"strconv"

	"augur"
)

// Dense is a network of dense layers of these widths, with a ReLU between them:
// x float32[batch, first] to y float32[batch, last]. Its weights are made up,
// the same every time.
func Dense(widths ...int) Model {
	m := Model{Graph: Graph{
		Inputs:  []augur.Spec{Port("x", Tensor(augur.Float32, "batch", widths[0]))},
		Outputs: []augur.Spec{Port("y", Tensor(augur.Float32, "batch", widths[len(widths)-1]))},
	}}
	n := net{graph: &m.Graph, last: "x"}
	for i := range len(widths) - 1 {
		n.dense(widths[i], widths[i+1])
		if i < len(widths)-2 {
			n.add("Relu")
		}
	}
	n.end("y")
	return m
}

// Convolutional is a small network of three convolutions, each with a ReLU and
// all but the last with a pooling that halves the picture: x
// float32[batch,3,64,64] to y float32[batch,10]. Its weights are made up, the
// same every time.
func Convolutional() Model {
	m := Model{Graph: Graph{
		Inputs:  []augur.Spec{Port("x", Tensor(augur.Float32, "batch", 3, 64, 64))},
		Outputs: []augur.Spec{Port("y", Tensor(augur.Float32, "batch", 10))},
	}}
	n := net{graph: &m.Graph, last: "x"}
	n.convolve(3, 16)
	n.add("MaxPool", Ints("kernel_shape", 2, 2), Ints("strides", 2, 2))
	n.convolve(16, 32)
	n.add("MaxPool", Ints("kernel_shape", 2, 2), Ints("strides", 2, 2))
	n.convolve(32, 64)
	n.add("GlobalAveragePool")
	n.add("Flatten")
	n.dense(64, 10)
	n.end("y")
	return m
}

// net is a chain of nodes that is being built; last is the name of its end.
type net struct {
	graph *Graph
	last  string
}

// add puts an operator that takes the end, and these weights.
func (n *net) add(op string, attrs ...Attr) { n.node(op, nil, attrs...) }

func (n *net) node(op string, weights []string, attrs ...Attr) {
	out := "t" + strconv.Itoa(len(n.graph.Nodes))
	n.graph.Nodes = append(n.graph.Nodes, Node{Op: op, In: append([]string{n.last}, weights...), Out: []string{out}, Attrs: attrs})
	n.last = out
}

func (n *net) dense(in, out int) {
	n.node("Gemm", []string{n.weights(in, in, out), n.weights(out, out)})
}

func (n *net) convolve(in, out int) {
	n.node("Conv", []string{n.weights(9*in, out, in, 3, 3), n.weights(out, out)}, Ints("kernel_shape", 3, 3), Ints("pads", 1, 1, 1, 1))
	n.add("Relu")
}

// weights are an initial tensor of a shape, scaled for so many inputs.
func (n *net) weights(inputs int, shape ...int) string {
	count, dims := 1, make([]int64, len(shape))
	for i, d := range shape {
		count *= d
		dims[i] = int64(d)
	}
	random := rand.New(rand.NewPCG(1, uint64(len(n.graph.Initial))))
	values, scale := make([]float32, count), float32(1/math.Sqrt(float64(inputs)))
	for i := range values {
		values[i] = scale * (2*random.Float32() - 1)
	}
	name := "w" + strconv.Itoa(len(n.graph.Initial))
	n.graph.Initial = append(n.graph.Initial, Initial{Name: name, Tensor: augur.TensorOf(augur.Float32, values, dims...)})
	return name
}

// end names the end.
func (n *net) end(name string) {
	last := n.graph.Nodes[len(n.graph.Nodes)-1]
	last.Out[0] = name
	n.last = name
}
