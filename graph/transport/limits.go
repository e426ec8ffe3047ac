package transport

import (
	"context"
	"errors"
	"fmt"

	"augur"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
)

// Limits bounds the shape of a document before it is checked: checking one costs
// the square of its repeated fields, and an error for each that is wrong. The
// size of bodies is bounded by HTTP. Trusted documents are exempt, and so is what
// the cache of checked documents knows.
type Limits struct {
	// Tokens is how many tokens a document may have; zero means 2,000.
	Tokens int
	// Depth is how deep fields may nest; zero means 12. Introspection is exempt:
	// its own depth is bounded by gqlparser.
	Depth int
	// Fields is how many fields an operation may select, fragments counted each
	// time they are spread; zero means 1,000.
	Fields int
	// RootFields is how many fields may stand at the top; zero means 20.
	RootFields int
	// Aliases is how many fields may have an alias; zero means 100.
	Aliases int
	// Duplicates is how often a place of the answer may be selected: fields of the
	// same name, in the same field or in fields that are merged; zero means 30.
	Duplicates int
	// Directives is how many directives a document may use; zero means 50.
	Directives int
	// Unknown is how many fields may be selected that do not exist, each of which
	// is an error with suggestions; zero means 50.
	Unknown int
	// Known are the documents that were checked before; nil knows none.
	Known graphql.Cache[*ast.QueryDocument]

	schema *ast.Schema
}

// maxNesting is how deep lists and objects may nest in the value of an argument.
const maxNesting = 64

var (
	_ graphql.HandlerExtension          = (*Limits)(nil)
	_ graphql.OperationParameterMutator = (*Limits)(nil)
)

// ExtensionName of Limits.
func (*Limits) ExtensionName() string { return "Limits" }

// Validate keeps the schema for MutateOperationParameters.
func (l *Limits) Validate(es graphql.ExecutableSchema) error {
	l.schema = es.Schema()
	return nil
}

// WithDefaults fills the zero fields.
func (l *Limits) WithDefaults() *Limits {
	d := *l
	l = &d
	l.Tokens = orDefault(l.Tokens, 2000)
	l.Depth = orDefault(l.Depth, 12)
	l.Fields = orDefault(l.Fields, 1000)
	l.RootFields = orDefault(l.RootFields, 20)
	l.Aliases = orDefault(l.Aliases, 100)
	l.Duplicates = orDefault(l.Duplicates, 30)
	l.Directives = orDefault(l.Directives, 50)
	l.Unknown = orDefault(l.Unknown, 50)
	return l
}

// MutateOperationParameters refuses a document that is past a limit, or does not
// parse.
func (l *Limits) MutateOperationParameters(ctx context.Context, params *graphql.RawParams) *gqlerror.Error {
	if trusted(ctx) {
		return nil
	}
	if l.Known != nil {
		if _, ok := l.Known.Get(ctx, params.Query); ok {
			return nil
		}
	}
	return l.WithDefaults().check(params.Query)
}

func (l *Limits) check(query string) *gqlerror.Error {
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: query}, l.Tokens)
	if refused, ok := errors.AsType[*gqlerror.Error](err); ok {
		errcode.Set(refused, errcode.ParseFailed)
		return refused
	}
	if doc == nil {
		return nil // the executor says that there is none
	}
	s := shape{limits: l, doc: doc}
	for _, op := range doc.Operations {
		s.visited, s.fields, s.places = 0, 0, map[place]int{}
		s.count(op.Directives)
		if root := s.walk(op.SelectionSet, l.root(op.Operation), 0, 1); root > l.RootFields {
			s.found("%d fields at the top of an operation, at most %d are allowed", root, l.RootFields)
		}
		if s.visited > s.most() {
			s.found("more than %d fields", l.Fields)
		}
	}
	if s.aliases > l.Aliases {
		s.found("%d aliases, at most %d are allowed", s.aliases, l.Aliases)
	}
	if s.directives > l.Directives {
		s.found("%d directives, at most %d are allowed", s.directives, l.Directives)
	}
	return s.refused
}

