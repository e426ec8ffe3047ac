package blob

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"sync"

	"augur"
)

// Has says whether there is an artifact of that digest. One that Open found
// damaged is not there, so that whoever asks before an upload puts it again.
func (s *Store) Has(_ context.Context, digest augur.Digest) (bool, error) {
	s.mu.Lock()
	e := s.entries[digest]
	s.mu.Unlock()
	if e != nil && e.damaged.Load() {
		return false, nil
	}
	_, err := s.Stat(digest)
	if augur.CodeOf(err) == augur.NotFound {
		return false, nil
	}
	return err == nil, err
}

// Stat returns the size of an artifact in bytes. The error is NotFound when
// there is none.
func (s *Store) Stat(digest augur.Digest) (size int64, err error) {
	if err := check(digest); err != nil {
		return 0, err
	}
	info, err := os.Stat(s.path(digest))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, notFound(digest)
	case err != nil:
		return 0, diskError(err)
	}
	return info.Size(), nil
}

// Reader opens an artifact for reading without checking it. The caller closes
// it. The error is NotFound when there is none.
func (s *Store) Reader(digest augur.Digest) (*os.File, error) {
	if err := check(digest); err != nil {
		return nil, err
	}
	f, err := os.Open(s.path(digest))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, notFound(digest)
	case err != nil:
		return nil, diskError(err)
	}
	return f, nil
}

// Open returns the path of an artifact's file, which holds what the digest
// names: that is checked the first time in this process, and again when the
// file's size or time of change differs. The file stays there until release is
// called, unless another process removes it. The error is NotFound when there is no such artifact and
// FailedPrecondition when the bytes on disk are not the digest's any more.
func (s *Store) Open(ctx context.Context, digest augur.Digest) (path string, release func(), err error) {
	if _, err := s.Stat(digest); err != nil { // before hold, which remembers every digest
		return "", nil, err
	}
	e, err := s.hold(ctx, digest)
	if err != nil {
		return "", nil, err
	}
	defer e.free()
	f, err := s.Reader(digest)
	if err != nil {
		return "", nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return "", nil, diskError(err)
	}
	if now := stampOf(info); now != e.verified {
		err := verify(ctx, f, digest)
		e.damaged.Store(augur.CodeOf(err) == augur.FailedPrecondition)
		if err != nil {
			return "", nil, err
		}
		e.verified = now
	}
	e.opened.Add(1)
	return s.path(digest), sync.OnceFunc(func() { e.opened.Add(-1) }), nil
}

// Renew is an upload of an artifact that is there, without its bytes: it is
// checked as by Open, and no garbage until it is old again. The errors are those
// of Open.
func (s *Store) Renew(ctx context.Context, digest augur.Digest) (size int64, err error) {
	_, release, err := s.Open(ctx, digest)
	if err != nil {
		return 0, err
	}
	defer release()
	e, err := s.hold(ctx, digest)
	if err != nil {
		return 0, err
	}
	defer e.free()
	if err := s.touch(e, digest); err != nil {
		if errors.Is(err, fs.ErrNotExist) { // removed by another process
			return 0, notFound(digest)
		}
		return 0, diskError(err)
	}
	return s.Stat(digest)
}

func verify(ctx context.Context, f *os.File, digest augur.Digest) error {
	got, err := digestOfFile(ctx, f)
	if err != nil {
		return err
	}
	if got != digest {
		return augur.Errorf(augur.FailedPrecondition, "the artifact %s is damaged on the server's disk: its bytes have %s; upload it again", digest, got)
	}
	return nil
}

// digestOfFile hashes f from where it stands.
func digestOfFile(ctx context.Context, f *os.File) (augur.Digest, error) {
	sum := sha256.New()
	if _, err := io.CopyBuffer(sum, reader{ctx, f}, make([]byte, 256<<10)); err != nil {
		if ctx.Err() != nil {
			return "", augur.AsError(ctx.Err())
		}
		return "", diskError(err)
	}
	return augur.DigestOf(sum.Sum(nil)), nil
}
