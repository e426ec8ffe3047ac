package transport

import (
	"context"
	"fmt"

	"augur"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Limits bounds the shape of an operation. The number of its tokens is bounded
// by the parser and the size of its body by HTTP.
type Limits struct {
	// Depth is how deep fields may nest; zero means 12. Introspection is exempt:
	// its own depth is bounded by gqlparser.
	Depth int
	// Fields is how many fields an operation may select, fragments counted each
	// time they are spread; zero means 1,000.
	Fields int
	// RootFields is how many fields may stand at the top; zero means 20.
	RootFields int
}

var (
	_ graphql.HandlerExtension        = Limits{}
	_ graphql.OperationContextMutator = Limits{}
)

// ExtensionName of Limits.
func (Limits) ExtensionName() string { return "Limits" }

// Validate accepts every schema.
func (Limits) Validate(graphql.ExecutableSchema) error { return nil }

// WithDefaults fills the zero fields.
func (l Limits) WithDefaults() Limits {
	if l.Depth == 0 {
		l.Depth = 12
	}
	if l.Fields == 0 {
		l.Fields = 1000
	}
	if l.RootFields == 0 {
		l.RootFields = 20
	}
	return l
}

// MutateOperationContext refuses an operation that is past a limit.
func (l Limits) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	l = l.WithDefaults()
	c := shape{limits: l}
	root := 0
	c.walk(op.Operation.SelectionSet, 1, &root)
	switch {
	case root > l.RootFields:
		return tooMuch("%d fields at the top of the operation, at most %d are allowed", root, l.RootFields)
	case c.fields > l.Fields:
		return tooMuch("more than %d fields", l.Fields)
	case c.deepest > l.Depth:
		return tooMuch("fields nest deeper than %d", l.Depth)
	}
	return nil
}

func tooMuch(format string, args ...any) *gqlerror.Error {
	return refuse(nil, augur.InvalidArgument, "the operation is too large: "+fmt.Sprintf(format, args...))
}

// shape counts what an operation selects, and stops as soon as it is past the limits.
type shape struct {
	limits          Limits
	fields, deepest int
}

func (s *shape) walk(set ast.SelectionSet, depth int, root *int) {
	for _, sel := range set {
		if s.fields > s.limits.Fields || s.deepest > s.limits.Depth {
			return
		}
		switch sel := sel.(type) {
		case *ast.Field:
			if sel.Name == "__schema" || sel.Name == "__type" {
				continue
			}
			s.fields++
			s.deepest = max(s.deepest, depth)
			if depth == 1 {
				*root++
			}
			s.walk(sel.SelectionSet, depth+1, root)
		case *ast.InlineFragment:
			s.walk(sel.SelectionSet, depth, root)
		case *ast.FragmentSpread:
			s.walk(sel.Definition.SelectionSet, depth, root)
		}
	}
}
