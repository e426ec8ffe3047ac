package rollout

import (
	"time"

	"augur"
)

// Start is the state in which the rollout of a valid plan begins.
func Start(p *augur.Plan, now time.Time) augur.RolloutState {
	s := augur.RolloutState{Status: augur.RolloutRunning, Since: now}
	if promotes(p, 0) { // a canary of one step without duration is a promotion
		return completed(p, s)
	}
	return s
}

// fits says why a state is not one of the plan's: FailedPrecondition, or nil.
func fits(p *augur.Plan, s augur.RolloutState) error {
	switch s.Status {
	case augur.RolloutRunning, augur.RolloutPaused, augur.RolloutCompleted, augur.RolloutRolledBack:
	default:
		return augur.Errorf(augur.FailedPrecondition, "status %q: expected one of %v", s.Status, augur.RolloutStatuses())
	}
	switch {
	case len(p.Arms) < 2 || len(p.Arms) > augur.MaxArms:
		return augur.Errorf(augur.FailedPrecondition, "the plan has %d arms", len(p.Arms))
	case s.Step < 0 || s.Step >= len(p.Steps):
		return augur.Errorf(augur.FailedPrecondition, "step %d: the plan has %d steps", s.Step, len(p.Steps))
	case s.Promoted != "" && p.Arm(s.Promoted) < 0:
		return augur.Errorf(augur.FailedPrecondition, "promoted %q: the plan has no such arm", s.Promoted)
	}
	return nil
}

// Act is what a person does to a rollout at a time. arm names the arm to
// promote; "" means the only candidate, and other actions take none.
//
// Pausing twice, and resuming what runs, changes nothing. What else does not
// fit the state is FailedPrecondition, and an unknown action or arm
// InvalidArgument.
func Act(p *augur.Plan, s augur.RolloutState, action augur.RolloutAction, arm string, now time.Time) (augur.RolloutState, error) {
	if err := fits(p, s); err != nil {
		return s, err
	}
	if arm != "" && action != augur.ActionPromote {
		return s, augur.Errorf(augur.InvalidArgument, "arm %q: only PROMOTE takes one", arm).At("arm")
	}
	if s.Status.Over() {
		return s, augur.Errorf(augur.FailedPrecondition, "the rollout is over (%s)", s.Status)
	}
	switch action {
	case augur.ActionPause:
		if s.Status == augur.RolloutRunning {
			s.Status, s.Pause = augur.RolloutPaused, augur.PausePerson
		}
		return s, nil
	case augur.ActionResume:
		return resume(s, now)
	case augur.ActionApprove:
		if p.Kind == augur.RolloutExperiment {
			return s, augur.Errorf(augur.FailedPrecondition, "an experiment has no next step: promote an arm, or abort")
		}
		return advance(p, s, now), nil
	case augur.ActionPromote:
		at := p.Arm(arm)
		switch {
		case arm == "" && len(p.Arms) == 2:
			at = 1
		case arm == "":
			return s, augur.Errorf(augur.InvalidArgument, "expected the name of the arm to promote, since there are %d", len(p.Arms)).At("arm")
		case at < 0:
			return s, augur.Errorf(augur.InvalidArgument, "arm %q: the rollout has none of that name", arm).At("arm")
		case at == 0:
			return s, augur.Errorf(augur.InvalidArgument, "arm %q is live already: abort the rollout to stay with it", arm).At("arm")
		}
		s.Status, s.Pause, s.Promoted = augur.RolloutCompleted, "", p.Arms[at].Name
		return s, nil
	case augur.ActionAbort:
		return rolledBack(s), nil
	default:
		return s, augur.Errorf(augur.InvalidArgument, "action %q: expected one of %v", action, augur.RolloutActions()).At("action")
	}
}

// resume lets a paused rollout go on. A pause stops the steps and nothing else,
// so time and figures of the step count on, except after a sample ratio that
// was wrong: those figures mean nothing, and the step begins anew.
func resume(s augur.RolloutState, now time.Time) (augur.RolloutState, error) {
	if s.Status == augur.RolloutRunning {
		return s, nil
	}
	switch s.Pause {
	case augur.PauseApproval:
		return s, augur.Errorf(augur.FailedPrecondition, "the rollout waits for approval of its next step: approve, promote or abort")
	case augur.PauseDecision:
		return s, augur.Errorf(augur.FailedPrecondition, "the experiment has run its time: promote an arm, or abort")
	case augur.PauseQuiet:
		s.Quiet = now
	case augur.PauseSampleRatio:
		s.Since, s.Quiet = now, time.Time{}
	}
	s.Status, s.Pause = augur.RolloutRunning, ""
	return s, nil
}

// promotes says whether reaching a step is the promotion itself: the last of a
// canary, without anything to wait for.
func promotes(p *augur.Plan, step int) bool {
	last := p.Steps[step]
	return p.Kind == augur.RolloutCanary && step == len(p.Steps)-1 && last.Duration == 0 && !last.Approval
}

// advance begins the step after s.Step, or completes the rollout after the last.
func advance(p *augur.Plan, s augur.RolloutState, now time.Time) augur.RolloutState {
	if s.Step+1 == len(p.Steps) {
		return completed(p, s)
	}
	s = augur.RolloutState{Status: augur.RolloutRunning, Step: s.Step + 1, Since: now}
	if promotes(p, s.Step) {
		return completed(p, s)
	}
	return s
}

// completed is the end of a rollout that reached it by itself.
func completed(p *augur.Plan, s augur.RolloutState) augur.RolloutState {
	s.Status, s.Pause = augur.RolloutCompleted, ""
	if p.Kind == augur.RolloutCanary {
		s.Promoted = p.Arms[1].Name
	}
	return s
}

func rolledBack(s augur.RolloutState) augur.RolloutState {
	s.Status, s.Pause, s.Promoted = augur.RolloutRolledBack, "", ""
	return s
}
