package server_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"augur/client"
	"augur/internal/augurtest"
	"augur/internal/storetest"
	"augur/server"
	"augur/store"
)

// wait is how long a test waits for what must come.
const wait = 30 * time.Second

// events is a stream of server-sent events.
type events struct {
	lines *bufio.Reader
}

// listen subscribes by server-sent events, and returns once the server listens.
func listen(t *testing.T, s *augurtest.Server, query string, variables map[string]any) *events {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), wait)
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL()+"/graphql", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	return take(t, req)
}

func take(t *testing.T, req *http.Request) *events {
	t.Helper()
	req.Header.Set("Accept", "text/event-stream")
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	res, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		t.Fatalf("status %d, %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	return &events{lines: bufio.NewReader(res.Body)}
}

// next returns the data of the next event, nil at the end.
func (e *events) next(t *testing.T) map[string]any {
	t.Helper()
	kind := ""
	for {
		line, err := e.lines.ReadString('\n')
		if err != nil {
			t.Fatalf("the stream broke off: %v", err)
		}
		line = strings.TrimSpace(line)
		if text, ok := strings.CutPrefix(line, "event: "); ok {
			kind = text
		}
		text, ok := strings.CutPrefix(line, "data:")
		switch {
		case kind == "complete":
			return nil
		case ok:
			var out map[string]any
			if err := json.Unmarshal([]byte(text), &out); err != nil {
				t.Fatalf("%v: %s", err, text)
			}
			return out
		}
	}
}

const changed = `subscription($model: String) { registryChanged(model: $model) { id action model subjectId principal after subject { __typename id ... on Model { name description } } } }`

func TestRegistryChanged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		s := augurtest.Start(t, augurtest.WithDatabase(cfg.URL.Reveal()))
		id := s.Query(t, `mutation { modelCreate(input: {name: "a"}) { model { id } } }`, nil)
		modelID := augurtest.At(t, id, "modelCreate.model.id")
		s.Query(t, `mutation { modelCreate(input: {name: "b"}) { model { id } } }`, nil)
		e := listen(t, s, changed, map[string]any{"model": "a"})
		s.Query(t, `mutation($id: ID!) { b: modelCreate(input: {name: "c"}) { model { id } } a: modelUpdate(input: {id: $id, description: "new"}) { model { id } } }`, map[string]any{"id": modelID})
		got := augurtest.At(t, e.next(t), "data.registryChanged")
		if augurtest.At(t, got, "action") != "modelUpdate" || augurtest.At(t, got, "model") != "a" || augurtest.At(t, got, "subjectId") != modelID ||
			augurtest.At(t, got, "after.description") != "new" || augurtest.At(t, got, "subject.description") != "new" {
			t.Errorf("got %v", got)
		}
		// Every event is told as things are then, not as they were at the last one.
		s.Query(t, `mutation($id: ID!) { modelUpdate(input: {id: $id, description: "newer"}) { model { id } } }`, map[string]any{"id": modelID})
		if got := augurtest.At(t, e.next(t), "data.registryChanged.subject.description"); got != "newer" {
			t.Errorf("the second event says %v", got)
		}
		s.Shutdown(t) // breaks the stream off, so that the client comes back, and does not wait for it
		if rest, err := io.ReadAll(e.lines); err != nil || bytes.Contains(rest, []byte("event")) {
			t.Errorf("after the end: %q, %v", rest, err)
		}
	})
}

// TestEventsByGET is what a browser's EventSource sends.
func TestEventsByGET(t *testing.T) {
	s := augurtest.Start(t)
	ctx, cancel := context.WithTimeout(t.Context(), wait)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL()+"/graphql?query="+url.QueryEscape(`subscription { registryChanged { action } }`), nil)
	if err != nil {
		t.Fatal(err)
	}
	e := take(t, req)
	s.Query(t, `mutation { modelCreate(input: {name: "a"}) { model { id } } }`, nil)
	if got := augurtest.At(t, e.next(t), "data.registryChanged.action"); got != "modelCreate" {
		t.Errorf("got %v", got)
	}
	// A query by events gives one, and the end; plain HTTP gives no subscription.
	e = listen(t, s, `{ viewer { name } }`, nil)
	if got := augurtest.At(t, e.next(t), "data.viewer.name"); got != "anonymous" {
		t.Errorf("got %v", got)
	}
	if end := e.next(t); end != nil {
		t.Errorf("got %v", end)
	}
	if r := s.Do(t, `subscription { registryChanged { action } }`, nil); r.Status != http.StatusNotAcceptable || r.Errors[0].Code() != "INVALID_ARGUMENT" {
		t.Errorf("a subscription over plain HTTP: %d %s", r.Status, r.Body)
	}
}

