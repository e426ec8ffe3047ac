package blob

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"

	"augur"
)

// Remote is object storage that keeps the artifacts of several servers. Its
// methods may be called from any number of goroutines. Their errors are NotFound
// where it says so, ctx's, FailedPrecondition when the storage refuses, and
// Unavailable when it does not answer.
type Remote interface {
	// Put stores size bytes under their digest: all of them or none.
	Put(ctx context.Context, digest augur.Digest, r io.Reader, size int64) error
	// Renew makes an artifact as young as one that is uploaded now, or reports
	// NotFound.
	Renew(ctx context.Context, digest augur.Digest) error
	// Get reads an artifact, or reports NotFound. The caller closes it.
	Get(ctx context.Context, digest augur.Digest) (io.ReadCloser, error)
	// Stat describes an artifact, or reports NotFound.
	Stat(ctx context.Context, digest augur.Digest) (Info, error)
	// Remove removes an artifact. One that is not there is no error.
	Remove(ctx context.Context, digest augur.Digest) error
	// List calls each with every artifact until it returns an error.
	List(ctx context.Context, each func(Info) error) error
	// Close lets go of idle connections.
	Close() error
}

// young is how long after an upload another need not renew it.
const young = time.Minute

// send makes sure that the remote has an artifact whose bytes, checked, are in f.
func (s *Store) send(ctx context.Context, f *os.File, digest augur.Digest) (created bool, err error) {
	e := s.known(digest)
	switch err := s.renew(ctx, digest); {
	case augur.CodeOf(err) == augur.NotFound || err == nil && e != nil && e.damaged.Load():
		created = err != nil
	default:
		return false, err
	}
	info, err := f.Stat()
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return false, diskError(err)
	}
	return created, s.remote.Put(ctx, digest, f, info.Size())
}

// renew makes what the remote has young, unless it is. The error is NotFound.
func (s *Store) renew(ctx context.Context, digest augur.Digest) error {
	info, err := s.remote.Stat(ctx, digest)
	if err != nil || time.Since(info.At) < young {
		return err
	}
	return s.remote.Renew(ctx, digest)
}

// fetch brings an artifact from the remote into the directory, checked. The
// caller holds e.
func (s *Store) fetch(ctx context.Context, e *entry, digest augur.Digest) error {
	from, err := s.remote.Get(ctx, digest)
	if wrong, ok := errors.AsType[*sealError](err); ok {
		return augur.Errorf(augur.FailedPrecondition, "%w", wrong.error)
	}
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	f, err := s.temp()
	if err != nil {
		return diskError(err)
	}
	defer func() {
		_ = f.Close()
		_ = os.Remove(f.Name()) // gone already when it was renamed
	}()
	_, err = s.receive(ctx, f, digest, from)
	if wrong, ok := errors.AsType[*sealError](err); ok {
		return augur.Errorf(augur.FailedPrecondition, "%w", wrong.error)
	}
	switch {
	case augur.CodeOf(err) == augur.InvalidArgument:
		e.damaged.Store(true)
		return augur.Errorf(augur.FailedPrecondition, "the artifact %s is damaged in the object storage: %s; upload it again", digest, augur.AsError(err).Message)
	case augur.CodeOf(err) == augur.Canceled && ctx.Err() == nil:
		return augur.Wrap(augur.Unavailable, err, "the object storage broke off")
	case err != nil:
		return err
	}
	if err := errors.Join(f.Sync(), s.place(f, digest), f.Chmod(0o400)); err != nil {
		return diskError(err)
	}
	info, err := os.Stat(s.path(digest))
	if err != nil {
		return diskError(err)
	}
	e.verified = stampOf(info)
	e.damaged.Store(false)
	return nil
}

// evict removes the least lately used files of the cache, as long as they take
// more than it may; never one that is open.
func (s *Store) evict(ctx context.Context) error {
	var files []Info
	var total int64
	err := s.listFiles(ctx, func(i Info) error {
		if e := s.known(i.Digest); e != nil {
			i.At = time.Unix(0, max(e.used.Load(), i.At.UnixNano()))
		}
		files, total = append(files, i), total+i.Size
		return nil
	})
	if err != nil {
		return err
	}
	for total > s.cache && len(files) > 0 {
		oldest := 0
		for i := range files {
			if files[i].At.Before(files[oldest].At) {
				oldest = i
			}
		}
		i := files[oldest]
		files[oldest] = files[len(files)-1]
		files = files[:len(files)-1]
		gone, err := s.drop(i.Digest)
		if err != nil {
			return err
		}
		if gone {
			total -= i.Size
		}
	}
	return nil
}

// removeRemote is Remove where there is a remote. The caller holds e.
func (s *Store) removeRemote(ctx context.Context, e *entry, digest augur.Digest, notAfter time.Time) (removed bool, err error) {
	info, err := s.remote.Stat(ctx, digest)
	switch {
	case augur.CodeOf(err) == augur.NotFound:
		return false, nil
	case err != nil:
		return false, err
	case info.At.After(notAfter) || e.opened.Load() > 0:
		return false, nil
	}
	if err := s.remote.Remove(ctx, digest); err != nil {
		return false, err
	}
	e.verified = stamp{}
	e.damaged.Store(false)
	if err := os.Remove(s.path(digest)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return true, diskError(err)
	}
	return true, nil
}

// drop removes a file from the cache unless somebody is at it.
func (s *Store) drop(digest augur.Digest) (gone bool, err error) {
	e := s.entry(digest)
	select {
	case e.busy <- struct{}{}:
		defer e.free()
	default:
		return false, nil
	}
	if e.opened.Load() > 0 {
		return false, nil
	}
	e.verified = stamp{}
	if err := os.Remove(s.path(digest)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, diskError(err)
	}
	return true, nil
}

// Ping reports whether the object storage answers, where there is one.
func (s *Store) Ping(ctx context.Context) error {
	if s.remote == nil {
		return nil
	}
	_, err := s.remote.Stat(ctx, emptyDigest)
	if augur.CodeOf(err) == augur.NotFound {
		return nil
	}
	return err
}

// emptyDigest is that of no bytes.
const emptyDigest augur.Digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
