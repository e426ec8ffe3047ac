package ent_test

import (
	"strings"
	"testing"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/model"
	"augur/ent/modelversion"
	"augur/ent/schema"
)

// TestVisibleEverywhere holds lists, counts, edges and single objects to what
// the principal may see.
func TestVisibleEverywhere(t *testing.T) {
	eachRecord(t, func(t *testing.T, r *record) {
		for name, c := range map[string]struct {
			principal *augur.Principal
			want      string
		}{
			"nobody":   {nil, ""},
			"all":      {augur.System(), "a b c d e"},
			"some":     {&augur.Principal{Models: []string{"b", "d"}}, "b d"},
			"nonsense": {&augur.Principal{Models: []string{"[", "' OR '1'='1", "a%"}}, ""},
		} {
			ctx := augur.WithPrincipal(t.Context(), c.principal)
			n := len(strings.Fields(c.want))
			a := r.ask(t, c.principal, `{
				models(orderBy: [{field: NAME}]) { totalCount nodes { name versions { totalCount nodes { model { name } } } aliases { version { model { name } } } aliasHistory { nodes { previous { id } version { version } } } } }
				auditEvents { totalCount nodes { model } }
			}`, nil)
			if len(a.Errors) > 0 {
				t.Fatal(a.Errors)
			}
			if got := texts(at(a.Data, "models.nodes"), "name"); got != c.want || at(a.Data, "models.totalCount") != float64(n) || at(a.Data, "auditEvents.totalCount") != float64(n) {
				t.Errorf("%s: sees %q and counts %v, want %q", name, got, at(a.Data, "models.totalCount"), c.want)
			}
			if got := strings.Count(texts(at(a.Data, "models.nodes"), "aliases.0.version.model.name"), "nil"); got > 0 {
				t.Errorf("%s: sees a model without what belongs to it: %v", name, a.Data)
			}
			count := map[string]int{
				"versions":     r.client.ModelVersion.Query().CountX(ctx),
				"by edge":      r.client.Model.Query().QueryVersions().CountX(ctx),
				"by two edges": r.client.ModelVersion.Query().QueryModel().QueryVersions().CountX(ctx),
				"aliasHistory": r.client.AliasEvent.Query().CountX(ctx),
			}
			for what, want := range map[string]int{"versions": 3 * n, "by edge": 3 * n, "by two edges": 3 * n, "aliasHistory": 2 * n} {
				if count[what] != want {
					t.Errorf("%s: counts %d %s, want %d", name, count[what], what, want)
				}
			}
			if got := r.client.Alias.Query().CountX(ctx); got != n {
				t.Errorf("%s: counts %d aliases, want %d", name, got, n)
			}
			for _, v := range r.client.ModelVersion.Query().WithModel().AllX(system(t)) {
				_, err := r.client.ModelVersion.Get(ctx, v.ID)
				if got, want := err == nil, c.principal.Sees(v.Edges.Model.Name); got != want || err != nil && !ent.IsNotFound(err) {
					t.Errorf("%s: version of %s by its id: %v", name, v.Edges.Model.Name, err)
				}
			}
		}
	})
}

// TestDeletedEverywhere hides deleted rows on every way to them, unless the
// context asks for them.
func TestDeletedEverywhere(t *testing.T) {
	eachRecord(t, func(t *testing.T, r *record) {
		ctx := system(t)
		deleted := r.client.ModelVersion.Query().Where(modelversion.Version("1.3.0")).AllX(schema.WithDeleted(ctx))
		if len(deleted) != 5 {
			t.Fatalf("%d deleted versions with WithDeleted, want 5", len(deleted))
		}
		if n := r.client.ModelVersion.Query().Where(modelversion.Version("1.3.0")).CountX(ctx); n != 0 {
			t.Errorf("%d deleted versions are counted", n)
		}
		if _, err := r.client.ModelVersion.Get(ctx, deleted[0].ID); !ent.IsNotFound(err) {
			t.Errorf("a deleted version by its id: %v", err)
		}
		m := r.client.Model.Query().Where(model.Name("a")).WithVersions().OnlyX(ctx)
		if len(m.Edges.Versions) != 3 || m.QueryVersions().CountX(ctx) != 3 {
			t.Errorf("%d versions by the edge, want 3", len(m.Edges.Versions))
		}
		if err := r.store.Writer().Model.UpdateOneID(m.ID).SetDeletedAt(time.Now().UTC()).Exec(ctx); err != nil {
			t.Fatal(err)
		}
		a := r.data(t, `{ models(orderBy: [{field: NAME}]) { totalCount nodes { name } } }`)
		if got := texts(at(a.Data, "models.nodes"), "name"); got != "b c d e" || at(a.Data, "models.totalCount") != 4.0 {
			t.Errorf("after a was deleted: %v", a.Data)
		}
	})
}
