package ent_test

import (
	"bytes"
	"encoding/base64"
	"math"
	"strings"
	"testing"
	"time"

	"augur"
	"augur/ent"

	"github.com/google/go-cmp/cmp"
)

func cursor(values ...any) string { return ent.WriteCursor(ent.Cursor{ID: "mdl_x", Value: values}) }

// encoded is the text of a cursor that holds any bytes.
func encoded(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// TestWrongCursor gives a page what is no cursor of it: always the caller's mistake.
func TestWrongCursor(t *testing.T) {
	eachRecord(t, func(t *testing.T, r *record) {
		now := time.Now()
		lists := map[string]string{ // and the cursor that is none of their own
			`models(after: $c, orderBy: [{field: CREATED_AT}]) { nodes { name } }`:                        cursor("a"),
			`models(before: $c, orderBy: [{field: NAME}]) { nodes { name } }`:                             cursor(now),
			`models(after: $c, orderBy: [{field: UPDATED_AT}, {field: NAME}]) { nodes { name } }`:         cursor(now),
			`models(after: $c) { nodes { name } }`:                                                        cursor(now),
			`models { nodes { versions(after: $c, orderBy: [{field: ORDINAL}]) { nodes { version } } } }`: cursor("5"),
			`models { nodes { aliasHistory(after: $c) { nodes { name } } } }`:                             cursor(now),
			`auditEvents(after: $c) { nodes { model } }`:                                                  cursor(5),
		}
		for list, foreign := range lists {
			for what, c := range map[string]any{
				"another list's": foreign, "too many": cursor(now, now, now), "empty": "", "no base64": "?!", "no JSON": "AAAA", "cut": cursor(now)[:9],
				"nothing": encoded(`[]`), "null": encoded(`null`), "a map": encoded(`{"a":1}`), "a list in it": encoded(`["a",["s"]]`), "a number in it": encoded(`["a",5]`),
				"no kind": encoded(`["a",""]`), "another kind": encoded(`["a","xa"]`), "no instant": encoded(`["a","tx"]`), "no integer": encoded(`["a","i1.5"]`),
				"a NUL": encoded(`["a\u0000"]`), "a NUL in it": encoded(`["a","s\u0000"]`), "padded": cursor(now) + "=", "too long": cursor(strings.Repeat("a", 4096)),
				"MessagePack": "gqFpoXihdpGR",
				"a number":    5, "an object": map[string]any{},
			} {
				a := r.ask(t, augur.System(), `query($c: Cursor!) { `+list+` }`, map[string]any{"c": c})
				if len(a.Errors) != 1 || a.Errors[0].Extensions.Code != "INVALID_ARGUMENT" {
					t.Errorf("%s, %s cursor: %v", list, what, a.Errors)
				}
			}
		}
	})
}

// TestHostileCursor reads quickly what is small and asks for much.
func TestHostileCursor(t *testing.T) {
	for _, text := range []string{
		encoded(strings.Repeat("[", 12_000_000)),
		encoded(strings.Repeat("[", 3000)),
		encoded(`["a"` + strings.Repeat(`,"s"`, 700) + `]`),
		base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{0xdf, 0x7f, 0xff, 0xff, 0xff, 0xa1, 'a'}, 400)), // maps of 2^31 entries, in MessagePack
	} {
		if allocs := testing.AllocsPerRun(1, func() { _, _ = ent.ReadCursor(text) }); allocs > 5000 {
			t.Errorf("%.20s…: %v allocations", text, allocs)
		}
	}
}

// TestCursorsAreReadAsWritten in full width.
func TestCursorsAreReadAsWritten(t *testing.T) {
	values := []any{time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC), "é\"<\n", int64(math.MinInt64), int64(math.MaxInt64), ""}
	got, err := ent.ReadCursor(cursor(values...))
	if diff := cmp.Diff(ent.Cursor{ID: "mdl_x", Value: values}, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if got, err := ent.ReadCursor(ent.WriteCursor(ent.Cursor{ID: "x", Value: 7})); err != nil || !cmp.Equal(got.Value, []any{int64(7)}) {
		t.Errorf("a lone value: %v, %v", got, err)
	}
}

// TestCursorsInAnotherZone walks by time on a server that is not in UTC: SQLite
// keeps instants as texts, in UTC.
func TestCursorsInAnotherZone(t *testing.T) {
	local := time.Local
	time.Local = time.FixedZone("east", 9*60*60)
	defer func() { time.Local = local }()
	eachRecord(t, func(t *testing.T, r *record) {
		const list = `{ models(first: 2, orderBy: [{field: CREATED_AT}, {field: NAME}]%s) { nodes { name createdAt } pageInfo { endCursor } } }`
		first := r.data(t, strings.Replace(list, "%s", "", 1))
		second := r.data(t, strings.Replace(list, "%s", `, after: "`+at(first.Data, "models.pageInfo.endCursor").(string)+`"`, 1))
		if got := texts(at(first.Data, "models.nodes"), "name") + " " + texts(at(second.Data, "models.nodes"), "name"); got != "a b c d" {
			t.Errorf("got %q", got)
		}
		if got := at(first.Data, "models.nodes.0.createdAt"); got != "2026-01-02T03:04:05.678901Z" {
			t.Errorf("an instant is shown as %v", got)
		}
	})
}

// FuzzReadCursor holds that nothing breaks the reading, and that what is read is
// written as it was.
func FuzzReadCursor(f *testing.F) {
	f.Add("")
	f.Add(cursor())
	f.Add(cursor(time.Unix(0, 1), "name", 7))
	f.Add(encoded(`["a","t2026-11-23T09:30:00.5+23:59"]`))
	f.Fuzz(func(t *testing.T, text string) {
		for _, text := range []string{text, encoded(text)} {
			c, err := ent.ReadCursor(text)
			if err != nil {
				if augur.CodeOf(err) != augur.InvalidArgument {
					t.Fatal(err)
				}
				continue
			}
			out := ent.WriteCursor(c)
			if again, err := ent.ReadCursor(out); len(out) <= 4<<10 && (err != nil || !cmp.Equal(again, c)) {
				t.Fatalf("%q was written as %s: %v", text, out, err)
			}
		}
	})
}
