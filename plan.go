package augur

import (
	"regexp"
	"slices"
	"strconv"
	"time"
)

// Plan says how traffic moves from a model's live version, the baseline, to
// other versions. It never changes once its rollout has started.
type Plan struct {
	Kind RolloutKind `json:"kind"`
	// Arms are the versions that take part; the first is the baseline.
	Arms []Arm `json:"arms"`
	// Salt makes who belongs to which arm independent of every other rollout.
	// It is drawn once: the rollout's id will do.
	Salt string `json:"salt"`
	// Subject says who counts as one and the same from request to request; ""
	// means SubjectRequest.
	Subject SubjectSource `json:"subject"`
	// Steps are taken in order; empty means the default of the kind.
	Steps []Step `json:"steps"`
	// Gates are asked at every step. nil means DefaultGates, and a list without
	// elements that time and people alone decide.
	Gates []Gate `json:"gates"`
	// Grace is how long after a step's duration a gate may still be without
	// enough requests, and Quiet what happens then: HOLD, PAUSE, ADVANCE or
	// ROLL_BACK. Zero and "" mean 24 h and PAUSE.
	Grace Duration    `json:"grace"`
	Quiet RolloutMove `json:"quiet"`
	// Tolerance is how far apart two numbers of a shadow's answers may be and
	// still agree, as a share of the larger one; 0 means 0.01. Where answers have
	// labels, whole numbers or truths, those decide alone, and must be equal.
	Tolerance float64 `json:"tolerance,omitempty"`
}

// Weights are in basis points: 1 is 0.01 % of the traffic, 100 is 1 %.
const (
	// WholeWeight is all of the traffic.
	WholeWeight = 10_000
	// MaxArms, MaxSteps and MaxGates bound a plan.
	MaxArms  = 10
	MaxSteps = 100
	MaxGates = 50
)

// Arm is one version of a rollout.
type Arm struct {
	// Name is "baseline" for the first; "" means "candidate", "candidate-2" …
	Name string `json:"name"`
	// VersionID is the version that answers.
	VersionID string `json:"versionId"`
	// Weight is the arm's fixed share of an experiment, in basis points; those
	// of all arms make WholeWeight, and all 0 means equal shares. Other kinds
	// have weights in their steps, and 0 here.
	Weight int `json:"weight,omitempty"`
}

// Baseline is the name of every plan's first arm.
const Baseline = "baseline"

// SubjectSource says who a request is for, so that the same one stays with an arm.
type SubjectSource string

// The subject sources.
const (
	// SubjectRequest: the subject that the request names.
	SubjectRequest SubjectSource = "REQUEST"
	// SubjectPrincipal: the principal who calls.
	SubjectPrincipal SubjectSource = "PRINCIPAL"
	// SubjectNone: nobody stays; each request is drawn anew.
	SubjectNone SubjectSource = "NONE"
)

// SubjectSources lists every SubjectSource.
func SubjectSources() []SubjectSource {
	return []SubjectSource{SubjectRequest, SubjectPrincipal, SubjectNone}
}

// Step is one stretch of a rollout.
type Step struct {
	// Weight is the candidate's share, and of a shadow the share of requests that
	// are copied, in basis points. An experiment has one step, of WholeWeight.
	Weight int `json:"weight"`
	// Duration is how long the step lasts at least.
	Duration Duration `json:"duration"`
	// Approval makes the step wait, after its duration, until a person says so.
	Approval bool `json:"approval,omitempty"`
}

// The defaults of a plan.
const (
	// DefaultStepDuration is how long each default step of a canary lasts.
	DefaultStepDuration = Duration(10 * time.Minute)
	// DefaultShadowDuration and DefaultExperimentDuration are how long a shadow
	// and an experiment last.
	DefaultShadowDuration     = Duration(time.Hour)
	DefaultExperimentDuration = Duration(14 * 24 * time.Hour)
	// DefaultTolerance is how far apart numbers of a shadow may be.
	DefaultTolerance = 0.01
	// DefaultGrace is how long a quiet step waits for requests.
	DefaultGrace = Duration(24 * time.Hour)
)

