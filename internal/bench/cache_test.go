package bench_test

import (
	"path/filepath"
	"strings"
	"testing"

	"augur"
	"augur/inference"
	"augur/internal/augurtest"
	"augur/internal/bench"
)

// demo is one of the models of examples/models: its features, and a row whose
// digits are filled in.
type demo struct {
	name, file string
	features   []augur.Feature
	row        string
}

func demos() []demo {
	whole := func(dtype augur.DType, names ...string) (list []augur.Feature) {
		for _, name := range names {
			list = append(list, augur.Feature{Name: name, Input: name, Column: augur.Whole, DType: dtype, Required: true})
		}
		return list
	}
	road := append(whole(augur.Float32, "curvature"), whole(augur.String, "lighting")...)
	road = append(append(road, whole(augur.Int64, "speed_limit", "num_lanes")...), whole(augur.String, "weather", "road_type")...)
	road = append(append(road, whole(augur.Bool, "holiday")...), whole(augur.Int64, "num_reported_accidents")...)
	pixels := whole(augur.Float32, "pixels")
	pixels[0].Shape = []augur.Dim{{Size: 64}}
	list := []demo{
		{"road-risk", "road-risk/v1.1.0", road, `{"curvature":0.######,"lighting":"night","speed_limit":6#,"num_lanes":2,` +
			`"weather":"rainy","road_type":"urban","holiday":false,"num_reported_accidents":#}`},
		{"iris-random-forest", "iris-random-forest/v1.0.0", columns("float_input", "sepal_length", "sepal_width", "petal_length", "petal_width"),
			`{"sepal_length":5.######,"sepal_width":3.#####,"petal_length":1.4,"petal_width":0.2}`},
		{"digits-mlp", "digits-mlp/v1.0.0", pixels, `{"pixels":[0.######,0.######` + strings.Repeat(",0.375", 62) + `]}`},
	}
	for i := range list {
		list[i].file = filepath.Join(augurtest.Root(), "examples", "models", filepath.FromSlash(list[i].file), "model.onnx")
	}
	return list
}

// TestCacheCosts asks every demo model for what nobody asked before: having a
// cache that finds nothing must cost nearly nothing. How requests are batched is
// the same for both, so that the cache alone makes the difference.
func TestCacheCosts(t *testing.T) {
	f := bench.FormOf(t)
	h := open(t, inference.Config{})
	for _, d := range demos() {
		var loads []bench.Load
		for name, off := range map[string]bool{"-on": false, "-off": true} {
			model := h.add(t, d.name+name, d.file, augur.ServingPolicy{CacheOff: off, MaxBatchRows: 32, MaxConcurrent: 1}, d.features...)
			load := bench.Load{Name: model, Callers: callers, Caller: h.rowCaller(t, model, d.row, callers, 1)}
			if loads = append(loads, load); !off && len(loads) == 2 {
				loads[0], loads[1] = loads[1], loads[0]
			}
		}
		got := f.Measure(t, loads...)
		f.AtLeast(t, d.name+", new rows, cache on of cache off", got[0].Of(got[1]), 0.97)
	}
}
