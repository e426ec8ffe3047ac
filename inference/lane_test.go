package inference

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"augur"
)

// What a request opens for a version that left the catalog after it was
// resolved, it closes.
func TestLateRequestClosesWhatItOpened(t *testing.T) {
	h := start(t, Config{CacheBytes: -1}, road())
	v := h.catalog.Versions()[0]
	h.Engine.deps.Catalog = catalogFunc{h.catalog, func(context.Context, string, string) (*augur.CatalogVersion, augur.Route, error) {
		h.catalog.set() // between resolve and the lane
		h.CatalogChanged()
		return v, augur.Route{}, nil
	}}
	if _, err := h.Predict(t.Context(), rows("road-risk", roadRow)); err != nil {
		t.Fatal(err)
	}
	if loads, closes := h.runtime.loads.Load(), h.runtime.closes.Load(); loads != 1 || closes != 1 {
		t.Errorf("%d loads, %d closes", loads, closes)
	}
	if held := h.artifacts.held.Load(); held != 0 {
		t.Errorf("%d artifacts are held", held)
	}
	if _, ok := h.State(v.ID); ok {
		t.Error("the version is known still")
	}
}

// catalogFunc is a catalog with another Resolve.
type catalogFunc struct {
	*fakeCatalog
	resolve func(ctx context.Context, model, ref string) (*augur.CatalogVersion, augur.Route, error)
}

func (c catalogFunc) Resolve(ctx context.Context, model, ref string) (*augur.CatalogVersion, augur.Route, error) {
	return c.resolve(ctx, model, ref)
}

// A version that leaves the catalog during a run is closed after the run.
func TestCatalogChangeWaitsForRuns(t *testing.T) {
	h := start(t, Config{}, road(), iris())
	running, finish := make(chan struct{}), make(chan struct{})
	h.runtime.run = func(ctx context.Context, in []augur.NamedTensor, out []string) ([]augur.Output, error) {
		close(running)
		<-finish
		if h.runtime.closes.Load() != 0 {
			t.Error("closed during a run")
		}
		return echo(ctx, in, out)
	}
	done := make(chan error)
	go func() {
		_, err := h.Predict(context.Background(), rows("road-risk", roadRow))
		done <- err
	}()
	<-running
	h.catalog.set(iris())
	h.CatalogChanged()
	close(finish)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if closes := h.runtime.closes.Load(); closes != 1 {
		t.Errorf("%d closes after the last run", closes)
	}
	if _, err := h.Predict(t.Context(), rows("road-risk", roadRow)); augur.CodeOf(err) != augur.NotFound {
		t.Error(err)
	}
}

// A snapshot with the same versions keeps sessions; another policy takes effect.
func TestCatalogChangeKeepsWhatFits(t *testing.T) {
	h := start(t, Config{}, road())
	if _, err := h.Predict(t.Context(), rows("road-risk", roadRow)); err != nil {
		t.Fatal(err)
	}
	changed := road()
	changed.Policy.MaxRows = 1
	h.catalog.set(changed)
	h.CatalogChanged()
	_, err := h.Predict(t.Context(), rows("road-risk", roadRow, roadRow))
	if diff := cmp.Diff([]string{"data.rows: expected at most 1 rows in one request, got 2"}, errorLines(err)); diff != "" {
		t.Error(diff)
	}
	if loads := h.runtime.loads.Load(); loads != 1 {
		t.Errorf("%d loads", loads)
	}
	changed = road()
	changed.Policy.Threads = 2 // another session
	h.catalog.set(changed)
	h.CatalogChanged()
	if _, err := h.Predict(t.Context(), rows("road-risk", `{}`, roadRow, roadRow)); err != nil {
		t.Fatal(err)
	}
	if loads, closes := h.runtime.loads.Load(), h.runtime.closes.Load(); loads != 2 || closes != 1 {
		t.Errorf("%d loads, %d closes", loads, closes)
	}
}

// A session that panics fails its own request, and neither the process nor the
// text of the panic gets out.
func TestPanicOfARun(t *testing.T) {
	h := start(t, Config{}, road())
	h.runtime.run = func(context.Context, []augur.NamedTensor, []string) ([]augur.Output, error) { panic("secret") }
	_, err := h.Predict(t.Context(), rows("road-risk", roadRow))
	if e := augur.AsError(err); e == nil || e.Code != augur.Internal || strings.Contains(e.Message, "secret") {
		t.Error(err)
	}
	if state, _ := h.State(road().ID); state.Running != 0 || state.Queued != 0 {
		t.Errorf("%+v", state)
	}
	h.runtime.run = nil
	if _, err := h.Predict(t.Context(), rows("road-risk", roadRow)); err != nil {
		t.Error(err)
	}
}

// Two versions with one name, as after a deletion, do not break the gauges.
func TestGaugesOfOneNameTwice(t *testing.T) {
	old, fresh := road(), road()
	fresh.ID += "2"
	h := start(t, Config{}, old, fresh)
	for _, v := range []*augur.CatalogVersion{old, fresh} {
		if _, err := h.lane(v); err != nil {
			t.Fatal(err)
		}
	}
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(gauges{h.Engine})
	if _, err := registry.Gather(); err != nil {
		t.Error(err)
	}
}

// A row of more elements than an int can count is no row.
func TestHugeRow(t *testing.T) {
	sig := &augur.Signature{
		Inputs:   []augur.Spec{spec("x", augur.Float32, "batch", 1<<40, 1<<40)},
		Outputs:  []augur.Spec{spec("y", augur.Float32, "batch")},
		Features: []augur.Feature{{Name: "x", Input: "x", Column: augur.Whole, DType: augur.Float32, Shape: []augur.Dim{{Size: 1 << 40}, {Size: 1 << 40}}}},
	}
	h := start(t, Config{}, version("huge", "1.0.0", sig))
	for _, data := range []augur.Data{
		{Rows: []json.RawMessage{json.RawMessage(`{"x":[1]}`)}},
		{Columns: json.RawMessage(`{"x":[[1]]}`)},
	} {
		_, err := h.Predict(t.Context(), &augur.Request{Model: "huge", Data: data})
		if err == nil || !strings.Contains(err.Error(), "has too many elements: send tensors") {
			t.Error(err)
		}
	}
}

// What a wrong row says of a free dimension does not bind the good rows.
func TestWrongFirstRowDoesNotBindTheRest(t *testing.T) {
	c := codecOf(t, every())
	in, err := c.read(rows("",
		`{"n":7,"words":["a"],"mask":["x"],"b":1}`,
		`{"n":7,"words":["a","b"],"mask":[1,2],"b":1}`,
		`{"n":8,"words":["c","d"],"mask":[3,4],"b":1}`,
	), 10)
	if err != nil || len(in.index) != 2 || len(in.errs) != 1 {
		t.Fatal(err, in.index, in.errs)
	}
	if got := show(in.tensors); !strings.Contains(got, `words=[2 2]:["a","b","c","d"] mask=[2 2]:[1,2,3,4]`) {
		t.Error(got)
	}
}
