package onnx

import (
	"cmp"
	"slices"
	"strings"

	"augur"
	"augur/onnxfile"
)

// plan says how every input and output of a file travels through the binding.
// It is immutable.
type plan struct {
	edit              onnxfile.Edit
	ins               []in
	outs              []out
	inNames, outNames []string // of the session, in its order
	// places counts those of the session's inputs and of the values of maps.
	places     int
	sizes      []size
	allowsZero bool
}

// in is one input.
type in struct {
	spec augur.Spec
	typ  augur.Type // of the tensors that it takes
	at   int        // its place among the session's inputs
	// flat: it travels as elements (at) and shape (at+1). Of a sequence, the
	// places after hold where the elements and the shape of each item begin.
	flat bool
	// allowsZero: see onnxfile.File.AllowsZero.
	allowsZero bool
	// has is the place of whether an optional has a value; 0 where it always has.
	has int
	// absent stands at the place of an optional that is left out.
	absent *augur.Tensor
	// entries is the place, behind all those of the session, of a map's values,
	// whose keys stand at its own; 0 for what is no map.
	entries int
	// as is the element type that it travels in where flat.
	as augur.DType
	// fallback is the default of an Optional input.
	fallback *augur.Tensor
}

// way is how an output travels.
type way int

const (
	// asIs: what the binding gives is the value.
	asIs way = iota
	// flatTensor: elements (at) and shape (at+1).
	flatTensor
	// flatSequence: a sequence of elements (at) and one of shapes (at+1).
	flatSequence
	// flatOptional: elements (at), shape (at+1) and presence (at+2).
	flatOptional
	// flatOptionalSequence: the same of sequences of them.
	flatOptionalSequence
	// zipped: a matrix (at) that a ZipMap would have turned into maps.
	zipped
)

// out is one output.
type out struct {
	spec augur.Spec
	at   int // its place among the session's outputs
	way  way
	// as is the element type that it travels in, dtype the true one.
	as, dtype augur.DType
	labels    labels // of a zipped output
}

// plain are the element types that the binding carries in every direction.
func plain(d augur.DType) bool {
	return d.Integer() || d == augur.Float32 || d == augur.Float64 || d == augur.Bool
}

// carriedAs is the type that a type travels in, flat: one that Cast converts
// it to and from exactly, and that the binding carries; "" when there is none.
func carriedAs(d augur.DType) augur.DType {
	switch d {
	case augur.Float16, augur.BFloat16,
		augur.Float8E4M3FN, augur.Float8E4M3FNUZ, augur.Float8E5M2, augur.Float8E5M2FNUZ, augur.Float8E8M0:
		return augur.Float32
	case augur.Int4, augur.Int2:
		return augur.Int8
	case augur.Uint4, augur.Uint2:
		return augur.Uint8
	}
	if plain(d) || d == augur.String {
		return d
	}
	return ""
}

// maxDefault bounds the default of an input that a request may override: it is
// held beside the session. Larger ones are weights in all but name, and stay
// as the file has them.
const maxDefault = 4 << 20

