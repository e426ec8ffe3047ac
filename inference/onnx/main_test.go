package onnx_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"augur/inference/onnx"
)

// TestMain also plays the child process of a Prober: see prober.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "probe" {
		os.Exit(onnx.ProbeMain(os.Args[2:], os.Stdout))
	}
	goleak.VerifyTestMain(m)
}

// prober starts this test binary again as the child. A child under the race
// detector would sleep for a second at its end.
func prober() onnx.Prober {
	return onnx.Prober{Command: []string{"/usr/bin/env", "GORACE=atexit_sleep_ms=0", os.Args[0], "probe"}}
}
