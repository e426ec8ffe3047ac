package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/rolloutcount"
	"augur/store"

	"entgo.io/ent/dialect/sql"
)

// subjectsAtOnce bounds the subjects of one transaction.
const subjectsAtOnce = 500

// LogRollouts keeps what this server has counted of arms, over what it kept of
// the same arms and steps before, and the subjects that they answered, each
// once. A call may be made again. It is inference.Rollouts'.
func (r *Registry) LogRollouts(ctx context.Context, figures []augur.RolloutFigures, subjects []augur.RolloutSubject) error {
	err := r.store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		creates := make([]*ent.RolloutCountCreate, len(figures))
		for i := range figures {
			f := &figures[i]
			since := f.Since.UnixMicro()
			largest := f.Largest
			if math.IsInf(largest, 0) || math.IsNaN(largest) {
				largest = -1
			}
			creates[i] = tx.RolloutCount.Create().
				SetID(f.RolloutID + "/" + strconv.FormatInt(since, 36) + "/" + f.Arm + "/" + r.rollups.replica).
				SetRolloutID(f.RolloutID).SetSince(since).SetArm(f.Arm).SetRequests(f.Requests).SetErrors(f.Errors).
				SetCompared(f.Compared).SetAgreed(f.Agreed).SetDropped(f.Dropped).SetLargest(largest).SetSketch(f.Latency.AppendBinary(nil))
		}
		if len(creates) == 0 {
			return nil
		}
		return tx.RolloutCount.CreateBulk(creates...).OnConflict(sql.ConflictColumns(rolloutcount.FieldID), sql.ResolveWithNewValues()).Exec(ctx)
	})
	if err != nil {
		return store.Error(err)
	}
	for len(subjects) > 0 {
		part := subjects[:min(subjectsAtOnce, len(subjects))]
		subjects = subjects[len(part):]
		args := make([]any, 0, 4*len(part))
		for _, s := range part {
			since := s.Since.UnixMicro()
			args = append(args, s.RolloutID+"/"+strconv.FormatInt(since, 36)+"/"+strconv.FormatUint(s.Subject, 36), s.RolloutID, since, s.Arm)
		}
		query := bind(r.store.Dialect(), "INSERT INTO rollout_subjects (id, rollout_id, since, arm) VALUES "+rows(len(part), 4)+" ON CONFLICT (id) DO NOTHING")
		err := r.store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
			_, err := tx.ExecContext(ctx, query, args...)
			return err
		})
		if err != nil {
			return store.Error(err)
		}
	}
	return nil
}

// ArmCounts are an arm's figures, with what no gate looks at.
type ArmCounts struct {
	augur.ArmFigures
	// Dropped copies of a shadow did not run. Largest is the largest difference
	// of two numbers; it may be +Inf.
	Dropped int64
	Largest float64
}

// RolloutCounts reads what all servers have counted of a rollout since its step
// began, by arm in the order of the plan.
func (r *Registry) RolloutCounts(ctx context.Context, row *ent.Rollout) ([]ArmCounts, error) {
	return r.rolloutCounts(ctx, row.ID, row.Plan, row.Since)
}

func (r *Registry) rolloutCounts(ctx context.Context, id string, plan *augur.Plan, since time.Time) ([]ArmCounts, error) {
	found, err := r.store.Reader().RolloutCount.Query().
		Where(rolloutcount.RolloutID(id), rolloutcount.Since(since.UnixMicro())).All(ctx)
	if err != nil {
		return nil, store.Error(err)
	}
	arms := make([]ArmCounts, len(plan.Arms))
	for i := range arms {
		arms[i].Latency, arms[i].Subjects = &augur.Sketch{}, -1
	}
	for _, row := range found {
		at := plan.Arm(row.Arm)
		if at < 0 {
			continue
		}
		a := &arms[at]
		a.Requests += row.Requests
		a.Errors += row.Errors
		a.Compared += row.Compared
		a.Agreed += row.Agreed
		a.Dropped += row.Dropped
		if row.Largest < 0 {
			a.Largest = math.Inf(1)
		}
		a.Largest = max(a.Largest, row.Largest)
		if err := a.Latency.MergeBinary(row.Sketch); err != nil {
			return nil, augur.Wrap(augur.Internal, err, "internal error")
		}
	}
	return arms, nil
}

// RolloutFigures reads the figures that gates and comparisons rest on: counts,
// and of experiments and plans whose gates ask for them subjects and outcomes.
func (r *Registry) RolloutFigures(ctx context.Context, row *ent.Rollout) (augur.Figures, error) {
	return r.rolloutFigures(ctx, row.ID, row.ModelID, row.Plan, row.Since)
}

