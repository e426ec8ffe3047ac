package graph_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"augur"
	"augur/graph"

	"github.com/99designs/gqlgen/graphql"
)

// variable is what a scalar gets of the JSON of a variable.
func variable(t testing.TB, text string) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// through reads a value and writes what was read.
func through[T any](read func(any) (T, error), write func(T) graphql.Marshaler) func(any) (string, error) {
	return func(v any) (string, error) {
		x, err := read(v)
		if err != nil {
			return "", err
		}
		return written(write(x)), nil
	}
}

var scalars = map[string]func(any) (string, error){
	"DateTime": through(graph.UnmarshalDateTime, graph.MarshalDateTime),
	"Duration": through(graph.UnmarshalDuration, graph.MarshalDuration),
	"Int64":    through(graph.UnmarshalInt64, graph.MarshalInt64),
	"Double":   through(graph.UnmarshalDouble, graph.MarshalDouble),
	"JSON":     through(graph.UnmarshalJSON, graph.MarshalJSON),
	"RawJSON":  through(graph.UnmarshalRawJSON, graph.MarshalRawJSON),
	"Object":   through(graph.UnmarshalJSONObject, graph.MarshalJSONObject),
	"Row":      through(graph.UnmarshalRow, graph.MarshalRow),
	"Columns":  through(graph.UnmarshalColumns, graph.MarshalColumns),
	"DType":    through(graph.UnmarshalDType, graph.MarshalDType),
	"Cursor":   through(graph.UnmarshalCursor, graph.MarshalCursor),
}

// TestVariables sends the JSON of variables through a scalar; "" is refused.
func TestVariables(t *testing.T) {
	for name, cases := range map[string]map[string]string{
		"DateTime": {
			`"0001-01-01T00:00:00Z"`: `"0001-01-01T00:00:00Z"`, `"2026-11-23T09:30:00.5+01:00"`: `"2026-11-23T08:30:00.5Z"`,
			`"2026-11-23 09:30:00Z"`: "", `"2026-02-30T00:00:00Z"`: "", `"99999-01-01T00:00:00Z"`: "", `null`: "", `["2026-11-23T09:30:00Z"]`: "",
			`"` + strings.Repeat("9", 100_000) + `"`: "", // which the error does not repeat
		},
		"Duration": {`"1.5ms"`: `"1.5ms"`, `"0s"`: `"0s"`, `""`: "", `"1 h"`: "", `"9999999999h"`: ""},
		"Int64": {
			`-9223372036854775808`: `"-9223372036854775808"`, `9007199254740993`: `"9007199254740993"`,
			`1.0`: "", `1e3`: "", `"1e3"`: "", `" 1"`: "", `"0x10"`: "", `"1_000"`: "", `null`: "",
		},
		"Double": {
			`-0.0`: `-0`, `1e300`: `1e+300`, `5e-324`: `5e-324`, `"Infinity"`: `"Infinity"`,
			`"1"`: "", `"nan"`: "", `"inf"`: "", `true`: "", `null`: "",
		},
		"JSON":    {`[1,"a",{"b":null}]`: `[1,"a",{"b":null}]`, `18446744073709551615`: `18446744073709551615`, `0.10000000000000000000001`: `0.10000000000000000000001`},
		"RawJSON": {`null`: `null`, `{"a":18446744073709551615}`: `{"a":18446744073709551615}`},
		"Object":  {`{"a":1}`: `{"a":1}`, `{}`: `{}`, `[]`: "", `"a"`: "", `null`: ""},
		"Row":     {`{"a":9223372036854775807,"b":[1.5,"NaN"],"c":true}`: `{"a":9223372036854775807,"b":[1.5,"NaN"],"c":true}`},
		"Columns": {`{"a":[-9223372036854775808]}`: `{"a":[-9223372036854775808]}`},
		"DType":   {`"FLOAT32"`: `"FLOAT32"`, `"FLOAT"`: "", `""`: "", `1`: "", `"FLOAT3\u0132"`: ""},
		"Cursor":  {`"WyJ4Il0"`: `"WyJ4Il0"`, `""`: "", `1`: "", `"?"`: ""},
	} {
		for text, want := range cases {
			got, err := scalars[name](variable(t, text))
			switch {
			case want == "" && (augur.CodeOf(err) != augur.InvalidArgument || len(err.Error()) > 300):
				t.Errorf("%s %.80s: %s, %v; want a short INVALID_ARGUMENT", name, text, got, err)
			case want != "" && (err != nil || got != want):
				t.Errorf("%s %s: %s, %v; want %s", name, text, got, err, want)
			}
		}
	}
}

// TestLiterals reads what the literals of a query become, in full width.
func TestLiterals(t *testing.T) {
	row, err := graph.UnmarshalRow(map[string]any{"i": int64(math.MaxInt64), "f": 0.1, "l": []any{true, nil}})
	if want := `{"f":0.1,"i":9223372036854775807,"l":[true,null]}`; err != nil || string(row) != want {
		t.Errorf("%s, %v; want %s", row, err, want)
	}
	text := json.RawMessage(` [1, 2] `)
	if got, err := graph.UnmarshalRow(text); err != nil || string(got) != string(text) {
		t.Errorf("JSON text is not passed on as it is: %s, %v", got, err)
	}
	var data graph.TensorData
	if err := data.UnmarshalGQL([]any{int64(math.MinInt64), "NaN"}); err != nil || string(data.Text) != `[-9223372036854775808,"NaN"]` {
		t.Errorf("%s, %v", data.Text, err)
	}
	if _, err := graph.UnmarshalRawJSON(func() {}); augur.CodeOf(err) != augur.InvalidArgument {
		t.Error(err)
	}
}

// TestEveryDType holds the schema's enum to the vocabulary's list.
func TestEveryDType(t *testing.T) {
	enum := schema().Types["DType"].EnumValues
	if len(enum) != len(augur.DTypes()) {
		t.Errorf("the schema has %d element types, the vocabulary %d", len(enum), len(augur.DTypes()))
	}
	for _, d := range augur.DTypes() {
		name := strings.ToUpper(string(d))
		if got, err := scalars["DType"](name); err != nil || got != `"`+name+`"` || enum.ForName(name) == nil {
			t.Errorf("%s: %s, %v", d, got, err)
		}
	}
}

// FuzzVariables holds every scalar to three things: it reads any JSON or refuses
// it as the caller's mistake; what it writes is JSON; and what it wrote it reads
// as the same.
func FuzzVariables(f *testing.F) {
	for _, text := range []string{`null`, `true`, `-0`, `1e400`, `"NaN"`, `"1h"`, `"2026-11-23T09:30:00.5+23:59"`, `"-9223372036854775808"`, `{"a":[{}]}`, `"\ud800"`, `"FLOAT16"`, `"WyJ4Il0"`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			return
		}
		v := variable(t, text)
		for name, send := range scalars {
			once, err := send(v)
			if err != nil {
				if augur.CodeOf(err) != augur.InvalidArgument {
					t.Fatalf("%s of %s: %v", name, text, err)
				}
				continue
			}
			if !json.Valid([]byte(once)) {
				t.Fatalf("%s of %s is written as %s", name, text, once)
			}
			if twice, err := send(variable(t, once)); err != nil || twice != once {
				t.Fatalf("%s of %s is written as %s, and that as %s, %v", name, text, once, twice, err)
			}
		}
	})
}
