package server

import (
	"context"
	"log/slog"
	"runtime"
	"sync"

	"augur"
	"augur/inference"
)

// warmer loads versions before the first prediction needs them; inference.Engine is one.
type warmer interface {
	Warm(ctx context.Context, versions []*augur.CatalogVersion) error
}

// warming loads versions at start, as many at one time as there are cores, and
// tells readiness of each.
type warming struct {
	ctx   context.Context
	to    warmer
	ready *readiness
	log   *slog.Logger
	seen  map[string]bool
	slots chan struct{}
	tasks sync.WaitGroup
}

func newWarming(ctx context.Context, to warmer, ready *readiness, log *slog.Logger) *warming {
	return &warming{ctx: ctx, to: to, ready: ready, log: log, seen: map[string]bool{}, slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
}

// add begins to load the versions that have not been begun. A version that
// cannot be loaded is logged and shown by /ready.
func (w *warming) add(versions []*augur.CatalogVersion) {
	var names []string
	var fresh []*augur.CatalogVersion
	for _, v := range versions {
		if !w.seen[v.ID] {
			w.seen[v.ID] = true
			fresh = append(fresh, v)
			names = append(names, v.Model+" "+v.Version)
		}
	}
	w.ready.await(names)
	for i, v := range fresh {
		w.tasks.Go(func() {
			w.slots <- struct{}{}
			defer func() { <-w.slots }()
			err := w.to.Warm(w.ctx, []*augur.CatalogVersion{v})
			if err != nil {
				w.log.ErrorContext(w.ctx, "a live version cannot be loaded", "model", v.Model, "version", v.Version, "error", err)
			}
			w.ready.loaded(names[i], err)
		})
	}
}

// wait returns when all of them have been loaded or have failed.
func (w *warming) wait() { w.tasks.Wait() }

// live lists the live version of every model.
func live(ctx context.Context, catalog inference.Catalog) []*augur.CatalogVersion {
	var all []*augur.CatalogVersion
	seen := map[string]bool{}
	for _, v := range catalog.Versions() {
		if seen[v.Model] {
			continue
		}
		seen[v.Model] = true
		if v, _, err := catalog.Resolve(ctx, v.Model, ""); err == nil { // no live version is no mistake
			all = append(all, v)
		}
	}
	return all
}

// warmerFunc is a warmer made of a function.
type warmerFunc func(context.Context, []*augur.CatalogVersion) error

// Warm implements registry.Warmer.
func (f warmerFunc) Warm(ctx context.Context, versions []*augur.CatalogVersion) error {
	return f(ctx, versions)
}

// follower loads versions as they become live: the first of a model, and those
// that another replica made live.
type follower struct {
	to      warmer
	catalog inference.Catalog
	log     *slog.Logger
	wake    chan struct{}
	cancel  context.CancelFunc
	done    chan struct{}
}

func newFollower(to warmer, catalog inference.Catalog, log *slog.Logger) *follower {
	f := &follower{to: to, catalog: catalog, log: log, wake: make(chan struct{}, 1), done: make(chan struct{})}
	ctx, cancel := context.WithCancel(augur.WithPrincipal(context.Background(), augur.System()))
	f.cancel = cancel
	go f.run(ctx)
	return f
}

// changed says that the catalog has changed.
func (f *follower) changed() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// stop returns when no load is waited for.
func (f *follower) stop(context.Context) error {
	f.cancel()
	<-f.done
	return nil
}

func (f *follower) run(ctx context.Context) {
	defer close(f.done)
	warm := map[string]bool{} // of the live versions of the last change
	for {
		select {
		case <-f.wake:
		case <-ctx.Done():
			return
		}
		now := map[string]bool{}
		for _, v := range live(ctx, f.catalog) {
			now[v.ID] = true
			if warm[v.ID] {
				continue
			}
			if err := f.to.Warm(ctx, []*augur.CatalogVersion{v}); err != nil && ctx.Err() == nil {
				f.log.ErrorContext(ctx, "a live version cannot be loaded", "model", v.Model, "version", v.Version, "error", err)
			}
		}
		warm = now
	}
}
