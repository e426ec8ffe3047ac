package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"augur"
)

// typeScript writes the types of rows and values.
func (v *typedVersion) typeScript(model, name string) string {
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, "// %s %s, %s. Written by: augur types %s@%s --lang ts\n\n", model, v.Version, v.ID, model, v.Version) // a Builder never fails
	b.WriteString("/** A number as JSON has it, or one that JSON lacks. */\n")
	b.WriteString("export type Float = number | \"NaN\" | \"Infinity\" | \"-Infinity\";\n\n")
	_, _ = fmt.Fprintf(&b, "/** One row, as data.row takes it. */\nexport interface %sRow {\n", name)
	for _, f := range v.Signature.Features {
		comment(&b, f.about())
		optional := ""
		if !f.Required || f.Default != nil {
			optional = "?"
		}
		_, _ = fmt.Fprintf(&b, "  %s%s: %s;\n", identifier(f.Name), optional, f.typeScript())
	}
	_, _ = fmt.Fprintf(&b, "}\n\n/** What values has for one row. */\nexport interface %sValues {\n", name)
	for _, o := range v.Signature.Outputs {
		comment(&b, o.Description)
		text, follows := v.rowType(o)
		optional := ""
		if !follows { // values of several rows leave it out
			optional = "?"
		}
		_, _ = fmt.Fprintf(&b, "  %s%s: %s;\n", identifier(o.Name), optional, text)
	}
	b.WriteString("}\n")
	return b.String()
}

// comment writes the documentation of a field.
func comment(b *strings.Builder, text string) {
	text = strings.Join(strings.Fields(strings.ReplaceAll(text, "*/", "*\\/")), " ")
	if text != "" {
		_, _ = fmt.Fprintf(b, "  /** %s */\n", text)
	}
}

// about is the description of a feature with its bounds and unit.
func (f typedFeature) about() string {
	var parts []string
	if f.Description != "" {
		parts = append(parts, strings.TrimSuffix(f.Description, "."))
	}
	if r := f.Range; r != nil {
		switch {
		case r.Min != nil && r.Max != nil:
			parts = append(parts, fmt.Sprintf("%v to %v", r.Min, r.Max))
		case r.Min != nil:
			parts = append(parts, fmt.Sprintf("at least %v", r.Min))
		case r.Max != nil:
			parts = append(parts, fmt.Sprintf("at most %v", r.Max))
		}
	}
	if f.Unit != "" {
		parts = append(parts, "in "+f.Unit)
	}
	if f.Default != nil {
		parts = append(parts, cell(f.Default)+" when left out")
	}
	return strings.Join(parts, "; ")
}

// typeScript is the type of a feature: the values it may have, or its element
// type, in as many arrays as its shape has dimensions.
func (f typedFeature) typeScript() string {
	text := inputElement(augur.DType(strings.ToLower(f.DType)))
	if len(f.OneOf) > 0 {
		all := make([]string, len(f.OneOf))
		for i, v := range f.OneOf {
			all[i] = literal(v)
		}
		text = strings.Join(all, " | ")
	}
	return arrays(text, len(f.Shape))
}

// literal writes a value as JSON, which TypeScript reads.
func literal(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "unknown"
	}
	return string(text)
}

// arrays puts a type into n arrays.
func arrays(text string, n int) string {
	if n > 0 && strings.Contains(text, "|") {
		text = "(" + text + ")"
	}
	return text + strings.Repeat("[]", n)
}

// inputElement is what a row may have for an element, outputElement what values have.
func inputElement(d augur.DType) string {
	switch {
	case d == augur.Bool:
		return "boolean"
	case d == augur.String:
		return "string"
	case d == augur.Complex64 || d == augur.Complex128:
		return "[number, number]"
	case d.Opaque():
		return "string" // base64
	default:
		return "number"
	}
}

