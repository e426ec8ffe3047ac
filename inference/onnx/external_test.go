package onnx

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"augur"
	"augur/internal/cases"
)

// TestExternalData: a model runs with the data that lies beside it, also when it
// is rewritten; without it, or under a name by which it does not stand alone, it
// is refused.
func TestExternalData(t *testing.T) {
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	plain, location, data := cases.AddWeights()
	rewritten := plain
	rewritten.Graph.Outputs = append(slices.Clone(plain.Graph.Outputs), cases.Port("flag", cases.Tensor(augur.Uint8)))
	rewritten.Graph.Initial = append(slices.Clone(plain.Graph.Initial), cases.Initial{Name: "flag", Tensor: cases.Sample(augur.Uint8)})
	for name, m := range map[string]cases.Model{"plain": plain, "rewritten": rewritten} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "model.onnx")
			if err := os.WriteFile(path, m.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := r.Load(t.Context(), path, nil); augur.CodeOf(err) != augur.FailedPrecondition {
				t.Errorf("without its data: %v", err)
			}
			file := filepath.Join(filepath.Dir(path), filepath.FromSlash(location))
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, data, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := r.Load(t.Context(), path, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = s.Close() }()
			got, err := s.Run(t.Context(), []augur.NamedTensor{{Name: "x", Tensor: augur.TensorOf(augur.Float32, []float32{10, 20, 30}, 1, 3)}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if y := augur.View[float32](got[0].Value.Tensor); !slices.Equal(y, []float32{11, 22, 33}) {
				t.Errorf("y is %v", y)
			}
			other := filepath.Join(filepath.Dir(path), "0123abcd")
			if err := os.Rename(path, other); err != nil {
				t.Fatal(err)
			}
			if _, err := r.Load(t.Context(), other, nil); augur.CodeOf(err) != augur.FailedPrecondition {
				t.Errorf("among other artifacts: %v", err)
			}
		})
	}
}
