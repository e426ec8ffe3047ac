package inference

import (
	"encoding/json"
	"runtime"
	"slices"
	"strings"
	"testing"

	"augur"
)

// wide is a model of a list of so many elements, or of a free number of them.
func wide(dtype augur.DType, elements any, change func(*augur.Feature)) *augur.CatalogVersion {
	f := augur.Feature{Name: "x", Input: "x", Column: augur.Whole, DType: dtype, Shape: []augur.Dim{{Size: -1}}, Required: true}
	if n, ok := elements.(int); ok {
		f.Shape[0].Size = int64(n)
	}
	if change != nil {
		change(&f)
	}
	return version("wide", "1.0.0", &augur.Signature{
		Inputs:   []augur.Spec{spec("x", dtype, "batch", elements)},
		Outputs:  []augur.Spec{spec("y", dtype, "batch")},
		Features: []augur.Feature{f},
	})
}

// Input that would take more memory than a request may is refused before the
// memory is taken.
func TestInputsAreBounded(t *testing.T) {
	const limit = 1 << 20
	zeros := func(n int) string { return "[" + strings.Repeat("0,", n-1) + "0]" }
	row := func(n int) string { return `{"x":` + zeros(n) + `}` }
	column := func(n, of int) *augur.Request {
		return &augur.Request{Data: augur.Data{Columns: json.RawMessage(`{"x":[` + strings.Repeat(zeros(of)+",", n-1) + zeros(of) + `]}`)}}
	}
	one := rows("", row(1<<17+1))
	one.Data.One = true
	given := func(n int, texts ...string) *augur.Request {
		tensor := augur.TensorOf(augur.Float64, make([]float64, n), 1, int64(n))
		if texts != nil {
			tensor = augur.StringTensor(texts, 1, int64(len(texts)))
		}
		return &augur.Request{Data: augur.Data{Tensors: []augur.NamedTensor{{Name: "x", Tensor: tensor}}}}
	}
	withDefault := func(f *augur.Feature) {
		f.Required, f.Default = false, make([]any, 1<<10)
		for i := range f.Default.([]any) {
			f.Default.([]any)[i] = 0.0
		}
	}
	narrow := iris()
	for _, tc := range []struct {
		name  string
		v     *augur.CatalogVersion
		req   *augur.Request
		first string // "" when it is answered
	}{
		{"a fixed row", wide(augur.Float64, 1<<17, nil), rows("", row(1<<17)), ""},
		{"a fixed row too many", wide(augur.Float64, 1<<17, nil), rows("", row(1), row(1)), "data.rows: expected inputs of at most 1048576 bytes in one request; those of 2 rows take 2097152"},
		{"a fixed row that is too wide", wide(augur.Float64, 1<<30, nil), rows("", row(1)), "data.rows: expected inputs of at most 1048576 bytes in one request; those of 1 rows take 8589934592"},
		{"fixed columns", wide(augur.Float64, 1<<10, nil), column(128, 1<<10), ""},
		{"too many fixed columns", wide(augur.Float64, 1<<10, nil), column(129, 1), "data.columns: expected inputs of at most 1048576 bytes in one request; those of 129 rows take 1056768"},
		{"strings", wide(augur.String, 1<<16, nil), rows("", row(1), row(1)), "data.rows: expected inputs of at most 1048576 bytes in one request; those of 2 rows take 2097152"},
		{"free rows", wide(augur.Float64, "n", nil), rows("", slices.Repeat([]string{row(1 << 10)}, 128)...), ""},
		{"too many free rows", wide(augur.Float64, "n", nil), rows("", slices.Repeat([]string{row(1 << 10)}, 130)...), "data.rows.128.x: expected inputs of at most 1048576 bytes in one request; those of 129 rows take 1056768"},
		{"a free row", wide(augur.Float64, "n", nil), one, "data.row.x: expected inputs of at most 1048576 bytes in one request; those of 1 rows take 1048584"},
		{"too many free columns", wide(augur.Float64, "n", nil), column(129, 1<<10), "data.columns.x: expected inputs of at most 1048576 bytes in one request; those of 129 rows take 1056768"},
		{"defaults", wide(augur.Float64, 1<<10, withDefault), rows("", slices.Repeat([]string{`{}`}, 128)...), ""},
		{"too many defaults", wide(augur.Float64, 1<<10, withDefault), rows("", slices.Repeat([]string{`{}`}, 129)...), "data.rows: expected inputs of at most 1048576 bytes in one request; those of 129 rows take 1056768"},
		{"narrow rows", narrow, rows("", slices.Repeat([]string{`{}`}, 1<<16+1)...), "data.rows: expected inputs of at most 1048576 bytes in one request; those of 65537 rows take 1048592"},
		{"tensors", wide(augur.Float64, "n", nil), given(1 << 17), ""},
		{"large tensors", wide(augur.Float64, "n", nil), given(1<<17 + 1), "data.tensors: expected inputs of at most 1048576 bytes in one request, got 1048584"},
		{"long strings", wide(augur.String, "n", nil), given(0, strings.Repeat("x", limit)), "data.tensors: expected inputs of at most 1048576 bytes in one request, got 1048592"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := codecOf(t, tc.v)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			in, err := c.read(tc.req, limits{rows: 1 << 20, bytes: limit})
			runtime.ReadMemStats(&after)
			if took := after.TotalAlloc - before.TotalAlloc; took > 6*limit { // growing copies
				t.Errorf("took %d MiB", took>>20)
			}
			if tc.first == "" {
				if err != nil || len(in.errs) > 0 || sizeOf(in.tensors) != limit {
					t.Errorf("%v, %v, %d bytes", err, in.errs, sizeOf(in.tensors))
				}
				return
			}
			if lines := errorLines(err); augur.CodeOf(err) != augur.InvalidArgument || len(lines) != 1 || lines[0] != tc.first {
				t.Errorf("%q", lines)
			}
		})
	}
}

// A short text asks for no long buffer, though the limit allows it.
func TestShortTextOfAWideRow(t *testing.T) {
	c := codecOf(t, wide(augur.Float64, 1<<24, nil))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := c.read(rows("", `{"x":[1]}`), upTo(1))
	runtime.ReadMemStats(&after)
	if lines := errorLines(err); len(lines) != 1 || lines[0] != "data.rows.0.x: expected a list of 16777216 elements" {
		t.Errorf("%q", lines)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 1<<20 {
		t.Errorf("took %d MiB", took>>20)
	}
}

// The limit is the version's, or the server's.
func TestMaxBytes(t *testing.T) {
	v, own := wide(augur.Float64, "n", nil), wide(augur.Float64, "n", nil)
	own.Model, own.ID, own.Policy.MaxBytes = "own", "ver_own", 8
	h := start(t, Config{MaxBytes: 16}, v, own)
	for _, tc := range []struct {
		model, row string
		code       augur.Code
	}{
		{"wide", `{"x":[1,2]}`, ""}, {"wide", `{"x":[1,2,3]}`, augur.InvalidArgument},
		{"own", `{"x":[1]}`, ""}, {"own", `{"x":[1,2]}`, augur.InvalidArgument},
	} {
		if _, err := h.Predict(t.Context(), rows(tc.model, tc.row)); augur.CodeOf(err) != tc.code {
			t.Errorf("%s %s: %v", tc.model, tc.row, err)
		}
	}
}
