package runtimetest

import (
	"context"
	"strings"
	"testing"
	"time"

	"augur"
	"augur/inference"
	"augur/internal/cases"
)

// runLimits asks for answers below and above ServingPolicy.MaxBytes.
func runLimits(t *testing.T, r inference.Runtime) {
	loadWith := func(m cases.Model, limit int64) inference.Session {
		v := version()
		v.Policy.MaxBytes = limit
		s, err := r.Load(t.Context(), write(t, m), v)
		if err != nil {
			t.Fatal("Load:", err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	rows := func(n int) []augur.NamedTensor {
		return []augur.NamedTensor{{Name: "x", Tensor: same(n, 1)}}
	}
	t.Run("of known size", func(t *testing.T) {
		// The endless loop says whether the run began. One row is 4 MiB.
		m := cases.Endless()
		m.Graph.Nodes = append(m.Graph.Nodes,
			cases.Node{Op: "Unsqueeze", In: []string{"x", "axis"}, Out: []string{"column"}},
			cases.Node{Op: "Expand", In: []string{"column", "shape"}, Out: []string{"wide"}})
		m.Graph.Initial = []cases.Initial{
			{Name: "axis", Tensor: augur.TensorOf(augur.Int64, []int64{1}, 1)},
			{Name: "shape", Tensor: augur.TensorOf(augur.Int64, []int64{1, 1 << 20}, 2)},
		}
		m.Graph.Outputs = append(m.Graph.Outputs, cases.Port("wide", cases.Tensor(augur.Float32, "n", 1<<20)))
		for _, c := range []struct {
			limit int64
			rows  int
			code  augur.Code
		}{
			{12<<20 + 12, 3, augur.DeadlineExceeded}, // y has 12 bytes
			{12<<20 + 11, 3, augur.ResourceExhausted},
			{0, 64, augur.ResourceExhausted}, // 256 MiB and y
		} {
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			if c.code != augur.DeadlineExceeded {
				cancel()
				ctx, cancel = context.WithTimeout(t.Context(), time.Minute)
			}
			_, err := loadWith(m, c.limit).Run(ctx, rows(c.rows), []string{"y"})
			cancel()
			if augur.CodeOf(err) != c.code {
				t.Errorf("%d rows with a limit of %d: error %v, want %s", c.rows, c.limit, err, c.code)
			}
		}
	})
	t.Run("of unknown size", func(t *testing.T) {
		s := loadWith(cases.Model{Graph: cases.Graph{
			Nodes: []cases.Node{
				{Op: "Expand", In: []string{"one", "shape"}, Out: []string{"y"}},
				{Op: "Identity", In: []string{"y"}, Out: []string{"z"}},
			},
			Inputs:  []augur.Spec{cases.Port("shape", cases.Tensor(augur.Int64, "rank"))},
			Outputs: []augur.Spec{cases.Port("y", cases.AnyRank(augur.Float32)), cases.Port("z", cases.Tensor(augur.Float32, "?", "?"))},
			Initial: []cases.Initial{{Name: "one", Tensor: floats(1)}},
		}}, 1<<20)
		ask := func(outputs []string, rows, columns int64, code augur.Code) {
			t.Helper()
			shape := augur.TensorOf(augur.Int64, []int64{rows, columns}, 2)
			got, err := s.Run(t.Context(), []augur.NamedTensor{{Name: "shape", Tensor: shape}}, outputs)
			wantCode(t, err, code)
			if err == nil && len(got[0].Value.Tensor.Data) != int(4*rows*columns) {
				t.Errorf("shape %v", got[0].Value.Tensor.Shape)
			}
		}
		for range 2 {
			ask([]string{"z"}, 1, 1<<18, "")
			ask([]string{"z"}, 2, 1<<17+1, augur.ResourceExhausted)
			ask([]string{"y"}, 2, 1<<17+1, augur.ResourceExhausted)
			ask([]string{"y", "z"}, 2, 1<<16, "")
			ask([]string{"y", "z"}, 2, 1<<16+1, augur.ResourceExhausted) // together
		}
	})
	t.Run("of strings", func(t *testing.T) {
		typ := cases.Tensor(augur.String, "n")
		s := loadWith(cases.Model{Graph: cases.Graph{
			Nodes:   []cases.Node{{Op: "Identity", In: []string{"x"}, Out: []string{"y"}}},
			Inputs:  []augur.Spec{cases.Port("x", typ)},
			Outputs: []augur.Spec{cases.Port("y", typ)},
		}}, 10000)
		for range 2 {
			for _, c := range []struct {
				length int
				code   augur.Code
			}{{4000, ""}, {6000, augur.ResourceExhausted}} {
				word := strings.Repeat("x", c.length)
				_, err := s.Run(t.Context(), []augur.NamedTensor{{Name: "x", Tensor: augur.StringTensor([]string{word, word}, 2)}}, []string{"y"})
				wantCode(t, err, c.code)
			}
		}
	})
}
