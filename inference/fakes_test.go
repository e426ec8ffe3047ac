package inference

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"slices"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"augur"
)

// TestMain also plays the server that TestLogKilled kills.
func TestMain(m *testing.M) {
	if path := os.Getenv(logChild); path != "" {
		logUntilKilled(path)
	}
	goleak.VerifyTestMain(m)
}

// fakeCatalog serves a fixed list of versions.
type fakeCatalog struct {
	versions atomic.Pointer[[]*augur.CatalogVersion]
	// instead is the version that stands in for every other, nil for none.
	instead *augur.CatalogVersion
	// rollouts are those that go on.
	rollouts atomic.Pointer[[]*augur.LiveRollout]
}

func (c *fakeCatalog) set(versions ...*augur.CatalogVersion) { c.versions.Store(&versions) }

func (c *fakeCatalog) Versions() []*augur.CatalogVersion { return *c.versions.Load() }

func (c *fakeCatalog) Rollouts() []*augur.LiveRollout {
	if p := c.rollouts.Load(); p != nil {
		return *p
	}
	return nil
}

func (c *fakeCatalog) Fallback(string) *augur.CatalogVersion { return c.instead }

func (c *fakeCatalog) Resolve(_ context.Context, model, ref string) (*augur.CatalogVersion, augur.Route, error) {
	for _, v := range c.Versions() {
		if v.Model == model && (ref == "" || ref == v.Version) {
			if ref == "" {
				return v, augur.Route{Reason: augur.RouteLive, Ref: augur.Live}, nil
			}
			return v, augur.Route{Reason: augur.RouteExplicit, Ref: ref}, nil
		}
	}
	return nil, augur.Route{}, augur.Errorf(augur.NotFound, "no model %q", model).At("model")
}

// fakeArtifacts counts the files that are held open.
type fakeArtifacts struct {
	held atomic.Int64
	open func(augur.Digest) error
}

func (a *fakeArtifacts) Open(_ context.Context, d augur.Digest) (string, func(), error) {
	if a.open != nil {
		if err := a.open(d); err != nil {
			return "", nil, err
		}
	}
	a.held.Add(1)
	return "file", func() { a.held.Add(-1) }, nil
}

// fakeRuntime runs a function.
type fakeRuntime struct {
	loads, opens, closes, runs atomic.Int64
	load                       func(context.Context, *augur.CatalogVersion) error
	run                        func(context.Context, []augur.NamedTensor, []string) ([]augur.Output, error)
	// runOf is run with the version that the session was loaded for.
	runOf func(context.Context, *augur.CatalogVersion, []augur.NamedTensor, []string) ([]augur.Output, error)
}

func (r *fakeRuntime) Load(ctx context.Context, _ string, v *augur.CatalogVersion) (Session, error) {
	r.loads.Add(1)
	if r.load != nil {
		if err := r.load(ctx, v); err != nil {
			return nil, err
		}
	}
	r.opens.Add(1)
	return &fakeSession{runtime: r, v: v}, nil
}

type fakeSession struct {
	runtime *fakeRuntime
	v       *augur.CatalogVersion
	closed  atomic.Bool
}

func (s *fakeSession) Run(ctx context.Context, in []augur.NamedTensor, out []string) ([]augur.Output, error) {
	if s.closed.Load() {
		return nil, augur.Errorf(augur.Unavailable, "the session is closed")
	}
	s.runtime.runs.Add(1)
	if s.runtime.runOf != nil {
		return s.runtime.runOf(ctx, s.v, in, out)
	}
	if s.runtime.run != nil {
		return s.runtime.run(ctx, in, out)
	}
	return echo(ctx, in, out)
}

func (s *fakeSession) Close() error {
	if !s.closed.Swap(true) {
		s.runtime.closes.Add(1)
	}
	return nil
}

// echo answers every output with the first input.
func echo(_ context.Context, in []augur.NamedTensor, out []string) ([]augur.Output, error) {
	outputs := make([]augur.Output, len(out))
	for i, name := range out {
		outputs[i] = augur.Output{Name: name, Value: augur.TensorValue(clone(in[0].Tensor))}
	}
	return outputs, nil
}

