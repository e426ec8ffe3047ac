package bench_test

import (
	"fmt"
	"strings"
	"testing"

	"augur"
	"augur/inference"
	"augur/internal/bench"
	"augur/internal/cases"
)

// callers is how many ask at one time.
const callers = 32

// dozen are the names of twelve columns, and row is one of their rows.
var dozen, row = func() (names []string, _ string) {
	var b strings.Builder
	for i := range 12 {
		names = append(names, fmt.Sprintf("f%d", i))
		digits := "375812"
		if i < 2 {
			digits = "######"
		}
		fmt.Fprintf(&b, `,"%s":0.%s`, names[i], digits)
	}
	return names, "{" + b.String()[1:] + "}"
}()

// TestRows compares rows of JSON with direct calls of ONNX Runtime behind the
// same codec, on a small dense network: one row a call, and a thousand.
func TestRows(t *testing.T) {
	f := bench.FormOf(t)
	h := open(t, inference.Config{})
	path := written(t, cases.Dense(12, 64, 64, 1))
	direct := rawOpen(t, path, dozen...)
	load := func(callers, rows int) (ours, theirs bench.Load) {
		name := h.add(t, fmt.Sprintf("dense-%d-%d", callers, rows), path, augur.ServingPolicy{}, columns("x", dozen...)...)
		return bench.Load{Name: "Predict", Callers: callers, Rows: rows, Caller: h.rowCaller(t, name, row, callers, rows)},
			bench.Load{Name: "direct", Callers: callers, Rows: rows, Caller: direct.rowCaller(row, callers, rows)}
	}
	many, manyDirect := load(callers, 1)
	lone, loneDirect := load(1, 1)
	long, longDirect := load(1, 1000)
	longs, longsDirect := load(callers, 1000)
	got := f.Measure(t, many, manyDirect, lone, loneDirect, long, longDirect, longs, longsDirect)
	f.AtLeast(t, "one row a call, 32 callers, of direct calls", got[0].Of(got[1]), 0.85)
	f.AtMost(t, "one row, one caller, µs more than a direct call", got[2].Slower(got[3]), 25)
	f.AtLeast(t, "1,000 rows a call, one caller, of direct calls", got[4].Of(got[5]), 0.8)
	f.AtLeast(t, "1,000 rows a call, 32 callers, of direct calls", got[6].Of(got[7]), 0.8)
}

// TestPictures compares a small convolutional network, its input as tensors,
// with ONNX Runtime at its best.
func TestPictures(t *testing.T) {
	f := bench.FormOf(t)
	h := open(t, inference.Config{})
	path := written(t, cases.Convolutional())
	direct := rawOpen(t, path)
	h.add(t, "cnn", path, augur.ServingPolicy{})
	loads := []bench.Load{{Name: "Predict", Callers: callers, Caller: h.tensorCaller(t, "cnn", "x", callers, 1, 3, 64, 64)}}
	for _, at := range []int{1, 2} {
		for _, rows := range []int{1, 8, 32} {
			loads = append(loads, bench.Load{
				Name: fmt.Sprintf("%d at a time, %d rows each", at, rows), Callers: at, Rows: rows,
				Caller: direct.tensorCaller(t, 10, int64(rows), 3, 64, 64),
			})
		}
	}
	got := f.Measure(t, loads...)
	best := 1 + bench.Best(got[1:])
	f.AtLeast(t, "cnn, 32 callers, of raw ("+loads[best].Name+")", got[0].Of(got[best]), 0.95)
	for i := range loads {
		t.Logf("%-28s %7.0f rows/s", loads[i].Name, bench.SpreadOf(got[i]).Median)
	}
	if s, ok := h.State("ver_cnn"); ok {
		t.Logf("Predict: %+v", s.Batching)
	}
}
