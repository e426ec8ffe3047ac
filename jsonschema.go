package augur

import "math"

// JSONSchema returns the features of one row as a JSON Schema (2020-12), ready
// for encoding/json: the object that `data.row` takes.
func (s *Signature) JSONSchema() map[string]any {
	properties := map[string]any{}
	required := []string{}
	for _, f := range s.Features {
		properties[f.Name] = f.jsonSchema()
		if f.Required && f.Default == nil {
			required = append(required, f.Name)
		}
	}
	return map[string]any{
		"$schema":              "https://json-schema.org/draft/2020-12/schema",
		"type":                 "object",
		"properties":           properties,
		"required":             required,
		"additionalProperties": false,
	}
}

func (f Feature) jsonSchema() map[string]any {
	schema := elementSchema(f.DType)
	if r := f.Range; r != nil {
		if r.Min != nil && !math.IsInf(*r.Min, 0) {
			schema["minimum"] = *r.Min
		}
		if r.Max != nil && !math.IsInf(*r.Max, 0) {
			schema["maximum"] = *r.Max
		}
	}
	if len(f.OneOf) > 0 {
		schema["enum"] = f.OneOf
	}
	for i := len(f.Shape) - 1; i >= 0; i-- {
		schema = map[string]any{"type": "array", "items": schema}
		if size := f.Shape[i].Size; size >= 0 {
			schema["minItems"], schema["maxItems"] = size, size
		}
	}
	if f.Description != "" {
		schema["description"] = f.Description
	}
	if f.Unit != "" {
		schema["x-unit"] = f.Unit
	}
	if f.Default != nil {
		schema["default"] = f.Default
	}
	return schema
}

func elementSchema(d DType) map[string]any {
	switch {
	case d == Bool:
		return map[string]any{"type": "boolean"}
	case d == String:
		return map[string]any{"type": "string"}
	case d.Integer():
		return map[string]any{"type": "integer"}
	case d.Float():
		return map[string]any{"type": "number"}
	default: // complex: [re, im]; what has no JSON form: base64
		return map[string]any{}
	}
}
