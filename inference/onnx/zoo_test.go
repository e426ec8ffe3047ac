package onnx_test

import (
	"os"
	"path/filepath"
	"testing"

	"augur"
	"augur/internal/cases"
)

// TestZoo loads and runs a model for every type and form of value, twice, and
// expects the exact bits.
func TestZoo(t *testing.T) {
	rt := newRuntime(t)
	dir := t.TempDir()
	for i, z := range cases.Zoo() {
		t.Run(z.Name, func(t *testing.T) {
			path := filepath.Join(dir, "model.onnx")
			if err := os.WriteFile(path, z.Model.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := rt.Load(t.Context(), path, nil)
			if z.Refused {
				if augur.CodeOf(err) != augur.Unimplemented {
					t.Fatalf("Load: %v, want Unimplemented", err)
				}
				return
			}
			if err != nil {
				t.Fatal("Load:", err)
			}
			defer func() {
				if err := s.Close(); err != nil {
					t.Error("Close:", err)
				}
			}()
			for range 2 {
				got, err := s.Run(t.Context(), z.Inputs, nil)
				if err != nil {
					t.Fatal("Run:", err)
				}
				if err := cases.Compare(got, z.Want, cases.Tolerance{}); err != nil {
					t.Error(err)
				}
			}
		})
		_ = i
	}
}