func TestMetricsAppended(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		s := augurtest.Start(t, augurtest.WithDatabase(cfg.URL.Reveal()))
		push(t, s, "iris-random-forest", "v1.0.0")
		version, err := s.Client.Version(t.Context(), "iris-random-forest", "v1.0.0", "id")
		if err != nil {
			t.Fatal(err)
		}
		var v struct{ ID string }
		if err := json.Unmarshal(version, &v); err != nil {
			t.Fatal(err)
		}
		e := listen(t, s, `subscription($id: ID!) { metricsAppended(versionId: $id, names: ["loss"]) { name steps values count } }`, map[string]any{"id": v.ID})
		at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		log := func(points ...client.MetricPoint) {
			t.Helper()
			if _, _, err := s.Client.LogMetrics(t.Context(), v.ID, points); err != nil {
				t.Fatal(err)
			}
		}
		log(client.MetricPoint{Name: "accuracy", Value: 1, Step: 1, At: &at}) // another metric
		log(client.MetricPoint{Name: "loss", Value: 0.5, Step: 2, At: &at}, client.MetricPoint{Name: "loss", Value: 0.7, Step: 1, At: &at})
		log(client.MetricPoint{Name: "loss", Value: 0.7, Step: 1, At: &at}) // again: nothing new
		log(client.MetricPoint{Name: "loss", Value: 0.4, Step: 3, At: &at}, client.MetricPoint{Name: "loss", Value: 0.5, Step: 2, At: &at})
		for _, want := range []string{`[{"count":2,"name":"loss","steps":[1,2],"values":[0.7,0.5]}]`, `[{"count":1,"name":"loss","steps":[3],"values":[0.4]}]`} {
			got, _ := json.Marshal(augurtest.At(t, e.next(t), "data.metricsAppended"))
			if string(got) != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
		e = listen(t, s, `subscription { metricsAppended(versionId: "ver_none") { name } }`, nil)
		got := e.next(t)
		if list, ok := got["errors"].([]any); !ok || augurtest.At(t, list[0], "extensions.code") != "NOT_FOUND" {
			t.Errorf("an unknown version: %v", got)
		}
	})
}

// TestWebSocket speaks graphql-transport-ws.
// https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
func TestWebSocket(t *testing.T) {
	s := augurtest.Start(t, func(c *server.Config) { c.HTTP.TrustedOrigins = []string{"https://dash.example.com"} })
	ctx, cancel := context.WithTimeout(t.Context(), wait)
	defer cancel()
	dial := func(origin string) (*websocket.Conn, error) {
		header := http.Header{}
		if origin != "" {
			header.Set("Origin", origin)
		}
		conn, res, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(s.URL(), "http")+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: header})
		if err != nil && res != nil && res.Body != nil {
			_ = res.Body.Close()
		}
		return conn, err
	}
	if conn, err := dial("https://evil.example.com"); err == nil {
		_ = conn.CloseNow()
		t.Error("a page of another origin was let in")
	}
	for _, origin := range []string{"", "https://dash.example.com"} {
		conn, err := dial(origin)
		if err != nil {
			t.Fatalf("origin %q: %v", origin, err)
		}
		send := func(text string) {
			t.Helper()
			if err := conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		receive := func(kind string) map[string]any {
			t.Helper()
			for {
				_, text, err := conn.Read(ctx)
				if err != nil {
					t.Fatalf("waiting for %s: %v", kind, err)
				}
				var m map[string]any
				if err := json.Unmarshal(text, &m); err != nil {
					t.Fatal(err)
				}
				if m["type"] == kind {
					return m
				}
				if m["type"] != "ping" {
					t.Fatalf("waiting for %s: %s", kind, text)
				}
			}
		}
		send(`{"type":"connection_init"}`)
		receive("connection_ack")
		send(`{"id":"1","type":"subscribe","payload":{"query":"subscription { registryChanged { action } }"}}`)
		// A query on the same connection is answered after the subscription began.
		send(`{"id":"2","type":"subscribe","payload":{"query":"{ viewer { name } }"}}`)
		receive("next")
		receive("complete")
		s.Query(t, `mutation($n: String!) { modelCreate(input: {name: $n}) { model { id } } }`, map[string]any{"n": "m" + strings.ReplaceAll(strings.TrimPrefix(origin, "https://"), ".", "-")})
		if m := receive("next"); augurtest.At(t, m, "payload.data.registryChanged.action") != "modelCreate" {
			t.Errorf("got %v", m)
		}
		_ = conn.Close(websocket.StatusNormalClosure, "")
	}
}
