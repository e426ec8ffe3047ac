package augur

import (
	"math"
	"slices"
	"time"
)

// Gate is a condition on the serving figures of an arm that is not the
// baseline. It is held when its figure is on the right side of Limit.
type Gate struct {
	Measure Measure `json:"measure"`
	// Outcome names the outcome when Measure is OUTCOME.
	Outcome string `json:"outcome,omitempty"`
	// Compare says what is held against Limit: the arm's figure by itself or
	// relative to the baseline's in the same window; "" means ABSOLUTE. Rates,
	// agreement and outcomes have DIFFERENCE, latencies RATIO.
	Compare Comparison `json:"compare"`
	// Bound says which side of Limit is right. "" means AT_MOST for errors and
	// latencies, where nothing else is possible, and AT_LEAST for agreement; an
	// outcome must say.
	Bound Bound `json:"bound"`
	// Limit is in the unit of the figure: a share from 0 to 1, milliseconds, the
	// outcome's own, or a plain ratio. The limit itself is on the right side.
	Limit float64 `json:"limit"`
	// MinRequests is how many requests (comparisons, outcomes) each arm that is
	// looked at must have before the gate is answered. 0 means 100, for P95 200
	// and for P99 1,000: fewer make a percentile the largest few values.
	MinRequests int64 `json:"minRequests"`
	// Confidence keeps chance from rolling back: a figure on the wrong side fails
	// only when its confidence interval of this level is too, and counts as
	// NOT_ENOUGH until then. 0 means 0.95. With FigureAlone there is no such
	// margin: a version with half the errors that its limit allows, looked at
	// again and again, is then rolled back by chance one time in three.
	Confidence float64 `json:"confidence"`
}

// FigureAlone, as a gate's Confidence, lets the figure itself decide.
const FigureAlone = -1

// Measure is what a gate looks at.
type Measure string

// The measures.
const (
	// MeasureErrors is the share of the version's requests that failed.
	MeasureErrors Measure = "ERROR_RATE"
	// MeasureP95 and MeasureP99 are percentiles of the latency in milliseconds.
	MeasureP95 Measure = "P95"
	MeasureP99 Measure = "P99"
	// MeasureAgreement is the share of a shadow's answers that agree with the baseline's.
	MeasureAgreement Measure = "AGREEMENT"
	// MeasureOutcome is the mean of an outcome, known after the prediction.
	MeasureOutcome Measure = "OUTCOME"
)

// Measures lists every Measure.
func Measures() []Measure {
	return []Measure{MeasureErrors, MeasureP95, MeasureP99, MeasureAgreement, MeasureOutcome}
}

// Comparison says what of two arms' figures is looked at.
type Comparison string

// The comparisons.
const (
	// CompareAbsolute: the arm's figure by itself.
	CompareAbsolute Comparison = "ABSOLUTE"
	// CompareDifference: the arm's figure less the baseline's.
	CompareDifference Comparison = "DIFFERENCE"
	// CompareRatio: the arm's figure divided by the baseline's.
	CompareRatio Comparison = "RATIO"
)

// Comparisons lists every Comparison.
func Comparisons() []Comparison {
	return []Comparison{CompareAbsolute, CompareDifference, CompareRatio}
}

// Bound says on which side of a limit a figure should be.
type Bound string

// The bounds.
const (
	AtMost  Bound = "AT_MOST"
	AtLeast Bound = "AT_LEAST"
)

// Bounds lists every Bound.
func Bounds() []Bound { return []Bound{AtMost, AtLeast} }

// DefaultGates are the gates of a plan that says nothing: the error rate is at
// most one percentage point above the baseline's, beyond chance.
func DefaultGates() []Gate {
	return []Gate{Gate{Measure: MeasureErrors, Compare: CompareDifference, Limit: 0.01}.WithDefaults()}
}

// WithDefaults returns a copy of g in which what was left out is filled in.
func (g Gate) WithDefaults() Gate {
	if g.Compare == "" {
		g.Compare = CompareAbsolute
	}
	if g.Bound == "" {
		switch g.Measure {
		case MeasureErrors, MeasureP95, MeasureP99:
			g.Bound = AtMost
		case MeasureAgreement:
			g.Bound = AtLeast
		}
	}
	if g.MinRequests == 0 {
		switch g.Measure {
		case MeasureP99:
			g.MinRequests = 1_000
		case MeasureP95:
			g.MinRequests = 200
		default:
			g.MinRequests = 100
		}
	}
	if g.Confidence == 0 {
		g.Confidence = 0.95
	}
	return g
}

// Relative says whether the gate looks at the baseline too.
func (g *Gate) Relative() bool { return g.Compare != CompareAbsolute }

// share says whether a measure's figures lie between 0 and 1.
func (m Measure) share() bool { return m == MeasureErrors || m == MeasureAgreement }

func (m Measure) latency() bool { return m == MeasureP95 || m == MeasureP99 }

