package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTypeScript writes the type of every form that an output may have, as
// augur.Response.Values writes the output.
func TestTypeScript(t *testing.T) {
	size := 3
	v := &typedVersion{ID: "ver_1", Version: "1.0.0"}
	v.Signature.Inputs = []struct{ Type string }{{"float32[batch,4]"}}
	v.Signature.Features = []typedFeature{
		{Name: "sepal length", DType: "FLOAT32", Required: true, Unit: "cm", Description: "How long.\nEnds */ here."},
		{Name: "n", DType: "INT64", Default: 5},
		{Name: "holiday", DType: "BOOL"},
		{Name: "colour", DType: "STRING", Required: true, OneOf: []any{"red", "it's \"blue\""}, Shape: []struct{ Size *int }{{&size}}},
		{Name: "z", DType: "COMPLEX64", Required: true},
		{Name: "raw", DType: "FLOAT8E5M2", Required: true},
	}
	v.Signature.Outputs = []typedOutput{
		{Name: "label", Type: "int64[batch]"},
		{Name: "probabilities", Type: "float32[batch,2]", Classes: []string{"no", "yes"}},
		{Name: "embedding", Type: "float32[batch,768]"},
		{Name: "boxes", Type: "float16[batch,?,4]"},
		{Name: "column", Type: "string[batch,1]"},
		{Name: "zipmap", Type: "seq(map(int64,float32[]))", Classes: []string{"a", "b"}},
		{Name: "words", Type: "seq(map(string,float32[]))"},
		{Name: "whole", Type: "float32[2,2]"},
		{Name: "scalar", Type: "float64[]"},
		{Name: "any", Type: "float32[*]"},
		{Name: "maybe", Type: "optional(bool[])"},
		{Name: "list", Type: "seq(float32[?])"},
	}
	want := `// flowers 1.0.0, ver_1. Written by: augur types flowers@1.0.0 --lang ts

/** A number as JSON has it, or one that JSON lacks. */
export type Float = number | "NaN" | "Infinity" | "-Infinity";

/** One row, as data.row takes it. */
export interface FlowersRow {
  /** How long. Ends *\/ here; in cm */
  "sepal length": number;
  /** 5 when left out */
  n?: number;
  holiday?: boolean;
  colour: ("red" | "it's \"blue\"")[];
  z: [number, number];
  raw: string;
}

/** What values has for one row. */
export interface FlowersValues {
  label: number;
  probabilities: Record<"no" | "yes", Float>;
  embedding: Float[];
  boxes: Float[][];
  column: string;
  zipmap: Record<"a" | "b", Float>;
  words: Record<string, Float>;
  whole?: Float[][];
  scalar?: Float;
  any?: unknown;
  maybe?: boolean | null;
  list: Float[];
}
`
	if diff := cmp.Diff(want, v.typeScript("flowers", pascal("flowers"))); diff != "" {
		t.Error(diff)
	}
	for in, want := range map[string]string{"road-risk": "RoadRisk", "a.b_c": "ABC", "2nd": "Model2nd", "-": "Model"} {
		if got := pascal(in); got != want {
			t.Errorf("pascal(%q) = %q, expected %q", in, got, want)
		}
	}
}
