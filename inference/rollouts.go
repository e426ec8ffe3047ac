package inference

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"augur"
	"augur/rollout"
)

// Rollouts keeps what the engine counts of rollouts, and ends one whose arm
// fails. Its methods are called from one goroutine and return soon after ctx is
// done.
type Rollouts interface {
	// LogRollouts keeps figures of this server over those that it kept of the
	// same arms and steps before, and subjects, each once. After an error the
	// same call may be made again.
	LogRollouts(ctx context.Context, figures []augur.RolloutFigures, subjects []augur.RolloutSubject) error
	// RolloutTrip rolls a rollout back, and returns whether it did: not when it
	// is over. evidence may be nil.
	RolloutTrip(ctx context.Context, id, why string, evidence []augur.Evidence) (bool, error)
}

const (
	// countsEvery is how often counts are written while a rollout goes on: the
	// gates see them as much later at most.
	countsEvery = 500 * time.Millisecond
	// guardEvery is after how many failures of an arm its error rate is judged
	// here, without waiting for the others' figures.
	guardEvery = 5
)

// rollouts are the rollouts that go on, as this server sees them.
type rollouts struct {
	to  Rollouts // nil where nobody keeps what is counted
	log *slog.Logger

	traffics atomic.Pointer[map[string]*traffic] // by model id; never changed, replaced whole
	shadows  shadows

	wake    chan struct{}
	running sync.WaitGroup
	cancel  context.CancelFunc

	mu sync.Mutex // held while traffics is replaced; guards what follows
	// trips are what is to be told to the record, and ended the traffics whose
	// last counts are to be written.
	trips []trip
	ended []*traffic
}

// trip is an arm that was taken out.
type trip struct {
	traffic  *traffic
	arm      int
	why      string
	evidence []augur.Evidence
}

func (r *rollouts) init(deps Deps, m *metrics) {
	r.to, r.log, r.wake = deps.Rollouts, deps.Logger, make(chan struct{}, 1)
	r.traffics.Store(&map[string]*traffic{})
	r.shadows.init(m)
}

// start begins to write counts.
func (r *rollouts) start(e *Engine) {
	ctx, cancel := context.WithCancel(augur.WithPrincipal(context.Background(), augur.System()))
	r.cancel = cancel
	r.running.Go(func() { r.keep(ctx) })
	r.running.Go(func() { r.shadows.run(ctx, e) })
}

// stop writes the last counts and ends.
func (r *rollouts) stop() {
	if r.cancel != nil {
		r.cancel()
		r.running.Wait()
	}
}

func (r *rollouts) poke() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// RolloutsChanged follows the rollouts of the catalog. Call it when
// Catalog.Rollouts may have changed.
func (e *Engine) RolloutsChanged() {
	r := &e.rollouts
	r.mu.Lock()
	defer r.mu.Unlock()
	old := *r.traffics.Load()
	next := map[string]*traffic{}
	for _, live := range e.deps.Catalog.Rollouts() {
		if t := old[live.ModelID]; t != nil && t.live == live {
			next[live.ModelID] = t
			continue
		}
		t, err := newTraffic(live, old[live.ModelID])
		if err != nil { // the registry is wrong; the baseline answers
			r.log.Error("a rollout makes no sense", "rollout", live.ID, "error", err)
			continue
		}
		next[live.ModelID] = t
		r.running.Go(func() { e.warmArms(t) })
	}
	for model, t := range old {
		if n := next[model]; n == nil || n.exposures != t.exposures {
			r.ended = append(r.ended, t)
		}
	}
	r.traffics.Store(&next)
	r.poke()
}

// warmArms loads the versions of arms that are not ready, and then lets
// requests to them.
func (e *Engine) warmArms(t *traffic) {
	ctx := augur.WithPrincipal(context.Background(), augur.System())
	for i := 1; i < len(t.ready); i++ {
		if t.ready[i].Load() {
			continue
		}
		v := t.live.Versions[i]
		if err := e.Warm(ctx, []*augur.CatalogVersion{v}); err != nil {
			if e.started.Load() {
				e.rollouts.takeOut(t, i, fmt.Sprintf("version %s of the arm %q cannot be loaded: %s", v.Version, t.live.Plan.Arms[i].Name, augur.AsError(err).Message), nil)
			}
			continue
		}
		e.rollouts.mu.Lock()
		t.ready[i].Store(true)
		_ = t.resplit() // the same plan and state as before
		e.rollouts.mu.Unlock()
	}
}

// takeOut lets an arm get no more requests, here and now, and has the record
// roll the rollout back.
func (r *rollouts) takeOut(t *traffic, arm int, why string, evidence []augur.Evidence) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if t.out[arm].Swap(true) {
		return
	}
	_ = t.resplit() // the same plan and state as before
	if now := (*r.traffics.Load())[t.live.ModelID]; now != nil && now != t && now.live.ID == t.live.ID {
		now.out[arm].Store(true) // a step began meanwhile
		_ = now.resplit()
	}
	r.trips = append(r.trips, trip{t, arm, why, evidence})
	r.log.Warn("an arm of a rollout failed and takes no more requests", "rollout", t.live.ID, "arm", t.live.Plan.Arms[arm].Name, "why", why)
	r.poke()
}

