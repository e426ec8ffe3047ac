package migrate_test

import (
	"database/sql"
	"io/fs"
	"strings"
	"testing"

	"augur/ent/migrate"
	"augur/internal/storetest"
	"augur/store"

	atlas "ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/sqltool"
	"entgo.io/ent/dialect"
	"github.com/pressly/goose/v3"
)

// TestSums holds the files to their atlas.sum: a step that was applied somewhere
// is not edited by mistake.
func TestSums(t *testing.T) {
	for _, database := range []string{dialect.SQLite, dialect.Postgres} {
		dir, err := sqltool.NewGooseDir("migrations/" + database)
		if err != nil {
			t.Fatal(err)
		}
		if err := atlas.Validate(dir); err != nil {
			t.Errorf("%s: %v; after a change that is meant: go run ./ent/migrate/author", database, err)
		}
		files, err := fs.Glob(migrate.Files(database), "*.sql")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no steps, %v", database, err)
		}
		for _, name := range files {
			text, err := fs.ReadFile(migrate.Files(database), name)
			if err != nil || !strings.Contains(string(text), "-- +goose Down\n") {
				t.Errorf("%s/%s has no way down, %v", database, name, err)
			}
		}
	}
}

// TestDownAndUp takes every step back and again.
func TestDownAndUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		s := storetest.Open(t, cfg)
		driver, kind := "sqlite3", goose.DialectSQLite3
		if s.Dialect() == dialect.Postgres {
			driver, kind = "pgx", goose.DialectPostgres
		}
		db, err := sql.Open(driver, cfg.URL.Reveal())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		provider, err := goose.NewProvider(kind, db, migrate.Files(s.Dialect()))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := provider.DownTo(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		if n, err := s.Writer().Model.Query().Count(t.Context()); err == nil {
			t.Errorf("all the way down there are %d models", n)
		}
		steps, err := provider.Up(t.Context())
		if err != nil || len(steps) == 0 {
			t.Fatalf("%d steps up again, %v", len(steps), err)
		}
		if n, err := s.Writer().Model.Query().Count(t.Context()); err != nil || n != 0 {
			t.Errorf("up again: %d models, %v", n, err)
		}
	})
}
