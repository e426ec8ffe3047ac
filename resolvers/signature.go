package resolvers

import (
	"augur"
	"augur/graph"
)

// signature shows a version's signature as the schema does.
func signature(s *augur.Signature) *graph.Signature {
	if s == nil {
		s = &augur.Signature{}
	}
	out := &graph.Signature{
		Inputs:     tensorSpecs(s.Inputs),
		Outputs:    tensorSpecs(s.Outputs),
		Features:   make([]*graph.Feature, len(s.Features)),
		JSONSchema: s.JSONSchema(),
	}
	for i, f := range s.Features {
		out.Features[i] = feature(f)
	}
	return out
}

func tensorSpecs(specs []augur.Spec) []*graph.TensorSpec {
	out := make([]*graph.TensorSpec, len(specs))
	for i, s := range specs {
		out[i] = &graph.TensorSpec{
			Name: s.Name, Kind: s.Type.Kind, Type: s.Type.String(), Optional: s.Optional || s.Type.Kind == augur.KindOptional,
			Description: s.Description, Classes: s.Classes,
		}
		if s.Type.Kind == augur.KindTensor {
			out[i].Dtype = &s.Type.DType
			if s.Type.Shape != nil {
				out[i].Shape = dimensions(s.Type.Shape)
			}
		}
	}
	return out
}

func dimensions(shape []augur.Dim) []*graph.Dimension {
	out := make([]*graph.Dimension, len(shape))
	for i, d := range shape {
		out[i] = &graph.Dimension{}
		if d.Size >= 0 {
			size := int(d.Size)
			out[i].Size = &size
		}
		if d.Symbol != "" {
			out[i].Symbol = &d.Symbol
		}
	}
	return out
}

func feature(f augur.Feature) *graph.Feature {
	out := &graph.Feature{
		Name: f.Name, Input: f.Input, Dtype: f.DType, Shape: dimensions(f.Shape), Required: f.Required,
		Default: f.Default, Range: f.Range, OneOf: f.OneOf, Unit: f.Unit, Description: f.Description,
	}
	if f.Column != augur.Whole {
		out.Column = &f.Column
	}
	return out
}
