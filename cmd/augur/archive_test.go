package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"augur/client"
	"augur/internal/augurtest"
	"augur/internal/cases"
)

// TestPushExternalData: a model whose tensors lie in files beside it is pushed,
// imported, served, and downloaded as one artifact, the same one each time.
func TestPushExternalData(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "add-weights", "1.0.0")
	m, location, data := cases.AddWeights()
	for name, content := range map[string][]byte{"model.onnx": m.Bytes(), location: data} {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := augurtest.Start(t)
	push := func() string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), augurCommand(t), "push", folder, "--server", s.URL()).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	}
	predicts := func(s *augurtest.Server) {
		t.Helper()
		p, err := s.Client.Predict(t.Context(), client.PredictInput{Model: "add-weights", Rows: []json.RawMessage{json.RawMessage(`{"x": [10, 20, 30]}`)}})
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%s", p.Values); !strings.Contains(strings.ReplaceAll(got, " ", ""), "[11,22,33]") {
			t.Errorf("%s", got)
		}
	}
	if out := push(); !strings.Contains(out, "uploaded") {
		t.Error(out)
	}
	predicts(s)
	if out := push(); strings.Contains(out, "uploaded") || !strings.Contains(out, "is registered already") {
		t.Errorf("again: %s", out)
	}
	model, err := s.Client.Model(t.Context(), "add-weights")
	if err != nil {
		t.Fatal(err)
	}
	digest := model.Versions.Nodes[0].Artifact.Digest
	res, err := http.Get(s.URL() + "/artifacts/" + string(digest))
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	got, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil || augurtest.Digest(got) != digest {
		t.Errorf("downloaded %d bytes, %v", len(got), err)
	}

	other := augurtest.Start(t, augurtest.WithImport(dir))
	predicts(other)
	if model, err := other.Client.Model(t.Context(), "add-weights"); err != nil || model.Versions.Nodes[0].Artifact.Digest != digest {
		t.Errorf("imported: %+v, %v", model, err)
	}

	// Without its data it is refused, and says what is missing.
	if err := os.Remove(filepath.Join(folder, filepath.FromSlash(location))); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), augurCommand(t), "push", folder, "--server", s.URL()).CombinedOutput()
	if err == nil || !strings.Contains(string(out), location) {
		t.Errorf("%v: %s", err, out)
	}
}
