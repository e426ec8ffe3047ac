package registry

import (
	"sync"
	"testing"

	"augur"
	"augur/ent"
	"augur/ent/alias"
	"augur/ent/servingpolicy"
	"augur/internal/storetest"
	"augur/store"
)

// TestOneOfTwoWriters: of two who change what both have read, one is told that
// it was changed meanwhile, whatever is changed.
func TestOneOfTwoWriters(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		ctx := asAnna(t)
		first := newVersion1(t, r, "roads", "1.0.0")
		digest := upload(t, r, "second")
		second, err := r.VersionCreate(ctx, VersionCreate{Model: "roads", Version: "1.1.0", Digest: digest})
		if err != nil {
			t.Fatal(err)
		}
		modelID := r.store.Reader().Model.Query().OnlyIDX(ctx)
		texts, versions := []string{"one", "two"}, []string{"1.0.0", "1.1.0"}
		one, none := 1, 0
		aliasRevision := func(name string) *int {
			n := r.store.Reader().Alias.Query().Where(alias.Name(name)).OnlyX(ctx).Revision
			return &n
		}
		if _, err := r.AliasSet(ctx, AliasSet{Model: "roads", Alias: "champion", Version: "1.0.0"}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name  string
			write func(i int) error
		}{
			{"model", func(i int) error {
				return r.ModelUpdate(ctx, ModelUpdate{ID: modelID, IfRevision: &one, Description: &texts[i]})
			}},
			{"version", func(i int) error {
				return r.VersionUpdate(ctx, VersionUpdate{ID: second.ID, IfRevision: &one, Description: &texts[i]})
			}},
			{"new alias", func(i int) error {
				_, err := r.AliasSet(ctx, AliasSet{Model: "roads", Alias: "fresh", Version: versions[i], IfRevision: &none})
				return err
			}},
			{"remove alias", func(int) error {
				_, err := r.AliasRemove(ctx, AliasRemove{Model: "roads", Alias: "champion", IfRevision: &one})
				if augur.CodeOf(err) == augur.NotFound { // the other was first
					return augur.Errorf(augur.Aborted, "").At("ifRevision")
				}
				return err
			}},
			{"new policy", func(i int) error {
				rows := 10 + i
				_, err := r.ServingUpdate(ctx, ServingUpdate{Model: "roads", IfRevision: &none, Fields: []string{"maxRows"}, Policy: ent.ServingPolicy{MaxRows: &rows}})
				return err
			}},
			{"policy", func(i int) error {
				rows := 20 + i
				_, err := r.ServingUpdate(ctx, ServingUpdate{Model: "roads", IfRevision: &one, Fields: []string{"maxRows"}, Policy: ent.ServingPolicy{MaxRows: &rows}})
				return err
			}},
		} {
			var wg sync.WaitGroup
			var errs [2]error
			for i := range errs {
				wg.Go(func() { errs[i] = c.write(i) })
			}
			wg.Wait()
			won, lost := errs[0], errs[1]
			if won != nil {
				won, lost = lost, won
			}
			if won != nil {
				t.Errorf("%s: both failed: %v", c.name, errs)
				continue
			}
			wantError(t, lost, augur.Aborted, "ifRevision")
		}

		// What was put away meanwhile is not deleted by who did not see that.
		if err := r.VersionArchive(ctx, first, &one); err != nil {
			t.Fatal(err)
		}
		wantError(t, r.VersionRestore(ctx, first, &one), augur.Aborted, "ifRevision")
		wantError(t, r.VersionDelete(ctx, first, &one), augur.Aborted, "ifRevision")
		wantError(t, r.ModelArchive(ctx, modelID, &one), augur.Aborted, "ifRevision")
		wantError(t, r.ModelDelete(ctx, modelID, &one), augur.Aborted, "ifRevision")
		wantError(t, r.ModelRestore(ctx, modelID, &one), augur.Aborted, "ifRevision")

		// A revision never comes again: not of an alias that was removed and made
		// anew, and not of a policy that sets nothing in between.
		if _, err := r.AliasSet(ctx, AliasSet{Model: "roads", Alias: "champion", Version: "1.0.0"}); err != nil {
			t.Fatal(err)
		}
		if got := *aliasRevision("champion"); got != 3 {
			t.Errorf("set, removed and set: revision %d", got)
		}
		policy := func() *ent.ServingPolicy {
			return r.store.Reader().ServingPolicy.Query().Where(servingpolicy.ModelID(modelID)).OnlyX(ctx)
		}
		was := policy().Revision
		if _, err := r.ServingUpdate(ctx, ServingUpdate{Model: "roads", Fields: []string{"maxRows"}}); err != nil {
			t.Fatal(err)
		}
		if p := policy(); p.Revision != was+1 || len(ServingSet(p)) != 0 {
			t.Errorf("a policy that sets nothing: %v, was revision %d", p, was)
		}
	})
}
