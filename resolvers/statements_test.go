package resolvers_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"augur"
	"augur/ent"
	"augur/graph/transport"
	"augur/internal/augurtest"
	"augur/internal/storetest"
	"augur/resolvers"
	"augur/server"
	"augur/store"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/google/go-cmp/cmp"
)

// counter counts the statements of a driver.
type counter struct {
	dialect.Driver
	n    atomic.Int64
	seen func(query string)
}

func (c *counter) Query(ctx context.Context, query string, args, v any) error {
	c.n.Add(1)
	if c.seen != nil {
		c.seen(query)
	}
	return c.Driver.Query(ctx, query, args, v)
}

// counted serves the resolvers over a record with the demo models, through a
// reader that counts, and returns how to ask and what that cost.
func counted(t *testing.T, cfg store.Config) func(query string) (data map[string]any, statements int64) {
	t.Helper()
	augurtest.Start(t, augurtest.WithModels(), augurtest.WithConfig(func(c *server.Config) { c.Database.URL = cfg.URL })).Shutdown(t)
	s := storetest.Open(t, cfg)
	count := &counter{Driver: entsql.OpenDB(s.Dialect(), s.SQLReader())}
	deps := resolvers.Deps{Reader: ent.NewClient(ent.Driver(count))}
	gql := handler.New(resolvers.New(deps))
	gql.AddTransport(transport.HTTP{})
	gql.Use(resolvers.Loaders{Deps: deps})
	gql.SetErrorPresenter(resolvers.Presenter(slog.New(slog.DiscardHandler)))
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		gql.ServeHTTP(w, r.WithContext(augur.WithPrincipal(r.Context(), augur.Anonymous())))
	}))
	t.Cleanup(ts.Close)
	return func(query string) (map[string]any, int64) {
		t.Helper()
		count.n.Store(0)
		body, _ := json.Marshal(map[string]string{"query": query})
		res, err := ts.Client().Post(ts.URL, "application/json", strings.NewReader(string(body)))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		var answer struct {
			Data   map[string]any
			Errors []any
		}
		if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || len(answer.Errors) > 0 {
			t.Fatalf("%s\n%v %v", query, err, answer.Errors)
		}
		return answer.Data, count.n.Load()
	}
}

// TestNodesAreTheNodesOfEdges holds the promise of our connection templates:
// nodes gives the same objects for the same statements as edges.node, at every
// depth, and COUNT runs for totalCount alone.
func TestNodesAreTheNodesOfEdges(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		ask := counted(t, cfg)
		for name, c := range map[string]struct {
			nodes, edges string
			statements   int64
		}{
			"depth 1": {
				`{ models { nodes { name createdAt } } }`,
				`{ models { edges { node { name createdAt } } } }`, 1,
			},
			"depth 1, page info is free": {
				`{ models(first: 2) { pageInfo { hasNextPage endCursor } nodes { name } } }`,
				`{ models(first: 2) { pageInfo { hasNextPage endCursor } edges { node { name } } } }`, 1,
			},
			"depth 1, a count": {
				`{ models(first: 2) { totalCount nodes { name } } }`,
				`{ models(first: 2) { totalCount edges { node { name } } } }`, 2,
			},
			"depth 3": {
				`{ models { nodes { name tags { key } versions(first: 1, orderBy: [{field: VERSION, direction: DESC}]) { nodes { version artifact { digest } model { aliasHistory { nodes { name } } } } } } } }`,
				`{ models { edges { node { name tags { key } versions(first: 1, orderBy: [{field: VERSION, direction: DESC}]) { edges { node { version artifact { digest } model { aliasHistory { edges { node { name } } } } } } } } } } }`, 6,
			},
			"depth 3, with aliases": {
				`{ models { list: nodes { name v: versions(first: 1) { totalCount n: nodes { version } } } } }`,
				`{ models { list: edges { node { name v: versions(first: 1) { totalCount n: edges { node { version } } } } } } }`, 3,
			},
		} {
			byNodes, n := ask(c.nodes)
			byEdges, e := ask(c.edges)
			if n != c.statements || e != c.statements {
				t.Errorf("%s: nodes took %d statements, edges %d, want %d", name, n, e, c.statements)
			}
			if diff := cmp.Diff(byNodes, flatten(byEdges)); diff != "" {
				t.Errorf("%s: nodes and edges differ: %s", name, diff)
			}
		}
		// Loaders gather what is asked within loadWait; on a busy machine a list may
		// take two statements instead of one, never one for each of its 4 versions.
		const perVersion = `versions { nodes { aliases metrics(names: ["val_accuracy"]) { name last } } }`
		if _, n := ask(`{ models { nodes { ` + perVersion + ` } } }`); n < 4 || n >= 2+2*4 {
			t.Errorf("the aliases and metrics of all versions took %d statements", n)
		}
		if _, n := ask(`{ models { totalCount } }`); n != 1 {
			t.Errorf("a count alone took %d statements", n)
		}
	})
}

