package registry

import (
	"math"
	"slices"

	"augur"
)

// accepts says why a version with the signature wider cannot stand in for one
// with the signature narrower, nil when it can: it takes every input that the
// other takes, and gives outputs of the same names and types.
//
// Inputs have the same names and dtypes and shapes at least as free; features
// have the same names in the same places, and allow at least the same values.
// What wider takes besides must be possible to leave out: an input that is
// optional in the file, or whose features have defaults. Rows and columns are
// then accepted in any case; exact tensors only where such an input is optional.
//
// The error is FailedPrecondition, and its message says the first difference
// with wider as "it".
func accepts(wider, narrower *augur.Signature) error {
	if err := acceptsInputs(wider, narrower); err != nil {
		return err
	}
	if err := acceptsFeatures(wider, narrower); err != nil {
		return err
	}
	return givesOutputs(wider, narrower)
}

// differ is the error of a difference.
func differ(format string, args ...any) error {
	return augur.Errorf(augur.FailedPrecondition, format, args...)
}

func acceptsInputs(wider, narrower *augur.Signature) error {
	for _, n := range narrower.Inputs {
		w := wider.Input(n.Name)
		switch {
		case w == nil:
			return differ("it has no input %q", n.Name)
		case !fits(n.Type, w.Type):
			return differ("its input %q is %s, not %s", n.Name, w.Type, n.Type)
		case optional(&n) && !optional(w):
			return differ("its input %q may not be left out", n.Name)
		}
	}
	for _, w := range wider.Inputs {
		switch rows := rowsOf(wider, &w); {
		case narrower.Input(w.Name) != nil:
		case !optional(&w) && !filled(wider, w.Name):
			return differ("it requires the input %q (%s)", w.Name, w.Type)
		case rows >= 0 && !slices.ContainsFunc(narrower.Inputs, func(n augur.Spec) bool { return rowsOf(narrower, &n) == rows }):
			return differ("its input %q is %s, so it takes exactly %d rows at a time", w.Name, w.Type, rows)
		}
	}
	return acceptsSymbols(wider, narrower)
}

// rowsOf is how many rows of features an input wants a request to have, -1 when
// any number will do.
func rowsOf(s *augur.Signature, spec *augur.Spec) int64 {
	shape := tensor(spec.Type).Shape
	if len(shape) == 0 || !slices.ContainsFunc(s.Features, func(f augur.Feature) bool { return f.Input == spec.Name }) {
		return -1
	}
	return shape[0].Size
}

// optional says whether an input may be left out of exact tensors.
func optional(spec *augur.Spec) bool { return spec.Optional || spec.Type.Kind == augur.KindOptional }

// tensor is the type of an input that is given, when it may be left out too.
func tensor(t augur.Type) augur.Type {
	if t.Kind == augur.KindOptional && t.Elem != nil {
		return *t.Elem
	}
	return t
}

// filled says whether rows may do without an input: all its features have defaults.
func filled(s *augur.Signature, input string) bool {
	some := false
	for _, f := range s.Features {
		if f.Input == input {
			if some = true; f.Default == nil {
				return false
			}
		}
	}
	return some
}

// fits says whether every value of type t is one of type in.
func fits(t, in augur.Type) bool {
	if t.Kind != augur.KindOptional {
		in = tensor(in)
	}
	if t.Kind != in.Kind || t.DType != in.DType || t.Key != in.Key || (t.Elem == nil) != (in.Elem == nil) {
		return false
	}
	if t.Elem != nil {
		return fits(*t.Elem, *in.Elem)
	}
	return t.Kind != augur.KindTensor || in.Shape == nil || t.Shape != nil && fitsShape(t.Shape, in.Shape)
}

func fitsShape(shape, in []augur.Dim) bool {
	return slices.EqualFunc(shape, in, func(d, in augur.Dim) bool { return in.Size < 0 || d.Size == in.Size })
}

// acceptsSymbols finds two dimensions that wider wants equal and narrower does not.
func acceptsSymbols(wider, narrower *augur.Signature) error {
	type place struct {
		input string
		at    int
		dim   augur.Dim // in narrower
	}
	first := map[string]place{}
	for _, n := range narrower.Inputs {
		shape := tensor(n.Type).Shape
		for at, w := range tensor(wider.Input(n.Name).Type).Shape {
			if w.Size >= 0 || w.Symbol == "" {
				continue
			}
			here := place{n.Name, at, shape[at]}
			other, known := first[w.Symbol]
			if !known {
				first[w.Symbol] = here
				continue
			}
			if here.dim.Size != other.dim.Size || here.dim.Size < 0 && (here.dim.Symbol == "" || here.dim.Symbol != other.dim.Symbol) {
				return differ("it wants dimension %d of the input %q and dimension %d of %q to be equal (%s)", other.at, other.input, here.at, here.input, w.Symbol)
			}
		}
	}
	return nil
}

