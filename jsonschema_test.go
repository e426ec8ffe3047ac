package augur_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"augur"
)

func TestJSONSchema(t *testing.T) {
	lo, hi, inf := 0.0, 1.0, math.Inf(1)
	sig := &augur.Signature{Features: []augur.Feature{
		{Name: "curvature", DType: augur.Float32, Required: true, Range: &augur.Range{Min: &lo, Max: &hi}, Unit: "1/m", Description: "how bent"},
		{Name: "lanes", DType: augur.Int64, Required: true, Range: &augur.Range{Min: &lo, Max: &inf}, Default: int64(9007199254740993)},
		{Name: "weather", DType: augur.String, OneOf: []any{"clear", "rain"}},
		{Name: "holiday", DType: augur.Bool, Required: true},
		{Name: "pixels", DType: augur.Uint8, Required: true, Shape: []augur.Dim{{Size: 2}, {Size: -1, Symbol: "w"}}, Range: &augur.Range{Max: &hi}},
		{Name: "z", DType: augur.Complex64},
	}}
	const want = `{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"type": "object", "additionalProperties": false,
		"required": ["curvature", "holiday", "pixels"],
		"properties": {
			"curvature": {"type": "number", "minimum": 0, "maximum": 1, "x-unit": "1/m", "description": "how bent"},
			"lanes": {"type": "integer", "minimum": 0, "default": 9007199254740993},
			"weather": {"type": "string", "enum": ["clear", "rain"]},
			"holiday": {"type": "boolean"},
			"pixels": {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "array", "items": {"type": "integer", "maximum": 1}}},
			"z": {}
		}}`
	got, err := json.Marshal(sig.JSONSchema())
	if err != nil {
		t.Fatal(err)
	}
	read := func(text []byte) any {
		v, err := scanTree(text) // numbers as they are written
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if diff := cmp.Diff(read([]byte(want)), read(got)); diff != "" {
		t.Error(diff)
	}
}

// A signature without features still makes a schema that a reader can walk.
func TestJSONSchemaOfNothing(t *testing.T) {
	got, err := json.Marshal((&augur.Signature{}).JSONSchema())
	const want = `{"$schema":"https://json-schema.org/draft/2020-12/schema","additionalProperties":false,"properties":{},"required":[],"type":"object"}`
	if err != nil || string(got) != want {
		t.Error(string(got), err)
	}
}