// DefaultSteps are the steps of a kind: 10, 50 and 100 % for a canary, of which
// the last is the promotion itself and so has no duration.
func DefaultSteps(kind RolloutKind) []Step {
	switch kind {
	case RolloutExperiment:
		return []Step{{Weight: WholeWeight, Duration: DefaultExperimentDuration}}
	case RolloutShadow:
		return []Step{{Weight: WholeWeight, Duration: DefaultShadowDuration}}
	default:
		return []Step{{Weight: 1_000, Duration: DefaultStepDuration}, {Weight: 5_000, Duration: DefaultStepDuration}, {Weight: WholeWeight}}
	}
}

// WithDefaults returns a copy of p in which what was left out is filled in.
func (p Plan) WithDefaults() Plan {
	p.Arms = slices.Clone(p.Arms)
	unweighted := !slices.ContainsFunc(p.Arms, func(a Arm) bool { return a.Weight != 0 })
	for i := range p.Arms {
		a := &p.Arms[i]
		switch {
		case a.Name != "":
		case i == 0:
			a.Name = Baseline
		case i == 1:
			a.Name = "candidate"
		default:
			a.Name = "candidate-" + strconv.Itoa(i)
		}
		if p.Kind == RolloutExperiment && unweighted {
			a.Weight = WholeWeight / len(p.Arms)
			if i == 0 { // the baseline has what does not divide
				a.Weight += WholeWeight % len(p.Arms)
			}
		}
	}
	if p.Subject == "" {
		p.Subject = SubjectRequest
	}
	if len(p.Steps) == 0 {
		p.Steps = DefaultSteps(p.Kind)
	}
	p.Steps = slices.Clone(p.Steps)
	for i := range p.Steps {
		if p.Kind == RolloutExperiment && p.Steps[i].Weight == 0 {
			p.Steps[i].Weight = WholeWeight
		}
	}
	if p.Gates == nil {
		p.Gates = DefaultGates()
	}
	p.Gates = append([]Gate{}, p.Gates...)
	for i := range p.Gates {
		p.Gates[i] = p.Gates[i].WithDefaults()
	}
	if p.Grace == 0 {
		p.Grace = DefaultGrace
	}
	if p.Quiet == "" {
		p.Quiet = MovePause
	}
	if p.Kind == RolloutShadow && p.Tolerance == 0 {
		p.Tolerance = DefaultTolerance
	}
	return p
}

// Arm returns the place of the arm of that name, -1 when there is none.
func (p *Plan) Arm(name string) int {
	return slices.IndexFunc(p.Arms, func(a Arm) bool { return a.Name == name })
}

// A salt has no ':', which separates it from the subject.
var (
	rolloutSalt = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)
	armName     = regexp.MustCompile(`^[a-z]([a-z0-9_-]{0,62}[a-z0-9])?$`)
)

// maxSpan bounds the durations of a plan; beyond it is a slip of the hand.
const maxSpan = Duration(366 * 24 * time.Hour)

// Validate says what is wrong with a plan, after WithDefaults: Errors with code
// InvalidArgument and field paths relative to the plan (["steps", "1",
// "weight"]), or nil. That the versions exist and fit each other is the
// registry's to check.
func (p *Plan) Validate() error {
	var c checks
	c.that(slices.Contains(RolloutKinds(), p.Kind), fieldPath("kind"), "kind %q: expected one of %v", p.Kind, RolloutKinds())
	c.that(rolloutSalt.MatchString(p.Salt), fieldPath("salt"), "salt %q: expected 1 to 64 letters, digits, '_', '.' and '-'", p.Salt)
	c.that(slices.Contains(SubjectSources(), p.Subject), fieldPath("subject"), "subject %q: expected one of %v", p.Subject, SubjectSources())
	c.that(p.Grace >= 0 && p.Grace <= maxSpan, fieldPath("grace"), "grace %s: expected 0s to %s", p.Grace, maxSpan)
	c.that(p.Tolerance >= 0 && p.Tolerance <= 1, fieldPath("tolerance"), "tolerance %g: expected 0 to 1", p.Tolerance)
	quiet := []RolloutMove{MoveHold, MovePause, MoveAdvance, MoveRollBack}
	c.that(slices.Contains(quiet, p.Quiet), fieldPath("quiet"), "quiet %q: expected one of %v", p.Quiet, quiet)
	c.arms(p)
	c.steps(p)
	c.that(len(p.Gates) <= MaxGates, fieldPath("gates"), "%d gates: expected %d at most", len(p.Gates), MaxGates)
	for i := range p.Gates {
		c.gate(&p.Gates[i], strconv.Itoa(i))
	}
	return c.err()
}

