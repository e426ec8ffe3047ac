package ent_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"augur"
	"augur/ent"

	"github.com/google/go-cmp/cmp"
)

// TestNodesAreEdgesNodes holds nodes to edges.node, where entgql as it comes
// gives an empty list: the same data by as many statements.
func TestNodesAreEdgesNodes(t *testing.T) {
	// ⟨ and ⟩ stand around what is selected on the objects of a page.
	for name, c := range map[string]struct {
		operation  string
		statements int
	}{
		"depth 1": {`{ models ⟨ name createdAt ⟩ }`, 1},
		"depth 1, a list and a lone object below": {`{ models ⟨ name tags { key value } aliases { name version { version } } ⟩ }`, 4},
		"depth 2":                 {`{ models(first: 3) ⟨ name versions(first: 1, orderBy: [{field: VERSION, direction: DESC}]) ⟨ version artifact { digest } ⟩ ⟩ }`, 3},
		"depth 2, twice by alias": {`{ models ⟨ up: versions(first: 1) ⟨ version ⟩ down: versions(last: 1) ⟨ ordinal ⟩ ⟩ }`, 3},
		"depth 3":                 {`{ models(last: 2) ⟨ name aliasHistory(first: 1) ⟨ name version { version model { name versions(first: 2) ⟨ version status ⟩ } } ⟩ ⟩ }`, 5},
		"depth 3, counted":        {`{ models { totalCount pageInfo { hasNextPage endCursor } } all: models ⟨ aliasHistory { totalCount } h: aliasHistory ⟨ model { versions(where: {statusIn: [READY]}) ⟨ version ⟩ v: versions { totalCount } } ⟩ ⟩ }`, 8},
		"in fragments":            {`{ models ⟨ ...f ... on Model { tags { key } } ⟩ } fragment f on Model { versions ⟨ ... on ModelVersion { version } ⟩ }`, 3},
	} {
		t.Run(name, func(t *testing.T) {
			eachRecord(t, func(t *testing.T, r *record) {
				nodes := r.data(t, strings.NewReplacer("⟨", "{ nodes {", "⟩", "} }").Replace(c.operation))
				edges := r.data(t, strings.NewReplacer("⟨", "{ edges { node {", "⟩", "} } }").Replace(c.operation))
				if diff := cmp.Diff(flat(edges.Data), any(nodes.Data)); diff != "" {
					t.Errorf("edges.node (-) and nodes (+) differ:\n%s", diff)
				}
				if texts(at(nodes.Data, "models.nodes"), "name")+texts(at(nodes.Data, "all.nodes"), "name") == "" {
					t.Error("nothing was found")
				}
				for what, got := range map[string][]string{"nodes": nodes.statements, "edges.node": edges.statements} {
					if len(got) != c.statements {
						t.Errorf("%s took %d statements, want %d:\n%s", what, len(got), c.statements, strings.Join(got, "\n"))
					}
				}
			})
		})
	}
}

// TestCountIsAskedFor sees a COUNT when totalCount is selected, and only then.
func TestCountIsAskedFor(t *testing.T) {
	eachRecord(t, func(t *testing.T, r *record) {
		for operation, counts := range map[string]int{
			`{ models { nodes { name } pageInfo { hasNextPage hasPreviousPage } } }`:        0,
			`{ models { pageInfo { hasNextPage } } }`:                                       0,
			`{ models { edges { cursor } } }`:                                               0,
			`{ models { __typename } }`:                                                     0,
			`{ models { totalCount } }`:                                                     1,
			`{ models { n: totalCount nodes { name versions { nodes { version } } } } }`:    1,
			`{ models { nodes { versions { totalCount } } } }`:                              1,
			`{ models { nodes { versions { totalCount nodes { version } } } totalCount } }`: 2,
			`{ models { nodes { versions { pageInfo { endCursor } edges { cursor } } } } }`: 0,
		} {
			a := r.data(t, operation)
			n := 0
			for _, s := range a.statements {
				if strings.Contains(strings.ToUpper(s), "COUNT(") {
					n++
				}
			}
			if n != counts {
				t.Errorf("%s: %d counts, want %d:\n%s", operation, n, counts, strings.Join(a.statements, "\n"))
			}
		}
		a := r.data(t, `{ models(first: 1) { totalCount nodes { versions(first: 1) { totalCount } } } }`)
		if at(a.Data, "models.totalCount") != 5.0 || at(a.Data, "models.nodes.0.versions.totalCount") != 2.0 {
			t.Errorf("counted %v, want 5 models of 2 versions that are neither archived nor deleted", a.Data)
		}
		if a := r.data(t, `{ models { __typename } }`); len(a.statements) != 0 {
			t.Errorf("nothing is asked for by %d statements", len(a.statements))
		}
	})
}

