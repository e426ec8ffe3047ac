package graph_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// released is the schema of the last release. It is written at a release, by
// RELEASE=1 go test ./graph -run NothingBreaks, and at no other time.
const released = "testdata/released.graphql"

// TestNothingBreaks refuses changes that a client of the last release would
// notice. What is to go is marked @deprecated in one release and goes in the next
// major one.
func TestNothingBreaks(t *testing.T) {
	if os.Getenv("RELEASE") != "" {
		text, err := os.ReadFile("testdata/schema.graphql")
		if err == nil {
			err = os.WriteFile(released, text, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(released)
	if err != nil {
		t.Fatal(err)
	}
	old := gqlparser.MustLoadSchema(&ast.Source{Name: released, Input: string(text)})
	for _, change := range breaking(old, schema()) {
		t.Error(change)
	}
}

// breaking lists what of a schema does not work any more in another one, by
// https://github.com/graphql/graphql-js/blob/16.x.x/src/utilities/findBreakingChanges.ts
func breaking(was, is *ast.Schema) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for name, a := range was.Types {
		b := is.Types[name]
		switch {
		case b == nil:
			say("%s is gone", name)
			continue
		case a.Kind != b.Kind:
			say("%s was %s and is %s", name, a.Kind, b.Kind)
			continue
		}
		for _, v := range a.EnumValues {
			if b.EnumValues.ForName(v.Name) == nil {
				say("%s.%s is gone", name, v.Name)
			}
		}
		for _, member := range a.Types {
			if !slices.Contains(b.Types, member) {
				say("%s is no %s any more", member, name)
			}
		}
		for _, of := range a.Interfaces {
			if !slices.Contains(b.Interfaces, of) {
				say("%s implements %s no more", name, of)
			}
		}
		if a.Directives.ForName("oneOf") == nil && b.Directives.ForName("oneOf") != nil {
			say("%s takes exactly one field now", name)
		}
		for _, f := range a.Fields {
			g := b.Fields.ForName(f.Name)
			at := name + "." + f.Name
			switch {
			case g == nil:
				say("%s is gone", at)
				continue
			case a.Kind == ast.InputObject && !narrower(f.Type, g.Type), a.Kind != ast.InputObject && !narrower(g.Type, f.Type):
				say("%s was %s and is %s", at, f.Type, g.Type)
			}
			arguments(say, at, f.Arguments, g.Arguments)
		}
		if a.Kind == ast.InputObject {
			for _, g := range b.Fields {
				if a.Fields.ForName(g.Name) == nil && required(g.Type, g.DefaultValue) {
					say("%s.%s is new and required", name, g.Name)
				}
			}
		}
	}
	for name, a := range was.Directives {
		b := is.Directives[name]
		if b == nil {
			say("@%s is gone", name)
			continue
		}
		arguments(say, "@"+name, a.Arguments, b.Arguments)
		for _, place := range a.Locations {
			if !slices.Contains(b.Locations, place) {
				say("@%s may not stand at %s any more", name, place)
			}
		}
	}
	slices.Sort(out)
	return out
}

func arguments(say func(string, ...any), at string, was, is ast.ArgumentDefinitionList) {
	for _, a := range was {
		switch b := is.ForName(a.Name); {
		case b == nil:
			say("%s(%s:) is gone", at, a.Name)
		case !narrower(a.Type, b.Type):
			say("%s(%s:) was %s and is %s", at, a.Name, a.Type, b.Type)
		case a.DefaultValue != nil && (b.DefaultValue == nil || a.DefaultValue.String() != b.DefaultValue.String()):
			say("%s(%s:) has another default", at, a.Name)
		}
	}
	for _, b := range is {
		if was.ForName(b.Name) == nil && required(b.Type, b.DefaultValue) {
			say("%s(%s:) is new and required", at, b.Name)
		}
	}
}

func required(t *ast.Type, otherwise *ast.Value) bool { return t.NonNull && otherwise == nil }

// narrower says whether every value of type a is one of type b.
func narrower(a, b *ast.Type) bool {
	switch {
	case b.NonNull && !a.NonNull:
		return false
	case a.Elem != nil && b.Elem != nil:
		return narrower(a.Elem, b.Elem)
	default:
		return a.Elem == nil && b.Elem == nil && a.NamedType == b.NamedType
	}
}

func TestBreaking(t *testing.T) {
	const base = `
		directive @mark(a: Int) on FIELD | QUERY
		type Query { a(x: Int, y: Int! = 1): String  b: [T!]!  c: U  d(in: I): E }
		interface N { id: ID! }
		type T implements N { id: ID! }  type S { id: ID! }
		union U = T | S
		enum E { ONE TWO }
		input I { a: Int  b: Int! = 2 }`
	for _, c := range []struct{ from, to, want string }{
		{"", "", ""},
		{"a(x: Int,", "a(x: Int, z: Int,", ""},
		{"a(x: Int,", "a(x: Int, z: Int!,", "Query.a(z:) is new and required"},
		{"a(x: Int,", "a(x: Int, z: Int! = 3,", ""},
		{"a(x: Int,", "a(", "Query.a(x:) is gone"},
		{"a(x: Int,", "a(x: Int!,", "Query.a(x:) was Int and is Int!"},
		{"y: Int! = 1", "y: Int = 1", ""},
		{"y: Int! = 1", "y: Int! = 2", "Query.a(y:) has another default"},
		{"): String", "): String!", ""},
		{"): String", "): Int", "Query.a was String and is Int"},
		{"b: [T!]!", "b: [T]!", "Query.b was [T!]! and is [T]!"},
		{"b: [T!]!", "b: T!", "Query.b was [T!]! and is T!"},
		{"b: [T!]!", "", "Query.b is gone"},
		{"c: U", "c: U new: Int", ""},
		{"T implements N", "T", "T implements N no more"},
		{"= T | S", "= T", "S is no U any more"},
		{"ONE TWO", "ONE TWO THREE", ""},
		{"ONE TWO", "ONE", "E.TWO is gone"},
		{"enum E {", "enum F { A } input E {", "E was ENUM and is INPUT_OBJECT"},
		{"{ a: Int  b", "{ a: Int! b", "I.a was Int and is Int!"},
		{"{ a: Int  b", "{ b", "I.a is gone"},
		{"{ a: Int  b", "{ a: Int c: Int b", ""},
		{"{ a: Int  b", "{ a: Int c: Int! b", "I.c is new and required"},
		{"on FIELD | QUERY", "on FIELD", "@mark may not stand at QUERY any more"},
		{"@mark(a: Int)", "@mark", "@mark(a:) is gone"},
		{"@mark", "@other", "@mark is gone"},
	} {
		changed := strings.Replace(base, c.from, c.to, 1)
		if strings.Contains(c.want, "INPUT_OBJECT") {
			changed = strings.NewReplacer("ONE TWO", "one: Int", "): E", "): F").Replace(changed)
		}
		was, err := gqlparser.LoadSchema(&ast.Source{Input: base})
		if err != nil {
			t.Fatal(err)
		}
		is, err := gqlparser.LoadSchema(&ast.Source{Input: changed})
		if err != nil {
			t.Fatalf("%q to %q: %v", c.from, c.to, err)
		}
		if got := strings.Join(breaking(was, is), "; "); !strings.HasPrefix(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%q to %q: got %q, want %q", c.from, c.to, got, c.want)
		}
	}
}
