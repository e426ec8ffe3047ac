package onnxfile_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"augur"
	"augur/internal/bench"
	"augur/internal/cases"
	"augur/onnxfile"
)

// TestReadBars reads the signature of a file with 10 MB of weights: the time
// and what it allocates, which no copy of the weights would leave so small.
func TestReadBars(t *testing.T) {
	f := bench.FormOf(t)
	m := cases.SumAndProduct()
	for i := range 100 {
		m.Graph.Initial = append(m.Graph.Initial, cases.Initial{Name: "w" + string(rune('A'+i)), Tensor: &augur.Tensor{DType: augur.Float32, Shape: []int64{25_000}, Data: make([]byte, 100_000)}})
	}
	path := filepath.Join(t.TempDir(), "model.onnx")
	if err := os.WriteFile(path, m.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	var ms, kib []float64
	for range 10 * f.Rounds {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		file, closer, err := onnxfile.Open(path)
		if err != nil || len(file.Signature.Inputs) == 0 {
			t.Fatal(file, err)
		}
		ms = append(ms, float64(time.Since(began).Microseconds())/1000)
		runtime.ReadMemStats(&after)
		kib = append(kib, float64(after.TotalAlloc-before.TotalAlloc)/1024)
		if err := closer.Close(); err != nil {
			t.Fatal(err)
		}
	}
	f.AtMost(t, "signature of a file of 10 MB, ms", bench.SpreadOf(ms), 1)
	f.AtMost(t, "signature of a file of 10 MB, KiB allocated", bench.SpreadOf(kib), 100)
}
