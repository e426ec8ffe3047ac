package onnx

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"augur"
	"augur/internal/cases"
)

// TestAllocations bounds what a run allocates: a few small things, whatever the
// size of its input.
func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates too")
	}
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	dir, err := cases.Dir()
	if err != nil {
		t.Fatal(err)
	}
	road, err := cases.Load(filepath.Join(dir, "road-risk", "v1.1.0"))
	if err != nil || len(road) == 0 {
		t.Fatalf("%d cases of road-risk: %v", len(road), err)
	}
	image := filepath.Join(t.TempDir(), "image.onnx")
	if err := os.WriteFile(image, convolution().Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, path string
		inputs     []augur.NamedTensor
		most       float64
	}{
		{"road-risk", road[0].Path, road[0].Inputs, 14},                      // 4 of 8 inputs and 1 of 2 outputs are strings
		{"150,528 floats", image, one("x", 1, 3, 224, 224), 12},              // over the caller's memory
		{"a thousandth of them", image, one("x", 1, 3, 7, 7), 12},            // copied
		{"32 of the first", image, one("x", 32, 3, 56, 56), 12},              // and a larger answer
		{"perceptron", perceptronFile(t), one("x", 1, 12), 7},                // all is kept
		{"perceptron, 4096 rows", perceptronFile(t), one("x", 4096, 12), 14}, // input and output of the caller's
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := r.load(t.Context(), c.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = s.Close() }()
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			var answer int64
			run := func() {
				got, err := s.Run(ctx, c.inputs, nil)
				if err != nil {
					t.Fatal(err)
				}
				answer = 0
				for _, o := range got {
					answer += valueBytes(o.Value)
				}
			}
			run() // from here on the shapes are known
			if n := testing.AllocsPerRun(50, run); n > c.most {
				t.Errorf("%v allocations, at most %v are right", n, c.most)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for range 50 {
				run()
			}
			runtime.ReadMemStats(&after)
			if n := int64(after.TotalAlloc-before.TotalAlloc) / 50; n > 2*answer+4<<10 {
				t.Errorf("%d bytes for an answer of %d", n, answer)
			}
		})
	}
}

func perceptronFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "perceptron.onnx")
	if err := os.WriteFile(path, perceptron().Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestWatchRests: the timer of a session stands still while no run is at work.
func TestWatchRests(t *testing.T) {
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	s, err := r.load(t.Context(), perceptronFile(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	watching := func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.watching
	}
	if _, err := s.Run(context.Background(), one("x", 1, 12), nil); err != nil || watching() {
		t.Errorf("it looks after a context without an end: %v", err)
	}
	for range 2 {
		if _, err := s.Run(t.Context(), one("x", 1, 12), nil); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(30 * time.Second); watching(); time.Sleep(tick) {
			if time.Now().After(deadline) {
				t.Fatal("the timer does not rest")
			}
		}
	}
}
