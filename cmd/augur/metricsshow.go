package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"

	"augur"
	"augur/client"
)

type metricsShowCommand struct {
	connection
	output
	Refs   []string `arg:"" name:"model@version" complete:"ref" help:"Models with a version, an alias or latest; the live one without @. Several are drawn together, 10 at most."`
	Metric []string `name:"metric" short:"m" placeholder:"NAME" help:"Only this metric; may be given more than once. All of them, each in a plot of its own, when left out."`
	Log    bool     `name:"log" help:"Draw powers of ten at equal distances."`
	Axis   string   `name:"axis" enum:"step,time" default:"step" help:"Draw over the training step or over time."`
	From   string   `name:"from" placeholder:"TIME" help:"Only points measured at or after this instant, in RFC 3339."`
	To     string   `name:"to" placeholder:"TIME" help:"Only points measured before this instant, in RFC 3339."`
	Width  int      `name:"width" placeholder:"N" help:"How many characters wide; that of the terminal when left out."`
	Height int      `name:"height" default:"15" help:"How many lines high."`
	Colour string   `name:"colour" aliases:"color" enum:"auto,always,never" default:"auto" help:"Colours: auto has them on a terminal, unless NO_COLOR is set."`
}

// The bounds of a plot. The server gives two points for each column, one for
// each column of dots.
const (
	leastWidth, mostWidth   = 30, 1000
	leastHeight, mostHeight = 4, 200
)

// Run draws a plot for each metric, a line for each version that has it.
func (c *metricsShowCommand) Run(t *terminal) error {
	if c.Width == 0 {
		c.Width = t.width()
	}
	if c.Width < leastWidth || c.Width > mostWidth || c.Height < leastHeight || c.Height > mostHeight {
		return augur.Errorf(augur.InvalidArgument, "a plot is %d to %d characters wide and %d to %d lines high", leastWidth, mostWidth, leastHeight, mostHeight)
	}
	if len(c.Refs) > 10 {
		return augur.Errorf(augur.InvalidArgument, "at most 10 versions are drawn together, got %d", len(c.Refs))
	}
	all, err := c.series(t)
	if err != nil {
		return err
	}
	if c.json() {
		return printJSON(t, all)
	}
	names := slices.Clone(c.Metric)
	for _, v := range all {
		for _, s := range v.Series {
			if !slices.Contains(names, s.Name) {
				names = append(names, s.Name)
			}
		}
	}
	if len(names) == 0 {
		_, err := fmt.Fprintln(t.stdout, "no metrics were logged")
		return err
	}
	for i, name := range names {
		if i > 0 {
			_, _ = fmt.Fprintln(t.stdout) // the next write fails too
		}
		if err := c.draw(t, name, all); err != nil {
			return err
		}
	}
	return nil
}

// series asks the server for what is drawn.
func (c *metricsShowCommand) series(t *terminal) ([]client.VersionSeries, error) {
	in := client.SeriesInput{Names: c.Metric, ByTime: c.Axis == "time", MaxPoints: 2 * c.Width}
	for _, ref := range c.Refs {
		model, version := reference(ref)
		in.Refs = append(in.Refs, [2]string{model, version})
	}
	for _, f := range []struct {
		flag, text string
		into       *time.Time
	}{{"--from", c.From, &in.From}, {"--to", c.To, &in.To}} {
		if f.text == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339, f.text)
		if err != nil {
			return nil, augur.Errorf(augur.InvalidArgument, "%s: expected an instant such as 2026-11-23T09:30:00Z, got %q", f.flag, f.text)
		}
		*f.into = at
	}
	api, err := c.dial()
	if err != nil {
		return nil, err
	}
	defer api.Close()
	return api.Series(t.ctx, in)
}

// draw draws one metric, and below it a line for each version.
func (c *metricsShowCommand) draw(t *terminal, name string, all []client.VersionSeries) error {
	p := plot{width: c.Width, height: c.Height, log: c.Log, label: c.label, colour: c.Colour == "always" || c.Colour == "auto" && t.colours()}
	var lines []plotted
	for _, v := range all {
		l := plotted{name: v.Model + "@" + v.Version}
		for _, s := range v.Series {
			if s.Name != name {
				continue
			}
			for k, y := range s.Values {
				x := s.Steps[k]
				if c.Axis == "time" {
					x = s.Times[k]
				}
				l.xs, l.ys = append(l.xs, float64(x)), append(l.ys, float64(y))
			}
		}
		if len(l.xs) > 0 {
			lines = append(lines, l)
		}
	}
	_, _ = fmt.Fprintln(t.stdout, name) // the next write fails too
	if len(lines) == 0 {
		_, err := fmt.Fprintln(t.stdout, "  was not logged")
		return err
	}
	left, err := p.draw(t.stdout, lines)
	for i, l := range lines {
		mark := string(plotMarks[i%len(plotMarks)])
		if p.colour {
			mark = tint(i, "⣿")
		} else if len(lines) == 1 {
			mark = "⣿"
		}
		_, _ = fmt.Fprintf(t.stdout, "  %s %s  %s\n", mark, l.name, l.figures(left[i], c.Log))
	}
	return err
}

// figures says what a line comes to.
func (l plotted) figures(left int, log bool) string {
	number := func(f float64) string { return strconv.FormatFloat(f, 'g', 6, 64) }
	parts := []string{"last " + number(l.ys[len(l.ys)-1])}
	least, most, some := 0.0, 0.0, false
	for _, y := range l.ys {
		if y == y { // not NaN
			if !some {
				least, most, some = y, y, true
			}
			least, most = min(least, y), max(most, y)
		}
	}
	if some {
		parts = append(parts, "min "+number(least), "max "+number(most))
	}
	if left > 0 {
		why := "NaN or infinite"
		if log {
			why += " or not above zero"
		}
		parts = append(parts, strconv.Itoa(left)+" not drawn ("+why+")")
	}
	return strings.Join(parts, ", ")
}

// label writes a place on the horizontal axis.
func (c *metricsShowCommand) label(x float64) string {
	if c.Axis == "time" {
		return time.UnixMilli(int64(x)).UTC().Format("2006-01-02T15:04:05Z")
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// width is the width of the terminal: what COLUMNS says, what it has, or 80.
func (t *terminal) width() int {
	for _, v := range t.environ {
		if text, ok := strings.CutPrefix(v, "COLUMNS="); ok {
			if n, err := strconv.Atoi(text); err == nil && n >= leastWidth {
				return min(n, mostWidth)
			}
		}
	}
	if f, ok := t.stdout.(*os.File); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n >= leastWidth {
			return min(n, mostWidth)
		}
	}
	return 80
}

// colours says whether a person looks at a terminal that may have colours.
func (t *terminal) colours() bool {
	for _, v := range t.environ {
		if text, ok := strings.CutPrefix(v, "NO_COLOR="); ok && text != "" || v == "TERM=dumb" {
			return false
		}
	}
	f, ok := t.stdout.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
