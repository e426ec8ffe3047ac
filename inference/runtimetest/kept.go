package runtimetest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"augur"
	"augur/inference"
	"augur/internal/cases"
)

// form is a model with inputs of many shapes, and what it answers to them.
type form struct {
	name   string
	model  cases.Model
	inputs func(r *rand.Rand) []augur.NamedTensor
	want   func(inputs []augur.NamedTensor) []augur.Output
}

// runForgets asks one session many things in any order: an answer depends on
// its own inputs alone, also where the shape of an output depends on the values
// of inputs, and where an output is an input or a weight of the file.
func runForgets(t *testing.T, r inference.Runtime) {
	for _, f := range forms() {
		t.Run(f.name, func(t *testing.T) {
			s := load(t, r, f.model)
			source := rand.New(rand.NewPCG(1, 2))
			for i := range 200 {
				inputs := f.inputs(source)
				want := f.want(inputs)
				got, err := s.Run(t.Context(), inputs, names(want))
				if err != nil {
					t.Fatalf("run %d: %v", i, err)
				}
				if err := cases.Compare(got, want, cases.Tolerance{}); err != nil {
					t.Fatalf("run %d with shape %v: %v", i, inputs[0].Tensor.Shape, err)
				}
			}
		})
	}
}

func forms() []form {
	float, text := cases.Tensor(augur.Float32, "n"), cases.Tensor(augur.String, "n")
	small := func(r *rand.Rand) int { return r.IntN(4) }
	wide := func(r *rand.Rand) int { return r.IntN(4) * 3000 }
	vector := func(name string, n int, r *rand.Rand) augur.NamedTensor {
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(r.IntN(9) - 4)
		}
		return augur.NamedTensor{Name: name, Tensor: floats(v...)}
	}
	output := func(name string, v []float32) augur.Output {
		return augur.Output{Name: name, Value: augur.TensorValue(floats(v...))}
	}
	// positives keeps the elements above zero: how many, the values decide.
	positives := cases.Model{Graph: cases.Graph{
		Nodes: []cases.Node{
			{Op: "Greater", In: []string{"x", "zero"}, Out: []string{"above"}},
			{Op: "Compress", In: []string{"x", "above"}, Out: []string{"y"}},
			{Op: "Neg", In: []string{"x"}, Out: []string{"z"}},
		},
		Inputs:  []augur.Spec{cases.Port("x", float)},
		Outputs: []augur.Spec{cases.Port("y", cases.Tensor(augur.Float32, "?")), cases.Port("z", float)},
		Initial: []cases.Initial{{Name: "zero", Tensor: augur.TensorOf(augur.Float32, []float32{0})}},
	}}
	// ends answers with its input, twice its input and a weight.
	ends := cases.Model{Graph: cases.Graph{
		Nodes:   []cases.Node{{Op: "Add", In: []string{"x", "x"}, Out: []string{"y"}}},
		Inputs:  []augur.Spec{cases.Port("x", float)},
		Outputs: []augur.Spec{cases.Port("x", float), cases.Port("y", float), cases.Port("w", cases.Tensor(augur.Float32, 2))},
		Initial: []cases.Initial{{Name: "w", Tensor: floats(5, 6)}},
	}}
	echo := cases.Model{Graph: cases.Graph{
		Nodes:   []cases.Node{{Op: "Identity", In: []string{"s"}, Out: []string{"y"}}, {Op: "Neg", In: []string{"x"}, Out: []string{"z"}}},
		Inputs:  []augur.Spec{cases.Port("s", text), cases.Port("x", float)},
		Outputs: []augur.Spec{cases.Port("y", text), cases.Port("z", float)},
	}}
	list := []form{{"strings", echo, func(r *rand.Rand) []augur.NamedTensor {
		n := r.IntN(3)
		words := make([]string, n)
		for i := range words {
			words[i] = strings.Repeat(fmt.Sprint(r.IntN(10)), r.IntN(3)*r.IntN(3000))
		}
		return []augur.NamedTensor{{Name: "s", Tensor: augur.StringTensor(words, int64(n))}, vector("x", n, r)}
	}, func(in []augur.NamedTensor) []augur.Output {
		var z []float32
		for _, v := range augur.View[float32](in[1].Tensor) {
			z = append(z, -v)
		}
		return []augur.Output{{Name: "y", Value: augur.TensorValue(in[0].Tensor)}, output("z", z)}
	}}}
	for name, size := range map[string]func(*rand.Rand) int{"small": small, "wide": wide, "of 50 shapes": func(r *rand.Rand) int { return r.IntN(50) }} {
		list = append(list, form{"values decide, " + name, positives, func(r *rand.Rand) []augur.NamedTensor {
			return []augur.NamedTensor{vector("x", size(r), r)}
		}, func(in []augur.NamedTensor) []augur.Output {
			var y, z []float32
			for _, v := range augur.View[float32](in[0].Tensor) {
				if z = append(z, -v); v > 0 {
					y = append(y, v)
				}
			}
			return []augur.Output{output("y", y), output("z", z)}
		}}, form{"input and weight, " + name, ends, func(r *rand.Rand) []augur.NamedTensor {
			return []augur.NamedTensor{vector("x", size(r), r)}
		}, func(in []augur.NamedTensor) []augur.Output {
			var y []float32
			for _, v := range augur.View[float32](in[0].Tensor) {
				y = append(y, 2*v)
			}
			return []augur.Output{output("x", augur.View[float32](in[0].Tensor)), output("y", y), output("w", []float32{5, 6})}
		}})
	}
	return list
}