func acceptsFeatures(wider, narrower *augur.Signature) error {
	named := make(map[string]*augur.Feature, len(wider.Features))
	for i := range wider.Features {
		named[wider.Features[i].Name] = &wider.Features[i]
	}
	for i := range narrower.Features {
		n := &narrower.Features[i]
		w := named[n.Name]
		switch {
		case w == nil:
			return differ("it has no feature %q", n.Name)
		case w.Input != n.Input || w.Column != n.Column:
			return differ("its feature %q is %s, not %s", n.Name, place(w), place(n))
		case w.DType != n.DType || !fitsShape(n.Shape, w.Shape):
			return differ("its feature %q is %s, not %s", n.Name, form(w), form(n))
		case absent(narrower, n) && !absent(wider, w):
			return differ("it requires the feature %q", n.Name)
		case n.Default != nil && w.Default == nil: // it may lack in all rows or none
			return differ("it has no default for the feature %q", n.Name)
		}
		if err := allows(w, n); err != nil {
			return err
		}
		delete(named, n.Name)
	}
	for i := range wider.Features { // in their order
		if w := named[wider.Features[i].Name]; w != nil && !absent(wider, w) {
			return differ("it requires the feature %q", w.Name)
		}
	}
	return nil
}

// place says which part of the inputs a feature is.
func place(f *augur.Feature) string {
	if f.Column == augur.Whole {
		return "the input " + show(f.Input)
	}
	return "column " + show(f.Column) + " of the input " + show(f.Input)
}

// form writes the type of one row's value.
func form(f *augur.Feature) string {
	return augur.Type{Kind: augur.KindTensor, DType: f.DType, Shape: f.Shape}.String()
}

// absent says whether a row may lack a feature.
func absent(s *augur.Signature, f *augur.Feature) bool {
	if f.Default != nil {
		return true
	}
	spec := s.Input(f.Input)
	return f.Column == augur.Whole && !f.Required && spec != nil && optional(spec)
}

// allows says which value the feature n allows and w does not.
func allows(w, n *augur.Feature) error {
	switch {
	case len(n.OneOf) > 0:
		return allowsEach(w, n)
	case len(w.OneOf) > 0:
		return differ("its feature %q allows only %s", n.Name, show(w.OneOf))
	case w.Range == nil || !n.DType.Number():
		return nil
	}
	all := augur.Range{}
	if n.Range == nil {
		n = &augur.Feature{Name: n.Name, DType: n.DType, Range: &all}
	}
	low, high := ends(w.Range)
	least, most := ends(n.Range)
	if least < low || most > high || n.Range == &all && n.DType.Float() { // NaN lies in no range
		return differ("its feature %q allows %s, not %s", n.Name, w.Range, n.Range)
	}
	return nil
}

// allowsEach is allows for a feature n with a list of values.
func allowsEach(w, n *augur.Feature) error {
	within := func(f *augur.Feature, v any) bool {
		return f.Range == nil || !f.DType.Number() || f.Range.Contains(number(v))
	}
	listed := make(map[any]bool, len(w.OneOf))
	for _, v := range w.OneOf {
		listed[v] = true
	}
	for _, v := range n.OneOf {
		if isNaN(v) || !within(n, v) { // n itself does not allow it
			continue
		}
		if len(listed) > 0 && !listed[v] || !within(w, v) {
			return differ("its feature %q does not allow %s", n.Name, show(v))
		}
	}
	return nil
}

// ends are the least and the greatest number of a range.
func ends(r *augur.Range) (low, high float64) {
	low, high = math.Inf(-1), math.Inf(1)
	if r.Min != nil {
		low = *r.Min
	}
	if r.Max != nil {
		high = *r.Max
	}
	return low, high
}

// givesOutputs finds an output that is not the same. The order is that of the
// request, or of the version that should have answered.
func givesOutputs(wider, narrower *augur.Signature) error {
	for _, n := range narrower.Outputs {
		w := wider.Output(n.Name)
		switch {
		case w == nil:
			return differ("it gives no output %q", n.Name)
		case !fits(w.Type, n.Type):
			return differ("its output %q is %s, not %s", n.Name, w.Type, n.Type)
		case !slices.Equal(w.Classes, n.Classes):
			return differ("its output %q has other classes: %s, not %s", n.Name, show(w.Classes), show(n.Classes))
		}
	}
	for _, w := range wider.Outputs {
		if narrower.Output(w.Name) == nil {
			return differ("it gives one output more, %q", w.Name)
		}
	}
	return nil
}
