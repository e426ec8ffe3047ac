package inference

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

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
	), upTo(10))
	if err != nil || len(in.index) != 2 || len(in.errs) != 1 {
		t.Fatal(err, in.index, in.errs)
	}
	if got := show(in.tensors); !strings.Contains(got, `words=[2 2]:["a","b","c","d"] mask=[2 2]:[1,2,3,4]`) {
		t.Error(got)
	}
}
