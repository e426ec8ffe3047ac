package bench

import (
	"fmt"
	"slices"
	"testing"
)

// Spread is a figure of several rounds: the median and the quartiles.
type Spread struct{ Low, Median, High float64 }

// SpreadOf is the spread of the figures of the rounds.
func SpreadOf(figures []float64) Spread {
	s := slices.Sorted(slices.Values(figures))
	at := func(q float64) float64 {
		x := q * float64(len(s)-1)
		i := int(x)
		return s[i] + (x-float64(i))*(s[min(i+1, len(s)-1)]-s[i])
	}
	return Spread{at(0.25), at(0.5), at(0.75)}
}

// Of compares two loads, round by round: the ratio of a to b.
func (a Rates) Of(b Rates) Spread {
	return a.with(b, func(x, y float64) float64 { return x / y })
}

// Slower is by how many µs a call of a, which asks for one row at a time, takes
// longer than one of b.
func (a Rates) Slower(b Rates) Spread {
	return a.with(b, func(x, y float64) float64 { return 1e6/x - 1e6/y })
}

func (a Rates) with(b Rates, f func(x, y float64) float64) Spread {
	figures := make([]float64, len(a))
	for i := range a {
		figures[i] = f(a[i], b[i])
	}
	return SpreadOf(figures)
}

// Best is the load with the best median.
func Best(loads []Rates) (at int) {
	for i := range loads {
		if SpreadOf(loads[i]).Median > SpreadOf(loads[at]).Median {
			at = i
		}
	}
	return at
}

// AtLeast prints a bar that a figure must reach, and fails the test of the full
// form when the whole of its middle half does not.
func (f Form) AtLeast(t testing.TB, name string, got Spread, want float64) {
	t.Helper()
	f.bar(t, name, got, ">=", want, got.Median >= want, got.High >= want)
}

// AtMost is AtLeast for a figure that must not pass a bar.
func (f Form) AtMost(t testing.TB, name string, got Spread, want float64) {
	t.Helper()
	f.bar(t, name, got, "<=", want, got.Median <= want, got.Low <= want)
}

// Note prints a figure without a bar.
func Note(name string, got Spread) {
	fmt.Printf("%-62s %9.3g  [%.3g, %.3g]\n", "note "+name, got.Median, got.Low, got.High)
}

func (f Form) bar(t testing.TB, name string, got Spread, sign string, want float64, met, near bool) {
	t.Helper()
	verdict := "MISS"
	switch {
	case !f.Full:
		verdict = "" // windows this short say nothing
	case met:
		verdict = "ok"
	case near:
		verdict = "near"
	}
	fmt.Printf("%-62s %9.3g  [%.3g, %.3g]  %s %.3g  %s\n", "bar  "+name, got.Median, got.Low, got.High, sign, want, verdict)
	if f.Full && !near {
		t.Errorf("%s: %.3g [%.3g, %.3g], wanted %s %.3g", name, got.Median, got.Low, got.High, sign, want)
	}
}
