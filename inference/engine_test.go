package inference

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"augur"
)

func TestPredict(t *testing.T) {
	h := start(t, Config{}, road(), iris())
	resp, err := h.Predict(t.Context(), rows("road-risk", roadRow, `{"curvature":7.5}`, strings.Replace(roadRow, "0.1529", "0.75", 1)))
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, v := range resp.Values() {
		values = append(values, string(v))
	}
	if diff := cmp.Diff([]string{`{"accident_risk":0.1529}`, `null`, `{"accident_risk":0.75}`}, values); diff != "" {
		t.Error(diff)
	}
	if resp.Rows != 3 || !slices.Equal(resp.RowIndex, []int{0, 2}) || len(resp.RowErrors) == 0 || resp.RowErrors[0].Field[2] != "1" {
		t.Errorf("%+v", resp)
	}
	if kind, _ := augur.IDKind(resp.ID); kind != augur.PredictionID || resp.Version.Model != "road-risk" || resp.Cache != augur.CacheMiss ||
		resp.Route != (augur.Route{Reason: augur.RouteLive, Ref: "live"}) || resp.CreatedAt.IsZero() ||
		resp.Timing.Run <= 0 || resp.Timing.Total < resp.Timing.Run+resp.Timing.Queue {
		t.Errorf("%+v", resp)
	}
}

func TestPredictRefuses(t *testing.T) {
	h := start(t, Config{MaxRows: 2}, road())
	reject := rows("road-risk", roadRow, `{}`)
	reject.Options.RejectOnRowError = true
	unknownOutput := rows("road-risk", roadRow)
	unknownOutput.Outputs = []string{"accident_risks"}
	for _, tc := range []struct {
		name  string
		req   *augur.Request
		code  augur.Code
		first string
		all   int
	}{
		{"unknown model", rows("road", roadRow), augur.NotFound, `model: no model "road"`, 1},
		{"one row, wrong in two places", rows("road-risk", strings.NewReplacer("0.1529", "2", "60", "600").Replace(roadRow)), augur.InvalidArgument, `data.rows.0.curvature: expected 0 to 1, got 2`, 2},
		{"every row wrong", rows("road-risk", `[]`, `1`), augur.InvalidArgument, `data.rows.0: expected an object from feature names to values, got an array`, 2},
		{"a wrong row rejects all", reject, augur.InvalidArgument, `data.rows.1.curvature: required and missing: expected 0 to 1`, 7},
		{"output", unknownOutput, augur.InvalidArgument, `outputs.0: unknown output "accident_risks": did you mean "accident_risk"?`, 1},
		{"too many rows", rows("road-risk", roadRow, roadRow, roadRow), augur.InvalidArgument, `data.rows: expected at most 2 rows in one request, got 3`, 1},
	} {
		resp, err := h.Predict(t.Context(), tc.req)
		lines := errorLines(err)
		if resp != nil || augur.CodeOf(err) != tc.code || len(lines) != tc.all || lines[0] != tc.first {
			t.Errorf("%s: %v, %q", tc.name, resp, lines)
		}
	}
	if h.runtime.runs.Load() != 0 {
		t.Error("something ran")
	}
}

func TestPredictNeedsAStartedEngine(t *testing.T) {
	h := start(t, Config{}, road())
	if err := h.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Predict(t.Context(), rows("road-risk", roadRow)); augur.CodeOf(err) != augur.Unavailable {
		t.Error(err)
	}
	if err := h.Warm(t.Context(), h.catalog.Versions()); augur.CodeOf(err) != augur.Unavailable {
		t.Error(err)
	}
}

