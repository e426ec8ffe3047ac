package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"augur"

	"entgo.io/ent/dialect"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// How often a server looks again when another one is starting on the same SQLite
// file: for two seconds.
const (
	maxLooks     = 100
	betweenLooks = 20 * time.Millisecond
)

// migrate applies the pending steps, each in a transaction of its own. Several
// servers may start at once: PostgreSQL's advisory lock lets one at a time in,
// and on SQLite the writing transaction does.
//
// SQLite cannot change a column: a step makes a new table, copies the rows and
// drops the old one, which would delete, with enforced foreign keys, what refers
// to its rows. So there the steps run on a connection that does not enforce
// them (inside of a transaction that cannot be changed), and are checked after.
func (s *Store) migrate(ctx context.Context, cfg Config, files fs.FS) (err error) {
	refuse := cfg.RefuseMigration
	provider, db, err := s.migrator(cfg, files)
	if err != nil {
		return err
	}
	if s.dialect == dialect.SQLite {
		defer func() { err = errors.Join(err, db.Close()) }()
	}
	// On SQLite another server may apply a step between our look and our try,
	// which then fails: look again.
	for attempt := 1; ; attempt++ {
		applied, err := step(ctx, provider, refuse)
		if err == nil && applied > 0 && s.dialect == dialect.SQLite {
			return checkReferences(ctx, db)
		}
		if err == nil || refuse || attempt == maxLooks || augur.CodeOf(err) == augur.FailedPrecondition && s.dialect == dialect.Postgres {
			return err
		}
		select {
		case <-ctx.Done():
			return augur.AsError(ctx.Err())
		case <-time.After(betweenLooks):
		}
	}
}

// migrator applies steps on db, which on SQLite is a connection of its own that
// the caller closes.
func (s *Store) migrator(cfg Config, files fs.FS) (provider *goose.Provider, db *sql.DB, err error) {
	var options []goose.ProviderOption
	kind := goose.DialectSQLite3
	db = s.writeDB
	if s.dialect == dialect.Postgres {
		kind = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // seconds, tries
		if err != nil {
			return nil, nil, augur.Wrap(augur.Internal, err, "internal error")
		}
		options = append(options, goose.WithSessionLocker(locker))
	} else {
		if db, err = sql.Open("sqlite3", cfg.sqliteDSN(migrating)); err != nil {
			return nil, nil, augur.Wrap(augur.Unavailable, err, "the database %s cannot be opened", cfg.path())
		}
		db.SetMaxOpenConns(1)
	}
	if provider, err = goose.NewProvider(kind, db, files, options...); err != nil {
		return nil, nil, augur.Wrap(augur.Internal, err, "internal error")
	}
	return provider, db, nil
}

// step applies what is pending and returns how many steps that was.
func step(ctx context.Context, provider *goose.Provider, refuse bool) (int, error) {
	pending, newest, err := pendingSteps(ctx, provider)
	switch {
	case err != nil:
		return 0, augur.Wrap(augur.Unavailable, err, "the migrations of the database cannot be read")
	case newest != "":
		return 0, augur.Errorf(augur.FailedPrecondition, "the database is newer than this program: it has the migration %s", newest)
	case len(pending) == 0:
		return 0, nil
	case refuse:
		return 0, augur.Errorf(augur.FailedPrecondition, "the database lacks the migrations %s, and applying them at start is switched off", strings.Join(pending, ", "))
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return 0, augur.Wrap(augur.FailedPrecondition, err, "the database cannot be migrated")
	}
	return len(results), nil
}

// checkReferences looks for rows of a SQLite database that refer to none.
func checkReferences(ctx context.Context, db *sql.DB) error {
	var table, parent, row, key any
	switch err := db.QueryRowContext(ctx, "PRAGMA foreign_key_check").Scan(&table, &row, &parent, &key); {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return augur.Wrap(augur.Unavailable, err, "the references of the migrated database cannot be checked")
	default:
		return augur.Errorf(augur.FailedPrecondition, "the migrated database has rows of %v that refer to missing rows of %v: restore it from a backup", table, parent)
	}
}

// pendingSteps names the steps that the database lacks, and the version of its
// newest step when this program does not know that one.
func pendingSteps(ctx context.Context, provider *goose.Provider) (pending []string, unknown string, err error) {
	status, err := provider.Status(ctx)
	if err != nil {
		return nil, "", err
	}
	known := int64(0)
	for _, step := range status {
		known = max(known, step.Source.Version)
		if step.State == goose.StatePending {
			name := step.Source.Path
			pending = append(pending, name[strings.LastIndex(name, "/")+1:])
		}
	}
	current, err := provider.GetDBVersion(ctx)
	if err != nil {
		return nil, "", err
	}
	if current > known {
		return nil, strconv.FormatInt(current, 10), nil
	}
	return pending, "", nil
}
