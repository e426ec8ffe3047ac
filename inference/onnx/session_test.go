package onnx

import (
	"context"
	"errors"
	"os"
	"path/filepath"
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

// TestVaries: an output is made before a run only while the shapes of the
// inputs tell its own.
func TestVaries(t *testing.T) {
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	typ := cases.Tensor(augur.Float32, "n")
	m := cases.Model{Graph: cases.Graph{
		Nodes: []cases.Node{
			{Op: "Cast", In: []string{"x"}, Out: []string{"some"}, Attrs: []cases.Attr{cases.Int("to", 9)}},
			{Op: "Compress", In: []string{"x", "some"}, Out: []string{"y"}},
			{Op: "Neg", In: []string{"x"}, Out: []string{"z"}},
		},
		Inputs:  []augur.Spec{cases.Port("x", typ)},
		Outputs: []augur.Spec{cases.Port("y", cases.Tensor(augur.Float32, "?")), cases.Port("z", typ)},
	}}
	path := filepath.Join(t.TempDir(), "model.onnx")
	if err := os.WriteFile(path, m.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := r.load(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for i, c := range []struct {
		x      []float32
		n      int
		varies bool
	}{{[]float32{1, 2}, 2, false}, {[]float32{3, 4}, 2, false}, {[]float32{0, 5}, 1, true}, {[]float32{0, 0}, 0, true}} {
		got, err := s.Run(t.Context(), []augur.NamedTensor{{Name: "x", Tensor: augur.TensorOf(augur.Float32, c.x, 2)}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if n := got[0].Value.Tensor.Len(); n != c.n {
			t.Errorf("run %d: %d elements, want %d", i, n, c.n)
		}
		if s.varies[0].Load() != c.varies || s.varies[1].Load() {
			t.Errorf("run %d: outputs vary %v, %v", i, s.varies[0].Load(), s.varies[1].Load())
		}
	}
}

// TestStopped: a frame that was told to stop is not lent again, though its run
// came to an end by itself.
func TestStopped(t *testing.T) {
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
	for _, stop := range []bool{true, false} {
		ctx, cancel := context.WithCancel(t.Context())
		f, err := s.enter(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		if stop {
			cancel()
		}
		s.watch()
		cancel()
		s.leave(f, false)
		if lent := len(s.spare) > 0; lent == stop {
			t.Errorf("told to stop: %v; lent again: %v", stop, lent)
		}
	}
}
