package resolvers

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"

	"augur"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Presenter returns the error presenter: what a client sees of an error that
// stands at the top of a response. An *augur.Error keeps its code, message and
// field; an error of the GraphQL document keeps its text; anything else becomes
// INTERNAL with the request's id, and its text goes to the log alone.
func Presenter(log *slog.Logger) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		out := &gqlerror.Error{Path: graphql.GetPath(ctx), Extensions: map[string]any{}}
		if g, ok := errors.AsType[*gqlerror.Error](err); ok {
			out.Locations, out.Rule = g.Locations, g.Rule
			if g.Path != nil {
				out.Path = g.Path
			}
			for key, value := range g.Extensions {
				out.Extensions[key] = value
			}
			if _, wrapped := errors.AsType[*augur.Error](err); g.Err == nil || !wrapped && fromDocument(ctx, g) {
				out.Message = g.Message
				if _, coded := out.Extensions["code"]; !coded {
					out.Extensions["code"] = string(augur.InvalidArgument)
				}
				return stamp(ctx, out)
			}
		}
		e := augur.AsError(err)
		if state, ok := errors.AsType[interface {
			error
			SQLState() string
		}](err); ok && state.SQLState() == "22021" {
			e = augur.Errorf(augur.InvalidArgument, "a text holds a NUL character, which no name has")
		}
		out.Message = e.Message
		out.Extensions["code"] = string(e.Code)
		if len(e.Field) > 0 {
			out.Extensions["field"] = e.Field
		}
		if e.Code.Retryable() {
			out.Extensions["retryable"] = true
		}
		if e.RetryAfter > 0 {
			out.Extensions["retryAfterMs"] = e.RetryAfter.Milliseconds()
		}
		if e.Code == augur.Internal {
			out.Message = "internal error"
			log.ErrorContext(ctx, "a resolver failed", "error", err, "path", out.Path.String())
		}
		return stamp(ctx, out)
	}
}

// fromDocument says whether the error speaks of the operation or its variables,
// whose text is the client's own. What a resolver returned has a location too,
// but stands in a field.
func fromDocument(ctx context.Context, g *gqlerror.Error) bool {
	return g.Rule != "" || len(g.Locations) > 0 && graphql.GetFieldContext(ctx) == nil
}

func stamp(ctx context.Context, e *gqlerror.Error) *gqlerror.Error {
	if id := augur.RequestIDFrom(ctx); id != "" {
		e.Extensions["requestId"] = id
	}
	return e
}

// Recoverer returns what becomes of a panic in a resolver: INTERNAL for the
// client, the stack for the log.
func Recoverer(log *slog.Logger) graphql.RecoverFunc {
	return func(ctx context.Context, p any) error {
		log.ErrorContext(ctx, "a resolver panicked", "panic", p, "stack", string(debug.Stack()))
		return &augur.Error{Code: augur.Internal, Message: "internal error"}
	}
}

// userErrors splits what a call below returned: mistakes of the input become
// userErrors, faults stay an error for the top of the response.
func userErrors(err error) ([]*augur.Error, error) {
	if err == nil {
		return []*augur.Error{}, nil
	}
	if !mistake(augur.CodeOf(err)) {
		return nil, err
	}
	return asUserErrors(err), nil
}

// asUserErrors makes userErrors of any error, for the items of a batch, which
// fail one by one.
func asUserErrors(err error) []*augur.Error {
	out := []*augur.Error{}
	if many, ok := errors.AsType[augur.Errors](err); ok {
		return append(out, many...)
	}
	e := *augur.AsError(err)
	if e.Code == augur.Internal {
		e.Message = "internal error"
	}
	return append(out, &e)
}

// mistake says whether the caller can mend it by changing the input.
func mistake(code augur.Code) bool {
	switch code {
	case augur.InvalidArgument, augur.NotFound, augur.AlreadyExists, augur.FailedPrecondition, augur.Aborted, augur.Unimplemented:
		return true
	default:
		return false
	}
}
