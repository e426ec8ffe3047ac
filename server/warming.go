package server

import (
	"context"
	"log/slog"
	"runtime"
	"sync"

	"augur"
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
