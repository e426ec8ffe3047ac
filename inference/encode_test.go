package inference

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"augur"
)

// every is a model with features of every form.
func every() *augur.CatalogVersion {
	sig := &augur.Signature{
		Inputs: []augur.Spec{
			spec("n", augur.Uint8, "batch"), spec("pixels", augur.Float32, "batch", 2, 2), spec("words", augur.String, "batch", "len"),
			spec("mask", augur.Int64, "batch", "len"), spec("m", augur.Float64, "batch", 2), spec("extra", augur.Float32, "batch", 1),
		},
		Features: []augur.Feature{
			{Name: "n", Input: "n", Column: augur.Whole, DType: augur.Uint8, Required: true},
			{Name: "pixels", Input: "pixels", Column: augur.Whole, DType: augur.Float32, Shape: []augur.Dim{{Size: 2}, {Size: 2}}, Range: between(0, 1), Default: []any{0.0, 0.25, 0.5, 1.0}},
			{Name: "words", Input: "words", Column: augur.Whole, DType: augur.String, Shape: []augur.Dim{{Size: -1, Symbol: "len"}}},
			{Name: "mask", Input: "mask", Column: augur.Whole, DType: augur.Int64, Shape: []augur.Dim{{Size: -1, Symbol: "len"}}},
			{Name: "b", Input: "m", Column: 1, DType: augur.Float64},
			{Name: "a", Input: "m", Column: 0, DType: augur.Float64, Default: "NaN"},
			{Name: "extra", Input: "extra", Column: augur.Whole, DType: augur.Float32},
		},
		Outputs: []augur.Spec{spec("y", augur.Uint8, "batch")},
	}
	sig.Inputs[5].Optional = true
	return version("every", "1.0.0", sig)
}

