package registry

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"augur"
	"augur/ent"
	"augur/ent/alias"
	"augur/ent/aliasevent"
	"augur/internal/storetest"
	"augur/store"

	"github.com/google/go-cmp/cmp"
)

// moves lists the history of an alias as "from>to" by version, oldest first.
func moves(t *testing.T, r *Registry, name string) []string {
	t.Helper()
	rows, err := r.store.Reader().AliasEvent.Query().Where(aliasevent.Name(name)).WithPrevious().WithVersion().
		Order(ent.Asc(aliasevent.FieldCreatedAt, aliasevent.FieldID)).All(asAnna(t))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, row := range rows {
		text := func(v *ent.ModelVersion) string {
			if v == nil {
				return ""
			}
			return v.Version
		}
		out = append(out, text(row.Edges.Previous)+">"+text(row.Edges.Version))
	}
	return out
}

func TestAlias(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		ctx := asAnna(t)
		id := create(t, r, "road-risk")
		first := register(t, r, "road-risk", "v1.0.0", "one")
		register(t, r, "road-risk", "1.1.0", "two")
		rc := register(t, r, "road-risk", "2.0.0-rc.1", "three")

		set := func(name, version string) string {
			t.Helper()
			got, err := r.AliasSet(ctx, AliasSet{Model: "road-risk", Alias: name, Version: version, Reason: "because"})
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		champion := set("champion", "1.1.0")
		if again := set("champion", "v1.1.0"); again != champion { // there already: nothing is written
			t.Errorf("%s, then %s", champion, again)
		}
		if moved := set("champion", "latest"); moved != champion {
			t.Errorf("%s, then %s", champion, moved)
		}
		set("live", "champion")
		if v, _, err := r.Catalog().Resolve(ctx, "road-risk", ""); err != nil || v.ID != rc {
			t.Errorf("live: %+v, %v", v, err)
		}
		if d := cmp.Diff([]string{">1.1.0", "1.1.0>2.0.0-rc.1"}, moves(t, r, "champion")); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff([]string{">v1.0.0", "v1.0.0>2.0.0-rc.1"}, moves(t, r, "live")); d != "" {
			t.Error(d)
		}

		for _, c := range []struct {
			in    AliasSet
			code  augur.Code
			field string
		}{
			{AliasSet{Model: "road", Alias: "a", Version: "1.0.0"}, augur.NotFound, "model"},
			{AliasSet{Model: "road-risk", Alias: "latest", Version: "1.0.0"}, augur.InvalidArgument, "alias"},
			{AliasSet{Model: "road-risk", Alias: "v1.0.0", Version: "1.0.0"}, augur.InvalidArgument, "alias"},
			{AliasSet{Model: "road-risk", Alias: "a", Version: "9.0.0"}, augur.NotFound, "version"},
			{AliasSet{Model: "road-risk", Alias: "a", Version: "b"}, augur.NotFound, "version"},
			{AliasSet{Model: "road-risk", Alias: "a", Version: ""}, augur.NotFound, "version"},
			{AliasSet{Model: "road-risk", Alias: "a", Version: "1.0.0", Reason: strings.Repeat("x", maxReason+1)}, augur.InvalidArgument, "reason"},
		} {
			_, err := r.AliasSet(ctx, c.in)
			wantError(t, err, c.code, c.field)
		}

		// All archived: latest is the highest of them, in the record as in the catalog.
		for _, v := range []string{first, rc} {
			if err := r.VersionArchive(ctx, v); err != nil {
				t.Fatal(err)
			}
		}
		set("newest", "latest")
		if d := cmp.Diff([]string{">1.1.0"}, moves(t, r, "newest")); d != "" {
			t.Error(d)
		}

		model, err := r.AliasRemove(ctx, AliasRemove{Model: "road-risk", Alias: "live"})
		if err != nil || model != id {
			t.Errorf("%s, %v", model, err)
		}
		_, err = r.AliasRemove(ctx, AliasRemove{Model: "road-risk", Alias: "live"})
		wantError(t, err, augur.NotFound, "alias")
		if _, _, err := r.Catalog().Resolve(ctx, "road-risk", ""); augur.CodeOf(err) != augur.FailedPrecondition {
			t.Errorf("without live: %v", err)
		}
		if got := moves(t, r, "live"); got[len(got)-1] != "2.0.0-rc.1>" {
			t.Error(got)
		}
		// A second version does not bring back what was removed on purpose.
		register(t, r, "road-risk", "3.0.0", "four")
		if _, _, err := r.Catalog().Resolve(ctx, "road-risk", ""); augur.CodeOf(err) != augur.FailedPrecondition {
			t.Errorf("live is back: %v", err)
		}
		want := "modelCreate modelVersionCreate modelVersionCreate modelVersionCreate aliasSet aliasSet aliasSet modelVersionArchive modelVersionArchive aliasSet aliasRemove modelVersionCreate"
		if got := strings.Join(audited(t, r), " "); got != want {
			t.Errorf("audit: %s", got)
		}
	})
}

