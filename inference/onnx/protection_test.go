package onnx_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"augur"
	"augur/inference"
	"augur/internal/cases"
)

// shelf is a catalog and its artifacts: files in a folder, by digest.
type shelf struct {
	dir      string
	versions atomic.Pointer[[]*augur.CatalogVersion]
	instead  map[string]*augur.CatalogVersion
}

func newShelf(t *testing.T) *shelf {
	s := &shelf{dir: t.TempDir(), instead: map[string]*augur.CatalogVersion{}}
	s.versions.Store(&[]*augur.CatalogVersion{})
	return s
}

// put puts a model on the shelf under a name.
func (s *shelf) put(t *testing.T, model, version string, m cases.Model, policy augur.ServingPolicy) *augur.CatalogVersion {
	t.Helper()
	file := m.Bytes()
	sum := sha256.Sum256(file)
	v := &augur.CatalogVersion{
		ID: "ver_" + model + version, ModelID: "mdl_" + model, Model: model, Version: version,
		Digest: augur.DigestOf(sum[:]), Format: "onnx", Size: int64(len(file)), Policy: policy,
		Signature: &augur.Signature{Inputs: m.Graph.Inputs, Outputs: m.Graph.Outputs},
	}
	if err := os.WriteFile(filepath.Join(s.dir, v.Digest.Hex()), file, 0o600); err != nil {
		t.Fatal(err)
	}
	now := append(slices.Clone(s.Versions()), v)
	s.versions.Store(&now)
	return v
}

func (s *shelf) Versions() []*augur.CatalogVersion { return *s.versions.Load() }

func (*shelf) Rollouts() []*augur.LiveRollout { return nil }

func (s *shelf) Fallback(id string) *augur.CatalogVersion { return s.instead[id] }

func (s *shelf) Resolve(_ context.Context, model, ref string) (*augur.CatalogVersion, augur.Route, error) {
	for _, v := range s.Versions() {
		switch {
		case v.Model == model && ref == "":
			return v, augur.Route{Reason: augur.RouteLive, Ref: augur.Live}, nil
		case v.Model == model && ref == v.Version:
			return v, augur.Route{Reason: augur.RouteExplicit, Ref: ref}, nil
		}
	}
	return nil, augur.Route{}, augur.Errorf(augur.NotFound, "no %s %s", model, ref)
}

func (s *shelf) Open(_ context.Context, d augur.Digest) (string, func(), error) {
	return filepath.Join(s.dir, d.Hex()), func() {}, nil
}

