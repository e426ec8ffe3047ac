package rollout

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"augur"
)

var began = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// states draws a state that a rollout of the plan can be in.
func states(t *rapid.T, p *augur.Plan) augur.RolloutState {
	s := augur.RolloutState{
		Status: rapid.SampledFrom(append(augur.RolloutStatuses(), augur.RolloutRunning, augur.RolloutRunning, augur.RolloutRunning)).Draw(t, "status"),
		Step:   rapid.IntRange(0, len(p.Steps)-1).Draw(t, "step"),
		Since:  began,
	}
	switch s.Status {
	case augur.RolloutPaused:
		s.Pause = rapid.SampledFrom(augur.PauseReasons()).Draw(t, "pause")
	case augur.RolloutCompleted:
		s.Promoted = rapid.SampledFrom([]string{"", p.Arms[1].Name}).Draw(t, "promoted")
	}
	if rapid.Bool().Draw(t, "resumed") {
		s.Quiet = began.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "resumed at")) * time.Minute)
	}
	return s
}

// figures draws what was measured, from nothing and unknown to a lot.
func figures(t *rapid.T, p *augur.Plan, now time.Time) augur.Figures {
	f := augur.Figures{From: began.Add(time.Duration(rapid.SampledFrom([]int{-1, 0, 0, 0, 5}).Draw(t, "from")) * time.Second)}
	f.To = now.Add(-rapid.SampledFrom([]time.Duration{0, 0, 0, MaxAge, MaxAge + 1}).Draw(t, "age"))
	for range p.Arms {
		n := rapid.SampledFrom([]int64{-1, 0, 99, 100, 1_000, 1_000, 100_000, 100_000, 100_000, 100_000}).Draw(t, "requests")
		a := augur.ArmFigures{Requests: n, Errors: max(-1, n*rapid.SampledFrom([]int64{0, 0, 0, 1, 2, 100}).Draw(t, "errors")/100), Subjects: n}
		a.Compared, a.Agreed = n, n-a.Errors
		if n > 0 {
			a.Latency = level(min(n, 2_000), rapid.SampledFrom([]float64{0, 10, 10, 20, 100}).Draw(t, "latency"))
			a.Outcomes = map[string]augur.Moments{"sold": {Count: n, Mean: rapid.SampledFrom([]float64{0, 0.5, 1}).Draw(t, "sold"), Variance: 0.25}}
		}
		f.Arms = append(f.Arms, a)
	}
	return f
}

// TestNextHolds draws plans, states, times and figures, and checks what holds of
// every decision.
func TestNextHolds(t *testing.T) {
	moves := map[augur.RolloutMove]int{}
	rapid.Check(t, func(t *rapid.T) {
		p := plans(t)
		for range 20 {
			s := states(t, p)
			now := began.Add(time.Duration(rapid.IntRange(-1, 36*60).Draw(t, "now")) * time.Minute)
			moves[holds(t, p, s, now, figures(t, p, now))]++
		}
	})
	if len(moves) != len(augur.RolloutMoves()) {
		t.Errorf("not every move was drawn: %v", moves)
	}
}

// holds makes one decision and checks it. It returns the move.
func holds(t *rapid.T, p *augur.Plan, s augur.RolloutState, now time.Time, f augur.Figures) augur.RolloutMove {
	d, err := Next(p, s, now, f)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := Next(p, s, now, f); err != nil || cmp.Diff(d, again) != "" {
		t.Fatalf("not the same again: %v", cmp.Diff(d, again))
	}
	verdicts := map[augur.Verdict]int{}
	for _, e := range d.Evidence {
		verdicts[e.Verdict]++
		sound(t, &e)
	}
	if s.Status.Over() && (d.Move != augur.MoveHold || d.State != s || d.Evidence != nil) {
		t.Fatalf("what is over moved: %+v", d)
	}
	if verdicts[augur.VerdictFail] > 0 && d.Move != augur.MoveRollBack {
		t.Fatalf("a gate failed: %+v", d)
	}
	quiet := verdicts[augur.VerdictNotEnough] > 0
	if d.Move == augur.MoveRollBack && verdicts[augur.VerdictFail] == 0 && !(quiet && p.Quiet == augur.MoveRollBack) {
		t.Fatalf("rolled back without a cause: %+v", d)
	}
	blind := verdicts[augur.VerdictUnknown] > 0 || d.SampleRatio != nil && d.SampleRatio.Verdict == augur.VerdictFail
	early := now.Before(s.Since.Add(time.Duration(p.Steps[s.Step].Duration)))
	if d.Move == augur.MoveAdvance || d.Move == augur.MoveComplete {
		if s.Status != augur.RolloutRunning || blind || early || p.Steps[s.Step].Approval || p.Kind == augur.RolloutExperiment || quiet && p.Quiet != augur.MoveAdvance {
			t.Fatalf("went forward: %+v", d)
		}
	}
	consistent(t, p, s, d, now)
	// Once more with what came of it, at the same time: nothing moves.
	if after, err := Next(p, d.State, now, f); err != nil || after.State != d.State || after.Move != augur.MoveHold {
		t.Fatalf("%v: %+v, then %+v", err, d, after)
	}
	if _, err := json.Marshal(d); err != nil { // no figure is NaN
		t.Fatal(err)
	}
	return d.Move
}

