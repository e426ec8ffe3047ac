package store

import (
	"context"
	"log/slog"
	"time"

	"augur"

	"entgo.io/ent/dialect"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

// queueLock is the advisory lock under which a server makes the tables of the
// queue on PostgreSQL: "augurque" in bytes.
const queueLock = 0x6175677572717565

// migrateQueue makes the tables of River, the queue of jobs, or brings them up
// to date. Its steps are its own, in its own table of versions, since ent would
// take tables that it does not know for ones to drop. Several servers may start
// at once, as with our own.
func (s *Store) migrateQueue(ctx context.Context, cfg Config) error {
	if s.dialect == dialect.SQLite {
		// Another server may apply a step between our look and our try.
		for attempt := 1; ; attempt++ {
			err := upToDate(ctx, riversqlite.New(s.writeDB), cfg.RefuseMigration)
			if err == nil || augur.CodeOf(err) == augur.FailedPrecondition || attempt == maxLooks {
				return err
			}
			select {
			case <-ctx.Done():
				return augur.AsError(ctx.Err())
			case <-time.After(betweenLooks):
			}
		}
	}
	// A transaction, so that the lock goes with it; the steps run beside it.
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(queueLock)); err != nil {
			return err
		}
		return upToDate(ctx, riverpgxv5.New(s.pool), cfg.RefuseMigration)
	})
	return Error(err)
}

// upToDate applies what is pending, or refuses.
func upToDate[TTx any](ctx context.Context, driver riverdriver.Driver[TTx], refuse bool) error {
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return augur.Wrap(augur.Internal, err, "internal error")
	}
	state, err := migrator.Validate(ctx, nil)
	switch {
	case err != nil:
		return augur.Wrap(augur.Unavailable, err, "the migrations of the queue of jobs cannot be read")
	case state.OK:
		return nil
	case refuse:
		return augur.Errorf(augur.FailedPrecondition, "the database lacks migrations of the queue of jobs, and applying them at start is switched off")
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return augur.Wrap(augur.Unavailable, err, "the tables of the queue of jobs cannot be made")
	}
	return nil
}
