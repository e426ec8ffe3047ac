package onnx_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"augur"
	"augur/inference"
	"augur/inference/runtimetest"
	"augur/internal/cases"
)

func TestRuntime(t *testing.T) {
	runtimetest.Run(t, func(t *testing.T) inference.Runtime { return newRuntime(t) })
}

// TestHostile has the child process try every hostile file.
func TestHostile(t *testing.T) {
	dir := t.TempDir()
	p := prober()
	p.TrialTimeout = time.Second
	for _, h := range cases.Hostiles() {
		t.Run(h.Name, func(t *testing.T) {
			path := filepath.Join(dir, h.Name)
			if err := os.WriteFile(path, h.File, 0o600); err != nil {
				t.Fatal(err)
			}
			p := p
			if h.Slow {
				p.Timeout = time.Second
			}
			_, err := p.Probe(t.Context(), path)
			code := augur.CodeOf(err)
			if code != augur.FailedPrecondition && code != augur.Unimplemented {
				t.Fatalf("error %v has code %q", err, code)
			}
			msg := augur.AsError(err).Message
			if !strings.Contains(msg, h.Says) {
				t.Errorf("message %q does not say %q", msg, h.Says)
			}
			if strings.Contains(msg, dir) || strings.Contains(msg, "/onnxruntime/") {
				t.Errorf("message %q tells of paths", msg)
			}
			t.Log(msg)
		})
	}
}

// TestProbeZoo has the child process try every good file.
func TestProbeZoo(t *testing.T) {
	dir := t.TempDir()
	for _, z := range cases.Zoo() {
		if d, form, _ := strings.Cut(z.Name, "/"); augur.DType(d).Valid() && form != "scalar" {
			continue // one form of each element type is enough for the protocol
		}
		t.Run(z.Name, func(t *testing.T) {
			path := filepath.Join(dir, "model.onnx")
			if err := os.WriteFile(path, z.Model.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			report, err := prober().Probe(t.Context(), path)
			if z.Refused {
				if augur.CodeOf(err) != augur.Unimplemented {
					t.Errorf("error %v, want Unimplemented", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(report.Signature.Outputs) != len(z.Model.Graph.Outputs) || !report.Deterministic {
				t.Errorf("report %+v", report)
			}
			for _, w := range report.Warnings {
				t.Log(w)
			}
		})
	}
}
