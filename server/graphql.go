package server

import (
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	gqltransport "github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/coder/websocket"
	"github.com/ravilushqa/otelgqlgen"
	oteltrace "go.opentelemetry.io/otel/trace"

	"augur/graph/transport"
	"augur/resolvers"
	"augur/telemetry"
)

// newGraphQL is the handler of /graphql: gqlgen executes, and graph/transport
// checks what must hold before.
func newGraphQL(cfg GraphQLConfig, origins []string, deps resolvers.Deps, tracing *telemetry.Tracing, log *slog.Logger) http.Handler {
	h := handler.New(resolvers.New(deps))
	plain := transport.HTTP{MaxBody: int64(cfg.MaxBody), MaxQuery: int(cfg.MaxQuery)}
	// The first that supports a request takes it.
	h.AddTransport(webSocket(cfg, origins))
	h.AddTransport(transport.Stream{HTTP: plain})
	h.AddTransport(plain)
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

// How WebSockets are watched over.
const (
	// socketInit is how long a client may take to begin.
	socketInit = 10 * time.Second
	// socketPing is how often a client is pinged; one that does not answer is gone.
	socketPing = 20 * time.Second
)

// webSocket is GraphQL over WebSocket, in the protocol graphql-transport-ws.
// Browsers send cookies along from any page, so pages of another origin are
// refused unless http.trusted-origins names theirs.
func webSocket(cfg GraphQLConfig, origins []string) gqltransport.Websocket {
	limit := int64(cfg.MaxBody)
	hosts := make([]string, 0, len(origins))
	for _, origin := range origins {
		if u, err := url.Parse(origin); err == nil {
			hosts = append(hosts, u.Host)
		}
	}
	return gqltransport.Websocket{
		Implementation:   gqltransport.CoderWebsocketImplementation{AcceptOptions: websocket.AcceptOptions{OriginPatterns: hosts}},
		InitTimeout:      socketInit,
		PingPongInterval: socketPing,
		PayloadReadLimit: &limit,
	}
}
