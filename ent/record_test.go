package ent_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"augur"
	"augur/ent"
	"augur/graph"
	"augur/internal/storetest"
	"augur/store"

	"entgo.io/contrib/entgql"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// record is a database with what the tests look for, behind a schema with one
// real field, models.
type record struct {
	store  *store.Store
	client *ent.Client // counts its statements
	schema http.Handler

	mu         sync.Mutex
	statements []string // guarded by mu
}

// root resolves models and leaves every other field without a resolver.
type root struct {
	graph.ResolverRoot
	client *ent.Client
}

type query struct {
	graph.QueryResolver
	client *ent.Client
}

func (r root) Query() graph.QueryResolver { return query{client: r.client} }

func (q query) Models(ctx context.Context, first *int, after *ent.Cursor, last *int, before *ent.Cursor, where *ent.ModelWhereInput, orderBy []*ent.ModelOrder) (*ent.ModelConnection, error) {
	return q.client.Model.Query().Paginate(ctx, after, first, before, last, ent.WithModelOrder(orderBy), ent.WithModelWhere(where))
}

func (q query) AuditEvents(ctx context.Context, first *int, after *ent.Cursor, last *int, before *ent.Cursor, where *ent.AuditEventWhereInput) (*ent.AuditEventConnection, error) {
	return q.client.AuditEvent.Query().Paginate(ctx, after, first, before, last,
		ent.WithAuditEventOrder(&ent.AuditEventOrder{Field: ent.AuditEventOrderFieldCreatedAt, Direction: entgql.OrderDirectionDesc}),
		ent.WithAuditEventWhere(where))
}

// eachRecord runs test on each database, with models a to e of four versions
// each: the last archived, the third deleted.
func eachRecord(t *testing.T, test func(t *testing.T, r *record)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := &record{store: storetest.Open(t, cfg)}
		r.client = ent.NewClient(ent.Driver(dialect.DebugWithContext(
			sql.OpenDB(r.store.Dialect(), r.store.SQLReader()), func(_ context.Context, args ...any) {
				r.mu.Lock()
				defer r.mu.Unlock()
				r.statements = append(r.statements, fmt.Sprint(args...))
			})))
		server := handler.New(graph.NewExecutableSchema(graph.Config{Resolvers: root{client: r.client}}))
		server.AddTransport(transport.POST{})
		server.SetErrorPresenter(func(ctx context.Context, err error) *gqlerror.Error {
			e := augur.AsError(err)
			if g, ok := errors.AsType[*gqlerror.Error](err); ok && g.Err == nil {
				return g
			}
			return &gqlerror.Error{Message: e.Error(), Path: graphql.GetPath(ctx), Extensions: map[string]any{"code": e.Code, "field": strings.Join(e.Field, ".")}}
		})
		r.schema = server
		r.seed(t)
		test(t, r)
	})
}

func system(t testing.TB) context.Context {
	return augur.WithPrincipal(t.Context(), augur.System())
}

func (r *record) seed(t *testing.T) {
	t.Helper()
	err := r.store.Tx(system(t), func(ctx context.Context, tx *ent.Tx) error {
		start := time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC)
		file := tx.Artifact.Create().SetDigest("sha256:0").SetSize(1).SaveX(ctx)
		for m, name := range []string{"a", "b", "c", "d", "e"} {
			at := start.Add(time.Duration(m/2) * time.Hour) // some alike
			model := tx.Model.Create().SetName(name).SetCreatedAt(at).SetUpdatedAt(at).SaveX(ctx)
			tx.Tag.Create().SetModel(model).SetKey("team").SetValue(name).ExecX(ctx)
			tx.AuditEvent.Create().SetCreatedAt(at).SetPrincipal("p").SetAction("modelCreate").SetSubjectID(model.ID).SetModel(name).ExecX(ctx)
			for v := 1; v <= 4; v++ {
				create := tx.ModelVersion.Create().SetModel(model).SetArtifact(file).SetVersion(fmt.Sprintf("1.%d.0", v)).
					SetSemver(fmt.Sprintf("1.%d.0", v)).SetSortKey(fmt.Sprint(v)).SetOrdinal(v).SetSignature(&augur.Signature{}).
					SetStatus("READY").SetCreatedAt(at).SetUpdatedAt(at)
				switch v {
				case 3:
					create.SetDeletedAt(at).SetStatus("FAILED")
				case 4:
					create.SetArchivedAt(at)
				}
				version := create.SaveX(ctx)
				if v < 3 {
					tx.AliasEvent.Create().SetModel(model).SetName("live").SetVersion(version).SetPrincipal("p").SetCreatedAt(at).ExecX(ctx)
				}
				if v == 2 {
					tx.Alias.Create().SetModel(model).SetName("live").SetVersion(version).ExecX(ctx)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

type answer struct {
	Data   map[string]any
	Errors []struct {
		Message    string
		Extensions struct{ Code, Field string }
	}
	statements []string
}

// ask runs an operation as p.
func (r *record) ask(t *testing.T, p *augur.Principal, operation string, variables map[string]any) answer {
	t.Helper()
	r.mu.Lock()
	r.statements = nil
	r.mu.Unlock()
	body, err := json.Marshal(map[string]any{"query": operation, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body)).WithContext(augur.WithPrincipal(t.Context(), p))
	req.Header.Set("Content-Type", "application/json")
	res := httptest.NewRecorder()
	r.schema.ServeHTTP(res, req)
	a := answer{statements: r.statements}
	if err := json.Unmarshal(res.Body.Bytes(), &a); err != nil {
		t.Fatalf("%v: %s", err, res.Body)
	}
	return a
}

// data runs an operation that must succeed.
func (r *record) data(t *testing.T, operation string) answer {
	t.Helper()
	a := r.ask(t, augur.System(), operation, nil)
	if len(a.Errors) > 0 {
		t.Fatalf("%s: %v", operation, a.Errors)
	}
	return a
}

// at walks into data by a dotted path.
func at(v any, path string) any {
	for part := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[part]
		case []any:
			var i int
			if _, err := fmt.Sscan(part, &i); err != nil || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

// texts are the values of a field in a list of objects, as one text.
func texts(list any, field string) string {
	var out []string
	items, _ := list.([]any)
	for _, item := range items {
		out = append(out, fmt.Sprint(at(item, field)))
	}
	return strings.Join(out, " ")
}

// flat turns every edges: [{node: N}] into nodes: [N].
func flat(v any) any {
	switch x := v.(type) {
	case []any:
		for i := range x {
			x[i] = flat(x[i])
		}
	case map[string]any:
		for key := range x {
			x[key] = flat(x[key])
		}
		if edges, ok := x["edges"].([]any); ok {
			delete(x, "edges")
			nodes := make([]any, len(edges))
			for i := range edges {
				nodes[i] = at(edges[i], "node")
			}
			x["nodes"] = nodes
		}
	}
	return v
}
