package bench_test

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"augur"
	"augur/inference"
	"augur/internal/bench"
	"augur/internal/cases"
)

// holds is what the process holds, after a collection.
type holds struct {
	mb               float64 // resident
	goroutines, open int
}

// holding reads it from /proc, and skips the test where there is none.
func holding(t testing.TB) holds {
	t.Helper()
	debug.FreeOSMemory()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("no /proc here")
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	if err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return holds{float64(pages) * float64(os.Getpagesize()) / (1 << 20), runtime.NumGoroutine(), len(files)}
}

// TestManyPredictions makes ten million predictions, of rows that are all
// different: what they leave is bounded, and reached after the first hundred
// thousand.
func TestManyPredictions(t *testing.T) {
	f := bench.FormOf(t)
	total := int64(200_000)
	if f.Full {
		total = 10_000_000
	}
	// Without a cache: one that finds nothing fills slowly, and its bound is tested
	// by itself.
	h := open(t, inference.Config{CacheBytes: -1})
	model := h.add(t, "dense", written(t, cases.Dense(12, 64, 64, 1)), augur.ServingPolicy{}, columns("x", dozen...)...)
	calls := make([]func() error, callers)
	for i := range calls {
		calls[i] = h.rowCaller(t, model, row, callers, 1)(i)
	}
	run := func(n int64) {
		var left atomic.Int64
		left.Store(n)
		var wg sync.WaitGroup
		for _, call := range calls {
			wg.Go(func() {
				for left.Add(-1) >= 0 {
					if err := call(); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
	}
	run(100_000)
	before := holding(t)
	var most float64
	for range 9 {
		run((total - 100_000) / 9)
		most = max(most, holding(t).mb)
	}
	f.AtMost(t, fmt.Sprintf("%d predictions, MB more than after 100000", total), one(most-before.mb), 16)
}

// TestManyLoads puts a version into the catalog, asks it and takes it out, a
// thousand times: no goroutine and no file is left, nor memory.
func TestManyLoads(t *testing.T) {
	f := bench.FormOf(t)
	rounds := 100
	if f.Full {
		rounds = 1000
	}
	h := open(t, inference.Config{})
	path := written(t, cases.Dense(12, 256, 256, 1))
	features := columns("x", dozen...) // once: they are not what is measured
	once := func(i int) {
		model := h.add(t, fmt.Sprintf("dense-%d", i), path, augur.ServingPolicy{}, features...)
		if err := h.rowCaller(t, model, row, 1, 1)(0)(); err != nil {
			t.Fatal(err)
		}
		h.drop(model)
	}
	for i := range rounds / 10 {
		once(i)
	}
	before := holding(t)
	for i := range rounds {
		once(i + rounds)
	}
	after := holding(t)
	for i := 0; after.goroutines > before.goroutines && i < 100; i++ { // a session is closed by a goroutine of its own
		runtime.Gosched()
		after = holding(t)
	}
	f.AtMost(t, fmt.Sprintf("%d loads, goroutines more than before", rounds), one(float64(after.goroutines-before.goroutines)), 0)
	f.AtMost(t, fmt.Sprintf("%d loads, open files more than before", rounds), one(float64(after.open-before.open)), 0)
	f.AtMost(t, fmt.Sprintf("%d loads, MB more than before", rounds), one(after.mb-before.mb), 16)
}

// one is a figure without rounds.
func one(v float64) bench.Spread { return bench.Spread{Low: v, Median: v, High: v} }
