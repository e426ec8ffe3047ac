package registry

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"augur"
	"augur/internal/storetest"
)

// TestWatcher walks through the life of a directory, with a clock of its own.
func TestWatcher(t *testing.T) {
	r := newRegistryWith(t, storetest.SQLite(t), proberFunc(func(_ context.Context, path string) (*augur.ProbeReport, error) {
		if b, err := os.ReadFile(path); err != nil || string(b) != "model" {
			return nil, augur.Errorf(augur.FailedPrecondition, "this is no ONNX file")
		}
		return roadRiskReport(), nil
	}))
	dir := t.TempDir()
	at := time.Now().Add(time.Hour) // everything that follows is old by then, but not to who saw it before
	a := filepath.Join(dir, "a")
	folder(t, a, "1.0.0", "")
	writeFile(t, filepath.Join(a, "latest"), "1.0.0")
	w := r.Watch(dir, time.Second)
	look := func(want ...string) {
		t.Helper()
		at = at.Add(500 * time.Millisecond)
		report, err := w.Look(t.Context(), at)
		wantLines(t, outcomes(t, report, err), want...)
	}
	wrong := func(want string) {
		t.Helper()
		if err := w.Err(); (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("wrong is %v, want %q", err, want)
		}
	}
	live := func(want string) {
		t.Helper()
		if v, _, err := r.Catalog().Resolve(asAnna(t), "a", ""); err != nil || v.Version != want {
			t.Errorf("live is %v, %v, want %s", v, err, want)
		}
	}

	look("a 1.0.0 IMPORTED") // what stood there for long
	look()
	live("1.0.0")

	// A copy that grows waits, and a folder without a model as long as it has none.
	second := filepath.Join(a, "1.1.0")
	if err := os.Mkdir(second, 0o755); err != nil {
		t.Fatal(err)
	}
	look()
	look()
	look()
	look()
	writeFile(t, filepath.Join(second, "model.onnx"), "mo")
	look()
	look()
	writeFile(t, filepath.Join(second, "model.onnx"), "model")
	look()
	look()
	look("a 1.1.0 IMPORTED")
	live("1.0.0")

	// The link is followed when it moves, and only when its version is there.
	writeFile(t, filepath.Join(a, "latest"), "1.1.0")
	look()
	live("1.1.0")
	writeFile(t, filepath.Join(a, "latest"), "1.2.0")
	look("a 1.2.0 FAILED: latest names \"1.2.0\", which is no version folder")
	look() // said once
	wrong("latest names")
	folder(t, a, "1.2.0", "")
	look()
	look()
	look("a 1.2.0 IMPORTED")
	wrong("")
	live("1.2.0")

	// What is wrong is said once, stays visible, and goes when it is put right.
	writeFile(t, filepath.Join(folder(t, filepath.Join(dir, "b"), "1.0.0", ""), "model.onnx"), "half")
	look()
	look()
	look("b 1.0.0 FAILED: digest: this is no ONNX file")
	wrong("no ONNX file")
	look()
	wrong("no ONNX file")
	writeFile(t, filepath.Join(dir, "b", "1.0.0", "model.onnx"), "model")
	look()
	look()
	look("b 1.0.0 IMPORTED")
	wrong("")

	// A version never changes; a folder that is gone is no longer wrong.
	writeFile(t, filepath.Join(second, "model.onnx"), "other")
	look()
	look()
	report, err := w.Look(t.Context(), at.Add(2*time.Second))
	if got := outcomes(t, report, err); len(got) != 1 || !strings.Contains(got[0], "never changes") {
		t.Errorf("got %q", got)
	}
	wrong("never changes")
	if err := os.RemoveAll(second); err != nil {
		t.Fatal(err)
	}
	at = at.Add(3 * time.Second)
	look()
	wrong("")

	// A folder that is a link, as on mounted volumes.
	if err := os.Symlink(folder(t, t.TempDir(), "real", ""), filepath.Join(a, "2.0.0")); err != nil {
		t.Fatal(err)
	}
	look()
	look()
	look("a 2.0.0 IMPORTED")

	if _, err := r.Watch(filepath.Join(dir, "gone"), time.Second).Look(t.Context(), at); augur.CodeOf(err) != augur.FailedPrecondition {
		t.Errorf("a directory that is not there: %v", err)
	}
}

// TestWatcherFirstLook: what is being written while the server starts waits.
func TestWatcherFirstLook(t *testing.T) {
	r := newRegistry(t, storetest.SQLite(t))
	dir := t.TempDir()
	folder(t, filepath.Join(dir, "a"), "1.0.0", "")
	folder(t, filepath.Join(dir, "a"), "1.1.0", "")
	long := time.Now().Add(-time.Hour)
	for _, name := range []string{"", "model.onnx"} {
		if err := os.Chtimes(filepath.Join(dir, "a", "1.0.0", name), long, long); err != nil {
			t.Fatal(err)
		}
	}
	w := r.Watch(dir, time.Minute)
	report, err := w.Look(t.Context(), time.Now())
	wantLines(t, outcomes(t, report, err), "a 1.0.0 IMPORTED")
	report, err = w.Look(t.Context(), time.Now().Add(2*time.Minute))
	wantLines(t, outcomes(t, report, err), "a 1.1.0 IMPORTED")
}