// gate checks one gate of a plan, after WithDefaults.
func (c *checks) gate(g *Gate, place string) {
	at := func(field string) []string { return fieldPath("gates", place, field) }
	known := slices.Contains(Measures(), g.Measure)
	c.that(known, at("measure"), "measure %q: expected one of %v", g.Measure, Measures())
	if g.Measure == MeasureOutcome {
		c.that(metricName.MatchString(g.Outcome), at("outcome"), "outcome %q: expected the name of an outcome, 1 to 250 printable characters", g.Outcome)
	} else {
		c.that(g.Outcome == "", at("outcome"), "outcome %q: only a gate on OUTCOME names one", g.Outcome)
	}
	may := []Comparison{CompareAbsolute, CompareDifference}
	switch {
	case g.Measure.latency():
		may = []Comparison{CompareAbsolute, CompareRatio}
	case g.Measure == MeasureAgreement: // the baseline agrees with itself
		may = []Comparison{CompareAbsolute}
	}
	c.that(!known || slices.Contains(may, g.Compare), at("compare"), "compare %q: expected one of %v for %s", g.Compare, may, g.Measure)
	bounds := Bounds()
	switch {
	case g.Measure == MeasureErrors || g.Measure.latency():
		bounds = []Bound{AtMost}
	case g.Measure == MeasureAgreement:
		bounds = []Bound{AtLeast}
	}
	c.that(slices.Contains(bounds, g.Bound), at("bound"), "bound %q: expected one of %v for %s", g.Bound, bounds, g.Measure)
	least, most := math.Inf(-1), math.Inf(1)
	switch {
	case g.Measure.share() && g.Compare == CompareDifference:
		least, most = -1, 1
	case g.Measure.share():
		least, most = 0, 1
	case g.Measure.latency():
		least = 0
	}
	finite := !math.IsNaN(g.Limit) && !math.IsInf(g.Limit, 0)
	c.that(finite && g.Limit >= least && g.Limit <= most, at("limit"), "limit %v: expected a number from %v to %v", g.Limit, least, most)
	c.that(g.MinRequests >= 1 && g.MinRequests <= 1e12, at("minRequests"), "minRequests %d: expected 1 to 1e12", g.MinRequests)
	c.that(g.Confidence == FigureAlone || g.Confidence >= 0.5 && g.Confidence <= 0.999999, at("confidence"), "confidence %v: expected 0.5 to 0.999999, or %d for the figure alone", g.Confidence, FigureAlone)
}

// Figures are what was measured of the arms of a rollout in one window of time.
type Figures struct {
	// From and To bound the window: requests from From on and before To are in
	// it, all of them.
	From, To time.Time
	// Arms are in the order of the plan's.
	Arms []ArmFigures
}

// ArmFigures are the serving figures of one arm in a window. What could not be
// measured is negative (a count) or nil.
type ArmFigures struct {
	// Requests counts what the arm's version was asked, and Errors those among
	// them that the caller could not have avoided: ServingFigures.Faults.
	Requests, Errors int64
	// Latency holds the time of each request.
	Latency *Sketch
	// Compared counts the answers of a shadow that were compared with the
	// baseline's, and Agreed those that agree.
	Compared, Agreed int64
	// Subjects counts distinct subjects exactly: an estimate is of no use to
	// the check of the sample ratio.
	Subjects int64
	// Outcomes are by name. One that is missing has no values yet.
	Outcomes map[string]Moments
}

// Moments sum up numbers: how many, their mean, and their sample variance (with
// n-1; 0 for fewer than two).
type Moments struct {
	Count          int64
	Mean, Variance float64
}

// Verdict is the answer of a gate.
type Verdict string

// The verdicts.
const (
	// VerdictPass: the figure is on the right side of the limit.
	VerdictPass Verdict = "PASS"
	// VerdictFail: it is on the wrong side. The rollout is rolled back.
	VerdictFail Verdict = "FAIL"
	// VerdictNotEnough: too few requests to say so.
	VerdictNotEnough Verdict = "NOT_ENOUGH"
	// VerdictUnknown: it could not be measured. A person is needed.
	VerdictUnknown Verdict = "UNKNOWN"
)

// Verdicts lists every Verdict.
func Verdicts() []Verdict {
	return []Verdict{VerdictPass, VerdictFail, VerdictNotEnough, VerdictUnknown}
}

// Evidence is the verdict of one gate on one arm, with everything it rests on.
// It is stored as JSON, where the names of fields stay as they are.
type Evidence struct {
	Arm     string  `json:"arm"`
	Gate    Gate    `json:"gate"`
	Verdict Verdict `json:"verdict"`
	// Why is a sentence for a person.
	Why     string  `json:"why"`
	Reading Reading `json:"reading"`
	// From and To bound the window of the figures.
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Reading is one measure of an arm, by itself or against the baseline. What is
// not known, or is no finite number, is nil.
type Reading struct {
	// Candidate and Baseline are the figures of the two arms; Baseline is nil
	// where only the arm's own counts.
	Candidate *float64 `json:"candidate"`
	Baseline  *float64 `json:"baseline"`
	// Figure is the arm's figure, difference or ratio, and Low and High bound
	// its confidence interval of the level Confidence.
	Figure     *float64 `json:"figure"`
	Low        *float64 `json:"low"`
	High       *float64 `json:"high"`
	Confidence float64  `json:"confidence"`
	// CandidateCount and BaselineCount are how many values the figures rest on.
	CandidateCount int64 `json:"candidateCount"`
	BaselineCount  int64 `json:"baselineCount"`
}

// SampleRatio is the check of an experiment's shares: whether each arm has as
// many subjects as its weight promises. Where that is unlikely to be chance,
// something besides the assignment decides who is counted, and comparing the
// arms means nothing.
type SampleRatio struct {
	Verdict Verdict `json:"verdict"`
	Why     string  `json:"why"`
	// Counts and Expected are by arm, in the order of the plan.
	Counts   []int64   `json:"counts"`
	Expected []float64 `json:"expected"`
	// ChiSquared is the statistic, and P how likely one as large is by chance.
	ChiSquared float64   `json:"chiSquared"`
	P          float64   `json:"p"`
	From       time.Time `json:"from"`
	To         time.Time `json:"to"`
}