// checks gathers what is wrong.
type checks struct{ errs Errors }

func fieldPath(parts ...string) []string { return parts }

func (c *checks) that(holds bool, at []string, format string, args ...any) {
	if !holds {
		c.errs = append(c.errs, Errorf(InvalidArgument, format, args...).At(at...))
	}
}

func (c *checks) err() error {
	if len(c.errs) == 0 {
		return nil
	}
	return c.errs
}

// percent writes basis points as people gave them.
func percent(weight int) string {
	return strconv.FormatFloat(float64(weight)/100, 'f', -1, 64) + " %"
}

func (c *checks) arms(p *Plan) {
	most := 2
	if p.Kind == RolloutExperiment {
		most = MaxArms
	}
	if n := len(p.Arms); n < 2 || n > most {
		c.that(false, fieldPath("arms"), "%d arms: expected the baseline and %d at most", n, most-1)
		return
	}
	names, versions, sum := map[string]bool{}, map[string]bool{}, 0
	for i, a := range p.Arms {
		at := strconv.Itoa(i)
		c.that(armName.MatchString(a.Name), fieldPath("arms", at, "name"), "arm %q: expected 1 to 64 of a-z, 0-9, '_' and '-', beginning with a letter", a.Name)
		c.that((a.Name == Baseline) == (i == 0), fieldPath("arms", at, "name"), "arm %q: the first arm, and no other, is %q", a.Name, Baseline)
		c.that(i == 0 || !names[a.Name], fieldPath("arms", at, "name"), "arm %q: the name is taken by another arm", a.Name)
		c.that(a.VersionID != "", fieldPath("arms", at, "versionId"), "expected the id of a version")
		c.that(a.VersionID == "" || !versions[a.VersionID], fieldPath("arms", at, "versionId"), "version %q is another arm already", a.VersionID)
		names[a.Name], versions[a.VersionID] = true, true
		if p.Kind != RolloutExperiment {
			c.that(a.Weight == 0, fieldPath("arms", at, "weight"), "%s: only the arms of an EXPERIMENT have weights of their own; others have them in their steps", percent(a.Weight))
			continue
		}
		in := a.Weight >= 1 && a.Weight < WholeWeight
		c.that(in, fieldPath("arms", at, "weight"), "%s: expected %s to %s", percent(a.Weight), percent(1), percent(WholeWeight-1))
		if in { // so that the sum cannot overflow
			sum += a.Weight
		}
	}
	c.that(p.Kind != RolloutExperiment || len(c.errs) > 0 || sum == WholeWeight, fieldPath("arms"), "the weights make %s: expected %s", percent(sum), percent(WholeWeight))
}

func (c *checks) steps(p *Plan) {
	n := len(p.Steps)
	most := MaxSteps
	if p.Kind == RolloutExperiment {
		most = 1
	}
	if n < 1 || n > most {
		c.that(false, fieldPath("steps"), "%d steps: expected 1 to %d", n, most)
		return
	}
	before := 0
	for i, s := range p.Steps {
		at, last := strconv.Itoa(i), i == n-1
		weight := fieldPath("steps", at, "weight")
		c.that(s.Weight >= 1 && s.Weight <= WholeWeight, weight, "%s: expected %s to %s", percent(s.Weight), percent(1), percent(WholeWeight))
		c.that(s.Weight > before, weight, "%s: expected more than the %s before", percent(s.Weight), percent(before))
		before = s.Weight
		c.that(!last || p.Kind == RolloutShadow || s.Weight == WholeWeight, weight, "%s: expected %s in the last step", percent(s.Weight), percent(WholeWeight))
		duration := fieldPath("steps", at, "duration")
		c.that(s.Duration >= 0 && s.Duration <= maxSpan, duration, "duration %s: expected 0s to %s", s.Duration, maxSpan)
		promotion := last && p.Kind == RolloutCanary
		c.that(p.Kind != RolloutExperiment || !s.Approval, fieldPath("steps", at, "approval"), "an experiment ends by a person's decision in any case, and has no approval")
		c.that(s.Duration != 0 || s.Approval || promotion, duration, "the step has neither a duration nor an approval to wait for")
	}
}
