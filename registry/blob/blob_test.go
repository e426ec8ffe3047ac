package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"augur"
	"augur/registry/blob"
)

func open(t *testing.T, dir string) *blob.Store {
	t.Helper()
	s, err := blob.Open(blob.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func digestOf(b []byte) augur.Digest {
	sum := sha256.Sum256(b)
	return augur.DigestOf(sum[:])
}

// files lists every regular file below dir.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func wantCode(t *testing.T, err error, code augur.Code) {
	t.Helper()
	if augur.CodeOf(err) != code {
		t.Fatalf("got %v (%s), want %s", err, augur.CodeOf(err), code)
	}
}

func TestPutAndOpen(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	s := open(t, dir)
	data := []byte("a model")
	digest := digestOf(data)

	_, err := s.Stat(t.Context(), digest)
	wantCode(t, err, augur.NotFound)
	_, _, err = s.Open(ctx, digest)
	wantCode(t, err, augur.NotFound)

	for i, wantCreated := range []bool{true, false} {
		size, created, err := s.Put(ctx, digest, bytes.NewReader(data))
		if err != nil || size != int64(len(data)) || created != wantCreated {
			t.Fatalf("put %d: size %d, created %v, %v", i, size, created, err)
		}
	}
	if has, err := s.Has(ctx, digest); err != nil || !has {
		t.Fatalf("has: %v, %v", has, err)
	}
	path, release, err := s.Open(ctx, digest)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if got, _ := os.ReadFile(path); !bytes.Equal(got, data) {
		t.Fatalf("got %q", got)
	}
	if got := files(t, dir); len(got) != 1 {
		t.Fatalf("files: %v", got)
	}
	// Another process, which has checked nothing yet, finds the same.
	if _, created, err := open(t, dir).Put(ctx, digest, bytes.NewReader(data)); err != nil || created {
		t.Fatalf("created %v, %v", created, err)
	}
}

func TestPutRefuses(t *testing.T) {
	data := []byte("a model")
	broken := errors.New("connection reset")
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx    context.Context
		digest augur.Digest
		r      io.Reader
		code   augur.Code
		text   string
	}{
		"other bytes":       {t.Context(), digestOf([]byte("another")), bytes.NewReader(data), augur.InvalidArgument, "the bytes have " + string(digestOf(data)) + ", not "},
		"too large":         {t.Context(), digestOf(data), strings.NewReader("more than sixteen bytes"), augur.InvalidArgument, "at most 16 bytes"},
		"interrupted":       {t.Context(), digestOf(data), io.MultiReader(bytes.NewReader(data[:3]), iotest.ErrReader(broken)), augur.Canceled, "interrupted"},
		"canceled":          {canceled, digestOf(data), bytes.NewReader(data), augur.Canceled, "caller went away"},
		"no digest":         {t.Context(), "sha256:../../etc/passwd", bytes.NewReader(data), augur.InvalidArgument, "digest"},
		"upper-case digest": {t.Context(), augur.Digest("sha256:" + strings.ToUpper(digestOf(data).Hex())), bytes.NewReader(data), augur.InvalidArgument, "digest"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s, err := blob.Open(blob.Config{Dir: dir, MaxSize: 16})
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = s.Put(c.ctx, c.digest, c.r)
			wantCode(t, err, c.code)
			if !strings.Contains(augur.AsError(err).Message, c.text) {
				t.Errorf("message %q, want %q", augur.AsError(err).Message, c.text)
			}
			if got := files(t, dir); len(got) != 0 {
				t.Errorf("left behind: %v", got)
			}
		})
	}
}

func TestConcurrentEqualPuts(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	data := bytes.Repeat([]byte("weights"), 50_000)
	var created atomic.Int32
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			_, isNew, err := s.Put(t.Context(), digestOf(data), iotest.HalfReader(bytes.NewReader(data)))
			if err != nil {
				t.Error(err)
			}
			if isNew {
				created.Add(1)
			}
		})
	}
	wg.Wait()
	if created.Load() != 1 {
		t.Errorf("created %d times", created.Load())
	}
	if got := files(t, dir); len(got) != 1 {
		t.Errorf("files: %v", got)
	}
}

func TestDamagedFileIsRefusedAndHealed(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	data := []byte("a model")
	digest := digestOf(data)
	s := open(t, dir)
	if _, _, err := s.Put(ctx, digest, bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	path, _, err := s.Open(ctx, digest)
	if err != nil {
		t.Fatal(err)
	}
	damage := func() {
		if err := os.Chmod(path, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("A MODEL"), 0o600); err != nil { // of the same size
			t.Fatal(err)
		}
		later := time.Now().Add(time.Hour)
		if err := os.Chtimes(path, later, later); err != nil {
			t.Fatal(err)
		}
	}
	damage()
	for name, s := range map[string]*blob.Store{"the same process": s, "another": open(t, dir)} {
		_, _, err = s.Open(ctx, digest)
		if wantCode(t, err, augur.FailedPrecondition); !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%s: %v", name, err)
		}
		if has, err := s.Has(ctx, digest); has || err != nil {
			t.Errorf("%s: has %v, %v", name, has, err)
		}
	}
	if _, _, err := s.Put(ctx, digest, bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Open(ctx, digest); err != nil {
		t.Errorf("after another put: %v", err)
	}
	if has, err := s.Has(ctx, digest); !has || err != nil {
		t.Errorf("after another put: has %v, %v", has, err)
	}
}

// noise is endless pseudo-random bytes that take no memory.
func noise() io.Reader { return rand.NewChaCha8([32]byte{1}) }

func TestLargeArtifactTakesLittleMemory(t *testing.T) {
	const size = 200 << 20
	sum := sha256.New()
	if _, err := io.CopyN(sum, noise(), size); err != nil {
		t.Fatal(err)
	}
	digest := augur.DigestOf(sum.Sum(nil))
	s := open(t, t.TempDir())
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, _, err := s.Put(t.Context(), digest, io.LimitReader(noise(), size)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Open(t.Context(), digest); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 4<<20 {
		t.Errorf("a put and an open of %d MiB allocated %d KiB", size>>20, allocated>>10)
	}
}
