package server

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"augur"
	"augur/registry/blob"
	"augur/store"
)

// A backup is a tar archive: manifest.json, the files of the record's snapshot
// under record/, webhooks.key where data.dir has one, every artifact under
// artifacts/ by its digest, and last complete.json, without which it is not whole.
const (
	backupManifest = "manifest.json"
	backupRecord   = "record"
	backupKey      = "webhooks.key"
	backupFiles    = "artifacts"
	backupComplete = "complete.json"
)

// Manifest says what a backup is of.
type Manifest struct {
	Augur     string          `json:"augur"`
	CreatedAt time.Time       `json:"createdAt"`
	Record    *store.Snapshot `json:"record"`
}

// BackupCounts is what a backup holds.
type BackupCounts struct {
	Artifacts int   `json:"artifacts"`
	Bytes     int64 `json:"bytes"`
}

// Backup writes the record, the artifacts and the keys of the server with this
// configuration, which may run meanwhile. The record comes first, so that every
// artifact it refers to is there when artifacts are read.
func Backup(ctx context.Context, cfg Config, version string, w io.Writer) (counts BackupCounts, err error) {
	c := cfg.store(nil)
	c.RefuseMigration = true
	if path, ok := strings.CutPrefix(c.URL.Reveal(), "sqlite://"); ok {
		if _, err := os.Stat(path); err != nil {
			return counts, augur.Errorf(augur.FailedPrecondition, "there is no record at %s: %w", path, err)
		}
	}
	database, err := store.Open(ctx, c)
	if err != nil {
		return counts, err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	files, closeFiles, err := cfg.openFiles()
	if err != nil {
		return counts, err
	}
	defer func() { err = errors.Join(err, closeFiles()) }()
	dir, err := os.MkdirTemp("", "augur-backup-*")
	if err != nil {
		return counts, augur.Errorf(augur.FailedPrecondition, "%w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	snapshot, err := database.Snapshot(ctx, dir)
	if err != nil {
		return counts, err
	}
	out := tar.NewWriter(w)
	if err := addJSON(out, backupManifest, Manifest{Augur: version, CreatedAt: time.Now().UTC(), Record: snapshot}); err != nil {
		return counts, err
	}
	for _, name := range snapshot.Files {
		if err := addFile(out, path.Join(backupRecord, name), filepath.Join(dir, name)); err != nil {
			return counts, err
		}
	}
	if key := filepath.Join(cfg.Data.Dir, "webhooks.key"); exists(key) {
		if err := addFile(out, backupKey, key); err != nil {
			return counts, err
		}
	}
	needed := map[augur.Digest]bool{}
	for _, digest := range snapshot.Artifacts {
		needed[digest] = true
	}
	err = files.List(ctx, func(info blob.Info) error {
		file, release, err := files.Open(ctx, info.Digest)
		if augur.CodeOf(err) == augur.NotFound && !needed[info.Digest] {
			return nil // collected meanwhile
		}
		if err != nil {
			return err
		}
		defer release()
		counts.Artifacts++
		counts.Bytes += info.Size
		delete(needed, info.Digest)
		return addFile(out, path.Join(backupFiles, info.Digest.Hex()), file)
	})
	if err != nil {
		return counts, err
	}
	for digest := range needed {
		return counts, augur.Errorf(augur.FailedPrecondition, "the record refers to the artifact %s, and no such file is stored", digest)
	}
	if err := addJSON(out, backupComplete, counts); err != nil {
		return counts, err
	}
	return counts, out.Close()
}

// openFiles opens the artifacts without a server.
func (c *Config) openFiles() (*blob.Store, func() error, error) {
	s := &Server{cfg: *c, ready: &readiness{}}
	files, err := s.openArtifacts()
	closeAll := func() error {
		var errs []error
		for _, r := range s.running {
			errs = append(errs, r.stop(context.Background()))
		}
		return errors.Join(errs...)
	}
	if err != nil {
		return nil, nil, errors.Join(err, closeAll())
	}
	return files, closeAll, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func addJSON(out *tar.Writer, name string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	if err := out.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(text)), ModTime: time.Now()}); err != nil {
		return err
	}
	_, err = out.Write(text)
	return err
}

func addFile(out *tar.Writer, name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := out.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: info.Size(), ModTime: info.ModTime()}); err != nil {
		return err
	}
	_, err = io.Copy(out, f)
	return err
}

// RestoreBackup puts a backup into the server with this configuration, which must
// have nothing yet and not run. The record comes last: a restore that is
// interrupted leaves it empty, and may be made again.
func RestoreBackup(ctx context.Context, cfg Config, r io.Reader) (counts BackupCounts, err error) {
	files, closeFiles, err := cfg.openFiles()
	if err != nil {
		return counts, err
	}
	defer func() { err = errors.Join(err, closeFiles()) }()
	dir, err := os.MkdirTemp("", "augur-restore-*")
	if err != nil {
		return counts, augur.Errorf(augur.FailedPrecondition, "%w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	var manifest Manifest
	var key []byte
	var complete *BackupCounts
	for in := tar.NewReader(r); complete == nil; {
		h, err := in.Next()
		if err != nil {
			return counts, augur.Errorf(augur.InvalidArgument, "this is no whole backup: %w", err)
		}
		folder, name := path.Split(h.Name)
		switch {
		case h.Name == backupManifest:
			err = json.NewDecoder(in).Decode(&manifest)
		case h.Name == backupKey:
			key, err = io.ReadAll(io.LimitReader(in, 1<<10))
		case h.Name == backupComplete:
			err = json.NewDecoder(in).Decode(&complete)
		case folder == backupRecord+"/" && filepath.IsLocal(name):
			err = spool(filepath.Join(dir, name), in)
		case folder == backupFiles+"/":
			var digest augur.Digest
			if digest, err = augur.ParseDigest("sha256:" + name); err == nil {
				var n int64
				n, _, err = files.Put(ctx, digest, in) // checks the digest
				counts.Artifacts++
				counts.Bytes += n
			}
		default:
			err = augur.Errorf(augur.InvalidArgument, "this is no backup: it has %q in it", h.Name)
		}
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return counts, augur.Errorf(augur.InvalidArgument, "this is no whole backup: it ends within %s", h.Name)
		}
		if err != nil {
			return counts, fmt.Errorf("restore %s: %w", h.Name, err)
		}
	}
	if manifest.Record == nil || counts != *complete {
		return counts, augur.Errorf(augur.InvalidArgument, "this is no whole backup: it has %d artifacts of %d", counts.Artifacts, complete.Artifacts)
	}
	if key != nil {
		if err := restoreKey(filepath.Join(cfg.Data.Dir, "webhooks.key"), key); err != nil {
			return counts, err
		}
	}
	return counts, store.Restore(ctx, cfg.store(nil), dir, manifest.Record)
}

// restoreKey writes the key file; one that is there must be the same, since what
// is sealed in the record can be opened with this one alone.
func restoreKey(path string, key []byte) error {
	old, err := os.ReadFile(path)
	switch {
	case err == nil && string(old) == string(key):
		return nil
	case err == nil:
		return augur.Errorf(augur.FailedPrecondition, "%s holds another key than the backup's: move it away", path)
	case !errors.Is(err, fs.ErrNotExist):
		return augur.Errorf(augur.FailedPrecondition, "%w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return augur.Errorf(augur.FailedPrecondition, "%w", err)
	}
	return os.WriteFile(path, key, 0o600)
}

func spool(path string, r io.Reader) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}
