package onnx

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	ort "github.com/yalue/onnxruntime_go"

	"augur"
	"augur/internal/cases"
)

// BenchmarkRun compares a Session with the smallest loop over the binding, which
// makes inputs and outputs once and runs them over and over. Both run in turns;
// x-raw is the ratio of their medians.
func BenchmarkRun(b *testing.B) {
	dir, err := cases.Dir()
	if err != nil {
		b.Fatal(err)
	}
	r, err := New(Config{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	road, err := cases.Load(filepath.Join(dir, "road-risk", "v1.1.0"))
	if err != nil || len(road) == 0 {
		b.Skip("road-risk has no cases here")
	}
	iris := filepath.Join(dir, "iris-random-forest", "v1.0.0", "model.onnx")
	mlp, image := filepath.Join(b.TempDir(), "mlp.onnx"), filepath.Join(b.TempDir(), "image.onnx")
	for path, m := range map[string]cases.Model{mlp: perceptron(), image: convolution()} {
		if err := os.WriteFile(path, m.Bytes(), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, path string
		inputs     []augur.NamedTensor
	}{
		{"road-risk 1 row", road[0].Path, road[0].Inputs},
		{"iris 1 row", iris, one("float_input", 1, 4)},
		{"iris 128 rows", iris, one("float_input", 128, 4)},
		{"perceptron 1 row", mlp, one("x", 1, 12)},
		{"perceptron 32 rows", mlp, one("x", 32, 12)},
		{"image", image, one("x", 1, 3, 64, 64)},
	} {
		b.Run(c.name, func(b *testing.B) {
			s, err := r.load(b.Context(), c.path, nil)
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = s.Close() }()
			compare(b, s, c.inputs)
		})
	}
}

func compare(b *testing.B, s *Session, inputs []augur.NamedTensor) {
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	run := func() error { _, err := s.Run(ctx, inputs, nil); return err }
	raw := rawLoop(b, s, inputs)
	var times [2][]float64
	for b.Loop() {
		for i, f := range []func() error{run, raw} {
			start := time.Now()
			if err := f(); err != nil {
				b.Fatal(err)
			}
			times[i] = append(times[i], float64(time.Since(start)))
		}
	}
	var median [2]float64
	for i, t := range times {
		slices.Sort(t)
		median[i] = t[len(t)/2]
	}
	b.ReportMetric(median[0], "session-ns")
	b.ReportMetric(median[1], "raw-ns")
	b.ReportMetric(median[0]/median[1], "x-raw")
	b.ReportMetric(testing.AllocsPerRun(100, func() { _ = run() }), "session-allocs")
}

// rawLoop makes inputs and outputs once; its function runs them and reads the
// strings among the outputs.
func rawLoop(b *testing.B, s *Session, inputs []augur.NamedTensor) func() error {
	given := make([]ort.Value, len(inputs))
	for _, in := range inputs {
		v, err := newValue(in.Tensor)
		if err != nil {
			b.Fatal(err)
		}
		given[slices.Index(s.plan.inNames, in.Name)] = v
	}
	got := make([]ort.Value, len(s.plan.outNames))
	if err := s.raw.Run(given, got); err != nil {
		b.Fatal(err)
	}
	var texts []*ort.StringTensor
	for _, v := range got {
		if t, ok := v.(*ort.StringTensor); ok {
			texts = append(texts, t)
		}
	}
	b.Cleanup(func() {
		for _, v := range slices.Concat(given, got) {
			destroyOne(v)
		}
	})
	return func() error {
		if err := s.raw.Run(given, got); err != nil {
			return err
		}
		for _, t := range texts {
			if _, err := t.GetContents(); err != nil {
				return err
			}
		}
		return nil
	}
}

func one(name string, shape ...int64) []augur.NamedTensor {
	n, _ := augur.Elements(shape)
	return []augur.NamedTensor{{Name: name, Tensor: augur.TensorOf(augur.Float32, make([]float32, n), shape...)}}
}

// weights makes a tensor of the file.
func weights(name string, shape ...int64) cases.Initial {
	t := one("", shape...)[0].Tensor
	for i, list := 0, augur.View[float32](t); i < len(list); i++ {
		list[i] = float32(math.Sin(float64(i)))
	}
	return cases.Initial{Name: name, Tensor: t}
}

// perceptron has 12 inputs, two layers of 64 and one output.
func perceptron() cases.Model {
	layer := func(x, w, y string) cases.Node { return cases.Node{Op: "MatMul", In: []string{x, w}, Out: []string{y}} }
	relu := func(x, y string) cases.Node { return cases.Node{Op: "Relu", In: []string{x}, Out: []string{y}} }
	return cases.Model{Graph: cases.Graph{
		Nodes:   []cases.Node{layer("x", "a", "h1"), relu("h1", "r1"), layer("r1", "b", "h2"), relu("h2", "r2"), layer("r2", "c", "y")},
		Inputs:  []augur.Spec{cases.Port("x", cases.Tensor(augur.Float32, "batch", 12))},
		Outputs: []augur.Spec{cases.Port("y", cases.Tensor(augur.Float32, "batch", 1))},
		Initial: []cases.Initial{weights("a", 12, 64), weights("b", 64, 64), weights("c", 64, 1)},
	}}
}

// convolution has one layer over an image of three colours.
func convolution() cases.Model {
	return cases.Model{Graph: cases.Graph{
		Nodes: []cases.Node{
			{Op: "Conv", In: []string{"x", "w"}, Out: []string{"h"}},
			{Op: "GlobalAveragePool", In: []string{"h"}, Out: []string{"y"}},
		},
		Inputs:  []augur.Spec{cases.Port("x", cases.Tensor(augur.Float32, "batch", 3, "height", "width"))},
		Outputs: []augur.Spec{cases.Port("y", cases.Tensor(augur.Float32, "batch", 8, 1, 1))},
		Initial: []cases.Initial{weights("w", 8, 3, 3, 3)},
	}}
}

// BenchmarkZipMap runs 128 rows of iris, whose answer is a sequence of maps,
// with its ZipMap taken out and left in.
func BenchmarkZipMap(b *testing.B) {
	dir, err := cases.Dir()
	if err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(dir, "iris-random-forest", "v1.0.0", "model.onnx")
	r, err := New(Config{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	s, err := r.load(b.Context(), path, nil)
	if err != nil {
		b.Skip(err)
	}
	defer func() { _ = s.Close() }()
	x := one("float_input", 128, 4)
	native, err := ort.NewDynamicAdvancedSession(path, []string{"float_input"}, []string{"output_label", "output_probability"}, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = native.Destroy() }()
	b.Run("taken out", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Run(b.Context(), x, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("left in", func(b *testing.B) {
		for b.Loop() {
			in, err := newValue(x[0].Tensor)
			if err != nil {
				b.Fatal(err)
			}
			got := make([]ort.Value, 2)
			if err := native.Run([]ort.Value{in}, got); err != nil {
				b.Fatal(err)
			}
			if _, err := valueOf(got[1]); err != nil {
				b.Fatal(err)
			}
			for _, v := range append(got, in) {
				destroyOne(v)
			}
		}
	})
}
