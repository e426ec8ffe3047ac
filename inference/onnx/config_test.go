package onnx

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"augur"
)

func TestFindLibrary(t *testing.T) {
	t.Setenv(LibraryEnv, "/somewhere/lib.so")
	if got := (Config{}).WithDefaults().LibraryPath; got != "/somewhere/lib.so" {
		t.Errorf("from the environment: %q", got)
	}
	if got := (Config{LibraryPath: "/mine"}).WithDefaults().LibraryPath; got != "/mine" {
		t.Errorf("from the configuration: %q", got)
	}
	t.Setenv(LibraryEnv, "")
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(root, ".build", "onnxruntime", Version)
	below := filepath.Join(root, "a", "b")
	want := filepath.Join(folder, "libonnxruntime.so."+Version)
	for _, dir := range []string{folder, below} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(below)
	err = (Config{}).WithDefaults().Validate()
	if augur.CodeOf(err) != augur.FailedPrecondition || !strings.Contains(err.Error(), LibraryEnv) {
		t.Errorf("without a library: %v", err)
	}
	if err := os.WriteFile(want, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := (Config{}).WithDefaults().LibraryPath; got != want {
		t.Errorf("found %q, want %q", got, want)
	}
}
