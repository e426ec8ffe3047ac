package server_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"augur/internal/augurtest"
	"augur/server"
)

// TestWatch copies models into the directory of a server that runs.
func TestWatch(t *testing.T) {
	dir := t.TempDir()
	s := augurtest.Start(t, augurtest.WithImport(dir), augurtest.WithConfig(func(c *server.Config) {
		c.Import.Watch, c.Import.Interval = true, 50*time.Millisecond
	}))
	until := func(what string, done func() bool) {
		t.Helper()
		for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal(what)
			}
		}
	}
	ready := func() string { return string(s.Send(t, http.MethodGet, "/ready", nil, nil).Body) }

	if err := os.MkdirAll(filepath.Join(dir, "iris", "1.0.0"), 0o755); err != nil {
		t.Fatal(err)
	}
	from, err := os.Open(filepath.Join(augurtest.Root(), "examples", "models", "iris-random-forest", "v1.0.0", "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = from.Close() }()
	to, err := os.Create(filepath.Join(dir, "iris", "1.0.0", "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = to.Close() }()

	// Half of it stands still for longer than the server waits: it is tried, and
	// what is wrong stays to be seen.
	if _, err := io.CopyN(to, from, 1000); err != nil {
		t.Fatal(err)
	}
	until("half a file is not reported", func() bool { return strings.Contains(ready(), filepath.Join("iris", "1.0.0")) })
	if answer := s.Send(t, http.MethodGet, "/ready", nil, nil); answer.Status != http.StatusOK {
		t.Errorf("a file that is wrong takes the server out of service: %s", answer.Body)
	}
	if n := strings.Count(s.Logs.String(), "a version was not imported"); n != 1 {
		t.Errorf("logged %d times", n)
	}
	// The rest comes, and the version with it.
	if _, err := io.Copy(to, from); err != nil {
		t.Fatal(err)
	}
	until("the whole file is not imported", func() bool {
		answer := s.Do(t, `{ model(name: "iris") { liveVersion { version status } } }`, nil)
		return strings.Contains(string(answer.Body), `"liveVersion":{"version":"1.0.0","status":"READY"}`)
	})
	until("what is right by now is still reported", func() bool { return strings.Contains(ready(), `"import":"ok"`) })
}

func TestWatchNeedsADirectory(t *testing.T) {
	cfg := server.DefaultConfig()
	cfg.Import.Watch = true
	if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), "import.dir") {
		t.Errorf("got %v", err)
	}
}
