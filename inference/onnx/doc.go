// Package onnx runs ONNX models with ONNX Runtime: the adapter of
// inference.Runtime that the binary carries within it, and the trial of a file
// before it becomes a version.
//
// It may import augur, inference and onnxfile, and the Go binding
// onnxruntime_go. It is the only room that knows the binding.
//
// What the binding cannot carry is settled at load, not at run: plan.go decides
// for every input and output how it travels, and where the plain way does not
// exist the ends of the graph are rewritten once (onnxfile.Edit). Ordinary
// tensors take the plain way and pay nothing.
//
// Invariants:
//
//   - Nothing panics out of this package: what is known to panic in the binding
//     cannot happen by construction, and Load and Run recover from the rest.
//   - Every value of the runtime is destroyed on every path, or kept by a frame
//     that goes with its session.
//   - What a session keeps never shows in an answer: a frame lends its memory
//     to one run at a time, and answers are copies or memory of their own.
//   - A file that names other files is refused before the runtime sees it. (A
//     model loaded from bytes resolves such names in the working directory of
//     the process.)
//   - The runtime's environment belongs to the process: environment counts who
//     uses it, and it goes with the last session.
//   - The text of the runtime's errors is cleaned of source paths before it
//     becomes part of a message.
//
// Start at Runtime.Load in runtime.go, then plan.go, session.go, frame.go and
// output.go. watch.go lends frames and stops runs; size.go bounds answers.
// probe.go tries a file in this process, child.go in another one.
package onnx
