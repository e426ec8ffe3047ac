package store_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"augur"
	"augur/ent"
	"augur/ent/model"
	"augur/internal/storetest"
	"augur/store"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// database/sql ends this goroutine a moment after Close.
		goleak.IgnoreTopFunction("database/sql.(*DB).connectionOpener"))
}

func admin(t *testing.T) context.Context {
	return augur.WithPrincipal(t.Context(), augur.System())
}

func create(t *testing.T, s *store.Store, name string) string {
	t.Helper()
	var id string
	err := s.Tx(admin(t), func(ctx context.Context, tx *ent.Tx) error {
		m, err := tx.Model.Create().SetName(name).Save(ctx)
		if err == nil {
			id = m.ID
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestReaderCannotWrite(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		s := storetest.Open(t, cfg)
		if _, err := s.Reader().Model.Create().SetName("m").Save(admin(t)); err == nil {
			t.Fatal("the reader wrote")
		}
		id := create(t, s, "m")
		m, err := s.Reader().Model.Get(admin(t), id)
		if err != nil || m.Name != "m" {
			t.Fatalf("the reader read %v, %v", m, err)
		}
	})
}

func TestTxRollsBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		s := storetest.Open(t, cfg)
		want := augur.Errorf(augur.FailedPrecondition, "no")
		err := s.Tx(admin(t), func(ctx context.Context, tx *ent.Tx) error {
			if _, err := tx.Model.Create().SetName("m").Save(ctx); err != nil {
				return err
			}
			return want
		})
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
		func() {
			defer func() { _ = recover() }()
			_ = s.Tx(admin(t), func(ctx context.Context, tx *ent.Tx) error {
				_, _ = tx.Model.Create().SetName("m").Save(ctx)
				panic("on the way")
			})
		}()
		if n := s.Reader().Model.Query().CountX(admin(t)); n != 0 {
			t.Errorf("%d models, want none", n)
		}
	})
}

func TestErrorsHaveCodesAndNoTables(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		s := storetest.Open(t, cfg)
		create(t, s, "m")
		err := s.Tx(admin(t), func(ctx context.Context, tx *ent.Tx) error {
			return tx.Model.Create().SetName("m").Exec(ctx)
		})
		if augur.CodeOf(err) != augur.AlreadyExists || strings.Contains(augur.AsError(err).Message, "models") {
			t.Errorf("a taken name: %v", err)
		}
		_, err = s.Reader().Model.Get(admin(t), "mdl_none")
		if got := store.Error(err); augur.CodeOf(got) != augur.NotFound {
			t.Errorf("a missing row: %v", got)
		}
	})
}

// TestErrorIsTotal gives every kind of error a code, and says nothing of the database.
func TestErrorIsTotal(t *testing.T) {
	if store.Error(nil) != nil {
		t.Error("nil is no error")
	}
	own := augur.Errorf(augur.Aborted, "mine")
	for err, code := range map[error]augur.Code{
		fmt.Errorf("save: %w", own):                         augur.Aborted,
		fmt.Errorf("query: %w", context.Canceled):           augur.Canceled,
		fmt.Errorf("query: %w", context.DeadlineExceeded):   augur.DeadlineExceeded,
		fmt.Errorf("x: %w", &pgconn.PgError{Code: "23505"}): augur.AlreadyExists,
		fmt.Errorf("x: %w", &pgconn.PgError{Code: "22021"}): augur.InvalidArgument,
		fmt.Errorf("x: %w", &pgconn.PgError{Code: "53300"}): augur.Unavailable,
		fmt.Errorf("x: %w", &pgconn.PgError{Code: "53100"}): augur.Unavailable, // a full disk
		fmt.Errorf("x: %w", &pgconn.PgError{Code: "25006"}): augur.Unavailable, // read-only
		fmt.Errorf("x: %w", &pgconn.PgError{Code: "58030"}): augur.Unavailable, // a disk that errs
		fmt.Errorf("x: %w", &pgconn.PgError{Code: "57P01"}): augur.Unavailable,
		fmt.Errorf("x: %w", &pgconn.PgError{Code: "40001"}): augur.Aborted,
		fmt.Errorf("x: %w", &pgconn.PgError{Code: "40P01"}): augur.Aborted,
		fmt.Errorf("x: %w", &pgconn.PgError{Code: "23503"}): augur.FailedPrecondition,
		&pgconn.PgError{}: augur.Internal,
		fmt.Errorf("x: %w", sqlite3.Error{Code: sqlite3.ErrBusy}):                                                      augur.Unavailable,
		fmt.Errorf("x: %w", sqlite3.Error{Code: sqlite3.ErrConstraint, ExtendedCode: sqlite3.ErrConstraintUnique}):     augur.AlreadyExists,
		fmt.Errorf("x: %w", sqlite3.Error{Code: sqlite3.ErrConstraint, ExtendedCode: sqlite3.ErrConstraintForeignKey}): augur.FailedPrecondition,
		fmt.Errorf("SELECT secret FROM models: %w", errors.New("no such column")):                                      augur.Internal,
		fmt.Errorf("x: %w", driver.ErrBadConn):                                                                         augur.Unavailable,
		fmt.Errorf("x: %w", &net.OpError{Op: "read", Err: syscall.ECONNRESET}):                                         augur.Unavailable,
	} {
		got := store.Error(err)
		if augur.CodeOf(got) != code {
			t.Errorf("%v: %s, want %s", err, augur.CodeOf(got), code)
		}
		if !errors.Is(got, err) && !errors.Is(err, got) {
			t.Errorf("%v: the cause is lost", err)
		}
		if m := augur.AsError(got).Message; strings.Contains(m, "SELECT") || strings.Contains(m, "SQLSTATE") {
			t.Errorf("%v: shows %q", err, m)
		}
	}
}

