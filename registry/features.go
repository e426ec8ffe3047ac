package registry

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"augur"
)

// FeatureInput is what a caller says of a feature, over what the file says.
type FeatureInput struct {
	Name string
	// Input is the input that it belongs to; "" means the feature of that name
	// or, without one, the input of that name.
	Input string
	// Column is the column of a wider input; nil means the whole input.
	Column      *int
	Required    *bool
	Default     any
	Range       *augur.Range
	OneOf       []any
	Unit        string
	Description string
}

// signatureOf makes the signature of a version: the file's own inputs and
// outputs, and their features by what is declared. The report is not changed.
func signatureOf(report *augur.ProbeReport, inputs, outputs []declared, over []FeatureInput, classes map[string][]string) (*augur.Signature, error) {
	s := &augur.Signature{Inputs: slices.Clone(report.Signature.Inputs), Outputs: slices.Clone(report.Signature.Outputs)}
	for _, list := range [][]declared{inputsOf(report), inputs} {
		for _, d := range list {
			spec := s.Input(d.Name)
			if spec == nil {
				return nil, augur.Errorf(augur.InvalidArgument, "there is no input %q: the file has %s", d.Name, names(s.Inputs))
			}
			if err := d.check(spec); err != nil {
				return nil, err
			}
			if d.Description != "" {
				spec.Description = d.Description
			}
		}
	}
	for i := range s.Inputs {
		features, err := featuresOf(&s.Inputs[i], inputsOf(report), inputs)
		if err != nil {
			return nil, err
		}
		s.Features = append(s.Features, features...)
	}
	if err := describe(s, outputs); err != nil {
		return nil, err
	}
	for i, f := range over {
		if err := override(s, f); err != nil {
			return nil, augur.AsError(err).At("features", strconv.Itoa(i))
		}
	}
	if err := complete(s); err != nil {
		return nil, err
	}
	for name, list := range classes {
		spec := s.Output(name)
		if spec == nil {
			return nil, augur.Errorf(augur.InvalidArgument, "there is no output %q: the file has %s", name, names(s.Outputs)).At("classes")
		}
		if err := setClasses(spec, list); err != nil {
			return nil, augur.AsError(err).At("classes")
		}
	}
	return s, nil
}

// featuresOf makes the features of one input: one for each named column, or one
// for the whole. Later lists of declarations win over earlier ones.
func featuresOf(spec *augur.Spec, lists ...[]declared) ([]augur.Feature, error) {
	if !nameable(spec) {
		return nil, nil
	}
	features := []augur.Feature{whole(spec)}
	for _, list := range lists {
		for _, d := range list {
			if d.Name != spec.Name {
				continue
			}
			if d.Columns != nil {
				var err error
				if features, err = columnsOf(spec, d.Columns); err != nil {
					return nil, err
				}
			}
			for i := range features {
				if err := d.constrain(&features[i]); err != nil {
					return nil, err
				}
			}
		}
	}
	return features, nil
}

// nameable says whether an input can be given in rows: a tensor with a first
// dimension to count the rows, of elements that have a JSON form.
func nameable(spec *augur.Spec) bool {
	t := spec.Type
	return t.Kind == augur.KindTensor && len(t.Shape) > 0 && (t.DType.Number() || t.DType == augur.Bool || t.DType == augur.String)
}

// whole is the feature of an input without named columns.
func whole(spec *augur.Spec) augur.Feature {
	f := augur.Feature{Name: spec.Name, Input: spec.Name, Column: augur.Whole, DType: spec.Type.DType, Shape: []augur.Dim{}, Required: !spec.Optional, Description: spec.Description}
	if row := spec.Type.Shape[1:]; len(row) != 1 || row[0].Size != 1 {
		f.Shape = append(f.Shape, row...)
	}
	return f
}

// columnsOf makes a feature for each column.
func columnsOf(spec *augur.Spec, columns []string) ([]augur.Feature, error) {
	shape := spec.Type.Shape
	if len(shape) != 2 || shape[1].Size >= 0 && shape[1].Size != int64(len(columns)) {
		return nil, augur.Errorf(augur.InvalidArgument, "input %q is %s: %d names of columns do not fit it", spec.Name, spec.Type, len(columns))
	}
	features := make([]augur.Feature, len(columns))
	for i, column := range columns {
		name, unit := columnName(column)
		if name == "" {
			return nil, augur.Errorf(augur.InvalidArgument, "input %q: column %d has no name", spec.Name, i)
		}
		features[i] = columnOf(spec, name, i)
		features[i].Unit = unit
	}
	return features, nil
}

func columnOf(spec *augur.Spec, name string, i int) augur.Feature {
	return augur.Feature{Name: name, Input: spec.Name, Column: i, DType: spec.Type.DType, Shape: []augur.Dim{}, Required: !spec.Optional}
}

var (
	unitSuffix = regexp.MustCompile(`\s*[(\[]([^()\[\]]+)[)\]]\s*$`)
	notInName  = regexp.MustCompile(`[^\pL\pN]+`)
)

// columnName splits "sepal length (cm)" into the name sepal_length and the unit cm.
func columnName(column string) (name, unit string) {
	if m := unitSuffix.FindStringSubmatch(column); m != nil && len(m[0]) < len(column) {
		column, unit = strings.TrimSuffix(column, m[0]), strings.TrimSpace(m[1])
	}
	return strings.Trim(notInName.ReplaceAllString(strings.ToLower(column), "_"), "_"), unit
}

