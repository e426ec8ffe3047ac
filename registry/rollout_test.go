package registry

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/aliasevent"
	"augur/ent/auditevent"
	"augur/ent/rolloutevent"
	"augur/internal/storetest"
	"augur/store"
)

// arms is a registry with the model road-risk: 1.0.0 is live, 1.1.0 and 1.2.0
// accept the same, and 2.0.0 wants more.
func arms(t *testing.T, cfg store.Config) (r *Registry, ids map[string]string) {
	t.Helper()
	r = newRegistryWith(t, cfg, proberFunc(twoKinds))
	create(t, r, "road-risk")
	ids = map[string]string{}
	for _, v := range []struct{ version, content string }{{"1.0.0", "one"}, {"1.1.0", "two"}, {"1.2.0", "three"}, {"2.0.0", "more"}} {
		ids[v.version] = register(t, r, "road-risk", v.version, v.content)
	}
	return r, ids
}

// canary begins a rollout of a version.
func canary(t *testing.T, r *Registry, version string, plan augur.Plan) string {
	t.Helper()
	id, err := r.RolloutStart(asAnna(t), RolloutStart{Model: "road-risk", Kind: augur.RolloutCanary, Candidates: []RolloutCandidate{{Version: version}}, Plan: plan, Reason: "better"})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (r *Registry) rolloutRow(t *testing.T, id string) *ent.Rollout {
	t.Helper()
	return r.store.Reader().Rollout.GetX(asAnna(t), id)
}

// history lists the acts of a rollout.
func (r *Registry) history(t *testing.T, id string) []augur.RolloutAct {
	t.Helper()
	var acts []augur.RolloutAct
	for _, e := range r.store.Reader().RolloutEvent.Query().Where(rolloutevent.RolloutID(id)).Order(ent.Asc(rolloutevent.FieldID)).AllX(asAnna(t)) {
		acts = append(acts, e.Act)
	}
	return acts
}

func (r *Registry) liveVersion(t *testing.T) string {
	t.Helper()
	v, _, err := r.Catalog().Resolve(asAnna(t), "road-risk", "")
	if err != nil {
		t.Fatal(err)
	}
	return v.Version
}

// slow is a plan that waits for people.
var slow = augur.Plan{Steps: []augur.Step{{Weight: 1000, Approval: true}, {Weight: 10_000}}, Gates: []augur.Gate{}}

func TestRolloutStart(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r, ids := arms(t, cfg)
		ctx := asAnna(t)
		refused := func(in RolloutStart, code augur.Code, text string, field ...string) {
			t.Helper()
			if in.Model == "" {
				in.Model = "road-risk"
			}
			if in.Kind == "" {
				in.Kind = augur.RolloutCanary
			}
			_, err := r.RolloutStart(ctx, in)
			wantError(t, err, code, field...)
			if err == nil || !strings.Contains(err.Error(), text) {
				t.Errorf("%v, want %s", err, text)
			}
		}
		to := func(version string) []RolloutCandidate { return []RolloutCandidate{{Version: version}} }
		refused(RolloutStart{Model: "rail-risk", Candidates: to("1.1.0")}, augur.NotFound, "did you mean road-risk", "model")
		refused(RolloutStart{Candidates: to("9.0.0")}, augur.NotFound, "no version 9.0.0", "candidates", "0", "version")
		refused(RolloutStart{Candidates: to("1.0.0")}, augur.InvalidArgument, "live already", "candidates", "0", "version")
		refused(RolloutStart{Candidates: to("2.0.0")}, augur.FailedPrecondition, `requires the input "weather"`, "candidates", "0", "version")
		refused(RolloutStart{}, augur.InvalidArgument, "1 arms")
		refused(RolloutStart{Candidates: to("1.1.0"), Kind: "BLUE"}, augur.InvalidArgument, "BLUE")
		refused(RolloutStart{Candidates: to("1.1.0"), Plan: augur.Plan{Steps: []augur.Step{{Weight: 5, Duration: 1}}}}, augur.InvalidArgument, "the last step")
		refused(RolloutStart{
			Kind: augur.RolloutExperiment, BaselineWeight: 5000, Candidates: []RolloutCandidate{{Version: "1.1.0", Weight: 5000}, {Version: "1.1.0", Name: "again", Weight: 1}},
		}, augur.InvalidArgument, "another arm already", "candidates", "1", "version")

		// The defaults of a plan stand in the record.
		row := r.rolloutRow(t, canary(t, r, "1.1.0", augur.Plan{}))
		if len(row.Plan.Steps) != 3 || len(row.Plan.Gates) != 1 || row.Plan.Arms[0].VersionID != ids["1.0.0"] || row.Plan.Arms[1].Name != "candidate" {
			t.Errorf("%+v", row.Plan)
		}
	})
}

