package onnx

import (
	"errors"
	"strings"
	"testing"

	"augur"
)

// TestClean holds messages of ONNX Runtime 1.27 against what a person gets.
func TestClean(t *testing.T) {
	const run = "Error running network: Non-zero status code returned while running "
	for _, c := range []struct{ from, to string }{
		{run + "Gather node. Name:'' Status Message: indices element out of data bounds, idx=7 must be within the inclusive range [-3,2]",
			"Gather node: indices element out of data bounds, idx=7 must be within the inclusive range [-3,2]"},
		{run + "Reshape node. Name:'flat' Status Message: /onnxruntime_src/onnxruntime/core/providers/cpu/tensor/reshape_helper.h:55 onnxruntime::ReshapeHelper::ReshapeHelper(const onnxruntime::TensorShape&, onnxruntime::TensorShapeVector&, bool) input_shape_size == requested_shape_size was false. The input tensor cannot be reshaped to the requested shape. Input shape:{3}, requested shape:{7}",
			"Reshape node. Name:'flat': The input tensor cannot be reshaped to the requested shape. Input shape:{3}, requested shape:{7}"},
		{run + "Add node. Name:'' Status Message: /onnxruntime_src/onnxruntime/core/providers/cpu/math/element_wise_ops.h:563 void onnxruntime::BroadcastIterator::Init(ptrdiff_t, ptrdiff_t) axis == 1 || axis == largest was false. Attempting to broadcast an axis by a dimension other than 1. 3 by 4",
			"Add node: Attempting to broadcast an axis by a dimension other than 1. 3 by 4"},
		{run + "MatMul node. Name:'' Status Message: matmul_helper.h:59 Compute MatMul dimension mismatch",
			"MatMul node: MatMul dimension mismatch"},
		{"Error creating C session from file: Load model from /tmp/a b/m.onnx failed:Type Error: Type (tensor(float)) of output arg (y) of node () does not match expected type (tensor(int64)).",
			"Type Error: Type (tensor(float)) of output arg (y) of node () does not match expected type (tensor(int64))."},
		{"Error creating C session: tensorprotoutils.cc:1466 ValidateEmbeddedTensorProtoDataSizeAndShape Initializer 'w': raw_data size (4 bytes) does not match",
			"Initializer 'w': raw_data size (4 bytes) does not match"},
		{"bad \xff bytes\nand lines", "bad ? bytes and lines"},
	} {
		if got := clean(errors.New(c.from)); got != c.to {
			t.Errorf("clean(%q)\n got %q\nwant %q", c.from, got, c.to)
		}
	}
	if got := clean(errors.New(strings.Repeat("ü", 1000))); len(got) > 520 {
		t.Errorf("%d bytes", len(got))
	}
}

func TestCodes(t *testing.T) {
	for text, want := range map[string]augur.Code{
		"Error creating C session: Fatal error: com.example:Bar(-1) is not a registered function/op": augur.FailedPrecondition,
		"Error creating C session: Could not find an implementation for Reshape(21) node":            augur.Unimplemented,
		"Error creating C session: std::bad_alloc":                                                   augur.FailedPrecondition,
	} {
		if got := augur.CodeOf(loadError(errors.New(text))); got != want {
			t.Errorf("load %q: %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]augur.Code{
		"Error running network: x":                                           augur.InvalidArgument,
		"Error running network: Failed to allocate memory for buffer":        augur.ResourceExhausted,
		"Error creating tensor from ort: The shape has no dimensions":        augur.Unimplemented,
		"Error creating tensor from ort: Error retrieving sequence contents": augur.Unimplemented,
	} {
		if got := augur.CodeOf(runError(errors.New(text))); got != want {
			t.Errorf("run %q: %s, want %s", text, got, want)
		}
	}
}
