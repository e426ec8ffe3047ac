package rollout

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"augur"
)

func near(t *testing.T, what string, got, want, by float64) {
	t.Helper()
	if !(math.Abs(got-want) <= by) {
		t.Errorf("%s is %v, expected %v", what, got, want)
	}
}

// TestPublished holds the intervals against examples that others worked out.
func TestPublished(t *testing.T) {
	// Newcombe, Two-sided confidence intervals for the single proportion, Stat.
	// Med. 17 (1998), table I, method 3.
	for _, c := range []struct {
		k, n      int64
		low, high float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}} {
		low, high := wilson(c.k, c.n, 0.95)
		near(t, "low", low, c.low, 5e-5)
		near(t, "high", high, c.high, 5e-5)
	}
	// Newcombe, Interval estimation for the difference …, table II, method 10.
	for _, c := range []struct {
		a, m, b, n int64
		low, high  float64
	}{
		{56, 70, 48, 80, 0.0524, 0.3339}, {9, 10, 3, 10, 0.1705, 0.8090}, {6, 7, 2, 7, 0.0582, 0.8062}, {5, 56, 0, 29, -0.0381, 0.1926},
		{0, 10, 0, 20, -0.1611, 0.2775}, {0, 10, 0, 10, -0.2775, 0.2775}, {10, 10, 0, 20, 0.6791, 1}, {10, 10, 0, 10, 0.6075, 1},
	} {
		d := difference(share(c.a, c.m, 0.95).estimate, share(c.b, c.n, 0.95).estimate)
		near(t, "low", d.low, c.low, 5e-5)
		near(t, "high", d.high, c.high, 5e-5)
	}
	// The sleep data of Student (1908), as R's t.test(extra ~ group) prints it.
	w := welch(0.75, 3.200556, 10, 2.33, 4.009000, 10, 0.95)
	near(t, "low", w.low, -3.3654832, 1e-5)
	near(t, "high", w.high, 0.2054832, 1e-5)
	// Tables of Student's distribution and of chi squared.
	for _, c := range []struct{ level, df, want float64 }{
		{0.95, 1, 12.7062}, {0.95, 2, 4.30265}, {0.95, 10, 2.22814}, {0.95, 30, 2.04227}, {0.95, 120, 1.97993}, {0.99, 5, 4.03214}, {0.999, 40, 3.55097}, {0.5, 3, 0.764892}, {0.95, 1e9, 1.959964},
	} {
		near(t, "t", student(c.level, c.df), c.want, 1e-5*c.want)
	}
	for _, c := range []struct {
		x    float64
		df   int
		want float64
	}{{3.841459, 1, 0.05}, {5.991465, 2, 0.05}, {7.814728, 3, 0.05}, {16.918978, 9, 0.05}, {18.307038, 10, 0.05}, {12.11567, 1, 0.0005}, {0, 3, 1}, {1e6, 4, 0}} {
		near(t, "p", chiSquared(c.x, c.df), c.want, 1e-6)
	}
}

// TestStudentIsContinuous where it goes over to the expansion.
func TestStudentIsContinuous(t *testing.T) {
	for _, level := range []float64{0.5, 0.95, 0.999999} {
		near(t, "t", student(level, 99_999), student(level, 100_001), 1e-7)
	}
}

// latencies draws n log-normal latencies around a median in milliseconds.
func latencies(r *rand.Rand, n int, median float64) *augur.Sketch {
	s := new(augur.Sketch)
	for range n {
		s.Add(time.Duration(median * math.Exp(0.5*r.NormFloat64()) * float64(time.Millisecond)))
	}
	return s
}

// TestCoverage draws figures of arms whose truth is known and counts how often
// an interval of 0.95 contains it: 0.93 to 0.99 of 2,000, with fixed seeds.
func TestCoverage(t *testing.T) {
	const rounds = 2_000
	r := rand.New(rand.NewPCG(3, 4))
	failures := func(n int, p float64) (k int64) {
		for range n {
			if r.Float64() < p {
				k++
			}
		}
		return k
	}
	moments := func(n int, mean, sd float64) augur.Moments {
		var m, s float64
		for i := range n {
			x := mean + sd*r.NormFloat64()
			d := x - m
			m += d / float64(i+1)
			s += d * (x - m)
		}
		return augur.Moments{Count: int64(n), Mean: m, Variance: s / float64(n-1)}
	}
	for name, c := range map[string]struct {
		measure augur.Measure
		compare augur.Comparison
		truth   float64
		draw    func() (a, b augur.ArmFigures)
	}{
		"error rates": {augur.MeasureErrors, augur.CompareDifference, 0.01, func() (a, b augur.ArmFigures) {
			return augur.ArmFigures{Requests: 400, Errors: failures(400, 0.02)}, augur.ArmFigures{Requests: 1_000, Errors: failures(1_000, 0.01)}
		}},
		"few errors": {augur.MeasureErrors, augur.CompareDifference, 0, func() (a, b augur.ArmFigures) {
			return augur.ArmFigures{Requests: 100, Errors: failures(100, 0.01)}, augur.ArmFigures{Requests: 900, Errors: failures(900, 0.01)}
		}},
		"one error rate": {augur.MeasureErrors, augur.CompareAbsolute, 0.03, func() (a, b augur.ArmFigures) {
			return augur.ArmFigures{Requests: 500, Errors: failures(500, 0.03)}, augur.ArmFigures{}
		}},
		"outcomes": {augur.MeasureOutcome, augur.CompareDifference, 1, func() (a, b augur.ArmFigures) {
			return augur.ArmFigures{Outcomes: map[string]augur.Moments{"sold": moments(12, 3, 5)}}, augur.ArmFigures{Outcomes: map[string]augur.Moments{"sold": moments(60, 2, 1)}}
		}},
		"p95": {augur.MeasureP95, augur.CompareRatio, 1.2, func() (a, b augur.ArmFigures) {
			return augur.ArmFigures{Latency: latencies(r, 400, 12)}, augur.ArmFigures{Latency: latencies(r, 1_500, 10)}
		}},
		"one p95": {augur.MeasureP95, augur.CompareAbsolute, 10 * math.Exp(0.5*1.6448536), func() (a, b augur.ArmFigures) {
			return augur.ArmFigures{Latency: latencies(r, 400, 10)}, augur.ArmFigures{}
		}},
	} {
		held := 0
		r = rand.New(rand.NewPCG(3, 4)) // for each alike, since a map has no order
		for range rounds {
			a, b := c.draw()
			reading, known := read(c.measure, "sold", c.compare, &a, &b, 0.95)
			if !known {
				t.Fatalf("%s: %+v", name, reading)
			}
			if *reading.Low <= c.truth && (reading.High == nil || c.truth <= *reading.High) {
				held++
			}
		}
		got := float64(held) / rounds
		t.Logf("%-15s %.3f", name, got)
		if got < 0.93 || got > 0.995 {
			t.Errorf("%s: %.3f", name, got)
		}
	}
}

