package ent_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"augur"
	"augur/ent"

	"github.com/vmihailenco/msgpack/v5"
)

func cursor(t testing.TB, value any) string {
	t.Helper()
	text, err := msgpack.Marshal(ent.Cursor{ID: "mdl_x", Value: value})
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawStdEncoding.EncodeToString(text)
}

// deepCursor holds a list in a list, n times.
func deepCursor(n int) string {
	text := append([]byte{0x82, 0xa1, 'i', 0xa1, 'x', 0xa1, 'v'}, bytes.Repeat([]byte{0x91}, n)...)
	return base64.RawStdEncoding.EncodeToString(append(text, 0xc0))
}

// TestWrongCursor gives a page what is no cursor of it: always the caller's mistake.
func TestWrongCursor(t *testing.T) {
	eachRecord(t, func(t *testing.T, r *record) {
		now := time.Now()
		lists := map[string]string{ // and the cursor that is none of their own
			`models(after: $c, orderBy: [{field: CREATED_AT}]) { nodes { name } }`:                        cursor(t, []any{"a"}),
			`models(before: $c, orderBy: [{field: NAME}]) { nodes { name } }`:                             cursor(t, []any{now}),
			`models(after: $c, orderBy: [{field: UPDATED_AT}, {field: NAME}]) { nodes { name } }`:         cursor(t, []any{now}),
			`models(after: $c) { nodes { name } }`:                                                        cursor(t, []any{now}),
			`models { nodes { versions(after: $c, orderBy: [{field: ORDINAL}]) { nodes { version } } } }`: cursor(t, []any{1.5}),
			`models { nodes { aliasHistory(after: $c) { nodes { name } } } }`:                             cursor(t, now),
			`auditEvents(after: $c) { nodes { model } }`:                                                  cursor(t, 5),
		}
		for list, foreign := range lists {
			for what, c := range map[string]any{
				"another list's": foreign, "empty": "", "no base64": "?!", "no msgpack": "AAAA", "cut": cursor(t, now)[:9],
				"a map": cursor(t, []any{map[string]any{"a": 1}}), "a list": cursor(t, []any{[]any{1}}), "nil": cursor(t, []any{nil, nil, nil}),
				"a NUL": cursor(t, []any{"a\x00"}), "no UTF-8": cursor(t, []any{"\xff"}), "too deep": deepCursor(100_000),
				"a number": 5, "an object": map[string]any{},
			} {
				a := r.ask(t, augur.System(), `query($c: Cursor!) { `+list+` }`, map[string]any{"c": c})
				if len(a.Errors) != 1 || a.Errors[0].Extensions.Code != "INVALID_ARGUMENT" {
					t.Errorf("%s, %s cursor: %v", list, what, a.Errors)
				}
			}
		}
	})
}

// TestDeepCursor would end the process: its decoder goes down one call a level,
// and Go's stack has an end.
func TestDeepCursor(t *testing.T) {
	if _, err := ent.ReadCursor(deepCursor(12_000_000)); augur.CodeOf(err) != augur.InvalidArgument {
		t.Error(err)
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
	f.Add(cursor(f, nil))
	f.Add(cursor(f, []any{time.Unix(0, 1), "name", 7}))
	f.Add(deepCursor(100))
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ent.ReadCursor(text)
		if err != nil {
			if augur.CodeOf(err) != augur.InvalidArgument {
				t.Fatal(err)
			}
			return
		}
		var out strings.Builder
		c.MarshalGQL(&out)
		if again, err := ent.ReadCursor(strings.Trim(out.String(), `"`)); out.Len() <= 4<<10 && (err != nil || again.ID != c.ID) {
			t.Fatalf("%q was written as %s: %v", text, out.String(), err)
		}
	})
}
