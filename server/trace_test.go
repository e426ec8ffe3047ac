package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"augur/client"
	"augur/internal/augurtest"
	"augur/server"
)

// TestTracesHoldNoValues: a traced prediction has a span for the operation and
// one for its resolver, and nothing of what was predicted from.
func TestTracesHoldNoValues(t *testing.T) {
	var mu sync.Mutex // guards sent
	var sent strings.Builder
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body) // protobuf: its texts stand in it as they are
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		sent.Write(body)
	}))
	defer collector.Close()
	s := augurtest.Start(t, augurtest.WithConfig(func(c *server.Config) {
		c.Telemetry.Endpoint, c.Telemetry.SampleRatio = collector.URL, 1
	}))
	push(t, s, "road-risk", "v1.1.0")
	_, err := s.Client.Predict(t.Context(), client.PredictInput{Model: "road-risk", Rows: []json.RawMessage{json.RawMessage(
		`{"curvature":0.318,"lighting":"night","speed_limit":60,"num_lanes":2,"weather":"rainy","road_type":"urban","holiday":false,"num_reported_accidents":1}`)}})
	if err != nil {
		t.Fatal(err)
	}
	s.Shutdown(t)
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	mu.Lock()
	defer mu.Unlock()
	for _, want := range []string{"Mutation/predict", "Predict", "augur"} {
		if !strings.Contains(sent.String(), want) {
			t.Errorf("no span has %q", want)
		}
	}
	for _, never := range []string{"0.318", "rainy", "speed_limit"} {
		if strings.Contains(sent.String(), never) {
			t.Errorf("a span has %q", never)
		}
	}
	if !strings.Contains(s.Logs.String(), "trace_id=") {
		t.Error("the access lines lack the trace")
	}
}
