package onnx_test

import (
	"testing"

	"augur"
	"augur/inference"
	"augur/inference/onnx"
	"augur/internal/cases"
)

// TestCases runs every prediction case that there is through the adapter.
func TestCases(t *testing.T) {
	dir, err := cases.Dir()
	if err != nil {
		t.Fatal(err)
	}
	list, err := cases.Load(dir)
	if err != nil || len(list) == 0 {
		t.Fatalf("%d cases in %s: %v", len(list), dir, err)
	}
	rt := newRuntime(t)
	sessions := map[string]inference.Session{}
	for _, c := range list {
		t.Run(c.ID, func(t *testing.T) {
			s := sessions[c.Path]
			if s == nil {
				if s, err = rt.Load(t.Context(), c.Path, &augur.CatalogVersion{Model: c.Model, Version: c.Version}); err != nil {
					t.Fatal(err)
				}
				sessions[c.Path] = s
			}
			got, err := s.Run(t.Context(), c.Inputs, c.Names())
			if err != nil {
				t.Fatal(err)
			}
			if err := cases.Compare(got, c.Want, c.Tolerance); err != nil {
				t.Error(err)
			}
		})
	}
	for _, s := range sessions {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d cases of %d models in %s", len(list), len(sessions), dir)
}

func newRuntime(tb testing.TB) *onnx.Runtime {
	tb.Helper()
	rt, err := onnx.New(onnx.Config{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := rt.Close(); err != nil {
			tb.Error(err)
		}
	})
	return rt
}
