package graph

import (
	"augur"
)

// Prediction is a response as the schema shows it. The fields that the schema
// and the response have in common are bound to the response itself.
type Prediction struct {
	*augur.Response
	// Base64 says how the numbers of outputs are written.
	Base64 bool
}

// Outputs are the exact outputs.
func (p *Prediction) Outputs() []Output {
	outputs := make([]Output, len(p.Response.Outputs))
	for i, o := range p.Response.Outputs {
		outputs[i] = Output{output: o, base64: p.Base64}
	}
	return outputs
}

// Output is one exact output as the schema shows it.
type Output struct {
	output augur.Output
	base64 bool
}

// NewOutput shows an output, its numbers as JSON.
func NewOutput(o augur.Output) *Output { return &Output{output: o} }

// Name of the output.
func (o Output) Name() string { return o.output.Name }

// Kind of the output; an optional without a value is OPTIONAL.
func (o Output) Kind() augur.Kind {
	if o.output.Value.Kind == "" {
		return augur.KindOptional
	}
	return o.output.Value.Kind
}

// DType of a tensor, nil otherwise.
func (o Output) DType() *augur.DType {
	if t := o.output.Value.Tensor; t != nil {
		return &t.DType
	}
	return nil
}

// Shape of a tensor, nil otherwise.
func (o Output) Shape() []int64 {
	t := o.output.Value.Tensor
	switch {
	case t == nil:
		return nil
	case t.Shape == nil:
		return []int64{}
	default:
		return t.Shape
	}
}

// Data of the output.
func (o Output) Data() *TensorData { return &TensorData{Value: o.output.Value, Base64: o.base64} }
