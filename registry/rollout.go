package registry

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"augur"
	"augur/ent"
	"augur/ent/model"
	"augur/ent/modelversion"
	entrollout "augur/ent/rollout"
	"augur/rollout"
)

// RolloutStart begins a rollout.
type RolloutStart struct {
	// Model is the model's name. Its live version is the baseline.
	Model string
	Kind  augur.RolloutKind
	// Candidates are the other arms, in order.
	Candidates []RolloutCandidate
	// BaselineWeight is the baseline's share of an experiment, in basis points.
	BaselineWeight int
	// Plan holds the rest: steps, gates, subject, grace, quiet and tolerance. Its
	// kind, arms and salt are not looked at.
	Plan   augur.Plan
	Reason string
}

// RolloutCandidate is an arm that is not the baseline.
type RolloutCandidate struct {
	// Version is a version, an alias or latest.
	Version string
	// Name and Weight are those of augur.Arm.
	Name   string
	Weight int
}

// RolloutChange is what a person does to a rollout.
type RolloutChange struct {
	ID     string
	Action augur.RolloutAction
	// Arm is the arm to promote; "" means the only candidate.
	Arm string
	// IfRevision refuses the change when the rollout has another revision.
	IfRevision *int
	Reason     string
}

// RolloutStart loads the candidates and begins a rollout, and returns its id.
// The error is InvalidArgument for a plan that makes no sense, NotFound, or
// FailedPrecondition when a rollout of the model goes on already, the model has
// no live version, or a candidate cannot be loaded or does not accept what the
// baseline accepts.
func (r *Registry) RolloutStart(ctx context.Context, in RolloutStart) (id string, err error) {
	if err := checkText(in.Reason, maxReason, "reason"); err != nil {
		return "", err
	}
	if err := r.warmCandidates(ctx, in); err != nil {
		return "", err
	}
	err = r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		m, err := r.modelByName(ctx, tx, in.Model)
		if err != nil {
			return nil, err
		}
		if err := noRollout(ctx, tx, m, "model"); err != nil {
			return nil, err
		}
		id = augur.NewID(augur.RolloutID)
		plan, err := planOf(ctx, tx, m, &in, id)
		if err != nil {
			return nil, err
		}
		return startRollout(ctx, tx, m, plan, &in)
	})
	return id, err
}

// warmCandidates loads the versions that are about to get traffic. What is
// wrong with the input is for the write to say.
func (r *Registry) warmCandidates(ctx context.Context, in RolloutStart) error {
	if r.warmer == nil {
		return nil
	}
	for i, c := range in.Candidates {
		v := r.catalog.find(ctx, in.Model, c.Version)
		if v == nil || c.Version == "" {
			continue
		}
		if err := r.warmer.Warm(ctx, []*augur.CatalogVersion{v}); err != nil {
			return augur.Wrap(augur.FailedPrecondition, err, "version %s cannot be loaded: %s", v.Version, augur.AsError(err).Message).At("candidates", strconv.Itoa(i), "version")
		}
	}
	return nil
}

// planOf makes the plan of a rollout of that id, with its versions checked. The
// caller holds the model's lock.
func planOf(ctx context.Context, tx *ent.Tx, m *ent.Model, in *RolloutStart, id string) (*augur.Plan, error) {
	live, err := findAlias(ctx, tx, m, augur.Live)
	if err != nil {
		return nil, err
	}
	if live == nil || live.Edges.Version == nil {
		return nil, augur.Errorf(augur.FailedPrecondition, "model %q has no live version to be the baseline: set the alias live first", m.Name).At("model")
	}
	baseline := live.Edges.Version
	plan := in.Plan
	plan.Kind, plan.Salt = in.Kind, id
	plan.Arms = []augur.Arm{{Name: augur.Baseline, VersionID: baseline.ID, Weight: in.BaselineWeight}}
	for i, c := range in.Candidates {
		at := func(err error) error { return augur.AsError(err).At("candidates", strconv.Itoa(i)) }
		v, err := versionByRef(ctx, tx, m, c.Version)
		if err != nil {
			return nil, at(err)
		}
		if v.ID == baseline.ID {
			return nil, at(augur.Errorf(augur.InvalidArgument, "version %s is live already", v.Version).At("version"))
		}
		if err := accepts(v.Signature, baseline.Signature); err != nil {
			return nil, at(augur.Errorf(augur.FailedPrecondition, "version %s cannot take over requests of the live version %s: %s", v.Version, baseline.Version, augur.AsError(err).Message).At("version"))
		}
		plan.Arms = append(plan.Arms, augur.Arm{Name: c.Name, VersionID: v.ID, Weight: c.Weight})
	}
	plan = plan.WithDefaults()
	if err := plan.Validate(); err != nil {
		return nil, inputPaths(err)
	}
	return &plan, nil
}

