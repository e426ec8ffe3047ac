package blob

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"augur"
)

// defaultMaxSize is the largest artifact unless Config says otherwise.
const defaultMaxSize = 10 << 30

// defaultKeepUploads is how long an interrupted upload waits unless Config says
// otherwise.
const defaultKeepUploads = 24 * time.Hour

// defaultCacheSize is how much is copied from a remote unless Config says
// otherwise.
const defaultCacheSize = 20 << 30

// tempPrefix begins the names of files that are not whole yet; what follows is
// random.
const tempPrefix = "put-"

// partPrefix begins the names of uploads that may be continued; what follows is
// the digest.
const partPrefix = "part-"

// Config says where artifacts are kept.
type Config struct {
	// Dir is the directory of the artifacts; it is made when missing. Several
	// processes may share it.
	Dir string
	// MaxSize bounds the bytes of one artifact; zero means 10 GiB.
	MaxSize int64
	// Remote, when not nil, is where artifacts are kept; the directory then holds
	// uploads that are under way and copies of what was used lately.
	Remote Remote
	// CacheSize is how many bytes of copies may be kept beside a remote; zero means
	// 20 GiB. What is open stays, whatever its size.
	CacheSize int64
	// KeepUploads is how long an upload that was interrupted may be continued;
	// zero means 24 hours.
	KeepUploads time.Duration
}

// WithDefaults fills the zero fields.
func (c Config) WithDefaults() Config {
	if c.MaxSize == 0 {
		c.MaxSize = defaultMaxSize
	}
	if c.KeepUploads == 0 {
		c.KeepUploads = defaultKeepUploads
	}
	if c.CacheSize == 0 {
		c.CacheSize = defaultCacheSize
	}
	return c
}

// Validate reports what cannot be meant.
func (c Config) Validate() error {
	switch {
	case c.Dir == "":
		return augur.Errorf(augur.InvalidArgument, "artifacts: expected a directory")
	case c.MaxSize < 1:
		return augur.Errorf(augur.InvalidArgument, "artifacts: expected a maximum size of at least 1 byte, got %d", c.MaxSize)
	case c.CacheSize < 0:
		return augur.Errorf(augur.InvalidArgument, "artifacts: expected a cache of at least 0 bytes, got %d", c.CacheSize)
	case c.KeepUploads < 0:
		return augur.Errorf(augur.InvalidArgument, "artifacts: expected a time to keep uploads of at least 0, got %s", c.KeepUploads)
	}
	return nil
}

// Store is a directory of artifacts, or a remote with a directory of copies. It may be used from any number of
// goroutines.
type Store struct {
	dir  string
	max  int64
	keep time.Duration
	// remote is nil where the directory is all there is; cache is then not used.
	remote Remote
	cache  int64

	mu sync.Mutex
	// entries, guarded by mu, has one entry for each digest that was put or
	// opened by this process.
	entries map[augur.Digest]*entry
}

// entry is what this process knows of one artifact.
type entry struct {
	// busy holds one token while the file is being checked or put in place.
	busy chan struct{}
	// verified is the state of the file when its digest was last found right;
	// only the holder of busy touches it.
	verified stamp
	// damaged says that the file was last found with other bytes.
	damaged atomic.Bool
	// used is when Open was last called, in nanoseconds since 1970.
	used atomic.Int64
	// opened counts those that Open gave the path to and that have not let go of
	// it. It grows under busy alone.
	opened atomic.Int64
}

// stamp tells whether a file may have changed. The zero stamp fits no file.
type stamp struct {
	size  int64
	mtime time.Time
}

func stampOf(info fs.FileInfo) stamp { return stamp{size: info.Size(), mtime: info.ModTime()} }

// Open opens a directory of artifacts and removes what interrupted uploads of
// processes that are gone left in it.
func Open(cfg Config) (*Store, error) {
	cfg = cfg.WithDefaults()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	// The engine is given the paths, and a session may outlive a change of the
	// working directory.
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, augur.Wrap(augur.FailedPrecondition, err, "the directory of artifacts %s cannot be found", cfg.Dir)
	}
	s := &Store{dir: dir, max: cfg.MaxSize, keep: cfg.KeepUploads, remote: cfg.Remote, cache: cfg.CacheSize, entries: map[augur.Digest]*entry{}}
	for _, dir := range []string{s.tempDir(), s.root()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, augur.Wrap(augur.FailedPrecondition, err, "the directory of artifacts %s cannot be made", cfg.Dir)
		}
	}
	if err := s.sweep(); err != nil {
		return nil, augur.Wrap(augur.FailedPrecondition, err, "the directory of artifacts %s cannot be cleaned up", cfg.Dir)
	}
	return s, nil
}

func (s *Store) tempDir() string { return filepath.Join(s.dir, "tmp") }

// path is where the artifact of a digest stands once it is whole.
func (s *Store) path(digest augur.Digest) string {
	hex := digest.Hex()
	return filepath.Join(s.root(), hex[:2], hex)
}

// root holds the files. Copies stand apart, since they are removed as they please:
// a directory that kept artifacts before there was a remote still does.
func (s *Store) root() string {
	if s.remote != nil {
		return filepath.Join(s.dir, "copies")
	}
	return filepath.Join(s.dir, "sha256")
}

// sweep removes temporary files that nobody is writing any more, and uploads that
// nobody has continued for too long.
func (s *Store) sweep() error {
	files, err := os.ReadDir(s.tempDir())
	if err != nil {
		return err
	}
	for _, file := range files {
		path := filepath.Join(s.tempDir(), file.Name())
		if file.IsDir() {
			if err := sweepLayout(path); err != nil {
				return err
			}
			continue
		}
		if !strings.HasPrefix(file.Name(), tempPrefix) && !s.expired(file) {
			continue
		}
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if lock(f) {
			err = os.Remove(path)
		}
		if err := errors.Join(err, f.Close()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// sweepLayout removes the folder of an archive that no process has open.
func sweepLayout(path string) error {
	d, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	if !lock(d) {
		return nil
	}
	return os.RemoveAll(path)
}

// expired says whether a file is an upload that may not be continued any more.
func (s *Store) expired(file fs.DirEntry) bool {
	if !strings.HasPrefix(file.Name(), partPrefix) {
		return false
	}
	info, err := file.Info()
	return err == nil && time.Since(info.ModTime()) > s.keep
}

// entry returns what this process knows of an artifact, which it notes.
func (s *Store) entry(digest augur.Digest) *entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entries[digest]
	if e == nil {
		e = &entry{busy: make(chan struct{}, 1)}
		s.entries[digest] = e
	}
	return e
}

// known is entry for what was noted before, else nil.
func (s *Store) known(digest augur.Digest) *entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.entries[digest]
}

// hold waits for the right to check an artifact or put it in place.
func (s *Store) hold(ctx context.Context, digest augur.Digest) (*entry, error) {
	e := s.entry(digest)
	select {
	case e.busy <- struct{}{}:
		return e, nil
	case <-ctx.Done():
		return nil, augur.AsError(ctx.Err())
	}
}

func (e *entry) free() { <-e.busy }

// check reports InvalidArgument for a digest that ParseDigest refuses, which
// would otherwise become a path.
func check(digest augur.Digest) error {
	_, err := augur.ParseDigest(string(digest))
	return err
}

func notFound(digest augur.Digest) error {
	return augur.Errorf(augur.NotFound, "no artifact %s", digest)
}

// reader stops a stream when ctx ends, since r itself may not notice.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
