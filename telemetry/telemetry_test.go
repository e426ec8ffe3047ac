package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"augur"
	"augur/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestLogCarriesRequestID(t *testing.T) {
	var out bytes.Buffer
	log, err := telemetry.NewLogger(telemetry.LogConfig{Format: "json"}, &out)
	if err != nil {
		t.Fatal(err)
	}
	log.With("room", "test").InfoContext(augur.WithRequestID(t.Context(), "req_1"), "hello", "key", augur.Secret("hush"))
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	if line["request_id"] != "req_1" || line["room"] != "test" || line["key"] != "***" {
		t.Errorf("got %v", line)
	}
}

func TestLogRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, cfg := range []telemetry.LogConfig{{Level: "loud"}, {Format: "xml"}} {
		if _, err := telemetry.NewLogger(cfg, io.Discard); augur.CodeOf(err) != augur.InvalidArgument {
			t.Errorf("%+v: got %v", cfg, err)
		}
	}
}

func TestRequestID(t *testing.T) {
	log, _ := telemetry.NewLogger(telemetry.LogConfig{}, io.Discard)
	var seen string
	h := telemetry.NewMetrics("test").Middleware(log, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		seen = augur.RequestIDFrom(r.Context())
	}))
	for _, tc := range []struct {
		name, sent string
		kept       bool
	}{
		{"well formed", "trace-1:a/b=+._", true},
		{"none", "", false},
		{"a line break", "a\nlevel=ERROR", false},
		{"too long", strings.Repeat("a", 129), false},
		{"a quote", `"`, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header[telemetry.RequestIDHeader] = []string{tc.sent}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			got := w.Header().Get(telemetry.RequestIDHeader)
			if got != seen || (got == tc.sent) != tc.kept {
				t.Errorf("sent %q, answered %q, in the context %q", tc.sent, got, seen)
			}
			if kind, ok := augur.IDKind(got); !tc.kept && (!ok || kind != augur.RequestID) {
				t.Errorf("made %q", got)
			}
		})
	}
}

func TestMetricsHaveBoundedLabels(t *testing.T) {
	var out bytes.Buffer
	log, _ := telemetry.NewLogger(telemetry.LogConfig{Format: "json"}, &out)
	m := telemetry.NewMetrics("test")
	mux := http.NewServeMux()
	mux.Handle("/things/{id}", telemetry.Route("/things/{id}", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, "short and stout")
	})))
	h := m.Middleware(log, mux)
	for _, r := range []*http.Request{
		httptest.NewRequest(http.MethodGet, "/things/1", nil),
		httptest.NewRequest("BREW", "/things/2", nil),
		httptest.NewRequest(http.MethodGet, "/nowhere/at/all", nil),
	} {
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	w := httptest.NewRecorder()
	m.Handler(log).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, want := range []string{
		`augur_http_requests_total{method="GET",route="/things/{id}",status="418"} 1`,
		`augur_http_requests_total{method="other",route="/things/{id}",status="418"} 1`,
		`augur_http_requests_total{method="GET",route="other",status="404"} 1`,
		`augur_build_info{version="test"} 1`,
		"go_goroutines", "process_resident_memory_bytes",
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	if got := w.Body.String(); strings.Contains(got, "nowhere") || strings.Contains(got, "BREW") {
		t.Error("a client made a label")
	}
	if first, _, _ := strings.Cut(out.String(), "\n"); !strings.Contains(first, `"route":"/things/{id}","status":418,"bytes":15`) {
		t.Errorf("access line: %s", first)
	}
}

// TestTraces sends one request with a caller's trace through a collector of our own.
func TestTraces(t *testing.T) {
	var posts atomic.Int64
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/traces" {
			posts.Add(1)
		}
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	defer collector.Close()
	log, _ := telemetry.NewLogger(telemetry.LogConfig{}, io.Discard)
	tracing, err := telemetry.NewTracing(t.Context(), telemetry.TraceConfig{Endpoint: collector.URL, SampleRatio: 0}, log)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	lines, _ := telemetry.NewLogger(telemetry.LogConfig{Format: "json"}, &out)
	h := tracing.Middleware(telemetry.NewMetrics("test").Middleware(lines, http.NotFoundHandler()))
	r := httptest.NewRequest(http.MethodGet, "/x", nil)
	r.Header.Set("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	h.ServeHTTP(httptest.NewRecorder(), r)
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/unsampled", nil))

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := tracing.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	if posts.Load() != 1 {
		t.Errorf("the collector got %d batches, want 1", posts.Load())
	}
	first, second, _ := strings.Cut(out.String(), "\n")
	if !strings.Contains(first, `"trace_id":"0af7651916cd43dd8448eb211c80319c"`) || strings.Contains(second, "trace_id") {
		t.Errorf("access lines: %s", out.String())
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
}

func TestTracingIsOffWithoutEndpoint(t *testing.T) {
	tracing, err := telemetry.NewTracing(t.Context(), telemetry.TraceConfig{}, nil)
	if err != nil || tracing.Enabled() {
		t.Fatalf("enabled %v, %v", tracing.Enabled(), err)
	}
	if _, err := telemetry.NewTracing(t.Context(), telemetry.TraceConfig{Endpoint: "localhost:4318"}, nil); augur.CodeOf(err) != augur.InvalidArgument {
		t.Errorf("an endpoint without a scheme: %v", err)
	}
}

// TestOutgoing: who is called learns of which trace the call is part.
func TestOutgoing(t *testing.T) {
	var got string
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header.Get("Traceparent") }))
	defer other.Close()
	tracing, err := telemetry.NewTracing(t.Context(), telemetry.TraceConfig{Endpoint: other.URL, SampleRatio: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	ctx, span := tracing.Tracer("test").Start(t.Context(), "caller")
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, other.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := tracing.Outgoing(transport).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if want := "00-" + span.SpanContext().TraceID().String() + "-"; !strings.HasPrefix(got, want) || !strings.HasSuffix(got, "-01") {
		t.Errorf("traceparent %q, want %s…-01", got, want)
	}
	span.End()
	if err := tracing.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
}
