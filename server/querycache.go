package server

import (
	"container/list"
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"augur/graph/transport"
)

// queryCache keeps parsed and checked queries by their text, least recently
// used first out. It is bounded in bytes of text: a cache bounded by number lets
// sixty queries of 4 MiB hold half a gigabyte.
type queryCache struct {
	max, largest int

	mu      sync.Mutex // guards what follows
	size    int
	entries map[string]*list.Element
	recent  *list.List // of *cachedQuery, latest first
}

type cachedQuery struct {
	text  string
	doc   *ast.QueryDocument
	plans transport.DocumentPlans
}

var _ graphql.Cache[*ast.QueryDocument] = (*queryCache)(nil)

// newQueryCache keeps at most maxBytes of text, and no query longer than 16 KiB:
// programs send the same short text again and again, with variables.
func newQueryCache(maxBytes int) *queryCache {
	return &queryCache{max: maxBytes, largest: min(16<<10, maxBytes), entries: map[string]*list.Element{}, recent: list.New()}
}

// Get returns a query that was kept.
func (c *queryCache) Get(_ context.Context, text string) (*ast.QueryDocument, bool) {
	if len(text) > c.largest {
		return nil, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[text]
	if !ok {
		return nil, false
	}
	c.recent.MoveToFront(e)
	return e.Value.(*cachedQuery).doc, true
}

// Plans returns the plans of a query that is kept, nil for any other.
func (c *queryCache) Plans(text string) *transport.DocumentPlans {
	if len(text) > c.largest {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.entries[text]; ok {
		return &e.Value.(*cachedQuery).plans
	}
	return nil
}

// Add keeps a query.
func (c *queryCache) Add(_ context.Context, text string, doc *ast.QueryDocument) {
	if len(text) > c.largest {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.entries[text]; ok {
		return
	}
	c.entries[text] = c.recent.PushFront(&cachedQuery{text: text, doc: doc})
	c.size += len(text)
	for c.size > c.max {
		oldest := c.recent.Remove(c.recent.Back()).(*cachedQuery)
		delete(c.entries, oldest.text)
		c.size -= len(oldest.text)
	}
}
