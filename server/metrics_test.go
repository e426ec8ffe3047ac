package server_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"augur/internal/augurtest"
	"augur/server"
)

// TestMetricsReferenceIsCurrent holds docs/metrics.md against what the rooms
// register; go test ./server -run Reference -update writes it.
func TestMetricsReferenceIsCurrent(t *testing.T) {
	s := augurtest.Start(t, augurtest.WithConfig(func(c *server.Config) {
		c.Inference.RedisURL = "redis://127.0.0.1:1" // nobody is there, and nobody needs to be
	}))
	const path = "../docs/metrics.md"
	want := s.MetricsReference()
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s is not current: go test ./server -run Reference -update\n%s", path, diff)
	}
}

// TestMetricsOfPredictions: what was predicted shows, in metrics of good form
// that the reference knows.
func TestMetricsOfPredictions(t *testing.T) {
	s := augurtest.Start(t)
	push(t, s, "road-risk", "v1.1.0")
	for range 2 {
		s.Query(t, roadRiskQuery, roadRiskRow)
	}
	s.Do(t, `mutation { predict(input: {model: "nobody", data: {rows: [{}]}}) { prediction { id } } }`, nil)
	s.Do(t, `{ nonsense }`, nil)
	text := s.Send(t, http.MethodGet, "/metrics", nil, nil).Body
	for _, want := range []string{
		`augur_predictions_total{cache="MEMORY",code="OK",model="road-risk",version="v1.1.0"} 1`,
		`augur_predictions_total{cache="",code="NOT_FOUND",model="",version=""} 1`,
		`augur_run_seconds_count{model="road-risk",version="v1.1.0"} `,
		`augur_prediction_seconds_count{model="road-risk",version="v1.1.0"} 2`,
		`augur_version_loaded{model="road-risk",version="v1.1.0"} 1`,
		`augur_graphql_responses_total{code="OK",operation="mutation"} `,
		`augur_graphql_responses_total{code="GRAPHQL_VALIDATION_FAILED",operation="none"} 1`,
		`augur_http_requests_total{method="POST",route="/graphql",status="200"} `,
		"augur_ready 1\n", `augur_backend_up{backend="database"} 1`, `augur_backend_up{backend="artifacts"} 1`,
		`go_sql_open_connections{db_name="reader"} `, "process_cpu_seconds_total ", "process_resident_memory_bytes ",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	problems, err := promlint.New(bytes.NewReader(text)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "augur_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
	reference := s.MetricsReference()
	for line := range strings.Lines(string(text)) {
		if name, found := strings.CutPrefix(line, "# TYPE augur_"); found {
			name, kind, _ := strings.Cut(strings.TrimSpace(name), " ")
			if !strings.Contains(reference, "| `augur_"+name+"` | "+kind+" |") {
				t.Errorf("the reference lacks augur_%s, a %s", name, kind)
			}
		}
	}
}

// TestHealthInTheGraph: the graph says what /ready says.
func TestHealthInTheGraph(t *testing.T) {
	s := augurtest.Start(t)
	got, err := json.Marshal(s.Query(t, `{ server { health { ready missing failed backends { name up required problem } } } }`, nil))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"server":{"health":{"backends":[{"name":"database","problem":null,"required":false,"up":true},{"name":"artifacts","problem":null,"required":true,"up":true}],"failed":[],"missing":[],"ready":true}}}`
	if string(got) != want {
		t.Errorf("got %s", got)
	}
	if err := os.RemoveAll(s.Config.Data.Dir + "/artifacts"); err != nil {
		t.Fatal(err)
	}
	health := augurtest.At(t, s.Query(t, `{ server { health { ready missing backends { up problem } } } }`, nil), "server.health")
	if augurtest.At(t, health, "ready") != false || len(augurtest.At(t, health, "missing").([]any)) != 1 || augurtest.At(t, health, "backends.1.problem") == nil {
		t.Errorf("without artifacts: %v", health)
	}
	if text := string(s.Send(t, http.MethodGet, "/metrics", nil, nil).Body); !strings.Contains(text, "augur_ready 0\n") || !strings.Contains(text, `augur_backend_up{backend="artifacts"} 0`) {
		t.Error("the metrics say otherwise")
	}
}

// TestLogLevel changes the level while the server runs.
func TestLogLevel(t *testing.T) {
	s := augurtest.Start(t, augurtest.WithConfig(func(c *server.Config) { c.Log.Level = "warn" }))
	put := func(level string) *augurtest.Response {
		return s.Send(t, http.MethodPut, "/debug/log-level", nil, strings.NewReader(level))
	}
	s.Query(t, `{ viewer { name } }`, nil)
	if strings.Contains(s.Logs.String(), "msg=request") {
		t.Error("a line of level info")
	}
	if r := put("loud"); r.Status != 400 {
		t.Errorf("loud: %d %s", r.Status, r.Body)
	}
	if r := put("info\n"); r.Status != 200 || strings.TrimSpace(string(r.Body)) != `{"level":"info"}` {
		t.Errorf("info: %d %s", r.Status, r.Body)
	}
	s.Query(t, `{ viewer { name } }`, nil)
	if logs := s.Logs.String(); !strings.Contains(logs, "msg=request") || !strings.Contains(logs, "from=warn to=info by=anonymous") {
		t.Errorf("the log: %s", logs)
	}
	if r := s.Send(t, http.MethodGet, "/debug/pprof/goroutine?debug=1", nil, nil); r.Status != 200 || !strings.Contains(string(r.Body), "goroutine profile") {
		t.Errorf("pprof: %d", r.Status)
	}
}
