package inference

import (
	"context"

	"augur"
)

// Engine answers predictions. It implements augur.Predictor. Its methods may be
// called from any number of goroutines.
type Engine struct {
	cfg  Config
	deps Deps
}

var _ augur.Predictor = (*Engine)(nil)

// New returns an engine that is not started. The error is InvalidArgument for a
// configuration that makes no sense or a missing dependency.
func New(cfg Config, deps Deps) (*Engine, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if err := deps.validate(); err != nil {
		return nil, err
	}
	return &Engine{cfg: cfg.WithDefaults(), deps: deps}, nil
}

// Start lets predictions in. The context bounds the start alone.
func (e *Engine) Start(ctx context.Context) error { return ctx.Err() }

// Stop refuses further predictions, waits for those in flight and closes every
// session; it returns ctx's error if that takes longer than ctx.
func (e *Engine) Stop(ctx context.Context) error { return ctx.Err() }

// Predict implements augur.Predictor.
func (e *Engine) Predict(context.Context, *augur.Request) (*augur.Response, error) {
	return nil, augur.Errorf(augur.Unimplemented, "not yet")
}

// State tells what the engine knows about a version now. It reports false for a
// version that is not in the catalog.
func (e *Engine) State(versionID string) (augur.EngineState, bool) {
	return augur.EngineState{VersionID: versionID}, false
}

// Warm loads versions and runs each once on made-up input, so that the first
// caller does not wait. It returns every load error, joined.
func (e *Engine) Warm(ctx context.Context, versions []*augur.CatalogVersion) error { return ctx.Err() }

// Purge forgets the answers of an artifact, "" for all artifacts, and returns
// how many there were. Runs in flight do not bring them back.
func (e *Engine) Purge(digest augur.Digest) int { return 0 }

// CatalogChanged lets go of what left the catalog: sessions are closed after
// their last run, and the memory of their metrics is given back. Call it when
// Catalog.Versions may have changed.
func (e *Engine) CatalogChanged() {}
