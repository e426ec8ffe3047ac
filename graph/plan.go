package graph

import (
	"encoding/json"
	"io"
	"reflect"
	"strconv"
	"time"

	"augur"
	"augur/ent"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// ScalarWriter returns what appends values of a scalar or an enum that are of
// type t in Go, as the executor writes them; nil where that is not known here. A
// plan (graph/transport) writes what it returns something for.
func ScalarWriter(def *ast.Definition, t reflect.Type) func(b []byte, v reflect.Value) []byte {
	if write, ok := writers[key{def.Name, t}]; ok {
		return write
	}
	switch {
	case t.Implements(reflect.TypeFor[graphql.Marshaler]()):
		if def.Kind == ast.Enum || def.Name == "Column" || def.Name == "TensorData" {
			return marshaler
		}
	case reflect.PointerTo(t).Implements(reflect.TypeFor[graphql.Marshaler]()):
	case t.Kind() == reflect.String && (def.Kind == ast.Enum || def.Name == "String" || def.Name == "ID"):
		return func(b []byte, v reflect.Value) []byte { return appendString(b, v.String()) }
	case t.Kind() == reflect.Bool && def.Name == "Boolean":
		return func(b []byte, v reflect.Value) []byte { return strconv.AppendBool(b, v.Bool()) }
	case (t.Kind() == reflect.Int || t.Kind() == reflect.Int32 || t.Kind() == reflect.Int64) && def.Name == "Int":
		return func(b []byte, v reflect.Value) []byte { return strconv.AppendInt(b, v.Int(), 10) }
	}
	return nil
}

// key is a scalar in the schema and in Go.
type key struct {
	name string
	t    reflect.Type
}

var writers = map[key]func(b []byte, v reflect.Value) []byte{
	{"DType", reflect.TypeFor[augur.DType]()}:      scalar(MarshalDType),
	{"DateTime", reflect.TypeFor[time.Time]()}:     scalar(MarshalDateTime),
	{"Duration", reflect.TypeFor[time.Duration]()}: scalar(MarshalDuration),
	{"Int64", reflect.TypeFor[int64]()}:            scalar(MarshalInt64),
	{"Double", reflect.TypeFor[float64]()}:         func(b []byte, v reflect.Value) []byte { return appendDouble(b, v.Float()) },
	{"Cursor", reflect.TypeFor[ent.Cursor]()}:      scalar(MarshalCursor),
	{"JSON", reflect.TypeFor[json.RawMessage]()}:   rawJSON,
	{"Row", reflect.TypeFor[json.RawMessage]()}:    rawJSON,
}

func rawJSON(b []byte, v reflect.Value) []byte {
	if v.IsNil() {
		return append(b, "null"...)
	}
	return append(b, v.Bytes()...)
}

// scalar appends what a Marshal function writes.
func scalar[T any](marshal func(T) graphql.Marshaler) func(b []byte, v reflect.Value) []byte {
	return func(b []byte, v reflect.Value) []byte {
		var value T
		if v.CanAddr() {
			value = *v.Addr().Interface().(*T) // without a copy on the heap
		} else {
			value = v.Interface().(T)
		}
		w := appender{b}
		marshal(value).MarshalGQL(&w)
		return w.b
	}
}

func marshaler(b []byte, v reflect.Value) []byte {
	w := appender{b}
	v.Interface().(graphql.Marshaler).MarshalGQL(&w)
	return w.b
}

// appender is a writer at the end of a slice.
type appender struct{ b []byte }

var _ io.Writer = (*appender)(nil)

// Write appends.
func (a *appender) Write(p []byte) (int, error) {
	a.b = append(a.b, p...)
	return len(p), nil
}

// appendString appends a string as graphql.MarshalString writes it.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' {
			w := appender{b}
			graphql.MarshalString(s).MarshalGQL(&w)
			return w.b
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