func outputElement(d augur.DType) string {
	switch text := inputElement(d); {
	case text == "[number, number]":
		return "[Float, Float]"
	case text == "number" && d.Float():
		return "Float"
	default:
		return text
	}
}

// rowType is the type of an output in the values of one row, and whether it has
// a part for each row of a request. It follows augur.Response.Values.
func (v *typedVersion) rowType(o typedOutput) (text string, follows bool) {
	if item, ok := inside(o.Type, "seq"); ok {
		return plainType(item, o.Classes), true
	}
	dtype, shape, known := tensorType(o.Type)
	if !known || len(shape) == 0 || !v.batched(shape[0]) || dtype != augur.String && dtype.Bits() < 8 {
		return plainType(o.Type, o.Classes), false
	}
	element := outputElement(dtype)
	switch {
	case dtype.Opaque():
		return element, true
	case len(shape) == 1 || len(shape) == 2 && shape[1] == "1":
		return element, true
	case len(shape) == 2 && len(o.Classes) > 0 && (shape[1] == strconv.Itoa(len(o.Classes)) || !fixed(shape[1])):
		return record(o.Classes, element), true
	default:
		return arrays(element, len(shape)-1), true
	}
}

// batched says whether a first dimension is that of the rows: one that varies,
// or the one that the inputs have.
func (v *typedVersion) batched(first string) bool {
	if !fixed(first) {
		return true
	}
	for _, in := range v.Signature.Inputs {
		if _, shape, known := tensorType(in.Type); known && len(shape) > 0 && shape[0] != first {
			return false
		}
	}
	return true
}

func fixed(dim string) bool {
	_, err := strconv.Atoi(dim)
	return err == nil
}

// plainType is the type of a whole value.
func plainType(text string, classes []string) string {
	if item, ok := inside(text, "seq"); ok {
		return arrays(plainType(item, classes), 1)
	}
	if item, ok := inside(text, "optional"); ok {
		return plainType(item, classes) + " | null"
	}
	if item, ok := inside(text, "map"); ok {
		key, value, _ := strings.Cut(item, ",")
		dtype, _, _ := tensorType(value)
		if key != string(augur.String) && len(classes) > 0 {
			return record(classes, outputElement(dtype))
		}
		return "Record<string, " + outputElement(dtype) + ">"
	}
	dtype, shape, known := tensorType(text)
	if !known {
		return "unknown"
	}
	if dtype.Opaque() {
		return "string"
	}
	return arrays(outputElement(dtype), len(shape))
}

// record is an object with a key for each class.
func record(classes []string, element string) string {
	keys := make([]string, len(classes))
	for i, class := range classes {
		keys[i] = literal(class)
	}
	return "Record<" + strings.Join(keys, " | ") + ", " + element + ">"
}

// inside is what stands between the brackets of seq(…), map(…) or optional(…).
func inside(text, form string) (string, bool) {
	text, ok := strings.CutPrefix(text, form+"(")
	return strings.TrimSuffix(text, ")"), ok
}

// tensorType reads float32[batch,4]; known is false for a rank that is not known.
func tensorType(text string) (dtype augur.DType, shape []string, known bool) {
	name, dims, _ := strings.Cut(strings.TrimSuffix(text, "]"), "[")
	if dims != "" {
		shape = strings.Split(dims, ",")
	}
	return augur.DType(name), shape, dims != "*"
}

// identifier is a name as a key of a type: quoted unless it is a plain word.
func identifier(name string) string {
	for i, r := range name {
		if r != '_' && r != '$' && (r > unicode.MaxASCII || !unicode.IsLetter(r)) && (i == 0 || !unicode.IsDigit(r)) {
			return literal(name)
		}
	}
	if name == "" {
		return `""`
	}
	return name
}

// pascal makes RoadRisk of road-risk.
func pascal(name string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	if text := b.String(); text != "" && !unicode.IsDigit(rune(text[0])) {
		return text
	}
	return "Model" + b.String()
}
