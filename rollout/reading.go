package rollout

import (
	"maps"
	"math"
	"slices"
	"time"

	"augur"
)

// sample is one measure of one arm. known says whether it could be measured;
// with no values yet it is known and has a count of 0.
type sample struct {
	estimate
	count int64
	known bool
	// variance is that of an outcome.
	variance float64
}

// sampleOf takes a measure of an arm with an interval of a level.
func sampleOf(a *augur.ArmFigures, m augur.Measure, outcome string, level float64) sample {
	switch m {
	case augur.MeasureErrors:
		return share(a.Errors, a.Requests, level)
	case augur.MeasureAgreement:
		return share(a.Agreed, a.Compared, level)
	case augur.MeasureP95:
		return quantile(a, 0.95, level)
	case augur.MeasureP99:
		return quantile(a, 0.99, level)
	case augur.MeasureOutcome:
		v := a.Outcomes[outcome]
		if v.Count == 0 {
			return sample{known: true}
		}
		known := v.Count > 0 && finite(v.Mean) && finite(v.Variance) && v.Variance >= 0
		return sample{estimate: mean(v.Mean, v.Variance, v.Count, level), count: max(v.Count, 0), known: known, variance: v.Variance}
	default:
		return sample{}
	}
}

func share(k, n int64, level float64) sample {
	if k < 0 || n < k {
		return sample{}
	}
	low, high := wilson(k, n, level)
	return sample{estimate: estimate{float64(k) / float64(n), low, high}, count: n, known: true}
}

// sketchError is how far a quantile of an augur.Sketch may be from that of the
// values in it, relatively. Intervals allow for it.
const sketchError = 1.0 / 64

// quantile is in milliseconds.
func quantile(a *augur.ArmFigures, q, level float64) sample {
	if a.Latency == nil {
		return sample{known: a.Requests == 0}
	}
	n := int64(a.Latency.Count())
	if n == 0 {
		return sample{known: true}
	}
	at := func(q float64) float64 { return float64(a.Latency.Quantile(q)) / float64(time.Millisecond) }
	s := sample{estimate: estimate{at(q), 0, math.Inf(1)}, count: n, known: true}
	low, high := ranks(q, n, level)
	if low > 0 {
		s.low = at(low) * (1 - sketchError)
	}
	if high < 1 {
		s.high = at(high) * (1 + sketchError)
	}
	return s
}

// read takes a measure of an arm, by itself or against the baseline's, and says
// whether it is known: without values yet it is, and has no figure.
func read(m augur.Measure, outcome string, compare augur.Comparison, arm, baseline *augur.ArmFigures, level float64) (augur.Reading, bool) {
	c := sampleOf(arm, m, outcome, level)
	r := augur.Reading{Confidence: level, CandidateCount: c.count}
	if !c.known || c.count == 0 {
		if compare != augur.CompareAbsolute {
			r.BaselineCount = sampleOf(baseline, m, outcome, level).count
		}
		return r, c.known
	}
	r.Candidate = number(c.value)
	e := c.estimate
	if compare != augur.CompareAbsolute {
		b := sampleOf(baseline, m, outcome, level)
		r.BaselineCount = b.count
		if !b.known || b.count == 0 {
			return r, b.known
		}
		r.Baseline = number(b.value)
		switch {
		case compare == augur.CompareRatio:
			e = ratio(c.estimate, b.estimate)
		case m == augur.MeasureOutcome:
			e = welch(c.value, c.variance, c.count, b.value, b.variance, b.count, level)
		default:
			e = difference(c.estimate, b.estimate)
		}
	}
	r.Figure, r.Low, r.High = number(e.value), number(e.low), number(e.high)
	return r, r.Figure != nil // a ratio to 0 is none
}

// number points to v, nil where v is no finite number: JSON has no other.
func number(v float64) *float64 {
	if !finite(v) {
		return nil
	}
	return &v
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// Contrast is one measure of an arm against the baseline's.
type Contrast struct {
	Arm     string
	Measure augur.Measure
	// Outcome is the outcome's name when Measure is OUTCOME.
	Outcome string
	// Compare is RATIO for latencies and DIFFERENCE for the others.
	Compare augur.Comparison
	Reading augur.Reading
}

// Contrasts sets every arm's errors, latencies and outcomes against the
// baseline's, whether or not a gate looks at them, with intervals of a level
// (0.5 to 0.999999): error rates by Newcombe, outcomes by Welch, latencies by
// their order statistics. What was not measured is left out.
//
// Each interval stands for itself and for one look. Over twenty of them, or
// twenty looks at one, a level of 0.95 is expected to be wrong about once.
func Contrasts(p *augur.Plan, f augur.Figures, level float64) []Contrast {
	level = min(max(level, 0.5), 0.999999)
	var all []Contrast
	if len(f.Arms) != len(p.Arms) || len(f.Arms) == 0 {
		return nil
	}
	names := map[string]bool{}
	for i := range f.Arms {
		for name := range f.Arms[i].Outcomes {
			names[name] = true
		}
	}
	for i := 1; i < len(p.Arms); i++ {
		add := func(m augur.Measure, outcome string, compare augur.Comparison) {
			if r, known := read(m, outcome, compare, &f.Arms[i], &f.Arms[0], level); known && r.Figure != nil {
				all = append(all, Contrast{Arm: p.Arms[i].Name, Measure: m, Outcome: outcome, Compare: compare, Reading: r})
			}
		}
		add(augur.MeasureErrors, "", augur.CompareDifference)
		add(augur.MeasureP95, "", augur.CompareRatio)
		add(augur.MeasureP99, "", augur.CompareRatio)
		for _, name := range slices.Sorted(maps.Keys(names)) {
			add(augur.MeasureOutcome, name, augur.CompareDifference)
		}
	}
	return all
}
