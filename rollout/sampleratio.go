package rollout

import (
	"fmt"
	"time"

	"augur"
)

const (
	// sampleRatioP is how unlikely a sample ratio must be to be called wrong. It
	// is small because it is looked at again and again.
	sampleRatioP = 0.0005
	// sampleRatioLeast is how many subjects each arm should have before the
	// chi-squared distribution describes so thin a tail well enough.
	sampleRatioLeast = 100
)

// sampleRatio checks an experiment's shares by Pearson's chi-squared test. What
// is counted is what was assigned, subjects or, where each request is drawn,
// requests: the test holds for independent draws, and the requests of one
// subject are not independent.
func sampleRatio(p *augur.Plan, s augur.RolloutState, now time.Time, f augur.Figures) *augur.SampleRatio {
	r := &augur.SampleRatio{P: 1, From: f.From, To: f.To}
	what, total, known := "subjects", int64(0), true
	for _, a := range f.Arms {
		n := a.Subjects
		if p.Subject == augur.SubjectNone {
			what, n = "requests", a.Requests
		}
		known = known && n >= 0
		total += n
		r.Counts = append(r.Counts, n)
	}
	least := float64(total)
	for _, a := range p.Arms {
		expected := float64(total) * float64(a.Weight) / augur.WholeWeight
		r.Expected = append(r.Expected, expected)
		least = min(least, expected)
	}
	switch {
	case !known:
		r.Expected = nil
		r.Verdict, r.Why = augur.VerdictUnknown, "the arms' "+what+" were not counted"
		return r
	case now.Sub(f.To) > MaxAge:
		r.Verdict, r.Why = augur.VerdictUnknown, "the figures are too old"
		return r
	case f.From.Before(s.Since):
		r.Verdict, r.Why = augur.VerdictNotEnough, "the figures begin before the experiment did"
		return r
	case least < sampleRatioLeast:
		r.Verdict, r.Why = augur.VerdictNotEnough, fmt.Sprintf("an arm should have %s %s so far; %d are needed", show(least), what, sampleRatioLeast)
		return r
	}
	for i, n := range r.Counts {
		d := float64(n) - r.Expected[i]
		r.ChiSquared += d * d / r.Expected[i]
	}
	r.P = chiSquared(r.ChiSquared, len(r.Counts)-1)
	if r.P < sampleRatioP {
		r.Verdict = augur.VerdictFail
		r.Why = fmt.Sprintf("the arms have %v %s where about %.0f are expected (p = %s): comparing them means nothing until the cause is found", r.Counts, what, r.Expected, show(r.P))
		return r
	}
	r.Verdict, r.Why = augur.VerdictPass, fmt.Sprintf("the arms have the %s that their weights promise (p = %s)", what, show(r.P))
	return r
}
