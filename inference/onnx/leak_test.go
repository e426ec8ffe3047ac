package onnx

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"augur"
	"augur/internal/cases"
)

// TestLeaks runs, fails and refuses many times over: the process must not grow.
func TestLeaks(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector's own memory drowns it")
	}
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	dir := t.TempDir()
	open := func(name string, m cases.Model) func(in ...augur.NamedTensor) error {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, m.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := r.Load(t.Context(), path, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return func(in ...augur.NamedTensor) error {
			_, err := s.Run(t.Context(), in, nil)
			return err
		}
	}
	lookup := open("lookup", cases.Lookup())
	big := cases.Sample(augur.Float32, 4096)
	sum := open("sum", cases.SumAndProduct())
	var texts func(in ...augur.NamedTensor) error
	for _, z := range cases.Zoo() {
		if z.Name == "string/vector" {
			texts = open("texts", z.Model)
		}
	}
	long := augur.StringTensor([]string{string(bytes.Repeat([]byte("x"), 16<<10))}, 1)
	round := func() {
		for range 200 {
			if err := sum(augur.NamedTensor{Name: "a", Tensor: big}, augur.NamedTensor{Name: "b", Tensor: big}); err != nil {
				t.Fatal(err)
			}
			if err := texts(augur.NamedTensor{Name: "x", Tensor: long}); err != nil {
				t.Fatal(err)
			}
			if sum(augur.NamedTensor{Name: "a", Tensor: big}) == nil || lookup(augur.NamedTensor{Name: "x", Tensor: augur.TensorOf(augur.Int64, []int64{9}, 1)}) == nil {
				t.Fatal("no error")
			}
		}
	}
	round()
	before := resident(t)
	for range 10 {
		round()
	}
	// 2,000 runs pass 96 MB of inputs and outputs and 64 MB of strings.
	if grown := resident(t) - before; grown > 24<<20 {
		t.Errorf("the process grew by %d MB", grown>>20)
	}
}

// resident is how many bytes of memory the process holds, after a collection.
func resident(t *testing.T) int64 {
	t.Helper()
	debug.FreeOSMemory()
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("no /proc here")
	}
	var size, pages int64
	if _, err := fmt.Sscan(string(b), &size, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

// TestSessionsComeAndGo loads, runs and closes sessions, 60 of them or as many
// as SOAK_SESSIONS says: the process must not grow, neither in memory nor in
// files nor in goroutines. It does so in a process whose C allocator gives
// large blocks back at once: left to itself it keeps up to a hundred megabytes
// in pieces, which would hide a leak.
func TestSessionsComeAndGo(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector's own memory drowns it")
	}
	const threshold = "MALLOC_MMAP_THRESHOLD_"
	if os.Getenv(threshold) == "" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSessionsComeAndGo$", "-test.v")
		cmd.Env = append(os.Environ(), threshold+"=131072", "MALLOC_ARENA_MAX=2")
		out, err := cmd.CombinedOutput()
		t.Logf("%s", out)
		if err != nil {
			t.Error(err)
		}
		return
	}
	rounds := 60
	if text := os.Getenv("SOAK_SESSIONS"); text != "" {
		var err error
		if rounds, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	dir := t.TempDir()
	write := func(name string, m cases.Model) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, m.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	// Each with 1 MiB of weights. The second is rewritten, for its scalar output.
	heavy := perceptron()
	heavy.Graph.Initial = append(heavy.Graph.Initial, weights("d", 1<<18))
	heavy.Graph.Nodes = append(heavy.Graph.Nodes, cases.Node{Op: "Add", In: []string{"y", "d"}, Out: []string{"wide"}})
	heavy.Graph.Outputs = append(heavy.Graph.Outputs, cases.Port("wide", cases.Tensor(augur.Float32, "batch", 1<<18)))
	scalar := perceptron()
	scalar.Graph.Initial = heavy.Graph.Initial
	scalar.Graph.Nodes = append(scalar.Graph.Nodes,
		cases.Node{Op: "ReduceMax", In: []string{"d"}, Out: []string{"most"}, Attrs: []cases.Attr{cases.Int("keepdims", 0)}},
		cases.Node{Op: "Identity", In: []string{"text"}, Out: []string{"echo"}})
	scalar.Graph.Inputs = append(scalar.Graph.Inputs, cases.Port("text", cases.Tensor(augur.String, "words")))
	scalar.Graph.Outputs = append(scalar.Graph.Outputs, cases.Port("most", cases.Tensor(augur.Float32)), cases.Port("echo", cases.Tensor(augur.String, "words")))
	text := augur.NamedTensor{Name: "text", Tensor: augur.StringTensor([]string{strings.Repeat("x", 3900), "b"}, 2)}
	models := []struct {
		path string
		more []augur.NamedTensor
	}{{write("heavy", heavy), nil}, {write("scalar", scalar), []augur.NamedTensor{text}}}

	round := func(i int) {
		m := models[i%len(models)]
		s, err := r.Load(t.Context(), m.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for rows := range int64(4) {
					if _, err := s.Run(ctx, append(one("x", rows, 12), m.more...), nil); err != nil {
						t.Error(err)
					}
				}
				if _, err := s.Run(ctx, one("x", 1, 13), nil); augur.CodeOf(err) != augur.InvalidArgument {
					t.Errorf("error %v", err)
				}
			})
		}
		wg.Wait()
		wg.Go(func() { _, _ = s.Run(ctx, append(one("x", 1, 12), m.more...), nil) }) // amid Close
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		wg.Wait()
	}
	for i := range 20 { // until the allocators have what they need
		round(i)
	}
	memory, files, goroutines := resident(t), openFiles(t), runtime.NumGoroutine()
	for i := range rounds {
		round(i)
	}
	grown := resident(t) - memory
	t.Logf("%d sessions: memory %+d KiB, files %+d, goroutines %+d", rounds, grown>>10, openFiles(t)-files, runtime.NumGoroutine()-goroutines)
	if grown > 12<<20 { // the weights of 60 are 60 MiB, the frames of 1,000 sessions 30
		t.Errorf("the process grew by %d MB", grown>>20)
	}
	if now := openFiles(t); now > files {
		t.Errorf("%d open files, %d before", now, files)
	}
	if now := runtime.NumGoroutine(); now > goroutines {
		t.Errorf("%d goroutines, %d before", now, goroutines)
	}
}

// openFiles counts the files that the process has open.
func openFiles(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("no /proc here")
	}
	return len(list)
}
