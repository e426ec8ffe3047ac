package blob

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"augur"
)

// Put stores what r holds under its digest. created is false when it was there
// already; storing the same bytes again is no error. After an error nothing is
// left. The error is InvalidArgument when the bytes have another digest or are
// more than the store takes, Canceled when r failed, and ResourceExhausted when
// the disk is full.
func (s *Store) Put(ctx context.Context, digest augur.Digest, r io.Reader) (size int64, created bool, err error) {
	if err := check(digest); err != nil {
		return 0, false, err
	}
	f, err := s.temp()
	if err != nil {
		return 0, false, diskError(err)
	}
	defer func() {
		_ = f.Close()
		_ = os.Remove(f.Name()) // gone already when it was renamed
	}()
	size, err = s.receive(ctx, f, digest, r)
	if err != nil {
		return 0, false, err
	}
	created, err = s.settle(ctx, f, digest)
	return size, created, err
}

// settle puts a whole file, whose digest was checked, under its final name.
// created is false when the artifact was there already; then f stays where it is.
func (s *Store) settle(ctx context.Context, f *os.File, digest augur.Digest) (created bool, err error) {
	if err := f.Sync(); err != nil {
		return false, diskError(err)
	}
	if s.remote != nil {
		// It counts once it is there: the file here is a copy.
		if created, err = s.send(ctx, f, digest); err != nil {
			return false, err
		}
	}
	e, err := s.hold(ctx, digest)
	if err != nil {
		return false, err
	}
	defer e.free()
	info, err := os.Stat(s.path(digest))
	if err == nil && stampOf(info) == e.verified {
		if err = s.touch(e, digest); err == nil {
			e.damaged.Store(false)
			return created, nil
		}
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, diskError(err)
	}
	// A file that stands there unchecked is replaced too: these bytes are right,
	// and who has the old file open keeps it.
	if s.remote == nil {
		created = err != nil
	}
	// It is made read-only last: a process killed before leaves a temporary file
	// that can still be opened, and continued.
	if err := errors.Join(s.place(f, digest), f.Chmod(0o400)); err != nil {
		return false, diskError(err)
	}
	if info, err := os.Stat(s.path(digest)); err == nil {
		e.verified = stampOf(info)
		e.damaged.Store(false)
	}
	if s.remote != nil {
		e.used.Store(time.Now().UnixNano())
		return created, s.evict(ctx)
	}
	return created, nil
}

// temp makes a temporary file that no sweep of another process removes.
func (s *Store) temp() (*os.File, error) {
	for {
		f, err := os.CreateTemp(s.tempDir(), tempPrefix+"*")
		if err != nil {
			return nil, err
		}
		// A sweep may have come between the two lines.
		if lock(f) {
			if _, err := os.Stat(f.Name()); err == nil {
				return f, nil
			}
		}
		_ = f.Close()
	}
}

// receive streams r to f and checks the digest.
func (s *Store) receive(ctx context.Context, f *os.File, digest augur.Digest, r io.Reader) (int64, error) {
	sum := sha256.New()
	in := &source{r: io.LimitReader(reader{ctx, r}, s.max+1)}
	size, err := io.CopyBuffer(io.MultiWriter(f, sum), in, make([]byte, 256<<10))
	switch {
	case in.err != nil || err != nil:
		return 0, in.failed(ctx, err)
	case size > s.max:
		return 0, s.tooLarge()
	}
	if got := augur.DigestOf(sum.Sum(nil)); got != digest {
		return 0, otherBytes(got, digest)
	}
	return size, nil
}

// place renames a whole file to its final name and makes the name last.
func (s *Store) place(f *os.File, digest augur.Digest) error {
	path := s.path(digest)
	dir := filepath.Dir(path)
	switch err := os.Mkdir(dir, 0o700); {
	case err == nil:
		if err := syncDir(filepath.Dir(dir)); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrExist):
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir waits until the names in a directory have reached the disk.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (s *Store) tooLarge() error {
	return augur.Errorf(augur.InvalidArgument, "an artifact may have at most %d bytes", s.max)
}

func otherBytes(got, digest augur.Digest) error {
	return augur.Errorf(augur.InvalidArgument, "the bytes have %s, not %s", got, digest).At("digest")
}

func diskError(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return augur.Wrap(augur.ResourceExhausted, err, "there is no space left for artifacts")
	}
	return augur.Wrap(augur.Internal, fmt.Errorf("artifacts: %w", err), "internal error")
}

// source remembers why reading failed, so that the caller's failure is told
// apart from the disk's.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// failed says why a copy from s ended with err: the caller's failure comes first.
func (s *source) failed(ctx context.Context, err error) error {
	switch {
	case s.err == nil:
		return diskError(err)
	case ctx.Err() != nil:
		return augur.AsError(ctx.Err())
	}
	return augur.Wrap(augur.Canceled, s.err, "the upload was interrupted")
}
