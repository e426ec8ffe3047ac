package inference

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"augur"
)

// Engine answers predictions. It implements augur.Predictor. Its methods may be
// called from any number of goroutines.
type Engine struct {
	cfg      Config
	deps     Deps
	metrics  *metrics
	answers  *answers    // nil when no answers are kept
	shared   *sharedTier // nil when there is none; never without answers
	flights  flights
	pool     *pool
	runners  group // goroutines of the batchers
	tracing  tracing
	events   *events
	rollouts rollouts
	started  atomic.Bool

	mu    sync.Mutex                       // held while lanes is replaced
	lanes atomic.Pointer[map[string]*lane] // by version id; never changed, replaced whole
}

var _ augur.Predictor = (*Engine)(nil)

// New returns an engine that is not started. The error is InvalidArgument for a
// configuration that makes no sense or a missing dependency, and AlreadyExists
// when Deps.Registerer has the instruments of another engine.
func New(cfg Config, deps Deps) (*Engine, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if err := deps.validate(); err != nil {
		return nil, err
	}
	if deps.Logger == nil {
		deps.Logger = slog.Default()
	}
	cfg = cfg.WithDefaults()
	if deps.Shared != nil && cfg.CacheBytes < 0 {
		cfg.CacheBytes = 1 // too small for any answer
	}
	answers, err := newAnswers(cfg.CacheBytes)
	if err != nil {
		return nil, err
	}
	e := &Engine{
		cfg: cfg, deps: deps, metrics: newMetrics(), answers: answers,
		tracing: tracing{deps.Tracer}, events: &events{log: deps.Logger, most: int64(max(cfg.LogLines, 0))},
	}
	e.pool = newPool(deps, cfg.LoadBackoff, &memory{limit: cfg.SessionBytes, log: deps.Logger, evictions: e.metrics.evictions, live: e.live})
	e.lanes.Store(&map[string]*lane{})
	deps.Log.follow(e.State)
	e.rollouts.init(deps, e.metrics)
	collectors := append(e.metrics.collectors(), gauges{e})
	if deps.Shared != nil {
		e.shared = newSharedTier(cfg, deps, e.metrics, &answers.purges)
		collectors = append(collectors, e.metrics.sharedReads, e.metrics.sharedWrites)
	}
	if deps.Registerer != nil {
		for _, c := range collectors {
			if err := deps.Registerer.Register(c); err != nil {
				return nil, augur.Wrap(augur.AlreadyExists, err, "the engine's metrics are registered already")
			}
		}
	}
	return e, nil
}

// Start lets predictions in. The context bounds the start alone.
func (e *Engine) Start(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if e.shared != nil {
		e.shared.start()
	}
	e.started.Store(true)
	e.rollouts.start(e)
	e.RolloutsChanged()
	return nil
}

// Stop refuses further predictions, waits for the runs in flight and closes
// every session. It returns ctx's error when that takes longer than ctx; what
// is left then ends by itself. A stopped engine cannot be started again.
func (e *Engine) Stop(ctx context.Context) error {
	e.started.Store(false)
	e.rollouts.stop()
	err := e.pool.close(ctx)
	select { // a batcher may still linger after its last run
	case <-e.runners.ended():
	case <-ctx.Done():
		err = errors.Join(err, ctx.Err())
	}
	if e.shared != nil {
		err = errors.Join(err, e.shared.stop(ctx))
	}
	if e.answers != nil {
		e.answers.close()
	}
	return err
}

// Predict implements augur.Predictor. The order of its steps is the product's
// promise; each step's file says what it does.
func (e *Engine) Predict(ctx context.Context, req *augur.Request) (resp *augur.Response, err error) {
	began := time.Now()
	if !e.started.Load() {
		return nil, errStopped()
	}
	req = e.named(ctx, req)
	ctx, span := e.tracing.start(ctx, "predict")
	defer func() { end(span, req, resp, err) }()

	// Resolve: which version answers.
	v, route, err := e.deps.Catalog.Resolve(ctx, req.Model, req.Version)
	if err != nil {
		e.metrics.predictions.WithLabelValues("", "", string(augur.CodeOf(err)), "").Inc()
		return nil, asError(err)
	}
	l, err := e.laneFor(v)
	if err != nil {
		return nil, err
	}
	defer func() {
		l.series.done(began, resp, err)
		e.deps.Log.done(ctx, l.v, route, req, began, resp, err)
		e.events.done(ctx, l.v, route, began, resp, err)
	}()

	// Validate and encode: tensors that the version accepts, and the rows that
	// are not among them.
	outputs, err := l.codec.wanted(req.Outputs)
	if err != nil {
		return nil, err
	}
	in, err := l.codec.read(req, limitsOf(l.policy))
	if err != nil {
		return nil, err
	}

	// Route: an arm of a rollout answers, where one goes on; and while a version
	// is left alone, the baseline, or the one it falls back to.
	baseline, given := l, in
	chosen := e.choose(ctx, l, route, req, in, outputs)
	l, route, in = chosen.lane, chosen.route, chosen.in
	resp, err = e.answer(ctx, l, req, route, in, outputs, began)
	if chosen.traffic != nil {
		if chosen.arm != 0 && isRefused(err) {
			e.rollouts.refused(&chosen, err)
			chosen.back(baseline, given)
			l, route, in = chosen.lane, chosen.route, chosen.in
			resp, err = e.answer(ctx, l, req, route, in, outputs, began)
		}
		chosen.done(e, resp, err, time.Since(began))
		if chosen.shadow != 0 && resp != nil && resp.Cache != augur.CacheMemory && resp.Cache != augur.CacheShared {
			e.rollouts.shadows.offer(&chosen, outputs, resp)
		}
	}
	if other, in := e.standIn(err, l, route, req, in, outputs); other != nil {
		instead := augur.Route{Reason: augur.RouteFallback, Ref: route.Ref}
		if resp, err := e.answer(ctx, other, req, instead, in, outputs, began); !isRefused(err) {
			l, route = other, instead
			return resp, ended(err, began)
		}
	}
	return resp, ended(err, began)
}