// newPlan plans the session for a file. The error is Unimplemented for an input
// or output whose type has no way through, with its name and type.
func newPlan(f *onnxfile.File) (*plan, error) {
	p := &plan{allowsZero: f.AllowsZero()}
	defaults := 0
	for _, spec := range f.Signature.Inputs {
		i := in{spec: spec, typ: tensorType(spec.Type), at: len(p.inNames), allowsZero: p.allowsZero}
		if err := checkInput(spec); err != nil {
			return nil, err
		}
		t := i.typ
		switch t.Kind {
		case augur.KindSequence:
			i.flat = true
			p.edit.Inputs = append(p.edit.Inputs, onnxfile.Carried{Name: spec.Name, As: t.Elem.DType})
			p.inNames = append(p.inNames, onnxfile.FlatName(spec.Name), onnxfile.ShapeName(spec.Name), onnxfile.ElementsName(spec.Name), onnxfile.DimsName(spec.Name))
			p.presence(&i, t.Elem.DType)
			p.ins = append(p.ins, i)
			continue
		case augur.KindMap:
			p.inNames = append(p.inNames, spec.Name)
			p.ins = append(p.ins, i)
			continue
		}
		if spec.Optional {
			var err error
			if i.fallback, err = f.Default(spec.Name, maxDefault); err != nil {
				return nil, err
			}
			if i.fallback == nil || defaults+i.fallback.Size() > 4*maxDefault {
				i.fallback, i.at = nil, -1
				p.ins = append(p.ins, i)
				continue
			}
			defaults += i.fallback.Size()
		}
		// The binding makes scalars of the plain types alone, and a shape of
		// rank 0 of no other.
		optional := spec.Type.Kind == augur.KindOptional && f.Opset() >= onnxfile.OptionalOpset
		i.flat = optional || !plain(t.DType) && len(t.Shape) == 0
		if i.flat {
			// Reshape knows neither what is smaller than a byte nor float8e8m0.
			if i.as = t.DType; t.DType.Bits() < 8 && t.DType != augur.String || t.DType == augur.Float8E8M0 {
				i.as = carriedAs(t.DType)
			}
			switch {
			case spec.Type.Kind == augur.KindOptional && !optional:
				return nil, cannot("input", spec, "the file's operator set is too old for an optional of this rank to be made")
			case i.as == "":
				return nil, cannot("input", spec, "ONNX Runtime has no operator that makes a tensor of this rank of a type that can be carried")
			}
			p.edit.Inputs = append(p.edit.Inputs, onnxfile.Carried{Name: spec.Name, As: i.as})
			p.inNames = append(p.inNames, onnxfile.FlatName(spec.Name), onnxfile.ShapeName(spec.Name))
			if optional {
				p.presence(&i, t.DType)
			}
		} else {
			p.inNames = append(p.inNames, spec.Name)
		}
		p.ins = append(p.ins, i)
	}
	if len(p.inNames) == 0 { // the binding indexes the first input of a run
		p.edit.Blank = true
		p.inNames = append(p.inNames, onnxfile.BlankName)
	}
	p.places = len(p.inNames)
	for k := range p.ins {
		if p.ins[k].typ.Kind == augur.KindMap {
			p.ins[k].entries = p.places
			p.places++
		}
	}
	matrices := map[string]int{} // places of the outputs that ZipMaps leave
	for _, spec := range f.Signature.Outputs {
		o := out{spec: spec, at: len(p.outNames)}
		z := slices.IndexFunc(f.ZipMaps, func(z onnxfile.ZipMap) bool { return z.Output == spec.Name })
		if z >= 0 {
			p.edit.ZipMaps = append(p.edit.ZipMaps, f.ZipMaps[z])
			o.way, o.labels = zipped, newLabels(f.ZipMaps[z])
			if at, ok := matrices[f.ZipMaps[z].Input]; ok {
				o.at = at
			} else {
				matrices[f.ZipMaps[z].Input] = o.at
				p.outNames = append(p.outNames, f.ZipMaps[z].Input)
			}
		} else if err := p.output(&o); err != nil {
			return nil, err
		}
		p.outs = append(p.outs, o)
	}
	p.sizes = p.newSizes()
	return p, nil
}

// presence gives an optional input a place that says whether it has a value.
func (p *plan) presence(i *in, d augur.DType) {
	if i.spec.Type.Kind == augur.KindOptional {
		i.has = len(p.inNames)
		i.absent = &augur.Tensor{DType: d, Shape: []int64{0}}
		p.inNames = append(p.inNames, onnxfile.HasName(i.spec.Name))
	}
}

// output chooses the way of an output that no ZipMap makes.
func (p *plan) output(o *out) error {
	t := o.spec.Type
	name, elem := o.spec.Name, t
	switch {
	case t.Kind == augur.KindTensor:
		if !t.DType.Valid() {
			return cannot("output", o.spec, "the file gives it no element type")
		}
		// A rank of one or more is taken at its word, a string tensor carries
		// its own; everything else travels flat.
		o.way = flatTensor
		if t.DType == augur.String || plain(t.DType) && len(t.Shape) > 0 {
			o.way = asIs
		}
	case t.Kind == augur.KindSequence && t.Elem != nil && t.Elem.Kind == augur.KindTensor:
		elem = *t.Elem
		o.way = flatSequence
		if elem.DType == augur.String || plain(elem.DType) && len(elem.Shape) > 0 {
			o.way = asIs
		}
	case t.Kind == augur.KindOptional && t.Elem != nil && t.Elem.Kind == augur.KindTensor:
		elem = *t.Elem
		o.way = flatOptional
	case t.Kind == augur.KindOptional && t.Elem != nil && t.Elem.Kind == augur.KindSequence && t.Elem.Elem != nil && t.Elem.Elem.Kind == augur.KindTensor:
		elem = *t.Elem.Elem
		o.way = flatOptionalSequence
	case t.Kind == augur.KindMap, t.Kind == augur.KindSequence && t.Elem != nil && t.Elem.Kind == augur.KindMap:
		p.outNames = append(p.outNames, name)
		return nil
	default:
		return cannot("output", o.spec, "values of this kind have no form in an answer")
	}
	o.dtype, o.as = elem.DType, carriedAs(elem.DType)
	if o.as == "" {
		return cannot("output", o.spec, "ONNX Runtime has no operator that turns these elements into a type that can be carried")
	}
	if o.way == asIs {
		p.outNames = append(p.outNames, name)
		return nil
	}
	p.edit.Outputs = append(p.edit.Outputs, onnxfile.Carried{Name: name, As: o.as})
	p.outNames = append(p.outNames, onnxfile.FlatName(name), onnxfile.ShapeName(name))
	if o.way == flatOptional || o.way == flatOptionalSequence {
		p.outNames = append(p.outNames, onnxfile.HasName(name))
	}
	return nil
}

