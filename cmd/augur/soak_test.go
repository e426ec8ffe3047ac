package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"augur/client"
	"augur/internal/augurtest"
)

// TestSoak predicts and writes without a pause while the server is killed with
// SIGKILL again and again. After every restart each write that was acknowledged
// is there, every version predicts, and no answer was ever wrong. make soak runs
// it for long; SOAK_TIME and SOAK_ROUNDS say for how long and with
// how many kills.
func TestSoak(t *testing.T) {
	length, err := time.ParseDuration(os.Getenv("SOAK_TIME"))
	if err != nil {
		t.Skip("make soak sets SOAK_TIME")
	}
	rounds, err := strconv.Atoi(os.Getenv("SOAK_ROUNDS"))
	if err != nil || rounds < 1 {
		t.Fatal("SOAK_ROUNDS: expected a number")
	}
	s := newSoak(t)
	for round := range rounds {
		s.start(t)
		s.check(t)
		s.load(t, length/time.Duration(rounds))
		memory := s.memory(t)
		if round == 0 {
			s.firstMemory = memory
		}
		s.lastMemory = max(s.lastMemory, memory)
		s.kill(t)
	}
	s.start(t)
	s.check(t)
	s.stop(t)
	s.report(t, rounds, length)
}

type soak struct {
	dir, address string
	api          *client.Client
	server       *exec.Cmd
	rows         []map[string]any
	want         []string // the answers to rows, as JSON

	predictions, writes, lost atomic.Int64

	mu        sync.Mutex // guards what follows
	latencies []time.Duration
	written   map[string]int // model → how many metric points were acknowledged
	starts    []time.Duration

	firstMemory, lastMemory int64 // KiB
}

func newSoak(t *testing.T) *soak {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &soak{dir: t.TempDir(), address: listener.Addr().String(), written: map[string]int{}}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	if s.api, err = client.New(client.Config{URL: "http://" + s.address, Attempts: 1}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.api.Close)
	var row map[string]any
	if err := json.Unmarshal([]byte(goodRow), &row); err != nil {
		t.Fatal(err)
	}
	for i := range 500 {
		r := map[string]any{}
		for name, value := range row {
			r[name] = value
		}
		r["curvature"], r["num_reported_accidents"] = float64(i)/500, i%50
		s.rows = append(s.rows, r)
	}
	return s
}

// start starts the server and waits until it is ready.
func (s *soak) start(t *testing.T) {
	t.Helper()
	log, err := os.OpenFile(filepath.Join(s.dir, "server.log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	s.server = exec.Command(augurCommand(t), "serve", "--http.listen", s.address, "--data.dir", filepath.Join(s.dir, "data"),
		"--import.dir", filepath.Join(augurtest.Root(), "examples", "models"), "--log.level", "warn")
	s.server.Stdout, s.server.Stderr = log, log
	begin := time.Now()
	if err := s.server.Start(); err != nil {
		t.Fatal(err)
	}
	_ = log.Close()
	for time.Since(begin) < 20*time.Second {
		res, err := http.Get("http://" + s.address + "/ready")
		if err == nil {
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				s.starts = append(s.starts, time.Since(begin))
				return
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	text, _ := os.ReadFile(filepath.Join(s.dir, "server.log"))
	t.Fatalf("the server is not ready after 20 s:\n%s", text)
}

func (s *soak) kill(t *testing.T) {
	t.Helper()
	if err := s.server.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = s.server.Wait() // it was killed
}

func (s *soak) stop(t *testing.T) {
	t.Helper()
	if err := s.server.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := s.server.Wait(); err != nil {
		t.Errorf("a server that is asked to stop: %v", err)
	}
}

// memory is the resident memory of the server in KiB.
func (s *soak) memory(t *testing.T) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.server.Process.Pid))
	if err != nil {
		return 0 // no procfs here
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return n
		}
	}
	return 0
}

