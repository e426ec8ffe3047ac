package runtimetest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"augur"
	"augur/inference"
	"augur/internal/cases"
)

// soon is how long a run may go on after its context has ended.
const soon = 2 * time.Second

// Run runs the suite. open gives a Runtime that stays usable for its test.
func Run(t *testing.T, open func(t *testing.T) inference.Runtime) {
	for _, c := range []struct {
		name string
		test func(*testing.T, inference.Runtime)
	}{
		{"Load may be called from any number of goroutines", loadConcurrently},
		{"Load refuses what cannot be loaded", loadRefuses},
		{"Load and Run carry every type and form", carriesAll},
		{"Run computes the named outputs in that order", runNames},
		{"Run refuses inputs that do not fit the signature", runChecks},
		{"Run refuses a value that the model refuses", runRefuses},
		{"Run may be called from any number of goroutines", runConcurrently},
		{"Run does not start when ctx is done", runCanceled},
		{"Run returns soon after ctx is done", runStops},
		{"Run shares no memory with inputs or other runs", runShares},
		{"Run answers the same whatever ran before", runForgets},
		{"Run refuses answers above the policy's MaxBytes", runLimits},
		{"Close waits for runs and may be repeated", closes},
		{"Close may come at any time", closesAmidRuns},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

func write(t *testing.T, m cases.Model) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.onnx")
	if err := os.WriteFile(path, m.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// load opens m for the length of the test.
func load(t *testing.T, r inference.Runtime, m cases.Model) inference.Session {
	t.Helper()
	s, err := r.Load(t.Context(), write(t, m), version())
	if err != nil {
		t.Fatal("Load:", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error("Close:", err)
		}
	})
	return s
}

func version() *augur.CatalogVersion {
	return &augur.CatalogVersion{ID: "ver_test", Model: "test", Version: "1.0.0", Format: "onnx"}
}

func floats(v ...float32) *augur.Tensor { return augur.TensorOf(augur.Float32, v, int64(len(v))) }

// same is a vector of n times v.
func same(n int, v float32) *augur.Tensor { return floats(slices.Repeat([]float32{v}, n)...) }

func ab(a, b *augur.Tensor) []augur.NamedTensor {
	return []augur.NamedTensor{{Name: "a", Tensor: a}, {Name: "b", Tensor: b}}
}

func wantFloats(t *testing.T, o augur.Output, name string, want ...float32) {
	t.Helper()
	if o.Name != name || o.Value.Tensor == nil || !slices.Equal(augur.View[float32](o.Value.Tensor), want) {
		t.Errorf("output %q = %+v, want %q = %v …", o.Name, o.Value.Tensor, name, want[:min(len(want), 20)])
	}
}

func wantCode(t *testing.T, err error, code augur.Code) {
	t.Helper()
	if augur.CodeOf(err) != code {
		t.Errorf("error %v has code %q, want %q", err, augur.CodeOf(err), code)
	}
}

func loadConcurrently(t *testing.T, r inference.Runtime) {
	path := write(t, cases.SumAndProduct())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			s, err := r.Load(t.Context(), path, version())
			if err != nil {
				t.Error("Load:", err)
				return
			}
			got, err := s.Run(t.Context(), ab(floats(1, 2), floats(3, 4)), []string{"sum"})
			if err != nil {
				t.Error("Run:", err)
			} else {
				wantFloats(t, got[0], "sum", 4, 6)
			}
			if err := s.Close(); err != nil {
				t.Error("Close:", err)
			}
		})
	}
	wg.Wait()
}

