package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/migrate"
	_ "augur/ent/runtime" // the entities' defaults, hooks and interceptors

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/mattn/go-sqlite3" // registers the driver "sqlite3"
)

// Store is the opened record.
type Store struct {
	dialect        string
	readDB         *sql.DB
	writeDB        *sql.DB
	pool           *pgxpool.Pool // of the queue of jobs and of listeners; nil on SQLite
	reader, writer *ent.Client
}

// Open opens the record, creating a SQLite file and its folder, and applies
// pending migrations. The error is Unavailable when the database cannot be
// reached and FailedPrecondition when its schema is not ours.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	cfg = cfg.WithDefaults()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	s := &Store{}
	var err error
	if cfg.postgres() {
		err = s.openPostgres(cfg)
	} else {
		err = s.openSQLite(cfg)
	}
	if err != nil {
		return nil, err
	}
	if err := s.open(ctx, cfg); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) openSQLite(cfg Config) error {
	s.dialect = dialect.SQLite
	if err := os.MkdirAll(filepath.Dir(cfg.path()), 0o700); err != nil {
		return augur.Wrap(augur.FailedPrecondition, err, "the folder of the database %s cannot be created", cfg.path())
	}
	s.writeDB = cfg.openSQLiteDB(sqliteConnector(cfg.sqliteDSN(writing)))
	s.writeDB.SetMaxOpenConns(1)
	s.readDB = cfg.openSQLiteDB(sqliteConnector(cfg.sqliteDSN(reading)))
	s.readDB.SetMaxOpenConns(cfg.Connections)
	s.readDB.SetMaxIdleConns(cfg.Connections)
	return nil
}

func (s *Store) openPostgres(cfg Config) error {
	s.dialect = dialect.Postgres
	parsed, err := pgx.ParseConfig(cfg.URL.Reveal())
	if err != nil {
		// The driver's text would show the URL and so the password.
		return augur.Errorf(augur.InvalidArgument, "database URL: expected postgres://user:password@host:port/database")
	}
	parsed.RuntimeParams["timezone"] = "UTC"
	if parsed.ConnectTimeout == 0 {
		parsed.ConnectTimeout = 5 * time.Second
	}
	cfg.traceQueries(parsed)
	s.writeDB = stdlib.OpenDB(*parsed)
	readOnly := parsed.Copy()
	readOnly.RuntimeParams["default_transaction_read_only"] = "on"
	s.readDB = stdlib.OpenDB(*readOnly)
	for _, db := range []*sql.DB{s.writeDB, s.readDB} {
		db.SetMaxOpenConns(cfg.Connections)
		db.SetMaxIdleConns(cfg.Connections)
		db.SetConnMaxIdleTime(5 * time.Minute)
	}
	return s.openPool(cfg)
}

// queueConnections are what the queue of jobs and listeners take: two that
// listen, and two that work.
const queueConnections = 4

