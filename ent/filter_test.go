package ent_test

import (
	"strings"
	"testing"

	"augur"
)

// TestFilters means the same on both databases.
func TestFilters(t *testing.T) {
	eachRecord(t, func(t *testing.T, r *record) {
		for where, want := range map[string]string{
			`{}`:                                    "a b c d e",
			`{name: "a"}`:                           "a",
			`{nameNEQ: "a"}`:                        "b c d e",
			`{nameIn: ["a", "c"]}`:                  "a c",
			`{nameIn: []}`:                          "", // not everything
			`{nameIn: null}`:                        "a b c d e",
			`{nameNotIn: []}`:                       "a b c d e",
			`{not: {nameIn: []}}`:                   "a b c d e",
			`{or: [{name: "a"}, {nameGTE: "d"}]}`:   "a d e",
			`{and: [{nameGT: "a"}, {nameLT: "d"}]}`: "b c",
			`{nameContains: "A"}`:                   "", // upper and lower case differ
			`{nameHasPrefix: "A"}`:                  "",
			`{nameHasSuffix: "B"}`:                  "",
			`{nameContainsFold: "A"}`:               "a",
			`{nameEqualFold: "B"}`:                  "b",
			`{nameContains: "%"}`:                   "",
			`{nameContains: "_"}`:                   "",
			`{createdAt: "2026-01-02T04:04:05.678901+01:00"}`:                     "a b",
			`{createdAtGT: "2026-01-02T03:04:05.678901Z"}`:                        "c d e",
			`{createdAtIn: ["2026-01-02T05:04:05.678901Z"]}`:                      "e",
			`{ownerIsNil: true}`:                                                  "a b c d e",
			`{ownerNotNil: true}`:                                                 "",
			`{hasTagsWith: {key: "team", value: "c"}}`:                            "c",
			`{hasAliasesWith: {hasVersionWith: {version: "1.2.0"}}, nameLT: "c"}`: "a b",
			`{hasVersionsWith: {statusIn: [READY, PENDING]}}`:                     "a b c d e",
			`{hasVersionsWith: {statusNotIn: [READY]}}`:                           "",
			`{hasVersionsWith: {status: FAILED}}`:                                 "", // those are deleted
			`{hasVersionsWith: {version: "1.3.0"}}`:                               "",
			`{hasVersionsWith: {version: "1.4.0"}}`:                               "a b c d e", // archived ones count
			`{archivedAtNotNil: true}`:                                            "",
		} {
			a := r.data(t, `{ models(orderBy: [{field: NAME}], where: `+where+`) { nodes { name } } }`)
			if got := texts(at(a.Data, "models.nodes"), "name"); got != want {
				t.Errorf("%s: %q, want %q", where, got, want)
			}
		}
		a := r.data(t, `{ models(first: 1) { nodes { versions(where: {archivedAtNotNil: true}) { nodes { version } } } } }`)
		if got := texts(at(a.Data, "models.nodes.0.versions.nodes"), "version"); got != "1.4.0" {
			t.Errorf("archived versions: %q", got)
		}
	})
}

// TestWrongFilter refuses what a database would: as the caller's mistake.
func TestWrongFilter(t *testing.T) {
	deep := func(n int) map[string]any {
		where := map[string]any{"name": "a"}
		for range n {
			where = map[string]any{"not": where}
		}
		return where
	}
	wide := func(n int) map[string]any {
		return map[string]any{"nameIn": strings.Split(strings.Repeat("x,", n-1)+"a", ",")}
	}
	eachRecord(t, func(t *testing.T, r *record) {
		for name, c := range map[string]struct {
			where map[string]any
			ok    bool
		}{
			"20 levels":    {deep(18), true},
			"21 levels":    {deep(20), false},
			"5,000 levels": {deep(5000), false},
			"1,000 values": {wide(1000), true},
			"1,001 values": {wide(1001), false},
			"70,000":       {wide(70_000), false},
			"a NUL":        {map[string]any{"name": "a\x00"}, false},
			"a NUL in in":  {map[string]any{"nameIn": []string{"a\x00"}}, false},
			"a NUL below":  {map[string]any{"hasTagsWith": map[string]any{"or": []any{map[string]any{"valueContains": "\x00"}}}}, false},
			"empty not":    {map[string]any{"not": map[string]any{}}, false},
		} {
			for _, operation := range []string{
				`query($w: ModelWhereInput) { models(where: $w) { nodes { name } } }`,
				`query($w: ModelWhereInput!) { models { nodes { versions(where: {hasModelWith: [$w]}) { nodes { version } } } } }`,
			} {
				if strings.Contains(operation, "versions") && c.ok {
					continue // one level and one value more
				}
				a := r.ask(t, augur.System(), operation, map[string]any{"w": c.where})
				switch {
				case c.ok && len(a.Errors) > 0:
					t.Errorf("%s: %v", name, a.Errors)
				case !c.ok && (len(a.Errors) != 1 || a.Errors[0].Extensions.Code != "INVALID_ARGUMENT" || a.Errors[0].Extensions.Field != "where"):
					t.Errorf("%s: %.300v", name, a.Errors)
				}
			}
		}
	})
}
