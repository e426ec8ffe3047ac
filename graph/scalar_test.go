package graph_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"augur"
	"augur/graph"

	"github.com/99designs/gqlgen/graphql"
)

func written(m graphql.Marshaler) string {
	var b strings.Builder
	m.MarshalGQL(&b)
	return b.String()
}

func TestScalarsRead(t *testing.T) {
	instant := time.Date(2026, 11, 23, 9, 30, 0, 123456000, time.UTC)
	for name, c := range map[string]struct {
		read func(any) (any, error)
		in   any
		want any // nil: refused
	}{
		"time":               {dateTime, "2026-11-23T10:30:00.123456789+01:00", instant},
		"time, a number":     {dateTime, json.Number("7"), nil},
		"time, a date":       {dateTime, "2026-11-23", nil},
		"duration":           {duration, "1h30m", 90 * time.Minute},
		"duration, negative": {duration, "-1s", nil},
		"duration, a number": {duration, json.Number("5"), nil},
		"int64, a string":    {int64s, "9007199254740993", int64(9007199254740993)},
		"int64, a number":    {int64s, json.Number("9223372036854775807"), int64(math.MaxInt64)},
		"int64, a literal":   {int64s, int64(-5), int64(-5)},
		"int64, too large":   {int64s, json.Number("9223372036854775808"), nil},
		"int64, a fraction":  {int64s, json.Number("1.5"), nil},
		"int64, a boolean":   {int64s, true, nil},
		"double":             {double, json.Number("0.25"), 0.25},
		"double, infinite":   {double, "-Infinity", math.Inf(-1)},
		"double, words":      {double, "much", nil},
		"double, too large":  {double, json.Number("1e999"), nil},
		"dtype":              {dtype, "FLOAT8E4M3FNUZ", augur.Float8E4M3FNUZ},
		"dtype, lower case":  {dtype, "float32", nil},
		"dtype, unknown":     {dtype, "FLOAT128", nil},
		"object":             {object, []any{}, nil},
	} {
		got, err := c.read(c.in)
		switch {
		case c.want == nil && augur.CodeOf(err) != augur.InvalidArgument:
			t.Errorf("%s: %v, %v; want INVALID_ARGUMENT", name, got, err)
		case c.want != nil && (err != nil || got != c.want):
			t.Errorf("%s: %v, %v; want %v", name, got, err, c.want)
		}
	}
}

func dateTime(v any) (any, error) { return graph.UnmarshalDateTime(v) }
func duration(v any) (any, error) { return graph.UnmarshalDuration(v) }
func int64s(v any) (any, error)   { return graph.UnmarshalInt64(v) }
func double(v any) (any, error)   { return graph.UnmarshalDouble(v) }
func dtype(v any) (any, error)    { return graph.UnmarshalDType(v) }
func object(v any) (any, error)   { return graph.UnmarshalJSONObject(v) }

func TestScalarsWrite(t *testing.T) {
	strings := augur.StringTensor([]string{"a", "b"}, 2)
	floats := augur.TensorOf(augur.Float32, []float32{1.5, float32(math.NaN())}, 2)
	for want, m := range map[string]graphql.Marshaler{
		`"2026-11-23T08:30:00Z"`:  graph.MarshalDateTime(time.Date(2026, 11, 23, 9, 30, 0, 0, time.FixedZone("", 3600))),
		`"1m30s"`:                 graph.MarshalDuration(90 * time.Second),
		`"9007199254740993"`:      graph.MarshalInt64(9007199254740993),
		`0.1`:                     graph.MarshalDouble(0.1),
		`"NaN"`:                   graph.MarshalDouble(math.NaN()),
		`"INT4"`:                  graph.MarshalDType(augur.Int4),
		`null`:                    graph.MarshalRawJSON(nil),
		`{"a":1}`:                 graph.MarshalJSONObject(map[string]any{"a": 1}),
		`[9007199254740993,-1]`:   graph.Column{Ints: []int64{9007199254740993, -1}},
		`[0.5,"NaN","-Infinity"]`: graph.Column{Floats: []float64{0.5, math.NaN(), math.Inf(-1)}},
		`[]`:                      graph.Column{},
		`["a","b"]`:               graph.TensorData{Value: augur.TensorValue(strings), Base64: true},
		`[1.5,"NaN"]`:             graph.TensorData{Value: augur.TensorValue(floats)},
		`"AADAPwAAwH8="`:          graph.TensorData{Value: augur.TensorValue(floats), Base64: true},
		`{"kind":"none"}`:         graph.TensorData{},
	} {
		if got := written(m); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// FuzzInt64 holds what is read against what is written.
func FuzzInt64(f *testing.F) {
	f.Add("9223372036854775807")
	f.Add("-0")
	f.Fuzz(func(t *testing.T, s string) {
		i, err := graph.UnmarshalInt64(json.Number(s))
		if err != nil {
			return
		}
		var text string
		if err := json.Unmarshal([]byte(written(graph.MarshalInt64(i))), &text); err != nil {
			t.Fatal(err)
		}
		if again, err := graph.UnmarshalInt64(text); err != nil || again != i {
			t.Errorf("%q became %d and then %d, %v", s, i, again, err)
		}
	})
}
