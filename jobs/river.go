package jobs

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"

	"augur/store"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// client is River's on either database.
type client interface {
	start(ctx context.Context) error
	stop(ctx context.Context) error
	// insert queues jobs in the transaction of the context.
	insert(ctx context.Context, params []river.InsertManyParams) error
}

// riverClient is a client whose transactions are TTx.
type riverClient[TTx any] struct {
	*river.Client[TTx]
	// begun picks the transaction of this database.
	begun func(*store.Begun) TTx
}

func newRiver(s *store.Store, cfg *river.Config) (client, error) {
	if pool := s.Pool(); pool != nil {
		return newClientOf(riverpgxv5.New(pool), cfg, func(b *store.Begun) pgx.Tx { return b.Postgres })
	}
	return newClientOf(riversqlite.New(s.SQLWriter()), cfg, func(b *store.Begun) *sql.Tx { return b.SQLite })
}

func newClientOf[TTx any](driver riverdriver.Driver[TTx], cfg *river.Config, begun func(*store.Begun) TTx) (client, error) {
	c, err := river.NewClient(driver, cfg)
	if err != nil {
		return nil, err
	}
	return riverClient[TTx]{c, begun}, nil
}

func (c riverClient[TTx]) start(ctx context.Context) error { return c.Start(ctx) }

func (c riverClient[TTx]) stop(ctx context.Context) error { return c.Stop(ctx) }

func (c riverClient[TTx]) insert(ctx context.Context, params []river.InsertManyParams) error {
	begun := store.BegunIn(ctx)
	if begun == nil {
		return errors.New("jobs: a job is queued outside of a transaction")
	}
	_, err := c.InsertManyFastTx(ctx, c.begun(begun), params)
	return err
}

// quiet passes River's lines on from warnings upwards: it tells of each start
// and stop of its parts.
type quiet struct{ slog.Handler }

// Enabled of slog.Handler.
func (h quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

// WithAttrs of slog.Handler.
func (h quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return quiet{h.Handler.WithAttrs(attrs)} }

// WithGroup of slog.Handler.
func (h quiet) WithGroup(name string) slog.Handler { return quiet{h.Handler.WithGroup(name)} }