// consistent holds a decision's state against its move.
func consistent(t *rapid.T, p *augur.Plan, s augur.RolloutState, d Decision, now time.Time) {
	want := s
	switch d.Move {
	case augur.MoveHold:
	case augur.MoveAdvance:
		want = augur.RolloutState{Status: augur.RolloutRunning, Step: s.Step + 1, Since: now}
	case augur.MovePause:
		want.Status, want.Pause = augur.RolloutPaused, d.State.Pause
		if d.State.Pause == "" || s.Status != augur.RolloutRunning {
			t.Fatalf("%+v", d)
		}
	case augur.MoveRollBack:
		want.Status, want.Pause = augur.RolloutRolledBack, ""
	case augur.MoveComplete:
		want.Status, want.Step, want.Since, want.Quiet = augur.RolloutCompleted, d.State.Step, d.State.Since, d.State.Quiet
		if want.Promoted = ""; p.Kind == augur.RolloutCanary {
			want.Promoted = "candidate"
		}
		if d.State.Step != len(p.Steps)-1 {
			t.Fatalf("%+v", d)
		}
	default:
		t.Fatalf("%+v", d)
	}
	if d.State != want || d.Why == "" {
		t.Fatalf("%s: %s", d.Move, cmp.Diff(want, d.State))
	}
	before, after := split(t, p, s).Weights(), split(t, p, d.State).Weights()
	for i := range before {
		if d.Move == augur.MoveHold || d.Move == augur.MovePause {
			if before[i] != after[i] {
				t.Fatalf("%s changed weights: %v to %v", d.Move, before, after)
			}
		}
	}
	if d.Move == augur.MoveRollBack && after[0] != Buckets {
		t.Fatalf("rolled back to %v", after)
	}
}

// sound holds one piece of evidence against itself.
func sound(t *rapid.T, e *augur.Evidence) {
	r := &e.Reading
	if r.Low != nil && *r.Low > *r.Figure || r.High != nil && *r.High < *r.Figure {
		t.Fatalf("%+v: the interval has no figure", e)
	}
	enough := r.CandidateCount >= e.Gate.MinRequests && (!e.Gate.Relative() || r.BaselineCount >= e.Gate.MinRequests)
	switch e.Verdict {
	case augur.VerdictPass:
		if !enough || beyond(&e.Gate, r.Figure) {
			t.Fatalf("%+v passed", e)
		}
	case augur.VerdictFail:
		if !enough || !beyond(&e.Gate, r.Figure) {
			t.Fatalf("%+v failed", e)
		}
	case augur.VerdictNotEnough, augur.VerdictUnknown:
	default:
		t.Fatalf("%+v", e)
	}
}

// TestActHolds does anything to a rollout in any state.
func TestActHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := plans(t)
		s := states(t, p)
		arm := rapid.SampledFrom([]string{"", "", p.Arms[1].Name, augur.Baseline, "x"}).Draw(t, "arm")
		action := rapid.SampledFrom(append(augur.RolloutActions(), "X")).Draw(t, "action")
		now := began.Add(time.Hour)
		got, err := Act(p, s, action, arm, now)
		if err != nil {
			if code := augur.CodeOf(err); got != s || code != augur.FailedPrecondition && code != augur.InvalidArgument {
				t.Fatalf("%v: %+v", err, got)
			}
			return
		}
		split(t, p, got)
		want := map[augur.RolloutAction][]augur.RolloutStatus{
			augur.ActionPause:   {augur.RolloutPaused},
			augur.ActionResume:  {augur.RolloutRunning},
			augur.ActionApprove: {augur.RolloutRunning, augur.RolloutCompleted},
			augur.ActionPromote: {augur.RolloutCompleted},
			augur.ActionAbort:   {augur.RolloutRolledBack},
		}[action]
		if s.Status.Over() || len(want) == 0 || got.Status != want[0] && got.Status != want[len(want)-1] || (got.Pause != "") != (got.Status == augur.RolloutPaused) {
			t.Fatalf("%s of %+v gives %+v", action, s, got)
		}
		if action == augur.ActionPromote && (got.Promoted == "" || got.Promoted == augur.Baseline) || got.Promoted != "" && got.Status != augur.RolloutCompleted {
			t.Fatalf("%s of %+v gives %+v", action, s, got)
		}
	})
}

