package resolvers

import (
	"strconv"

	"augur"
	"augur/graph"
)

// decodeTensors reads exact inputs.
func decodeTensors(inputs []*graph.TensorInput) ([]augur.NamedTensor, error) {
	tensors := make([]augur.NamedTensor, len(inputs))
	for i, in := range inputs {
		nt, err := decodeInput(in)
		if err != nil {
			return nil, augur.AsError(err).At("data", "tensors", strconv.Itoa(i))
		}
		tensors[i] = nt
	}
	return tensors, nil
}

// decodeInput reads one input, which is written in exactly one of three ways.
func decodeInput(in *graph.TensorInput) (augur.NamedTensor, error) {
	nt := augur.NamedTensor{Name: in.Name}
	tensor := in.Dtype != nil || in.Shape != nil || in.Data != nil
	forms := 0
	for _, given := range [...]bool{tensor, in.Sequence != nil, in.Map != nil} {
		if given {
			forms++
		}
	}
	switch {
	case forms != 1, tensor && (in.Dtype == nil || in.Shape == nil || in.Data == nil):
		return nt, augur.Errorf(augur.InvalidArgument, "input %q: expected exactly one of dtype with shape and data, sequence, and map", in.Name)
	case in.Sequence != nil:
		v := &augur.Value{Kind: augur.KindSequence, Items: make([]augur.Value, len(in.Sequence))}
		for i, item := range in.Sequence {
			t, err := decodeItem(item)
			if err != nil {
				return nt, augur.AsError(err).At("sequence", strconv.Itoa(i))
			}
			v.Items[i] = augur.TensorValue(t)
		}
		nt.Value = v
	case in.Map != nil:
		keys, err := decodeItem(in.Map.Keys)
		if err != nil {
			return nt, augur.AsError(err).At("map", "keys")
		}
		values, err := decodeItem(in.Map.Values)
		if err != nil {
			return nt, augur.AsError(err).At("map", "values")
		}
		nt.Value = &augur.Value{Kind: augur.KindMap, Keys: keys, Values: values}
	default:
		t, err := decodeItem(&graph.TensorItemInput{Dtype: *in.Dtype, Shape: in.Shape, Data: *in.Data})
		if err != nil {
			return nt, err
		}
		nt.Tensor = t
	}
	return nt, nil
}

func decodeItem(in *graph.TensorItemInput) (*augur.Tensor, error) {
	shape := make([]int64, len(in.Shape))
	for i, d := range in.Shape {
		shape[i] = int64(d)
	}
	return augur.DecodeTensor(in.Dtype, shape, in.Data.Text)
}