func codecOf(t testing.TB, v *augur.CatalogVersion) *codec {
	t.Helper()
	c, err := newCodec(v.Signature)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// show writes tensors as name=shape:elements.
func show(in []augur.NamedTensor) string {
	var parts []string
	for _, nt := range in {
		parts = append(parts, fmt.Sprintf("%s=%v:%s", nt.Name, nt.Tensor.Shape, augur.AppendJSON(nil, nt.Tensor)))
	}
	return strings.Join(parts, " ")
}

func errorLines(err error) []string {
	if many, ok := errors.AsType[augur.Errors](err); ok {
		var lines []string
		for _, e := range many {
			lines = append(lines, e.Error())
		}
		return lines
	}
	if err == nil {
		return nil
	}
	return []string{err.Error()}
}

func TestEncodeRows(t *testing.T) {
	c := codecOf(t, every())
	for _, tc := range []struct {
		name string
		rows []string
		want string
	}{
		{
			"one row", []string{`{"n":7,"pixels":[[0,0.1],[0.2,1]],"words":["a","é"],"mask":[1,9223372036854775807],"a":1,"b":2,"extra":5}`},
			`n=[1]:[7] pixels=[1 2 2]:[0,0.1,0.2,1] words=[1 2]:["a","é"] mask=[1 2]:[1,9223372036854775807] m=[1 2]:[1,2] extra=[1 1]:[5]`,
		},
		{
			"any order, defaults, flat lists, base64, no optional input", []string{
				`{"b":2,"mask":[1],"words":["x"],"n":7}`,
				`{"n":8,"pixels":[0,0.5,0.5,0],"words":["y"],"mask":"AgAAAAAAAAA=","b":-0.0,"a":null}`,
			},
			`n=[2]:[7,8] pixels=[2 2 2]:[0,0.25,0.5,1,0,0.5,0.5,0] words=[2 1]:["x","y"] mask=[2 1]:[1,2] m=[2 2]:["NaN",2,"NaN",-0]`,
		},
		{
			"empty lists", []string{`{"n":7,"words":[],"mask":[],"b":"Infinity","extra":null}`},
			`n=[1]:[7] pixels=[1 2 2]:[0,0.25,0.5,1] words=[1 0]:[] mask=[1 0]:[] m=[1 2]:["NaN","Infinity"]`,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in, err := c.read(rows("", tc.rows...), upTo(100))
			if err != nil || len(in.errs) > 0 {
				t.Fatal(err, in.errs)
			}
			if got := show(in.tensors); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
			if in.rows != len(tc.rows) || len(in.index) != len(tc.rows) {
				t.Errorf("%d rows, index %v", in.rows, in.index)
			}
			for _, nt := range in.tensors {
				if err := nt.Tensor.Check(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestRowErrors(t *testing.T) {
	c := codecOf(t, road())
	with := func(old, new string) string { return strings.Replace(roadRow, old, new, 1) }
	for _, tc := range []struct {
		row  string
		want []string
	}{
		{with(`"lighting"`, `"lightning"`), []string{
			`lightning: unknown feature "lightning": did you mean "lighting"?`,
			`lighting: required and missing: expected one of "day", "night", "dim"`,
		}},
		{with(`"curvature":0.1529,`, `"zzz":1,`), []string{
			`zzz: unknown feature "zzz": the version has curvature, lighting, speed_limit, num_lanes, weather, road_type, holiday, num_reported_accidents`,
			`curvature: required and missing: expected 0 to 1`,
		}},
		{with(`"num_lanes":3,`, ``), []string{`num_lanes: required and missing: expected an integer`}},
		{with(`"num_lanes":3`, `"num_lanes":null`), []string{`num_lanes: required: expected an integer, got null`}},
		{with(`3,`, `"3",`), []string{`num_lanes: expected an integer from -9223372036854775808 to 9223372036854775807 (int64), got "3"`}},
		{with(`3,`, `3.5,`), []string{`num_lanes: expected an integer from -9223372036854775808 to 9223372036854775807 (int64), got 3.5`}},
		{with(`3,`, `9223372036854775808,`), []string{`num_lanes: expected an integer from -9223372036854775808 to 9223372036854775807 (int64), got 9223372036854775808`}},
		{with(`3,`, `[3],`), []string{`num_lanes: expected an integer from -9223372036854775808 to 9223372036854775807 (int64), got an array`}},
		{with(`0.1529`, `7.5`), []string{`curvature: expected 0 to 1, got 7.5`}},
		{with(`0.1529`, `"NaN"`), []string{`curvature: expected 0 to 1, got "NaN"`}},
		{with(`0.1529`, `NaN`), []string{`JSON: expected a value at byte 13, got 'N'`}},
		{with(`0.1529`, `"high"`), []string{`curvature: expected a number (float32), got "high"`}},
		{with(`60`, `10`), []string{`speed_limit: expected 20 to 130, got 10`}},
		{with(`"dim"`, `"noon"`), []string{`lighting: expected one of "day", "night", "dim", got "noon"`}},
		{with(`"dim"`, `"`+strings.Repeat("x", 100)+`"`), []string{`lighting: expected one of "day", "night", "dim", got a value of 102 bytes`}},
		{with(`"dim"`, `1`), []string{`lighting: expected a string, got 1`}},
		{with(`"holiday":false`, `"holiday":0`), []string{`holiday: expected true or false, got 0`}},
		{with(`"num_lanes":3`, `"num_lanes":3,"num_lanes":3`), []string{`num_lanes: given twice in one row`}},
		{with(`"holiday":false`, `"holiday":null,"holiday":true`), []string{`holiday: given twice in one row`}},
		{`[1,2]`, []string{`expected an object from feature names to values, got an array`}},
		{`null`, []string{`expected an object from feature names to values, got null`}},
		{``, []string{`JSON: expected a value at byte 0, got the end of the text`}},
		{with(`0.1529`, `7.5`)[:30], []string{`curvature: expected 0 to 1, got 7.5`, `JSON: expected '"' at the end of a string at byte 30, got the end of the text`}},
		{roadRow + `x`, []string{`JSON: expected the end at byte 149, got 'x'`}},
	} {
		for _, one := range []bool{true, false} {
			prefix := "data.row"
			req := rows("", tc.row)
			if req.Data.One = one; !one {
				prefix = "data.rows.1"
				req = rows("", roadRow, tc.row, roadRow)
			}
			in, err := c.read(req, upTo(100))
			if one != (err != nil) {
				t.Fatalf("%s: %v", tc.row, err)
			}
			var want []string
			for _, line := range tc.want {
				sep := "."
				if strings.HasPrefix(line, "JSON") || strings.HasPrefix(line, "expected") {
					sep = ": "
				}
				want = append(want, prefix+sep+line)
			}
			if diff := cmp.Diff(want, errorLines(in.errs)); diff != "" {
				t.Errorf("%s:\n%s", tc.row, diff)
			}
			if !one && (!slices.Equal(in.index, []int{0, 2}) || in.rows != 3 || in.tensors[0].Tensor.Shape[0] != 2) {
				t.Errorf("%s: the other rows: %v, %s", tc.row, in.index, show(in.tensors))
			}
		}
	}
}

func TestListErrors(t *testing.T) {
	c := codecOf(t, every())
	good := `{"n":7,"pixels":[0,0,0,0],"words":["a"],"mask":[1],"b":1}`
	with := func(old, new string) string { return strings.Replace(good, old, new, 1) }
	for _, tc := range []struct{ row, want string }{
		{with(`7`, `300`), `n: expected an integer from 0 to 255 (uint8), got 300`},
		{with(`[0,0,0,0]`, `[0,0,0]`), `pixels: shape [2 2] needs 4 elements, got 3`},
		{with(`[0,0,0,0]`, `[[0,0],[0]]`), `pixels.1: expected a list of 2, got 1`},
		{with(`[0,0,0,0]`, `[0,0,7,0]`), `pixels.2: expected 0 to 1, got 7`},
		{with(`[0,0,0,0]`, `[0,"x",0,0]`), `pixels.1: expected a number (float32), got "x"`},
		{with(`[0,0,0,0]`, `0`), `pixels: expected a list of 4 elements or a base64 string, got 0`},
		{with(`["a"]`, `["a","b"]`), `words: shape [1] needs 1 elements, got more`},
		{with(`[1]`, `[1,2]`), `mask: shape [1] needs 1 elements, got more`},
		{with(`[1]`, `1`), `mask: expected a list of 1 elements or a base64 string, got 1`},
	} {
		in, err := c.read(rows("", good, tc.row), upTo(100))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"data.rows.1." + tc.want}, errorLines(in.errs)); diff != "" {
			t.Errorf("%s:\n%s", tc.row, diff)
		}
	}
	// The first row decides a free dimension, across inputs that share its symbol.
	in, _ := c.read(rows("", with(`[1]`, `[1,2]`)), upTo(100))
	if diff := cmp.Diff([]string{`data.rows.0.mask: expected 1 for dimension len of int64[batch,len] (as elsewhere in the request), got 2`}, errorLines(in.errs)); diff != "" {
		t.Error(diff)
	}
	// An optional input is for all rows or for none.
	in, _ = c.read(rows("", good, with(`7`, `7,"extra":1`), with(`7`, `7,"extra":2`)), upTo(100))
	if diff := cmp.Diff([]string{`data.rows.0.extra: other rows have this feature, so every row must`}, errorLines(in.errs)); diff != "" || !strings.HasSuffix(show(in.tensors), `extra=[2 1]:[1,2]`) {
		t.Error(diff, show(in.tensors))
	}
}

func TestEncodeColumns(t *testing.T) {
	c := codecOf(t, every())
	columns := func(text string) (encoded, error) {
		return c.read(&augur.Request{Data: augur.Data{Columns: json.RawMessage(text)}}, upTo(3))
	}
	in, err := columns(`{"n":[7,8,9],"words":[["a"],["b"],["c"]],"mask":[[1],null,[3]],"b":[1,2,3],"a":[null,5,6]}`)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := show(in.tensors), `n=[2]:[7,9] pixels=[2 2 2]:[0,0.25,0.5,1,0,0.25,0.5,1] words=[2 1]:["a","c"] mask=[2 1]:[1,3] m=[2 2]:["NaN",1,6,3]`; got != want || !slices.Equal(in.index, []int{0, 2}) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if diff := cmp.Diff([]string{`data.columns.mask.1: required: expected an integer, got null`}, errorLines(in.errs)); diff != "" {
		t.Error(diff)
	}
	base := `"words":[["a"],["b"]],"mask":[[1],[2]],"b":[1,2]`
	for _, tc := range []struct {
		text string
		want []string
	}{
		{`{"n":[7,8,9],` + base + `}`, []string{
			`data.columns.words: every column needs one value for each row: "words" has 2, and "n" has 3`,
			`data.columns.mask: every column needs one value for each row: "mask" has 2, and "n" has 3`,
			`data.columns.b: every column needs one value for each row: "b" has 2, and "n" has 3`,
		}},
		{`{"n":[7,8],"c":[1,2],"n":[1,2],` + base + `}`, []string{
			`data.columns.c: unknown feature "c": did you mean "n"?`, `data.columns.n: given twice`,
		}},
		{`{"n":[7,8],"pixels":1,"words":[["a"],["b"]],"mask":[[1],[2]]}`, []string{
			`data.columns.pixels: expected a list of 2 values, got a number`, `data.columns.b: required and missing: expected a number (float64)`,
		}},
		{`{"n":7}`, []string{`data.columns.n: expected a list of values, got a number`}},
		{`{"n":[]}`, []string{`data.columns: expected at least one row`}},
		{`{"n":[1,2,3,4]}`, []string{`data.columns: expected at most 3 rows in one request, got 4`}},
		{`{}`, []string{`data.columns: expected at least one column`}},
		{`[]`, []string{`data.columns: expected an object from feature names to lists, got an array`}},
		{`{"n":[1,2}`, []string{`data.columns: JSON: expected ',' or ']' at byte 9, got '}'`}},
		{`{"n":[7,8],` + base + `}}`, []string{`data.columns: JSON: expected the end at byte 60, got '}'`}},
		{`{"n":[300,"x"],"pixels":[[0,0,0,9],[0,0,0]],` + base + `}`, []string{
			`data.columns.n.0: expected an integer from 0 to 255 (uint8), got 300`,
			`data.columns.n.1: expected an integer from 0 to 255 (uint8), got "x"`,
			`data.columns.pixels.0.3: expected 0 to 1, got 9`,
			`data.columns.pixels.1: shape [2 2] needs 4 elements, got 3`,
		}},
	} {
		_, err := columns(tc.text)
		if diff := cmp.Diff(tc.want, errorLines(err)); diff != "" {
			t.Errorf("%s:\n%s", tc.text, diff)
		}
	}
}

// Text that is short cannot ask for buffers that are long.
func TestMemoryIsBoundedByTheText(t *testing.T) {
	sig := &augur.Signature{
		Inputs:   []augur.Spec{spec("x", augur.Float32, "batch", 1_000_000), spec("v", augur.Float64, "batch", "n")},
		Features: []augur.Feature{{Name: "x", Input: "x", Column: augur.Whole, DType: augur.Float32, Shape: []augur.Dim{{Size: 1_000_000}}}, {Name: "v", Input: "v", Column: augur.Whole, DType: augur.Float64, Shape: []augur.Dim{{Size: -1}}}},
	}
	c := codecOf(t, version("wide", "1.0.0", sig))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	long := `[` + strings.Repeat("1,", 99_999) + `1]`
	_, err := c.read(rows("", append(slices.Repeat([]string{`{}`}, 10_000), `{"v":`+long+`}`)...), upTo(20_000))
	if err == nil {
		t.Error("no row is right")
	}
	only := codecOf(t, version("v", "1.0.0", &augur.Signature{Inputs: sig.Inputs[1:], Features: sig.Features[1:]}))
	in, err := only.read(&augur.Request{Data: augur.Data{Columns: json.RawMessage(`{"v":[` + long + strings.Repeat(`,[]`, 9_998) + `,` + long + `]}`)}}, upTo(20_000))
	if err != nil || len(in.index) != 1 || !strings.HasSuffix(in.errs[len(in.errs)-1].Error(), "too many rows before this one have no value of their own") {
		t.Error(in.index, err)
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 64<<20 {
		t.Errorf("took %d MiB", took>>20)
	}
}

func TestFixedBatchAndScalars(t *testing.T) {
	sig := &augur.Signature{
		Inputs:   []augur.Spec{spec("x", augur.Float32, 1, 2), spec("rate", augur.Int64)},
		Features: []augur.Feature{{Name: "x", Input: "x", Column: augur.Whole, DType: augur.Float32, Shape: []augur.Dim{{Size: 2}}}, {Name: "rate", Input: "rate", Column: augur.Whole, DType: augur.Int64}},
	}
	c := codecOf(t, version("fixed", "1.0.0", sig))
	in, err := c.read(rows("", `{"x":[1,2],"rate":16000}`), upTo(10))
	if err != nil || show(in.tensors) != `x=[1 2]:[1,2] rate=[]:[16000]` || in.rows != 1 {
		t.Error(show(in.tensors), err)
	}
	_, err = c.read(rows("", `{}`, `{}`), upTo(10))
	if diff := cmp.Diff([]string{`data.rows: the version takes exactly 1 rows at a time, got 2`}, errorLines(err)); diff != "" {
		t.Error(diff)
	}
}

func TestNoRows(t *testing.T) {
	for want, sig := range map[string]*augur.Signature{
		`data.row: the version has no features: send tensors`:                                {Inputs: []augur.Spec{spec("x", augur.Float32, "b")}},
		`data.row: input "m" (float32[b,2]) has columns that no feature names: send tensors`: {Inputs: []augur.Spec{spec("m", augur.Float32, "b", 2)}, Features: []augur.Feature{{Name: "a", Input: "m", DType: augur.Float32}}},
		`data.row: input "y" (float32[b]) has no feature that names it: send tensors`:        {Inputs: []augur.Spec{spec("x", augur.Float32, "b"), spec("y", augur.Float32, "b")}, Features: []augur.Feature{{Name: "x", Input: "x", Column: augur.Whole, DType: augur.Float32}}},
		`data.row: input "x" (int4[b]) has elements smaller than a byte: send tensors`:       {Inputs: []augur.Spec{spec("x", augur.Int4, "b")}, Features: []augur.Feature{{Name: "x", Input: "x", Column: augur.Whole, DType: augur.Int4}}},
		`data.row: input "x" (float32[*]) has no fixed rank: send tensors`:                   {Inputs: []augur.Spec{{Name: "x", Type: augur.Type{Kind: augur.KindTensor, DType: augur.Float32}}}, Features: []augur.Feature{{Name: "x", Input: "x", Column: augur.Whole, DType: augur.Float32}}},
	} {
		req := rows("", `{}`)
		req.Data.One = true
		_, err := codecOf(t, version("m", "1.0.0", sig)).read(req, upTo(10))
		if diff := cmp.Diff([]string{want}, errorLines(err)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestBrokenSignatures(t *testing.T) {
	in := []augur.Spec{spec("x", augur.Float32, "b", 2)}
	for want, features := range map[string][]augur.Feature{
		`feature "a" belongs to no input`:                              {{Name: "a", Input: "z", DType: augur.Float32}},
		`feature "a" has another dtype than its input`:                 {{Name: "a", Input: "x", DType: augur.Int64}},
		`feature "a" is a column that its input does not have`:         {{Name: "a", Input: "x", Column: 2, DType: augur.Float32}},
		`feature "a" stands there twice`:                               {{Name: "a", Input: "x", DType: augur.Float32}, {Name: "a", Input: "x", Column: 1, DType: augur.Float32}},
		`feature "b" shares its place with a`:                          {{Name: "a", Input: "x", DType: augur.Float32}, {Name: "b", Input: "x", DType: augur.Float32}},
		`feature "a" has a default that is not of its dtype and shape`: {{Name: "a", Input: "x", DType: augur.Float32, Default: "x"}},
		`feature "a": the allowed value x is not float32`:              {{Name: "a", Input: "x", DType: augur.Float32, OneOf: []any{"x"}}},
	} {
		_, err := newCodec(&augur.Signature{Inputs: in, Features: features})
		if augur.CodeOf(err) != augur.FailedPrecondition || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// After a hundred errors a row's first stands for the rest of its.
func TestErrorsAreBounded(t *testing.T) {
	c := codecOf(t, road())
	_, err := c.read(rows("", slices.Repeat([]string{`{}`}, 1000)...), upTo(1000))
	if n := len(errorLines(err)); n < 1000 || n > 1000+manyErrors {
		t.Errorf("%d errors", n)
	}
}

func TestSuggestions(t *testing.T) {
	names := []string{"curvature", "lighting", "speed_limit"}
	for name, want := range map[string]string{"Curvature": "curvature", "curvture": "curvature", "speedlimit": "speed_limit", "zz": ""} {
		got := unknown("feature", name, names)
		if ok := strings.Contains(got, fmt.Sprintf("did you mean %q?", want)); ok != (want != "") {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := unknown("output", "x", nil); !strings.HasSuffix(got, "the version has none") {
		t.Error(got)
	}
	if got := unknown("output", "x", slices.Repeat([]string{"long name"}, 30)); !strings.HasSuffix(got, "… (30 in all)") {
		t.Error(got)
	}
}
