package server

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/ravilushqa/otelgqlgen"
	"github.com/vektah/gqlparser/v2/ast"
	oteltrace "go.opentelemetry.io/otel/trace"

	"augur"
	"augur/graph"
	"augur/graph/transport"
	"augur/resolvers"
	"augur/telemetry"
)

// newGraphQL is the handler of /graphql: gqlgen executes, and graph/transport
// checks what must hold before. Streams end with stopping. The error is
// InvalidArgument.
func newGraphQL(stopping context.Context, cfg GraphQLConfig, origins []string, who transport.Credentials, deps resolvers.Deps, tracing *telemetry.Tracing, reg prometheus.Registerer, log *slog.Logger) (http.Handler, error) {
	documents, err := transport.NewDocuments(transport.DocumentMode(cfg.TrustedDocuments), cfg.Documents, int(cfg.PersistedQueries), log)
	if err != nil {
		return nil, augur.AsError(err).At("graphql.documents")
	}
	schema := resolvers.New(deps)
	h := handler.New(schema)
	known := newQueryCache(int(cfg.QueryCache))
	plain := transport.HTTP{
		MaxBody: int64(cfg.MaxBody), MaxQuery: int(cfg.MaxQuery), MaxErrors: cfg.MaxErrors,
		Profile: transport.Profile(cfg.StatusProfile), Documents: documents,
		Schema: schema.Schema(), Known: known, Raw: graph.RawScalars(),
	}
	// The first that supports a request takes it.
	h.AddTransport(transport.Socket{HTTP: plain, Origins: hostsOf(origins), Credentials: who, Stopping: stopping, Logger: log})
	h.AddTransport(transport.Stream{HTTP: plain, Credentials: who, Stopping: stopping, Logger: log})
	h.AddTransport(transport.Parts{HTTP: plain})
	h.AddTransport(plain)
	h.SetQueryCache(known)
	h.SetParserTokenLimit(cfg.MaxTokens)
	h.SetErrorPresenter(resolvers.Presenter(log))
	h.SetRecoverFunc(resolvers.Recoverer(log))
	counted, err := newOperations(reg)
	if err != nil {
		return nil, augur.Wrap(augur.AlreadyExists, err, "the metrics of GraphQL are registered already")
	}
	h.Use(counted)
	// Shape first: it is the cheapest, and bounds the work of the others.
	h.Use(&transport.Limits{
		Tokens: cfg.MaxTokens, Depth: cfg.MaxDepth, Fields: cfg.MaxFields, RootFields: cfg.MaxRootFields,
		Aliases: cfg.MaxAliases, Duplicates: cfg.MaxDuplicates, Directives: cfg.MaxDirectives, Unknown: cfg.MaxErrors, Known: known,
	})
	h.Use(transport.Access{})
	h.Use(&transport.OneOf{})
	h.Use(extension.FixedComplexityLimit(cfg.MaxComplexity))
	h.Use(transport.Timeout{After: cfg.Timeout})
	h.Use(resolvers.Loaders{Deps: deps})
	if cfg.Plans {
		h.Use(&transport.Plans{Known: known, Scalar: func(def *ast.Definition, t reflect.Type) transport.ScalarWriter {
			return graph.ScalarWriter(def, t)
		}})
	}
	h.SetDisableSuggestion(!cfg.Introspection)
	if cfg.Introspection {
		h.Use(transport.Introspection{})
	}
	if tracing.Enabled() {
		h.Use(whenTraced{otelgqlgen.Middleware(
			otelgqlgen.WithTracerProvider(tracing.Provider()),
			// Variables hold what people predict from; and a span for every
			// scalar field costs more than the field.
			otelgqlgen.WithoutVariables(),
			otelgqlgen.WithCreateSpanFromFields(func(f *graphql.FieldContext) bool { return f.IsResolver }),
			otelgqlgen.WithSpanKindSelector(func(string) oteltrace.SpanKind { return oteltrace.SpanKindInternal }),
		)})
	}
	return forUser(h), nil
}

// whenTraced leaves out what is not traced: the spans of an operation cost as
// much as a small prediction, recorded or not.
type whenTraced struct{ otelgqlgen.Tracer }

var (
	_ graphql.ResponseInterceptor = whenTraced{}
	_ graphql.FieldInterceptor    = whenTraced{}
)

// InterceptResponse makes the span of an operation.
func (t whenTraced) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	if !oteltrace.SpanContextFromContext(ctx).IsSampled() {
		return next(ctx)
	}
	return t.Tracer.InterceptResponse(ctx, next)
}

// InterceptField makes the span of a resolver.
func (t whenTraced) InterceptField(ctx context.Context, next graphql.Resolver) (any, error) {
	if !oteltrace.SpanContextFromContext(ctx).IsSampled() {
		return next(ctx)
	}
	return t.Tracer.InterceptField(ctx, next)
}

// hostsOf are the hosts of origins: pages of another origin may connect by
// WebSocket only where http.trusted-origins names theirs.
func hostsOf(origins []string) []string {
	hosts := make([]string, 0, len(origins))
	for _, origin := range origins {
		if u, err := url.Parse(origin); err == nil {
			hosts = append(hosts, u.Host)
		}
	}
	return hosts
}
