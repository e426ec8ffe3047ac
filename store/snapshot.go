package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"augur"

	"entgo.io/ent/dialect"
	"github.com/jackc/pgx/v5"
)

// Snapshot is what was written of the record at one moment.
type Snapshot struct {
	// Database is the kind it came from, as Store.Name, and Migration its newest step.
	Database  string `json:"database"`
	Migration int64  `json:"migration"`
	// Files are the names of the files in the folder.
	Files []string `json:"files"`
	// Artifacts are the digests that the record refers to.
	Artifacts []augur.Digest `json:"artifacts"`
}

// The files of a snapshot: a SQLite database, or the tables of PostgreSQL.
const (
	snapshotSQLite = "record.db"
	snapshotTables = "tables.json"
)

// copied is a table in a snapshot of PostgreSQL.
type copied struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
}

// tables is the file snapshotTables.
type tables struct {
	Tables    []copied         `json:"tables"`
	Sequences map[string]int64 `json:"sequences"`
}

// Snapshot writes the record as it is at one moment into the folder dir, while
// others go on writing to it.
func (s *Store) Snapshot(ctx context.Context, dir string) (*Snapshot, error) {
	out := &Snapshot{Database: s.Name()}
	var err error
	if s.dialect == dialect.SQLite {
		err = s.snapshotSQLite(ctx, dir, out)
	} else {
		err = s.snapshotPostgres(ctx, dir, out)
	}
	if err != nil {
		return nil, Error(err)
	}
	return out, nil
}

const (
	newestMigration = "SELECT max(version_id) FROM goose_db_version WHERE is_applied"
	allArtifacts    = "SELECT digest FROM artifacts ORDER BY digest"
)

func (s *Store) snapshotSQLite(ctx context.Context, dir string, out *Snapshot) (err error) {
	path := filepath.Join(dir, snapshotSQLite)
	if _, err := s.writeDB.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return err
	}
	out.Files = []string{snapshotSQLite}
	// Of the copy: the record itself has gone on.
	copy, err := Open(ctx, Config{URL: augur.Secret(path), RefuseMigration: true, Connections: 1})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, copy.Close()) }()
	if err := copy.readDB.QueryRowContext(ctx, newestMigration).Scan(&out.Migration); err != nil {
		return err
	}
	rows, err := copy.readDB.QueryContext(ctx, allArtifacts)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var digest string
		if err := rows.Scan(&digest); err != nil {
			return err
		}
		out.Artifacts = append(out.Artifacts, augur.Digest(digest))
	}
	return rows.Err()
}

// ownTables are the tables of the schema with their columns, those aside that say
// how far it is migrated.
const ownTables = `SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  AND c.relname NOT IN ('goose_db_version', 'river_migration')
GROUP BY c.relname ORDER BY c.relname`

func (s *Store) snapshotPostgres(ctx context.Context, dir string, out *Snapshot) error {
	// One transaction that sees one moment.
	return pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, newestMigration).Scan(&out.Migration); err != nil {
			return err
		}
		all := tables{Sequences: map[string]int64{}}
		rows, err := tx.Query(ctx, ownTables)
		if err != nil {
			return err
		}
		if all.Tables, err = pgx.CollectRows(rows, pgx.RowToStructByPos[copied]); err != nil {
			return err
		}
		for _, t := range all.Tables {
			name := t.Name + ".copy"
			err := write(filepath.Join(dir, name), func(w io.Writer) error {
				_, err := tx.Conn().PgConn().CopyTo(ctx, w, "COPY "+t.sql()+" TO STDOUT")
				return err
			})
			if err != nil {
				return fmt.Errorf("copy %s: %w", t.Name, err)
			}
			out.Files = append(out.Files, name)
		}
		if rows, err = tx.Query(ctx, "SELECT sequencename::text, last_value FROM pg_sequences WHERE schemaname = current_schema() AND last_value IS NOT NULL"); err != nil {
			return err
		}
		var name string
		var last int64
		if _, err := pgx.ForEachRow(rows, []any{&name, &last}, func() error { all.Sequences[name] = last; return nil }); err != nil {
			return err
		}
		if rows, err = tx.Query(ctx, allArtifacts); err != nil {
			return err
		}
		if out.Artifacts, err = pgx.CollectRows(rows, pgx.RowTo[augur.Digest]); err != nil {
			return err
		}
		out.Files = append(out.Files, snapshotTables)
		return write(filepath.Join(dir, snapshotTables), func(w io.Writer) error { return json.NewEncoder(w).Encode(all) })
	})
}

// sql is the table with its columns.
func (t copied) sql() string {
	columns := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = pgx.Identifier{c}.Sanitize()
	}
	return pgx.Identifier{t.Name}.Sanitize() + " (" + strings.Join(columns, ", ") + ")"
}

// write makes a file that has reached the disk when it returns.
func write(path string, content func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(content(f), f.Sync(), f.Close())
}