// inputPaths gives the errors of a plan the paths of RolloutStart: the first arm
// is the baseline, and the others are the candidates.
func inputPaths(err error) error {
	var list augur.Errors
	if !errors.As(err, &list) {
		return err
	}
	out := make(augur.Errors, len(list))
	for i, e := range list {
		moved := *e
		if f := e.Field; len(f) > 0 && f[0] == "arms" {
			moved.Field = []string{"candidates"}
			if len(f) > 1 {
				if n, _ := strconv.Atoi(f[1]); n == 0 {
					moved.Field = []string{"baselineWeight"}
				} else {
					moved.Field = append([]string{"candidates", strconv.Itoa(n - 1)}, f[2:]...)
				}
			}
			if last := len(moved.Field) - 1; moved.Field[last] == "versionId" {
				moved.Field[last] = "version"
			}
		}
		out[i] = &moved
	}
	return out
}

// noRollout refuses with FailedPrecondition while a rollout of a model goes on.
func noRollout(ctx context.Context, tx *ent.Tx, m *ent.Model, field string) error {
	row, err := tx.Rollout.Query().Where(entrollout.ModelID(m.ID), entrollout.EndedAtIsNil()).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil
	case err != nil:
		return err
	}
	return augur.Errorf(augur.FailedPrecondition, "a rollout of %q goes on (%s): promote or abort it first", m.Name, row.ID).At(field)
}

// startRollout writes a rollout whose plan is valid, with its first event.
func startRollout(ctx context.Context, tx *ent.Tx, m *ent.Model, plan *augur.Plan, in *RolloutStart) (*change, error) {
	at := now()
	state := rollout.Start(plan, at)
	create := tx.Rollout.Create().SetID(plan.Salt).SetModelID(m.ID).SetKind(plan.Kind).SetPlan(plan).
		SetStatus(state.Status).SetStep(state.Step).SetSince(state.Since).SetPromoted(state.Promoted).
		SetPrincipal(augur.PrincipalFrom(ctx).Name).SetReason(in.Reason)
	if state.Status.Over() {
		create.SetEndedAt(at)
	}
	if err := create.Exec(ctx); err != nil {
		return nil, err
	}
	act := event{act: augur.ActStarted, why: in.Reason, state: state}
	if err := act.write(ctx, tx, m.ID, plan.Salt); err != nil {
		return nil, err
	}
	if err := promote(ctx, tx, m, plan, plan.Salt, state); err != nil {
		return nil, err
	}
	arms := make([]map[string]any, len(plan.Arms))
	for i, a := range plan.Arms {
		arms[i] = map[string]any{"name": a.Name, "versionId": a.VersionID}
	}
	return &change{action: "rolloutStart", subject: plan.Salt, model: m.Name, catalog: true, after: map[string]any{"kind": plan.Kind, "arms": arms, "status": state.Status}}, nil
}

// promote points live at the arm that a state names, if it does. The caller
// holds the model's lock.
func promote(ctx context.Context, tx *ent.Tx, m *ent.Model, plan *augur.Plan, id string, state augur.RolloutState) error {
	if state.Promoted == "" {
		return nil
	}
	v, err := tx.ModelVersion.Query().Where(readyVersion(m), modelversion.ID(plan.Arms[plan.Arm(state.Promoted)].VersionID)).Only(ctx)
	if ent.IsNotFound(err) {
		return augur.Errorf(augur.FailedPrecondition, "the version of the arm %q is deleted", state.Promoted).At("arm")
	}
	if err != nil {
		return err
	}
	was, err := findAlias(ctx, tx, m, augur.Live)
	if err != nil || was != nil && was.VersionID == v.ID {
		return err
	}
	_, err = pointAlias(ctx, tx, m, was, augur.Live, v, "promoted by the rollout "+id)
	return err
}

