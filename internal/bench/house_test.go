package bench_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"augur"
	"augur/inference"
	"augur/inference/onnx"
	"augur/internal/cases"
	"augur/internal/storetest"
	"augur/onnxfile"
	"augur/registry"
	"augur/registry/blob"
	"augur/server"
)

// TestMain collects as seldom as the server does, unless GOGC says otherwise.
func TestMain(m *testing.M) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(server.DefaultConfig().Memory.GCPercent)
	}
	goleak.VerifyTestMain(m)
}

// house is an engine with the real runtime and versions that a test adds.
type house struct {
	*inference.Engine
	catalog atomic.Pointer[map[string]*served]
}

// served is a version and its file.
type served struct {
	v    *augur.CatalogVersion
	path string
}

// open starts an engine without versions, which logs into a record of its own
// as a server does by default.
func open(t *testing.T, cfg inference.Config) *house {
	t.Helper()
	return openWith(t, cfg, openLog(t))
}

// openWith is open with another log; nil is none.
func openWith(t *testing.T, cfg inference.Config, log *inference.Log) *house {
	t.Helper()
	runtime, err := onnx.New(onnx.Config{})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{}
	h.catalog.Store(&map[string]*served{})
	h.Engine, err = inference.New(cfg, inference.Deps{
		Catalog: h, Artifacts: h, Runtimes: map[string]inference.Runtime{"onnx": runtime}, Log: log,
		Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry(),
	})
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
		if err := runtime.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// openLog starts a log over SQLite.
func openLog(t *testing.T) *inference.Log {
	t.Helper()
	blobs, err := blob.Open(blob.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	records, err := registry.New(registry.Config{}, registry.Deps{
		Store: storetest.Open(t, storetest.SQLite(t)), Blobs: blobs, Prober: onnx.Prober{},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := records.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(records.Stop)
	log, err := inference.NewLog(inference.LogConfig{}, records, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := log.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return log
}

// add serves a file as a model's live version. Its digest is made of its name,
// so that one file serves several models, each with a session of its own.
func (h *house) add(t testing.TB, name, path string, p augur.ServingPolicy, features ...augur.Feature) string {
	t.Helper()
	file, closer, err := onnxfile.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	_ = closer.Close()
	sig := *file.Signature
	sig.Features = features
	sum := sha256.Sum256([]byte(name))
	all := maps.Clone(*h.catalog.Load())
	all[name] = &served{path: path, v: &augur.CatalogVersion{
		ID: "ver_" + name, ModelID: "mdl_" + name, Model: name, Version: "v1.0.0",
		Digest: augur.DigestOf(sum[:]), Format: "onnx", Signature: &sig, Policy: p,
	}}
	h.catalog.Store(&all)
	return name
}

// drop takes a model out of the catalog.
func (h *house) drop(name string) {
	all := maps.Clone(*h.catalog.Load())
	delete(all, name)
	h.catalog.Store(&all)
	h.CatalogChanged()
}

// Resolve, Fallback and Versions implement inference.Catalog.
func (h *house) Resolve(_ context.Context, model, _ string) (*augur.CatalogVersion, augur.Route, error) {
	s := (*h.catalog.Load())[model]
	if s == nil {
		return nil, augur.Route{}, augur.Errorf(augur.NotFound, "no model %q", model).At("model")
	}
	return s.v, augur.Route{Reason: augur.RouteLive, Ref: augur.Live}, nil
}

func (*house) Rollouts() []*augur.LiveRollout { return nil }

func (h *house) Fallback(string) *augur.CatalogVersion { return nil }

func (h *house) Versions() (list []*augur.CatalogVersion) {
	for _, s := range *h.catalog.Load() {
		list = append(list, s.v)
	}
	return list
}

// Open implements inference.Artifacts.
func (h *house) Open(_ context.Context, d augur.Digest) (string, func(), error) {
	for _, s := range *h.catalog.Load() {
		if s.v.Digest == d {
			return s.path, func() {}, nil
		}
	}
	return "", nil, augur.Errorf(augur.NotFound, "no artifact %s", d)
}

// written writes a model to a file.
func written(t testing.TB, m cases.Model) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.onnx")
	if err := os.WriteFile(path, m.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// columns are features that name the columns of an input of so many.
func columns(input string, names ...string) (list []augur.Feature) {
	for i, name := range names {
		list = append(list, augur.Feature{Name: name, Input: input, Column: i, DType: augur.Float32, Required: true})
	}
	return list
}

// rowCaller makes calls with so many rows made of a template, all different.
func (h *house) rowCaller(t testing.TB, model, template string, callers, rows int) func(i int) func() error {
	return func(i int) func() error {
		ctx, cancel := context.WithCancel(t.Context())
		t.Cleanup(cancel)
		texts := newTexts(template, i, callers, rows)
		return func() error {
			resp, err := h.Predict(ctx, &augur.Request{Model: model, Data: augur.Data{Rows: texts.next()}})
			if err != nil {
				return err
			}
			return answered(resp.Values(), rows)
		}
	}
}

// tensorCaller makes calls with one float32 tensor of one row, which is written
// to between calls, so that every time it is another.
func (h *house) tensorCaller(t testing.TB, model, input string, callers int, shape ...int64) func(i int) func() error {
	return func(i int) func() error {
		ctx, cancel := context.WithCancel(t.Context())
		t.Cleanup(cancel)
		x, err := augur.NewTensor(augur.Float32, shape...)
		if err != nil {
			t.Fatal(err)
		}
		n := i
		return func() error {
			n += callers
			mark(augur.View[float32](x), n)
			_, err := h.Predict(ctx, &augur.Request{Model: model, Data: augur.Data{Tensors: []augur.NamedTensor{{Name: input, Tensor: x}}}})
			return err
		}
	}
}

// mark makes data different for every n.
func mark(data []float32, n int) { data[0], data[1] = float32(n%(1<<20))/(1<<20), float32(n>>20) }

func answered(values []json.RawMessage, rows int) error {
	if len(values) != rows || len(values[0]) < 5 {
		return augur.Errorf(augur.Internal, "the answer is %s", values)
	}
	return nil
}

// texts are rows made of a template, whose # are digits of a number that is
// another for every row of every caller.
type texts struct {
	rows   []json.RawMessage
	places []int
	number int
	step   int
}

func newTexts(template string, caller, callers, rows int) *texts {
	x := &texts{number: caller * rows, step: callers * rows}
	for i, c := range template {
		if c == '#' {
			x.places = append(x.places, i)
		}
	}
	slices.Reverse(x.places)
	for range rows {
		x.rows = append(x.rows, json.RawMessage(strings.ReplaceAll(template, "#", "0")))
	}
	return x
}

func (x *texts) next() []json.RawMessage {
	for i, row := range x.rows {
		n := x.number + i
		for _, p := range x.places {
			row[p] = byte('0' + n%10)
			if n /= 10; n == 0 {
				break // what is left has digits of smaller numbers only
			}
		}
	}
	x.number += x.step
	return x.rows
}
