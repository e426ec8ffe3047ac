package server

import (
	"io"

	"augur/inference/onnx"
)

// ProbeMain is the child process in which a new file is tried: the command
// line's hidden verb probe. It returns the exit status.
func ProbeMain(args []string, stdout io.Writer) int { return onnx.ProbeMain(args, stdout) }