// constrain gives a feature the constraints of a declaration.
func (d declared) constrain(f *augur.Feature) error {
	in, err := d.input()
	if err != nil {
		return err
	}
	in.Name = f.Name
	if f.Column != augur.Whole {
		in.Description = ""
	}
	if err := in.apply(f); err != nil {
		e := *augur.AsError(err) // the paths of apply are those of FeatureInput
		e.Message, e.Field = fmt.Sprintf("input %q: %s", d.Name, e.Message), nil
		return &e
	}
	return nil
}

// input is a declaration as a caller would say it of the whole input.
func (d declared) input() (FeatureInput, error) {
	in := FeatureInput{Name: d.Name, Input: d.Name, Required: d.Required, Range: (*augur.Range)(d.Range), Unit: d.Unit, Description: d.Description}
	var err error
	if d.Default != nil {
		if in.Default, err = jsonValue(d.Default); err != nil {
			return in, augur.Wrap(augur.InvalidArgument, err, "input %q: the default is no JSON", d.Name)
		}
	}
	for _, raw := range d.OneOf {
		v, err := jsonValue(raw)
		if err != nil {
			return in, augur.Wrap(augur.InvalidArgument, err, "input %q: one_of is no JSON", d.Name)
		}
		in.OneOf = append(in.OneOf, v)
	}
	return in, nil
}

// features are a declaration as a caller would say it of features.
func (d declared) features() ([]FeatureInput, error) {
	in, err := d.input()
	if err != nil || d.Columns == nil {
		return []FeatureInput{in}, err
	}
	out := make([]FeatureInput, len(d.Columns))
	for i, column := range d.Columns {
		out[i] = in
		out[i].Name, out[i].Unit = columnName(column)
		out[i].Column, out[i].Description = &i, ""
		if in.Unit != "" {
			out[i].Unit = in.Unit
		}
	}
	return out, nil
}

// override finds or makes the feature that a caller speaks of, and changes it.
func override(s *augur.Signature, in FeatureInput) error {
	if in.Name == "" || len(in.Name) > 250 {
		return augur.Errorf(augur.InvalidArgument, "expected a name of 1 to 250 bytes").At("name")
	}
	at := slices.IndexFunc(s.Features, func(f augur.Feature) bool {
		if in.Input == "" && in.Column == nil {
			return f.Name == in.Name
		}
		return f.Input == in.input() && f.Column == in.column()
	})
	if at < 0 {
		spec := s.Input(in.input())
		switch {
		case spec == nil:
			field := "input"
			if in.Input == "" {
				field = "name"
			}
			return augur.Errorf(augur.InvalidArgument, "there is no input %q: the file has %s", in.input(), names(s.Inputs)).At(field)
		case !nameable(spec):
			return augur.Errorf(augur.InvalidArgument, "input %q is %s, which rows cannot give: it takes tensors only", spec.Name, spec.Type).At("input")
		case in.Column == nil: // the input has columns of its own by now, and becomes whole again
			s.Features = append(slices.DeleteFunc(s.Features, func(f augur.Feature) bool { return f.Input == spec.Name }), whole(spec))
		case len(spec.Type.Shape) != 2 || *in.Column < 0 || spec.Type.Shape[1].Size >= 0 && int64(*in.Column) >= spec.Type.Shape[1].Size:
			return augur.Errorf(augur.InvalidArgument, "input %q is %s: it has no column %d", spec.Name, spec.Type, *in.Column).At("column")
		default:
			s.Features = append(slices.DeleteFunc(s.Features, func(f augur.Feature) bool { return f.Input == spec.Name && f.Column == augur.Whole }), columnOf(spec, in.Name, *in.Column))
		}
		at = len(s.Features) - 1
	}
	s.Features[at].Name = in.Name
	return in.apply(&s.Features[at])
}

func (in FeatureInput) input() string {
	if in.Input == "" {
		return in.Name
	}
	return in.Input
}

func (in FeatureInput) column() int {
	if in.Column == nil {
		return augur.Whole
	}
	return *in.Column
}

// complete checks the features together and puts them in the order of the
// inputs and their columns.
func complete(s *augur.Signature) error {
	order := func(f augur.Feature) int {
		return slices.IndexFunc(s.Inputs, func(spec augur.Spec) bool { return spec.Name == f.Input })
	}
	slices.SortStableFunc(s.Features, func(a, b augur.Feature) int {
		if d := order(a) - order(b); d != 0 {
			return d
		}
		return a.Column - b.Column
	})
	seen := map[string]bool{}
	next := map[string]int{}
	for _, f := range s.Features {
		if seen[f.Name] {
			return augur.Errorf(augur.InvalidArgument, "two features have the name %q", f.Name).At("features")
		}
		seen[f.Name] = true
		if f.Column == augur.Whole {
			continue
		}
		if f.Column != next[f.Input] {
			return augur.Errorf(augur.InvalidArgument, "column %d of input %q has no name: name all its columns, or none", next[f.Input], f.Input).At("features")
		}
		next[f.Input]++
	}
	for input, n := range next {
		if width := s.Input(input).Type.Shape[1].Size; width >= 0 && int64(n) != width {
			return augur.Errorf(augur.InvalidArgument, "column %d of input %q has no name: name all its columns, or none", n, input).At("features")
		}
	}
	if s.Features == nil {
		s.Features = []augur.Feature{}
	}
	return nil
}
