package onnxfile

import (
	"fmt"

	"augur"
)

// Report says of the file what a registration wants to know, with warnings
// about what may surprise.
func (f *File) Report() *augur.ProbeReport {
	r := &augur.ProbeReport{
		Signature: f.Signature, Producer: f.Producer, IRVersion: f.IRVersion, Opsets: f.Opsets,
		Domain: f.Domain, Description: f.Description, Metadata: f.Metadata,
		Deterministic: f.Deterministic(),
	}
	if !r.Deterministic {
		r.Warnings = append(r.Warnings, "the model draws random numbers: equal inputs may give different outputs, so its answers are not cached")
	}
	if v := f.Opset(); v > 0 && v < 7 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("operator set %d is older than 7, the oldest that ONNX Runtime promises to run", v))
	}
	return r
}