// root is the type of the fields at the top of an operation.
func (l *Limits) root(operation ast.Operation) *ast.Definition {
	switch operation {
	case ast.Mutation:
		return l.schema.Mutation
	case ast.Subscription:
		return l.schema.Subscription
	default:
		return l.schema.Query
	}
}

// shape counts what a document selects, and stops as soon as it is past a limit.
type shape struct {
	limits              *Limits
	doc                 *ast.QueryDocument
	visited, fields     int // of one operation; visited counts spreads and inline fragments too
	aliases, directives int
	unknown             int
	// places numbers the places of the answer, and times says how often each is
	// selected.
	places  map[place]int
	times   []int
	refused *gqlerror.Error
}

// place is where a value stands in the answer: under a name in another place.
type place struct {
	in   int
	name string
}

// most bounds what is looked at: spreads that go round in circles end there.
func (s *shape) most() int { return 2 * s.limits.Fields }

func (s *shape) found(format string, args ...any) {
	if s.refused == nil {
		s.refused = refuse(nil, augur.InvalidArgument, "the operation is too large: "+fmt.Sprintf(format, args...))
	}
}

func (s *shape) count(directives ast.DirectiveList) { s.directives += len(directives) }

// introspecting is the depth of fields that answer questions about the schema.
const introspecting = -1

// walk returns how many fields stand in a selection, fragments included.
func (s *shape) walk(set ast.SelectionSet, of *ast.Definition, in, depth int) (fields int) {
	if depth > s.limits.Depth && len(set) > 0 {
		s.found("fields nest deeper than %d", s.limits.Depth)
	}
	for _, sel := range set {
		if s.visited++; s.visited > s.most() || s.refused != nil {
			return fields
		}
		switch sel := sel.(type) {
		case *ast.Field:
			fields++
			s.field(sel, of, in, depth)
		case *ast.InlineFragment:
			s.count(sel.Directives)
			if on := s.limits.schema.Types[sel.TypeCondition]; on != nil {
				fields += s.walk(sel.SelectionSet, on, in, depth)
			} else {
				fields += s.walk(sel.SelectionSet, of, in, depth)
			}
		case *ast.FragmentSpread:
			s.count(sel.Directives)
			if f := s.doc.Fragments.ForName(sel.Name); f != nil {
				fields += s.walk(f.SelectionSet, s.limits.schema.Types[f.TypeCondition], in, depth)
			}
		}
	}
	return fields
}

// field counts one field of a type, which is nil where it is not known.
func (s *shape) field(f *ast.Field, of *ast.Definition, in, depth int) {
	s.count(f.Directives)
	if f.Alias != f.Name {
		s.aliases++
	}
	if s.fields++; s.fields > s.limits.Fields {
		s.found("more than %d fields", s.limits.Fields)
		return
	}
	at, known := s.places[place{in, f.Alias}]
	if !known {
		s.times = append(s.times, 0)
		at = len(s.times)
		s.places[place{in, f.Alias}] = at
	}
	if s.times[at-1]++; s.times[at-1] > s.limits.Duplicates {
		s.found("%s is selected more than %d times", f.Alias, s.limits.Duplicates)
		return
	}
	for _, arg := range f.Arguments {
		s.value(arg.Value, 0)
	}
	var below *ast.Definition
	meta := len(f.Name) > 1 && f.Name[:2] == "__"
	if of != nil && !meta {
		if def := of.Fields.ForName(f.Name); def != nil {
			below = s.limits.schema.Types[def.Type.Name()]
		} else if s.unknown++; s.unknown > s.limits.Unknown {
			s.found("more than %d fields do not exist, %s among them", s.limits.Unknown, f.Name)
			return
		}
	}
	if depth == introspecting || meta {
		depth = introspecting
	} else {
		depth++
	}
	s.walk(f.SelectionSet, below, at, depth)
}

// value bounds how deep the value of an argument nests.
func (s *shape) value(v *ast.Value, depth int) {
	if v == nil {
		return
	}
	if depth > maxNesting {
		s.found("a value nests deeper than %d", maxNesting)
		return
	}
	for _, child := range v.Children {
		s.value(child.Value, depth+1)
	}
}
