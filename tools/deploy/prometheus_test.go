package deploy

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"
)

// TestAlertsByPromtool: the rules parse, and each fires for what it is for.
func TestAlertsByPromtool(t *testing.T) {
	promtool := need(t, "promtool")
	for _, args := range [][]string{{"check", "config", "prometheus.yaml"}, {"test", "rules", "alerts.test.yaml"}} {
		cmd := exec.CommandContext(t.Context(), promtool, args...)
		cmd.Dir = at("prometheus")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	runbook, tests := string(read(t, filepath.Join(root, "docs", "runbook.md"))), string(read(t, at("prometheus", "alerts.test.yaml")))
	for _, r := range alerts(t) {
		if !strings.Contains(runbook, "\n### "+r.Alert+"\n") {
			t.Errorf("docs/runbook.md does not say what to do for %s", r.Alert)
		}
		if !strings.Contains(tests, "alertname: "+r.Alert+"\n        exp_alerts:") {
			t.Errorf("no test has %s fire", r.Alert)
		}
	}
}

type rule struct{ Alert, Expr string }

func alerts(t *testing.T) []rule {
	t.Helper()
	var file struct{ Groups []struct{ Rules []rule } }
	if err := yaml.Unmarshal(read(t, at("prometheus", "alerts.yaml")), &file); err != nil {
		t.Fatal(err)
	}
	return file.Groups[0].Rules
}

// panels are the expressions of the dashboards by the titles of their panels, with
// the variables that Grafana fills in.
func panels(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob(at("grafana", "dashboards", "*.json"))
	if err != nil || len(files) != 2 {
		t.Fatalf("dashboards: %q, %v", files, err)
	}
	fill := strings.NewReplacer("$instance", ".*", "$model", ".+", "$__rate_interval", "30s")
	out := map[string]string{}
	for _, file := range files {
		var board struct {
			Title  string
			Panels []struct {
				Title   string
				Targets []struct{ Expr string }
			}
		}
		if err := json.Unmarshal(read(t, file), &board); err != nil {
			t.Fatal(err)
		}
		for _, p := range board.Panels {
			for i, target := range p.Targets {
				out[fmt.Sprintf("%s / %s / %d", board.Title, p.Title, i)] = fill.Replace(target.Expr)
			}
		}
	}
	return out
}

// rare are metrics without values on a server that is well.
var rare = map[string]bool{"augur_prediction_fallbacks_total": true, "augur_version_evictions_total": true}

var metricName = regexp.MustCompile(`\b(augur|go|process)_[a-z_]+|\bup\b`)

// TestExpressionsOnARealServer asks a Prometheus that scrapes a server under load
// for every expression of the dashboards and alerts: each parses, names metrics
// that the server has, and the dashboards show something.
func TestExpressionsOnARealServer(t *testing.T) {
	prometheus := need(t, "prometheus")
	redis := need(t, "redis-server")
	redisAt, serverAt, prometheusAt := free(t), free(t), free(t)
	_, redisPort, _ := net.SplitHostPort(redisAt)
	start(t, nil, redis, "--port", redisPort, "--save", "", "--dir", t.TempDir())
	start(t, []string{"AUGUR_ONNXRUNTIME_LIB=" + library(t)}, augur(t), "serve", "--http.listen", serverAt, "--data.dir", t.TempDir(),
		"--import.dir", filepath.Join(root, "examples", "models"), "--inference.redis-url", "redis://"+redisAt, "--log.level", "warn")
	server := "http://" + serverAt
	wait(t, server+"/ready")

	dir := t.TempDir()
	config := fmt.Sprintf("global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: [%q]\nscrape_configs:\n  - job_name: augur\n    static_configs: [{targets: [%q]}]\n", abs(t, at("prometheus", "alerts.yaml")), serverAt)
	if err := os.WriteFile(filepath.Join(dir, "prometheus.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, nil, prometheus, "--config.file", filepath.Join(dir, "prometheus.yaml"), "--storage.tsdb.path", filepath.Join(dir, "data"), "--web.listen-address", prometheusAt, "--log.level", "warn")
	wait(t, "http://"+prometheusAt+"/-/ready")

	started := ""
	for _, candidate := range []string{"1.0.0", "1.1.0"} { // the one that is not live
		started += post(t, server, `mutation { rolloutStart(input: {model: "road-risk", candidates: [{version: "`+candidate+`"}], steps: [{weight: 10, duration: "1h"}, {weight: 100, duration: "1h"}]}) { rollout { id } userErrors { message } } }`)
	}
	if !strings.Contains(started, `"id"`) {
		t.Fatalf("no rollout: %s", started)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { // load until the questions have been asked
		defer close(done)
		for i := 0; ctx.Err() == nil; i++ {
			post(t, server, fmt.Sprintf(`mutation { predict(input: {model: "road-risk", data: {row: {curvature: %g, lighting: "night", speed_limit: 60, num_lanes: 2, weather: "rainy", road_type: "urban", holiday: false, num_reported_accidents: 1}}}) { prediction { cache } } }`, float64(i%1000)/1000))
			post(t, server, `{ models { totalCount } }`)
			post(t, server, `{ nonsense }`)
			time.Sleep(time.Millisecond)
		}
	}()
	defer func() { cancel(); <-done }()

	for until := time.Now().Add(time.Minute); len(query(t, prometheusAt, `rate(augur_predictions_total[30s]) > 0 and on () count_over_time(up[30s]) > 4`)) == 0; time.Sleep(200 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("Prometheus sees no load")
		}
	}
	reference := string(read(t, filepath.Join(root, "docs", "metrics.md")))
	exists := func(where, expr string) (all bool) {
		all = true
		for _, name := range metricName.FindAllString(expr, -1) {
			base := regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, "")
			if strings.HasPrefix(name, "augur_") && !strings.Contains(reference, "`"+base+"`") && !strings.Contains(reference, "`"+name+"`") {
				t.Errorf("%s: docs/metrics.md does not know %s", where, name)
			}
			if len(query(t, prometheusAt, name)) == 0 {
				all = false
				if !rare[name] {
					t.Errorf("%s: the server has no %s", where, name)
				}
			}
		}
		return all
	}
	for where, expr := range panels(t) {
		if exists(where, expr) && len(query(t, prometheusAt, expr)) == 0 {
			t.Errorf("%s shows nothing: %s", where, expr)
		}
	}
	for _, r := range alerts(t) {
		exists(r.Alert, r.Expr)
		if firing := query(t, prometheusAt, r.Expr); len(firing) > 0 {
			t.Errorf("%s would fire for a server that is well: %s", r.Alert, firing)
		}
	}
}

// query asks Prometheus and returns what it answers with, which must be a success.
func query(t *testing.T, prometheusAt, expr string) []json.RawMessage {
	t.Helper()
	res, err := http.Get("http://" + prometheusAt + "/api/v1/query?" + url.Values{"query": {expr}}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var answer struct {
		Status, Error string
		Data          struct{ Result []json.RawMessage }
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	if answer.Status != "success" {
		t.Errorf("%s: %s", expr, answer.Error)
	}
	return answer.Data.Result
}

// post sends an operation and returns the answer, "" when there is none.
func post(t *testing.T, server, operation string) string {
	body, err := json.Marshal(map[string]string{"query": operation})
	if err != nil {
		t.Error(err)
		return ""
	}
	res, err := http.Post(server+"/graphql", "application/json", bytes.NewReader(body))
	if err != nil {
		return "" // the server is stopping: the test ends
	}
	defer func() { _ = res.Body.Close() }()
	text, _ := io.ReadAll(res.Body)
	return string(text)
}

// start starts a program and ends it when the test does.
func start(t *testing.T, env []string, program string, args ...string) {
	t.Helper()
	var log bytes.Buffer
	cmd := exec.Command(program, args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, env...)
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", filepath.Base(program), log.String())
		}
	})
}

// wait returns when an address answers 200.
func wait(t *testing.T, address string) {
	t.Helper()
	for until := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		res, err := http.Get(address)
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(until) {
			t.Fatalf("%s does not answer: %v", address, err)
		}
	}
}

// taken are the addresses that free has given: nobody listens there until the
// program that was told to does, so that the system may offer one twice.
var taken = map[string]bool{}

// free returns an address of loopback that nobody listens on, never one twice.
func free(t *testing.T) string {
	t.Helper()
	for {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		address := l.Addr().String()
		_ = l.Close()
		if !taken[address] {
			taken[address] = true
			return address
		}
	}
}

func abs(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// library is ONNX Runtime's, as scripts/lib names it.
func library(t *testing.T) string {
	t.Helper()
	if lib := os.Getenv("AUGUR_ONNXRUNTIME_LIB"); lib != "" {
		return lib
	}
	t.Fatal("AUGUR_ONNXRUNTIME_LIB is not set: run scripts/deploy")
	return ""
}
