// Package storetest gives tests a record of their own on each database: SQLite
// always, and PostgreSQL when AUGUR_TEST_POSTGRES is the URL of a server on which
// tests may create databases (make test starts one).
package storetest

import (
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"augur"
	"augur/store"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"
)

// ServerVariable names the environment variable with the URL of the PostgreSQL server.
const ServerVariable = "AUGUR_TEST_POSTGRES"

// Each runs test once for each database, with a fresh one each time.
func Each(t *testing.T, test func(t *testing.T, cfg store.Config)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// SQLite is a record in a file of the test's temporary folder.
func SQLite(t *testing.T) store.Config {
	t.Helper()
	return SQLiteAt(filepath.Join(t.TempDir(), "augur.db"))
}

// SQLiteAt is a record in a file.
func SQLiteAt(path string) store.Config { return store.Config{URL: augur.Secret(path)} }

// Postgres is a record in a database of its own, dropped when the test ends. It
// skips the test where no server is named, except under CI, where it fails.
func Postgres(t *testing.T) store.Config {
	t.Helper()
	server := os.Getenv(ServerVariable)
	if server == "" {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not set: the tests of PostgreSQL need a server", ServerVariable)
		}
		t.Skipf("%s is not set; make test starts a server and sets it", ServerVariable)
	}
	name := "t_" + strings.ToLower(augur.NewID("x")[2:])
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	// In a linguistic locale, so that a test sees where text is not ordered by its bytes.
	if _, err := admin.ExecContext(t.Context(), "CREATE DATABASE "+name+" TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// WITH (FORCE): a failed test may have left connections behind.
		if _, err := admin.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
		if err := admin.Close(); err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return store.Config{URL: augur.Secret(u.String())}
}

// Open opens the record of cfg and closes it when the test ends.
func Open(t *testing.T, cfg store.Config) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
