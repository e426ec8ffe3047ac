package onnx

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"augur"
	"augur/internal/cases"
)

// TestRewrittenFile opens a model above the size that is handed over as bytes.
func TestRewrittenFile(t *testing.T) {
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	const n = inMemory/4 + 1
	w, err := augur.NewTensor(augur.Float32, n)
	if err != nil {
		t.Fatal(err)
	}
	augur.View[float32](w)[n-1] = 42
	m := cases.Model{Graph: cases.Graph{
		Nodes:   []cases.Node{{Op: "Add", In: []string{"x", "w"}, Out: []string{"s"}}, {Op: "ReduceMax", In: []string{"s"}, Out: []string{"y"}, Attrs: []cases.Attr{cases.Int("keepdims", 0)}}},
		Inputs:  []augur.Spec{cases.Port("x", cases.Tensor(augur.Float32))},
		Outputs: []augur.Spec{cases.Port("y", cases.Tensor(augur.Float32))},
		Initial: []cases.Initial{{Name: "w", Tensor: w}},
	}}
	path := filepath.Join(t.TempDir(), "model.onnx")
	if err := os.WriteFile(path, m.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := r.Load(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	got, err := s.Run(t.Context(), []augur.NamedTensor{{Name: "x", Tensor: augur.TensorOf(augur.Float32, []float32{1})}}, nil)
	if err != nil || augur.View[float32](got[0].Value.Tensor)[0] != 43 || len(got[0].Value.Tensor.Shape) != 0 {
		t.Errorf("%v, %v", got, err)
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("left in the temporary folder: %v, %v", left, err)
	}
}

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

// TestProbeWorkingDirectory: a file that names another one is refused, though
// that one lies in the working directory.
func TestProbeWorkingDirectory(t *testing.T) {
	m := cases.SumAndProduct()
	m.Graph.Outputs = append(m.Graph.Outputs, cases.Port("w", cases.Tensor(augur.Uint8))) // rank 0: a rewrite, loaded from bytes
	m.Graph.Initial = []cases.Initial{{Name: "w", Tensor: cases.Sample(augur.Uint8, 4), External: "doc.go"}}
	path := filepath.Join(t.TempDir(), "model.onnx")
	if err := os.WriteFile(path, m.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if _, err := r.Load(t.Context(), path, nil); augur.CodeOf(err) != augur.FailedPrecondition {
		t.Errorf("error %v", err)
	}
}

// TestEnvironment opens and closes in every order.
func TestEnvironment(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.onnx")
	if err := os.WriteFile(path, cases.SumAndProduct().Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	one := augur.TensorOf(augur.Float32, []float32{1}, 1)
	inputs := []augur.NamedTensor{{Name: "a", Tensor: one}, {Name: "b", Tensor: one}}
	for range 3 {
		a, err := New(Config{})
		if err != nil {
			t.Fatal(err)
		}
		b, err := New(Config{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := New(Config{LibraryPath: path}); augur.CodeOf(err) != augur.FailedPrecondition {
			t.Errorf("another library: %v", err)
		}
		if !strings.HasPrefix(a.Version(), "1.") {
			t.Errorf("version %q", a.Version())
		}
		s, err := a.Load(t.Context(), path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := errors.Join(a.Close(), b.Close()); err != nil {
				t.Error(err)
			}
		}
		if _, err := a.Load(t.Context(), path, nil); augur.CodeOf(err) != augur.Unavailable {
			t.Errorf("Load after Close: %v", err)
		}
		if _, err := s.Run(t.Context(), inputs, nil); err != nil { // the session keeps the library
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if environment.refs != 0 {
			t.Errorf("%d users of the library left", environment.refs)
		}
	}
	if _, err := New(Config{LibraryPath: path}); augur.CodeOf(err) != augur.FailedPrecondition {
		t.Errorf("a library that is none: %v", err)
	}
}
