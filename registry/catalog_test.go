package registry

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"augur"
	"augur/internal/storetest"
	"augur/registry/blob"
	"augur/store"

	"pgregory.net/rapid"
)

// inMemory makes a catalog of models, each with versions and aliases by
// "version" and "alias=version"; "~version" is archived.
func inMemory(models map[string][]string) *Catalog {
	snap := &snapshot{models: map[string]*entry{}, versions: map[string]*item{}}
	for name, list := range models {
		e := &entry{name: name, versions: map[string]*item{}, aliases: map[string]*item{}}
		snap.models[name] = e
		for _, text := range list {
			if alias, version, found := strings.Cut(text, "="); found {
				semver, _ := augur.ParseSemver(version)
				e.aliases[alias] = e.versions[semver.String()]
				continue
			}
			text, archived := strings.CutPrefix(text, "~")
			semver, err := augur.ParseSemver(text)
			if err != nil {
				panic(err)
			}
			v := &item{CatalogVersion: &augur.CatalogVersion{ID: name + text, Model: name, Version: text}, semver: semver, archived: archived}
			e.versions[semver.String()], snap.versions[v.ID] = v, v
			if e.latest == nil || higher(v, e.latest) {
				e.latest = v
			}
		}
	}
	c := &Catalog{}
	c.current.Store(snap)
	return c
}

func TestResolve(t *testing.T) {
	c := inMemory(map[string][]string{
		"road-risk": {"v1.0.0", "1.1.0", "2.0.0-rc.1", "~3.0.0", "live=1.0.0", "champion=1.1.0"},
		"old":       {"~1.0.0", "~1.2.0"},
		"empty":     {},
		"secret":    {"1.0.0"},
	})
	limited := &augur.Principal{Name: "bob", Models: []string{"road-*", "old", "empty"}}
	for _, x := range []struct {
		model, ref string
		version    string
		reason     augur.RouteReason
		code       augur.Code
		text       string
	}{
		{"road-risk", "", "v1.0.0", augur.RouteLive, "", ""},
		{"road-risk", "live", "v1.0.0", augur.RouteAlias, "", ""},
		{"road-risk", "champion", "1.1.0", augur.RouteAlias, "", ""},
		{"road-risk", "latest", "2.0.0-rc.1", augur.RouteAlias, "", ""},
		{"road-risk", "1.0.0", "v1.0.0", augur.RouteExplicit, "", ""},
		{"road-risk", "v1.1.0", "1.1.0", augur.RouteExplicit, "", ""},
		{"road-risk", "3.0.0", "3.0.0", augur.RouteExplicit, "", ""},
		{"old", "latest", "1.2.0", augur.RouteAlias, "", ""},
		{"road-risk", "9.0.0", "", "", augur.NotFound, "version: model \"road-risk\" has no version 9.0.0 (it has 3.0.0, 2.0.0-rc.1, 1.1.0, v1.0.0)"},
		{"road-risk", "chmpion", "", "", augur.NotFound, "version: model \"road-risk\" has no version or alias \"chmpion\": did you mean champion?"},
		{"raod-risk", "", "", "", augur.NotFound, "model: no model \"raod-risk\": did you mean road-risk?"},
		{"secrets", "", "", "", augur.NotFound, "model: no model \"secrets\""},
		{"secret", "1.0.0", "", "", augur.NotFound, "model: no model \"secret\""},
		{"old", "", "", "", augur.FailedPrecondition, "version: model \"old\" has no live version: name a version (it has 1.2.0, 1.0.0), or set the alias live"},
		{"old", "live", "", "", augur.FailedPrecondition, "no live version"},
		{"empty", "latest", "", "", augur.NotFound, "version: model \"empty\" has no version yet"},
		{"empty", "", "", "", augur.FailedPrecondition, "it has none yet"},
	} {
		v, route, err := c.Resolve(augur.WithPrincipal(t.Context(), limited), x.model, x.ref)
		if x.code != "" {
			if augur.CodeOf(err) != x.code || !strings.Contains(err.Error(), x.text) {
				t.Errorf("%s %q: %v, want %s %s", x.model, x.ref, err, x.code, x.text)
			}
			if x.model == "secrets" && strings.Contains(err.Error(), "mean") {
				t.Errorf("the hint tells of a model that may not be seen: %v", err)
			}
			continue
		}
		if err != nil || v.Version != x.version || route.Reason != x.reason {
			t.Errorf("%s %q: %v, %v, %v, want %s", x.model, x.ref, v, route, err, x.version)
		}
	}
	if _, _, err := c.Resolve(t.Context(), "road-risk", ""); augur.CodeOf(err) != augur.NotFound {
		t.Errorf("without a principal: %v", err)
	}
}

