package bench_test

import (
	"testing"

	"augur"
	"augur/inference"
	"augur/internal/bench"
)

// TestLogCosts asks the smallest demo models for new rows, with the log as a
// server has it by default, over SQLite, and without one.
func TestLogCosts(t *testing.T) {
	f := bench.FormOf(t)
	with, without := open(t, inference.Config{}), openWith(t, inference.Config{}, nil)
	for _, d := range demos() {
		var loads []bench.Load
		for _, h := range []*house{with, without} {
			model := h.add(t, d.name, d.file, augur.ServingPolicy{CacheOff: true}, d.features...)
			loads = append(loads, bench.Load{Name: model, Callers: callers, Caller: h.rowCaller(t, model, d.row, callers, 1)})
		}
		got := f.Measure(t, loads...)
		f.AtLeast(t, d.name+", rows/s with the log of without", got[0].Of(got[1]), 0.97)
	}
}