// TestTxRunsAgain when PostgreSQL reports a deadlock or a serialization failure,
// and not for ever.
func TestTxRunsAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		s := storetest.Open(t, cfg)
		runs := 0
		err := s.Tx(admin(t), func(ctx context.Context, tx *ent.Tx) error {
			if err := tx.Model.Create().SetName("m").Exec(ctx); err != nil {
				return err
			}
			if runs++; runs < 3 {
				return fmt.Errorf("update: %w", &pgconn.PgError{Code: "40P01"})
			}
			return nil
		})
		if err != nil || runs != 3 || s.Reader().Model.Query().CountX(admin(t)) != 1 {
			t.Errorf("%d runs, %v", runs, err)
		}
		runs = 0
		err = s.Tx(admin(t), func(context.Context, *ent.Tx) error {
			runs++
			return &pgconn.PgError{Code: "40001"}
		})
		if augur.CodeOf(err) != augur.Aborted || runs != 5 {
			t.Errorf("%d runs, %v", runs, err)
		}
	})
}

// TestDeadlock makes a real one: two transactions that lock two rows crosswise
// must both succeed.
func TestDeadlock(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		s := storetest.Open(t, cfg)
		a, b := create(t, s, "a"), create(t, s, "b")
		both := make(chan struct{})
		var wg sync.WaitGroup
		var first sync.WaitGroup // both hold their first row; SQLite has one writer, so there nobody waits
		first.Add(2)
		go func() { first.Wait(); close(both) }()
		for _, order := range [][]string{{a, b}, {b, a}} {
			wg.Go(func() {
				met := false
				err := s.Tx(admin(t), func(ctx context.Context, tx *ent.Tx) error {
					for i, id := range order {
						if err := tx.Model.UpdateOneID(id).AddRevision(1).Exec(ctx); err != nil {
							return err
						}
						if i == 0 && !met {
							met = true
							first.Done()
							if s.Dialect() == "postgres" {
								<-both
							}
						}
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, m := range s.Reader().Model.Query().AllX(admin(t)) {
			if m.Revision != 3 {
				t.Errorf("%s has revision %d, want 3", m.Name, m.Revision)
			}
		}
	})
}

// TestWritersAndReaders has eight writers and eight readers at once: nobody may
// be told that the database is busy.
func TestWritersAndReaders(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		s := storetest.Open(t, cfg)
		var wg sync.WaitGroup
		errs := make(chan error, 1000)
		for w := range 8 {
			wg.Go(func() {
				for i := range 20 {
					errs <- s.Tx(admin(t), func(ctx context.Context, tx *ent.Tx) error {
						return tx.Model.Create().SetName(fmt.Sprintf("m-%d-%d", w, i)).Exec(ctx)
					})
				}
			})
			wg.Go(func() {
				for range 40 {
					_, err := s.Reader().Model.Query().Limit(10).All(admin(t))
					errs <- err
				}
			})
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
		if n := s.Reader().Model.Query().CountX(admin(t)); n != 160 {
			t.Errorf("%d models, want 160", n)
		}
	})
}

func TestServersThatStartTogetherMigrateOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				s, err := store.Open(t.Context(), cfg)
				if err != nil {
					t.Error(err)
					return
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
}

func TestMigrationCanBeRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		cfg.RefuseMigration = true
		_, err := store.Open(t.Context(), cfg)
		if augur.CodeOf(err) != augur.FailedPrecondition || !strings.Contains(err.Error(), "init") {
			t.Fatalf("an empty database: %v", err)
		}
		cfg.RefuseMigration = false
		storetest.Open(t, cfg)
		cfg.RefuseMigration = true
		storetest.Open(t, cfg)
	})
}

// TestNewerDatabase is left alone.
func TestNewerDatabase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		s := storetest.Open(t, cfg)
		if _, err := s.Writer().ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (30000101000000, TRUE)"); err != nil {
			t.Fatal(err)
		}
		_, err := store.Open(t.Context(), cfg)
		if augur.CodeOf(err) != augur.FailedPrecondition || !strings.Contains(augur.AsError(err).Message, "30000101000000") {
			t.Errorf("got %v", err)
		}
	})
}

