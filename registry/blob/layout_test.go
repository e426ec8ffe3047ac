package blob_test

import (
	"archive/tar"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"augur"
	"augur/registry/blob"
)

// archive is a tar archive of entries.
func archive(t *testing.T, entries ...tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range entries {
		h.Mode = 0o644
		if h.Typeflag == 0 {
			h.Typeflag = tar.TypeReg
		}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg {
			if _, err := w.Write(bytes.Repeat([]byte("x"), int(h.Size))); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func putBytes(t *testing.T, s *blob.Store, data []byte) augur.Digest {
	t.Helper()
	digest := digestOf(data)
	if _, _, err := s.Put(t.Context(), digest, bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	return digest
}

func TestLayout(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	s := open(t, dir)
	one := putBytes(t, s, sentence)
	path, release, err := s.Layout(ctx, one)
	if err != nil || filepath.Base(path) != one.Hex() {
		t.Fatalf("one file: %s, %v", path, err)
	}
	release()

	several := putBytes(t, s, archive(t, tar.Header{Name: "model.onnx", Size: 5}, tar.Header{Name: "weights", Typeflag: tar.TypeDir}, tar.Header{Name: "./weights/a.bin", Size: 7}))
	path, release, err = blob.Models{Store: s}.Open(ctx, several)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{path: 5, filepath.Join(filepath.Dir(path), "weights", "a.bin"): 7} {
		if got, err := os.ReadFile(name); err != nil || len(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if filepath.Base(path) != blob.ModelFile {
		t.Error(path)
	}
	// Another process leaves it alone as long as it is used, and removes what was left.
	other := open(t, dir)
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	release()
	if _, err := os.Stat(filepath.Dir(path)); !os.IsNotExist(err) {
		t.Errorf("after the release: %v", err)
	}
	left := filepath.Join(dir, "tmp", "laid-of-a-process-that-was-killed")
	if err := os.MkdirAll(filepath.Join(left, "weights"), 0o700); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Errorf("what was left: %v", err)
	}
	if _, _, err := other.Layout(ctx, digestOf([]byte("none"))); augur.CodeOf(err) != augur.NotFound {
		t.Error(err)
	}
}

// TestLayoutRefuses: an archive writes nothing outside of its folder, and leaves
// nothing when it is refused.
func TestLayoutRefuses(t *testing.T) {
	model := tar.Header{Name: "model.onnx", Size: 5}
	for name, tc := range map[string]struct {
		entries []tar.Header
		want    string
	}{
		"up":        {[]tar.Header{model, {Name: "../escaped", Size: 1}}, "leads out"},
		"deep up":   {[]tar.Header{model, {Name: "a/../../escaped", Size: 1}}, "leads out"},
		"absolute":  {[]tar.Header{model, {Name: "/escaped", Size: 1}}, "leads out"},
		"backslash": {[]tar.Header{model, {Name: `..\escaped`, Size: 1}}, "leads out"},
		"drive":     {[]tar.Header{model, {Name: "c:escaped", Size: 1}}, "leads out"},
		"symlink":   {[]tar.Header{model, {Name: "a", Linkname: "/etc", Typeflag: tar.TypeSymlink}, {Name: "a/escaped", Size: 1}}, "no plain file"},
		"hard link": {[]tar.Header{model, {Name: "a", Linkname: "/etc/passwd", Typeflag: tar.TypeLink}}, "no plain file"},
		"device":    {[]tar.Header{model, {Name: "a", Typeflag: tar.TypeChar}}, "no plain file"},
		"twice":     {[]tar.Header{model, model}, "stands twice"},
		"no model":  {[]tar.Header{{Name: "other.onnx", Size: 5}}, "without a model.onnx"},
		"below":     {[]tar.Header{{Name: "a/model.onnx", Size: 5}}, "without a model.onnx"},
	} {
		t.Run(name, func(t *testing.T) {
			parent := t.TempDir()
			s := open(t, filepath.Join(parent, "store"))
			_, _, err := s.Layout(t.Context(), putBytes(t, s, archive(t, tc.entries...)))
			wantCode(t, err, augur.FailedPrecondition)
			if !strings.Contains(err.Error(), tc.want) {
				t.Error(err)
			}
			if got := files(t, parent); len(got) != 1 {
				t.Errorf("left: %v", got)
			}
		})
	}
	cut := archive(t, model, tar.Header{Name: "a", Size: 5000})
	s := open(t, t.TempDir())
	for _, size := range []int{400, 2000, 5200} {
		_, _, err := s.Layout(t.Context(), putBytes(t, s, cut[:size]))
		wantCode(t, err, augur.FailedPrecondition)
	}
}
