package blob

import (
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"augur"
)

// Part says which bytes of an artifact an upload brings.
type Part struct {
	// Offset is where it begins: as many bytes as are there already.
	Offset int64
	// Size is how many bytes it brings; 0 only where Offset is Total, to finish an
	// upload whose last byte had come when the server ended.
	Size int64
	// Total is the size of the whole artifact.
	Total int64
}

// Append adds a part to the upload of an artifact, and stores the artifact with
// its last byte. received is how much of it is there then: all of it when it is
// stored, be it by another. What arrived before a failure stays for
// Config.KeepUploads, and Received tells how much that is.
//
// One upload of a digest may be continued at a time. Another that begins at 0
// meanwhile, or beside an upload that was interrupted, is received apart, as by
// Put: it disturbs none, and leaves nothing when it fails.
//
// The error is InvalidArgument for a part that cannot be, or when the whole has
// another digest, after which nothing of it is left; Aborted when the part does
// not begin where the upload stands; Unavailable when another continues it;
// Canceled when r failed; and ResourceExhausted when the disk is full.
func (s *Store) Append(ctx context.Context, digest augur.Digest, part Part, r io.Reader) (received int64, created bool, err error) {
	if err := errors.Join(check(digest), s.checkPart(part)); err != nil {
		return 0, false, augur.AsError(err)
	}
	if size, err := s.Renew(ctx, digest); err == nil {
		return size, false, nil
	}
	if part.Offset == 0 {
		// An upload begins: a good time to let go of those that never ended.
		if err := s.sweep(); err != nil {
			return 0, false, diskError(err)
		}
	}
	f, size, err := s.part(digest)
	if err != nil {
		return 0, false, err
	}
	if f == nil || size > 0 && part.Offset == 0 {
		if f != nil {
			_ = f.Close()
		}
		return s.appendApart(ctx, digest, part, r)
	}
	defer func() { _ = f.Close() }()
	if part.Offset != size {
		return size, false, augur.Errorf(augur.Aborted, "the upload of %s stands at %d bytes: continue there, not at %d", digest, size, part.Offset)
	}
	var sum hash.Hash // of all of it, where all of it comes at once
	var to io.Writer = f
	if part.Offset == 0 {
		sum = sha256.New()
		to = io.MultiWriter(f, sum)
	}
	in := &source{r: io.LimitReader(reader{ctx, r}, part.Size)}
	n, err := io.CopyBuffer(to, in, make([]byte, 256<<10))
	size += n
	switch {
	case err != nil:
		if size == 0 {
			_ = os.Remove(f.Name()) // nothing to continue
		}
		return size, false, in.failed(ctx, err)
	case n < part.Size:
		return size, false, augur.Errorf(augur.Canceled, "the upload was interrupted: %d of %d bytes came", n, part.Size)
	case size < part.Total:
		if err := f.Sync(); err != nil {
			return size, false, diskError(err)
		}
		return size, false, nil
	}
	created, err = s.finish(ctx, f, digest, sum)
	return size, created, err
}

// checkPart reports InvalidArgument for a part that cannot be.
func (s *Store) checkPart(part Part) error {
	switch {
	case part.Offset < 0 || part.Size < 0 || part.Size > part.Total-part.Offset || part.Size == 0 && part.Offset != part.Total:
		return augur.Errorf(augur.InvalidArgument, "%d bytes from %d on are no part of %d bytes", part.Size, part.Offset, part.Total)
	case part.Total > s.max:
		return s.tooLarge()
	}
	return nil
}

// appendApart receives what another upload of the same digest is in the way of.
func (s *Store) appendApart(ctx context.Context, digest augur.Digest, part Part, r io.Reader) (int64, bool, error) {
	if part.Offset > 0 || part.Size < part.Total {
		e := augur.Errorf(augur.Unavailable, "another upload of %s is going on, or one was interrupted: send all of it at once, or continue that one", digest)
		e.RetryAfter = time.Second
		return 0, false, e
	}
	size, created, err := s.Put(ctx, digest, r)
	if err == nil {
		// The upload that waited is not needed any more, unless it goes on.
		if f, _, err := s.part(digest); err == nil && f != nil {
			_ = os.Remove(f.Name())
			_ = f.Close()
		}
	}
	return size, created, err
}

// finish checks the digest of a whole upload and stores it. sum, unless nil, has
// seen all of it.
func (s *Store) finish(ctx context.Context, f *os.File, digest augur.Digest, sum hash.Hash) (created bool, err error) {
	var got augur.Digest
	if sum != nil {
		got = augur.DigestOf(sum.Sum(nil))
	} else {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return false, diskError(err)
		}
		if got, err = digestOfFile(ctx, f); err != nil {
			return false, err
		}
	}
	if got == digest {
		created, err = s.settle(ctx, f, digest)
	} else {
		err = otherBytes(got, digest)
	}
	if err == nil || got != digest {
		_ = os.Remove(f.Name()) // gone already when it was renamed
	}
	return created, err
}

// Received returns how many bytes of an upload are there and have reached the
// disk, 0 when there is none.
func (s *Store) Received(digest augur.Digest) (int64, error) {
	if err := check(digest); err != nil {
		return 0, err
	}
	f, err := os.OpenFile(s.partPath(digest), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, diskError(err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat() // before Sync: what comes meanwhile is not promised
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		return 0, diskError(err)
	}
	return info.Size(), nil
}

// part opens the upload of a digest for this caller alone, at its end; it is nil
// while another has it.
func (s *Store) part(digest augur.Digest) (f *os.File, size int64, err error) {
	path := s.partPath(digest)
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, 0, diskError(err)
		}
		if !lock(f) {
			_ = f.Close()
			return nil, 0, nil
		}
		// It may have been finished or swept between the two.
		mine, err := f.Stat()
		if err == nil {
			var there fs.FileInfo
			if there, err = os.Stat(path); err == nil && os.SameFile(mine, there) {
				if _, err := f.Seek(0, io.SeekEnd); err != nil {
					_ = f.Close()
					return nil, 0, diskError(err)
				}
				return f, mine.Size(), nil
			}
		}
		_ = f.Close()
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, 0, diskError(err)
		}
	}
}

func (s *Store) partPath(digest augur.Digest) string {
	return filepath.Join(s.tempDir(), partPrefix+digest.Hex())
}
