package inference

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"augur"
)

// next is v as a later version of another artifact.
func next(v *augur.CatalogVersion) *augur.CatalogVersion {
	v.Version, v.ID, v.Digest = "0.9.0", "ver_before", augur.DigestOf(slices.Repeat([]byte("b"), 32))
	return v
}

// broken makes every run of the version 1.0.0 fail and others echo.
func (h *house) broken() {
	h.runtime.runOf = func(ctx context.Context, v *augur.CatalogVersion, in []augur.NamedTensor, out []string) ([]augur.Output, error) {
		if v.Version == "1.0.0" {
			return nil, errBroken
		}
		return echo(ctx, in, out)
	}
}

func TestFallback(t *testing.T) {
	v, before := road(), next(road())
	registry := prometheus.NewRegistry()
	h := startWith(t, Config{BreakerFailures: 2}, Deps{Registerer: registry}, v, before)
	h.ask(t, distinct(7)) // kept from good days
	h.broken()
	h.catalog.instead = before
	h.fails(t, 2, augur.Internal)

	resp, err := h.Predict(t.Context(), distinct(250000))
	if err != nil || resp.Version != before || resp.Route != (augur.Route{Reason: augur.RouteFallback, Ref: augur.Live}) ||
		resp.Cache != augur.CacheMiss || string(resp.Values()[0]) != `{"accident_risk":0.25}` {
		t.Fatal(resp, err)
	}
	// Its answers are its own, and so is its place in the cache.
	if resp, err = h.Predict(t.Context(), distinct(250000)); err != nil || resp.Version != before || resp.Cache != augur.CacheMemory {
		t.Error(resp, err)
	}
	// What the version said while it was well is right still.
	if resp, err = h.Predict(t.Context(), distinct(7)); err != nil || resp.Version != v || resp.Cache != augur.CacheMemory || resp.Route.Reason != augur.RouteLive {
		t.Error(resp, err)
	}
	// Who names the version gets that or nothing.
	named := distinct(1)
	named.Version = v.Version
	if _, err := h.Predict(t.Context(), named); augur.CodeOf(err) != augur.Unavailable || augur.AsError(err).RetryAfter <= 0 {
		t.Error(err)
	}
	if state, _ := h.State(before.ID); state.Breaker.Status != augur.BreakerClosed || !state.Loaded {
		t.Errorf("%+v", state)
	}
	if lines := gather(t, registry); !slices.Contains(lines, "augur_prediction_fallbacks_total{road-risk 1.0.0} 2") {
		t.Errorf("%q", lines)
	}

	// The one that stands in fails too: first with its own error, then it is
	// left alone as well, and the first refusal stands.
	h.answersWith(nil)
	h.runtime.runOf = func(context.Context, *augur.CatalogVersion, []augur.NamedTensor, []string) ([]augur.Output, error) {
		return nil, errBroken
	}
	h.fails(t, 2, augur.Internal)
	if message, _ := h.fails(t, 1, augur.Unavailable); !strings.Contains(message, "2 times") {
		t.Error(message)
	}
	h.catalog.instead = nil
	h.fails(t, 1, augur.Unavailable)
	h.catalog.instead = v // a catalog that is wrong
	h.fails(t, 1, augur.Unavailable)
}

// Callers of one question are one run on the version that stands in, too; and
// those who wait for the trial go there.
func TestFallbackTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, before := road(), next(road())
		h := start(t, Config{BreakerFailures: 1}, v, before)
		h.catalog.instead = before
		h.broken()
		h.fails(t, 1, augur.Internal)
		time.Sleep(time.Minute)

		letGo := make(chan struct{})
		h.runtime.runOf = func(ctx context.Context, v *augur.CatalogVersion, in []augur.NamedTensor, out []string) ([]augur.Output, error) {
			<-letGo
			return echo(ctx, in, out)
		}
		runs := h.runtime.runs.Load()
		var wg sync.WaitGroup
		wg.Go(func() { // the trial
			if resp, err := h.Predict(t.Context(), distinct(0)); err != nil || resp.Version != v {
				t.Error(resp, err)
			}
		})
		synctest.Wait()
		for range 10 {
			wg.Go(func() {
				if resp, err := h.Predict(t.Context(), distinct(1)); err != nil || resp.Version != before || resp.Route.Reason != augur.RouteFallback {
					t.Error(resp, err)
				}
			})
		}
		synctest.Wait()
		close(letGo)
		wg.Wait()
		if n := h.runtime.runs.Load() - runs; n != 2 {
			t.Errorf("%d runs, want the trial and one on the fallback", n)
		}
		if resp, err := h.Predict(t.Context(), distinct(2)); err != nil || resp.Version != v {
			t.Error(resp, err)
		}
	})
}

