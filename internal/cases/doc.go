// Package cases reads prediction cases: inputs for a model and the values that
// another implementation expects of it. Tests of every transport run them.
//
// A case is one line of a cases.jsonl:
//
//	{"id", "model", "inputs": [VALUE…], "expected": [VALUE…], "tolerance": {"rtol", "atol"}}
//
// A VALUE is a tensor (name, dtype, shape, and flat row-major data or
// little-endian data_b64), a sequence (items), a map (keys, values) or none.
// Floats are right within atol + rtol·|want|, everything else exactly.
//
// Zoo and Hostiles are small models that no exporter makes, written by Model.
//
// It may import augur and onnxfile (for the numbers of types), and stands
// outside the ladder: only tests import it.
package cases
