package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"augur"
	"augur/ent/migrate"

	"entgo.io/ent/dialect"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// migrate applies the pending steps, each in a transaction of its own. Several
// servers may start at once: PostgreSQL's advisory lock lets one at a time in,
// and on SQLite the writing transaction does.
func (s *Store) migrate(ctx context.Context, refuse bool) error {
	var options []goose.ProviderOption
	kind := goose.DialectSQLite3
	if s.dialect == dialect.Postgres {
		kind = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // seconds, tries
		if err != nil {
			return augur.Wrap(augur.Internal, err, "internal error")
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(kind, s.writeDB, migrate.Files(s.dialect), options...)
	if err != nil {
		return augur.Wrap(augur.Internal, err, "internal error")
	}
	// On SQLite another server may apply a step between our look and our try,
	// which then fails: look again.
	for attempt := 1; ; attempt++ {
		err := s.step(ctx, provider, refuse)
		if err == nil || refuse || attempt == 5 || augur.CodeOf(err) == augur.FailedPrecondition && s.dialect == dialect.Postgres {
			return err
		}
		select {
		case <-ctx.Done():
			return augur.AsError(ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *Store) step(ctx context.Context, provider *goose.Provider, refuse bool) error {
	pending, newest, err := pendingSteps(ctx, provider)
	switch {
	case err != nil:
		return augur.Wrap(augur.Unavailable, err, "the migrations of the database cannot be read")
	case newest != "":
		return augur.Errorf(augur.FailedPrecondition, "the database is newer than this program: it has the migration %s", newest)
	case len(pending) == 0:
		return nil
	case refuse:
		return augur.Errorf(augur.FailedPrecondition, "the database lacks the migrations %s, and applying them at start is switched off", strings.Join(pending, ", "))
	}
	if _, err := provider.Up(ctx); err != nil {
		return augur.Wrap(augur.FailedPrecondition, err, "the database cannot be migrated")
	}
	return nil
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
