package cases

import "augur"

// AddWeights is y = x + w, float32[n,3], where w lies in the file weights/w.bin
// beside the model. data is what stands there: 1, 2 and 3.
func AddWeights() (m Model, location string, data []byte) {
	w := augur.TensorOf(augur.Float32, []float32{1, 2, 3}, 3)
	typ := Tensor(augur.Float32, "n", 3)
	location = "weights/w.bin"
	return Model{Graph: Graph{
		Nodes:   []Node{{Op: "Add", In: []string{"x", "w"}, Out: []string{"y"}}},
		Inputs:  []augur.Spec{Port("x", typ)},
		Outputs: []augur.Spec{Port("y", typ)},
		Initial: []Initial{{Name: "w", Tensor: w, External: location}},
	}}, location, w.Data
}
