package graph_test

import (
	"bytes"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"augur"
	"augur/graph"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
)

var update = flag.Bool("update", false, "write the golden files anew")

func schema() *ast.Schema {
	return graph.NewExecutableSchema(graph.Config{}).Schema()
}

// TestGoldenSDL shows every change of the public schema in review.
func TestGoldenSDL(t *testing.T) {
	const golden = "testdata/schema.graphql"
	var got bytes.Buffer
	formatter.NewFormatter(&got, formatter.WithIndent("  ")).FormatSchema(schema())
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the schema is not that of %s; if the change is meant: go test ./graph -update", golden)
	}
}

// own are the definitions that are ours, without GraphQL's own.
func own(t *testing.T) []*ast.Definition {
	t.Helper()
	var defs []*ast.Definition
	for name, def := range schema().Types {
		if !def.BuiltIn && !strings.HasPrefix(name, "__") {
			defs = append(defs, def)
		}
	}
	if len(defs) < 50 {
		t.Fatalf("only %d definitions: the walk is wrong", len(defs))
	}
	return defs
}

func TestEverythingIsDescribed(t *testing.T) {
	check := func(what, text string) {
		if strings.TrimSpace(text) == "" {
			t.Errorf("%s has no description", what)
		}
	}
	for _, def := range own(t) {
		check(def.Name, def.Description)
		for _, f := range def.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			check(def.Name+"."+f.Name, f.Description)
			for _, arg := range f.Arguments {
				check(def.Name+"."+f.Name+"("+arg.Name+")", arg.Description)
			}
		}
		for _, v := range def.EnumValues {
			check(def.Name+"."+v.Name, v.Description)
		}
	}
}

// TestEveryFieldHasAnAccessRule walks the schema: a forgotten rule fails here,
// and stops the server too (graph/transport).
func TestEveryFieldHasAnAccessRule(t *testing.T) {
	scopes := []augur.Scope{augur.ScopePublic, augur.ScopeRead, augur.ScopePredict, augur.ScopeWrite, augur.ScopeRollout, augur.ScopeAdmin}
	walked := 0
	for _, def := range own(t) {
		if def.Kind != ast.Object && def.Kind != ast.Interface {
			continue
		}
		for _, f := range def.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			walked++
			d := f.Directives.ForName("access")
			if d == nil {
				t.Errorf("%s.%s has no @access", def.Name, f.Name)
				continue
			}
			scope := augur.Scope(d.Arguments.ForName("scope").Value.Raw)
			if !slices.Contains(scopes, scope) {
				t.Errorf("%s.%s: unknown scope %s", def.Name, f.Name, scope)
			}
			if def == schema().Mutation && scope != augur.ScopeWrite && scope != augur.ScopePredict && scope != augur.ScopeRollout && scope != augur.ScopeAdmin {
				t.Errorf("the mutation %s needs only %s", f.Name, scope)
			}
		}
	}
	if walked < 200 {
		t.Errorf("only %d fields walked", walked)
	}
}

// TestConventions holds the schema to the conventions that clients rely on.
func TestConventions(t *testing.T) {
	s := schema()
	for _, f := range s.Mutation.Fields {
		payload := s.Types[f.Type.Name()]
		if !strings.HasSuffix(payload.Name, "Payload") || f.Type.String() != payload.Name+"!" {
			t.Errorf("%s returns %s, expected a payload of its own that is never null", f.Name, f.Type)
		}
		if payload.Name != "PredictBatchPayload" && payload.Fields.ForName("userErrors") == nil {
			t.Errorf("%s has no userErrors", payload.Name)
		}
	}
	for _, def := range own(t) {
		if strings.HasPrefix(def.Name, "__") || !strings.HasSuffix(def.Name, "Connection") {
			continue
		}
		node := strings.TrimSuffix(def.Name, "Connection")
		for field, want := range map[string]string{"edges": "[" + node + "Edge!]!", "nodes": "[" + node + "!]!", "pageInfo": "PageInfo!", "totalCount": "Int!"} {
			if f := def.Fields.ForName(field); f == nil || f.Type.String() != want {
				t.Errorf("%s.%s: want %s", def.Name, field, want)
			}
		}
	}
}

// TestUnused finds definitions that no operation reaches.
func TestUnused(t *testing.T) {
	s := schema()
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		def := s.Types[name]
		if def == nil || seen[name] {
			return
		}
		seen[name] = true
		for _, f := range def.Fields {
			visit(f.Type.Name())
			for _, arg := range f.Arguments {
				visit(arg.Type.Name())
			}
		}
		for _, d := range s.PossibleTypes[name] {
			visit(d.Name)
		}
	}
	visit("Query")
	visit("Mutation")
	visit("Subscription")
	for _, d := range s.Directives {
		for _, arg := range d.Arguments {
			visit(arg.Type.Name())
		}
	}
	for _, def := range own(t) {
		if !seen[def.Name] {
			t.Errorf("nothing leads to %s", def.Name)
		}
	}
}