// failed looks at an arm that has just failed: a breaker that opened takes it
// out, and so does an error rate that fails a gate by this server's own figures.
func (r *rollouts) failed(t *traffic, arm int, l *lane) {
	if l.breaker != nil && l.breaker.left.Load() {
		r.takeOut(t, arm, "the circuit breaker of the arm \""+t.live.Plan.Arms[arm].Name+"\" opened: "+l.breaker.state().LastError, nil)
		return
	}
	if t.counts[arm].read().Errors%guardEvery == 0 {
		if why, evidence := t.guard(time.Now().UTC()); why != "" {
			r.takeOut(t, arm, why, evidence)
		}
	}
}

// refused takes an arm out that is left alone after failures.
func (r *rollouts) refused(c *choice, err error) {
	r.takeOut(c.traffic, c.arm, "the arm \""+c.route.Arm+"\" is left alone: "+augur.AsError(err).Message, nil)
}

// guard judges the error rates of a step by this server's figures alone. why is
// "" unless one fails.
func (t *traffic) guard(now time.Time) (why string, evidence []augur.Evidence) {
	plan := *t.live.Plan
	plan.Gates = nil
	for _, g := range t.live.Plan.Gates {
		if g.Measure == augur.MeasureErrors {
			plan.Gates = append(plan.Gates, g)
		}
	}
	if len(plan.Gates) == 0 {
		return "", nil
	}
	f := augur.Figures{From: t.live.State.Since, To: now}
	for _, c := range t.counts {
		n := c.read()
		f.Arms = append(f.Arms, augur.ArmFigures{Requests: n.Requests, Errors: n.Errors, Latency: &n.Latency, Subjects: -1})
	}
	d, err := rollout.Next(&plan, t.live.State, now, f)
	if err != nil || d.Move != augur.MoveRollBack {
		return "", nil
	}
	return d.Why, d.Evidence
}

// keep writes counts and tells of trips until ctx is done. While no rollout
// goes on it sleeps.
func (r *rollouts) keep(ctx context.Context) {
	failing := false
	last := map[*armCount]int64{} // what was written of each, as a sum that only grows
	for {
		var tick <-chan time.Time
		r.mu.Lock()
		if len(*r.traffics.Load()) > 0 || len(r.trips) > 0 || len(r.ended) > 0 {
			tick = time.After(countsEvery)
		} else {
			clear(last)
		}
		r.mu.Unlock()
		ends := false
		select {
		case <-ctx.Done():
			ends = true
		case <-r.wake:
		case <-tick:
		}
		call, cancel := context.WithTimeout(context.WithoutCancel(ctx), sinkTimeout)
		err := r.tell(call)
		if e := r.write(call, last); err == nil {
			err = e
		}
		cancel()
		if failing != (err != nil) { // one line when it begins, one when it ends
			if failing = err != nil; failing {
				r.log.Warn("what rollouts count cannot be written; it is kept for now", "error", err)
			} else {
				r.log.Info("what rollouts count can be written again")
			}
		}
		if ends {
			return
		}
	}
}

// tell has the record roll back what was taken out here. What fails is tried
// again at the next turn.
func (r *rollouts) tell(ctx context.Context) error {
	r.mu.Lock()
	trips := r.trips
	r.trips = nil
	r.mu.Unlock()
	if r.to == nil {
		return nil
	}
	for i, t := range trips {
		if _, err := r.to.RolloutTrip(ctx, t.traffic.live.ID, t.why, t.evidence); err != nil {
			r.mu.Lock()
			r.trips = append(trips[i:], r.trips...)
			r.mu.Unlock()
			return err
		}
	}
	return nil
}

// write gives the record what has changed since last.
func (r *rollouts) write(ctx context.Context, last map[*armCount]int64) error {
	if r.to == nil {
		return nil
	}
	r.mu.Lock()
	all := r.ended
	r.ended = nil
	r.mu.Unlock()
	ended := len(all)
	for _, t := range *r.traffics.Load() {
		all = append(all, t)
	}
	var figures []augur.RolloutFigures
	var subjects []augur.RolloutSubject
	written := map[*armCount]int64{}
	taken := map[*exposures][]exposure{}
	for _, t := range all {
		id, since := t.live.ID, t.live.State.Since
		for i, c := range t.counts {
			f := c.read()
			if sum := f.Requests + f.Compared + f.Dropped; sum != last[c] {
				written[c] = sum
				f.RolloutID, f.Since, f.Arm = id, since, t.live.Plan.Arms[i].Name
				figures = append(figures, f)
			}
		}
		fresh := t.exposures.take()
		taken[t.exposures] = append(taken[t.exposures], fresh...)
		for _, x := range fresh {
			subjects = append(subjects, augur.RolloutSubject{RolloutID: id, Since: since, Arm: t.live.Plan.Arms[x.arm].Name, Subject: x.subject})
		}
	}
	if len(figures)+len(subjects) == 0 {
		return nil
	}
	if err := r.to.LogRollouts(ctx, figures, subjects); err != nil {
		for x, fresh := range taken {
			x.giveBack(fresh)
		}
		r.mu.Lock()
		r.ended = append(all[:ended:ended], r.ended...)
		r.mu.Unlock()
		return err
	}
	for c, sum := range written {
		last[c] = sum
	}
	return nil
}
