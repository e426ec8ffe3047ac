package rollout

import (
	"fmt"
	"time"

	"augur"
)

// Decision is what happens to a rollout at one moment.
type Decision struct {
	Move augur.RolloutMove
	// State is the state after the move.
	State augur.RolloutState
	// Why is a sentence for a person.
	Why string
	// Evidence has the verdict of every gate on every arm but the baseline, in
	// the order of the plan's gates. Gates relative to the baseline are not
	// asked in a step that leaves it no traffic: there is nothing to compare.
	Evidence []augur.Evidence
	// SampleRatio is the check of an experiment's shares, nil for other kinds.
	SampleRatio *augur.SampleRatio
}

// MaxAge is how old figures may be. Older ones say nothing of now, and gates
// that rest on them are UNKNOWN.
const MaxAge = time.Minute

// Next decides about a rollout. f holds what was measured of its arms since the
// step began, up to about now: figures that begin before State.Since do not
// count, and with figures whose end is older than MaxAge gates are UNKNOWN. A
// read that failed once is better repeated than passed on as unknown.
//
// In this order:
//   - a rollout that is over holds;
//   - a gate that fails rolls back, also while paused;
//   - a paused rollout holds otherwise;
//   - a gate that is unknown, or a wrong sample ratio, pauses;
//   - until the step's duration is over, it holds;
//   - a step with approval then pauses for it, whatever its gates say but FAIL;
//   - a gate without enough requests holds for Plan.Grace, then does Plan.Quiet;
//   - the next step begins; after the last a canary completes in favour of its
//     candidate, a shadow completes in nobody's, and an experiment pauses for a
//     person to decide.
//
// It fails with FailedPrecondition when plan, state and figures do not fit. The
// same arguments give the same decision.
func Next(p *augur.Plan, s augur.RolloutState, now time.Time, f augur.Figures) (Decision, error) {
	if err := fits(p, s); err != nil {
		return Decision{}, err
	}
	if s.Status.Over() {
		return Decision{Move: augur.MoveHold, State: s, Why: fmt.Sprintf("the rollout is over (%s)", s.Status)}, nil
	}
	if len(f.Arms) != len(p.Arms) {
		return Decision{}, augur.Errorf(augur.FailedPrecondition, "figures of %d arms: the plan has %d", len(f.Arms), len(p.Arms))
	}
	d := Decision{State: s, Evidence: judge(p, s, now, f)}
	if p.Kind == augur.RolloutExperiment {
		d.SampleRatio = sampleRatio(p, s, now, f)
	}
	step := p.Steps[s.Step]
	failed, unknown, quiet := d.first(augur.VerdictFail), d.first(augur.VerdictUnknown), d.first(augur.VerdictNotEnough)
	due := s.Since.Add(time.Duration(step.Duration))
	switch {
	case failed != nil:
		return d.rollBack("%s", failed.Why), nil
	case s.Status == augur.RolloutPaused:
		return d.hold("paused: %s", s.Pause), nil
	case unknown != nil:
		return d.pause(augur.PauseUnknown, "%s", unknown.Why), nil
	case d.SampleRatio != nil && d.SampleRatio.Verdict == augur.VerdictFail:
		return d.pause(augur.PauseSampleRatio, "%s", d.SampleRatio.Why), nil
	case now.Before(due):
		return d.hold("step %d of %d lasts %s more", s.Step+1, len(p.Steps), due.Sub(now).Round(time.Second)), nil
	case step.Approval:
		return d.pause(augur.PauseApproval, "step %d of %d is over and waits for approval", s.Step+1, len(p.Steps)), nil
	case quiet != nil:
		return d.quiet(p, now, due, quiet.Why), nil
	default:
		return d.forward(p, now, "every gate passed"), nil
	}
}

// first returns the first evidence with a verdict, nil for none.
func (d *Decision) first(v augur.Verdict) *augur.Evidence {
	for i := range d.Evidence {
		if d.Evidence[i].Verdict == v {
			return &d.Evidence[i]
		}
	}
	return nil
}

// quiet decides about a step that is over and has too few requests.
func (d Decision) quiet(p *augur.Plan, now, due time.Time, why string) Decision {
	if d.State.Quiet.After(due) {
		due = d.State.Quiet
	}
	if until := due.Add(time.Duration(p.Grace)); now.Before(until) {
		return d.hold("%s; waiting %s more", why, until.Sub(now).Round(time.Second))
	}
	switch p.Quiet {
	case augur.MoveAdvance:
		return d.forward(p, now, why+"; the plan goes on after "+p.Grace.String())
	case augur.MoveRollBack:
		return d.rollBack("%s, %s after the step should have ended", why, p.Grace)
	case augur.MoveHold:
		return d.hold("%s", why)
	default:
		return d.pause(augur.PauseQuiet, "%s, %s after the step should have ended", why, p.Grace)
	}
}

// forward begins the next step, or ends the rollout.
func (d Decision) forward(p *augur.Plan, now time.Time, why string) Decision {
	if p.Kind == augur.RolloutExperiment {
		return d.pause(augur.PauseDecision, "the experiment has run its time: promote an arm, or abort")
	}
	d.State = advance(p, d.State, now)
	d.Move, d.Why = augur.MoveAdvance, why
	if d.State.Status == augur.RolloutCompleted {
		d.Move = augur.MoveComplete
	}
	return d
}

func (d Decision) hold(format string, args ...any) Decision {
	d.Move, d.Why = augur.MoveHold, fmt.Sprintf(format, args...)
	return d
}

func (d Decision) pause(reason augur.PauseReason, format string, args ...any) Decision {
	d.Move, d.Why = augur.MovePause, fmt.Sprintf(format, args...)
	d.State.Status, d.State.Pause = augur.RolloutPaused, reason
	return d
}

func (d Decision) rollBack(format string, args ...any) Decision {
	d.Move, d.Why = augur.MoveRollBack, fmt.Sprintf(format, args...)
	d.State = rolledBack(d.State)
	return d
}