// TestResolveIsTheHighest holds "latest" and exact versions against a search
// over all of them.
func TestResolveIsTheHighest(t *testing.T) {
	ctx := augur.WithPrincipal(t.Context(), augur.System())
	number := rapid.Uint32Range(0, 3)
	version := rapid.Custom(func(t *rapid.T) augur.Semver {
		return augur.Semver{
			Major: number.Draw(t, "major"), Minor: number.Draw(t, "minor"), Patch: number.Draw(t, "patch"),
			Pre: rapid.SampledFrom([]string{"", "", "rc.1", "rc.10", "rc.2", "alpha", "1"}).Draw(t, "pre"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		versions := rapid.SliceOfDistinct(version, augur.Semver.String).Draw(t, "versions")
		archived := map[string]bool{}
		var list []string
		for _, v := range versions {
			text := rapid.SampledFrom([]string{"", "v"}).Draw(t, "v") + v.String()
			if rapid.Bool().Draw(t, "archived") {
				archived[v.String()] = true
				text = "~" + text
			}
			list = append(list, text)
		}
		c := inMemory(map[string][]string{"m": list})
		pool := slices.DeleteFunc(slices.Clone(versions), func(v augur.Semver) bool { return archived[v.String()] })
		if len(pool) == 0 {
			pool = versions
		}
		got, _, err := c.Resolve(ctx, "m", augur.Latest)
		switch {
		case len(pool) == 0:
			if augur.CodeOf(err) != augur.NotFound {
				t.Fatalf("latest of none: %v", err)
			}
		case err != nil:
			t.Fatal(err)
		default:
			want := slices.MaxFunc(pool, augur.Semver.Compare)
			if strings.TrimPrefix(got.Version, "v") != want.String() {
				t.Fatalf("latest is %s, want %s", got.Version, want)
			}
		}
		for _, v := range versions {
			for _, prefix := range []string{"", "v"} {
				got, route, err := c.Resolve(ctx, "m", prefix+v.String())
				if err != nil || strings.TrimPrefix(got.Version, "v") != v.String() || route.Reason != augur.RouteExplicit {
					t.Fatalf("%s%s: %v, %v, %v", prefix, v, got, route, err)
				}
			}
		}
	})
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"road", "road", 0}, {"raod", "road", 2}, {"road", "roads", 1}, {"kitten", "sitting", 3}, {"a", "xyz", 3}, {"abcdef", "uvwxyz", 5}} {
		if got := distance(c.a, c.b, 5); got != c.want {
			t.Errorf("%s to %s: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// eventually waits for another replica's poller, which has no signal to wait for.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 10 s: %s", what)
		}
	}
}