func loadRefuses(t *testing.T, r inference.Runtime) {
	for _, h := range cases.Hostiles() {
		if h.Child {
			continue
		}
		path := filepath.Join(t.TempDir(), "model.onnx")
		if err := os.WriteFile(path, h.File, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := r.Load(t.Context(), path, version())
		if err == nil {
			t.Errorf("%s: it loaded", h.Name)
			_ = s.Close()
			continue
		}
		if code := augur.CodeOf(err); code != augur.FailedPrecondition && code != augur.Unimplemented {
			t.Errorf("%s: %v has code %s", h.Name, err, code)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if s, err := r.Load(ended, write(t, cases.SumAndProduct()), version()); err == nil {
		_ = s.Close()
	} else {
		wantCode(t, err, augur.Canceled)
	}
}

func carriesAll(t *testing.T, r inference.Runtime) {
	for _, z := range cases.Zoo() {
		t.Run(z.Name, func(t *testing.T) {
			s, err := r.Load(t.Context(), write(t, z.Model), version())
			if z.Refused {
				wantCode(t, err, augur.Unimplemented)
				return
			}
			if err != nil {
				t.Fatal("Load:", err)
			}
			defer func() { _ = s.Close() }()
			for range 3 { // an adapter may keep things from one run to the next
				got, err := s.Run(t.Context(), z.Inputs, names(z.Want))
				if err != nil {
					t.Fatal("Run:", err)
				}
				if err := cases.Compare(got, z.Want, cases.Tolerance{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func names(outputs []augur.Output) []string {
	list := make([]string, len(outputs))
	for i, o := range outputs {
		list[i] = o.Name
	}
	return list
}

func runNames(t *testing.T, r inference.Runtime) {
	s := load(t, r, cases.SumAndProduct())
	for _, want := range [][]string{{"sum", "product"}, {"product", "sum"}, {"product"}} {
		got, err := s.Run(t.Context(), ab(floats(2), floats(5)), want)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(names(got), want) {
			t.Errorf("outputs %v, want %v", names(got), want)
		}
		for _, o := range got {
			wantFloats(t, o, o.Name, map[string]float32{"sum": 7, "product": 10}[o.Name])
		}
	}
	// The order of the inputs does not matter.
	got, err := s.Run(t.Context(), []augur.NamedTensor{{Name: "b", Tensor: floats(5)}, {Name: "a", Tensor: floats(2)}}, []string{"sum"})
	if err != nil {
		t.Fatal(err)
	}
	wantFloats(t, got[0], "sum", 7)
	_, err = s.Run(t.Context(), ab(floats(2), floats(5)), []string{"difference"})
	wantCode(t, err, augur.InvalidArgument)
}

func runChecks(t *testing.T, r inference.Runtime) {
	s := load(t, r, cases.SumAndProduct())
	one := floats(1)
	for name, inputs := range map[string][]augur.NamedTensor{
		"none":      nil,
		"missing":   {{Name: "a", Tensor: one}},
		"unknown":   append(ab(one, one), augur.NamedTensor{Name: "c", Tensor: one}),
		"twice":     append(ab(one, one), augur.NamedTensor{Name: "a", Tensor: one}),
		"dtype":     ab(one, augur.TensorOf(augur.Float64, []float64{1}, 1)),
		"string":    ab(one, augur.StringTensor([]string{"1"}, 1)),
		"rank":      ab(one, augur.TensorOf(augur.Float32, []float32{1}, 1, 1)),
		"scalar":    ab(one, augur.TensorOf(augur.Float32, []float32{1})),
		"no tensor": ab(one, nil),
		"short":     ab(one, &augur.Tensor{DType: augur.Float32, Shape: []int64{4}, Data: make([]byte, 4)}),
		"negative":  ab(one, &augur.Tensor{DType: augur.Float32, Shape: []int64{-1}, Data: make([]byte, 4)}),
		"overflow":  ab(one, &augur.Tensor{DType: augur.Float32, Shape: []int64{1 << 62}, Data: make([]byte, 4)}),
	} {
		_, err := s.Run(t.Context(), inputs, []string{"sum"})
		if augur.CodeOf(err) != augur.InvalidArgument {
			t.Errorf("%s: error %v, want %s", name, err, augur.InvalidArgument)
		}
	}
	text := load(t, r, cases.Model{Graph: cases.Graph{
		Nodes:   []cases.Node{{Op: "Identity", In: []string{"x"}, Out: []string{"y"}}},
		Inputs:  []augur.Spec{cases.Port("x", cases.Tensor(augur.String, "n"))},
		Outputs: []augur.Spec{cases.Port("y", cases.Tensor(augur.String, "n"))},
	}})
	x := []augur.NamedTensor{{Name: "x", Tensor: augur.StringTensor([]string{"fine", "a\x00b"}, 2)}}
	got, err := text.Run(t.Context(), x, []string{"y"})
	if err == nil { // an adapter may carry it whole, but not cut it short
		if err := cases.CompareTensors(got[0].Value.Tensor, x[0].Tensor, cases.Tolerance{}); err != nil {
			t.Error(err)
		}
	} else {
		wantCode(t, err, augur.InvalidArgument)
	}
}

func runRefuses(t *testing.T, r inference.Runtime) {
	s := load(t, r, cases.Lookup())
	at := func(i int64) []augur.NamedTensor {
		return []augur.NamedTensor{{Name: "x", Tensor: augur.TensorOf(augur.Int64, []int64{i}, 1)}}
	}
	_, err := s.Run(t.Context(), at(5), []string{"y"})
	wantCode(t, err, augur.InvalidArgument)
	got, err := s.Run(t.Context(), at(2), []string{"y"}) // and goes on
	if err != nil || augur.View[int64](got[0].Value.Tensor)[0] != 30 {
		t.Errorf("after a refusal: %v, %v", got, err)
	}
}

func runConcurrently(t *testing.T, r inference.Runtime) {
	s := load(t, r, cases.SumAndProduct())
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 50 {
				a, b, n := float32(g), float32(i), 1+(g+i)%5*2000
				got, err := s.Run(t.Context(), ab(same(n, a), same(n, b)), []string{"product", "sum"})
				if err != nil {
					t.Error(err)
					return
				}
				wantFloats(t, got[0], "product", augur.View[float32](same(n, a*b))...)
				wantFloats(t, got[1], "sum", augur.View[float32](same(n, a+b))...)
			}
		})
	}
	wg.Wait()
}

func runCanceled(t *testing.T, r inference.Runtime) {
	s := load(t, r, cases.SumAndProduct())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Run(ctx, ab(floats(1), floats(1)), []string{"sum"})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}

func runStops(t *testing.T, r inference.Runtime) {
	s := load(t, r, cases.Endless())
	x := []augur.NamedTensor{{Name: "x", Tensor: floats(1)}}
	for range 3 { // the same session, so that nothing of the first end is left
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
		start := time.Now()
		_, err := s.Run(ctx, x, []string{"y"})
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want %v", err, context.DeadlineExceeded)
		}
		if d := time.Since(start); d > soon {
			t.Errorf("it returned after %v", d)
		}
	}
}

func runShares(t *testing.T, r inference.Runtime) {
	for _, d := range []augur.DType{augur.Float32, augur.Float16, augur.Uint8} {
		s := load(t, r, cases.Model{Graph: cases.Graph{
			Nodes:   []cases.Node{{Op: "Identity", In: []string{"x"}, Out: []string{"y"}}},
			Inputs:  []augur.Spec{cases.Port("x", cases.AnyRank(d))},
			Outputs: []augur.Spec{cases.Port("y", cases.Tensor(d, "n"))},
		}})
		x, want := cases.Sample(d, 6), cases.Sample(d, 6)
		run := func() *augur.Tensor {
			got, err := s.Run(t.Context(), []augur.NamedTensor{{Name: "x", Tensor: x}}, []string{"y"})
			if err != nil {
				t.Fatal(err)
			}
			return got[0].Value.Tensor
		}
		first, second := run(), run()
		clear(first.Data)
		if err := cases.CompareTensors(second, want, cases.Tolerance{}); err != nil {
			t.Errorf("%s: after another answer was changed: %v", d, err)
		}
		clear(x.Data)
		if err := cases.CompareTensors(second, want, cases.Tolerance{}); err != nil {
			t.Errorf("%s: after the input was changed: %v", d, err)
		}
	}
}

func closes(t *testing.T, r inference.Runtime) {
	s, err := r.Load(t.Context(), write(t, cases.Endless()), version())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	ended := make(chan error, 1)
	started := make(chan struct{})
	go func() {
		close(started)
		_, err := s.Run(ctx, []augur.NamedTensor{{Name: "x", Tensor: floats(1)}}, []string{"y"})
		ended <- err
	}()
	<-started
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if err := s.Close(); err != nil {
				t.Error("Close:", err)
			}
		})
	}
	wg.Wait()
	if err := <-ended; err == nil {
		t.Error("the endless run came to an end")
	}
	if err := s.Close(); err != nil {
		t.Error("Close again:", err)
	}
	if _, err := s.Run(t.Context(), []augur.NamedTensor{{Name: "x", Tensor: floats(1)}}, []string{"y"}); err == nil {
		t.Error("a closed session ran")
	}
}

func closesAmidRuns(t *testing.T, r inference.Runtime) {
	path := write(t, cases.SumAndProduct())
	for range 20 {
		s, err := r.Load(t.Context(), path, version())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		var wg sync.WaitGroup
		ran := make(chan struct{}, 4)
		for g := range cap(ran) {
			wg.Go(func() {
				for i := 0; ; i++ {
					a := float32(g + i)
					got, err := s.Run(ctx, ab(floats(a), floats(1)), []string{"sum"})
					if err != nil {
						wantCode(t, err, augur.Unavailable)
						return
					}
					wantFloats(t, got[0], "sum", a+1)
					if i == 0 {
						ran <- struct{}{}
					}
				}
			})
		}
		for range cap(ran) {
			<-ran
		}
		if err := s.Close(); err != nil {
			t.Error("Close:", err)
		}
		wg.Wait()
		cancel()
	}
}
