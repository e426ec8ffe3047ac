package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/alecthomas/kong"

	"augur"
	"augur/server"
)

// backupCommand writes a backup.
type backupCommand struct {
	output
	Path string `arg:"" name:"file" help:"The file to write; it must not exist."`
	settings
}

// Help says what the flags cannot.
func (backupCommand) Help() string {
	return "The server may run, and is not asked: its database and artifacts are read where the configuration says they are. " +
		"What is written holds secrets, and artifacts that are encrypted in object storage are plain in it: keep it as you keep those."
}

// Run writes the file in one step: it is there when it is whole.
func (c *backupCommand) Run(t *terminal, parsed *kong.Context) (err error) {
	l, err := c.load(t, parsed)
	if err != nil {
		return err
	}
	if _, err := os.Stat(c.Path); err == nil {
		return augur.Errorf(augur.AlreadyExists, "%s exists", c.Path)
	}
	f, err := os.CreateTemp(filepath.Dir(c.Path), ".augur-backup-*")
	if err != nil {
		return augur.Errorf(augur.FailedPrecondition, "%w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	counts, err := server.Backup(t.ctx, l.Config, version(), f)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), c.Path); err != nil { // never over another file
		return augur.Errorf(augur.FailedPrecondition, "%w", err)
	}
	_ = os.Remove(f.Name()) // the other name is what counts
	if c.json() {
		return printJSON(t, counts)
	}
	_, err = fmt.Fprintf(t.stdout, "wrote %s: the record and %d artifacts, %d bytes\n", c.Path, counts.Artifacts, counts.Bytes)
	return err
}

// restoreCommand puts a backup back.
type restoreCommand struct {
	output
	Path string `arg:"" name:"file" help:"A file that augur backup wrote."`
	settings
}

// Help says what the flags cannot.
func (restoreCommand) Help() string {
	return "No server may run on the configured database, and it must have nothing in it. A restore that is interrupted may be made again."
}

// Run restores.
func (c *restoreCommand) Run(t *terminal, parsed *kong.Context) error {
	l, err := c.load(t, parsed)
	if err != nil {
		return err
	}
	f, err := os.Open(c.Path)
	if err != nil {
		return augur.Errorf(augur.NotFound, "%w", err)
	}
	defer func() { _ = f.Close() }()
	counts, err := server.RestoreBackup(t.ctx, l.Config, reader{t.ctx, f})
	if err != nil {
		return err
	}
	if c.json() {
		return printJSON(t, counts)
	}
	_, err = fmt.Fprintf(t.stdout, "restored the record and %d artifacts, %d bytes\n", counts.Artifacts, counts.Bytes)
	return err
}

// reader ends with its context.
type reader struct {
	ctx context.Context
	r   io.Reader
}

// Read of io.Reader.
func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