// replica is another registry on the same record and the same artifacts.
func replica(t *testing.T, cfg store.Config, blobs *blob.Store) *Registry {
	t.Helper()
	r, err := New(Config{PollInterval: 5 * time.Millisecond}, Deps{
		Store: storetest.Open(t, cfg), Blobs: blobs,
		Prober: proberFunc(func(context.Context, string) (*augur.ProbeReport, error) { return roadRiskReport(), nil }),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Stop)
	return r
}

func TestCatalogFollowsTheRecord(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		ctx := asAnna(t)
		r := newRegistry(t, cfg)
		other := replica(t, cfg, r.blobs)
		var changes, others atomic.Int32
		r.Catalog().OnChange(func() { changes.Add(1) })
		other.Catalog().OnChange(func() { others.Add(1) })

		id := create(t, r, "road-risk")
		first := register(t, r, "road-risk", "v1.0.0", "one")
		// Whoever changed something sees it at once; other replicas soon.
		v, _, err := r.Catalog().Resolve(ctx, "road-risk", "")
		if err != nil || v.ID != first || v.Model != "road-risk" || v.ModelID != id || v.Version != "v1.0.0" || v.Format != "onnx" || v.Signature.Input("curvature") == nil {
			t.Fatalf("%+v, %v", v, err)
		}
		eventually(t, "the other replica sees the version", func() bool {
			w, _, err := other.Catalog().Resolve(ctx, "road-risk", "1.0.0")
			return err == nil && w.Digest == v.Digest
		})
		// Who follows the database may see a change first, and be about to tell of it.
		eventually(t, "both changes are told", func() bool { return changes.Load() == 2 && others.Load() > 0 })

		// A rename keeps the ids; the old name is gone.
		if err := r.ModelUpdate(ctx, ModelUpdate{ID: id, Name: ref("road-danger")}); err != nil {
			t.Fatal(err)
		}
		w, _, err := r.Catalog().Resolve(ctx, "road-danger", "live")
		if err != nil || w.ID != first || w.Model != "road-danger" || w.Signature != v.Signature {
			t.Errorf("after the rename: %+v, %v", w, err)
		}
		if v.Model != "road-risk" {
			t.Error("what was handed out before changed")
		}
		if _, _, err := r.Catalog().Resolve(ctx, "road-risk", "live"); augur.CodeOf(err) != augur.NotFound {
			t.Errorf("the old name: %v", err)
		}
		if got := len(r.Catalog().Versions()); got != 1 {
			t.Errorf("%d versions", got)
		}
	})
}

func TestCatalogOutlivesTheDatabase(t *testing.T) {
	ctx := asAnna(t)
	r := newRegistry(t, storetest.SQLite(t))
	create(t, r, "road-risk")
	register(t, r, "road-risk", "1.0.0", "one")
	if err := r.store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := r.catalog.follow(augur.WithPrincipal(t.Context(), augur.System())); err == nil {
		t.Error("following a closed database gave no error")
	}
	if _, _, err := r.Catalog().Resolve(ctx, "road-risk", ""); err != nil {
		t.Errorf("the last snapshot is gone: %v", err)
	}
}

func TestNotDeterministicIsNotCached(t *testing.T) {
	r := newRegistryWith(t, storetest.SQLite(t), proberFunc(func(context.Context, string) (*augur.ProbeReport, error) {
		report := roadRiskReport()
		report.Deterministic = false
		return report, nil
	}))
	create(t, r, "dice")
	register(t, r, "dice", "1.0.0", "one")
	if v, _, err := r.Catalog().Resolve(asAnna(t), "dice", ""); err != nil || !v.Policy.CacheOff {
		t.Errorf("%+v, %v", v, err)
	}
}

func BenchmarkResolve(b *testing.B) {
	models := map[string][]string{}
	for i := range 1000 {
		models[fmt.Sprintf("model-%d", i)] = []string{"1.0.0", "live=1.0.0"}
	}
	c := inMemory(models)
	ctx := augur.WithPrincipal(b.Context(), augur.System())
	names := slices.Collect(maps.Keys(models))
	for i := 0; b.Loop(); i++ {
		if _, _, err := c.Resolve(ctx, names[i%len(names)], ""); err != nil {
			b.Fatal(err)
		}
	}
}
