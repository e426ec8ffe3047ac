package blob_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"augur"
	"augur/internal/s3test"
	"augur/registry/blob"
)

// openRemote opens a store with a directory of its own on an S3 server.
func openRemote(t *testing.T, url string, change func(*blob.Config)) *blob.Store {
	t.Helper()
	remote, err := blob.OpenRemote(augur.Secret(url))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = remote.Close() })
	cfg := blob.Config{Dir: t.TempDir(), Remote: remote}
	if change != nil {
		change(&cfg)
	}
	s, err := blob.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestStore holds a directory, and an S3 server, against the same promises. Each
// store that a test opens is another process on the same artifacts.
func TestStore(t *testing.T) {
	t.Run("directory", func(t *testing.T) {
		dir := t.TempDir()
		testStore(t, func() *blob.Store { return open(t, dir) })
	})
	t.Run("s3", func(t *testing.T) {
		s := s3test.Start(t)
		testStore(t, func() *blob.Store { return openRemote(t, s.URL, nil) })
	})
	t.Run("sealed s3", func(t *testing.T) {
		s := s3test.Start(t)
		testStore(t, func() *blob.Store { return openSealed(t, s.URL, "a key of the tests") })
		for _, path := range s.Files(t) {
			if text, err := os.ReadFile(path); err != nil || bytes.Contains(text, sentence[:8]) {
				t.Errorf("the storage sees %q, %v", text, err)
			}
		}
	})
}

func testStore(t *testing.T, open func() *blob.Store) {
	ctx, s := t.Context(), open()
	digest := digestOf(sentence)
	read := func(s *blob.Store) {
		t.Helper()
		path, release, err := s.Open(ctx, digest)
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, sentence) {
			t.Errorf("%q, %v", got, err)
		}
	}
	absent := func(s *blob.Store, why string) {
		t.Helper()
		if has, err := s.Has(ctx, digest); has || err != nil {
			t.Fatalf("%s: has %v, %v", why, has, err)
		}
		_, _, err := s.Open(ctx, digest)
		wantCode(t, err, augur.NotFound)
		_, err = s.Check(ctx, digest)
		wantCode(t, err, augur.NotFound)
		_, err = s.Renew(ctx, digest)
		wantCode(t, err, augur.NotFound)
		if found := list(t, s); len(found) != 0 {
			t.Errorf("%s: listed %v", why, found)
		}
	}
	absent(s, "at first")
	_, _, err := s.Put(ctx, digest, strings.NewReader("other bytes"))
	wantCode(t, err, augur.InvalidArgument)
	_, _, err = s.Put(ctx, digest, io.MultiReader(bytes.NewReader(sentence[:5]), iotest.ErrReader(errors.New("reset"))))
	wantCode(t, err, augur.Canceled)
	absent(s, "after what failed")

	// In parts, then again whole, here and elsewhere: created once.
	part, r := partOf(sentence, 0, 10)
	if _, created, err := s.Append(ctx, digest, part, r); created || err != nil {
		t.Fatalf("created %v, %v", created, err)
	}
	absent(s, "after a part")
	part, r = partOf(sentence, 10, len(sentence))
	if _, created, err := s.Append(ctx, digest, part, r); !created || err != nil {
		t.Fatalf("created %v, %v", created, err)
	}
	read(s)
	other := open()
	for _, s := range []*blob.Store{s, other, open()} {
		if size, created, err := s.Put(ctx, digest, bytes.NewReader(sentence)); created || err != nil || size != int64(len(sentence)) {
			t.Errorf("again: %d, created %v, %v", size, created, err)
		}
		if size, err := s.Check(ctx, digest); err != nil || size != int64(len(sentence)) {
			t.Errorf("check: %d, %v", size, err)
		}
		if size, err := s.Renew(ctx, digest); err != nil || size != int64(len(sentence)) {
			t.Errorf("renew: %d, %v", size, err)
		}
		read(s)
	}
	third := open()
	read(third)
	found := list(t, third)
	if i := found[digest]; len(found) != 1 || i.Size != int64(len(sentence)) || time.Since(i.At).Abs() > time.Minute {
		t.Errorf("listed %v", found)
	}
	// Young, it is no garbage; then it is, for everybody.
	if removed, err := other.Remove(ctx, digest, time.Now().Add(-time.Hour)); removed || err != nil {
		t.Errorf("removed %v, %v", removed, err)
	}
	if removed, err := other.Remove(ctx, digest, time.Now().Add(time.Hour)); !removed || err != nil {
		t.Errorf("removed %v, %v", removed, err)
	}
	absent(open(), "after the removal")
	if has, err := third.Has(ctx, digest); has || err != nil {
		t.Errorf("the third has %v, %v", has, err)
	}
	if _, created, err := third.Put(ctx, digest, bytes.NewReader(sentence)); !created || err != nil {
		t.Errorf("put anew: created %v, %v", created, err)
	}
	read(open())
}

