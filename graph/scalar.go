package graph

import (
	"encoding/json"
	"io"
	"math"
	"strconv"
	"time"

	"augur"
	"augur/ent"

	"github.com/99designs/gqlgen/graphql"
)

// RawScalars are the scalars that are read from the JSON text of a value, so that
// a variable of theirs need not become a tree first.
func RawScalars() map[string]bool {
	return map[string]bool{"Row": true, "Columns": true, "TensorData": true}
}

// Each scalar of graph/scalar.graphqls has a Marshal and an Unmarshal function
// here, which gqlgen.yml binds. Unmarshal gets what the JSON of a variable or a
// literal of the query became: nil, bool, string, json.Number, int64, float64,
// []any or map[string]any.

// MarshalDateTime writes an instant in RFC 3339 and UTC.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	return writer(func(b []byte) []byte {
		b = append(b, '"')
		b = t.UTC().AppendFormat(b, time.RFC3339Nano)
		return append(b, '"')
	})
}

// UnmarshalDateTime reads an instant in RFC 3339.
func UnmarshalDateTime(v any) (time.Time, error) {
	if s, ok := v.(string); ok {
		if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
			return t.UTC().Truncate(time.Microsecond), nil // what the record keeps
		}
	}
	return time.Time{}, expected(v, "an instant in RFC 3339, as in \"2026-11-23T09:30:00Z\"")
}

// MarshalDuration writes a length of time as Go does.
func MarshalDuration(d time.Duration) graphql.Marshaler {
	return writer(func(b []byte) []byte { return strconv.AppendQuote(b, d.String()) })
}

// UnmarshalDuration reads a length of time that is not negative.
func UnmarshalDuration(v any) (time.Duration, error) {
	if s, ok := v.(string); ok {
		if d, err := time.ParseDuration(s); err == nil && d >= 0 {
			return d, nil
		}
	}
	return 0, expected(v, "a length of time, as in \"90s\" or \"1h30m\"")
}

// MarshalInt64 writes a string, since JavaScript's numbers lose digits beyond 2^53.
func MarshalInt64(i int64) graphql.Marshaler {
	return writer(func(b []byte) []byte {
		b = append(b, '"')
		b = strconv.AppendInt(b, i, 10)
		return append(b, '"')
	})
}

// UnmarshalInt64 reads a string or an integer.
func UnmarshalInt64(v any) (int64, error) {
	switch v := v.(type) {
	case int64:
		return v, nil
	case int:
		return int64(v), nil
	case string:
		if i, err := strconv.ParseInt(v, 10, 64); err == nil {
			return i, nil
		}
	case json.Number:
		if i, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return i, nil
		}
	}
	return 0, expected(v, "a 64-bit integer, as a number or a string")
}

// MarshalDouble writes a number, or the name of what JSON has no number for.
func MarshalDouble(f float64) graphql.Marshaler {
	return writer(func(b []byte) []byte { return appendDouble(b, f) })
}

// UnmarshalDouble reads a number or one of NaN, Infinity and -Infinity.
func UnmarshalDouble(v any) (float64, error) {
	switch v := v.(type) {
	case float64:
		return v, nil
	case int64:
		return float64(v), nil
	case int:
		return float64(v), nil
	case json.Number:
		if f, err := v.Float64(); err == nil {
			return f, nil
		}
	case string:
		switch v {
		case "NaN":
			return math.NaN(), nil
		case "Infinity":
			return math.Inf(1), nil
		case "-Infinity":
			return math.Inf(-1), nil
		}
	}
	return 0, expected(v, "a number, or one of \"NaN\", \"Infinity\" and \"-Infinity\"")
}

func appendDouble(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, `"NaN"`...)
	case math.IsInf(f, 1):
		return append(b, `"Infinity"`...)
	case math.IsInf(f, -1):
		return append(b, `"-Infinity"`...)
	default:
		return strconv.AppendFloat(b, f, 'g', -1, 64)
	}
}

// MarshalJSON writes any JSON value.
func MarshalJSON(v any) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		text, err := json.Marshal(v)
		if err != nil { // NaN or a channel: nothing that came from JSON
			text = []byte("null")
		}
		_, _ = w.Write(text)
	})
}

// UnmarshalJSON keeps any JSON value as it came.
func UnmarshalJSON(v any) (any, error) { return v, nil }

// MarshalJSONObject writes a JSON object, null for a nil one.
func MarshalJSONObject(v map[string]any) graphql.Marshaler { return MarshalJSON(v) }

// UnmarshalJSONObject reads a JSON object.
func UnmarshalJSONObject(v any) (map[string]any, error) {
	if object, ok := v.(map[string]any); ok {
		return object, nil
	}
	return nil, expected(v, "a JSON object")
}

