package resolvers

import (
	"context"
	"math"
	"strconv"

	"augur"
	"augur/ent"
	"augur/graph"
	"augur/registry"
)

// onePercent is a percent in basis points, the unit of weights.
const onePercent = 100

// basisPoints reads a share in percent. The error is InvalidArgument at path for
// one that is no number of basis points; that it fits is the plan's to check.
func basisPoints(percent float64, path ...string) (int, error) {
	points := math.Round(percent * onePercent)
	if math.Abs(percent) > 1e6 || math.Abs(points-percent*onePercent) > 1e-6 {
		return 0, augur.Errorf(augur.InvalidArgument, "weight %v: expected a share in percent with two decimals at most", percent).At(path...)
	}
	return int(points), nil
}

func rolloutStart(in graph.RolloutStartInput) (registry.RolloutStart, error) {
	out := registry.RolloutStart{Model: in.Model, Kind: in.Kind, Reason: deref(in.Reason)}
	out.Plan = augur.Plan{
		Subject: deref(in.Subject), Grace: augur.Duration(deref(in.Grace)), Quiet: deref(in.Quiet), Tolerance: deref(in.Tolerance),
	}
	var err error
	if in.BaselineWeight != nil {
		if out.BaselineWeight, err = basisPoints(*in.BaselineWeight, "baselineWeight"); err != nil {
			return out, err
		}
	}
	for i, c := range in.Candidates {
		candidate := registry.RolloutCandidate{Version: c.Version, Name: deref(c.Name)}
		if c.Weight != nil {
			if candidate.Weight, err = basisPoints(*c.Weight, "candidates", strconv.Itoa(i), "weight"); err != nil {
				return out, err
			}
		}
		out.Candidates = append(out.Candidates, candidate)
	}
	for i, s := range in.Steps {
		weight, err := basisPoints(s.Weight, "steps", strconv.Itoa(i), "weight")
		if err != nil {
			return out, err
		}
		out.Plan.Steps = append(out.Plan.Steps, augur.Step{Weight: weight, Duration: augur.Duration(deref(s.Duration)), Approval: deref(s.Approval)})
	}
	if in.Gates != nil { // an empty list is no list
		out.Plan.Gates = []augur.Gate{}
	}
	for _, g := range in.Gates {
		out.Plan.Gates = append(out.Plan.Gates, augur.Gate{
			Measure: g.Measure, Outcome: deref(g.Outcome), Compare: deref(g.Compare), Bound: deref(g.Bound), Limit: g.Limit,
			MinRequests: int64(deref(g.MinRequests)), Confidence: deref(g.Confidence),
		})
	}
	return out, nil
}

// rolloutChange does what a person wants, and re-reads the rollout.
func (r *Resolver) rolloutChange(ctx context.Context, in registry.RolloutChange) (*ent.Rollout, []*augur.Error, error) {
	id, mistakes, err := outcome(in.ID, r.Registry.RolloutChange(ctx, in))
	rollout, err := r.rolloutByID(ctx, id, err)
	return rollout, mistakes, err
}

// rolloutByID re-reads a rollout that a mutation wrote, nil where it wrote none.
func (r *Resolver) rolloutByID(ctx context.Context, id string, err error) (*ent.Rollout, error) {
	if err != nil || id == "" {
		return nil, err
	}
	return r.Reader.Rollout.Get(ctx, id)
}

// armsOf are the arms of a rollout with the shares that they have now.
func armsOf(row *ent.Rollout) ([]*graph.RolloutArm, error) {
	weights, err := registry.WeightsOf(row)
	if err != nil {
		return nil, err
	}
	out := make([]*graph.RolloutArm, len(row.Plan.Arms))
	for i, a := range row.Plan.Arms {
		out[i] = &graph.RolloutArm{Name: a.Name, VersionID: a.VersionID, Weight: float64(weights[i]) / onePercent}
	}
	return out, nil
}

func stepsOf(p *augur.Plan) []*graph.RolloutStep {
	out := make([]*graph.RolloutStep, len(p.Steps))
	for i, s := range p.Steps {
		out[i] = &graph.RolloutStep{Weight: float64(s.Weight) / onePercent, Duration: s.Duration.Std(), Approval: s.Approval}
	}
	return out
}

func evidenceOf(list []augur.Evidence) []*graph.RolloutEvidence {
	out := make([]*graph.RolloutEvidence, len(list))
	for i := range list {
		e := &list[i]
		out[i] = &graph.RolloutEvidence{
			Arm: e.Arm, Gate: &e.Gate, Verdict: e.Verdict, Why: e.Why, From: e.From, To: e.To,
			Candidate: e.Reading.Candidate, Baseline: e.Reading.Baseline,
			Figure: e.Reading.Figure, Low: e.Reading.Low, High: e.Reading.High,
			CandidateCount: e.Reading.CandidateCount, BaselineCount: e.Reading.BaselineCount,
		}
	}
	return out
}

// armReason is why an arm answered, nil without a rollout.
func armReason(r *augur.Route) *augur.ArmReason {
	if r.ArmReason == "" {
		return nil
	}
	return &r.ArmReason
}

// pointers are pointers to the elements of a list.
func pointers[T any](list []T) []*T {
	out := make([]*T, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}
