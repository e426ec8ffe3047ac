package augurtest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"augur"
	"augur/internal/augurtest"
	"augur/internal/storetest"
	"augur/server"
	"augur/store"
)

func TestMain(m *testing.M) { augurtest.Main(m) }

// TestTheDemo: the demo models through the real server, on each database.
func TestTheDemo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db store.Config) {
		s := augurtest.Start(t, augurtest.WithModels(), augurtest.WithDatabase(db.URL.Reveal()))
		data := s.Query(t, `{ models(orderBy: [{field: NAME}]) { totalCount nodes { id name liveVersion { version engine { loaded loadMs } createdAt } } } }`, nil)
		augurtest.Golden(t, "demo", data)
		if got := augurtest.At(t, data, "models.nodes.2.name"); got != "road-risk" {
			t.Errorf("the third model is %v", got)
		}
		r := s.Do(t, `mutation { predict(input: {model: "nothing", data: {row: {}}}) { prediction { id } userErrors { code field } } }`, nil)
		want := map[string]any{"predict": map[string]any{"prediction": nil, "userErrors": []any{map[string]any{"code": "NOT_FOUND", "field": []any{"model"}}}}}
		if diff := cmp.Diff(want, r.Data); diff != "" || len(r.Errors) > 0 {
			t.Errorf("(-want +got):\n%s%v", diff, r.Errors)
		}
		if e := s.Do(t, `{ nothing }`, nil).Errors; len(e) != 1 || e[0].Code() == augur.Internal {
			t.Errorf("got %+v", e)
		}
	})
}

// TestServersShareNothing: two at one time, each with its own record.
func TestServersShareNothing(t *testing.T) {
	one := augurtest.Start(t, augurtest.WithModels())
	other := augurtest.Start(t, augurtest.WithConfig(func(c *server.Config) { c.Log.Level = "warn" }))
	const query = `{ models { totalCount } }`
	if a, b := augurtest.At(t, one.Query(t, query, nil), "models.totalCount"), augurtest.At(t, other.Query(t, query, nil), "models.totalCount"); a != 3.0 || b != 0.0 {
		t.Errorf("%v and %v models", a, b)
	}
}