// answer is the way of a prediction on one version: from the cache or by a run,
// and no longer than the caller is willing to wait. The error is for ended to
// finish.
func (e *Engine) answer(ctx context.Context, l *lane, req *augur.Request, route augur.Route, in encoded, outputs []string, began time.Time) (*augur.Response, error) {
	timeout := l.policy.Timeout
	if req.Options.Timeout > 0 {
		timeout = min(timeout, req.Options.Timeout)
	}
	a, status, err := e.recall(ctx, began, timeout, l, &in, outputs, req.Options.Cache)
	if err != nil {
		return nil, err
	}
	return respond(l.v, route, &in, a, status, began), nil
}

// run waits for a place and runs, with others where that pays.
func (e *Engine) run(ctx context.Context, l *lane, inputs []augur.NamedTensor, outputs []string) (*answer, error) {
	if err := l.breaker.refuses(); err != nil {
		return nil, err
	}
	purges := uint64(0)
	if e.answers != nil {
		purges = e.answers.purges.Load()
	}
	r, queued := l.batcher.do(ctx, inputs, outputs)
	l.series.queue.Observe(queued.Seconds())
	l.waited(queued)
	if r.err != nil {
		if gone := ctx.Err(); gone != nil { // whatever the runtime calls it
			return nil, gone
		}
		return nil, r.err
	}
	return &answer{outputs: r.outputs, digest: l.v.Digest, ttl: l.policy.CacheTTL, queue: queued, run: r.took, share: r.share, purges: purges}, nil
}

// runOn returns what runs a version on the session of its slot, which it waits
// for, unless the breaker says no.
func (e *Engine) runOn(v *augur.CatalogVersion, s *slot, b *breaker) func(context.Context, []augur.NamedTensor, []string) ran {
	return func(ctx context.Context, inputs []augur.NamedTensor, outputs []string) (r ran) {
		leave, err := b.admit()
		if err != nil {
			return ran{err: err}
		}
		defer func() { b.done(leave, fate(ctx, r.err), r.took) }()
		ctx, span := e.tracing.startRun(ctx, v, inputs)
		defer func() { failed(span, r.err); span.End() }()
		session, open, err := s.enter(ctx)
		if err != nil {
			return ran{err: err}
		}
		defer open.leave()
		e.rollouts.shadows.enter()
		defer e.rollouts.shadows.leave()
		r.began = time.Now()
		r.outputs, r.err = e.runSession(ctx, v, session, inputs, outputs)
		r.took = time.Since(r.began)
		r.share = r.took
		return r
	}
}

// runSession runs. A panic of an adapter is its own failure, not the caller's.
func (e *Engine) runSession(ctx context.Context, v *augur.CatalogVersion, s Session, inputs []augur.NamedTensor, outputs []string) (out []augur.Output, err error) {
	defer func() {
		if r := recover(); r != nil {
			e.deps.Logger.Error("a run panicked", "model", v.Model, "version", v.Version, "panic", r, "stack", string(debug.Stack()))
			err = augur.Wrap(augur.Internal, fmt.Errorf("panic: %v", r), "internal error")
		}
	}()
	return s.Run(ctx, inputs, outputs)
}

// Purge forgets the answers of an artifact, "" for all artifacts, and returns
// how many there were in memory. Runs in flight do not bring them back. The
// shared cache forgets in the background, and does not answer for the artifact
// until it has; other servers keep what is in their memory.
func (e *Engine) Purge(digest augur.Digest) int {
	if e.answers == nil {
		return 0
	}
	n := e.answers.purge(digest)
	if e.shared != nil {
		e.shared.forget(digest)
	}
	return n
}

// Busy says whether runs take every core but one, or the only one: then what
// nobody waits for should wait.
func (e *Engine) Busy() bool {
	s := &e.rollouts.shadows
	return s.busy.Load() >= s.spare
}

// respond makes the response from an answer, which it shares.
func respond(v *augur.CatalogVersion, route augur.Route, in *encoded, a *answer, status augur.CacheStatus, began time.Time) *augur.Response {
	resp := &augur.Response{
		ID: augur.NewID(augur.PredictionID), Version: v, Outputs: a.outputs,
		Rows: in.rows, RowIndex: in.index, RowErrors: in.errs,
		Route: route, Cache: status, CreatedAt: began,
	}
	switch status {
	case augur.CacheMemory, augur.CacheShared:
		resp.CachedRows = len(in.index)
	default:
		resp.Timing.Queue, resp.Timing.Run, resp.CachedRows = a.queue, a.run, a.cached
	}
	resp.Timing.Total = time.Since(began)
	return resp
}

// asError makes an *augur.Error of any error, and leaves augur.Errors whole.
func asError(err error) error {
	if many, ok := errors.AsType[augur.Errors](err); ok {
		return many
	}
	return augur.AsError(err)
}

// ended makes the error of a run that did not answer.
func ended(err error, began time.Time) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return augur.Wrap(augur.DeadlineExceeded, err, "no answer after %s", time.Since(began).Round(time.Millisecond))
	}
	return asError(err)
}
