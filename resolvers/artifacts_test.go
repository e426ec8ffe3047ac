package resolvers_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"augur"
	"augur/internal/augurtest"
	"augur/internal/s3test"
	"augur/internal/storetest"
	"augur/server"
)

// TestArtifactsCollect: what was uploaded a moment ago is left alone, and a bound
// that cannot be is a userError.
func TestArtifactsCollect(t *testing.T) {
	onEach(t, func(t *testing.T, s *augurtest.Server) {
		digest := augurtest.Upload(t, s, []byte("no model"))
		ask := func(args string) any {
			t.Helper()
			return s.Query(t, `mutation { artifactsCollect`+args+` { artifacts { digest } bytes hasMore userErrors { code message field } } }`, nil)["artifactsCollect"]
		}
		got := ask("")
		if found := augurtest.At(t, got, "artifacts").([]any); len(found) != 0 || augurtest.At(t, got, "bytes") != "0" || augurtest.At(t, got, "hasMore") != false {
			t.Errorf("%v", got)
		}
		if has, err := s.Client.HasArtifact(t.Context(), digest); !has || err != nil {
			t.Errorf("has %v, %v", has, err)
		}
		if got := mistake(t, augurtest.At(t, ask("(first: 0)"), "userErrors.0")); !strings.HasPrefix(got, "INVALID_ARGUMENT first:") {
			t.Error(got)
		}
	})
}

// TestObjectStorage: what one server was given in object storage, another on the
// same record serves from there; and when the storage is down, it goes on with
// what it has loaded.
func TestObjectStorage(t *testing.T) {
	file, err := os.ReadFile(filepath.Join(augurtest.Root(), "examples", "models", "road-risk", "v1.0.0", "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	storage, cfg := s3test.Start(t), storetest.SQLite(t)
	on := augurtest.WithConfig(func(c *server.Config) {
		c.Database.URL, c.Artifacts.URL = cfg.URL, augur.Secret(storage.URL)
	})
	first := augurtest.Start(t, on)
	register(t, first, "road-risk", "1.0.0", file)
	if p := predict(t, first, input("road-risk", map[string]any{"row": road})); p["prediction"] == nil {
		t.Fatalf("%v", p)
	}
	if files := storage.Files(t); len(files) != 1 {
		t.Errorf("the storage has %v", files)
	}
	first.Shutdown(t)

	second := augurtest.Start(t, on)
	if p := predict(t, second, input("road-risk", map[string]any{"row": road})); p["prediction"] == nil {
		t.Fatalf("%v", p)
	}
	storage.Stop()
	in := input("road-risk", map[string]any{"row": road})
	in["options"] = map[string]any{"cache": "BYPASS"}
	if p := predict(t, second, in); p["prediction"] == nil {
		t.Fatalf("without the storage: %v", p)
	}
}
