package telemetry

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"augur"
)

// TraceConfig says whether and where traces go.
type TraceConfig struct {
	// Endpoint is the base URL of an OTLP/HTTP collector, as in
	// http://localhost:4318; spans go to its /v1/traces. "" means no tracing.
	Endpoint string
	// SampleRatio is the share of requests, 0 to 1, that is traced when the
	// caller has not decided already.
	SampleRatio float64
	// Version is the build, shown as service.version.
	Version string
}

// Tracing is the tracer provider and its exporter.
type Tracing struct {
	provider trace.TracerProvider
	// edge makes the spans of requests, of which only those that are to be traced
	// come to it.
	edge  trace.TracerProvider
	ratio float64
	sdk   *sdktrace.TracerProvider // nil without an endpoint
	log   *slog.Logger
}

// NewTracing connects to nothing by itself: the exporter sends in the
// background once there are spans, and a collector that is down costs spans,
// never requests. It fails with InvalidArgument for an endpoint that is not a URL.
func NewTracing(ctx context.Context, cfg TraceConfig, log *slog.Logger) (*Tracing, error) {
	if cfg.Endpoint == "" {
		return &Tracing{provider: noop.NewTracerProvider(), log: log}, nil
	}
	u, err := url.Parse(cfg.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, augur.Errorf(augur.InvalidArgument, "trace endpoint %q: expected a URL such as http://localhost:4318", cfg.Endpoint)
	}
	if cfg.SampleRatio < 0 || cfg.SampleRatio > 1 {
		return nil, augur.Errorf(augur.InvalidArgument, "trace sample ratio %v: expected 0 to 1", cfg.SampleRatio)
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(u.JoinPath("v1", "traces").String()))
	if err != nil {
		return nil, augur.Wrap(augur.InvalidArgument, err, "trace endpoint %q cannot be used", cfg.Endpoint)
	}
	queue := sdktrace.WithSpanProcessor(sdktrace.NewBatchSpanProcessor(exporter))
	who := sdktrace.WithResource(resource.NewSchemaless(
		attribute.String("service.name", "augur"),
		attribute.String("service.version", cfg.Version),
	))
	sdk := sdktrace.NewTracerProvider(queue, who, sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(cfg.SampleRatio))))
	edge := sdktrace.NewTracerProvider(queue, who, sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.AlwaysSample())))
	return &Tracing{provider: sdk, edge: edge, ratio: cfg.SampleRatio, sdk: sdk, log: log}, nil
}

// Provider is where tracers come from; it records nothing without an endpoint.
func (t *Tracing) Provider() trace.TracerProvider { return t.provider }

// Tracer makes the spans of a room, nil without an endpoint.
func (t *Tracing) Tracer(room string) trace.Tracer {
	if !t.Enabled() {
		return nil
	}
	return t.provider.Tracer("augur/" + room)
}

// Enabled says whether spans are exported. A nil Tracing exports none.
func (t *Tracing) Enabled() bool { return t != nil && t.sdk != nil }

// Middleware starts a span for each request that is traced, as a child of the
// caller's when a W3C traceparent says so. The others pass by: a span that is not
// recorded costs as much as a small prediction. Without an endpoint it returns
// next itself.
func (t *Tracing) Middleware(next http.Handler) http.Handler {
	if !t.Enabled() {
		return next
	}
	traced := otelhttp.NewHandler(next, "http",
		otelhttp.WithTracerProvider(t.edge),
		otelhttp.WithMeterProvider(metricnoop.NewMeterProvider()),
		otelhttp.WithPropagators(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})),
	)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, asked := r.Header["Traceparent"]
		switch path := r.URL.Path; {
		case path == "/health" || path == "/ready" || path == "/metrics":
			// Probes and scrapes come every few seconds and say nothing.
			next.ServeHTTP(w, r)
		case asked || rand.Float64() < t.ratio:
			traced.ServeHTTP(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// Outgoing gives requests to others a span and the W3C traceparent that names it.
// Without an endpoint it returns next itself.
func (t *Tracing) Outgoing(next http.RoundTripper) http.RoundTripper {
	if !t.Enabled() {
		return next
	}
	return otelhttp.NewTransport(next,
		otelhttp.WithTracerProvider(t.provider),
		otelhttp.WithMeterProvider(metricnoop.NewMeterProvider()),
		otelhttp.WithPropagators(propagation.TraceContext{}),
	)
}

// Stop sends the spans that are still waiting.
func (t *Tracing) Stop(ctx context.Context) error {
	if t.sdk == nil {
		return nil
	}
	if err := t.sdk.Shutdown(ctx); err != nil {
		// The server is going down: a collector that is gone already is no failure of it.
		t.log.WarnContext(ctx, "the last traces were not sent", "error", err)
	}
	return nil
}