// plain says whether the file can be opened as it is.
func (p *plan) plain() bool {
	return len(p.edit.Inputs)+len(p.edit.Outputs)+len(p.edit.ZipMaps) == 0 && !p.edit.Blank
}

// checkInput refuses an input that a request cannot carry.
func checkInput(spec augur.Spec) error {
	t := tensorType(spec.Type)
	elem := t
	if t.Elem != nil {
		elem = *t.Elem
	}
	switch {
	case t.Kind == augur.KindSequence && t.Elem != nil && elem.Kind == augur.KindTensor:
		if d := elem.DType; !plain(d) && d != augur.String && d != augur.Float16 {
			return cannot("input", spec, "ONNX Runtime builds no sequence of these elements")
		}
		return nil
	case t.Kind == augur.KindMap && spec.Type.Kind == augur.KindMap && elem.Kind == augur.KindTensor:
		if t.Key != augur.Int64 && t.Key != augur.String || elem.DType != augur.Float32 && elem.DType != augur.Float64 && elem.DType != augur.Int64 && elem.DType != augur.String {
			return cannot("input", spec, "ONNX Runtime makes no map of these keys and values")
		}
		return nil
	case t.Kind != augur.KindTensor:
		return cannot("input", spec, "ONNX Runtime has no way to be given a value of this kind")
	case !t.DType.Valid():
		return cannot("input", spec, "the file gives it no element type")
	}
	return nil
}

// tensorType looks through an optional: a value that is there travels as itself.
func tensorType(t augur.Type) augur.Type {
	if t.Kind == augur.KindOptional && t.Elem != nil {
		return *t.Elem
	}
	return t
}

func cannot(side string, spec augur.Spec, why string) error {
	return augur.Errorf(augur.Unimplemented, "%s %q of type %s cannot be carried: %s", side, spec.Name, typeName(spec.Type), why)
}

// typeName writes a type, also of the kinds that augur.Type does not know.
func typeName(t augur.Type) string {
	switch t.Kind {
	case onnxfile.KindSparse:
		return "sparse_" + augur.Type{Kind: augur.KindTensor, DType: t.DType, Shape: t.Shape}.String()
	case onnxfile.KindOpaque:
		return "opaque"
	}
	return t.String()
}

// labels are the classes of a ZipMap, in the order of the keys of a map of the
// runtime: sorted.
type labels struct {
	keys *augur.Tensor
	// column gives for each key the matrix's column; nil when they are the same.
	column []int
}

func newLabels(z onnxfile.ZipMap) labels {
	n := len(z.Strings) + len(z.Int64s)
	column := make([]int, n)
	for i := range column {
		column[i] = i
	}
	var l labels
	if len(z.Strings) > 0 {
		slices.SortFunc(column, func(a, b int) int { return strings.Compare(z.Strings[a], z.Strings[b]) })
		keys := make([]string, n)
		for i, c := range column {
			keys[i] = z.Strings[c]
		}
		l.keys = augur.StringTensor(keys, int64(n))
	} else {
		slices.SortFunc(column, func(a, b int) int { return cmp.Compare(z.Int64s[a], z.Int64s[b]) })
		keys := make([]int64, n)
		for i, c := range column {
			keys[i] = z.Int64s[c]
		}
		l.keys = augur.TensorOf(augur.Int64, keys, int64(n))
	}
	if !slices.IsSorted(column) {
		l.column = column
	}
	return l
}