// TestContrasts of what was measured, in a fixed order.
func TestContrasts(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	p := augur.Plan{Kind: augur.RolloutExperiment, Salt: "s", Arms: []augur.Arm{{VersionID: "a"}, {VersionID: "b"}, {VersionID: "c"}}}.WithDefaults()
	arm := func(errors int64, sold float64) augur.ArmFigures {
		return augur.ArmFigures{Requests: 1_000, Errors: errors, Latency: latencies(r, 1_000, 10), Outcomes: map[string]augur.Moments{"sold": {Count: 500, Mean: sold, Variance: sold * (1 - sold)}, "a": {Count: 9, Mean: 1}}}
	}
	f := augur.Figures{Arms: []augur.ArmFigures{arm(10, 0.1), arm(60, 0.2), arm(11, 0.1)}}
	f.Arms[2].Latency = nil
	f.Arms[2].Outcomes = map[string]augur.Moments{"sold": {Count: 1, Mean: 1}, "a": {}}
	var got []string
	for _, c := range Contrasts(&p, f, 0.95) {
		got = append(got, c.Arm+" "+string(c.Measure)+" "+c.Outcome)
		if *c.Reading.Figure == 0.1 && (c.Reading.Low == nil || *c.Reading.Low < 0.05 || *c.Reading.High > 0.15) {
			t.Errorf("%+v", c)
		}
		if c.Reading.CandidateCount == 1 && (c.Reading.Low != nil || c.Reading.High != nil) {
			t.Errorf("an interval of one value: %+v", c)
		}
	}
	want := []string{"candidate ERROR_RATE ", "candidate P95 ", "candidate P99 ", "candidate OUTCOME a", "candidate OUTCOME sold", "candidate-2 ERROR_RATE ", "candidate-2 OUTCOME sold"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if Contrasts(&p, augur.Figures{}, 0.95) != nil {
		t.Error("without figures")
	}
}

// TestPeeking looks at an experiment and at a gate again and again while nothing
// is wrong, and counts how often chance alone moves them: the figures of the guide.
func TestPeeking(t *testing.T) {
	const rounds = 1_000
	r := rand.New(rand.NewPCG(7, 8))
	p := augur.Plan{Kind: augur.RolloutExperiment, Salt: "s", Arms: []augur.Arm{{VersionID: "a"}, {VersionID: "b"}}, Gates: []augur.Gate{}}.WithDefaults()
	wrong, once := 0, 0
	for range rounds { // 100,000 subjects, looked at each time their number grew by 2 %
		f := augur.Figures{Arms: make([]augur.ArmFigures, 2)}
		alarm, next := false, 100
		for i := range 100_000 {
			f.Arms[r.Uint64()&1].Subjects++
			if i < next && i < 99_999 {
				continue
			}
			next += next/50 + 1
			v := sampleRatio(&p, augur.RolloutState{}, f.To, f).Verdict == augur.VerdictFail
			alarm = alarm || v
			if i == 99_999 && v {
				once++
			}
		}
		if alarm {
			wrong++
		}
	}
	t.Logf("sample ratio: %d of %d alarmed by the last look, %d by any", once, rounds, wrong)
	if wrong > rounds/50 {
		t.Errorf("%d of %d", wrong, rounds)
	}
	for _, confidence := range []float64{augur.FigureAlone, 0.95, 0.999} {
		for _, rate := range []float64{0.005, 0.01} { // against a limit of 0.01
			g := augur.Gate{Measure: augur.MeasureErrors, Limit: 0.01, Confidence: confidence}.WithDefaults()
			failed := 0
			for range rounds {
				var a augur.ArmFigures
				for i := range 10_000 {
					a.Requests++
					if r.Float64() < rate {
						a.Errors++
					} else if i%50 != 0 { // a look at every error and every 50th request
						continue
					}
					e := augur.Evidence{Gate: g}
					var known bool
					if e.Reading, known = read(g.Measure, "", g.Compare, &a, nil, max(confidence, 0.5)); !known {
						t.Fatal(e)
					}
					if v, _ := verdict(&e, known, augur.RolloutState{}, e.To); v == augur.VerdictFail {
						failed++
						break
					}
				}
			}
			t.Logf("gate of 0.01, confidence %v, true rate %v: %d of %d failed", confidence, rate, failed, rounds)
			if rate == 0.005 && confidence > 0 && failed > rounds/10 {
				t.Errorf("%d of %d", failed, rounds)
			}
		}
	}
}
