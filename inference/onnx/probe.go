package onnx

import (
	"context"
	"errors"
	"fmt"
	"time"

	"augur"
	"augur/onnxfile"
)

// trialElements bounds an input of the trial run.
const trialElements = 1 << 24

// Probe says what the file at path is and that this runtime can serve it: it is
// read, opened and run once, with zeros (empty strings) in every required input
// and 1 for every dimension that the file leaves open.
//
// The trial run looks for what only a run shows. It refuses the file, with
// FailedPrecondition, when the run does not end within trial or asks for more
// memory than there is, and with Unimplemented when an output cannot be
// carried. That the model itself refuses zeros is no fault of the file (an
// index may have to be 1 or more, a string one of a list), so it becomes a
// warning. Otherwise the errors are those of Load.
//
// A hostile file may crash the process or never return from being opened. Probe
// is for files that are trusted, and for the child process that Prober starts.
func (r *Runtime) Probe(ctx context.Context, path string, trial time.Duration) (*augur.ProbeReport, error) {
	file, closer, err := onnxfile.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = closer.Close() }()
	report := file.Report()
	s, err := r.load(ctx, path, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.Close() }()
	for _, in := range s.plan.ins {
		if in.at < 0 {
			report.Warnings = append(report.Warnings, fmt.Sprintf("input %q has a default of more than %d bytes in the file, so a request cannot replace it", in.spec.Name, maxDefault))
		}
	}
	if err := fillable(report.Signature); err != nil {
		return nil, err
	}
	inputs, why := trialInputs(report.Signature)
	if why != "" {
		report.Warnings = append(report.Warnings, "there was no trial run: "+why)
		return report, nil
	}
	return report, s.try(ctx, inputs, trial, report)
}

// fillable refuses an input that no request can fill.
func fillable(sig *augur.Signature) error {
	for _, spec := range sig.Inputs {
		shape := []int64{}
		for _, d := range tensorType(spec.Type).Shape {
			shape = append(shape, max(d.Size, 1))
		}
		if _, ok := augur.Elements(shape); !ok {
			return augur.Errorf(augur.FailedPrecondition, "input %q (%s) has more elements than a tensor may have (%d)", spec.Name, spec.Type, augur.MaxElements)
		}
	}
	return nil
}

// try runs s once and adds what it learns to report.
func (s *Session) try(ctx context.Context, inputs []augur.NamedTensor, trial time.Duration, report *augur.ProbeReport) error {
	limited, cancel := context.WithTimeout(ctx, trial)
	defer cancel()
	got, err := s.Run(limited, inputs, nil)
	switch code := augur.CodeOf(err); {
	case err == nil:
		report.Warnings = append(report.Warnings, lies(report.Signature, got)...)
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return augur.Errorf(augur.FailedPrecondition, "a trial run with one row of zeros did not end within %v", trial)
	case code == augur.ResourceExhausted:
		return augur.Wrap(augur.FailedPrecondition, err, "a trial run with one row of zeros: %s", augur.AsError(err).Message)
	case code == augur.Unimplemented:
		return err
	case code == augur.InvalidArgument:
		report.Warnings = append(report.Warnings, "a trial run with zeros in every input failed, which may be right for this model: "+augur.AsError(err).Message)
		return nil
	default:
		return augur.Wrap(augur.Unimplemented, err, "the outputs of a trial run could not be carried")
	}
}

// trialInputs makes the inputs of a trial run, or says why there are none. A
// sequence has one item, a map one entry.
func trialInputs(sig *augur.Signature) (inputs []augur.NamedTensor, why string) {
	for _, spec := range sig.Inputs {
		if spec.Optional {
			continue
		}
		in := augur.NamedTensor{Name: spec.Name}
		t, elem := tensorType(spec.Type), tensorType(spec.Type)
		if t.Elem != nil {
			elem = *t.Elem
		}
		if t.Kind == augur.KindMap {
			elem.Shape = nil // a file writes its values as scalars
		}
		zeros, why := trialTensor(spec.Name, elem)
		if why != "" {
			return nil, why
		}
		switch t.Kind {
		case augur.KindSequence:
			in.Value = &augur.Value{Kind: t.Kind, Items: []augur.Value{augur.TensorValue(zeros)}}
		case augur.KindMap:
			keys, why := trialTensor(spec.Name, augur.Type{Kind: augur.KindTensor, DType: t.Key})
			if why != "" {
				return nil, why
			}
			in.Value = &augur.Value{Kind: t.Kind, Keys: keys, Values: zeros}
		default:
			in.Tensor = zeros
		}
		inputs = append(inputs, in)
	}
	return inputs, ""
}

// trialTensor makes zeros for a type, or says why there are none.
func trialTensor(name string, t augur.Type) (zeros *augur.Tensor, why string) {
	shape := make([]int64, len(t.Shape))
	for i, d := range t.Shape {
		shape[i] = max(d.Size, 1)
		if d.Size == 0 {
			shape[i] = 0
		}
	}
	if t.Shape == nil { // of unknown rank; a vector is the likeliest
		shape = []int64{1}
	}
	if n, ok := augur.Elements(shape); !ok || n > trialElements {
		return nil, fmt.Sprintf("one row of input %q has more than %d elements", name, trialElements)
	}
	zeros, err := augur.NewTensor(t.DType, shape...)
	if err != nil {
		return nil, augur.AsError(err).Message
	}
	return zeros, ""
}

// lies lists the outputs whose shape is not what the file declares.
func lies(sig *augur.Signature, got []augur.Output) (warnings []string) {
	for _, o := range got {
		spec := sig.Output(o.Name)
		if o.Value.Kind != augur.KindTensor || spec == nil || spec.Type.Shape == nil {
			continue
		}
		shape := o.Value.Tensor.Shape
		if !shapeFits(spec.Type.Shape, shape) {
			warnings = append(warnings, fmt.Sprintf("output %q is declared as %s, and a trial run gave shape %v", o.Name, spec.Type, shape))
		}
	}
	return warnings
}

func shapeFits(declared []augur.Dim, shape []int64) bool {
	if len(declared) != len(shape) {
		return false
	}
	for i, d := range declared {
		if d.Size >= 0 && d.Size != shape[i] {
			return false
		}
	}
	return true
}
