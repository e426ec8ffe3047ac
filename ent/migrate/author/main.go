// Author writes the migrations that lead from the files in
// ent/migrate/migrations to the entities in ent/schema, one step for each
// database. Read what it wrote before committing it.
//
//	go run ./ent/migrate/author NAME   write the next step
//	go run ./ent/migrate/author        only renew atlas.sum, after an edit by hand
//
// It replays the files on a database of its own: SQLite in memory, and the
// empty PostgreSQL database that AUGUR_DEV_POSTGRES names. Two things it cannot
// do, and the tests of ent/migrate and store find when they are missing:
//
//   - Atlas does not see the collation of a column, so a text that is ordered by
//     needs a step by hand on PostgreSQL (see byte_order);
//   - where SQLite must make a table anew, the way down is wrong: write it by hand.
package main

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"os"

	"augur/ent/migrate"

	atlas "ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/sqltool"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql/schema"
	"github.com/jackc/pgx/v5/stdlib"
	_ "github.com/mattn/go-sqlite3"
)

func main() {
	log.SetFlags(0)
	var err error
	switch len(os.Args) {
	case 1:
		err = renewSums()
	case 2:
		err = author(context.Background(), os.Args[1], os.Getenv("AUGUR_DEV_POSTGRES"))
	default:
		log.Fatal("usage: go run ./ent/migrate/author [NAME]")
	}
	if err != nil {
		log.Fatal(err)
	}
}

func renewSums() error {
	for _, database := range []string{dialect.SQLite, dialect.Postgres} {
		dir, err := sqltool.NewGooseDir("ent/migrate/migrations/" + database)
		if err != nil {
			return err
		}
		sum, err := dir.Checksum()
		if err != nil {
			return err
		}
		if err := atlas.WriteSumFile(dir, sum); err != nil {
			return err
		}
	}
	return nil
}

func author(ctx context.Context, name, postgres string) error {
	if postgres == "" {
		return fmt.Errorf("AUGUR_DEV_POSTGRES: expected the URL of an empty PostgreSQL database")
	}
	sql.Register("postgres", stdlib.GetDefaultDriver()) // the name that atlas opens
	for database, url := range map[string]string{
		dialect.SQLite:   "sqlite://author?mode=memory&_fk=1",
		dialect.Postgres: postgres,
	} {
		dir, err := sqltool.NewGooseDir("ent/migrate/migrations/" + database)
		if err != nil {
			return err
		}
		err = migrate.NamedDiff(ctx, url, name,
			schema.WithDir(dir),
			schema.WithMigrationMode(schema.ModeReplay),
			schema.WithDialect(database),
			schema.WithFormatter(sqltool.GooseFormatter),
			schema.WithDropColumn(true),
			schema.WithDropIndex(true),
		)
		if err != nil {
			return fmt.Errorf("%s: %w", database, err)
		}
	}
	return nil
}