// StateOf is the state of a rollout as it stands in the record.
func StateOf(row *ent.Rollout) augur.RolloutState {
	s := augur.RolloutState{Status: row.Status, Step: row.Step, Since: row.Since.UTC(), Promoted: row.Promoted}
	if row.QuietSince != nil {
		s.Quiet = row.QuietSince.UTC()
	}
	if row.Pause != nil {
		s.Pause = *row.Pause
	}
	return s
}

// WeightsOf are the shares of a rollout's arms now, in basis points; of a
// shadow's candidate the share that it gets copies of.
func WeightsOf(row *ent.Rollout) ([]int, error) {
	split, err := rollout.NewSplit(row.Plan, StateOf(row))
	if err != nil {
		return nil, err
	}
	return split.Weights(), nil
}

// lockRollout finds a rollout and its model, and keeps others from changing
// them until the transaction ends. The error is NotFound at ["id"].
func lockRollout(ctx context.Context, tx *ent.Tx, id string) (*ent.Model, *ent.Rollout, error) {
	row, err := tx.Rollout.Query().Where(entrollout.ID(id)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil, augur.Errorf(augur.NotFound, "no rollout with the id %q", id).At("id")
	}
	if err != nil {
		return nil, nil, err
	}
	m, err := lockModel(ctx, tx, model.ID(row.ModelID))
	if err != nil {
		return nil, nil, err
	}
	row, err = tx.Rollout.Query().Where(entrollout.ID(id), locked).Only(ctx)
	return m, row, err
}

// acts are the entries of the history that people's actions make.
var acts = map[augur.RolloutAction]augur.RolloutAct{
	augur.ActionPause: augur.ActPaused, augur.ActionResume: augur.ActResumed, augur.ActionApprove: augur.ActApproved,
	augur.ActionPromote: augur.ActPromoted, augur.ActionAbort: augur.ActAborted,
}

// mutations are the names of people's actions in the audit trail.
var mutations = map[augur.RolloutAction]string{
	augur.ActionPause: "rolloutPause", augur.ActionResume: "rolloutResume", augur.ActionApprove: "rolloutApprove",
	augur.ActionPromote: "rolloutPromote", augur.ActionAbort: "rolloutAbort",
}

// RolloutChange does what a person wants. Pausing twice, and resuming what
// runs, changes nothing. Promotion moves the alias live in the same transaction.
// The error is NotFound, InvalidArgument, FailedPrecondition when the state does
// not allow it or the version to promote cannot be loaded, or Aborted when the
// revision is another.
func (r *Registry) RolloutChange(ctx context.Context, in RolloutChange) error {
	if err := checkText(in.Reason, maxReason, "reason"); err != nil {
		return err
	}
	if err := r.warmPromoted(ctx, in); err != nil {
		return err
	}
	return r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		m, row, err := lockRollout(ctx, tx, in.ID)
		if err == nil {
			err = checkRevision(in.IfRevision, row.Revision)
		}
		if err != nil {
			return nil, err
		}
		before := StateOf(row)
		after, err := rollout.Act(row.Plan, before, in.Action, in.Arm, now())
		if err != nil {
			return nil, err
		}
		return moveRollout(ctx, tx, m, row, mutations[in.Action], event{act: acts[in.Action], why: in.Reason, state: after})
	})
}

