package inference

import (
	"encoding/json"

	"augur"
)

// codec is a signature made ready for reading input. It is immutable.
type codec struct {
	inputs   []input
	features []feature
	// byInput, byFeature and byOutput give the place of a name.
	byInput, byFeature, byOutput map[string]int
	inputNames, featureNames     []string
	// outputs are the names of all outputs, in the order of the signature.
	outputs []string
	// noRows says why input cannot come as rows or columns; nil when it can.
	noRows *augur.Error
	// rowBytes is the memory of a row as far as the signature fixes it, which
	// checkRows asks for before any is taken.
	rowBytes int64
	// batch is how many rows a request must have; -1 means any number.
	batch int64
	// maybe are the places of the features that may be absent from all rows.
	maybe []int
}

// input is one input of the signature.
type input struct {
	name  string
	dtype augur.DType
	// tensor says whether a tensor can be given for it; typ is for messages.
	tensor bool
	typ    augur.Type
	// dims are the dimensions, nil when the rank is unknown.
	dims     []augur.Dim
	optional bool
	features []int
	// row is the shape of one row's value, -1 where it is free, and per its
	// number of elements, -1 when that is free. list says that a row's value is
	// written as a list: the input has one feature, and that is no scalar.
	row  []int64
	per  int
	list bool
	// batched is false for a scalar input, which a request of one row fills.
	batched bool
	// huge says that one row has more elements than a tensor may.
	huge bool
}

// feature is one feature of the signature.
type feature struct {
	name   string
	input  int
	column int // 0 for a whole input
	// plain says that a value is one element that need not be checked: that of
	// a row is stride after that of the row before.
	plain  bool
	stride int
	check  constraint
	// fallback is the value of a row that lacks the feature, nil for none.
	fallback *augur.Tensor
	// optional says that the feature may be absent from all rows of a request.
	optional bool
}

// newCodec reads a signature. The error is FailedPrecondition when the
// signature contradicts itself.
func newCodec(sig *augur.Signature) (*codec, error) {
	c := &codec{byInput: map[string]int{}, byFeature: map[string]int{}, byOutput: map[string]int{}, batch: -1}
	for i := range sig.Outputs {
		c.outputs = append(c.outputs, sig.Outputs[i].Name)
		c.byOutput[sig.Outputs[i].Name] = i
	}
	for i := range sig.Inputs {
		in := newInput(&sig.Inputs[i])
		c.byInput[in.name] = i
		c.inputNames = append(c.inputNames, in.name)
		c.inputs = append(c.inputs, in)
	}
	for i := range sig.Features {
		if err := c.addFeature(&sig.Features[i]); err != nil {
			return nil, err
		}
	}
	c.noRows = c.whyNoRows()
	return c, nil
}

func newInput(spec *augur.Spec) input {
	t := spec.Type
	in := input{name: spec.Name, typ: t, optional: spec.Optional}
	if t.Kind == augur.KindOptional && t.Elem != nil {
		t, in.optional = *t.Elem, true
	}
	in.tensor = t.Kind == augur.KindTensor
	in.dtype, in.dims = t.DType, t.Shape
	if len(in.dims) > 0 {
		in.batched, in.per = true, 1
		for _, d := range in.dims[1:] {
			in.row = append(in.row, d.Size)
			if d.Size < 0 {
				in.per = -1
			}
		}
		if in.per > 0 {
			n, ok := augur.Elements(in.row)
			in.per, in.huge = int(n), !ok
		}
	} else {
		in.per = 1
	}
	return in
}

func (c *codec) addFeature(f *augur.Feature) error {
	broken := func(why string) error {
		return augur.Errorf(augur.FailedPrecondition, "the version's signature contradicts itself: feature %q %s", f.Name, why)
	}
	place, ok := c.byInput[f.Input]
	if !ok {
		return broken("belongs to no input")
	}
	in := &c.inputs[place]
	if _, twice := c.byFeature[f.Name]; twice {
		return broken("stands there twice")
	}
	if in.dtype != f.DType {
		return broken("has another dtype than its input")
	}
	check, err := newConstraint(f)
	if err != nil {
		return err
	}
	out := feature{name: f.Name, input: place, check: check}
	for _, other := range in.features {
		if f.Column == augur.Whole || in.list || c.features[other].column == f.Column {
			return broken("shares its place with " + c.features[other].name)
		}
	}
	if f.Column == augur.Whole {
		in.list = len(f.Shape) > 0 || in.per != 1
		out.optional = in.optional && !f.Required && f.Default == nil
	} else {
		out.column = f.Column
		if len(in.row) != 1 || in.per <= f.Column || f.Column < 0 {
			return broken("is a column that its input does not have")
		}
	}
	if f.Default != nil {
		if out.fallback, err = fallback(in, f); err != nil {
			return broken("has a default that is not of its dtype and shape")
		}
	}
	out.plain, out.stride = !in.list && check.none() && in.dtype != augur.String, in.per
	in.features = append(in.features, len(c.features))
	c.byFeature[f.Name] = len(c.features)
	c.featureNames = append(c.featureNames, f.Name)
	if out.optional {
		c.maybe = append(c.maybe, len(c.features))
	}
	c.features = append(c.features, out)
	return nil
}

// fallback encodes a feature's default as the elements of one row.
func fallback(in *input, f *augur.Feature) (*augur.Tensor, error) {
	text, err := json.Marshal(f.Default)
	if err != nil {
		return nil, err
	}
	if f.Column != augur.Whole || !in.list {
		return augur.DecodeTensor(f.DType, nil, text)
	}
	if in.per < 0 {
		return nil, augur.Errorf(augur.FailedPrecondition, "no default for a value without a fixed shape")
	}
	return augur.DecodeTensor(f.DType, in.row, text)
}

// headerBytes is what a string takes besides its text.
const headerBytes = 16

// elementBytes is the memory of an element of at least a byte; of a string
// without its text, which the request holds already.
func elementBytes(d augur.DType) int64 {
	if d == augur.String {
		return headerBytes
	}
	return int64(d.Bits() / 8)
}

// whyNoRows says why rows cannot fill the inputs, nil when they can, and finds
// the number of rows that the inputs fix.
func (c *codec) whyNoRows() *augur.Error {
	if len(c.features) == 0 {
		return augur.Errorf(augur.InvalidArgument, "the version has no features: send tensors")
	}
	for i := range c.inputs {
		in := &c.inputs[i]
		no := func(why string) *augur.Error {
			return augur.Errorf(augur.InvalidArgument, "input %q (%s) %s: send tensors", in.name, in.typ, why)
		}
		switch {
		case len(in.features) == 0 && in.optional:
			continue
		case len(in.features) == 0:
			return no("has no feature that names it")
		case !in.tensor:
			return no("is no tensor")
		case in.dims == nil:
			return no("has no fixed rank")
		case in.huge:
			return no("has too many elements")
		case in.dtype.Bits() < 8 && in.dtype != augur.String:
			return no("has elements smaller than a byte")
		case len(in.row) == 1 && in.per > 1 && !in.list && len(in.features) < in.per:
			return no("has columns that no feature names")
		}
		if in.per > 0 && !(in.list && c.features[in.features[0]].optional) {
			c.rowBytes += int64(in.per) * elementBytes(in.dtype)
		}
		switch {
		case !in.batched:
			c.batch = 1
		case in.dims[0].Size >= 0:
			c.batch = in.dims[0].Size
		}
	}
	return nil
}
