package augur

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// Signature is what a version takes and gives: the inputs and outputs of its
// file, and the features by which a person names the parts of those inputs.
// It never changes after the version is READY.
type Signature struct {
	Inputs   []Spec    `json:"inputs"`
	Outputs  []Spec    `json:"outputs"`
	Features []Feature `json:"features"`
}

// Spec is one input or output of a model.
type Spec struct {
	Name string `json:"name"`
	Type Type   `json:"type"`
	// Optional is set for an input that has an initializer of its own, and so a default.
	Optional    bool   `json:"optional,omitempty"`
	Description string `json:"description,omitempty"`
	// Classes name, for an output of class numbers or of one probability a
	// class, the class behind each number, in order.
	Classes []string `json:"classes,omitempty"`
}

// Type is the type of a value: Kind and, for a tensor, DType and Shape; for a
// sequence or optional, Elem; for a map, Key and Elem.
type Type struct {
	Kind  Kind  `json:"kind"`
	DType DType `json:"dtype,omitempty"`
	// Shape is nil for a tensor of unknown rank and empty for a scalar.
	Shape []Dim `json:"shape"`
	Key   DType `json:"key,omitempty"`
	Elem  *Type `json:"elem,omitempty"`
}

// Dim is one dimension of a shape: a fixed Size, or -1 with the Symbol that the
// file gives it, if any. Two dimensions of the same symbol must be equal.
type Dim struct {
	Size   int64  `json:"size"`
	Symbol string `json:"symbol,omitempty"`
}

// String writes the type as in the ONNX documentation: float32[batch,4], seq(map(int64,float32[])).
func (t Type) String() string {
	elem := func() string {
		if t.Elem == nil {
			return "?"
		}
		return t.Elem.String()
	}
	switch t.Kind {
	case KindSequence:
		return "seq(" + elem() + ")"
	case KindMap:
		return "map(" + string(t.Key) + "," + elem() + ")"
	case KindOptional:
		return "optional(" + elem() + ")"
	default:
		if t.Shape == nil {
			return string(t.DType) + "[*]"
		}
		parts := make([]string, len(t.Shape))
		for i, d := range t.Shape {
			parts[i] = d.String()
		}
		return string(t.DType) + "[" + strings.Join(parts, ",") + "]"
	}
}

// String writes the size, the symbol, or "?".
func (d Dim) String() string {
	switch {
	case d.Size >= 0:
		return strconv.FormatInt(d.Size, 10)
	case d.Symbol != "":
		return d.Symbol
	default:
		return "?"
	}
}

// Input returns the input of that name, nil when there is none.
func (s *Signature) Input(name string) *Spec { return find(s.Inputs, name) }

// Output returns the output of that name, nil when there is none.
func (s *Signature) Output(name string) *Spec { return find(s.Outputs, name) }

func find(specs []Spec, name string) *Spec {
	for i := range specs {
		if specs[i].Name == name {
			return &specs[i]
		}
	}
	return nil
}

// Whole, as a Feature's Column, says that the feature is a whole input.
const Whole = -1

// Feature is a named part of an input with constraints: a whole input, whose
// rows are scalars (shape [batch] or [batch,1]) or vectors, or one column of a
// wider input (shape [batch,n]).
type Feature struct {
	Name string `json:"name"`
	// Input is the name of the input that the feature belongs to.
	Input string `json:"input"`
	// Column is the index in the input's second dimension, or Whole.
	Column int   `json:"column"`
	DType  DType `json:"dtype"`
	// Shape is the shape of one row's value: empty for a scalar.
	Shape    []Dim `json:"shape"`
	Required bool  `json:"required"`
	// Default is the value of a row that lacks the feature; nil means none.
	Default     any    `json:"default,omitempty"`
	Range       *Range `json:"range,omitempty"`
	OneOf       []any  `json:"oneOf,omitempty"`
	Unit        string `json:"unit,omitempty"`
	Description string `json:"description,omitempty"`
}

// Range bounds a number, both ends included; an absent end is nil. NaN lies in
// no range.
type Range struct {
	Min *float64 `json:"min,omitempty"`
	Max *float64 `json:"max,omitempty"`
}

// String writes the range as in "0 to 1", "at least 5".
func (r Range) String() string {
	num := func(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }
	switch {
	case r.Min != nil && r.Max != nil:
		return num(*r.Min) + " to " + num(*r.Max)
	case r.Min != nil:
		return "at least " + num(*r.Min)
	case r.Max != nil:
		return "at most " + num(*r.Max)
	default:
		return "any number"
	}
}

// Contains says whether v lies in the range.
func (r Range) Contains(v float64) bool {
	return !math.IsNaN(v) && (r.Min == nil || v >= *r.Min) && (r.Max == nil || v <= *r.Max)
}

// UnmarshalJSON reads a feature and gives Default and OneOf the Go types of the
// feature's dtype (int64, uint64, float64, bool or string), so that a 64-bit
// integer keeps its width through the database.
func (f *Feature) UnmarshalJSON(b []byte) error {
	type plain Feature
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	if err := dec.Decode((*plain)(f)); err != nil {
		return err
	}
	f.Default = scalarOf(f.DType, f.Default)
	for i, v := range f.OneOf {
		f.OneOf[i] = scalarOf(f.DType, v)
	}
	return nil
}

// scalarOf turns a json.Number into the Go type that dtype asks for.
func scalarOf(dtype DType, v any) any {
	switch v := v.(type) {
	case json.Number:
		if dtype.Integer() {
			if i, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
				return i
			}
			if u, err := strconv.ParseUint(v.String(), 10, 64); err == nil {
				return u
			}
		}
		f, _ := v.Float64()
		return f
	case []any:
		for i := range v {
			v[i] = scalarOf(dtype, v[i])
		}
	}
	return v
}