// serve starts an engine over the shelf and ends it with the test.
func (s *shelf) serve(t *testing.T, cfg inference.Config) *inference.Engine {
	t.Helper()
	e, err := inference.New(cfg, inference.Deps{
		Catalog: s, Artifacts: s, Runtimes: map[string]inference.Runtime{"onnx": newRuntime(t)}, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return e
}

// counting is y = x + 1 + 1 + …, as often as the input turns says.
func counting() cases.Model {
	m := cases.Endless()
	for i := range m.Graph.Nodes {
		if m.Graph.Nodes[i].Op == "Loop" {
			m.Graph.Nodes[i].In[0] = "turns"
		}
	}
	m.Graph.Inputs = append(m.Graph.Inputs, cases.Port("turns", cases.Tensor(augur.Int64)))
	return m
}

// adding is y = x + k.
func adding(k float32) cases.Model {
	x := cases.Tensor(augur.Float32, "n")
	return cases.Model{Graph: cases.Graph{
		Nodes:   []cases.Node{{Op: "Add", In: []string{"x", "k"}, Out: []string{"y"}}},
		Inputs:  []augur.Spec{cases.Port("x", x)},
		Outputs: []augur.Spec{cases.Port("y", x)},
		Initial: []cases.Initial{{Name: "k", Tensor: augur.TensorOf(augur.Float32, []float32{k}, 1)}},
	}}
}

// addingTurns is adding with the inputs of counting, the other way round.
func addingTurns(k float32) cases.Model {
	m := adding(k)
	m.Graph.Inputs = []augur.Spec{cases.Port("turns", cases.Tensor(augur.Int64)), m.Graph.Inputs[0]}
	m.Graph.Nodes = append(m.Graph.Nodes, cases.Node{Op: "Identity", In: []string{"turns"}, Out: []string{"unused"}})
	return m
}

// ask asks for x, and turns where they are not negative, and returns y.
func ask(t *testing.T, e *inference.Engine, model, version string, x float32, turns int64) (float32, *augur.Response, error) {
	t.Helper()
	req := &augur.Request{Model: model, Version: version, Data: augur.Data{Tensors: []augur.NamedTensor{
		{Name: "x", Tensor: augur.TensorOf(augur.Float32, []float32{x}, 1)},
	}}}
	if turns >= 0 {
		req.Data.Tensors = append(req.Data.Tensors, augur.NamedTensor{Name: "turns", Tensor: augur.TensorOf(augur.Int64, []int64{turns})})
	}
	resp, err := e.Predict(t.Context(), req)
	if err != nil {
		return 0, nil, err
	}
	return augur.View[float32](resp.Outputs[0].Value.Tensor)[0], resp, nil
}

// A version that does not come to an end costs its callers their deadline and
// nobody else anything; then it is left alone, and tried again.
func TestEndlessVersion(t *testing.T) {
	s := newShelf(t)
	policy := augur.ServingPolicy{Timeout: 700 * time.Millisecond, BreakerDelay: 3 * time.Second}
	bad := s.put(t, "count", "2.0.0", counting(), policy)
	good := s.put(t, "count", "1.0.0", addingTurns(100), augur.ServingPolicy{})
	s.put(t, "other", "1.0.0", adding(1), augur.ServingPolicy{})
	s.instead[bad.ID] = good
	e := s.serve(t, inference.Config{})
	if y, resp, err := ask(t, e, "count", "", 1, 3); err != nil || y != 4 || resp.Version != bad {
		t.Fatal(y, resp, err)
	}
	const endless = 1 << 40
	for i := range 6 {
		began := time.Now()
		if _, _, err := ask(t, e, "count", "", 1, endless+int64(i)); augur.CodeOf(err) != augur.DeadlineExceeded || time.Since(began) < policy.Timeout {
			t.Fatalf("%v after %v", err, time.Since(began))
		}
		if y, _, err := ask(t, e, "other", "", float32(i), -1); err != nil || y != float32(i)+1 {
			t.Error(y, err)
		}
		state, _ := e.State(bad.ID)
		if state.Running != 0 || state.Queued != 0 {
			t.Errorf("something is left: %+v", state)
		}
		if i == 0 { // the session is as good as new, and a good answer ends the row
			if y, resp, err := ask(t, e, "count", "", 2, 3); err != nil || y != 5 || resp.Version != bad {
				t.Fatal(y, resp, err)
			}
			if state, _ = e.State(bad.ID); state.Breaker.Failures != 0 {
				t.Errorf("%+v", state.Breaker)
			}
		}
	}
	state, _ := e.State(bad.ID)
	if b := state.Breaker; b.Status != augur.BreakerOpen || b.Failures != 5 || b.Opened != 1 || b.LastError == "" {
		t.Errorf("%+v", b)
	}
	if y, resp, err := ask(t, e, "count", "", 1, endless); err != nil || y != 101 || resp.Version != good || resp.Route != (augur.Route{Reason: augur.RouteFallback, Ref: augur.Live}) {
		t.Fatal(y, resp, err)
	}
	// Who names it waits, and is answered once it is tried again.
	for {
		y, _, err := ask(t, e, "count", "2.0.0", 5, 3)
		if err == nil && y == 8 {
			break
		}
		if augur.CodeOf(err) != augur.Unavailable {
			t.Fatal(y, err)
		}
		time.Sleep(augur.AsError(err).RetryAfter)
	}
	if state, _ = e.State(bad.ID); state.Breaker.Status != augur.BreakerClosed {
		t.Errorf("%+v", state.Breaker)
	}
}

// Sessions of the real runtime are closed and opened under traffic, and every
// request is answered by its version.
func TestSessionsComeAndGo(t *testing.T) {
	const versions, callers, each = 8, 6, 60
	s := newShelf(t)
	for k := range versions {
		s.put(t, fmt.Sprint("add", k), "1.0.0", adding(float32(k)), augur.ServingPolicy{})
	}
	e := s.serve(t, inference.Config{SessionBytes: 7 << 19, CacheBytes: -1}) // room for three
	all := s.Versions()
	stop := make(chan struct{})
	var wg, churn sync.WaitGroup
	churn.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
			}
			now := slices.Clone(all)
			for i, v := range all {
				if rand.IntN(4) == 0 {
					other := *v
					other.Policy.Threads = 1 + rand.IntN(2)
					now[i] = &other
				}
			}
			s.versions.Store(&now)
			e.CatalogChanged()
		}
	})
	for range callers {
		wg.Go(func() {
			for i := range each {
				k := rand.IntN(versions)
				if y, _, err := ask(t, e, fmt.Sprint("add", k), "", float32(i), -1); err != nil || y != float32(i+k) {
					t.Errorf("add%d of %d gave %v, %v", k, i, y, err)
				}
			}
		})
	}
	wg.Wait()
	close(stop)
	churn.Wait()
}
