package main

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func drawn(t interface{ Fatal(...any) }, p plot, lines ...plotted) (string, []int) {
	p.label = func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	var b strings.Builder
	left, err := p.draw(&b, lines)
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), left
}

// TestPlotOfSeveralLines: marks tell them apart, and the axes say where they run.
func TestPlotOfSeveralLines(t *testing.T) {
	got, left := drawn(t, plot{width: 30, height: 5},
		plotted{"up", []float64{0, 10}, []float64{0, 4}},
		plotted{"down", []float64{0, 10}, []float64{4, math.NaN()}},
	)
	want := `          4 ┤+            ••••
            ┤          ••••
            ┤       •••
            ┤   ••••
          0 ┤••••
            └─────────────────
             0              10
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{0, 1}, left); diff != "" {
		t.Errorf("left out: %s", diff)
	}
}

// TestPlotOfPowers: a logarithmic axis makes a straight line of 1, 10, 100, and
// leaves out what has no logarithm.
func TestPlotOfPowers(t *testing.T) {
	got, left := drawn(t, plot{width: 30, height: 5, log: true}, plotted{"", []float64{0, 1, 2, 3}, []float64{1, 10, 100, 0}})
	if left[0] != 1 {
		t.Errorf("%d points left out, expected one", left[0])
	}
	if !strings.HasPrefix(got, "        100 ┤") || !strings.Contains(got, "\n          1 ┤") {
		t.Errorf("the axis does not run from 1 to 100:\n%s", got)
	}
}

// TestPlotColours: colours are escapes that end where the character does.
func TestPlotColours(t *testing.T) {
	got, _ := drawn(t, plot{width: 30, height: 4, colour: true}, plotted{"", []float64{0}, []float64{1}}, plotted{"", []float64{1}, []float64{2}})
	for _, want := range []string{"\x1b[36m", "\x1b[33m", "\x1b[0m"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in %q", want, got)
		}
	}
}

// TestPlotTakesAnyNumbers: whatever the values, a plot has its lines and width.
func TestPlotTakesAnyNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 50).Draw(t, "n")
		l := plotted{}
		x := rapid.Float64Range(-1e300, 1e300).Draw(t, "x")
		for range n {
			l.xs = append(l.xs, x)
			l.ys = append(l.ys, rapid.OneOf(rapid.Float64(), rapid.Just(math.NaN()), rapid.Just(math.Inf(1)), rapid.Just(math.MaxFloat64), rapid.Just(-math.MaxFloat64)).Draw(t, "y"))
			x += rapid.Float64Range(0, 1e300).Draw(t, "dx")
		}
		p := plot{width: rapid.IntRange(leastWidth, 200).Draw(t, "width"), height: rapid.IntRange(leastHeight, 40).Draw(t, "height"), log: rapid.Bool().Draw(t, "log")}
		got, left := drawn(t, p, l)
		if left[0] == n {
			return // nothing to draw
		}
		rows := strings.Split(strings.TrimSuffix(got, "\n"), "\n")
		if len(rows) != p.height+2 {
			t.Fatalf("%d lines, expected %d", len(rows), p.height+2)
		}
		for _, row := range rows[:p.height+1] {
			if w := len([]rune(row)); w > p.width {
				t.Fatalf("a line of %d characters, expected %d at most: %q", w, p.width, row)
			}
		}
		if !strings.ContainsFunc(got, func(r rune) bool { return r > 0x2800 && r <= 0x28ff }) {
			t.Fatal("nothing was drawn")
		}
	})
}