// Restore puts a snapshot, whose files are in the folder dir, into the record of
// cfg, which must have nothing in it, be of the same kind and, on PostgreSQL, be
// used by no server. The record is as it was before when it fails, with
// FailedPrecondition when it is not empty or of another kind or migration.
func Restore(ctx context.Context, cfg Config, dir string, from *Snapshot) (err error) {
	cfg = cfg.WithDefaults()
	if err := cfg.Validate(); err != nil {
		return err
	}
	kind := "sqlite"
	if cfg.postgres() {
		kind = "postgres"
	}
	if kind != from.Database {
		return augur.Errorf(augur.FailedPrecondition, "the backup is of %s, and the record of %s", from.Database, kind)
	}
	if !cfg.postgres() {
		if _, err := os.Stat(cfg.path()); errors.Is(err, fs.ErrNotExist) {
			return restoreSQLite(cfg, dir)
		}
	}
	s, err := Open(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	var known, migration int64
	err = s.readDB.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM models) + (SELECT count(*) FROM artifacts) + (SELECT count(*) FROM audit_events)").Scan(&known)
	if err == nil {
		err = s.readDB.QueryRowContext(ctx, newestMigration).Scan(&migration)
	}
	switch {
	case err != nil:
		return Error(err)
	case known > 0:
		return augur.Errorf(augur.FailedPrecondition, "the record is not empty: a backup is restored into one that has nothing in it")
	case !cfg.postgres():
		return restoreSQLite(cfg, dir)
	case migration != from.Migration:
		return augur.Errorf(augur.FailedPrecondition, "the backup has the migration %d, and this program makes %d: restore it with the program that made it, and upgrade then", from.Migration, migration)
	}
	return Error(s.restorePostgres(ctx, dir))
}

// restoreSQLite puts the file in the place of the record in one step.
func restoreSQLite(cfg Config, dir string) error {
	if err := os.MkdirAll(filepath.Dir(cfg.path()), 0o700); err != nil {
		return augur.Wrap(augur.FailedPrecondition, err, "the folder of the database %s cannot be created", cfg.path())
	}
	fresh := cfg.path() + ".restoring"
	_ = os.Remove(fresh) // of a restore that was interrupted
	err := write(fresh, func(w io.Writer) error {
		f, err := os.Open(filepath.Join(dir, snapshotSQLite))
		if err != nil {
			return err
		}
		_, err = io.Copy(w, f)
		return errors.Join(err, f.Close())
	})
	for _, rest := range []string{"-wal", "-shm"} { // of the empty record that was there
		if e := os.Remove(cfg.path() + rest); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	if err == nil {
		err = os.Rename(fresh, cfg.path())
	}
	if err != nil {
		return augur.Wrap(augur.FailedPrecondition, err, "the database %s cannot be written", cfg.path())
	}
	return nil
}

// foreignKeys are those of the schema. They are away while the rows come, in
// whatever order, and are checked when they are put back.
const foreignKeys = `SELECT c.conrelid::regclass::text, quote_ident(c.conname), pg_get_constraintdef(c.oid)
FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace ORDER BY 1, 2`

func (s *Store) restorePostgres(ctx context.Context, dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, snapshotTables))
	if err != nil {
		return err
	}
	var all tables
	if err := json.Unmarshal(text, &all); err != nil {
		return augur.Wrap(augur.FailedPrecondition, err, "the backup cannot be read")
	}
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		type key struct{ Table, Name, Is string }
		rows, err := tx.Query(ctx, foreignKeys)
		if err != nil {
			return err
		}
		keys, err := pgx.CollectRows(rows, pgx.RowToStructByPos[key])
		if err != nil {
			return err
		}
		for _, k := range keys {
			if _, err := tx.Exec(ctx, "ALTER TABLE "+k.Table+" DROP CONSTRAINT "+k.Name); err != nil {
				return err
			}
		}
		for _, t := range all.Tables {
			if err := restoreTable(ctx, tx, filepath.Join(dir, t.Name+".copy"), t); err != nil {
				return fmt.Errorf("restore %s: %w", t.Name, err)
			}
		}
		for _, k := range keys {
			if _, err := tx.Exec(ctx, "ALTER TABLE "+k.Table+" ADD CONSTRAINT "+k.Name+" "+k.Is); err != nil {
				return err
			}
		}
		for name, last := range all.Sequences {
			if _, err := tx.Exec(ctx, "SELECT setval($1::regclass, $2)", pgx.Identifier{name}.Sanitize(), last); err != nil {
				return err
			}
		}
		return nil
	})
}

// restoreTable gives a table the rows of a file alone: the migrations may have
// put some into it.
func restoreTable(ctx context.Context, tx pgx.Tx, path string, t copied) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if _, err := tx.Exec(ctx, "DELETE FROM "+pgx.Identifier{t.Name}.Sanitize()); err != nil {
		return err
	}
	_, err = tx.Conn().PgConn().CopyFrom(ctx, f, "COPY "+t.sql()+" FROM STDIN")
	return err
}
