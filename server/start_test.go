package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"augur"
	"augur/client"
	"augur/internal/augurtest"
	"augur/server"
)

func TestMain(m *testing.M) { augurtest.Main(m) }

// push uploads a demo model and registers it.
func push(t *testing.T, s *augurtest.Server, model, version string) {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(augurtest.Root(), "examples", "models", model, version, "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	digest := augurtest.Upload(t, s, file)
	if _, err := s.Client.EnsureModel(t.Context(), client.ModelCreateInput{Name: model}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Client.CreateVersion(t.Context(), client.ModelVersionCreateInput{Model: model, Version: version, Digest: digest}); err != nil {
		t.Fatal(err)
	}
}

func TestFromStartToStop(t *testing.T) {
	s := augurtest.Start(t)
	if r := s.Send(t, http.MethodGet, "/ready", nil, nil); r.Status != 200 {
		t.Errorf("/ready: %d %s", r.Status, r.Body)
	}
	push(t, s, "road-risk", "v1.1.0")
	p, err := s.Client.Predict(t.Context(), client.PredictInput{Model: "road-risk", Rows: []json.RawMessage{json.RawMessage(
		`{"curvature":0.3,"lighting":"night","speed_limit":60,"num_lanes":2,"weather":"rainy","road_type":"urban","holiday":false,"num_reported_accidents":1}`)}})
	if err != nil || len(p.Values) != 1 || !strings.Contains(string(p.Values[0]), "accident_risk") {
		t.Errorf("predict: %+v, %v", p, err)
	}
	for _, want := range []string{`augur_http_requests_total{method="POST",route="/graphql",status="200"}`, "go_goroutines"} {
		if r := s.Send(t, http.MethodGet, "/metrics", nil, nil); !strings.Contains(string(r.Body), want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	addr := s.Addr()
	s.Shutdown(t)
	if conn, err := net.Dial("tcp", addr); err == nil {
		_ = conn.Close()
		t.Error("the port is still open")
	}
}

// TestRecordOutlivesTheServer: what was registered is there after a restart, and loaded.
func TestRecordOutlivesTheServer(t *testing.T) {
	dir := t.TempDir()
	here := augurtest.WithConfig(func(c *server.Config) { c.Data.Dir = dir })
	first := augurtest.Start(t, here)
	push(t, first, "iris-random-forest", "v1.0.0")
	first.Shutdown(t)

	second := augurtest.Start(t, here)
	data := second.Query(t, `{ model(name: "iris-random-forest") { liveVersion { version engine { loaded } } } }`, nil)
	if v := augurtest.At(t, data, "model.liveVersion"); v == nil {
		t.Error("nothing is live")
	} else if augurtest.At(t, v, "engine.loaded") != true {
		t.Errorf("the live version is not loaded: %v", v)
	}
}

func TestNothingIsLeftOfAStartThatFails(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	for name, tc := range map[string]struct {
		change func(*server.Config)
		code   augur.Code
		want   string
	}{
		"port":     {func(c *server.Config) { c.HTTP.Listen = taken.Addr().String() }, augur.FailedPrecondition, "cannot listen on"},
		"runtime":  {func(c *server.Config) { c.ONNXRuntime.Lib = "/nowhere/libonnxruntime.so" }, augur.FailedPrecondition, "ONNX Runtime"},
		"database": {func(c *server.Config) { c.Database.URL = "postgres://127.0.0.1:1/none" }, augur.Unavailable, "database"},
		"data":     {func(c *server.Config) { c.Data.Dir = "/proc/none" }, augur.FailedPrecondition, "/proc/none"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := server.DefaultConfig()
			cfg.HTTP.Listen, cfg.Data.Dir = "127.0.0.1:0", t.TempDir()
			tc.change(&cfg)
			s, err := server.New(cfg, server.Deps{Logs: &augurtest.Buffer{}})
			if err != nil {
				t.Fatal(err)
			}
			err = s.Start(t.Context())
			if augur.CodeOf(err) != tc.code || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %s: %v", augur.CodeOf(err), err)
			}
			if err := s.Stop(t.Context()); err != nil { // it has stopped already
				t.Error(err)
			}
		})
	}
}

// TestStopLetsRequestsEnd: an upload and a write that are under way when Stop
// begins are finished, while /ready says no: what they need is still there when
// they come to need it.
func TestStopLetsRequestsEnd(t *testing.T) {
	delay := 300 * time.Millisecond
	s := augurtest.Start(t, augurtest.WithConfig(func(c *server.Config) { c.HTTP.DrainDelay = delay }))
	content := strings.Repeat("x", 1000)
	mutation := `{"query":"mutation { modelCreate(input: {name: \"late\"}) { model { name } } }"}`
	requests := []struct {
		method, path, body, status, answer string
		conn                               net.Conn
	}{
		{"PUT", "/artifacts/" + string(augurtest.Digest([]byte(content))), content, "201", "", nil},
		{"POST", "/graphql", mutation, "200", `{"data":{"modelCreate":{"model":{"name":"late"}}}}`, nil},
	}
	for i := range requests {
		r := &requests[i]
		conn, err := net.Dial("tcp", s.Addr())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n", r.method, r.path, len(r.body))
		if _, err := io.WriteString(conn, head+r.body[:len(r.body)/2]); err != nil {
			t.Fatal(err)
		}
		r.conn = conn
	}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		s.Shutdown(t)
	}()
	for { // until Stop has begun
		if r := s.Send(t, http.MethodGet, "/ready", nil, nil); r.Status == 503 {
			if !strings.Contains(string(r.Body), "the server is stopping") {
				t.Errorf("/ready: %s", r.Body)
			}
			break
		}
	}
	time.Sleep(2 * delay) // and until it has come to what the requests need
	for _, r := range requests {
		if _, err := io.WriteString(r.conn, r.body[len(r.body)/2:]); err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(r.conn)
		if text := string(answer); err != nil || !strings.HasPrefix(text, "HTTP/1.1 "+r.status) || !strings.HasSuffix(text, r.answer) {
			t.Errorf("%s: %q, %v", r.path, answer, err)
		}
	}
	<-stopped
}

func TestGraphQLRefuses(t *testing.T) {
	s := augurtest.Start(t, augurtest.WithConfig(func(c *server.Config) { c.GraphQL.MaxBody = 8 << 10 }))
	js := http.Header{"Content-Type": {"application/json"}}
	body := func(q string) string {
		text, err := json.Marshal(map[string]string{"query": q})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, tc := range []struct {
		name, method, query, body string
		header                    http.Header
		status                    int
		want                      string
	}{
		{"a mutation over GET", "GET", `mutation { modelCreate(input: {name: "x"}) { userErrors { message } } }`, "", nil, 405, "POST"},
		{"a prediction over GET", "GET", `{ model(name: "x") { predict(input: {data: {row: {}}}) { userErrors { message } } } }`, "", nil, 200, "use POST"},
		{"a form", "POST", "", "query={viewer{name}}", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, 415, "application/json"},
		{"plain text", "POST", "", body("{viewer{name}}"), http.Header{"Content-Type": {"text/plain"}}, 415, "application/json"},
		{"a page of another origin", "POST", "", body("{viewer{name}}"), http.Header{"Content-Type": {"application/json"}, "Sec-Fetch-Site": {"cross-site"}}, 403, "trusted-origins"},
		{"too large a body", "POST", "", `{"query":"` + strings.Repeat(" ", 9<<10) + `"}`, js, 413, "8192 bytes"},
		{"too many tokens", "POST", "", body("{" + strings.Repeat("a ", 2500) + "}"), js, 200, "token"},
		{"too deep", "POST", "", body(strings.Repeat("{model(name:\"x\"){versions{nodes{model", 5) + "{name}" + strings.Repeat("}}}", 5) + strings.Repeat("}", 5)), js, 200, "errors"},
		{"too many at the top", "POST", "", body("{" + aliases(30, "viewer{name}") + "}"), js, 200, "30 fields at the top"},
		{"no operation", "POST", "", `{}`, js, 400, "query"},
		{"broken JSON", "POST", "", `{"query":`, js, 400, "JSON"},
		{"two values", "POST", "", body("{viewer{name}}") + "{}", js, 400, "JSON"},
		{"an unknown field", "POST", "", body("{viewer{wrong}}"), js, 200, "Cannot query field"},
		{"PUT", "PUT", "", body("{viewer{name}}"), js, 405, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := "/graphql"
			if tc.query != "" {
				path += "?query=" + url.QueryEscape(tc.query)
			}
			r := s.Send(t, tc.method, path, tc.header, strings.NewReader(tc.body))
			if r.Status != tc.status || !strings.Contains(string(r.Body), tc.want) {
				t.Errorf("%d %s", r.Status, r.Body)
			}
			for _, internal := range []string{"goroutine", ".go:", "sql", "ent:"} {
				if strings.Contains(strings.ToLower(string(r.Body)), internal) {
					t.Errorf("internal text: %s", r.Body)
				}
			}
		})
	}
	if data := s.Query(t, "{viewer{name}}", nil); augurtest.At(t, data, "viewer.name") != "anonymous" {
		t.Errorf("afterwards: %v", data)
	}
}

func aliases(n int, field string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("a" + strings.Repeat("b", i) + ":" + field + " ")
	}
	return b.String()
}

func TestIntrospectionCanBeOff(t *testing.T) {
	s := augurtest.Start(t, augurtest.WithConfig(func(c *server.Config) { c.GraphQL.Introspection = false }))
	for query, never := range map[string]string{
		`{ __schema { types { name } } }`: "ModelVersion",
		`{ viewer { scope } }`:            "Did you mean",
	} {
		if r := s.Do(t, query, nil); len(r.Errors) == 0 || strings.Contains(string(r.Body), never) {
			t.Errorf("%s: %s", query, r.Body)
		}
	}
}

func TestGreetingCanBePasted(t *testing.T) {
	var out augurtest.Buffer
	cfg := server.DefaultConfig()
	cfg.HTTP.Listen, cfg.Data.Dir = "127.0.0.1:0", t.TempDir()
	s, err := server.New(cfg, server.Deps{Logs: &augurtest.Buffer{}, Out: &out})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	}()
	for _, want := range []string{s.URL() + "/playground/", s.URL() + "/ready", "curl -s " + s.URL() + "/graphql", "0 models", "augur push"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the first lines lack %q:\n%s", want, out.String())
		}
	}
}
