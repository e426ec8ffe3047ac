// Package runtimetest is the conformance suite of inference.Runtime and
// inference.Session: each sentence of their contract as a test, over small
// models that the suite writes itself. Every adapter that loads ONNX files runs
//
//	runtimetest.Run(t, func(t *testing.T) inference.Runtime { … })
//
// It may import augur, inference and internal/cases. Only tests import it.
package runtimetest
