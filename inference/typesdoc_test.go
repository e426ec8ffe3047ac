package inference

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"augur"
	"augur/internal/cases"
)

var updateTypes = flag.Bool("update", false, "write docs/types.md")

// TestTypesReference holds docs/types.md against what the codecs read and write
// and what the zoo of types says is served; go test ./inference -run
// TypesReference -update writes it.
func TestTypesReference(t *testing.T) {
	const path = "../docs/types.md"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- elements: written by a test -->\n", "<!-- end of elements -->\n"
	head, rest, ok := strings.Cut(string(text), begin)
	_, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no place for the table", path)
	}
	refused := map[augur.DType]bool{}
	for _, z := range cases.Zoo() {
		if name, _, _ := strings.Cut(z.Name, "/"); z.Refused && augur.DType(name).Valid() {
			refused[augur.DType(name)] = true
		}
	}
	var b strings.Builder
	b.WriteString("| `dtype` | bits | in JSON | in base64 | served |\n|---|---|---|---|---|\n")
	for _, d := range augur.DTypes() {
		inJSON, inBase64 := elementForms(t, d)
		width, served := fmt.Sprint(d.Bits()), "yes"
		if d == augur.String {
			width = ""
		}
		if refused[d] {
			served = "no"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", strings.ToUpper(string(d)), width, inJSON, inBase64, served)
	}
	want := head + begin + b.String() + end + tail
	if *updateTypes {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if string(text) != want {
		t.Errorf("%s is not current: go test ./inference -run TypesReference -update", path)
	}
}

// elementForms writes three elements in every form, reads each of them back to
// the same bits, and returns those forms that the type has.
func elementForms(t *testing.T, d augur.DType) (inJSON, inBase64 string) {
	t.Helper()
	x := cases.Sample(d, 3)
	switch d { // the sample has NaN with a payload, which JSON has not
	case augur.Complex64:
		x.Data = augur.TensorOf(augur.Float32, []float32{1.5, -2, 0, 1, -1, 0}, 6).Data
	case augur.Complex128:
		x.Data = augur.TensorOf(augur.Float64, []float64{1.5, -2, 0, 1, -1, 0}, 6).Data
	}
	same := func(form string, got *augur.Tensor, err error) {
		t.Helper()
		if err != nil || got.DType != d || !bytes.Equal(got.Data, x.Data) || !slices.Equal(got.Strings, x.Strings) {
			t.Errorf("%s in %s: %v, %v; want %v", d, form, got, err, x)
		}
	}
	code := func(text []byte) string { return "`" + string(text) + "`" }
	if d != augur.String {
		text, err := json.Marshal(x.Data)
		if err != nil {
			t.Fatal(err)
		}
		got, err := augur.DecodeTensor(d, x.Shape, text)
		same("base64", got, err)
		inBase64 = code(text)
	}

	sig := &augur.Signature{
		Inputs: []augur.Spec{spec("x", d, "batch")}, Outputs: []augur.Spec{spec("y", d, "batch")},
		Features: []augur.Feature{{Name: "x", Input: "x", Column: augur.Whole, DType: d, Required: true}},
	}
	c, err := newCodec(sig)
	if err != nil {
		t.Fatal(err)
	}
	if d.Opaque() && d.Bits() < 8 { // an element is no whole byte
		if c.noRows == nil {
			t.Errorf("%s can be given in rows", d)
		}
		return "", inBase64
	}
	resp := &augur.Response{Version: &augur.CatalogVersion{Signature: sig}, Rows: 3, RowIndex: []int{0, 1, 2}, Outputs: []augur.Output{{Name: "y", Value: augur.TensorValue(x)}}}
	var rows, elements []json.RawMessage
	for _, value := range resp.Values() {
		var row map[string]json.RawMessage
		if err := json.Unmarshal(value, &row); err != nil {
			t.Fatal(err)
		}
		elements = append(elements, row["y"])
		rows = append(rows, json.RawMessage(`{"x":`+string(row["y"])+`}`))
	}
	list, most := jsonList(elements), limits{rows: 10, bytes: 1 << 20}
	encoded, err := c.encodeRows(rows, false, most)
	if err != nil || len(encoded.tensors) != 1 {
		t.Fatalf("%s in rows %s: %v, %v", d, rows, err, encoded.errs)
	}
	same("rows", encoded.tensors[0].Tensor, nil)
	if encoded, err = c.encodeColumns(json.RawMessage(`{"x":`+string(list)+`}`), most); err != nil {
		t.Fatalf("%s in columns %s: %v", d, list, err)
	}
	same("columns", encoded.tensors[0].Tensor, nil)
	if d.Opaque() { // each element is base64
		return "", inBase64
	}
	var written struct{ Data json.RawMessage }
	if err := json.Unmarshal(augur.AppendValueJSON(nil, augur.TensorValue(x)), &written); err != nil || !bytes.Equal(written.Data, list) {
		t.Errorf("%s is %s in values and %s in outputs, %v", d, list, written.Data, err)
	}
	got, err := augur.DecodeTensor(d, x.Shape, list)
	same("tensors", got, err)
	return code(list), inBase64
}