func (s *Store) openPool(cfg Config) error {
	parsed, err := pgxpool.ParseConfig(cfg.URL.Reveal())
	if err != nil {
		return augur.Errorf(augur.InvalidArgument, "database URL: expected postgres://user:password@host:port/database")
	}
	parsed.ConnConfig.RuntimeParams["timezone"] = "UTC"
	if parsed.ConnConfig.ConnectTimeout == 0 {
		parsed.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	parsed.MaxConns = queueConnections
	// It connects when it is first used.
	if s.pool, err = pgxpool.NewWithConfig(context.Background(), parsed); err != nil {
		return augur.Wrap(augur.Unavailable, err, "the database cannot be reached")
	}
	return nil
}

func (s *Store) open(ctx context.Context, cfg Config) error {
	// The writer first: it makes the SQLite file, which the reader may not.
	err := s.writeDB.PingContext(ctx)
	// Two servers that make the same SQLite file at once meet where it turns to
	// WAL, for which SQLite does not wait as it does for everything else.
	for attempt := 1; err != nil && busy(err) && attempt < maxLooks && ctx.Err() == nil; attempt++ {
		time.Sleep(betweenLooks)
		err = s.writeDB.PingContext(ctx)
	}
	if lite, ok := errors.AsType[sqlite3.Error](err); ok && lite.Code == sqlite3.ErrNotADB {
		return augur.Wrap(augur.FailedPrecondition, err, "%s is not a SQLite database", cfg.path())
	}
	if err != nil {
		return augur.Wrap(augur.Unavailable, err, "the database cannot be reached")
	}
	if err := s.migrate(ctx, cfg, migrate.Files(s.dialect)); err != nil {
		return err
	}
	if err := s.migrateQueue(ctx, cfg); err != nil {
		return err
	}
	s.writer = ent.NewClient(ent.Driver(writingDriver{entsql.OpenDB(s.dialect, s.writeDB)}))
	s.reader = ent.NewClient(ent.Driver(readingDriver{entsql.OpenDB(s.dialect, s.readDB)}))
	return nil
}

// Reader is the client of those who read. A write through it fails.
func (s *Store) Reader() *ent.Client { return s.reader }

// Writer is the client of those who may write: registry. Outside of Tx it
// serves reads that must see the last write.
func (s *Store) Writer() *ent.Client { return s.writer }

// SQLReader is the reader's database, for statements that ent does not write.
func (s *Store) SQLReader() *sql.DB { return s.readDB }

// SQLWriter is the writer's database, for the queue of jobs on SQLite.
func (s *Store) SQLWriter() *sql.DB { return s.writeDB }

// Pool is the connections of the queue of jobs on PostgreSQL, nil on SQLite.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Dialect is "sqlite3" or "postgres".
func (s *Store) Dialect() string { return s.dialect }

// Name is how people call the database: "sqlite" or "postgres".
func (s *Store) Name() string {
	if s.dialect == dialect.SQLite {
		return "sqlite"
	}
	return s.dialect
}

// Ping reports Unavailable when the database does not answer.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.readDB.PingContext(ctx); err != nil {
		return augur.Wrap(augur.Unavailable, err, "the database does not answer")
	}
	return nil
}

// Close closes every connection.
func (s *Store) Close() error {
	var errs []error
	if s.pool != nil {
		s.pool.Close()
	}
	for _, db := range []*sql.DB{s.readDB, s.writeDB} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// maxAttempts bounds how often Tx runs fn when others are in its way.
const maxAttempts = 5

// Tx runs fn in one transaction of the writer and commits when it returns nil.
// On PostgreSQL fn runs again, at most four times, when the database reports a
// deadlock or a serialization failure, so it must not have effects outside of
// tx. fn must use tx and nothing else of the store: on SQLite the one writing
// connection is taken. What jobs it wants done it queues in BegunIn(ctx). An
// *augur.Error of fn comes back as it is.
func (s *Store) Tx(ctx context.Context, fn func(ctx context.Context, tx *ent.Tx) error) error {
	for attempt := 1; ; attempt++ {
		err := s.tx(ctx, fn)
		if err == nil || attempt == maxAttempts || !retryable(err) {
			return Error(err)
		}
		select {
		case <-ctx.Done():
			return augur.AsError(ctx.Err())
		case <-time.After(time.Duration(attempt*attempt) * 5 * time.Millisecond):
		}
	}
}

func (s *Store) tx(ctx context.Context, fn func(ctx context.Context, tx *ent.Tx) error) (err error) {
	ctx = context.WithValue(ctx, begunKey{}, &Begun{})
	tx, err := s.writer.Tx(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() {
		if p := recover(); p != nil {
			_ = tx.Rollback() // the panic matters more
			panic(p)
		}
	}()
	if err := fn(ctx, tx); err != nil {
		if rollback := tx.Rollback(); rollback != nil && !errors.Is(rollback, sql.ErrTxDone) {
			err = errors.Join(err, rollback)
		}
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// retryable says whether the database asks to run the transaction again.
// https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html
func retryable(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pg.Code == "40001" || pg.Code == "40P01")
}
