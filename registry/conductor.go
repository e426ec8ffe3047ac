package registry

import (
	"context"
	"slices"
	"time"

	"augur"
	"augur/ent"
	"augur/rollout"
)

// conductorLease is the name of the conductor's lease.
const conductorLease = "conductor"

const (
	// evidenceEvery is how often the row of a rollout that stays as it is gets
	// the newest evidence.
	evidenceEvery = 2 * time.Second
	// verdictEvery bounds how often verdicts that come and go make an entry in
	// the history of a rollout that stays as it is.
	verdictEvery = 30 * time.Second
	// outcomesEvery is how often rollouts are decided about whose figures are
	// read from the log.
	outcomesEvery = 5 * time.Second
)

// conductor moves the rollouts that go on. Every server has one, and the one
// that holds the lease decides. While nothing goes on it touches no database.
type conductor struct {
	r     *Registry
	lease leaseholder
	// told is what was last written of each rollout. It is used by one goroutine.
	told map[string]*told
}

// told is what was last written of one rollout.
type told struct {
	verdicts []augur.Verdict
	verdict  time.Time // of the last entry for verdicts
	evidence time.Time // of the last evidence in the row
	asked    time.Time
}

// conduct decides until ctx is done.
func (r *Registry) conduct(ctx context.Context) {
	c := &conductor{r: r, told: map[string]*told{}, lease: leaseholder{name: conductorLease, replica: r.rollups.replica, lost: leaseLost}}
	ctx = augur.WithPrincipal(ctx, augur.System())
	tick := time.NewTicker(r.cfg.ConductInterval)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			c.leave(ctx)
			return
		case <-tick.C:
		}
		err := c.tick(ctx)
		if ctx.Err() != nil {
			continue
		}
		if failing != (err != nil) { // one line when it begins, one when it ends
			if failing = err != nil; failing {
				r.log.WarnContext(ctx, "rollouts cannot be decided about; they stay as they are", "err", err)
			} else {
				r.log.InfoContext(ctx, "rollouts can be decided about again")
			}
		}
	}
}

// leave gives the lease back as the server stops. Where that fails others take
// it after a while.
func (c *conductor) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = c.lease.release(ctx, c.r)
}

// tick decides about every rollout once.
func (c *conductor) tick(ctx context.Context) error {
	live := c.r.catalog.Rollouts()
	if len(live) == 0 {
		clear(c.told)
		return nil
	}
	if leads, err := c.lease.hold(ctx, c.r); !leads || err != nil {
		return err
	}
	var failed error
	for _, l := range live {
		err := c.decide(ctx, l)
		if augur.CodeOf(err) == augur.Aborted {
			err = nil // somebody else moved it: the next tick sees that
		}
		if err != nil && failed == nil {
			failed = err
		}
	}
	return failed
}

// decide asks the gates of a rollout and does what they say.
func (c *conductor) decide(ctx context.Context, l *augur.LiveRollout) error {
	at := now()
	t := c.told[l.ID]
	if t == nil {
		t = &told{}
		c.told[l.ID] = t
	}
	if (l.Plan.Kind == augur.RolloutExperiment || wantsOutcomes(l.Plan)) && at.Sub(t.asked) < outcomesEvery {
		return nil
	}
	t.asked = at
	f, err := c.r.rolloutFigures(ctx, l.ID, l.ModelID, l.Plan, l.State.Since)
	if err != nil {
		return err
	}
	d, err := rollout.Next(l.Plan, l.State, at, f)
	if err != nil {
		return err
	}
	if d.Move != augur.MoveHold {
		*t = told{}
		return c.r.moveBy(ctx, l, d)
	}
	verdicts := verdictsOf(d)
	news := !slices.Equal(verdicts, t.verdicts) && at.Sub(t.verdict) >= verdictEvery
	if !news && at.Sub(t.evidence) < evidenceEvery {
		return nil
	}
	if err := c.r.tell(ctx, l, d, news); err != nil {
		return err
	}
	if t.evidence = at; news {
		t.verdicts, t.verdict = verdicts, at
	}
	return nil
}

// verdictsOf are the verdicts of a decision, in order.
func verdictsOf(d rollout.Decision) []augur.Verdict {
	var out []augur.Verdict
	for i := range d.Evidence {
		out = append(out, d.Evidence[i].Verdict)
	}
	if d.SampleRatio != nil {
		out = append(out, d.SampleRatio.Verdict)
	}
	return out
}

// conducted are the entries of the history that the conductor's moves make, and
// their names in the audit trail.
var conducted = map[augur.RolloutMove]struct {
	act    augur.RolloutAct
	action string
}{
	augur.MoveAdvance:  {augur.ActAdvanced, "rolloutAdvance"},
	augur.MovePause:    {augur.ActPaused, "rolloutPause"},
	augur.MoveRollBack: {augur.ActRolledBack, "rolloutRollBack"},
	augur.MoveComplete: {augur.ActCompleted, "rolloutComplete"},
}

// moveBy makes the move of a decision, unless the rollout has been moved since
// the state that was decided about; the error is Aborted then.
func (r *Registry) moveBy(ctx context.Context, l *augur.LiveRollout, d rollout.Decision) error {
	return r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		m, row, err := lockRollout(ctx, tx, l.ID)
		if err != nil {
			return nil, err
		}
		if StateOf(row) != l.State {
			return nil, augur.Errorf(augur.Aborted, "the rollout was changed meanwhile")
		}
		move := conducted[d.Move]
		return moveRollout(ctx, tx, m, row, move.action, event{act: move.act, why: d.Why, state: d.State, evidence: d.Evidence, sampleRatio: d.SampleRatio})
	})
}

// tell gives the row of a rollout that stays as it is the newest evidence, and
// its history an entry when the verdicts are news.
func (r *Registry) tell(ctx context.Context, l *augur.LiveRollout, d rollout.Decision, news bool) error {
	return r.store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		_, row, err := lockRollout(ctx, tx, l.ID)
		if err != nil || StateOf(row) != l.State {
			return err
		}
		update := tx.Rollout.UpdateOne(row).SetEvidence(d.Evidence).SetWhy(d.Why).SetDecidedAt(now())
		if d.SampleRatio != nil {
			update.SetSampleRatio(d.SampleRatio)
		}
		if err := update.Exec(ctx); err != nil || !news || len(verdictsOf(d)) == 0 {
			return err
		}
		e := event{act: augur.ActVerdict, why: d.Why, state: l.State, evidence: d.Evidence, sampleRatio: d.SampleRatio}
		return e.write(ctx, tx, row.ModelID, row.ID)
	})
}
