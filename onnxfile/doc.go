// Package onnxfile reads an ONNX file without the runtime: what the model takes
// and gives, what it says of itself, which operators it uses and which other
// files it names. It also rewrites the head and tail of a graph, so that a
// narrow runtime API can carry every type.
//
// It may import package augur and the protobuf wire encoding, nothing else of
// the house.
//
// Invariants:
//
//   - The file is hostile until proven otherwise: every length is checked
//     against what holds it; counts, ranks, names and nesting are capped; no
//     input panics (FuzzRead, FuzzRewrite).
//   - Weights are never copied: a tensor's data is skipped by its length, and a
//     rewritten file refers to byte ranges of the original. Memory grows with
//     the number of inputs, outputs and operator kinds, not with the file.
//   - Offsets are 64-bit, so files above 2 GiB can be read.
//   - Errors are *augur.Error with code FailedPrecondition and a text for the
//     person who made the file.
//
// Start at Read in file.go; wire.go is the protobuf walk, rewrite.go the other
// half of the package. The numbers of fields and types are those of onnx.proto,
// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
package onnxfile
