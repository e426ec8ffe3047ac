package server

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"

	"augur"
)

// aliases is a catalog in which each model's live version is set.
type aliases struct {
	mu   sync.Mutex
	live map[string]*augur.CatalogVersion
}

func (a *aliases) Resolve(_ context.Context, model, _ string) (*augur.CatalogVersion, augur.Route, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if v := a.live[model]; v != nil {
		return v, augur.Route{}, nil
	}
	return nil, augur.Route{}, augur.Errorf(augur.NotFound, "no live version")
}

func (*aliases) Rollouts() []*augur.LiveRollout { return nil }

func (a *aliases) Fallback(string) *augur.CatalogVersion { return nil }

func (a *aliases) Versions() []*augur.CatalogVersion {
	return []*augur.CatalogVersion{{Model: "a"}, {Model: "a"}, {Model: "b"}}
}

func (a *aliases) set(model, version string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.live[model] = &augur.CatalogVersion{ID: version, Model: model}
}

// What becomes live is loaded, once, wherever it was made live.
func TestFollower(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		warmed := map[string]int{}
		catalog := &aliases{live: map[string]*augur.CatalogVersion{}}
		f := newFollower(warmerFunc(func(_ context.Context, versions []*augur.CatalogVersion) error {
			mu.Lock()
			defer mu.Unlock()
			for _, v := range versions {
				warmed[v.ID]++
			}
			return augur.Errorf(augur.FailedPrecondition, "the next one is still loaded")
		}), catalog, slog.New(slog.DiscardHandler))
		for _, step := range []struct {
			model, version string
			want           int
		}{{"a", "a1", 1}, {"b", "b1", 1}, {"a", "a2", 1}, {"a", "a2", 1}, {"a", "a1", 2}} {
			catalog.set(step.model, step.version)
			f.changed()
			synctest.Wait()
			if warmed[step.version] != step.want {
				t.Errorf("%s was warmed %d times, want %d", step.version, warmed[step.version], step.want)
			}
		}
		if err := f.stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
