package server

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

func TestQueryCacheIsBoundedInBytes(t *testing.T) {
	c := newQueryCache(100)
	text := func(r string) string { return strings.Repeat(r, 40) }
	for _, r := range []string{"a", "b"} {
		c.Add(t.Context(), text(r), &ast.QueryDocument{})
	}
	if _, ok := c.Get(t.Context(), text("a")); !ok { // now b is the older one
		t.Fatal("a is gone")
	}
	c.Add(t.Context(), text("c"), &ast.QueryDocument{})
	c.Add(t.Context(), text("c"), &ast.QueryDocument{})
	for r, want := range map[string]bool{"a": true, "b": false, "c": true} {
		if _, ok := c.Get(t.Context(), text(r)); ok != want {
			t.Errorf("%s is kept: %v, want %v", r, ok, want)
		}
	}
	c.Add(t.Context(), strings.Repeat("d", 101), &ast.QueryDocument{})
	if c.size != 80 || len(c.entries) != 2 || c.recent.Len() != 2 {
		t.Errorf("%d bytes in %d entries", c.size, len(c.entries))
	}
}
