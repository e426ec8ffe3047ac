package blob

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"augur"
)

// Has says whether there is an artifact of that digest. One that Open found
// damaged is not there, so that whoever asks before an upload puts it again.
func (s *Store) Has(ctx context.Context, digest augur.Digest) (bool, error) {
	if e := s.known(digest); e != nil && e.damaged.Load() {
		return false, nil
	}
	_, err := s.Stat(ctx, digest)
	if augur.CodeOf(err) == augur.NotFound {
		return false, nil
	}
	return err == nil, err
}

// Stat returns the size of an artifact in bytes. The error is NotFound when
// there is none.
func (s *Store) Stat(ctx context.Context, digest augur.Digest) (size int64, err error) {
	if err := check(digest); err != nil {
		return 0, err
	}
	if s.remote != nil {
		info, err := s.remote.Stat(ctx, digest)
		return info.Size, err
	}
	info, err := os.Stat(s.path(digest))
	if err != nil {
		return 0, fileError(digest, err)
	}
	return info.Size(), nil
}

// fileError is NotFound for a file that is not there.
func fileError(digest augur.Digest, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return notFound(digest)
	}
	return diskError(err)
}

// Open returns the path of an artifact's file, which holds what the digest
// names: that is checked the first time in this process, and again when the
// file's size or time of change differs. The file stays there until release is
// called, unless another process removes it. What a remote keeps is copied
// first, and needs no remote afterwards. The error is NotFound when there is no
// such artifact, FailedPrecondition when its bytes are not the digest's any
// more, and Unavailable when the remote is needed and does not answer.
func (s *Store) Open(ctx context.Context, digest augur.Digest) (path string, release func(), err error) {
	if err := check(digest); err != nil {
		return "", nil, err
	}
	path = s.path(digest)
	if _, err := os.Stat(path); err != nil { // before hold, which remembers every digest
		if s.remote == nil {
			return "", nil, fileError(digest, err)
		}
		if _, err := s.Stat(ctx, digest); err != nil {
			return "", nil, err
		}
	}
	e, err := s.hold(ctx, digest)
	if err != nil {
		return "", nil, err
	}
	defer e.free()
	err = s.checkFile(ctx, e, digest)
	if code := augur.CodeOf(err); s.remote != nil && (code == augur.NotFound || code == augur.FailedPrecondition) {
		if err = s.fetch(ctx, e, digest); err == nil {
			err = s.evict(ctx)
		}
	}
	if err != nil {
		return "", nil, err
	}
	e.used.Store(time.Now().UnixNano())
	e.opened.Add(1)
	return path, sync.OnceFunc(func() { e.opened.Add(-1) }), nil
}

// checkFile checks the file of an artifact unless it was and has not changed.
// The caller holds e. The error is NotFound or FailedPrecondition.
func (s *Store) checkFile(ctx context.Context, e *entry, digest augur.Digest) error {
	f, err := os.Open(s.path(digest))
	if err != nil {
		return fileError(digest, err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return diskError(err)
	}
	now := stampOf(info)
	if now == e.verified {
		return nil
	}
	err = verify(ctx, f, digest)
	e.damaged.Store(augur.CodeOf(err) == augur.FailedPrecondition)
	if err == nil {
		e.verified = now
	}
	return err
}

// Check returns the size of an artifact in bytes, and that it can be had: a file
// is checked as by Open; a remote is asked, and what it gives is checked when it
// is copied. The errors are those of Open.
func (s *Store) Check(ctx context.Context, digest augur.Digest) (size int64, err error) {
	if s.remote != nil {
		if e := s.known(digest); e != nil && e.damaged.Load() {
			return 0, augur.Errorf(augur.FailedPrecondition, "the artifact %s is damaged in the object storage; upload it again", digest)
		}
		return s.Stat(ctx, digest)
	}
	_, release, err := s.Open(ctx, digest)
	if err != nil {
		return 0, err
	}
	defer release()
	return s.Stat(ctx, digest)
}

// Renew is an upload of an artifact that is there, without its bytes: it is
// checked as by Open, and no garbage until it is old again. The errors are those
// of Open.
func (s *Store) Renew(ctx context.Context, digest augur.Digest) (size int64, err error) {
	if s.remote != nil {
		if size, err = s.Check(ctx, digest); err == nil {
			err = s.renew(ctx, digest)
		}
		return size, err
	}
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
	return s.Stat(ctx, digest)
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