func TestRolloutByHand(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r, ids := arms(t, cfg)
		ctx := asAnna(t)
		if got := r.Catalog().Rollouts(); len(got) != 0 {
			t.Fatal(got)
		}
		id := canary(t, r, "1.1.0", slow)
		live := r.Catalog().Rollouts()
		if len(live) != 1 || live[0].ID != id || live[0].Plan.Salt != id || len(live[0].Versions) != 2 ||
			live[0].Versions[0].ID != ids["1.0.0"] || live[0].Versions[1].ID != ids["1.1.0"] || live[0].State.Status != augur.RolloutRunning {
			t.Fatalf("%+v", live)
		}

		// While it goes on, nobody else moves what it moves.
		_, err := r.RolloutStart(ctx, RolloutStart{Model: "road-risk", Kind: augur.RolloutCanary, Candidates: []RolloutCandidate{{Version: "1.2.0"}}})
		wantError(t, err, augur.FailedPrecondition, "model")
		_, err = r.AliasSet(ctx, AliasSet{Model: "road-risk", Alias: "live", Version: "1.2.0"})
		wantError(t, err, augur.FailedPrecondition, "alias")
		_, err = r.AliasRemove(ctx, AliasRemove{Model: "road-risk", Alias: "live"})
		wantError(t, err, augur.FailedPrecondition, "alias")
		wantError(t, r.VersionDelete(ctx, ids["1.1.0"]), augur.FailedPrecondition, "id")
		if _, err := r.AliasSet(ctx, AliasSet{Model: "road-risk", Alias: "champion", Version: "1.2.0"}); err != nil {
			t.Error(err)
		}

		act := func(action augur.RolloutAction) error {
			return r.RolloutChange(ctx, RolloutChange{ID: id, Action: action})
		}
		one := 1
		for range 2 { // the second time changes nothing
			if err := act(augur.ActionPause); err != nil {
				t.Fatal(err)
			}
		}
		wantError(t, r.RolloutChange(ctx, RolloutChange{ID: id, Action: augur.ActionAbort, IfRevision: &one}), augur.Aborted, "ifRevision")
		if got := r.Catalog().Rollouts()[0]; got.State.Pause != augur.PausePerson || got.Plan != live[0].Plan {
			t.Errorf("%+v", got)
		}
		if err := act(augur.ActionResume); err != nil {
			t.Fatal(err)
		}
		wantError(t, r.RolloutChange(ctx, RolloutChange{ID: id, Action: augur.ActionPromote, Arm: "baseline"}), augur.InvalidArgument, "arm")
		wantError(t, r.RolloutChange(ctx, RolloutChange{ID: "rol_none", Action: augur.ActionPromote}), augur.NotFound, "id")
		if got := r.liveVersion(t); got != "1.0.0" {
			t.Errorf("live is %s before the promotion", got)
		}
		if err := act(augur.ActionPromote); err != nil {
			t.Fatal(err)
		}
		if got := r.liveVersion(t); got != "1.1.0" || len(r.Catalog().Rollouts()) != 0 {
			t.Errorf("live is %s after it, rollouts %v", got, r.Catalog().Rollouts())
		}
		wantError(t, act(augur.ActionAbort), augur.FailedPrecondition)
		row := r.rolloutRow(t, id)
		if row.EndedAt == nil || row.Promoted != "candidate" || row.Status != augur.RolloutCompleted || row.Revision != 4 || row.Principal != "anna" || row.Reason != "better" {
			t.Errorf("%+v", row)
		}
		if got, want := r.history(t, id), []augur.RolloutAct{augur.ActStarted, augur.ActPaused, augur.ActResumed, augur.ActPromoted}; !slices.Equal(got, want) {
			t.Errorf("history %v, want %v", got, want)
		}
		audited := r.store.Reader().AuditEvent.Query().Where(auditevent.SubjectID(id)).Order(ent.Asc(auditevent.FieldID)).Select(auditevent.FieldAction).StringsX(ctx)
		if want := []string{"rolloutStart", "rolloutPause", "rolloutResume", "rolloutPromote"}; !slices.Equal(audited, want) {
			t.Errorf("audit %v, want %v", audited, want)
		}
		move := r.store.Reader().AliasEvent.Query().Where(aliasevent.Name("live"), aliasevent.VersionID(ids["1.1.0"])).OnlyX(ctx)
		if !strings.Contains(move.Reason, id) || move.Principal != "anna" {
			t.Errorf("%+v", move)
		}

		// The next one is rolled back: live stays.
		next := canary(t, r, "1.2.0", slow)
		if err := r.RolloutChange(ctx, RolloutChange{ID: next, Action: augur.ActionAbort, Reason: "no"}); err != nil {
			t.Fatal(err)
		}
		if got := r.liveVersion(t); got != "1.1.0" {
			t.Errorf("live is %s after an abort", got)
		}
	})
}

