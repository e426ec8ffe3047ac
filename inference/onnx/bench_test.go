package onnx

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	ort "github.com/yalue/onnxruntime_go"

	"augur"
	"augur/internal/cases"
)

// BenchmarkRun runs one row of road-risk through a Session and through the
// smallest loop over the binding that could answer it, in turns, and prints the
// ratio of their medians: raw/bound reuses inputs and outputs, raw/fresh makes
// them anew for each run, as any server must that answers many at one time.
func BenchmarkRun(b *testing.B) {
	dir, err := cases.Dir()
	if err != nil {
		b.Fatal(err)
	}
	list, err := cases.Load(filepath.Join(dir, "road-risk", "v1.1.0"))
	if err != nil || len(list) == 0 {
		b.Skip("road-risk has no cases here")
	}
	c := list[0]
	r, err := New(Config{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	s, err := r.load(b.Context(), c.Path, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()

	bound, given, got := bind(b, s, c.Inputs)
	defer destroy(given)
	defer destroy(got)
	names := c.Names()
	ways := []struct {
		name string
		run  func() error
	}{
		{"session", func() error { _, err := s.Run(ctx, c.Inputs, names); return err }},
		{"bound", bound},
		{"fresh", func() error { return fresh(s, c.Inputs) }},
	}
	times := make([][]float64, len(ways))
	for b.Loop() {
		for i, w := range ways {
			start := time.Now()
			if err := w.run(); err != nil {
				b.Fatal(err)
			}
			times[i] = append(times[i], float64(time.Since(start)))
		}
	}
	median := make([]float64, len(ways))
	for i, t := range times {
		slices.Sort(t)
		median[i] = t[len(t)/2]
		b.ReportMetric(median[i], ways[i].name+"-ns")
	}
	b.ReportMetric(median[0]/median[1], "x-raw-bound")
	b.ReportMetric(median[0]/median[2], "x-raw-fresh")
	b.ReportMetric(testing.AllocsPerRun(100, func() { _ = ways[0].run() }), "session-allocs")
}

// bind makes the inputs and outputs once.
func bind(b *testing.B, s *Session, inputs []augur.NamedTensor) (run func() error, given, got []ort.Value) {
	given = make([]ort.Value, len(s.plan.inNames))
	for i, in := range inputs {
		v, err := newValue(in.Tensor)
		if err != nil {
			b.Fatal(err)
		}
		given[i] = v
	}
	risk, err := ort.NewEmptyTensor[float32](ort.NewShape(1, 1))
	if err != nil {
		b.Fatal(err)
	}
	band, err := ort.NewStringTensor(ort.NewShape(1, 1))
	if err != nil {
		b.Fatal(err)
	}
	got = []ort.Value{risk, band}
	return func() error {
		if err := s.raw.Run(given, got); err != nil {
			return err
		}
		_, err := band.GetContents()
		return err
	}, given, got
}

// fresh makes inputs, runs and reads outputs.
func fresh(s *Session, inputs []augur.NamedTensor) error {
	given := make([]ort.Value, len(inputs))
	got := make([]ort.Value, len(s.plan.outNames))
	defer destroy(got)
	defer destroy(given)
	for i, in := range inputs {
		v, err := newValue(in.Tensor)
		if err != nil {
			return err
		}
		given[i] = v
	}
	if err := s.raw.Run(given, got); err != nil {
		return err
	}
	_, err := got[1].(*ort.StringTensor).GetContents()
	return err
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
	const rows = 128
	x := []augur.NamedTensor{{Name: "float_input", Tensor: augur.TensorOf(augur.Float32, make([]float32, 4*rows), rows, 4)}}
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
			destroy(got)
			_ = in.Destroy()
		}
	})
}

func destroy(list []ort.Value) {
	for _, v := range list {
		if v != nil {
			destroyOne(v)
		}
	}
}
