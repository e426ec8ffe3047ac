package augur_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"augur"
)

// plan is valid; tests break one thing of it.
func plan(kind augur.RolloutKind) augur.Plan {
	return augur.Plan{Kind: kind, Salt: "rol_1", Arms: []augur.Arm{{VersionID: "ver_1"}, {VersionID: "ver_2"}}}.WithDefaults()
}

// TestPlanValidate breaks one thing at a time and finds the field.
func TestPlanValidate(t *testing.T) {
	for _, kind := range augur.RolloutKinds() {
		p := plan(kind)
		if err := p.Validate(); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
	gate := func(g augur.Gate) func(*augur.Plan) {
		return func(p *augur.Plan) { p.Gates = append(p.Gates, g.WithDefaults()) }
	}
	steps := func(steps ...augur.Step) func(*augur.Plan) { return func(p *augur.Plan) { p.Steps = steps } }
	const minute = augur.Duration(time.Minute)
	for _, c := range []struct {
		kind  augur.RolloutKind
		field string
		spoil func(*augur.Plan)
	}{
		{"CANARY", "kind", func(p *augur.Plan) { p.Kind = "canary" }},
		{"CANARY", "salt", func(p *augur.Plan) { p.Salt = "a:b" }},
		{"CANARY", "salt", func(p *augur.Plan) { p.Salt = "" }},
		{"CANARY", "subject", func(p *augur.Plan) { p.Subject = "USER" }},
		{"CANARY", "grace", func(p *augur.Plan) { p.Grace = -1 }},
		{"CANARY", "quiet", func(p *augur.Plan) { p.Quiet = augur.MoveComplete }},
		{"CANARY", "arms", func(p *augur.Plan) { p.Arms = p.Arms[:1] }},
		{"CANARY", "arms", func(p *augur.Plan) { p.Arms = append(p.Arms, augur.Arm{Name: "c", VersionID: "ver_3"}) }},
		{"EXPERIMENT", "arms", func(p *augur.Plan) { p.Arms = append(p.Arms, make([]augur.Arm, 9)...) }},
		{"EXPERIMENT", "arms", func(p *augur.Plan) { p.Arms[0].Weight-- }},
		{"EXPERIMENT", "arms.1.weight", func(p *augur.Plan) { p.Arms[1].Weight = 0 }},
		{"EXPERIMENT", "arms.0.weight", func(p *augur.Plan) { p.Arms[0].Weight = math.MaxInt }},
		{"CANARY", "arms.1.weight", func(p *augur.Plan) { p.Arms[1].Weight = 5 }},
		{"CANARY", "arms.0.name", func(p *augur.Plan) { p.Arms[0].Name = "live" }},
		{"CANARY", "arms.1.name", func(p *augur.Plan) { p.Arms[1].Name = "Bold" }},
		{"EXPERIMENT", "arms.2.name", func(p *augur.Plan) {
			p.Arms = append(p.Arms, augur.Arm{Name: "candidate", VersionID: "ver_3", Weight: 1_000})
			p.Arms[0].Weight -= 1_000
		}},
		{"CANARY", "arms.1.versionId", func(p *augur.Plan) { p.Arms[1].VersionID = "" }},
		{"CANARY", "arms.1.versionId", func(p *augur.Plan) { p.Arms[1].VersionID = "ver_1" }},
		{"CANARY", "steps", steps()},
		{"CANARY", "steps", steps(make([]augur.Step, 101)...)},
		{"CANARY", "steps.0.weight", steps(augur.Step{Weight: 0, Duration: minute}, augur.Step{Weight: 10_000})},
		{"CANARY", "steps.1.weight", steps(augur.Step{Weight: 500, Duration: minute}, augur.Step{Weight: 500, Duration: minute}, augur.Step{Weight: 10_000})},
		{"CANARY", "steps.0.weight", steps(augur.Step{Weight: 9_999, Duration: minute})},
		{"CANARY", "steps.1.weight", steps(augur.Step{Weight: 500, Duration: minute}, augur.Step{Weight: 10_001})},
		{"CANARY", "steps.0.duration", steps(augur.Step{Weight: 500}, augur.Step{Weight: 10_000})},
		{"CANARY", "steps.0.duration", steps(augur.Step{Weight: 500, Duration: -1}, augur.Step{Weight: 10_000})},
		{"CANARY", "steps.0.duration", steps(augur.Step{Weight: 500, Duration: math.MaxInt64}, augur.Step{Weight: 10_000})},
		{"SHADOW", "steps.0.duration", steps(augur.Step{Weight: 500})},
		{"EXPERIMENT", "steps", steps(augur.Step{Weight: 500, Duration: minute}, augur.Step{Weight: 10_000, Duration: minute})},
		{"EXPERIMENT", "steps.0.weight", steps(augur.Step{Weight: 500, Duration: minute})},
		{"EXPERIMENT", "steps.0.approval", steps(augur.Step{Weight: 10_000, Duration: minute, Approval: true})},
		{"CANARY", "gates", func(p *augur.Plan) { p.Gates = make([]augur.Gate, 51) }},
		{"CANARY", "gates.1.measure", gate(augur.Gate{Measure: "P50", Bound: augur.AtMost})},
		{"CANARY", "gates.1.outcome", gate(augur.Gate{Measure: augur.MeasureOutcome, Bound: augur.AtMost})},
		{"CANARY", "gates.1.outcome", gate(augur.Gate{Measure: augur.MeasureErrors, Outcome: "x"})},
		{"CANARY", "gates.1.bound", gate(augur.Gate{Measure: augur.MeasureOutcome, Outcome: "x"})},
		{"CANARY", "gates.1.bound", gate(augur.Gate{Measure: augur.MeasureErrors, Bound: augur.AtLeast})},
		{"SHADOW", "gates.1.bound", gate(augur.Gate{Measure: augur.MeasureAgreement, Bound: augur.AtMost})},
		{"CANARY", "gates.1.compare", gate(augur.Gate{Measure: augur.MeasureErrors, Compare: augur.CompareRatio})},
		{"CANARY", "gates.1.compare", gate(augur.Gate{Measure: augur.MeasureP95, Compare: augur.CompareDifference})},
		{"SHADOW", "gates.1.compare", gate(augur.Gate{Measure: augur.MeasureAgreement, Compare: augur.CompareDifference})},
		{"CANARY", "gates.1.limit", gate(augur.Gate{Measure: augur.MeasureErrors, Limit: 1.5})},
		{"CANARY", "gates.1.limit", gate(augur.Gate{Measure: augur.MeasureErrors, Limit: math.NaN()})},
		{"CANARY", "gates.1.limit", gate(augur.Gate{Measure: augur.MeasureOutcome, Outcome: "x", Bound: augur.AtMost, Limit: math.Inf(1)})},
		{"CANARY", "gates.1.limit", gate(augur.Gate{Measure: augur.MeasureP99, Limit: -1})},
		{"CANARY", "gates.1.minRequests", gate(augur.Gate{Measure: augur.MeasureP99, MinRequests: -1})},
		{"CANARY", "gates.1.confidence", gate(augur.Gate{Measure: augur.MeasureP99, Confidence: 1})},
		{"CANARY", "gates.1.confidence", gate(augur.Gate{Measure: augur.MeasureP99, Confidence: math.NaN()})},
	} {
		p := plan(c.kind)
		c.spoil(&p)
		err := p.Validate()
		if e := augur.AsError(err); err == nil || e.Code != augur.InvalidArgument || strings.Join(e.Field, ".") != c.field {
			t.Errorf("%s %s: %v", c.kind, c.field, err)
		}
	}
}

// TestPlanValidateAll says everything that is wrong at once, in order.
func TestPlanValidateAll(t *testing.T) {
	p := plan(augur.RolloutCanary)
	p.Grace, p.Salt, p.Gates[0].Limit = -1, "", 7
	err := p.Validate()
	if errs, ok := errors.AsType[augur.Errors](err); !ok || len(errs) != 3 {
		t.Errorf("%v", err)
	}
}

// TestPlanWithDefaults leaves the plan that it was given alone.
func TestPlanWithDefaults(t *testing.T) {
	p := augur.Plan{Kind: augur.RolloutExperiment, Arms: make([]augur.Arm, 3), Steps: []augur.Step{{}}, Gates: []augur.Gate{{Measure: augur.MeasureP99}}}
	d := p.WithDefaults()
	if p.Arms[0] != (augur.Arm{}) || p.Steps[0] != (augur.Step{}) || p.Gates[0].MinRequests != 0 {
		t.Errorf("%+v", p)
	}
	if d.Arms[2].Name != "candidate-2" || d.Steps[0].Weight != augur.WholeWeight || d.Gates[0].MinRequests != 1_000 || d.Gates[0].Bound != augur.AtMost {
		t.Errorf("%+v", d)
	}
	(augur.Plan{Kind: augur.RolloutExperiment}).WithDefaults() // without arms
	if d.Arm("candidate") != 1 || d.Arm("x") != -1 {
		t.Errorf("%d, %d", d.Arm("candidate"), d.Arm("x"))
	}
}
