package resolvers_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"augur/resolvers"
)

// TestPresenterKeepsTexts: the text of an error that a resolver came by is for
// the log, and that of one of the document for the client.
func TestPresenterKeepsTexts(t *testing.T) {
	present := resolvers.Presenter(slog.New(slog.DiscardHandler))
	// A field is where gqlgen is when a resolver fails; it adds the location.
	field := graphql.WithFieldContext(t.Context(), &graphql.FieldContext{Field: graphql.CollectedField{Field: &ast.Field{Alias: "models", Position: &ast.Position{Line: 1, Column: 3}}}})
	inner := graphql.AddFieldLocationToError(field, graphql.ErrorOnPath(field, errors.New("SELECT secret FROM api_keys")))
	if got := present(field, inner); got.Message != "internal error" || got.Extensions["code"] != "INTERNAL" {
		t.Errorf("a resolver's error: %v %v", got.Message, got.Extensions)
	}
	for name, err := range map[string]*gqlerror.Error{
		"of the text":       gqlerror.ErrorLocf("", 1, 2, "Expected Name, found }"),
		"of the validation": {Message: "Cannot query field", Rule: "FieldsOnCorrectType", Locations: []gqlerror.Location{{Line: 1, Column: 2}}},
		"of a variable":     gqlerror.ErrorPathf(ast.Path{ast.PathName("variable"), ast.PathName("id")}, "must be defined"),
	} {
		if got := present(context.Background(), err); got.Message != err.Message || got.Extensions["code"] != "INVALID_ARGUMENT" {
			t.Errorf("%s: %v %v", name, got.Message, got.Extensions)
		}
	}
}
