package bench_test

import (
	"encoding/json"
	"math"
	"runtime/debug"
	"strings"
	"testing"

	"augur"
	"augur/inference"
	"augur/internal/cases"
)

// maxAllocations is how many allocations a prediction of one row may take: what
// a noisy machine cannot move.
const maxAllocations = 100

// TestAllocations counts those of one row of each small model.
func TestAllocations(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector allocates too")
	}
	h := open(t, inference.Config{})
	list := append(demos(), demo{"dense", written(t, cases.Dense(12, 64, 64, 1)), columns("x", dozen...), row})
	for _, d := range list {
		for mode, p := range map[string]augur.ServingPolicy{"cached": {}, "not cached": {CacheOff: true}} {
			model := h.add(t, d.name+" "+mode, d.file, p, d.features...)
			call := h.rowCaller(t, model, d.row, 1, 1)(0)
			n := testing.AllocsPerRun(500, func() {
				if err := call(); err != nil {
					t.Fatal(err)
				}
			})
			t.Logf("%s, %s: %.0f allocations", d.name, mode, n)
			if n > maxAllocations {
				t.Errorf("%s, %s: %.0f allocations for one row, want at most %d", d.name, mode, n, maxAllocations)
			}
		}
	}
}

// TestAllocationsOfLargeTensors: for 65,536 numbers hardly more than for 64, of
// which a session keeps the values of the runtime between runs.
func TestAllocationsOfLargeTensors(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector allocates too")
	}
	h := open(t, inference.Config{})
	path := written(t, cases.Model{Graph: cases.Graph{
		Nodes:   []cases.Node{{Op: "Relu", In: []string{"x"}, Out: []string{"y"}}},
		Inputs:  []augur.Spec{cases.Port("x", cases.Tensor(augur.Float32, "batch", "n"))},
		Outputs: []augur.Spec{cases.Port("y", cases.Tensor(augur.Float32, "batch", "n"))},
	}})
	h.add(t, "relu", path, augur.ServingPolicy{CacheOff: true}, augur.Feature{
		Name: "x", Input: "x", Column: augur.Whole, DType: augur.Float32, Shape: []augur.Dim{{Size: -1}}, Required: true,
	})
	// Between collections, which empty pools; and the least of some counts: what
	// else goes on, such as the log's writing, is counted too and only adds.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	count := func(data augur.Data) float64 {
		least := math.Inf(1)
		for range 5 {
			least = min(least, testing.AllocsPerRun(20, func() {
				if _, err := h.Predict(t.Context(), &augur.Request{Model: "relu", Data: data}); err != nil {
					t.Fatal(err)
				}
			}))
		}
		return least
	}
	tensor := func(n int64) augur.Data {
		x, err := augur.NewTensor(augur.Float32, 1, n)
		if err != nil {
			t.Fatal(err)
		}
		return augur.Data{Tensors: []augur.NamedTensor{{Name: "x", Tensor: x}}}
	}
	rows := func(n int) augur.Data {
		return augur.Data{Rows: []json.RawMessage{json.RawMessage(`{"x":[0.5` + strings.Repeat(",0.25", n-1) + `]}`)}}
	}
	for form, counts := range map[string][2]float64{
		"tensors": {count(tensor(64)), count(tensor(1 << 16))},
		"rows":    {count(rows(64)), count(rows(1 << 16))},
	} {
		t.Logf("%s: %.0f allocations for 64 numbers, %.0f for 65,536", form, counts[0], counts[1])
		if counts[1] > counts[0]+20 {
			t.Errorf("%s: %.0f allocations for 65,536 numbers, %.0f for 64", form, counts[1], counts[0])
		}
	}
}