// TestNoDrift holds the migrations against the entities.
func TestNoDrift(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		s := storetest.Open(t, cfg)
		var statements strings.Builder
		if err := s.Writer().Schema.WriteTo(t.Context(), &statements); err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(statements.String()); got != "" {
			t.Errorf("the migrations do not lead to ent/schema; missing:\n%s", got)
		}
	})
}

func TestVisibility(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		s := storetest.Open(t, cfg)
		ids := map[string]string{}
		for _, name := range []string{"road-risk", "road_risk", "roadXrisk", "iris"} {
			ids[name] = create(t, s, name)
		}
		for name, c := range map[string]struct {
			principal *augur.Principal
			want      int
		}{
			"nobody":      {nil, 0},
			"all":         {&augur.Principal{}, 4},
			"star":        {&augur.Principal{Models: []string{"road*"}}, 3},
			"exact":       {&augur.Principal{Models: []string{"road_risk"}}, 1}, // _ is no wildcard
			"question":    {&augur.Principal{Models: []string{"road?risk"}}, 3},
			"two":         {&augur.Principal{Models: []string{"iris", "road-*"}}, 2},
			"percent":     {&augur.Principal{Models: []string{"%"}}, 0},
			"upper case":  {&augur.Principal{Models: []string{"IRIS"}}, 0},
			"class":       {&augur.Principal{Models: []string{"[a-z]*"}}, 0}, // not supported: matches nothing
			"injection":   {&augur.Principal{Models: []string{"' OR 1=1 --"}}, 0},
			"empty match": {&augur.Principal{Models: []string{""}}, 0},
		} {
			ctx := t.Context()
			if c.principal != nil {
				ctx = augur.WithPrincipal(ctx, c.principal)
			}
			models, err := s.Reader().Model.Query().All(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if len(models) != c.want || s.Reader().Model.Query().CountX(ctx) != c.want {
				t.Errorf("%s: sees %d models, want %d", name, len(models), c.want)
			}
			for modelName, id := range ids {
				_, err := s.Reader().Model.Get(ctx, id)
				if got, want := err == nil, c.principal.Sees(modelName); got != want {
					t.Errorf("%s: by id sees %s: %v, Principal.Sees says %v", name, modelName, got, want)
				}
			}
		}
	})
}

func TestDeletedIsHidden(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		s := storetest.Open(t, cfg)
		id := create(t, s, "m")
		err := s.Tx(admin(t), func(ctx context.Context, tx *ent.Tx) error {
			return tx.Model.UpdateOneID(id).SetDeletedAt(tx.Model.GetX(ctx, id).CreatedAt).Exec(ctx)
		})
		if err != nil {
			t.Fatal(err)
		}
		if s.Reader().Model.Query().Where(model.ID(id)).ExistX(admin(t)) {
			t.Error("a deleted model is found")
		}
		create(t, s, "m") // its name is free again
	})
}

// TestTextIsOrderedByItsBytes keeps lists in one order on both databases, whatever
// the locale of the database.
func TestTextIsOrderedByItsBytes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		s := storetest.Open(t, cfg)
		want := []string{"B", "a-b", "a.b", "a0", "a_b", "ab"}
		for _, name := range []string{"ab", "a_b", "a.b", "B", "a0", "a-b"} {
			create(t, s, name)
		}
		got := s.Reader().Model.Query().Order(ent.Asc(model.FieldName)).Select(model.FieldName).StringsX(admin(t))
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("got %v, want %v", got, want)
		}
		if s.Dialect() != "postgres" {
			return
		}
		for _, column := range []string{"models.name", "model_versions.sort_key", "aliases.name", "tags.key", "metric_points.name", "metric_summaries.name"} {
			table, name, _ := strings.Cut(column, ".")
			var collation *string
			err := s.SQLReader().QueryRowContext(t.Context(), "SELECT collation_name FROM information_schema.columns WHERE table_name = $1 AND column_name = $2", table, name).Scan(&collation)
			if err != nil || collation == nil || *collation != "C" {
				t.Errorf("%s is not ordered by its bytes: %v", column, err)
			}
		}
	})
}

func TestConfig(t *testing.T) {
	letter := filepath.Join(t.TempDir(), "letter.db")
	if err := os.WriteFile(letter, []byte("Dear Sir or Madam,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for url, code := range map[string]augur.Code{
		"":                           augur.InvalidArgument,
		"mysql://host/db":            augur.InvalidArgument,
		"postgres://u:geheim@[::1/x": augur.InvalidArgument,
		"postgres://u:geheim@127.0.0.1:1/x?connect_timeout=1": augur.Unavailable,
		filepath.Join("/dev/null", "x.db"):                    augur.FailedPrecondition,
		letter:                                                augur.FailedPrecondition,
		":memory:":                                            augur.InvalidArgument,
		"sqlite://:memory:":                                   augur.InvalidArgument,
	} {
		_, err := store.Open(t.Context(), store.Config{URL: augur.Secret(url)})
		if augur.CodeOf(err) != code {
			t.Errorf("%q: got %v, want %s", url, err, code)
		}
		if err != nil && strings.Contains(augur.AsError(err).Message, "geheim") {
			t.Errorf("the password is shown: %v", err)
		}
	}
}
