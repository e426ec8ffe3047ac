package server_test

import (
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	prototrace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"augur"
	"augur/internal/augurtest"
	"augur/internal/redistest"
	"augur/server"
)

// collector is a receiver of OTLP over HTTP.
type collector struct {
	*httptest.Server
	mu    sync.Mutex // guards what follows
	spans []*prototrace.Span
	raw   strings.Builder
}

func newCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := io.Reader(r.Body)
		if r.Header.Get("Content-Encoding") == "gzip" {
			unzipped, err := gzip.NewReader(body)
			if err != nil {
				t.Error(err)
				return
			}
			body = unzipped
		}
		text, err := io.ReadAll(body)
		var sent collectortrace.ExportTraceServiceRequest
		if err == nil {
			err = proto.Unmarshal(text, &sent)
		}
		if err != nil || r.URL.Path != "/v1/traces" {
			t.Errorf("%s: %v", r.URL, err)
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.raw.Write(text) // protobuf: its texts stand in it as they are
		for _, resource := range sent.ResourceSpans {
			for _, scope := range resource.ScopeSpans {
				c.spans = append(c.spans, scope.Spans...)
			}
		}
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	t.Cleanup(c.Close)
	return c
}

// trace returns the spans of a trace by their names.
func (c *collector) trace(id string) map[string]*prototrace.Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := map[string]*prototrace.Span{}
	for _, s := range c.spans {
		if hex.EncodeToString(s.TraceId) == id {
			out[s.Name] = s
		}
	}
	return out
}

// TestTraces: a collector gets the way of a prediction from the edge, below the
// caller's own span, to the run, with what Redis and the database were asked,
// and nothing of what was predicted from. What the caller does not want traced
// is not.
func TestTraces(t *testing.T) {
	collector := newCollector(t)
	redis := redistest.Start(t)
	s := augurtest.Start(t, augurtest.WithConfig(func(c *server.Config) {
		c.Telemetry.Endpoint, c.Telemetry.SampleRatio = collector.URL, 1
		c.Inference.RedisURL = augur.Secret(redis.URL)
	}))
	push(t, s, "road-risk", "v1.1.0")
	send := func(traceparent, query string) {
		t.Helper()
		body, err := json.Marshal(map[string]any{"query": query, "variables": roadRiskRow})
		if err != nil {
			t.Fatal(err)
		}
		r := s.Send(t, http.MethodPost, "/graphql", http.Header{"Content-Type": {"application/json"}, "Traceparent": {traceparent}}, strings.NewReader(string(body)))
		if r.Status != 200 || strings.Contains(string(r.Body), `"errors"`) {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
	}
	const predicting, reading, unwanted = "0af7651916cd43dd8448eb211c80319c", "1af7651916cd43dd8448eb211c80319c", "2af7651916cd43dd8448eb211c80319c"
	send("00-"+predicting+"-b7ad6b7169203331-01", roadRiskQuery)
	send("00-"+reading+"-b7ad6b7169203331-01", `{ models { totalCount nodes { name } } }`)
	send("00-"+unwanted+"-b7ad6b7169203331-00", roadRiskQuery)
	logs := s.Logs.String()
	s.Shutdown(t)
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()

	spans := collector.trace(predicting)
	var path []string
	at := spans["run"]
	for at != nil {
		path = append(path, at.Name)
		var above *prototrace.Span
		for _, x := range spans {
			if slices.Equal(x.SpanId, at.ParentSpanId) {
				above = x
			}
		}
		if above == nil && hex.EncodeToString(at.ParentSpanId) != "b7ad6b7169203331" {
			t.Errorf("%s has the parent %x, which was not sent", at.Name, at.ParentSpanId)
		}
		at = above
	}
	if want := []string{"run", "predict", "Mutation/predict", "nameless-operation", "POST /graphql"}; !slices.Equal(path, want) {
		t.Errorf("the run stands below %q, want %q", path, want)
	}
	if spans["redis getrange"] == nil {
		t.Error("Redis has no span")
	}
	spans = collector.trace(reading)
	if names := slices.Sorted(maps.Keys(spans)); !slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, "sql.") }) {
		t.Errorf("the database has no span: %q", names)
	}
	if got := collector.trace(unwanted); len(got) > 0 {
		t.Errorf("the caller said not to trace, and there are %d spans", len(got))
	}
	for _, never := range []string{"0.3", "rainy", "speed_limit"} {
		if strings.Contains(collector.raw.String(), never) {
			t.Errorf("a span has %q", never)
		}
	}
	for _, want := range []string{"msg=request", "msg=prediction"} {
		if !slices.ContainsFunc(strings.Split(logs, "\n"), func(line string) bool {
			return strings.Contains(line, want) && strings.Contains(line, "trace_id="+predicting) && strings.Contains(line, "request_id=")
		}) {
			t.Errorf("no line %s has the trace and the request", want)
		}
	}
}
