package blob

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"augur"
)

// Info is what is known of a stored artifact without reading it.
type Info struct {
	Digest augur.Digest
	// Size in bytes.
	Size int64
	// At is when it was last uploaded: also when it was there already.
	At time.Time
}

// List calls each with every artifact, in the order of their digests, until it
// returns an error, which List returns. Uploads that are not whole are none.
func (s *Store) List(ctx context.Context, each func(Info) error) error {
	if s.remote != nil {
		return s.remote.List(ctx, each)
	}
	return s.listFiles(ctx, each)
}

// listFiles is List of the directory.
func (s *Store) listFiles(ctx context.Context, each func(Info) error) error {
	root := s.root()
	dirs, err := os.ReadDir(root)
	if err != nil {
		return diskError(err)
	}
	for _, dir := range dirs {
		files, err := os.ReadDir(filepath.Join(root, dir.Name()))
		if err != nil {
			return diskError(err)
		}
		for _, file := range files {
			if ctx.Err() != nil {
				return augur.AsError(ctx.Err())
			}
			digest, err := augur.ParseDigest("sha256:" + file.Name())
			if err != nil {
				continue // not ours
			}
			info, err := file.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue // removed meanwhile
			}
			if err != nil {
				return diskError(err)
			}
			if err := each(Info{Digest: digest, Size: info.Size(), At: info.ModTime()}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Remove removes an artifact, unless it was uploaded after an instant or is held
// open by this process. removed is false when it stayed, or was not there. Who
// reads it keeps what they opened.
func (s *Store) Remove(ctx context.Context, digest augur.Digest, notAfter time.Time) (removed bool, err error) {
	if _, err := s.Stat(ctx, digest); err != nil {
		if augur.CodeOf(err) == augur.NotFound {
			err = nil
		}
		return false, err
	}
	e, err := s.hold(ctx, digest)
	if err != nil {
		return false, err
	}
	defer e.free()
	if s.remote != nil {
		return s.removeRemote(ctx, e, digest, notAfter)
	}
	path := s.path(digest)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, diskError(err)
	case info.ModTime().After(notAfter) || e.opened.Load() > 0:
		return false, nil
	}
	e.verified = stamp{}
	e.damaged.Store(false)
	if err := errors.Join(os.Remove(path), syncDir(filepath.Dir(path))); err != nil {
		return false, diskError(err)
	}
	return true, nil
}

// touch notes that an artifact was uploaded again, although its bytes stay. The
// caller holds e.
func (s *Store) touch(e *entry, digest augur.Digest) error {
	at := time.Now()
	if err := os.Chtimes(s.path(digest), at, at); err != nil {
		return err
	}
	info, err := os.Stat(s.path(digest))
	if err == nil {
		e.verified = stampOf(info) // the same bytes
	}
	return err
}
