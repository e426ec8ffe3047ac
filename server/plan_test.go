package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"augur/graph"
	"augur/internal/augurtest"
	"augur/server"

	"github.com/vektah/gqlparser/v2/ast"
)

// twins are two servers on one record, of which one has plans.
func twins(t testing.TB) (planned, plain *augurtest.Server) {
	t.Helper()
	planned = augurtest.Start(t, augurtest.WithModels())
	for i, name := range []string{"plain", `with "quotes" \ and é`} {
		if d := planned.Query(t, `mutation($in: ModelCreateInput!) { modelCreate(input: $in) { userErrors { message } } }`,
			map[string]any{"in": map[string]any{"name": fmt.Sprintf("twin-%d", i), "description": name, "tags": []any{map[string]any{"key": "k", "value": name}}}}); d == nil {
			t.Fatal("no model")
		}
	}
	plain = augurtest.Start(t, augurtest.WithDatabase(filepath.Join(planned.Config.Data.Dir, "augur.db")), augurtest.WithConfig(func(c *server.Config) {
		c.GraphQL.Plans = false
		c.Artifacts.Dir = filepath.Join(planned.Config.Data.Dir, "artifacts")
	}))
	return planned, plain
}

// volatile are the parts of an answer that no two executions share: the ids of
// predictions and requests, when they were, how long they took and whether the
// answer was known.
var volatile = regexp.MustCompile(`"(prd|req)_[0-9A-Z]+"|"(startedAt|createdAt)":"[^"]*"|"[a-zA-Z]*Ms":[-0-9.e]+|"cache":"[A-Z]+"|"cachedRows":[0-9]+`)

// same asks both three times, so that plans are made and used, and holds their
// answers against each other byte by byte.
func same(t testing.TB, planned, plain *augurtest.Server, query string, variables any) {
	t.Helper()
	want := plain.Do(t, query, variables)
	for i := range 3 {
		got := planned.Do(t, query, variables)
		a, b := volatile.ReplaceAll(got.Body, []byte("~")), volatile.ReplaceAll(want.Body, []byte("~"))
		if got.Status != want.Status || !bytes.Equal(a, b) {
			t.Fatalf("execution %d of\n%s\nwith plans: %d %s\nwithout:    %d %s", i, query, got.Status, a, want.Status, b)
		}
	}
}

// TestPlansAnswerAsGqlgenDoes, on the example operations and what they leave out.
func TestPlansAnswerAsGqlgenDoes(t *testing.T) {
	planned, plain := twins(t)
	files, err := filepath.Glob(filepath.Join(augurtest.Root(), "examples", "graphql", "*.graphql"))
	if err != nil || len(files) < 5 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	asked := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		query := string(text)
		if !regexp.MustCompile(`(?m)^(query|mutation Predict)`).MatchString(query) || strings.Contains(query, "serving") {
			continue // what changes something, or is changed by asking
		}
		var variables any
		if text, err := os.ReadFile(strings.TrimSuffix(file, ".graphql") + ".json"); err == nil {
			if err := json.Unmarshal(text, &variables); err != nil {
				t.Fatal(err)
			}
		}
		same(t, planned, plain, query, variables)
		asked++
	}
	if asked < 3 {
		t.Errorf("only %d examples were asked", asked)
	}
	row := `{curvature: 0.3, lighting: "night", speed_limit: 60, num_lanes: 2, weather: "rainy", road_type: "urban", holiday: false, num_reported_accidents: 1}`
	bad := strings.Replace(row, "0.3", `"x"`, 1)
	for _, query := range []string{
		`{ models { nodes { __typename id name n: name description owner createdAt updatedAt archivedAt revision } totalCount pageInfo { hasNextPage startCursor endCursor } } }`,
		`{ models { edges { cursor node { name } } nodes { name ...f } } } fragment f on Model { id x: description ... { owner } }`,
		`{ models { nodes { name } } models { nodes { id } } }`,
		`query($yes: Boolean = true) { models { nodes { name id @include(if: $yes) owner @skip(if: $yes) } } }`,
		`{ models(first: 2) { nodes { name tags { key value } liveVersion { version status metadata signature { inputs { name dtype shape } features { name dtype required } } } } } }`,
		`{ model(name: "none") { name } road: model(name: "road-risk") { versions { nodes { version createdAt artifact { digest size } } } } }`,
		`{ node(id: "none") { id __typename } models { nodes { ... on Node { id } } } }`,
		`mutation { predict(input: {model: "road-risk", data: {row: ` + row + `}}) { prediction { values rowIndex outputs { name kind dtype shape data } route { reason ref } } userErrors { code message field } } }`,
		`mutation { predict(input: {model: "road-risk", data: {rows: [` + row + `, ` + bad + `]}, options: {encoding: BASE64}}) { prediction { values rowIndex outputs { name data } modelVersion { version } } userErrors { code message field } } }`,
		`mutation { predict(input: {model: "none", data: {row: {}}}) { prediction { values } userErrors { code message field } } }`,
		`mutation { predictBatch(inputs: [{model: "road-risk", data: {row: ` + row + `}}, {model: "none", data: {row: {}}}]) { succeeded failed results { prediction { values } userErrors { message } } } }`,
		`{ viewer { name scopes __typename } server { version database } }`,
		`{ auditEvents(first: 3) { nodes { action subjectType before after principal } } }`,
	} {
		same(t, planned, plain, query, nil)
	}
	for _, yes := range []bool{true, false, true, false} {
		same(t, planned, plain, `query($yes: Boolean!) { models { nodes { name } } models @include(if: $yes) { nodes { id } } }`, map[string]any{"yes": yes})
	}
}

// TestPlansOfRandomQueries asks what nobody wrote by hand: any fields without
// required arguments, nested at random. SOAK is how many, 150 otherwise.
func TestPlansOfRandomQueries(t *testing.T) {
	planned, plain := twins(t)
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	n := 150
	if os.Getenv("SOAK") != "" {
		n = 5000
	}
	for range n {
		var b strings.Builder
		b.WriteByte('{')
		randomly(r, &b, schema, schema.Query, 0)
		b.WriteByte('}')
		same(t, planned, plain, b.String(), nil)
	}
}

// moving are fields whose values change by themselves or by being asked.
var moving = map[string]bool{"serving": true, "servingSeries": true, "engine": true, "predictions": true, "server": true, "predict": true}

func randomly(r *rand.Rand, b *strings.Builder, schema *ast.Schema, def *ast.Definition, depth int) {
	written := 0
	for _, i := range r.Perm(len(def.Fields)) {
		f := def.Fields[i]
		below := schema.Types[f.Type.Name()]
		composite := below.IsCompositeType()
		required := false
		for _, arg := range f.Arguments {
			required = required || arg.Type.NonNull && arg.DefaultValue == nil
		}
		if required && f.Name != "model" || moving[f.Name] || strings.HasPrefix(f.Name, "__") || composite && depth > 3 || below.Kind == ast.Interface {
			continue
		}
		if r.IntN(4) == 0 {
			fmt.Fprintf(b, "a%d:", written)
		}
		b.WriteString(f.Name)
		if required {
			b.WriteString([]string{`(name:"road-risk")`, `(name:"digits-mlp")`, `(name:"none")`}[r.IntN(3)])
		}
		if composite {
			b.WriteByte('{')
			if r.IntN(3) == 0 {
				b.WriteString("...on " + below.Name + "{__typename} ")
			}
			randomly(r, b, schema, below, depth+1)
			b.WriteByte('}')
		}
		b.WriteByte(' ')
		if written++; written > 2+r.IntN(4) {
			return
		}
	}
	b.WriteString("__typename")
}
