package registry

import (
	"context"
	"os"
	"strings"
	"testing"

	"augur"
	"augur/ent"
	"augur/internal/storetest"
	"augur/store"
)

// twoKinds takes files that begin with "more" for versions that require one
// input more than the others.
func twoKinds(_ context.Context, path string) (*augur.ProbeReport, error) {
	report := roadRiskReport()
	content, err := os.ReadFile(path)
	if strings.HasPrefix(string(content), "more") {
		more := report.Signature.Inputs[0]
		more.Name = "weather"
		report.Signature.Inputs = append(report.Signature.Inputs, more)
	}
	return report, err
}

func TestFallback(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		ctx := asAnna(t)
		r := newRegistryWith(t, cfg, proberFunc(twoKinds))
		create(t, r, "other")
		register(t, r, "other", "1.0.0", "other")
		create(t, r, "road-risk")
		ids := map[string]string{}
		for version, content := range map[string]string{"1.0.0": "one", "1.1.0": "two", "1.2.0": "three", "2.0.0": "more", "2.1.0": "more of it"} {
			ids[version] = register(t, r, "road-risk", version, content)
		}
		alias := func(name, version string) {
			t.Helper()
			if _, err := r.AliasSet(ctx, AliasSet{Model: "road-risk", Alias: name, Version: version}); err != nil {
				t.Fatal(err)
			}
		}
		to := func(ref *string) { t.Helper(); served(t, r, "", ent.ServingPolicy{Fallback: ref}, "fallback") }
		want := func(what string, of, version string) {
			t.Helper()
			got := ""
			if v := r.Catalog().Fallback(ids[of]); v != nil {
				got = v.Version
				if v.ID != ids[version] || v.Signature == nil {
					t.Errorf("%s: %+v", what, v)
				}
			}
			if got != version {
				t.Errorf("%s: %s falls back to %q, want %q", what, of, got, version)
			}
		}
		refused := func(fallback, text string) {
			t.Helper()
			_, err := r.ServingUpdate(ctx, ServingUpdate{Model: "road-risk", Fields: []string{"fallback"}, Policy: ent.ServingPolicy{Fallback: &fallback}})
			wantError(t, err, augur.FailedPrecondition, "fallback")
			if err == nil || !strings.Contains(err.Error(), text) {
				t.Errorf("%v, want %s", err, text)
			}
		}

		alias("live", "1.0.0")
		want("without a policy", "1.0.0", "")
		to(ref("1.1.0"))
		want("a version", "1.0.0", "1.1.0")
		want("itself", "1.1.0", "")
		want("a version that takes less", "2.0.0", "")
		want("no version", "9.0.0", "")
		if v := r.Catalog().Fallback("ver_none"); v != nil {
			t.Errorf("%+v", v)
		}
		refused("2.0.0", `road-risk 2.0.0 cannot stand in for the live version 1.0.0: it requires the input "weather"`)
		want("after a refusal", "1.0.0", "1.1.0")

		// An alias is followed, as long as it fits.
		alias("safe", "1.2.0")
		to(ref("safe"))
		want("an alias", "1.0.0", "1.2.0")
		alias("safe", "1.1.0")
		want("an alias that moved", "1.0.0", "1.1.0")
		alias("safe", "2.0.0")
		want("an alias that no longer fits", "1.0.0", "")
		want("an alias that fits another", "2.1.0", "2.0.0")
		refused("safe", "2.0.0 cannot stand in")
		if _, err := r.AliasRemove(ctx, AliasRemove{Model: "road-risk", Alias: "safe"}); err != nil {
			t.Fatal(err)
		}
		want("an alias that is gone", "1.0.0", "")
		refused("latest", "2.1.0 cannot stand in")

		// A deleted version answers nothing, and does again when it is restored.
		to(ref("1.1.0"))
		if err := r.VersionDelete(ctx, ids["1.1.0"]); err != nil {
			t.Fatal(err)
		}
		want("a deleted version", "1.0.0", "")
		if err := r.VersionRestore(ctx, ids["1.1.0"]); err != nil {
			t.Fatal(err)
		}
		if err := r.VersionArchive(ctx, ids["1.1.0"]); err != nil {
			t.Fatal(err)
		}
		want("an archived version is served", "1.0.0", "1.1.0")

		// Without a live version there is nothing to compare with.
		to(nil)
		want("no longer", "1.0.0", "")
		if _, err := r.AliasRemove(ctx, AliasRemove{Model: "road-risk", Alias: "live"}); err != nil {
			t.Fatal(err)
		}
		to(ref("2.0.0"))
		want("no live version", "2.1.0", "2.0.0")
	})
}

