package blob_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"augur"
	"augur/registry/blob"
)

var sentence = []byte("the bytes of a model, sent bit by bit")

// partOf is the part of data from one offset to another, and its bytes.
func partOf(data []byte, from, to int) (blob.Part, io.Reader) {
	return blob.Part{Offset: int64(from), Size: int64(to - from), Total: int64(len(data))}, bytes.NewReader(data[from:to])
}

func wantReceived(t *testing.T, s *blob.Store, digest augur.Digest, want int64) {
	t.Helper()
	if got, err := s.Received(digest); err != nil || got != want {
		t.Fatalf("received %d, %v, want %d", got, err, want)
	}
}

func TestAppend(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	digest := digestOf(sentence)
	s := open(t, dir)
	wantReceived(t, s, digest, 0)
	for _, to := range []int{10, 20} {
		part, r := partOf(sentence, to-10, to)
		if got, created, err := s.Append(ctx, digest, part, r); err != nil || created || got != int64(to) {
			t.Fatalf("to %d: %d, %v, %v", to, got, created, err)
		}
	}
	if has, err := s.Has(ctx, digest); has || err != nil {
		t.Fatalf("has half of it: %v, %v", has, err)
	}
	// One that is interrupted keeps what came; one that begins elsewhere adds nothing.
	part, _ := partOf(sentence, 20, len(sentence))
	_, _, err := s.Append(ctx, digest, part, io.MultiReader(bytes.NewReader(sentence[20:25]), iotest.ErrReader(errors.New("reset"))))
	wantCode(t, err, augur.Canceled)
	for _, from := range []int{20, 30} {
		part, r := partOf(sentence, from, len(sentence))
		_, _, err := s.Append(ctx, digest, part, r)
		wantCode(t, err, augur.Aborted)
	}
	s = open(t, dir) // another process
	wantReceived(t, s, digest, 25)
	part, r := partOf(sentence, 25, len(sentence))
	if got, created, err := s.Append(ctx, digest, part, r); err != nil || !created || got != int64(len(sentence)) {
		t.Fatalf("the rest: %d, %v, %v", got, created, err)
	}
	wantReceived(t, s, digest, 0)
	if got := files(t, dir); len(got) != 1 {
		t.Errorf("left: %v", got)
	}
	// Once it is there, any part of it is answered so.
	if got, created, err := s.Append(ctx, digest, part, bytes.NewReader(nil)); err != nil || created || got != int64(len(sentence)) {
		t.Errorf("again: %d, %v, %v", got, created, err)
	}
}

// TestAppendFinishes an upload whose last byte came before the server ended.
func TestAppendFinishes(t *testing.T) {
	dir := t.TempDir()
	s, digest := open(t, dir), digestOf(sentence)
	if err := os.WriteFile(filepath.Join(dir, "tmp", "part-"+digest.Hex()), sentence, 0o600); err != nil {
		t.Fatal(err)
	}
	part, r := partOf(sentence, len(sentence), len(sentence))
	if _, created, err := s.Append(t.Context(), digest, part, r); err != nil || !created {
		t.Errorf("created %v, %v", created, err)
	}
}

func TestAppendRefuses(t *testing.T) {
	dir := t.TempDir()
	s, err := blob.Open(blob.Config{Dir: dir, MaxSize: 100})
	if err != nil {
		t.Fatal(err)
	}
	for name, part := range map[string]blob.Part{
		"nothing":      {Total: 10},
		"too much":     {Offset: 5, Size: 6, Total: 10},
		"before it":    {Offset: -1, Size: 1, Total: 10},
		"past the end": {Offset: 11, Total: 10},
		"overflow":     {Offset: 1, Size: 1<<63 - 1, Total: 10},
		"too large":    {Size: 1, Total: 101},
	} {
		if _, _, err := s.Append(t.Context(), digestOf(sentence), part, bytes.NewReader(sentence)); augur.CodeOf(err) != augur.InvalidArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Other bytes are dropped when the last one shows it, at once or in parts.
	digest, wrong := digestOf(sentence), bytes.ToUpper(sentence)
	for _, cut := range []int{0, 10} {
		if cut > 0 {
			part, r := partOf(wrong, 0, cut)
			if _, _, err := s.Append(t.Context(), digest, part, r); err != nil {
				t.Fatal(err)
			}
		}
		part, r := partOf(wrong, cut, len(wrong))
		_, _, err := s.Append(t.Context(), digest, part, r)
		if wantCode(t, err, augur.InvalidArgument); !strings.Contains(err.Error(), string(digestOf(wrong))) {
			t.Errorf("got %v", err)
		}
		if got := files(t, dir); len(got) != 0 {
			t.Errorf("left: %v", got)
		}
	}
}

// TestAppendsBesideEachOther: one begins and stands still, and others finish.
func TestAppendsBesideEachOther(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	s, digest := open(t, dir), digestOf(sentence)
	slow, w := io.Pipe()
	var begun sync.WaitGroup
	begun.Go(func() {
		part, _ := partOf(sentence, 0, len(sentence))
		if _, created, err := s.Append(ctx, digest, part, slow); err != nil || created {
			t.Errorf("the slow one: created %v, %v", created, err)
		}
	})
	_, _ = w.Write(sentence[:10])
	part, r := partOf(sentence, 10, 20)
	_, _, err := s.Append(ctx, digest, part, r)
	wantCode(t, err, augur.Unavailable)
	var created atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			part, r := partOf(sentence, 0, len(sentence))
			if _, isNew, err := s.Append(ctx, digest, part, iotest.OneByteReader(r)); err != nil {
				t.Error(err)
			} else if isNew {
				created.Add(1)
			}
		})
	}
	wg.Wait()
	_, _ = w.Write(sentence[10:])
	begun.Wait()
	if created.Load() != 1 {
		t.Errorf("created %d times", created.Load())
	}
	if got := files(t, dir); len(got) != 1 {
		t.Errorf("left: %v", got)
	}
}

func TestUploadsExpire(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	old, fresh := []byte("an old upload"), []byte("a fresh upload")
	for _, data := range [][]byte{old, fresh} {
		part, r := partOf(data, 0, 5)
		if _, _, err := s.Append(t.Context(), digestOf(data), part, r); err != nil {
			t.Fatal(err)
		}
	}
	yesterday := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "tmp", "part-"+digestOf(old).Hex()), yesterday, yesterday); err != nil {
		t.Fatal(err)
	}
	wantReceived(t, s, digestOf(old), 5)
	part, r := partOf(sentence, 0, 5) // another begins
	if _, _, err := s.Append(t.Context(), digestOf(sentence), part, r); err != nil {
		t.Fatal(err)
	}
	wantReceived(t, s, digestOf(old), 0)
	wantReceived(t, s, digestOf(fresh), 5)
}