// warmPromoted loads the version that is about to become live.
func (r *Registry) warmPromoted(ctx context.Context, in RolloutChange) error {
	if r.warmer == nil || in.Action != augur.ActionPromote {
		return nil
	}
	at := slices.IndexFunc(r.catalog.Rollouts(), func(l *augur.LiveRollout) bool { return l.ID == in.ID })
	if at < 0 {
		return nil
	}
	live := r.catalog.Rollouts()[at]
	arm := 1
	if in.Arm != "" {
		arm = live.Plan.Arm(in.Arm)
	}
	if arm < 1 {
		return nil
	}
	v := live.Versions[arm]
	if err := r.warmer.Warm(ctx, []*augur.CatalogVersion{v}); err != nil {
		return augur.Wrap(augur.FailedPrecondition, err, "version %s cannot be loaded: %s", v.Version, augur.AsError(err).Message).At("arm")
	}
	return nil
}

// event is one entry of a rollout's history, and the state after it.
type event struct {
	act         augur.RolloutAct
	why         string
	state       augur.RolloutState
	evidence    []augur.Evidence
	sampleRatio *augur.SampleRatio
}

func (e *event) write(ctx context.Context, tx *ent.Tx, modelID, rolloutID string) error {
	create := tx.RolloutEvent.Create().SetModelID(modelID).SetRolloutID(rolloutID).SetAct(e.act).
		SetPrincipal(augur.PrincipalFrom(ctx).Name).SetWhy(e.why).SetStep(e.state.Step).SetStatus(e.state.Status)
	if e.evidence != nil {
		create.SetEvidence(e.evidence)
	}
	if e.sampleRatio != nil {
		create.SetSampleRatio(e.sampleRatio)
	}
	return create.Exec(ctx)
}

// moveRollout gives a rollout the state of an event: the row, its history, and
// where the state names an arm the alias live. It returns nil when the state is
// the same. The caller holds the locks.
func moveRollout(ctx context.Context, tx *ent.Tx, m *ent.Model, row *ent.Rollout, action string, e event) (*change, error) {
	before, after := StateOf(row), e.state
	if before == after {
		return nil, nil
	}
	update := tx.Rollout.UpdateOne(row).AddRevision(1).SetStatus(after.Status).SetStep(after.Step).SetSince(after.Since).
		SetPromoted(after.Promoted).SetWhy(e.why)
	if after.Quiet.IsZero() {
		update.ClearQuietSince()
	} else {
		update.SetQuietSince(after.Quiet)
	}
	if after.Pause == "" {
		update.ClearPause()
	} else {
		update.SetPause(after.Pause)
	}
	if e.evidence != nil {
		update.SetEvidence(e.evidence).SetDecidedAt(now())
	}
	if e.sampleRatio != nil {
		update.SetSampleRatio(e.sampleRatio)
	}
	if after.Status.Over() {
		update.SetEndedAt(now())
	}
	if err := update.Exec(ctx); err != nil {
		return nil, err
	}
	if err := e.write(ctx, tx, row.ModelID, row.ID); err != nil {
		return nil, err
	}
	if err := promote(ctx, tx, m, row.Plan, row.ID, after); err != nil {
		return nil, err
	}
	told := func(s augur.RolloutState) map[string]any {
		return map[string]any{"status": s.Status, "step": s.Step, "promoted": s.Promoted}
	}
	return &change{action: action, subject: row.ID, model: m.Name, catalog: true, before: told(before), after: told(after)}, nil
}

// RolloutTrip rolls a rollout back because a server found that an arm fails,
// and returns whether it did: not when it is over already. It is
// inference.Rollouts'.
func (r *Registry) RolloutTrip(ctx context.Context, id, why string, evidence []augur.Evidence) (tripped bool, err error) {
	ctx = augur.WithPrincipal(ctx, augur.System())
	err = r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		tripped = false
		m, row, err := lockRollout(ctx, tx, id)
		if augur.CodeOf(err) == augur.NotFound {
			return nil, nil
		}
		if err != nil || row.Status.Over() {
			return nil, err
		}
		state, err := rollout.Act(row.Plan, StateOf(row), augur.ActionAbort, "", now())
		if err != nil {
			return nil, err
		}
		tripped = true
		return moveRollout(ctx, tx, m, row, "rolloutRollBack", event{act: augur.ActRolledBack, why: why, state: state, evidence: evidence})
	})
	return tripped, err
}