// TestNextRefuses what does not fit together.
func TestNextRefuses(t *testing.T) {
	p := canary(1_000, Buckets)
	running := Start(p, began)
	for _, c := range []struct {
		state augur.RolloutState
		arms  int
	}{{running, 1}, {running, 3}, {augur.RolloutState{Status: augur.RolloutRunning, Step: 2}, 2}, {augur.RolloutState{Status: "GONE"}, 2}} {
		if _, err := Next(p, c.state, began, augur.Figures{Arms: make([]augur.ArmFigures, c.arms)}); augur.CodeOf(err) != augur.FailedPrecondition {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if _, err := Next(&augur.Plan{}, running, began, augur.Figures{}); augur.CodeOf(err) != augur.FailedPrecondition {
		t.Errorf("a plan of nothing: %v", err)
	}
}

// TestEvidenceJSON holds the names under which evidence is stored.
func TestEvidenceJSON(t *testing.T) {
	p := canary(1_000, Buckets)
	f := augur.Figures{From: began, To: began.Add(time.Minute), Arms: []augur.ArmFigures{{Requests: 900, Errors: 9}, {Requests: 100, Errors: 2}}}
	d, err := Next(p, Start(p, began), began.Add(time.Minute), f)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(d.Evidence)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"arm":"candidate","gate":{"measure":"ERROR_RATE","compare":"DIFFERENCE","bound":"AT_MOST","limit":0.01,"minRequests":100,"confidence":0.95},"verdict":"PASS","why":"error rate of candidate is 0.02 over 100, against 0.01 over 900 of the baseline: difference 0.01, at most 0.01",` +
		`"reading":{"candidate":0.02,"baseline":0.01,"figure":0.01,"low":-0.007009400079461702,"high":0.06023498575515764,"confidence":0.95,"candidateCount":100,"baselineCount":900},"from":"2026-11-23T09:00:00Z","to":"2026-11-23T09:01:00Z"}]`
	if string(got) != want {
		t.Errorf("%s", got)
	}
	var back []augur.Evidence
	if err := json.Unmarshal(got, &back); err != nil || cmp.Diff(d.Evidence, back) != "" {
		t.Errorf("%v, %s", err, cmp.Diff(d.Evidence, back))
	}
	state, err := json.Marshal(augur.RolloutState{Status: augur.RolloutPaused, Step: 1, Since: began, Pause: augur.PauseQuiet})
	if want := `{"status":"PAUSED","step":1,"since":"2026-11-23T09:00:00Z","pause":"QUIET"}`; err != nil || string(state) != want {
		t.Errorf("%v, %s", err, state)
	}
}

// TestFigureOverExactly is on the right side of a limit that it is equal to.
func TestFigureOverExactly(t *testing.T) {
	g := augur.Gate{Measure: augur.MeasureErrors, Compare: augur.CompareDifference, Limit: 0.01, Confidence: augur.FigureAlone}.WithDefaults()
	a, b := augur.ArmFigures{Requests: 100, Errors: 7}, augur.ArmFigures{Requests: 100, Errors: 6}
	r, known := read(g.Measure, "", g.Compare, &a, &b, 0.95)
	if *r.Figure <= 0.01 {
		t.Fatalf("%v shows nothing", *r.Figure)
	}
	e := augur.Evidence{Gate: g, Reading: r}
	if v, why := verdict(&e, known, augur.RolloutState{}, e.To); v != augur.VerdictPass {
		t.Errorf("%s: %s", v, why)
	}
}

func BenchmarkNext(b *testing.B) {
	p := augur.Plan{Kind: augur.RolloutExperiment, Salt: "s", Arms: []augur.Arm{{VersionID: "a"}, {VersionID: "b"}, {VersionID: "c"}}, Gates: []augur.Gate{
		{Measure: augur.MeasureErrors, Compare: augur.CompareDifference, Limit: 0.01},
		{Measure: augur.MeasureOutcome, Outcome: "sold", Compare: augur.CompareDifference, Bound: augur.AtLeast, Limit: -1},
	}}.WithDefaults()
	f := augur.Figures{From: began, To: began}
	for range p.Arms {
		f.Arms = append(f.Arms, augur.ArmFigures{Requests: 1_000, Errors: 10, Subjects: 500, Outcomes: map[string]augur.Moments{"sold": {Count: 900, Mean: 1, Variance: 2}}})
	}
	s := Start(&p, began)
	for b.Loop() {
		if _, err := Next(&p, s, began, f); err != nil {
			b.Fatal(err)
		}
	}
}
