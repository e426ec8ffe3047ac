package server

import (
	"log/slog"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/ravilushqa/otelgqlgen"
	oteltrace "go.opentelemetry.io/otel/trace"

	"augur/graph/transport"
	"augur/resolvers"
	"augur/telemetry"
)

// newGraphQL is the handler of /graphql: gqlgen executes, and graph/transport
// checks what must hold before.
func newGraphQL(cfg GraphQLConfig, deps resolvers.Deps, tracing *telemetry.Tracing, log *slog.Logger) http.Handler {
	h := handler.New(resolvers.New(deps))
	h.AddTransport(transport.HTTP{MaxBody: int64(cfg.MaxBody), MaxQuery: int(cfg.MaxQuery)})
	h.SetQueryCache(newQueryCache(int(cfg.QueryCache)))
	h.SetParserTokenLimit(cfg.MaxTokens)
	h.SetErrorPresenter(resolvers.Presenter(log))
	h.SetRecoverFunc(resolvers.Recoverer(log))
	// Shape first: it is the cheapest, and bounds the work of the others.
	h.Use(transport.Limits{Depth: cfg.MaxDepth, Fields: cfg.MaxFields, RootFields: cfg.MaxRootFields})
	h.Use(transport.Access{})
	h.Use(&transport.OneOf{})
	h.Use(extension.FixedComplexityLimit(cfg.MaxComplexity))
	h.Use(resolvers.Loaders{Deps: deps})
	h.SetDisableSuggestion(!cfg.Introspection)
	if cfg.Introspection {
		h.Use(extension.Introspection{})
	}
	if tracing.Enabled() {
		h.Use(otelgqlgen.Middleware(
			otelgqlgen.WithTracerProvider(tracing.Provider()),
			// Variables hold what people predict from; and a span for every
			// scalar field costs more than the field.
			otelgqlgen.WithoutVariables(),
			otelgqlgen.WithCreateSpanFromFields(func(f *graphql.FieldContext) bool { return f.IsResolver }),
			otelgqlgen.WithSpanKindSelector(func(string) oteltrace.SpanKind { return oteltrace.SpanKindInternal }),
		))
	}
	return h
}