// MarshalRawJSON writes text that is JSON already, null for none.
func MarshalRawJSON(text json.RawMessage) graphql.Marshaler {
	return writer(func(b []byte) []byte {
		if text == nil {
			return append(b, "null"...)
		}
		return append(b, text...)
	})
}

// UnmarshalRawJSON gives the JSON text of a value. Integers keep their width.
func UnmarshalRawJSON(v any) (json.RawMessage, error) {
	if text, ok := v.(json.RawMessage); ok {
		return text, nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, augur.Wrap(augur.InvalidArgument, err, "expected a JSON value")
	}
	return text, nil
}

// MarshalRow writes a row.
func MarshalRow(text json.RawMessage) graphql.Marshaler { return MarshalRawJSON(text) }

// UnmarshalRow gives the text of a row: the prediction path reads it once,
// against the signature.
func UnmarshalRow(v any) (json.RawMessage, error) { return UnmarshalRawJSON(v) }

// MarshalColumns writes columns.
func MarshalColumns(text json.RawMessage) graphql.Marshaler { return MarshalRawJSON(text) }

// UnmarshalColumns gives the text of columns.
func UnmarshalColumns(v any) (json.RawMessage, error) { return UnmarshalRawJSON(v) }

// MarshalDType writes FLOAT32 for augur.Float32.
func MarshalDType(d augur.DType) graphql.Marshaler {
	return writer(func(b []byte) []byte {
		b = append(b, '"')
		for _, c := range []byte(d) {
			if 'a' <= c && c <= 'z' {
				c -= 'a' - 'A'
			}
			b = append(b, c)
		}
		return append(b, '"')
	})
}

// UnmarshalDType reads FLOAT32 as augur.Float32.
func UnmarshalDType(v any) (augur.DType, error) {
	s, _ := v.(string)
	for _, d := range augur.DTypes() {
		if len(s) == len(d) && upper(string(d)) == s {
			return d, nil
		}
	}
	return "", expected(v, "an element type, as in FLOAT32")
}

func upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - ('a' - 'A')
		}
	}
	return string(b)
}

// Column is one column of a series: integers or floats.
type Column struct {
	Ints   []int64
	Floats []float64
}

// MarshalGQL writes the column as one JSON array.
func (c Column) MarshalGQL(w io.Writer) {
	b := append(make([]byte, 0, 8+10*(len(c.Ints)+len(c.Floats))), '[')
	for i, v := range c.Ints {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, v, 10)
	}
	for i, v := range c.Floats {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendDouble(b, v)
	}
	_, _ = w.Write(append(b, ']'))
}

// UnmarshalGQL refuses: no argument is a column.
func (*Column) UnmarshalGQL(any) error {
	return augur.Errorf(augur.InvalidArgument, "a column cannot be given")
}

// TensorData is the elements of a tensor. As input it is the JSON text, read
// when dtype and shape are known; as output it is a value and how to write it.
type TensorData struct {
	Text   json.RawMessage
	Value  augur.Value
	Base64 bool
}

// MarshalGQL writes the elements of a tensor, or the JSON form of another value.
func (d TensorData) MarshalGQL(w io.Writer) {
	var b []byte
	switch t := d.Value.Tensor; {
	case d.Value.Kind != augur.KindTensor || t == nil:
		b = augur.AppendValueJSON(nil, d.Value)
	case d.Base64 && t.DType != augur.String:
		b = augur.AppendBase64(make([]byte, 0, len(t.Data)*4/3+8), t)
	default:
		b = augur.AppendJSON(make([]byte, 0, t.Len()*10+2), t)
	}
	_, _ = w.Write(b)
}

// UnmarshalGQL keeps the text.
func (d *TensorData) UnmarshalGQL(v any) (err error) {
	d.Text, err = UnmarshalRawJSON(v)
	return err
}

// writer turns an append function into a Marshaler.
func writer(appendTo func([]byte) []byte) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		var buf [64]byte
		_, _ = w.Write(appendTo(buf[:0]))
	})
}

// MarshalCursor writes a place in a list.
func MarshalCursor(c ent.Cursor) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { _, _ = io.WriteString(w, `"`+ent.WriteCursor(c)+`"`) })
}

// UnmarshalCursor reads a place in a list.
func UnmarshalCursor(v any) (ent.Cursor, error) { return ent.ReadCursor(v) }

// expected makes the error of a value of the wrong form, quoting what was given
// when it is short.
func expected(got any, what string) error {
	text, err := json.Marshal(got)
	if err != nil || len(text) > 60 {
		return augur.Errorf(augur.InvalidArgument, "expected %s", what)
	}
	return augur.Errorf(augur.InvalidArgument, "expected %s, got %s", what, text)
}
