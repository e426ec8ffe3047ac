package store

import (
	"context"
	"errors"
	"path"
	"slices"

	"augur"
	"augur/ent/migrate"

	"entgo.io/ent/dialect"
	"github.com/pressly/goose/v3"
)

// Migration is a step of the schema that this program knows.
type Migration struct {
	Version int64  `json:"version"`
	Name    string `json:"name"`
	Applied bool   `json:"applied"`
}

// Newest, given to MigrateTo, is the last step that the program knows.
const Newest = int64(-1)

// Migrations lists the steps, the oldest first.
func Migrations(ctx context.Context, cfg Config) (all []Migration, err error) {
	err = withMigrator(ctx, cfg, func(p *goose.Provider) error {
		all, err = list(ctx, p)
		return err
	})
	return all, err
}

// MigrateTo brings the record to the step of that version, up or down, each step
// in a transaction of its own, and lists where it stands then. What only newer
// steps have room for is lost on the way down. No server may run that needs it
// otherwise. The error is NotFound for a version that is no step, and
// FailedPrecondition when a step fails, which leaves the record at the one before.
func MigrateTo(ctx context.Context, cfg Config, version int64) (all []Migration, err error) {
	err = withMigrator(ctx, cfg, func(p *goose.Provider) error {
		if all, err = list(ctx, p); err != nil {
			return err
		}
		if version == Newest {
			version = all[len(all)-1].Version
		}
		if !slices.ContainsFunc(all, func(m Migration) bool { return m.Version == version }) {
			return augur.Errorf(augur.NotFound, "there is no migration %d", version)
		}
		current, err := p.GetDBVersion(ctx)
		if err != nil {
			return Error(err)
		}
		if version < current {
			_, err = p.DownTo(ctx, version)
		} else {
			_, err = p.UpTo(ctx, version)
		}
		if err != nil {
			return augur.Wrap(augur.FailedPrecondition, err, "the database cannot be migrated")
		}
		all, err = list(ctx, p)
		return err
	})
	return all, err
}

func list(ctx context.Context, p *goose.Provider) ([]Migration, error) {
	status, err := p.Status(ctx)
	if err != nil {
		return nil, augur.Wrap(augur.Unavailable, err, "the migrations of the database cannot be read")
	}
	out := make([]Migration, len(status))
	for i, s := range status {
		out[i] = Migration{s.Source.Version, path.Base(s.Source.Path), s.State == goose.StateApplied}
	}
	return out, nil
}

// withMigrator opens the database, whatever its steps, for one call.
func withMigrator(ctx context.Context, cfg Config, do func(*goose.Provider) error) (err error) {
	cfg = cfg.WithDefaults()
	if err := cfg.Validate(); err != nil {
		return err
	}
	s := &Store{}
	defer func() { err = errors.Join(err, s.Close()) }()
	if cfg.postgres() {
		err = s.openPostgres(cfg)
	} else {
		err = s.openSQLite(cfg)
	}
	if err != nil {
		return err
	}
	if err := s.writeDB.PingContext(ctx); err != nil {
		return augur.Wrap(augur.Unavailable, err, "the database cannot be reached")
	}
	provider, db, err := s.migrator(cfg, migrate.Files(s.dialect))
	if err != nil {
		return err
	}
	if s.dialect == dialect.SQLite {
		defer func() { err = errors.Join(err, db.Close()) }()
	}
	if err := do(provider); err != nil || s.dialect == dialect.Postgres {
		return err
	}
	return checkReferences(ctx, db)
}