// flatten turns edges into nodes, under the key that the operation gave them.
func flatten(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, value := range v {
			if key == "edges" {
				key = "nodes"
			}
			out[key] = flatten(value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			if edge, ok := item.(map[string]any); ok && len(edge) == 1 && edge["node"] != nil {
				item = edge["node"]
			}
			out[i] = flatten(item)
		}
		return out
	default:
		return v
	}
}

// TestBothWaysAtOnce selects nodes and edges together: the nodes are loaded
// once, and different arguments under one key are refused rather than mixed up.
func TestBothWaysAtOnce(t *testing.T) {
	s := augurtest.Start(t, augurtest.WithModels())
	data := s.Query(t, `{ models(where: {name: "road-risk"}) { nodes { versions(first: 1) { nodes { version } } } edges { cursor node { name versions(first: 1) { nodes { ordinal } } } } } }`, nil)
	if augurtest.At(t, data, "models.nodes.0.versions.nodes.0.version") == nil || augurtest.At(t, data, "models.edges.0.node.versions.nodes.0.ordinal") == nil {
		t.Errorf("%v", data)
	}
	r := s.Do(t, `{ models { nodes { versions(first: 1) { nodes { version } } } edges { node { versions(first: 2) { nodes { version } } } } } }`, nil)
	if len(r.Errors) == 0 || r.Errors[0].Code() != augur.InvalidArgument || !strings.Contains(r.Errors[0].Message, "alias") {
		t.Errorf("different arguments under one key: %s", r.Body)
	}
}

// TestPages walks a list forwards and backwards and finds every object once.
func TestPages(t *testing.T) {
	onEach(t, func(t *testing.T, s *augurtest.Server) {
		var names []string
		for i := range 23 {
			name := string(rune('a'+(i*7)%23)) + "-model"
			names = append(names, name)
			s.Query(t, `mutation($n: String!) { modelCreate(input: {name: $n}) { model { id } } }`, map[string]any{"n": name})
		}
		for _, order := range []string{"", `, orderBy: [{field: NAME, direction: DESC}]`, `, orderBy: [{field: NAME}, {field: CREATED_AT}]`} {
			forwards := walk(t, s, "first: 5, after", "endCursor", "hasNextPage", order)
			backwards := walk(t, s, "last: 5, before", "startCursor", "hasPreviousPage", order)
			if len(forwards) != len(names) || len(backwards) != len(names) {
				t.Fatalf("%q: %d forwards, %d backwards, want %d", order, len(forwards), len(backwards), len(names))
			}
			for i := range forwards {
				// A page from the end is in order itself, the pages come last to first.
				page, at := i/5, i%5
				size := min(5, len(names)-page*5)
				if want := forwards[len(names)-page*5-size+at]; backwards[i] != want {
					t.Errorf("%q: backwards %d is %s, want %s", order, i, backwards[i], want)
				}
			}
		}
	})
}

func walk(t *testing.T, s *augurtest.Server, args, cursor, more, order string) (names []string) {
	t.Helper()
	var at any
	for range 10 {
		data := s.Query(t, `query($c: Cursor) { models(`+args+`: $c`+order+`) { nodes { name } pageInfo { `+cursor+` `+more+` } } }`, map[string]any{"c": at})
		for _, n := range augurtest.At(t, data, "models.nodes").([]any) {
			names = append(names, n.(map[string]any)["name"].(string))
		}
		if augurtest.At(t, data, "models.pageInfo."+more) != true {
			return names
		}
		at = augurtest.At(t, data, "models.pageInfo."+cursor)
	}
	t.Fatal("the list has no end")
	return nil
}
