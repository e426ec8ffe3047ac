package rollout

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"augur"
)

// defaultLevel is the level of the interval that evidence shows when its gate
// does not decide by one.
const defaultLevel = 0.95

// judge answers every gate on every arm but the baseline.
func judge(p *augur.Plan, s augur.RolloutState, now time.Time, f augur.Figures) []augur.Evidence {
	evidence := make([]augur.Evidence, 0, len(p.Gates)*(len(p.Arms)-1))
	alone := p.Kind == augur.RolloutCanary && p.Steps[s.Step].Weight == augur.WholeWeight
	for _, g := range p.Gates {
		if g.Relative() && alone {
			continue
		}
		for i := 1; i < len(p.Arms); i++ {
			e := augur.Evidence{Arm: p.Arms[i].Name, Gate: g, From: f.From, To: f.To}
			level := g.Confidence
			if level == augur.FigureAlone {
				level = defaultLevel
			}
			var known bool
			e.Reading, known = read(g.Measure, g.Outcome, g.Compare, &f.Arms[i], &f.Arms[0], level)
			e.Verdict, e.Why = verdict(&e, known, s, now)
			evidence = append(evidence, e)
		}
	}
	return evidence
}

// verdict holds a reading against its gate.
func verdict(e *augur.Evidence, known bool, s augur.RolloutState, now time.Time) (augur.Verdict, string) {
	g, r := &e.Gate, &e.Reading
	what := fmt.Sprintf("%s of %s", name(g), e.Arm)
	switch {
	case now.Sub(e.To) > MaxAge:
		return augur.VerdictUnknown, fmt.Sprintf("%s: the figures end %s ago", what, now.Sub(e.To).Round(time.Second))
	case e.From.Before(s.Since):
		return augur.VerdictNotEnough, what + ": the figures begin before this step did"
	case !known:
		return augur.VerdictUnknown, what + " could not be measured"
	case r.CandidateCount < g.MinRequests:
		return augur.VerdictNotEnough, fmt.Sprintf("%s: %d of the %d that are needed", what, r.CandidateCount, g.MinRequests)
	case g.Relative() && r.BaselineCount < g.MinRequests:
		return augur.VerdictNotEnough, fmt.Sprintf("%s: the baseline has %d of the %d that are needed", what, r.BaselineCount, g.MinRequests)
	}
	is := fmt.Sprintf("%s is %s over %d", what, show(*r.Figure), r.CandidateCount)
	if g.Relative() {
		is = fmt.Sprintf("%s is %s over %d, against %s over %d of the baseline: %s %s", what, show(*r.Candidate), r.CandidateCount, show(*r.Baseline), r.BaselineCount, strings.ToLower(string(g.Compare)), show(*r.Figure))
	}
	limit := strings.ToLower(strings.ReplaceAll(string(g.Bound), "_", " ")) + " " + show(g.Limit)
	switch {
	case !beyond(g, r.Figure):
		return augur.VerdictPass, is + ", " + limit
	case g.Confidence == augur.FigureAlone:
		return augur.VerdictFail, is + "; expected " + limit
	case g.Bound == augur.AtMost && beyond(g, r.Low), g.Bound == augur.AtLeast && beyond(g, r.High):
		return augur.VerdictFail, fmt.Sprintf("%s; expected %s, and chance does not explain it (%s)", is, limit, show(g.Confidence))
	default:
		return augur.VerdictNotEnough, fmt.Sprintf("%s; expected %s, which chance may still explain (%s)", is, limit, show(g.Confidence))
	}
}

// beyond says whether a figure is on the wrong side of a gate's limit. A bound
// that is not known is not.
func beyond(g *augur.Gate, figure *float64) bool {
	if figure == nil {
		return false
	}
	// 0.07 - 0.06 is a little more than 0.01; nobody means that.
	slack := 1e-9 * max(1, math.Abs(g.Limit))
	if g.Bound == augur.AtLeast {
		return *figure < g.Limit-slack
	}
	return *figure > g.Limit+slack
}

// name writes what a gate measures, for a sentence.
func name(g *augur.Gate) string {
	switch g.Measure {
	case augur.MeasureErrors:
		return "error rate"
	case augur.MeasureP95, augur.MeasureP99:
		return strings.ToLower(string(g.Measure)) + " in ms"
	case augur.MeasureAgreement:
		return "agreement"
	default:
		return "outcome " + strconv.Quote(g.Outcome)
	}
}

func show(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }
