package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"augur"
	"augur/ent"
	"augur/ent/model"
	"augur/internal/storetest"
	"augur/store"

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

// TestTextIsOrderedByItsBytes keeps lists in one order on both databases.
func TestTextIsOrderedByItsBytes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		s := storetest.Open(t, cfg)
		want := []string{"a-b", "a.b", "a0", "a_b", "ab"}
		for _, name := range []string{"ab", "a_b", "a.b", "a0", "a-b"} {
			create(t, s, name)
		}
		got := s.Reader().Model.Query().Order(ent.Asc(model.FieldName)).Select(model.FieldName).StringsX(admin(t))
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestConfig(t *testing.T) {
	for url, code := range map[string]augur.Code{
		"":                           augur.InvalidArgument,
		"mysql://host/db":            augur.InvalidArgument,
		"postgres://u:geheim@[::1/x": augur.InvalidArgument,
		"postgres://u:geheim@127.0.0.1:1/x?connect_timeout=1": augur.Unavailable,
		filepath.Join("/dev/null", "x.db"):                    augur.FailedPrecondition,
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