// count gives a rollout figures as a server would.
func (r *Registry) count(t *testing.T, id, arm string, requests, errors int64) {
	t.Helper()
	row := r.rolloutRow(t, id)
	f := augur.RolloutFigures{RolloutID: id, Since: row.Since.UTC(), Arm: arm, Requests: requests, Errors: errors}
	for range requests {
		f.Latency.Add(time.Millisecond)
	}
	if err := r.LogRollouts(t.Context(), []augur.RolloutFigures{f}, nil); err != nil {
		t.Fatal(err)
	}
}

// await waits until a rollout has a status.
func (r *Registry) await(t *testing.T, id string, status augur.RolloutStatus) *ent.Rollout {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		row := r.rolloutRow(t, id)
		if row.Status == status {
			return row
		}
		if time.Now().After(deadline) {
			t.Fatalf("it is %s (%s), want %s", row.Status, row.Why, status)
		}
	}
}

// awaitLive waits until predictions go to a version: the catalog follows the
// record a moment later.
func (r *Registry) awaitLive(t *testing.T, version string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); r.liveVersion(t) != version; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("live is %s, want %s", r.liveVersion(t), version)
		}
	}
}

func TestConductor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r, _ := arms(t, cfg)

		// A gate that fails rolls back, with its evidence.
		id := canary(t, r, "1.1.0", augur.Plan{Steps: []augur.Step{{Weight: 1000, Duration: augur.Duration(time.Hour)}, {Weight: 10_000}}})
		r.count(t, id, "baseline", 9000, 0)
		r.count(t, id, "candidate", 1000, 300)
		row := r.await(t, id, augur.RolloutRolledBack)
		if len(row.Evidence) != 1 || row.Evidence[0].Verdict != augur.VerdictFail || row.Evidence[0].Reading.CandidateCount != 1000 || !strings.Contains(row.Why, "error rate") {
			t.Errorf("%s: %+v", row.Why, row.Evidence)
		}
		events := r.store.Reader().RolloutEvent.Query().Where(rolloutevent.RolloutID(id), rolloutevent.ActEQ(augur.ActRolledBack)).OnlyX(asAnna(t))
		if events.Principal != "system" || len(events.Evidence) != 1 {
			t.Errorf("%+v", events)
		}
		if got := r.liveVersion(t); got != "1.0.0" {
			t.Errorf("live is %s", got)
		}

		// Gates that pass let it go on to the promotion.
		short := augur.Duration(50 * time.Millisecond)
		id = canary(t, r, "1.1.0", augur.Plan{Steps: []augur.Step{{Weight: 1000, Duration: short}, {Weight: 10_000}}})
		r.count(t, id, "baseline", 9000, 9)
		r.count(t, id, "candidate", 1000, 1)
		row = r.await(t, id, augur.RolloutCompleted)
		if row.Promoted != "candidate" {
			t.Errorf("%+v", row)
		}
		r.awaitLive(t, "1.1.0")

		// Too few requests hold; the grace period over, a person is asked.
		id = canary(t, r, "1.2.0", augur.Plan{Steps: []augur.Step{{Weight: 1000, Duration: short}, {Weight: 10_000}}, Grace: short})
		if row := r.await(t, id, augur.RolloutPaused); *row.Pause != augur.PauseQuiet {
			t.Errorf("%+v", row)
		}
		// A gate that fails then rolls back all the same.
		r.count(t, id, "baseline", 9000, 0)
		r.count(t, id, "candidate", 1000, 900)
		r.await(t, id, augur.RolloutRolledBack)
	})
}

func TestRolloutTrip(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r, _ := arms(t, cfg)
		id := canary(t, r, "1.1.0", slow)
		trip := func() bool {
			t.Helper()
			done, err := r.RolloutTrip(context.Background(), id, "the breaker opened", nil)
			if err != nil {
				t.Fatal(err)
			}
			return done
		}
		if !trip() || trip() {
			t.Error("it should be rolled back once")
		}
		row := r.rolloutRow(t, id)
		if row.Status != augur.RolloutRolledBack || row.Why != "the breaker opened" || row.EndedAt == nil {
			t.Errorf("%+v", row)
		}
	})
}

// TestLease: of several servers one holds the lease; another takes it when the
// first lets go, and when its beat stands still.
func TestLease(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		a := &leaseholder{name: "test", replica: "rep_a", lost: 50 * time.Millisecond}
		b := &leaseholder{name: "test", replica: "rep_b", lost: 50 * time.Millisecond}
		hold := func(l *leaseholder) bool {
			t.Helper()
			l.at = time.Time{} // it is time to look again
			holds, err := l.hold(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			return holds
		}
		if !hold(a) || hold(b) || !hold(a) {
			t.Fatal("the first should hold it")
		}
		if err := a.release(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if !hold(b) || hold(a) {
			t.Fatal("the second should hold it after the first let go")
		}
		for deadline := time.Now().Add(10 * time.Second); !hold(a); time.Sleep(5 * time.Millisecond) { // b is dead
			if time.Now().After(deadline) {
				t.Fatal("nobody took over from a dead server")
			}
		}
		if hold(b) {
			t.Error("it came back and took the lease from who holds it")
		}
	})
}