// A version that cannot be loaded is left alone before its breaker opens.
func TestFallbackWhileNotLoaded(t *testing.T) {
	v, before := road(), next(road())
	h := start(t, Config{}, v, before)
	h.catalog.instead = before
	h.runtime.load = func(_ context.Context, of *augur.CatalogVersion) error {
		if of.ID == v.ID {
			return augur.Errorf(augur.FailedPrecondition, "the file is broken")
		}
		return nil
	}
	for i := range 3 {
		if resp, err := h.Predict(t.Context(), distinct(i)); err != nil || resp.Version != before || resp.Route.Reason != augur.RouteFallback {
			t.Error(resp, err)
		}
	}
	if n := h.runtime.loads.Load(); n != 2 {
		t.Errorf("%d loads", n)
	}
	named := distinct(1)
	named.Version = v.Version
	if _, err := h.Predict(t.Context(), named); augur.CodeOf(err) != augur.FailedPrecondition {
		t.Error(err)
	}
}

// The version that stands in may have its inputs in another order or form, and
// more of them.
func TestFallbackOfAnotherForm(t *testing.T) {
	reversed := next(iris())
	feature := func(name string, dtype augur.DType) augur.Feature {
		return augur.Feature{Name: name, Input: name, Column: augur.Whole, DType: dtype, Required: true}
	}
	sig := func(v *augur.CatalogVersion, change func(*augur.Signature)) *augur.CatalogVersion {
		s := *v.Signature
		s.Inputs, s.Features, s.Outputs = slices.Clone(s.Inputs), slices.Clone(s.Features), slices.Clone(s.Outputs)
		change(&s)
		v.Signature = &s
		return v
	}
	// Four columns instead of a matrix, the last of them first, and one more.
	reversed.Signature = &augur.Signature{Outputs: iris().Signature.Outputs}
	for _, name := range []string{"petal_width", "petal_length", "sepal_width", "sepal_length"} {
		reversed.Signature.Inputs = append(reversed.Signature.Inputs, spec(name, augur.Float32, "n", 1))
		reversed.Signature.Features = append(reversed.Signature.Features, feature(name, augur.Float32))
	}
	note := spec("note", augur.String, "n", 1)
	note.Optional = true
	reversed.Signature.Inputs = append(reversed.Signature.Inputs, note)
	reversed.Signature.Features = append(reversed.Signature.Features, augur.Feature{Name: "note", Input: "note", Column: augur.Whole, DType: augur.String})

	strict := iris()
	strict.Signature.Features[0].Range = between(0, 10) // the fallback is wider
	const good, bad, other = `{"sepal_length":1,"sepal_width":2,"petal_length":3,"petal_width":4}`,
		`{"sepal_length":11,"sepal_width":2,"petal_length":3,"petal_width":4}`,
		`{"sepal_length":5,"sepal_width":6,"petal_length":7,"petal_width":8}`
	given := func(data augur.Data) *augur.Request { return &augur.Request{Model: "iris", Data: data} }
	matrix := given(augur.Data{Tensors: []augur.NamedTensor{{Name: "float_input", Tensor: augur.TensorOf(augur.Float32, []float32{1, 2, 3, 4}, 1, 4)}}})
	inColumns := given(augur.Data{Columns: json.RawMessage(`{"sepal_length":[1,11,5],"sepal_width":[2,2,6],"petal_length":[3,3,7],"petal_width":[4,4,8]}`)})
	roads := func(change func(*augur.Signature)) *augur.CatalogVersion { return sig(next(road()), change) }

	const columns = `petal_width=[2 1]:[4,8] petal_length=[2 1]:[3,7] sepal_width=[2 1]:[2,6] sepal_length=[2 1]:[1,5]`
	for _, tc := range []struct {
		name      string
		v, other  *augur.CatalogVersion
		req       *augur.Request
		want      string // what ran; "" for nothing
		rows      int
		index     []int
		rowErrors int
	}{
		{"the same", strict, next(iris()), rows("iris", good), `float_input=[1 4]:[1,2,3,4]`, 1, []int{0}, 0},
		{"a wrong row stays wrong", strict, next(iris()), rows("iris", good, bad, other), `float_input=[2 4]:[1,2,3,4,5,6,7,8]`, 3, []int{0, 2}, 1},
		{"another form", strict, reversed, rows("iris", good, other), columns, 2, []int{0, 1}, 0},
		{"another form and a wrong row", strict, reversed, rows("iris", good, bad, other), columns, 3, []int{0, 2}, 1},
		{"another form of columns", strict, reversed, inColumns, columns, 3, []int{0, 2}, 1},
		{"tensors have one form", strict, reversed, matrix, "", 0, nil, 0},
		{"tensors", strict, next(iris()), matrix, `float_input=[1 4]:[1,2,3,4]`, 1, []int{0}, 0},
		{"another order", road(), roads(func(s *augur.Signature) { slices.Reverse(s.Inputs) }), rows("road-risk", roadRow),
			`num_reported_accidents=[1 1]:[0] holiday=[1 1]:[false] road_type=[1 1]:["urban"] weather=[1 1]:["clear"] num_lanes=[1 1]:[3] speed_limit=[1 1]:[60] lighting=[1 1]:["dim"] curvature=[1 1]:[0.1529]`, 1, []int{0}, 0},
		{"another dtype", road(), roads(func(s *augur.Signature) {
			s.Inputs[0], s.Features[0] = spec("curvature", augur.Float64, "batch", 1), feature("curvature", augur.Float64)
		}), rows("road-risk", strings.Replace(roadRow, "0.1529", "0.5", 1)),
			`curvature=[1 1]:[0.5] lighting=[1 1]:["dim"] speed_limit=[1 1]:[60] num_lanes=[1 1]:[3] weather=[1 1]:["clear"] road_type=[1 1]:["urban"] holiday=[1 1]:[false] num_reported_accidents=[1 1]:[0]`, 1, []int{0}, 0},
		{"a row that it refuses", road(), roads(func(s *augur.Signature) {
			s.Inputs[0], s.Features[0] = spec("curvature", augur.Int8, "batch", 1), feature("curvature", augur.Int8)
		}), rows("road-risk", roadRow), "", 0, nil, 0},
		{"it needs more", road(), roads(func(s *augur.Signature) {
			s.Inputs, s.Features = append(s.Inputs, spec("more", augur.Int8, "batch", 1)), append(s.Features, feature("more", augur.Int8))
		}), rows("road-risk", roadRow), "", 0, nil, 0},
		{"it gives something else", road(), roads(func(s *augur.Signature) { s.Outputs[0].Name = "risk" }), rows("road-risk", roadRow), "", 0, nil, 0},
		{"its signature is broken", road(), roads(func(s *augur.Signature) { s.Features[0].Input = "x" }), rows("road-risk", roadRow), "", 0, nil, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := start(t, Config{BreakerFailures: 1}, tc.v, tc.other)
			h.catalog.instead = tc.other
			ran := ""
			h.runtime.runOf = func(ctx context.Context, v *augur.CatalogVersion, in []augur.NamedTensor, out []string) ([]augur.Output, error) {
				if v.ID == tc.v.ID {
					return nil, errBroken
				}
				if ran == "" { // the rest is proof that rows may run together
					ran = show(in)
				}
				return echo(ctx, in, out)
			}
			if _, err := h.Predict(t.Context(), tc.req); augur.CodeOf(err) != augur.Internal {
				t.Fatal(err)
			}
			resp, err := h.Predict(t.Context(), tc.req)
			if ran != tc.want {
				t.Errorf("ran %s", ran)
			}
			if tc.want == "" {
				if augur.CodeOf(err) != augur.Unavailable {
					t.Error(resp, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if resp.Version != tc.other || resp.Rows != tc.rows || !slices.Equal(resp.RowIndex, tc.index) || len(resp.RowErrors) != tc.rowErrors {
				t.Errorf("%+v", resp)
			}
		})
	}
}

// The shared cache, too, may know what an open version said.
func TestOpenVersionInTheSharedCache(t *testing.T) {
	shared := &fakeShared{}
	well := beside(t, Config{BreakerFailures: 1}, shared, road())
	well.ask(t, distinct(1))
	for shared.puts() == 0 { // it is put in the background
		time.Sleep(time.Millisecond)
	}
	ill := beside(t, Config{BreakerFailures: 1}, shared, road())
	ill.answersWith(errors.New("broken"))
	ill.fails(t, 1, augur.Internal)
	ill.fails(t, 1, augur.Unavailable)
	if status := ill.ask(t, distinct(1)); status != augur.CacheShared {
		t.Error(status)
	}
}