func TestNewRefuses(t *testing.T) {
	deps := Deps{Catalog: &fakeCatalog{}, Artifacts: &fakeArtifacts{}, Runtimes: map[string]Runtime{"onnx": &fakeRuntime{}}, Registerer: prometheus.NewRegistry()}
	if _, err := New(Config{Timeout: -1}, deps); augur.CodeOf(err) != augur.InvalidArgument {
		t.Error(err)
	}
	for _, missing := range []Deps{{}, {Catalog: deps.Catalog}, {Catalog: deps.Catalog, Artifacts: deps.Artifacts}} {
		if _, err := New(Config{}, missing); augur.CodeOf(err) != augur.InvalidArgument {
			t.Error(err)
		}
	}
	e, err := New(Config{CacheBytes: -1}, deps)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(Config{CacheBytes: -1}, deps); augur.CodeOf(err) != augur.AlreadyExists {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := e.Start(ctx); err == nil {
		t.Error("a context that has ended starts nothing")
	}
}

func TestBrokenSignatureIsAnError(t *testing.T) {
	v := road()
	v.Signature.Features[0].Input = "z"
	h := start(t, Config{}, v)
	if _, err := h.Predict(t.Context(), rows("road-risk", roadRow)); augur.CodeOf(err) != augur.FailedPrecondition {
		t.Error(err)
	}
}

// The least of the version's, the request's and the caller's time ends a run.
func TestDeadlines(t *testing.T) {
	for _, tc := range []struct {
		name                     string
		version, request, caller time.Duration
		want                     time.Duration
	}{
		{"default", 0, 0, 0, 30 * time.Second},
		{"version", 5 * time.Second, 10 * time.Second, 0, 5 * time.Second},
		{"request", 5 * time.Second, time.Second, 0, time.Second},
		{"caller", 5 * time.Second, 3 * time.Second, 2 * time.Second, 2 * time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := road()
				v.Policy.Timeout = tc.version
				h := start(t, Config{CacheBytes: -1}, v)
				h.runtime.hold()
				ctx := t.Context()
				if tc.caller > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tc.caller)
					defer cancel()
				}
				req := rows("road-risk", roadRow)
				req.Options.Timeout = tc.request
				began := time.Now()
				_, err := h.Predict(ctx, req)
				if augur.CodeOf(err) != augur.DeadlineExceeded || time.Since(began) != tc.want || augur.AsError(err).Message != "no answer after "+tc.want.String() {
					t.Error(err, time.Since(began))
				}
			})
		})
	}
}

func TestCancellation(t *testing.T) {
	h := start(t, Config{}, road())
	entered, _ := h.runtime.hold()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-entered
		cancel()
	}()
	if _, err := h.Predict(ctx, rows("road-risk", roadRow)); augur.CodeOf(err) != augur.Canceled {
		t.Error(err)
	}
	if state, _ := h.State("ver_road-risk1.0.0"); state.Running != 0 {
		t.Errorf("%+v", state)
	}
}

