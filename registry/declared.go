package registry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"augur"
)

// declared is what metadata.json, or the property "inputs" of the file itself,
// says of one input or output.
type declared struct {
	Name        string            `json:"name"`
	DType       augur.DType       `json:"dtype"`
	Shape       []int64           `json:"shape"`
	Range       *declaredRange    `json:"range"`
	OneOf       []json.RawMessage `json:"one_of"`
	Default     json.RawMessage   `json:"default"`
	Unit        string            `json:"unit"`
	Description string            `json:"description"`
	Required    *bool             `json:"required"`
	// Columns name the columns of a wider input, as in "sepal length (cm)".
	Columns []string `json:"columns"`
	// Classes name, for an output, the class behind each number or column.
	Classes []string `json:"classes"`
}

// declaredRange is written [least, most]; null is an open end.
type declaredRange augur.Range

// UnmarshalJSON reads the two ends.
func (r *declaredRange) UnmarshalJSON(b []byte) error {
	var ends []*float64
	if err := json.Unmarshal(b, &ends); err != nil || len(ends) != 2 {
		return fmt.Errorf("range %s: expected [least, most]", b)
	}
	r.Min, r.Max = ends[0], ends[1]
	return nil
}

// inputsOf reads the property "inputs" of a file. What does not read as a list
// of inputs belongs to another tool and is left alone.
func inputsOf(report *augur.ProbeReport) []declared {
	var list []declared
	if err := json.Unmarshal([]byte(report.Metadata["inputs"]), &list); err != nil {
		return nil
	}
	return list
}

// describe puts what is declared of outputs into a signature.
func describe(s *augur.Signature, outputs []declared) error {
	for _, d := range outputs {
		spec := s.Output(d.Name)
		if spec == nil {
			return augur.Errorf(augur.InvalidArgument, "there is no output %q: the file has %s", d.Name, names(s.Outputs))
		}
		if err := d.check(spec); err != nil {
			return err
		}
		if d.Description != "" {
			spec.Description = d.Description
		}
		if d.Classes != nil {
			if err := setClasses(spec, d.Classes); err != nil {
				return err
			}
		}
	}
	return nil
}

// setClasses names the classes of an output. Where the output has one column a
// class, there must be as many.
func setClasses(spec *augur.Spec, classes []string) error {
	if len(classes) == 0 {
		return augur.Errorf(augur.InvalidArgument, "output %q: expected at least one class", spec.Name)
	}
	if shape := spec.Type.Shape; spec.Type.Kind == augur.KindTensor && spec.Type.DType.Float() && len(shape) == 2 && shape[1].Size > 1 && shape[1].Size != int64(len(classes)) {
		return augur.Errorf(augur.InvalidArgument, "output %q has %d columns, not %d classes", spec.Name, shape[1].Size, len(classes))
	}
	spec.Classes = classes
	return nil
}

// check compares what is declared of an input or output with the file. A
// declared dimension of -1 fits every size.
func (d declared) check(spec *augur.Spec) error {
	if spec.Type.Kind != augur.KindTensor {
		return nil
	}
	if d.DType != "" && d.DType != spec.Type.DType {
		return augur.Errorf(augur.InvalidArgument, "%q is declared as %s, but is %s in the file", d.Name, d.DType, spec.Type)
	}
	if d.Shape == nil || spec.Type.Shape == nil {
		return nil
	}
	fits := len(d.Shape) == len(spec.Type.Shape)
	for i := 0; fits && i < len(d.Shape); i++ {
		fits = d.Shape[i] < 0 || spec.Type.Shape[i].Size < 0 || d.Shape[i] == spec.Type.Shape[i].Size
	}
	if !fits {
		return augur.Errorf(augur.InvalidArgument, "%q is declared with the shape %v, but is %s in the file", d.Name, d.Shape, spec.Type)
	}
	return nil
}

// jsonValue reads one JSON value with numbers kept as they are written.
func jsonValue(raw json.RawMessage) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	err := dec.Decode(&v)
	return v, err
}

// names lists the names of inputs or outputs for a message.
func names(specs []augur.Spec) string {
	if len(specs) == 0 {
		return "none"
	}
	out := make([]string, len(specs))
	for i, s := range specs {
		out[i] = s.Name
	}
	return strings.Join(out, ", ")
}
