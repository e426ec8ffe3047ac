package transport

import (
	"context"

	"augur"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Introspection lets operations ask about the schema: everybody who has
// credentials may, and nobody else.
type Introspection struct{}

var (
	_ graphql.HandlerExtension        = Introspection{}
	_ graphql.OperationContextMutator = Introspection{}
)

// ExtensionName of Introspection.
func (Introspection) ExtensionName() string { return "Introspection" }

// Validate accepts every schema.
func (Introspection) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext allows it for the operation.
func (Introspection) MutateOperationContext(ctx context.Context, op *graphql.OperationContext) *gqlerror.Error {
	op.DisableIntrospection = augur.PrincipalFrom(ctx) == nil
	return nil
}
