package bench_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"augur"
	"augur/inference"
	"augur/internal/augurtest"
	"augur/internal/bench"
	"augur/internal/cases"
)

// TestBatching holds what a version chooses by itself against every fixed
// setting, on four kinds of models of which each wants another: 32 callers, one
// row a call, as tensors. Nothing is cached, so that batching alone is compared.
func TestBatching(t *testing.T) {
	f := bench.FormOf(t)
	for _, m := range []struct {
		name, path, input string
		shape             []int64
		gain              float64 // wanted over one by one
	}{
		{"tiny dense", written(t, cases.Dense(12, 64, 64, 1)), "x", []int64{1, 12}, 0},
		{"trees", filepath.Join(augurtest.Root(), "examples", "models", "iris-random-forest", "v1.0.0", "model.onnx"), "float_input", []int64{1, 4}, 0},
		{"wide dense", written(t, cases.Dense(1024, 4096, 1024)), "x", []int64{1, 1024}, 2.5},
		{"convolutional", written(t, cases.Convolutional()), "x", []int64{1, 3, 64, 64}, 0},
	} {
		t.Run(m.name, func(t *testing.T) {
			h := open(t, inference.Config{})
			load := func(name string, p augur.ServingPolicy) bench.Load {
				p.CacheOff = true
				model := h.add(t, name, m.path, p)
				return bench.Load{Name: name, Callers: callers, Caller: h.tensorCaller(t, model, m.input, callers, m.shape...)}
			}
			loads := []bench.Load{load("automatic", augur.ServingPolicy{})}
			for _, rows := range []int{1, 8, 32, 128} {
				for _, at := range []int{1, 2, 8} {
					if at == 8 && rows > 1 {
						continue // nobody would be left to run with
					}
					loads = append(loads, load(fmt.Sprintf("%d rows, %d at a time", rows, at), augur.ServingPolicy{MaxBatchRows: rows, MaxConcurrent: at}))
				}
			}
			got := f.Measure(t, loads...)
			best := 1 + bench.Best(got[1:])
			f.AtLeast(t, m.name+", automatic of the best ("+loads[best].Name+")", got[0].Of(got[best]), 0.85)
			single := 1 + bench.Best(got[1:4])
			if m.gain > 0 {
				f.AtLeast(t, m.name+", automatic, times one by one", got[0].Of(got[single]), m.gain)
			} else {
				bench.Note(m.name+", automatic, times one by one", got[0].Of(got[single]))
			}
			for i := range loads {
				t.Logf("%-24s %9.0f rows/s", loads[i].Name, bench.SpreadOf(got[i]).Median)
			}
			if s, ok := h.State("ver_automatic"); ok {
				t.Logf("automatic: %+v", s.Batching)
			}
		})
	}
}
