package store

import (
	"net/url"
	"strings"

	"go.opentelemetry.io/otel/trace"

	"augur"
)

// Config says where the record is.
type Config struct {
	// URL is a PostgreSQL URL (postgres://user:password@host/db) or the path of
	// a SQLite file, with or without sqlite:// before it. A database in memory
	// is none: the reader and the writer would each have their own.
	URL augur.Secret
	// Connections bounds the connections of the reader and, on PostgreSQL, of
	// the writer too; zero means 8.
	Connections int
	// RefuseMigration makes Open fail with FAILED_PRECONDITION, naming the steps,
	// when migrations are pending, instead of applying them.
	RefuseMigration bool
	// Traces makes spans of statements under what is traced already; nil makes none.
	Traces trace.TracerProvider
}

// WithDefaults fills the zero fields.
func (c Config) WithDefaults() Config {
	if c.Connections == 0 {
		c.Connections = 8
	}
	return c
}

// Validate reports what cannot be meant.
func (c Config) Validate() error {
	switch {
	case c.URL == "":
		return augur.Errorf(augur.InvalidArgument, "database URL: expected a PostgreSQL URL or the path of a SQLite file")
	case c.Connections < 1:
		return augur.Errorf(augur.InvalidArgument, "database connections: expected at least 1, got %d", c.Connections)
	}
	if scheme, _, found := strings.Cut(c.URL.Reveal(), "://"); found && scheme != "sqlite" && scheme != "postgres" && scheme != "postgresql" {
		return augur.Errorf(augur.InvalidArgument, "database URL: expected postgres:// or sqlite://, got %s://", scheme)
	}
	if !c.postgres() && (c.path() == "" || strings.HasPrefix(c.path(), ":memory:")) {
		return augur.Errorf(augur.InvalidArgument, "database URL: expected the path of a SQLite file, got %q", c.path())
	}
	return nil
}

// postgres says whether the URL is one of PostgreSQL.
func (c Config) postgres() bool {
	return strings.HasPrefix(c.URL.Reveal(), "postgres://") || strings.HasPrefix(c.URL.Reveal(), "postgresql://")
}

// path is the path of the SQLite file.
func (c Config) path() string { return strings.TrimPrefix(c.URL.Reveal(), "sqlite://") }

// use is what a connection of SQLite is for.
type use int

const (
	reading use = iota
	writing
	migrating // writing, without foreign keys: see Store.migrate
)

// sqliteDSN is the data source name of mattn/go-sqlite3. WAL lets readers go on
// while one writes. With it, synchronous=NORMAL survives a killed process
// whole; only a power cut may lose the last transactions, never their
// consistency, and the artifacts are fsynced before they are referred to.
func (c Config) sqliteDSN(u use) string {
	q := url.Values{}
	q.Set("_busy_timeout", "10000")
	q.Set("_foreign_keys", map[use]string{reading: "1", writing: "1", migrating: "0"}[u])
	q.Set("_case_sensitive_like", "1") // as PostgreSQL's LIKE
	q.Set("_journal_mode", "WAL")
	q.Set("_synchronous", "NORMAL")
	if u == reading {
		q.Set("_query_only", "1")
	} else {
		q.Set("_txlock", "immediate")
	}
	return "file:" + (&url.URL{Path: c.path()}).EscapedPath() + "?" + q.Encode()
}