// TestPageSize is 20 unless asked for, and 1 to 100, at the top and below it.
func TestPageSize(t *testing.T) {
	eachRecord(t, func(t *testing.T, r *record) {
		err := r.store.Tx(system(t), func(ctx context.Context, tx *ent.Tx) error {
			m := tx.Model.Create().SetName("many").SaveX(ctx)
			for range 130 {
				tx.AliasEvent.Create().SetModel(m).SetName("live").SetPrincipal("p").ExecX(ctx)
				tx.AuditEvent.Create().SetPrincipal("p").SetAction("a").SetSubjectID("s").ExecX(ctx)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for args, c := range map[string]struct{ n, field string }{
			"first: 20":         {n: "20"},
			"last: 20":          {n: "20"},
			"first: null":       {n: "20"},
			"first: 100":        {n: "100"},
			"last: 100":         {n: "100"},
			"first: 1":          {n: "1"},
			"first: 0":          {field: "first"},
			"first: -1":         {field: "first"},
			"first: 101":        {field: "first"},
			"last: 0":           {field: "last"},
			"last: 101":         {field: "last"},
			"first: 5, last: 5": {field: "last"},
			"first: 2147483647": {field: "first"},
		} {
			for _, operation := range []string{
				`{ list: auditEvents(` + args + `) { nodes { id } } }`,
				`{ models(where: {name: "many"}) { nodes { aliasHistory(` + args + `) { nodes { id } } } } }`,
				`query($all: Int = 100) { models(first: $all, where: {name: "many"}) { edges { node { ...f } } } } fragment f on Model { aliasHistory(` + args + `) { edges { node { id } } } }`,
			} {
				a := r.ask(t, augur.System(), operation, nil)
				if c.field != "" {
					if len(a.Errors) == 0 || a.Errors[0].Extensions.Code != "INVALID_ARGUMENT" || a.Errors[0].Extensions.Field != c.field || len(a.statements) > 0 {
						t.Errorf("%s: %v after %d statements, want INVALID_ARGUMENT of %s before any", operation, a.Errors, len(a.statements), c.field)
					}
					continue
				}
				list := flat(a.Data)
				ids, ok := at(list, "list.nodes").([]any)
				if !ok {
					ids, _ = at(list, "models.nodes.0.aliasHistory.nodes").([]any)
				}
				if fmt.Sprint(len(ids)) != c.n {
					t.Errorf("%s: %d objects, want %s; %v", operation, len(ids), c.n, a.Errors)
				}
			}
		}
		if a := r.data(t, `{ auditEvents { nodes { id } } }`); len(at(a.Data, "auditEvents.nodes").([]any)) != 20 {
			t.Error("a page is not 20")
		}
	})
}

// TestWalk goes through lists page by page, forwards and backwards, in every
// order, and must meet each object once and in order.
func TestWalk(t *testing.T) {
	eachRecord(t, func(t *testing.T, r *record) {
		for list, path := range map[string]string{
			`models(%s)`: "",
			`models(%s orderBy: [{field: NAME, direction: DESC}])`:                      "e d c b a",
			`models(%s orderBy: [{field: CREATED_AT}, {field: NAME, direction: DESC}])`: "b a d c e",
			`models(%s orderBy: [{field: UPDATED_AT, direction: DESC}])`:                "",
			`models(%s where: {nameGT: "a"}, orderBy: [{field: NAME}])`:                 "b c d e",
			`auditEvents(%s)`: "",
			`models(%s orderBy: [{field: NAME}, {field: CREATED_AT}, {field: UPDATED_AT, direction: DESC}])`: "a b c d e",
		} {
			field, _, _ := strings.Cut(list, "(")
			name := map[string]string{"models": "name", "auditEvents": "model"}[field]
			page := func(args string) (names string, info map[string]any) {
				a := r.data(t, `{ `+fmt.Sprintf(list, args+" ")+` { nodes { `+name+` } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }`)
				return texts(at(a.Data, field+".nodes"), name), at(a.Data, field+".pageInfo").(map[string]any)
			}
			whole, _ := page("first: 100")
			if path != "" && whole != path {
				t.Errorf("%s: %q, want %q", list, whole, path)
			}
			for _, size := range []int{1, 2, 3} {
				var forwards, backwards []string
				for args, more := fmt.Sprintf("first: %d", size), true; more; {
					got, info := page(args)
					forwards = append(forwards, got)
					more = info["hasNextPage"].(bool)
					args = fmt.Sprintf("first: %d, after: %q", size, info["endCursor"])
				}
				for args, more := fmt.Sprintf("last: %d", size), true; more; {
					got, info := page(args)
					backwards = append(backwards, got)
					more = info["hasPreviousPage"].(bool)
					args = fmt.Sprintf("last: %d, before: %q", size, info["startCursor"])
				}
				slices.Reverse(backwards)
				if f, b := strings.Join(forwards, " "), strings.Join(backwards, " "); f != whole || b != whole {
					t.Errorf("%s by %d: forwards %q, backwards %q, at once %q", list, size, f, b, whole)
				}
			}
		}
	})
}

// TestNestedWalk goes on below, from the cursor that the page of a model's versions gave.
func TestNestedWalk(t *testing.T) {
	eachRecord(t, func(t *testing.T, r *record) {
		a := r.data(t, `{ models(first: 1) { nodes { versions(first: 1, orderBy: [{field: ORDINAL, direction: DESC}]) { nodes { version } pageInfo { endCursor hasNextPage } } } } }`)
		page := at(a.Data, "models.nodes.0.versions")
		if at(page, "nodes.0.version") != "1.2.0" || at(page, "pageInfo.hasNextPage") != true {
			t.Fatalf("the first page: %v", page)
		}
		a = r.data(t, fmt.Sprintf(`{ models(first: 1) { nodes { versions(first: 1, after: %q, orderBy: [{field: ORDINAL, direction: DESC}]) { nodes { version } pageInfo { hasNextPage hasPreviousPage } } } } }`, at(page, "pageInfo.endCursor")))
		page = at(a.Data, "models.nodes.0.versions")
		if at(page, "nodes.0.version") != "1.1.0" || at(page, "pageInfo.hasNextPage") != false || at(page, "pageInfo.hasPreviousPage") != true {
			t.Errorf("the second page: %v", page)
		}
	})
}

// TestNodesAndEdgesTogether selects a page's objects twice.
func TestNodesAndEdgesTogether(t *testing.T) {
	eachRecord(t, func(t *testing.T, r *record) {
		a := r.data(t, `{ models { nodes { name } edges { node { versions(first: 1, orderBy: [{field: ORDINAL}]) { nodes { version } } } } } }`)
		if got := texts(at(a.Data, "models.nodes"), "name"); len(strings.Fields(got)) != 5 || len(a.statements) != 2 {
			t.Errorf("%q by %d statements", got, len(a.statements))
		}
		if at(a.Data, "models.edges.4.node.versions.nodes.0.version") != "1.1.0" {
			t.Errorf("what edges.node selects alone is not there: %v", a.Data)
		}
		clash := r.ask(t, augur.System(), `{ models { nodes { versions(first: 1) { nodes { version } } } edges { node { versions(first: 2) { nodes { version } } } } } }`, nil)
		if len(clash.Errors) != 1 || clash.Errors[0].Extensions.Code != "INVALID_ARGUMENT" {
			t.Errorf("two arguments under one name: %v", clash.Errors)
		}
	})
}

// TestOrderTwice refuses an order that names a field twice.
func TestOrderTwice(t *testing.T) {
	eachRecord(t, func(t *testing.T, r *record) {
		for _, operation := range []string{
			`{ models(orderBy: [{field: NAME}, {field: NAME}]) { nodes { name } } }`,
			`{ models(orderBy: [{field: NAME}, {field: CREATED_AT}, {field: NAME}]) { nodes { name } } }`,
			`{ models { nodes { versions(orderBy: [{field: VERSION}, {field: VERSION}]) { nodes { version } } } } }`,
		} {
			a := r.ask(t, augur.System(), operation, nil)
			if len(a.Errors) == 0 || a.Errors[0].Extensions.Code != "INVALID_ARGUMENT" || a.Errors[0].Extensions.Field != "orderBy" {
				t.Errorf("%s: %v", operation, a.Errors)
			}
		}
	})
}

// TestListsAreOrdered by what names their objects, whatever else is selected:
// by its bytes, so capitals first, on both databases.
func TestListsAreOrdered(t *testing.T) {
	eachRecord(t, func(t *testing.T, r *record) {
		err := r.store.Tx(system(t), func(ctx context.Context, tx *ent.Tx) error {
			m := tx.Model.Create().SetName("tagged").SaveX(ctx)
			for _, key := range []string{"b", "Zone", "a-b", "area", "a_b", "Area"} {
				tx.Tag.Create().SetModel(m).SetKey(key).SetValue("=" + key).ExecX(ctx)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		a := r.data(t, `{ models(where: {name: "tagged"}) { nodes { tags { value } all: tags { key value } } } }`)
		const want = "=Area =Zone =a-b =a_b =area =b"
		if got, all := texts(at(a.Data, "models.nodes.0.tags"), "value"), texts(at(a.Data, "models.nodes.0.all"), "value"); got != want || all != want {
			t.Errorf("tags: %q and %q, want %q", got, all, want)
		}
	})
}