// check holds the record against everything that was acknowledged.
func (s *soak) check(t *testing.T) {
	t.Helper()
	if s.want == nil {
		answers, err := s.predict(t.Context(), s.rows, "BYPASS")
		if err != nil {
			t.Fatal(err)
		}
		s.want = answers
	}
	after := any(nil)
	found := map[string]int{}
	for {
		var out struct {
			Models struct {
				PageInfo struct {
					HasNextPage bool
					EndCursor   any
				}
				Nodes []struct {
					Name     string
					Aliases  []struct{ Name string }
					Versions struct {
						Nodes []struct {
							Status  string
							Metrics []struct{ Count string }
							Predict struct {
								Prediction *struct{ Values []json.RawMessage }
							}
						}
					}
				}
			}
		}
		err := s.api.Query(t.Context(), `query($after: Cursor, $row: Row!) { models(first: 100, after: $after, where: {nameHasPrefix: "soak-"}) {
			pageInfo { hasNextPage endCursor } nodes { name aliases { name } versions(first: 1) { nodes { status metrics { count }
			predict(input: {data: {row: $row}}) { prediction { values } } } } } } }`, map[string]any{"after": after, "row": s.rows[0]}, &out)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range out.Models.Nodes {
			points := 0
			for _, v := range m.Versions.Nodes {
				if v.Status != "READY" || v.Predict.Prediction == nil || string(v.Predict.Prediction.Values[0]) != s.want[0] {
					t.Errorf("%s: a version is %s and predicts %v", m.Name, v.Status, v.Predict.Prediction)
				}
				if len(m.Aliases) == 0 {
					t.Errorf("%s has a version and no live alias: half registered", m.Name)
				}
				for _, metric := range v.Metrics {
					n, _ := strconv.Atoi(metric.Count)
					points += n
				}
			}
			found[m.Name] = points
		}
		if !out.Models.PageInfo.HasNextPage {
			break
		}
		after = out.Models.PageInfo.EndCursor
	}
	for model, points := range s.written {
		if found[model] < points {
			s.lost.Add(1)
			t.Errorf("%s: %d points were acknowledged, %d are there", model, points, found[model])
		}
	}
}

// load predicts and writes for d.
func (s *soak) load(t *testing.T, d time.Duration) {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { s.keepPredicting(ctx, t) })
	}
	wg.Go(func() { s.keepWriting(ctx, t) })
	wg.Wait()
}

func (s *soak) keepPredicting(ctx context.Context, t *testing.T) {
	for ctx.Err() == nil {
		at, size := rand.IntN(len(s.rows)-100), 1+rand.IntN(100)
		mode := "DEFAULT"
		if rand.IntN(4) == 0 {
			mode = "BYPASS"
		}
		begin := time.Now()
		got, err := s.predict(ctx, s.rows[at:at+size], mode)
		if err != nil {
			if ctx.Err() == nil {
				t.Errorf("predict: %v", err)
			}
			return
		}
		if !slices.Equal(got, s.want[at:at+size]) {
			t.Errorf("rows %d to %d: a wrong answer", at, at+size)
			return
		}
		s.predictions.Add(int64(size))
		s.mu.Lock()
		if len(s.latencies) < 1_000_000 {
			s.latencies = append(s.latencies, time.Since(begin))
		}
		s.mu.Unlock()
	}
}

func (s *soak) predict(ctx context.Context, rows []map[string]any, mode string) ([]string, error) {
	var out struct {
		Predict struct {
			Prediction *struct{ Values []json.RawMessage }
			UserErrors []json.RawMessage
		}
	}
	err := s.api.Query(ctx, `mutation($rows: [Row!]!, $mode: CacheMode) { predict(input: {model: "road-risk", version: "v1.0.0", data: {rows: $rows}, options: {cache: $mode}}) {
		prediction { values } userErrors { message } } }`, map[string]any{"rows": rows, "mode": mode}, &out)
	if err != nil {
		return nil, err
	}
	if out.Predict.Prediction == nil {
		return nil, fmt.Errorf("%s", out.Predict.UserErrors)
	}
	answers := make([]string, len(rows))
	for i, v := range out.Predict.Prediction.Values {
		answers[i] = string(v)
	}
	return answers, nil
}

