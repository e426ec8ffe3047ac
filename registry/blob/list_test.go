package blob_test

import (
	"bytes"
	"os"
	"testing"
	"time"

	"augur"
	"augur/registry/blob"
)

// list is every artifact of a store by its digest.
func list(t *testing.T, s *blob.Store) map[augur.Digest]blob.Info {
	t.Helper()
	found := map[augur.Digest]blob.Info{}
	err := s.List(t.Context(), func(i blob.Info) error {
		found[i.Digest] = i
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// put stores data and makes it look as if that had been an hour ago.
func putLongAgo(t *testing.T, s *blob.Store, data []byte) augur.Digest {
	t.Helper()
	digest, at := digestOf(data), time.Now().Add(-time.Hour)
	if _, _, err := s.Put(t.Context(), digest, bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	path, release, err := s.Open(t.Context(), digest)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
	return digest
}

func TestListAndRemove(t *testing.T) {
	ctx, s := t.Context(), open(t, t.TempDir())
	one, two := putLongAgo(t, s, []byte("one")), putLongAgo(t, s, []byte("number two"))
	part, r := partOf(sentence, 0, 10)
	if _, _, err := s.Append(ctx, digestOf(sentence), part, r); err != nil {
		t.Fatal(err)
	}
	found := list(t, s)
	if len(found) != 2 || found[one].Size != 3 || found[two].Size != 10 || time.Since(found[one].At) < 50*time.Minute {
		t.Errorf("listed %v", found)
	}
	before := time.Now().Add(-time.Minute)
	remove := func(digest augur.Digest, want bool) {
		t.Helper()
		if removed, err := s.Remove(ctx, digest, before); err != nil || removed != want {
			t.Errorf("removed %v, %v, want %v", removed, err, want)
		}
	}
	// What is open stays until it is closed.
	_, release, err := s.Open(ctx, one)
	if err != nil {
		t.Fatal(err)
	}
	remove(one, false)
	release()
	release() // once more changes nothing
	remove(one, true)
	remove(one, false)
	if has, err := s.Has(ctx, one); has || err != nil {
		t.Errorf("has what was removed: %v, %v", has, err)
	}
	_, _, err = s.Open(ctx, one)
	wantCode(t, err, augur.NotFound)
	if _, created, err := s.Put(ctx, one, bytes.NewReader([]byte("one"))); err != nil || !created {
		t.Errorf("put again: created %v, %v", created, err)
	}
	remove(one, false) // it is new
}

// TestUploadedAgain: whoever uploads what is there already, in whichever way, is
// as safe as whoever uploads it first.
func TestUploadedAgain(t *testing.T) {
	ctx := t.Context()
	for name, again := range map[string]func(*blob.Store, augur.Digest) error{
		"put": func(s *blob.Store, d augur.Digest) error {
			_, created, err := s.Put(ctx, d, bytes.NewReader(sentence))
			if created {
				t.Error("created")
			}
			return err
		},
		"append": func(s *blob.Store, d augur.Digest) error {
			part, r := partOf(sentence, 0, len(sentence))
			_, _, err := s.Append(ctx, d, part, r)
			return err
		},
		"renew": func(s *blob.Store, d augur.Digest) error {
			size, err := s.Renew(ctx, d)
			if size != int64(len(sentence)) {
				t.Errorf("%d bytes", size)
			}
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, t.TempDir())
			digest := putLongAgo(t, s, sentence)
			if err := again(s, digest); err != nil {
				t.Fatal(err)
			}
			if removed, err := s.Remove(ctx, digest, time.Now().Add(-time.Minute)); removed || err != nil {
				t.Errorf("removed %v, %v", removed, err)
			}
			if has, err := s.Has(ctx, digest); !has || err != nil {
				t.Errorf("has %v, %v", has, err)
			}
		})
	}
	_, err := open(t, t.TempDir()).Renew(ctx, digestOf(sentence))
	wantCode(t, err, augur.NotFound)
}
