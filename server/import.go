package server

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"augur"
	"augur/registry"
)

// importDir registers what stands in import.dir. A version that fails is
// logged and does not keep the server from serving the others; a directory that
// cannot be read is a mistake in the configuration and does.
func (p *parts) importDir(ctx context.Context, log *slog.Logger) error {
	dir := p.cfg.Import.Dir
	if dir == "" {
		return nil
	}
	look := p.registry.Import
	if p.watch != nil {
		look = func(ctx context.Context, _ string) (registry.ImportReport, error) {
			return p.watch.folders.Look(ctx, time.Now())
		}
	}
	report, err := look(ctx, dir)
	if err != nil {
		return fmt.Errorf("import %s: %w", dir, err)
	}
	logImport(ctx, log, dir, report)
	p.failed = report.Count(registry.Failed)
	if p.watch != nil {
		p.watch.start()
	}
	return nil
}

// logImport says what an import did, and of each version that failed why.
func logImport(ctx context.Context, log *slog.Logger, dir string, report registry.ImportReport) {
	for _, v := range report.Versions {
		if v.Outcome == registry.Failed && v.Err != nil {
			log.ErrorContext(ctx, "a version was not imported", "path", v.Path, "reason", augur.AsError(v.Err).Message)
		}
	}
	log.InfoContext(ctx, "imported", "dir", dir, "new", report.Count(registry.Imported), "present", report.Count(registry.Present),
		"skipped", report.Count(registry.Skipped), "failed", report.Count(registry.Failed), "waiting", report.Count(registry.Waiting))
}

// watching looks at import.dir again and again. What is wrong with a folder is
// logged once, when it is found, and said by /ready as long as it is so.
type watching struct {
	folders  *registry.Watcher
	dir      string
	interval time.Duration
	log      *slog.Logger

	ctx    context.Context //nolint:containedctx // ends the goroutine, not a request
	cancel context.CancelFunc
	done   sync.WaitGroup

	mu  sync.Mutex // guards err
	err error      // of the last look
}

func newWatching(r *registry.Registry, cfg ImportConfig, log *slog.Logger) *watching {
	ctx, cancel := context.WithCancel(augur.WithPrincipal(context.Background(), augur.System()))
	return &watching{folders: r.Watch(cfg.Dir, cfg.Interval), dir: cfg.Dir, interval: cfg.Interval, log: log, ctx: ctx, cancel: cancel}
}

// start begins to look.
func (w *watching) start() {
	w.done.Go(func() {
		tick := time.NewTicker(w.interval)
		defer tick.Stop()
		for {
			select {
			case <-w.ctx.Done():
				return
			case at := <-tick.C:
				w.look(at)
			}
		}
	})
}

func (w *watching) look(at time.Time) {
	report, err := w.folders.Look(w.ctx, at)
	if w.ctx.Err() != nil {
		return
	}
	w.mu.Lock()
	was := w.err
	w.err = err
	w.mu.Unlock()
	switch {
	case err != nil && (was == nil || was.Error() != err.Error()):
		w.log.ErrorContext(w.ctx, "the directory of models cannot be imported; looking goes on", "dir", w.dir, "error", err)
	case err == nil && len(report.Versions) > 0:
		logImport(w.ctx, w.log, w.dir, report)
	}
}

// check is what /ready says of it.
func (w *watching) check(context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	return w.folders.Err()
}

// stop returns when the last look has ended.
func (w *watching) stop(context.Context) error {
	w.cancel()
	w.done.Wait()
	return nil
}
