//go:build unix

package bench_test

import (
	"testing"

	"augur"
	"augur/inference"
	"augur/internal/bench"
)

// TestLogCosts asks demo models for new rows, one caller and no batches, with
// the log as a server has it by default, over SQLite, and without one: rows a
// second of processor time, of which other processes take none, and in which the
// writing of the log is. A second engine without a log shows how much two that
// are alike differ.
func TestLogCosts(t *testing.T) {
	f := bench.FormOf(t)
	houses := []*house{open(t, inference.Config{}), openWith(t, inference.Config{}, nil), openWith(t, inference.Config{}, nil)}
	for _, d := range demos() {
		var loads []bench.Load
		for _, h := range houses {
			model := h.add(t, d.name, d.file, augur.ServingPolicy{CacheOff: true, MaxBatchRows: 1}, d.features...)
			loads = append(loads, bench.Load{Name: model, Caller: h.rowCaller(t, model, d.row, 1, 1)})
		}
		got := f.MeasureCPU(t, loads...)
		f.AtLeast(t, d.name+", rows/s of CPU time, with the log of without", got[0].Of(got[1]), 0.97)
		bench.Note(d.name+", rows/s of CPU time, without of without", got[2].Of(got[1]))
	}
}
