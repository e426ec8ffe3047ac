package inference

import (
	"context"
	"maps"
	"reflect"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"augur"
)

// lane is what the engine keeps for one version that has been asked for. A
// version that changes in the catalog gets another, with the parts that still fit.
type lane struct {
	v      *augur.CatalogVersion
	policy augur.ServingPolicy
	codec  *codec
	slot   *slot
	series *series
	// batcher runs it, and proof is what it knows of the version's rows.
	batcher *batcher
	proof   *proof
	// breaker is nil where the version has none.
	breaker *breaker
	// worth and rowWorth say whether keeping answers pays, of questions and of
	// the rows of larger ones.
	worth, rowWorth *worth
	// wait is how long requests wait for their run, a moving average in nanoseconds.
	wait atomic.Int64
	// kind is that of questions with all inputs for all outputs, once asked.
	kind atomic.Pointer[kind]
}

// lane returns the lane of v. The error is FailedPrecondition when its
// signature contradicts itself.
func (e *Engine) lane(v *augur.CatalogVersion) (*lane, error) {
	if l := (*e.lanes.Load())[v.ID]; l != nil && l.v == v {
		return l, nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	old := *e.lanes.Load()
	l, err := e.newLane(v, old[v.ID])
	if err != nil || l == old[v.ID] {
		return l, err
	}
	lanes := maps.Clone(old)
	lanes[v.ID] = l
	e.lanes.Store(&lanes)
	return l, nil
}

// laneFor returns the lane of v for one request. A request that was resolved
// before v left the catalog gets one that nobody else sees and whose session is
// closed after it: nobody would come to retire it.
func (e *Engine) laneFor(v *augur.CatalogVersion) (*lane, error) {
	if l := (*e.lanes.Load())[v.ID]; l != nil || e.inCatalog(v.ID) {
		return e.lane(v)
	}
	codec, err := newCodec(v.Signature)
	if err != nil {
		return nil, err
	}
	policy := e.cfg.policy(v)
	s := newSlot(e.pool, v, policy)
	s.retired = true
	l := &lane{v: v, policy: policy, codec: codec, slot: s, series: e.metrics.of(v)}
	e.addBatcher(l, nil)
	return l, nil
}

// waited notes how long a request waited for its run.
func (l *lane) waited(d time.Duration) {
	old := l.wait.Load()
	l.wait.Store(old + (int64(d)-old)/32) // a lost update does not matter
}

// cost is what a request of so many rows is expected to take that is not
// answered by a cache: its run, and its turn, since others run too. It is 0
// while that is not known.
func (l *lane) cost(rows int) time.Duration {
	run := l.batcher.expects(rows)
	if run == 0 {
		return 0
	}
	return run + time.Duration(l.wait.Load())
}

// kindOf is the kind of a question whose inputs are in the order of the signature.
func (l *lane) kindOf(inputs []augur.NamedTensor, outputs []string) kind {
	usual := len(inputs) == len(l.codec.inputs) && sameNames(outputs, l.codec.outputs)
	if usual {
		if k := l.kind.Load(); k != nil {
			return *k
		}
	}
	k := kindOf(l.v.Digest, inputs, outputs)
	if usual {
		l.kind.Store(&k)
	}
	return k
}

func (e *Engine) inCatalog(versionID string) bool {
	return slices.ContainsFunc(e.deps.Catalog.Versions(), func(v *augur.CatalogVersion) bool { return v.ID == versionID })
}

// live gives the digests of the models' live versions.
func (e *Engine) live() map[augur.Digest]bool {
	ctx := augur.WithPrincipal(context.Background(), augur.System())
	models, digests := map[string]bool{}, map[augur.Digest]bool{}
	for _, v := range e.deps.Catalog.Versions() {
		if models[v.Model] {
			continue
		}
		models[v.Model] = true
		if live, _, err := e.deps.Catalog.Resolve(ctx, v.Model, ""); err == nil {
			digests[live.Digest] = true
		}
	}
	return digests
}

// newLane makes the lane of v from the one before, which may be nil. e.mu is held.
func (e *Engine) newLane(v *augur.CatalogVersion, old *lane) (*lane, error) {
	if old != nil && old.v == v {
		return old, nil
	}
	policy := e.cfg.policy(v)
	l := &lane{v: v, policy: policy, slot: e.pool.slot(v, policy)}
	if old != nil && reflect.DeepEqual(old.v.Signature, v.Signature) {
		l.codec = old.codec
	} else {
		codec, err := newCodec(v.Signature)
		if err != nil {
			return nil, err
		}
		l.codec = codec
	}
	if old != nil && old.v.Model == v.Model && old.v.Version == v.Version {
		l.series = old.series
	} else {
		l.series = e.metrics.of(v)
	}
	e.addBatcher(l, old)
	if old != nil && old.v.Digest == v.Digest {
		l.slot.follow(old.slot, func(ctx context.Context, session Session) {
			ctx, cancel := context.WithTimeout(ctx, l.policy.Timeout)
			defer cancel()
			_ = e.try(ctx, l, session) // logged
		})
	}
	return l, nil
}

// addBatcher gives a lane the batcher and the breaker of the one before it, or
// new ones where what they depend on has changed.
func (e *Engine) addBatcher(l, old *lane) {
	if old != nil && old.slot == l.slot && old.series == l.series && old.policy == l.policy {
		l.proof, l.batcher, l.breaker, l.worth, l.rowWorth = old.proof, old.batcher, old.breaker, old.worth, old.rowWorth
		return
	}
	l.worth, l.rowWorth = &worth{}, &worth{}
	l.breaker = newBreaker(l.v, l.policy, e.deps.Logger, l.series.openings)
	if l.proof = newProof(l.v.Signature, func(why string) { e.doubt(l.v, why) }); old != nil && old.v.Digest == l.v.Digest {
		l.proof = old.proof
	}
	l.batcher = newBatcher(e.runOn(l.v, l.slot, l.breaker), l.policy, runtime.GOMAXPROCS(0), l.proof, &e.runners, l.series)
}

// doubt is told when rows that ran together turn out to depend on each other.
func (e *Engine) doubt(v *augur.CatalogVersion, why string) {
	e.deps.Logger.Error("a version's requests no longer run together; answers that were kept are forgotten", "model", v.Model, "version", v.Version, "why", why)
	e.Purge(v.Digest)
}

// CatalogChanged lets go of what left the catalog: sessions are closed after
// their last run, and the series of their metrics end. Call it when
// Catalog.Versions may have changed.
func (e *Engine) CatalogChanged() {
	versions := e.deps.Catalog.Versions()
	named := make(map[[2]string]bool, len(versions))
	lanes := map[string]*lane{}
	wanted := map[*slot]bool{}
	e.mu.Lock()
	defer e.mu.Unlock()
	old := *e.lanes.Load()
	for _, v := range versions {
		named[[2]string{v.Model, v.Version}] = true
		if old[v.ID] == nil {
			continue // nobody has asked for it
		}
		if l, err := e.newLane(v, old[v.ID]); err == nil {
			lanes[v.ID] = l
			wanted[l.slot] = true
		}
	}
	e.lanes.Store(&lanes)
	e.pool.retain(wanted)
	for _, l := range old {
		if !named[[2]string{l.v.Model, l.v.Version}] {
			e.metrics.forget(l.v.Model, l.v.Version)
		}
	}
}

// State tells what the engine knows about a version now. It reports false for a
// version that is neither in the catalog nor in use.
func (e *Engine) State(versionID string) (augur.EngineState, bool) {
	if l := (*e.lanes.Load())[versionID]; l != nil {
		return l.state(), true
	}
	if e.inCatalog(versionID) {
		return augur.EngineState{VersionID: versionID}, true
	}
	return augur.EngineState{}, false
}

func (l *lane) state() augur.EngineState {
	state := augur.EngineState{VersionID: l.v.ID, Breaker: l.breaker.state()}
	l.batcher.tell(&state)
	l.series.tell(&state.Cache)
	s := l.slot
	s.mu.Lock()
	defer s.mu.Unlock()
	state.Loaded, state.LoadTime = s.session != nil || s.before != nil, s.took
	if s.err != nil {
		state.LoadError = augur.AsError(s.err).Message
	}
	return state
}
