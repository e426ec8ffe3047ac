package onnxfile_test

import (
	"bytes"
	"testing"

	"augur"
	"augur/internal/cases"
	"augur/onnxfile"
)

// carryAll is the Edit that changes everything that can be changed.
func carryAll(f *onnxfile.File) onnxfile.Edit {
	e := onnxfile.Edit{Blank: true, ZipMaps: f.ZipMaps}
	for _, in := range f.Signature.Inputs {
		t := inner(in.Type)
		switch {
		case t.Kind == augur.KindTensor:
			e.Inputs = append(e.Inputs, onnxfile.Carried{Name: in.Name, As: t.DType})
		case t.Kind == augur.KindSequence && t.Elem != nil && t.Elem.Kind == augur.KindTensor:
			e.Inputs = append(e.Inputs, onnxfile.Carried{Name: in.Name, As: t.Elem.DType})
		}
	}
	for _, out := range f.Signature.Outputs {
		if t := inner(out.Type); t.Kind == augur.KindTensor {
			e.Outputs = append(e.Outputs, onnxfile.Carried{Name: out.Name, As: augur.Float32})
		} else if t.Kind == augur.KindSequence && t.Elem != nil && t.Elem.Kind == augur.KindTensor {
			e.Outputs = append(e.Outputs, onnxfile.Carried{Name: out.Name, As: t.Elem.DType})
		}
	}
	return e
}

// inner is what an optional may hold.
func inner(t augur.Type) augur.Type {
	if t.Kind == augur.KindOptional && t.Elem != nil {
		return *t.Elem
	}
	return t
}

func rewritten(t *testing.T, f *onnxfile.File, e onnxfile.Edit) []byte {
	t.Helper()
	w, err := f.Rewrite(e)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if n, err := w.WriteTo(&b); err != nil || n != w.Size() || int64(b.Len()) != n {
		t.Fatalf("wrote %d bytes of %d: %v", n, w.Size(), err)
	}
	return b.Bytes()
}

// TestRewriteNothing changes nothing.
func TestRewriteNothing(t *testing.T) {
	b := cases.SumAndProduct().Bytes()
	f, err := read(b)
	if err != nil {
		t.Fatal(err)
	}
	if got := rewritten(t, f, onnxfile.Edit{}); !bytes.Equal(got, b) {
		t.Errorf("%d bytes became %d", len(b), len(got))
	}
}

func TestRewriteNames(t *testing.T) {
	f := mustRead(t, cases.SumAndProduct())
	g, err := read(rewritten(t, f, onnxfile.Edit{
		Inputs:  []onnxfile.Carried{{Name: "b", As: augur.Float32}},
		Outputs: []onnxfile.Carried{{Name: "sum", As: augur.Float64}},
		Blank:   true,
	}))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"a": "float32[n]", onnxfile.FlatName("b"): "float32[?]", onnxfile.ShapeName("b"): "int64[?]", onnxfile.BlankName: "float32[?]",
	} {
		if in := g.Signature.Input(name); in == nil || in.Type.String() != want {
			t.Errorf("input %s: %+v, want %s", name, in, want)
		}
	}
	for name, want := range map[string]string{
		"product": "float32[n]", onnxfile.FlatName("sum"): "float64[?]", onnxfile.ShapeName("sum"): "int64[?]",
	} {
		if out := g.Signature.Output(name); out == nil || out.Type.String() != want {
			t.Errorf("output %s: %+v, want %s", name, out, want)
		}
	}
	if g.Signature.Input("b") != nil || g.Signature.Output("sum") != nil {
		t.Error("what is carried is still there under its own name")
	}
}

func TestRewriteRefuses(t *testing.T) {
	f := mustRead(t, cases.SumAndProduct())
	for _, e := range []onnxfile.Edit{
		{Inputs: []onnxfile.Carried{{Name: "c"}}},
		{Outputs: []onnxfile.Carried{{Name: "c"}}},
		{ZipMaps: []onnxfile.ZipMap{{Output: "c"}}},
	} {
		if _, err := f.Rewrite(e); augur.CodeOf(err) != augur.Internal {
			t.Errorf("%+v: %v", e, err)
		}
	}
	m := cases.SumAndProduct()
	m.Opset = 4
	if _, err := mustRead(t, m).Rewrite(onnxfile.Edit{Outputs: []onnxfile.Carried{{Name: "sum", As: augur.Float32}}}); augur.CodeOf(err) != augur.Unimplemented {
		t.Errorf("operator set 4: %v", err)
	}
}

func seeds(f *testing.F) {
	for _, z := range cases.Zoo() {
		f.Add(z.Model.Bytes())
	}
	for _, h := range cases.Hostiles() {
		if len(h.File) < 1<<16 {
			f.Add(h.File)
		}
	}
}

// FuzzRead gives Read anything: it answers or refuses, in its own words.
func FuzzRead(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := read(b)
		if err != nil {
			if augur.CodeOf(err) != augur.FailedPrecondition || augur.AsError(err).Message == "" {
				t.Errorf("error %v", err)
			}
			return
		}
		if len(file.Signature.Outputs) == 0 {
			t.Error("no outputs")
		}
		_ = file.CheckSingle()
		_ = file.Report()
		for _, in := range file.Signature.Inputs {
			if in.Optional {
				_, _ = file.Default(in.Name, 1<<16)
			}
		}
	})
}

// FuzzRewrite changes all that can be changed of any file that Read takes: the
// outcome must be a file that Read takes, with the new ends.
func FuzzRewrite(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := read(b)
		if err != nil {
			return
		}
		e := carryAll(file)
		w, err := file.Rewrite(e)
		if err != nil {
			if augur.CodeOf(err) == augur.Internal {
				t.Error(err)
			}
			return
		}
		var to bytes.Buffer
		if _, err := w.WriteTo(&to); err != nil {
			t.Fatal(err)
		}
		again, err := read(to.Bytes())
		if err != nil {
			t.Fatal("rewritten:", err)
		}
		for _, c := range e.Outputs {
			if again.Signature.Output(onnxfile.FlatName(c.Name)) == nil {
				t.Errorf("output %q is not there", c.Name)
			}
		}
		for _, c := range e.Inputs {
			if again.Signature.Input(onnxfile.FlatName(c.Name)) == nil {
				t.Errorf("input %q is not there", c.Name)
			}
		}
	})
}

// BenchmarkRead reads the signature of a model with 10 MB of weights in 100
// tensors, and of a tree ensemble whose attributes are as large.
func BenchmarkRead(b *testing.B) {
	weights := cases.SumAndProduct()
	for i := range 100 {
		weights.Graph.Initial = append(weights.Graph.Initial, cases.Initial{Name: "w" + string(rune('A'+i)), Tensor: &augur.Tensor{DType: augur.Float32, Shape: []int64{25_000}, Data: make([]byte, 100_000)}})
	}
	trees := cases.SumAndProduct()
	trees.Graph.Nodes = append(trees.Graph.Nodes, cases.Node{Op: "TreeEnsembleRegressor", Domain: "ai.onnx.ml", In: []string{"a"}, Out: []string{"t"},
		Attrs: []cases.Attr{cases.Ints("nodes_truenodeids", make([]int64, 5<<20)...)}})
	for name, m := range map[string]cases.Model{"weights": weights, "trees": trees} {
		b.Run(name, func(b *testing.B) {
			file := m.Bytes()
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := read(file); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