// hold makes runs wait: each says on entered that it began, and goes on when
// let go or when its context ends.
func (r *fakeRuntime) hold() (entered, letGo chan struct{}) {
	entered, letGo = make(chan struct{}, 1000), make(chan struct{})
	r.run = func(ctx context.Context, in []augur.NamedTensor, out []string) ([]augur.Output, error) {
		entered <- struct{}{}
		select {
		case <-letGo:
			return echo(ctx, in, out)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return entered, letGo
}

// house is an engine with its fakes.
type house struct {
	*Engine
	catalog   *fakeCatalog
	artifacts *fakeArtifacts
	runtime   *fakeRuntime
}

// start starts an engine that serves versions, and stops it with the test.
func start(t testing.TB, cfg Config, versions ...*augur.CatalogVersion) *house {
	t.Helper()
	return startWith(t, cfg, Deps{}, versions...)
}

// startWith starts a house with what deps holds besides its own.
func startWith(t testing.TB, cfg Config, deps Deps, versions ...*augur.CatalogVersion) *house {
	t.Helper()
	h := &house{catalog: &fakeCatalog{}, artifacts: &fakeArtifacts{}, runtime: &fakeRuntime{}}
	h.catalog.set(versions...)
	deps.Catalog, deps.Artifacts, deps.Runtimes = h.catalog, h.artifacts, map[string]Runtime{"onnx": h.runtime}
	if deps.Logger == nil {
		deps.Logger = slog.New(slog.DiscardHandler)
	}
	var err error
	h.Engine, err = New(cfg, deps)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		if open, held := h.runtime.opens.Load()-h.runtime.closes.Load(), h.artifacts.held.Load(); open != 0 || held != 0 {
			t.Errorf("after Stop %d sessions are open and %d artifacts held", open, held)
		}
	})
	return h
}

func spec(name string, dtype augur.DType, dims ...any) augur.Spec {
	s := augur.Spec{Name: name, Type: augur.Type{Kind: augur.KindTensor, DType: dtype, Shape: []augur.Dim{}}}
	for _, d := range dims {
		switch d := d.(type) {
		case int:
			s.Type.Shape = append(s.Type.Shape, augur.Dim{Size: int64(d)})
		case string:
			s.Type.Shape = append(s.Type.Shape, augur.Dim{Size: -1, Symbol: d})
		}
	}
	return s
}

func between(lo, hi float64) *augur.Range { return &augur.Range{Min: &lo, Max: &hi} }

// road is a model like the demo: eight inputs of [batch, 1], each a feature.
func road() *augur.CatalogVersion {
	whole := func(name string, dtype augur.DType) augur.Feature {
		return augur.Feature{Name: name, Input: name, Column: augur.Whole, DType: dtype, Required: true}
	}
	sig := &augur.Signature{
		Features: []augur.Feature{
			whole("curvature", augur.Float32), whole("lighting", augur.String), whole("speed_limit", augur.Int64),
			whole("num_lanes", augur.Int64), whole("weather", augur.String), whole("road_type", augur.String),
			whole("holiday", augur.Bool), whole("num_reported_accidents", augur.Int64),
		},
		Outputs: []augur.Spec{spec("accident_risk", augur.Float32, "batch", 1)},
	}
	sig.Features[0].Range = between(0, 1)
	sig.Features[1].OneOf = []any{"day", "night", "dim"}
	sig.Features[2].Range = between(20, 130)
	sig.Features[6].Default = false
	for _, f := range sig.Features {
		sig.Inputs = append(sig.Inputs, spec(f.Name, f.DType, "batch", 1))
	}
	return version("road-risk", "1.0.0", sig)
}

const roadRow = `{"curvature":0.1529,"lighting":"dim","speed_limit":60,"num_lanes":3,"weather":"clear","road_type":"urban","holiday":false,"num_reported_accidents":0}`

// iris is a model of one matrix with named columns.
func iris() *augur.CatalogVersion {
	sig := &augur.Signature{
		Inputs:  []augur.Spec{spec("float_input", augur.Float32, "", 4)},
		Outputs: []augur.Spec{spec("output_label", augur.Int64, "")},
	}
	for i, name := range []string{"sepal_length", "sepal_width", "petal_length", "petal_width"} {
		sig.Features = append(sig.Features, augur.Feature{Name: name, Input: "float_input", Column: i, DType: augur.Float32, Required: true})
	}
	return version("iris", "1.0.0", sig)
}

func version(model, v string, sig *augur.Signature) *augur.CatalogVersion {
	return &augur.CatalogVersion{
		ID: "ver_" + model + v, ModelID: "mdl_" + model, Model: model, Version: v,
		Digest: augur.DigestOf(slices.Repeat([]byte(model[:1]), 32)), Format: "onnx", Signature: sig,
	}
}

// upTo are limits of rows.
func upTo(rows int) limits { return limits{rows, 256 << 20} }

func rows(model string, texts ...string) *augur.Request {
	req := &augur.Request{Model: model, Data: augur.Data{Rows: []json.RawMessage{}}}
	for _, text := range texts {
		req.Data.Rows = append(req.Data.Rows, json.RawMessage(text))
	}
	return req
}
