package store

import (
	"io/fs"
	"path/filepath"
	"testing"
	"testing/fstest"

	"augur"
	"augur/ent/migrate"
)

// rebuild makes the table of models anew, as atlas writes it for SQLite.
const rebuild = `-- +goose Up
PRAGMA foreign_keys = off;
CREATE TABLE new_models (id text PRIMARY KEY, created_at datetime, updated_at datetime, archived_at datetime, deleted_at datetime, name text, description text, owner text, revision integer);
INSERT INTO new_models (id, created_at, updated_at, name, description, revision) SELECT id, created_at, updated_at, name, description, revision FROM models;
DROP TABLE models;
ALTER TABLE new_models RENAME TO models;
PRAGMA foreign_keys = on;
`

// with adds a step to ours.
func with(t *testing.T, s *Store, step string) fs.FS {
	t.Helper()
	files := migrate.Files(s.dialect)
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	steps := fstest.MapFS{"30000101000000_step.sql": {Data: []byte(step)}}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		steps[name] = &fstest.MapFile{Data: text}
	}
	return steps
}

// TestRebuiltTable keeps what refers to a table that a step makes anew.
func TestRebuiltTable(t *testing.T) {
	cfg := Config{URL: augur.Secret(filepath.Join(t.TempDir(), "augur.db"))}.WithDefaults()
	s, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	ctx := augur.WithPrincipal(t.Context(), augur.System())
	m := s.writer.Model.Create().SetName("m").SaveX(ctx)
	s.writer.Tag.Create().SetModel(m).SetKey("k").ExecX(ctx)

	if err := s.migrate(ctx, cfg, with(t, s, rebuild)); err != nil {
		t.Fatal(err)
	}
	if n := s.reader.Tag.Query().CountX(ctx); n != 1 {
		t.Errorf("%d tags after the table of models was made anew, want 1", n)
	}
}

// TestLostReferences refuses a step that leaves rows behind which refer to none.
func TestLostReferences(t *testing.T) {
	cfg := Config{URL: augur.Secret(filepath.Join(t.TempDir(), "augur.db"))}.WithDefaults()
	s, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	ctx := augur.WithPrincipal(t.Context(), augur.System())
	m := s.writer.Model.Create().SetName("m").SaveX(ctx)
	s.writer.Tag.Create().SetModel(m).SetKey("k").ExecX(ctx)
	err = s.migrate(ctx, cfg, with(t, s, "-- +goose Up\nDELETE FROM models;\n"))
	if augur.CodeOf(err) != augur.FailedPrecondition {
		t.Errorf("got %v", err)
	}
}