// keepWriting registers models and logs metrics, and notes what was acknowledged.
func (s *soak) keepWriting(ctx context.Context, t *testing.T) {
	file, err := os.ReadFile(filepath.Join(augurtest.Root(), "examples", "models", "road-risk", "v1.0.0", "model.onnx"))
	if err != nil {
		t.Error(err)
		return
	}
	digest := augurtest.Digest(file)
	for ctx.Err() == nil {
		name := fmt.Sprintf("soak-%d", s.writes.Load())
		if err := s.write(ctx, name, string(digest), file); err != nil {
			if ctx.Err() == nil {
				t.Errorf("write: %v", err)
			}
			return
		}
	}
}

func (s *soak) write(ctx context.Context, name, digest string, file []byte) error {
	s.writes.Add(1)
	_, err := s.api.UploadArtifact(ctx, augurtest.Digest(file), int64(len(file)), func(offset int64) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(file[offset:])), nil
	}, nil)
	if err != nil {
		return err
	}
	var made struct {
		ModelCreate        struct{ UserErrors []json.RawMessage }
		ModelVersionCreate struct {
			ModelVersion *struct{ ID string }
			UserErrors   []json.RawMessage
		}
	}
	err = s.api.Query(ctx, `mutation($m: String!, $d: String!) { modelCreate(input: {name: $m}) { userErrors { message } }
		modelVersionCreate(input: {model: $m, version: "1.0.0", digest: $d}) { modelVersion { id } userErrors { message } } }`,
		map[string]any{"m": name, "d": digest}, &made)
	if err != nil {
		return err
	}
	if made.ModelVersionCreate.ModelVersion == nil {
		return errors.New(string(bytes.Join(toBytes(made.ModelVersionCreate.UserErrors), nil)))
	}
	s.mu.Lock()
	s.written[name] = 0
	s.mu.Unlock()
	for batch := range 5 {
		points := make([]map[string]any, 50)
		for i := range points {
			points[i] = map[string]any{"name": "loss", "step": batch*50 + i, "value": rand.Float64(), "at": "2026-01-01T00:00:00Z"}
		}
		var logged struct{ MetricsLog struct{ Accepted int } }
		err := s.api.Query(ctx, `mutation($id: ID!, $p: [MetricPointInput!]!) { metricsLog(input: {versionId: $id, points: $p}) { accepted } }`,
			map[string]any{"id": made.ModelVersionCreate.ModelVersion.ID, "p": points}, &logged)
		if err != nil {
			return err
		}
		s.mu.Lock()
		s.written[name] += logged.MetricsLog.Accepted
		s.mu.Unlock()
	}
	return nil
}

func toBytes(list []json.RawMessage) [][]byte {
	out := make([][]byte, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

func (s *soak) report(t *testing.T, kills int, length time.Duration) {
	t.Helper()
	slices.Sort(s.latencies)
	quantile := func(q float64) time.Duration { return s.latencies[int(float64(len(s.latencies)-1)*q)] }
	t.Logf("%d predictions in %d requests, %.0f a second, none wrong; a request of 1 to 100 rows took %v at the median and %v at the 99th percentile",
		s.predictions.Load(), len(s.latencies), float64(s.predictions.Load())/length.Seconds(), quantile(0.5), quantile(0.99))
	t.Logf("%d kills, %d models written, %d of the acknowledged writes lost; ready again after at most %v", kills, len(s.written), s.lost.Load(), slices.Max(s.starts))
	t.Logf("resident memory at the end of a round: %d MB in the first, at most %d MB", s.firstMemory/1024, s.lastMemory/1024)
	if least := int64(3400 * length.Seconds()); s.predictions.Load() < least {
		t.Errorf("only %d predictions, expected at least %d", s.predictions.Load(), least)
	}
	if s.lastMemory > 2*s.firstMemory+64*1024 {
		t.Errorf("memory grows: %d MB at first, %d MB later", s.firstMemory/1024, s.lastMemory/1024)
	}
	if worst := slices.Max(s.starts); worst > 5*time.Second {
		t.Errorf("ready after %v, expected 5 s at most", worst)
	}
}
