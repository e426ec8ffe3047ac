package blob

import (
	"archive/tar"
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"augur"
)

// ModelFile is the name of the model in an artifact of several files: a tar
// archive with that file and those that it names. No other artifact's file has
// this name, so that a model file of this name stands in a folder of its own.
const ModelFile = "model.onnx"

// maxFiles bounds the files of one archive.
const maxFiles = 10_000

// layoutPrefix begins the names of folders in which archives are laid out; what
// follows is random.
const layoutPrefix = "laid-"

// Models is a store whose Open is Layout.
type Models struct{ *Store }

// Open is Layout.
func (m Models) Open(ctx context.Context, digest augur.Digest) (path string, release func(), err error) {
	return m.Layout(ctx, digest)
}

// Layout is Open for who runs the model: of an archive it returns the path of
// ModelFile in a folder of its own, beside which the archive's other files stand
// until release is called. All of it is checked against the digest while it is
// laid out. Besides the errors of Open, it is FailedPrecondition for an archive
// that no model can be: without ModelFile, with links, or with names that lead
// out of the folder.
func (s *Store) Layout(ctx context.Context, digest augur.Digest) (model string, release func(), err error) {
	file, release, err := s.Open(ctx, digest)
	if err != nil {
		return "", nil, err
	}
	f, err := os.Open(file)
	if err != nil {
		release()
		return "", nil, fileError(digest, err)
	}
	defer func() { _ = f.Close() }()
	if !isArchive(f) {
		return file, release, nil
	}
	defer release() // what is laid out stands by itself
	dir, remove, err := s.layoutDir()
	if err != nil {
		return "", nil, diskError(err)
	}
	if err := s.unpack(ctx, f, digest, dir); err != nil {
		remove()
		return "", nil, err
	}
	return filepath.Join(dir, ModelFile), remove, nil
}

// layoutDir makes a folder that no sweep removes until remove is called.
func (s *Store) layoutDir() (dir string, remove func(), err error) {
	for {
		dir, err := os.MkdirTemp(s.tempDir(), layoutPrefix+"*")
		if err != nil {
			return "", nil, err
		}
		d, err := os.Open(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue // a sweep came between the lines
		}
		if err != nil {
			return "", nil, err
		}
		if lock(d) {
			if _, err := os.Stat(dir); err == nil {
				return dir, func() { _ = os.RemoveAll(dir); _ = d.Close() }, nil // what stays, the next Open sweeps
			}
		}
		_ = d.Close()
	}
}

// isArchive says whether f is a tar archive, which it says of itself at the end
// of its first header.
func isArchive(f io.ReaderAt) bool {
	var magic [5]byte
	_, err := f.ReadAt(magic[:], 257)
	return err == nil && string(magic[:]) == "ustar"
}

// unpack writes the files of an archive into an empty folder.
func (s *Store) unpack(ctx context.Context, f *os.File, digest augur.Digest, dir string) error {
	refuse := func(format string, args ...any) error {
		return augur.Errorf(augur.FailedPrecondition, "the artifact is an archive, "+format, args...)
	}
	info, err := f.Stat()
	if err != nil {
		return diskError(err)
	}
	sum := sha256.New()
	all := bufio.NewReaderSize(io.TeeReader(reader{ctx, f}, sum), 256<<10)
	archive := tar.NewReader(all)
	left := info.Size() // no more comes out than is in it
	for n := 0; ; n++ {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		switch {
		case ctx.Err() != nil:
			return augur.AsError(ctx.Err())
		case err != nil:
			return refuse("which cannot be read: %w", err)
		case n == maxFiles:
			return refuse("of more than %d files", maxFiles)
		case h.Typeflag == tar.TypeDir || h.Typeflag == tar.TypeXGlobalHeader:
			continue
		case h.Typeflag != tar.TypeReg || sparse(h):
			return refuse("in which %q is no plain file", h.Name)
		}
		name := path.Clean(h.Name)
		if !filepath.IsLocal(name) || strings.ContainsAny(h.Name, "\\\x00:") || strings.HasPrefix(h.Name, "/") {
			return refuse("in which the name %q leads out of it", h.Name)
		}
		if left -= h.Size; left < 0 {
			return refuse("whose files are larger than itself")
		}
		if err := write(filepath.Join(dir, filepath.FromSlash(name)), archive); errors.Is(err, fs.ErrExist) {
			return refuse("in which %q stands twice", h.Name)
		} else if errors.Is(err, io.ErrUnexpectedEOF) {
			return refuse("which ends within %q", h.Name)
		} else if err != nil {
			return broken(ctx, err)
		}
	}
	if _, err := io.Copy(io.Discard, all); err != nil {
		return broken(ctx, err)
	}
	if got := augur.DigestOf(sum.Sum(nil)); got != digest {
		return augur.Errorf(augur.FailedPrecondition, "the artifact %s is damaged on the server's disk: its bytes have %s; upload it again", digest, got)
	}
	if _, err := os.Stat(filepath.Join(dir, ModelFile)); err != nil {
		return refuse("without a %s at its top", ModelFile)
	}
	return nil
}

// sparse says whether a file of an archive has holes, which take no room in it.
func sparse(h *tar.Header) bool {
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse") {
			return true
		}
	}
	return false
}

// write makes a file, and the folders above it.
func write(path string, r io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o400)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}

func broken(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return augur.AsError(ctx.Err())
	}
	return diskError(err)
}