// TestRemoteDamaged: bytes that changed in the object storage are never handed
// out, and an upload mends them.
func TestRemoteDamaged(t *testing.T) {
	ctx, server := t.Context(), s3test.Start(t)
	digest := digestOf(sentence)
	if _, _, err := openRemote(t, server.URL, nil).Put(ctx, digest, bytes.NewReader(sentence)); err != nil {
		t.Fatal(err)
	}
	files := server.Files(t)
	if len(files) != 1 || filepath.Base(files[0]) != digest.Hex() {
		t.Fatalf("the server has %v", files)
	}
	if err := os.WriteFile(files[0], bytes.ToUpper(sentence), 0o600); err != nil {
		t.Fatal(err)
	}
	s := openRemote(t, server.URL, nil)
	for range 2 {
		_, _, err := s.Open(ctx, digest)
		wantCode(t, err, augur.FailedPrecondition)
	}
	if has, err := s.Has(ctx, digest); has || err != nil {
		t.Errorf("has %v, %v", has, err)
	}
	if _, _, err := s.Put(ctx, digest, bytes.NewReader(sentence)); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*blob.Store{s, openRemote(t, server.URL, nil)} {
		_, release, err := s.Open(ctx, digest)
		if err != nil {
			t.Fatal(err)
		}
		release()
	}
}

// TestRemoteDown: what was copied is there without the remote, what was not is
// Unavailable, and an upload fails whole and can be repeated.
func TestRemoteDown(t *testing.T) {
	ctx, server := t.Context(), s3test.Start(t)
	s := openRemote(t, server.URL, nil)
	copied := digestOf(sentence)
	if _, _, err := s.Put(ctx, copied, bytes.NewReader(sentence)); err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(ctx); err != nil {
		t.Error(err)
	}
	server.Stop()
	_, release, err := s.Open(ctx, copied)
	if err != nil {
		t.Fatal(err)
	}
	release()
	wantCode(t, s.Ping(ctx), augur.Unavailable)
	_, _, err = s.Open(ctx, digestOf([]byte("another")))
	wantCode(t, err, augur.Unavailable)
	_, _, err = s.Put(ctx, digestOf([]byte("another")), strings.NewReader("another"))
	wantCode(t, err, augur.Unavailable)
	server.Run(t)
	if has, err := s.Has(ctx, digestOf([]byte("another"))); has || err != nil {
		t.Errorf("has %v, %v", has, err)
	}
	if _, created, err := s.Put(ctx, digestOf([]byte("another")), strings.NewReader("another")); !created || err != nil {
		t.Errorf("created %v, %v", created, err)
	}
}

// TestRemoteRefuses: a key that is wrong is said so, without the key.
func TestRemoteRefuses(t *testing.T) {
	server := s3test.Start(t)
	for _, url := range []string{
		strings.Replace(server.URL, "secret", "guess", 1),
		strings.Replace(server.URL, s3test.Bucket, "nowhere", 1),
	} {
		s := openRemote(t, url, nil)
		_, _, err := s.Put(t.Context(), digestOf(sentence), bytes.NewReader(sentence))
		wantCode(t, err, augur.FailedPrecondition)
		if !strings.Contains(err.Error(), "artifacts.url") || strings.Contains(err.Error(), "guess") {
			t.Error(err)
		}
	}
	for _, url := range []string{"", "s3:", "ftp://x/y", "s3://bucket?endpoint=here", "s3://b?endpoint=ftp://x", "s3://b?what=1", "s3://b?path-style=perhaps", "s3://k:secret@b\x7f"} {
		_, err := blob.OpenRemote(augur.Secret(url))
		if wantCode(t, err, augur.InvalidArgument); strings.Contains(err.Error(), "secret@") {
			t.Error(err)
		}
	}
}

