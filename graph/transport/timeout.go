package transport

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Timeout bounds how long a query or mutation may take, whatever it calls: the
// deadline stands in the context that resolvers, the engine and the database
// are given. Subscriptions last as long as their clients.
type Timeout struct {
	// After is how long; zero means no bound.
	After time.Duration
}

var (
	_ graphql.HandlerExtension     = Timeout{}
	_ graphql.OperationInterceptor = Timeout{}
)

// ExtensionName of Timeout.
func (Timeout) ExtensionName() string { return "Timeout" }

// Validate accepts every schema.
func (Timeout) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptOperation gives the operation its deadline, which ends with the last
// of its responses.
func (t Timeout) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if t.After == 0 || graphql.GetOperationContext(ctx).Operation.Operation == ast.Subscription {
		return next(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, t.After)
	responses := next(ctx)
	return func(ctx context.Context) *graphql.Response {
		resp := responses(ctx)
		if resp == nil || resp.HasNext == nil || !*resp.HasNext {
			cancel()
		}
		return resp
	}
}