func TestFallbackPrevious(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		ctx := asAnna(t)
		r := newRegistryWith(t, cfg, proberFunc(twoKinds))
		ids := map[string]string{}
		for _, model := range []string{"other", "road-risk"} { // the moves of one model are not those of another
			create(t, r, model)
			for _, version := range []string{"1.0.0", "1.1.0", "1.2.0"} {
				ids[version] = register(t, r, model, version, model+version)
			}
			for _, version := range []string{"2.0.0", "2.1.0"} {
				ids[version] = register(t, r, model, version, "more "+model+version)
			}
		}
		live := func(versions ...string) {
			t.Helper()
			for _, v := range versions {
				if _, err := r.AliasSet(ctx, AliasSet{Model: "road-risk", Alias: "live", Version: v}); err != nil {
					t.Fatal(err)
				}
			}
		}
		want := func(what, of, version string) {
			t.Helper()
			got := ""
			if v := r.Catalog().Fallback(ids[of]); v != nil {
				got = v.Version
			}
			if got != version {
				t.Errorf("%s: %s falls back to %q, want %q", what, of, got, version)
			}
		}
		if _, err := r.ServingUpdate(ctx, ServingUpdate{Model: "other", Fields: []string{"fallback"}, Policy: ent.ServingPolicy{Fallback: ref("previous")}}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.AliasSet(ctx, AliasSet{Model: "other", Alias: "live", Version: "1.2.0"}); err != nil {
			t.Fatal(err)
		}
		served(t, r, "", ent.ServingPolicy{Fallback: ref("previous")}, "fallback")
		want("the first version", "1.0.0", "")
		live("1.1.0")
		want("the first move", "1.1.0", "1.0.0")
		want("the version before", "1.0.0", "")
		want("a version that was never live", "1.2.0", "")
		live("1.2.0")
		want("the second move", "1.2.0", "1.1.0")
		live("1.1.0") // a roll back
		want("after a roll back", "1.1.0", "1.2.0")
		want("what was rolled back", "1.2.0", "1.1.0")
		if err := r.VersionDelete(ctx, ids["1.2.0"]); err != nil {
			t.Fatal(err)
		}
		want("one that is deleted is passed over", "1.1.0", "1.0.0")
		live("2.1.0")
		want("nothing before accepts as much", "2.1.0", "")
		live("1.0.0")
		want("one that does not accept is passed over", "1.0.0", "1.1.0")
		if _, err := r.AliasRemove(ctx, AliasRemove{Model: "road-risk", Alias: "live"}); err != nil {
			t.Fatal(err)
		}
		want("live is gone", "1.0.0", "1.1.0")

		// Only the newest moves are kept, each model's for itself.
		for range 60 {
			live("2.0.0", "2.1.0")
		}
		live("1.1.0")
		want("too long ago", "1.1.0", "")
		if v, _, err := r.Catalog().Resolve(ctx, "other", ""); err != nil || r.Catalog().Fallback(v.ID) == nil {
			t.Errorf("the other model: %v, %v", v, err)
		}
	})
}

func TestCachePurge(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		ctx := asAnna(t)
		r := newRegistry(t, cfg)
		create(t, r, "road-risk")
		if got, err := r.CachePurge(ctx, CachePurge{Model: "road-risk"}); err != nil || len(got) != 0 {
			t.Errorf("of nothing: %v, %v", got, err)
		}
		first := register(t, r, "road-risk", "1.0.0", "one")
		register(t, r, "road-risk", "1.1.0", "two")
		register(t, r, "road-risk", "1.2.0", "one")
		if got, err := r.CachePurge(ctx, CachePurge{Model: "road-risk"}); err != nil || len(got) != 2 {
			t.Errorf("each artifact once: %v, %v", got, err)
		}
		got, err := r.CachePurge(ctx, CachePurge{Model: "road-risk", Version: "v1.0.0"})
		if err != nil || len(got) != 1 || string(got[0]) != upload(t, r, "one") {
			t.Errorf("of one version: %v, %v", got, err)
		}
		_, err = r.CachePurge(ctx, CachePurge{Model: "road-risk", Version: "2.0.0"})
		wantError(t, err, augur.NotFound, "version")
		bob := augur.WithPrincipal(t.Context(), &augur.Principal{Name: "bob", Scopes: []augur.Scope{augur.ScopeAdmin}, Models: []string{"iris"}})
		_, err = r.CachePurge(bob, CachePurge{Model: "road-risk"})
		wantError(t, err, augur.NotFound, "model")
		if got := strings.Count(strings.Join(audited(t, r), " "), "cachePurge"); got != 3 {
			t.Errorf("%d audit events", got)
		}
		last, err := r.store.Reader().AuditEvent.Query().Order(ent.Desc("created_at", "id")).First(ctx)
		if err != nil || last.SubjectID != first || last.After["version"] != "1.0.0" || last.Before != nil {
			t.Errorf("%+v, %v", last, err)
		}
	})
}