func (r *Registry) rolloutFigures(ctx context.Context, id, modelID string, plan *augur.Plan, since time.Time) (augur.Figures, error) {
	f := augur.Figures{From: since.UTC(), To: now(), Arms: make([]augur.ArmFigures, len(plan.Arms))}
	counts, err := r.rolloutCounts(ctx, id, plan, since)
	if err != nil {
		return f, err
	}
	for i := range counts {
		f.Arms[i] = counts[i].ArmFigures
	}
	if plan.Kind == augur.RolloutExperiment && plan.Subject != augur.SubjectNone {
		if err := r.countSubjects(ctx, id, plan, since, f.Arms); err != nil {
			return f, err
		}
	}
	if wantsOutcomes(plan) {
		return f, r.readOutcomes(ctx, id, modelID, plan, since, f.Arms)
	}
	return f, nil
}

// countSubjects counts distinct subjects by arm.
func (r *Registry) countSubjects(ctx context.Context, id string, plan *augur.Plan, since time.Time, arms []augur.ArmFigures) error {
	query := bind(r.store.Dialect(), "SELECT arm, COUNT(*) FROM rollout_subjects WHERE rollout_id = ? AND since = ? GROUP BY arm")
	found, err := r.store.SQLReader().QueryContext(ctx, query, id, since.UnixMicro())
	if err != nil {
		return store.Error(fmt.Errorf("count subjects: %w", err))
	}
	defer func() { _ = found.Close() }()
	for i := range arms {
		arms[i].Subjects = 0
	}
	for found.Next() {
		var arm string
		var n int64
		if err := found.Scan(&arm, &n); err != nil {
			return store.Error(fmt.Errorf("count subjects: %w", err))
		}
		if at := plan.Arm(arm); at >= 0 {
			arms[at].Subjects = n
		}
	}
	if err := found.Err(); err != nil {
		return store.Error(fmt.Errorf("count subjects: %w", err))
	}
	return nil
}

// wantsOutcomes says whether anybody looks at outcomes.
func wantsOutcomes(plan *augur.Plan) bool {
	if plan.Kind == augur.RolloutExperiment {
		return true
	}
	for _, g := range plan.Gates {
		if g.Measure == augur.MeasureOutcome {
			return true
		}
	}
	return false
}

// PlainOutcome is the name of an outcome that is a number or a truth by itself.
const PlainOutcome = "outcome"

// readOutcomes sums up the outcomes of predictions since the step began. An
// outcome whose prediction was sampled out of the log counts for the arm of its
// version; one that was asked for outside the rollout does not count.
func (r *Registry) readOutcomes(ctx context.Context, id, modelID string, plan *augur.Plan, since time.Time, arms []augur.ArmFigures) error {
	query := bind(r.store.Dialect(), "SELECT version_id, outcome FROM prediction_records WHERE model_id = ? AND created_at >= ? AND outcome IS NOT NULL AND (rollout_id = ? OR code = ?)")
	found, err := r.store.SQLReader().QueryContext(ctx, query, modelID, since.UTC(), id, augur.Unknown)
	if err != nil {
		return store.Error(fmt.Errorf("read outcomes: %w", err))
	}
	defer func() { _ = found.Close() }()
	byVersion := map[string]int{}
	for i, a := range plan.Arms {
		byVersion[a.VersionID] = i
		arms[i].Outcomes = map[string]augur.Moments{}
	}
	for found.Next() {
		var version, text string
		if err := found.Scan(&version, &text); err != nil {
			return store.Error(fmt.Errorf("read outcomes: %w", err))
		}
		at, known := byVersion[version]
		if !known {
			continue
		}
		for name, v := range outcomeNumbers(text) {
			arms[at].Outcomes[name] = with(arms[at].Outcomes[name], v)
		}
	}
	if err := found.Err(); err != nil {
		return store.Error(fmt.Errorf("read outcomes: %w", err))
	}
	return nil
}

// outcomeNumbers are the numbers of an outcome by name; a truth counts as 0 or 1.
func outcomeNumbers(text string) map[string]float64 {
	number := func(v any) (float64, bool) {
		switch v := v.(type) {
		case float64:
			return v, true
		case bool:
			if v {
				return 1, true
			}
			return 0, true
		default:
			return 0, false
		}
	}
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return nil
	}
	if n, ok := number(value); ok {
		return map[string]float64{PlainOutcome: n}
	}
	numbers := map[string]float64{}
	if object, ok := value.(map[string]any); ok {
		for name, v := range object {
			if n, ok := number(v); ok {
				numbers[name] = n
			}
		}
	}
	return numbers
}

// with adds a value to moments, by Welford's recurrence (Technometrics 4, 1962).
func with(m augur.Moments, v float64) augur.Moments {
	squares := m.Variance * float64(max(m.Count-1, 0))
	m.Count++
	d := v - m.Mean
	m.Mean += d / float64(m.Count)
	squares += d * (v - m.Mean)
	if m.Variance = 0; m.Count > 1 {
		m.Variance = squares / float64(m.Count-1)
	}
	return m
}
