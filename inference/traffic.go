package inference

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync/atomic"
	"time"

	"augur"
	"augur/rollout"
)

// traffic is one step of a rollout that goes on, as this server sees it.
type traffic struct {
	live *augur.LiveRollout
	// split says who gets which arm. It is replaced when an arm is ready, and
	// when one is taken out; a swap of this pointer is all that a rollback takes.
	split atomic.Pointer[rollout.Split]
	// ready are the arms whose versions are loaded here; the others take no
	// requests yet. out are those that were taken out since they failed.
	ready, out []atomic.Bool
	// alike says of each arm that its inputs are the baseline's, so that tensors
	// made for one are right for the other.
	alike []bool
	// counts are by arm. They are shared with the traffic before it while the
	// step is the same, and so are exposures.
	counts    []*armCount
	exposures *exposures
	routes    []augur.Route // of each arm, without the reason
}

// newTraffic makes the traffic of a rollout from the one before it of the same
// model, which may be nil. The error is FailedPrecondition for a state that is
// not one of the plan's.
func newTraffic(live *augur.LiveRollout, old *traffic) (*traffic, error) {
	n := len(live.Plan.Arms)
	t := &traffic{live: live, ready: make([]atomic.Bool, n), out: make([]atomic.Bool, n), alike: make([]bool, n)}
	if old != nil && old.live.ID != live.ID {
		old = nil
	}
	if old != nil && old.live.State.Step == live.State.Step && old.live.State.Since.Equal(live.State.Since) {
		t.counts, t.exposures = old.counts, old.exposures
	} else {
		t.exposures = &exposures{}
		for range n {
			t.counts = append(t.counts, newArmCount())
		}
	}
	for i, arm := range live.Plan.Arms {
		t.routes = append(t.routes, augur.Route{Reason: augur.RouteRollout, Ref: augur.Live, Rollout: live.ID, Arm: arm.Name})
		t.alike[i] = reflect.DeepEqual(live.Versions[i].Signature.Inputs, live.Versions[0].Signature.Inputs)
		t.ready[i].Store(i == 0 || old != nil && old.ready[i].Load() && old.live.Versions[i].Digest == live.Versions[i].Digest)
		t.out[i].Store(old != nil && old.out[i].Load())
	}
	return t, t.resplit()
}

// resplit makes the split anew, without the arms that are out or not ready.
func (t *traffic) resplit() error {
	split, err := rollout.NewSplit(t.live.Plan, t.live.State)
	if err != nil {
		return err
	}
	for i := 1; i < len(t.ready); i++ {
		if t.out[i].Load() || !t.ready[i].Load() {
			split = split.Without(i)
		}
	}
	t.split.Store(split)
	return nil
}

// choice is the arm that answers a request, or the version that would without a
// rollout.
type choice struct {
	lane  *lane
	route augur.Route
	in    encoded
	// traffic is nil where the request takes part in no rollout.
	traffic     *traffic
	arm, shadow int
}

// choose says which arm of a rollout answers a request that was resolved to l.
// A request that names a version or an alias other than live takes part in none.
func (e *Engine) choose(ctx context.Context, l *lane, route augur.Route, req *augur.Request, in encoded, outputs []string) choice {
	c := choice{lane: l, route: route, in: in}
	if route.Ref != augur.Live {
		return c
	}
	t := (*e.rollouts.traffics.Load())[l.v.ModelID]
	if t == nil || t.live.Versions[0].ID != l.v.ID {
		return c
	}
	subject := subjectOf(ctx, t.live.Plan.Subject, req)
	a := rollout.Assign(t.split.Load(), subject, rand.Uint64)
	c.traffic, c.shadow = t, a.Shadow
	if a.Arm != 0 && !c.moveTo(e, a.Arm, req, outputs) {
		a.Arm, a.Reason = 0, augur.ArmOut
	}
	c.route = t.routes[a.Arm]
	c.route.ArmReason = a.Reason
	if t.live.Plan.Kind == augur.RolloutExperiment && a.Reason == augur.ArmSubject {
		sum := sha256.Sum256([]byte(t.live.Plan.Salt + ":" + subject))
		t.exposures.add(binary.BigEndian.Uint64(sum[8:]), a.Arm)
	}
	return c
}

// moveTo gives the request to an arm, with the input as that one takes it. It
// reports false when the arm cannot take it, as when a file changed under a
// rollout; the registry starts none in which that could be.
func (c *choice) moveTo(e *Engine, arm int, req *augur.Request, outputs []string) bool {
	l, err := e.laneFor(c.traffic.live.Versions[arm])
	if err != nil {
		return false
	}
	in := c.in
	if !c.traffic.alike[arm] {
		moved, ok := l.codec.carry(in)
		if !ok {
			moved, ok = l.codec.again(req, in, l.policy)
		}
		if !ok {
			return false
		}
		in = moved
	}
	if slices.ContainsFunc(outputs, func(name string) bool { _, has := l.codec.byOutput[name]; return !has }) {
		return false
	}
	c.lane, c.in, c.arm = l, in, arm
	return true
}

// back gives the request to the baseline, which takes it as it was validated.
func (c *choice) back(l *lane, in encoded) {
	c.lane, c.in, c.arm = l, in, 0
	c.route = c.traffic.routes[0]
	c.route.ArmReason = augur.ArmOut
}

// done counts what became of the request. Answers from a cache say nothing about
// a version, and neither do mistakes of callers.
func (c *choice) done(e *Engine, resp *augur.Response, err error, took time.Duration) {
	t := c.traffic
	if err != nil && !augur.CodeOf(err).Fault() || resp != nil && (resp.Cache == augur.CacheMemory || resp.Cache == augur.CacheShared) {
		return
	}
	t.counts[c.arm].add(took, err != nil, t.live.Plan.Kind != augur.RolloutShadow)
	if err != nil && c.arm != 0 {
		e.rollouts.failed(t, c.arm, c.lane)
	}
}

// subjectOf is who a request is for, "" when nobody is known. Everybody who
// calls without authentication is one principal, which is nobody.
func subjectOf(ctx context.Context, source augur.SubjectSource, req *augur.Request) string {
	switch source {
	case augur.SubjectNone:
		return ""
	case augur.SubjectPrincipal:
		if p := augur.PrincipalFrom(ctx); p != nil && p.Name != augur.Anonymous().Name {
			return p.Name
		}
		return ""
	default:
		return req.Subject
	}
}