// What a runtime says after its context ended is put down to the context.
func TestErrorsOfRuns(t *testing.T) {
	h := start(t, Config{}, road())
	for _, tc := range []struct {
		err  error
		code augur.Code
		text string
	}{
		{augur.Errorf(augur.InvalidArgument, "the model refuses"), augur.InvalidArgument, "the model refuses"},
		{errors.New("secret text"), augur.Internal, "internal error"},
	} {
		h.runtime.run = func(context.Context, []augur.NamedTensor, []string) ([]augur.Output, error) { return nil, tc.err }
		_, err := h.Predict(t.Context(), rows("road-risk", roadRow))
		if e := augur.AsError(err); e.Code != tc.code || e.Message != tc.text {
			t.Error(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	h.runtime.run = func(context.Context, []augur.NamedTensor, []string) ([]augur.Output, error) {
		cancel()
		return nil, errors.New("terminated")
	}
	if _, err := h.Predict(ctx, rows("road-risk", roadRow)); augur.CodeOf(err) != augur.Canceled {
		t.Error(err)
	}
}

func TestMetrics(t *testing.T) {
	registry := prometheus.NewRegistry()
	catalog, runtime := &fakeCatalog{}, &fakeRuntime{}
	v := road()
	catalog.set(v)
	e, err := New(Config{}, Deps{Catalog: catalog, Artifacts: &fakeArtifacts{}, Runtimes: map[string]Runtime{"onnx": runtime}, Registerer: registry, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := e.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	for _, req := range []*augur.Request{rows("road-risk", roadRow, `{}`), rows("road-risk", roadRow), rows("road-risk", `1`), rows("x", roadRow)} {
		_, _ = e.Predict(t.Context(), req)
	}
	want := []string{
		`augur_breaker_opened_total{road-risk 1.0.0} 0`,
		`augur_breaker_state{road-risk 1.0.0} 0`,
		`augur_prediction_row_errors_total{road-risk 1.0.0} 7`,
		`augur_prediction_rows_total{road-risk 1.0.0} 2`,
		`augur_predictions_total{ INVALID_ARGUMENT road-risk 1.0.0} 1`,
		`augur_predictions_total{ NOT_FOUND  } 1`,
		`augur_predictions_total{MEMORY OK road-risk 1.0.0} 1`,
		`augur_predictions_total{MISS OK road-risk 1.0.0} 1`,
		`augur_runs_total{IDLE road-risk 1.0.0} 1`,
		`augur_version_loaded{road-risk 1.0.0} 1`,
		`augur_version_queued{road-risk 1.0.0} 0`,
		`augur_version_running{road-risk 1.0.0} 0`,
	}
	if diff := cmp.Diff(want, gather(t, registry)); diff != "" {
		t.Error(diff)
	}
	catalog.set()
	e.CatalogChanged()
	for _, line := range gather(t, registry) {
		if strings.Contains(line, "road-risk") {
			t.Errorf("still told of a version that is gone: %s", line)
		}
	}
}

// gather returns the labelled counters and gauges of a registry.
func gather(t *testing.T, registry *prometheus.Registry) (lines []string) {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.Metric {
			if m.Histogram != nil || len(m.Label) == 0 {
				continue
			}
			var labels []string
			for _, l := range m.Label {
				labels = append(labels, l.GetValue())
			}
			lines = append(lines, fmt.Sprintf("%s{%s} %v", f.GetName(), strings.Join(labels, " "), m.Counter.GetValue()+m.Gauge.GetValue()))
		}
	}
	return lines
}

// One row costs a bounded number of allocations, whatever its tensors hold.
func TestPredictAllocations(t *testing.T) {
	h := start(t, Config{}, road(), every())
	outputs := []augur.Output{{Name: "y", Value: augur.TensorValue(augur.TensorOf(augur.Float32, []float32{0.5}, 1, 1))}}
	h.runtime.run = func(context.Context, []augur.NamedTensor, []string) ([]augur.Output, error) { return outputs, nil }
	for _, tc := range []struct {
		mode augur.CacheMode
		max  float64
	}{{augur.CacheDefault, 16}, {augur.CacheBypass, 22}, {augur.CacheRefresh, 24}} {
		req := rows("road-risk", roadRow)
		req.Options.Cache = tc.mode
		n := testing.AllocsPerRun(200, func() {
			if _, err := h.Predict(t.Context(), req); err != nil {
				t.Fatal(err)
			}
		})
		if n > tc.max {
			t.Errorf("%s: %v allocations, at most %v", tc.mode, n, tc.max)
		}
	}
}

// BenchmarkPredict is the engine's own cost: the runtime does nothing.
func BenchmarkPredict(b *testing.B) {
	outputs := []augur.Output{{Name: "accident_risk", Value: augur.TensorValue(augur.TensorOf(augur.Float32, []float32{0.5}, 1, 1))}}
	thousand := make([]string, 1000)
	for i := range thousand {
		thousand[i] = roadRow
	}
	for _, size := range []struct {
		name string
		rows []string
	}{{"1", thousand[:1]}, {"1000", thousand}} {
		for _, mode := range []augur.CacheMode{augur.CacheDefault, augur.CacheBypass, augur.CacheRefresh} {
			b.Run("rows="+size.name+"/"+strings.ToLower(string(mode)), func(b *testing.B) {
				h := start(b, Config{}, road())
				h.runtime.run = func(context.Context, []augur.NamedTensor, []string) ([]augur.Output, error) { return outputs, nil }
				req := rows("road-risk", size.rows...)
				req.Options.Cache = mode
				b.ReportAllocs()
				for b.Loop() {
					if _, err := h.Predict(b.Context(), req); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	c := codecOf(b, road())
	for _, n := range []int{1, 1000} {
		req := rows("road-risk", slices.Repeat([]string{roadRow}, n)...)
		b.Run("rows="+strconv.Itoa(n), func(b *testing.B) {
			b.SetBytes(int64(n * len(roadRow)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.read(req, upTo(n)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkKey(b *testing.B) {
	c := codecOf(b, road())
	in, err := c.read(rows("road-risk", roadRow), upTo(1))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	k := kindOf(someDigest, in.tensors, c.outputs)
	for b.Loop() {
		k.key(in.tensors)
	}
}