// TestCacheOfRemote: copies stay within their bound, and the least lately used
// goes first; never one that is open.
func TestCacheOfRemote(t *testing.T) {
	ctx, server := t.Context(), s3test.Start(t)
	var dir string
	s := openRemote(t, server.URL, func(c *blob.Config) { dir, c.CacheSize = c.Dir, 250 })
	there := func() (found string) {
		t.Helper()
		for _, path := range files(t, dir) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			found += string(text[:1])
		}
		return found
	}
	data := func(c byte) []byte { return bytes.Repeat([]byte{c}, 100) }
	use := func(c byte) (release func()) {
		t.Helper()
		_, release, err := s.Open(ctx, digestOf(data(c)))
		if err != nil {
			t.Fatal(err)
		}
		return release
	}
	for _, c := range []byte("abc") {
		if _, _, err := s.Put(ctx, digestOf(data(c)), bytes.NewReader(data(c))); err != nil {
			t.Fatal(err)
		}
	}
	if got := there(); len(got) != 2 || strings.Contains(got, "a") {
		t.Fatalf("copies of %q, want b and c", got)
	}
	use('b')()
	release := use('a') // instead of c, which was not used since
	if got := there(); len(got) != 2 || strings.Contains(got, "c") {
		t.Errorf("copies of %q, want a and b", got)
	}
	use('b')()
	use('c')() // a is open, and b used before c
	if got := there(); len(got) != 2 || strings.Contains(got, "b") {
		t.Errorf("copies of %q, want a and c", got)
	}
	release()
	if found := list(t, s); len(found) != 3 {
		t.Errorf("the server has %v", found)
	}
}

// openSealed is openRemote with an encryption.
func openSealed(t *testing.T, url string, key augur.Secret) *blob.Store {
	t.Helper()
	return openRemote(t, url, func(c *blob.Config) {
		var err error
		if c.Remote, err = blob.Seal(c.Remote, key); err != nil {
			t.Fatal(err)
		}
	})
}

// TestSealed: artifacts of every size come back as they were; with another key,
// as another artifact, or changed, they do not.
func TestSealed(t *testing.T) {
	ctx, server := t.Context(), s3test.Start(t)
	s := openSealed(t, server.URL, "a key of the tests")
	const segment = 1<<20 - 16
	for _, size := range []int{0, 1, segment - 41, segment - 40, segment - 39, segment, 2*segment - 40, 2*segment - 39, 3<<20 + 7} {
		data := bytes.Repeat([]byte("m"), size)
		digest := putBytes(t, s, data)
		other := openSealed(t, server.URL, "a key of the tests")
		if got, err := other.Check(ctx, digest); err != nil || got != int64(size) {
			t.Errorf("%d bytes: %d, %v", size, got, err)
		}
		path, release, err := other.Open(ctx, digest)
		if err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%d bytes came back as %d, %v", size, len(got), err)
		}
		release()
	}
	digest := digestOf([]byte("m"))
	for name, s := range map[string]*blob.Store{"another key": openSealed(t, server.URL, "another key of tests"), "no key": openRemote(t, server.URL, nil)} {
		_, _, err := s.Open(ctx, digest)
		if augur.CodeOf(err) != augur.FailedPrecondition {
			t.Errorf("%s: %v", name, err)
		}
		if name == "another key" && !strings.Contains(err.Error(), "artifacts.key is not what it was encrypted with") {
			t.Error(err)
		}
	}
	files := map[string]string{}
	for _, path := range server.Files(t) {
		files[filepath.Base(path)] = path
	}
	text, err := os.ReadFile(files[digestOf(bytes.Repeat([]byte("m"), segment)).Hex()])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(files[digest.Hex()], text, 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err = openSealed(t, server.URL, "a key of the tests").Open(ctx, digest)
	wantCode(t, err, augur.FailedPrecondition)
	if _, err := blob.Seal(nil, "short"); augur.CodeOf(err) != augur.InvalidArgument {
		t.Error(err)
	}
}
