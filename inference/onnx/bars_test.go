package onnx_test

import (
	"path/filepath"
	"testing"
	"time"

	"augur/internal/augurtest"
	"augur/internal/bench"
)

// TestProbeBars tries every demo model, with the start of the child, the load
// of the library and its end.
func TestProbeBars(t *testing.T) {
	f := bench.FormOf(t)
	files, err := filepath.Glob(filepath.Join(augurtest.Root(), "examples", "models", "*", "v*", "model.onnx"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		var ms []float64
		for range f.Rounds {
			began := time.Now()
			if _, err := prober().Probe(t.Context(), file); err != nil {
				t.Fatal(err)
			}
			ms = append(ms, float64(time.Since(began).Microseconds())/1000)
		}
		name := filepath.Base(filepath.Dir(filepath.Dir(file))) + " " + filepath.Base(filepath.Dir(file))
		f.AtMost(t, "probe of "+name+", ms", bench.SpreadOf(ms), 150)
	}
}