// TestConcurrentMoves: however many move an alias at one time, its history is
// one chain that ends where it points.
func TestConcurrentMoves(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		other := replica(t, cfg, r.blobs)
		ctx := asAnna(t)
		create(t, r, "road-risk")
		versions := []string{"1.0.0", "1.1.0", "1.2.0"}
		for _, v := range versions {
			register(t, r, "road-risk", v, v)
		}
		var wg sync.WaitGroup
		for i := range 6 {
			wg.Go(func() {
				who := []*Registry{r, other}[i%2]
				for j := range 10 {
					if _, err := who.AliasSet(ctx, AliasSet{Model: "road-risk", Alias: "champion", Version: versions[(i+j)%3]}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		a, err := r.store.Reader().Alias.Query().Where(alias.Name("champion")).WithVersion().Only(ctx)
		if err != nil {
			t.Fatal(err)
		}
		// Rows of one microsecond have no order of their own, so the chain is
		// followed as edges: each version is left as often as it is entered,
		// but for the one where it ends.
		balance := map[string]int{}
		for _, move := range moves(t, r, "champion") {
			from, to, _ := strings.Cut(move, ">")
			if from == to {
				t.Errorf("a move from %s to itself", from)
			}
			balance[from]--
			balance[to]++
		}
		want := map[string]int{"": -1, a.Edges.Version.Version: 1}
		for v, n := range balance {
			if n != want[v] {
				t.Errorf("%q was entered %d times more than left; the alias points at %s", v, n, a.Edges.Version.Version)
			}
		}
		for _, who := range []*Registry{r, other} {
			eventually(t, "every replica answers with the last move", func() bool {
				v, _, err := who.Catalog().Resolve(ctx, "road-risk", "champion")
				return err == nil && v.ID == a.VersionID
			})
		}
	})
}

// TestMoveAgainstDelete: an alias never points at a version that is deleted at
// the same time.
func TestMoveAgainstDelete(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		ctx := asAnna(t)
		create(t, r, "road-risk")
		register(t, r, "road-risk", "1.0.0", "one")
		for range 10 {
			id := register(t, r, "road-risk", "2.0.0", "two")
			var set, deleted error
			var wg sync.WaitGroup
			wg.Go(func() { _, set = r.AliasSet(ctx, AliasSet{Model: "road-risk", Alias: "champion", Version: "2.0.0"}) })
			wg.Go(func() { deleted = r.VersionDelete(ctx, id) })
			wg.Wait()
			if (set == nil) == (deleted == nil) {
				t.Fatalf("set: %v, deleted: %v", set, deleted)
			}
			if set == nil {
				if _, err := r.AliasRemove(ctx, AliasRemove{Model: "road-risk", Alias: "champion"}); err != nil {
					t.Fatal(err)
				}
				if err := r.VersionDelete(ctx, id); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// warmerFunc is a warmer made of a function.
type warmerFunc func(context.Context, []*augur.CatalogVersion) error

func (f warmerFunc) Warm(ctx context.Context, versions []*augur.CatalogVersion) error {
	return f(ctx, versions)
}

// Traffic moves only to a version that is loaded.
func TestAliasSetWarms(t *testing.T) {
	r := newRegistry(t, storetest.SQLite(t))
	ctx := asAnna(t)
	create(t, r, "road-risk")
	register(t, r, "road-risk", "1.0.0", "one")
	register(t, r, "road-risk", "2.0.0", "two")
	var warmed []string
	broken := false
	r.warmer = warmerFunc(func(_ context.Context, versions []*augur.CatalogVersion) error {
		for _, v := range versions {
			warmed = append(warmed, v.Version)
		}
		if broken {
			return augur.Errorf(augur.FailedPrecondition, "the file does not load")
		}
		return nil
	})
	set := func(name, version string) error {
		_, err := r.AliasSet(ctx, AliasSet{Model: "road-risk", Alias: name, Version: version})
		return err
	}
	for i, step := range []struct {
		alias, version string
		want           []string
	}{
		{"champion", "1.0.0", nil}, // nobody asks for it yet
		{"champion", "2.0.0", []string{"2.0.0"}},
		{"champion", "2.0.0", nil},
		{"live", "champion", []string{"2.0.0"}},
	} {
		warmed = nil
		if err := set(step.alias, step.version); err != nil || !slices.Equal(warmed, step.want) {
			t.Errorf("step %d: warmed %v (%v), want %v", i, warmed, err, step.want)
		}
	}
	broken = true
	wantError(t, set("live", "1.0.0"), augur.FailedPrecondition, "version")
	if v, _, err := r.Catalog().Resolve(ctx, "road-risk", ""); err != nil || v.Version != "2.0.0" {
		t.Errorf("live is %v, %v", v, err)
	}
	wantError(t, set("live", "3.0.0"), augur.NotFound, "version")
}
