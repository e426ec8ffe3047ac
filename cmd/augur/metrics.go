package main

import (
	"encoding/csv"
	"strconv"
	"strings"

	"augur"
	"augur/client"
)

// metricsCommand groups the verbs about metrics.
type metricsCommand struct {
	Log    metricsLogCommand    `cmd:"" help:"Log values of metrics of a version."`
	Show   metricsShowCommand   `cmd:"" help:"Draw the history of metrics of one or more versions."`
	Export metricsExportCommand `cmd:"" help:"Print every exact point of a metric as CSV."`
}

type metricsLogCommand struct {
	changing
	Ref    string   `arg:"" name:"model@version" complete:"ref" help:"The model and a version, an alias or latest; the live one without @."`
	Step   int64    `name:"step" help:"The training step, iteration or epoch."`
	At     string   `name:"at" placeholder:"TIME" help:"When they were measured, in RFC 3339; now when left out."`
	Values []string `arg:"" help:"NAME=VALUE."`
}

// Run logs one point of each metric.
func (c *metricsLogCommand) Run(t *terminal) error {
	points := make([]map[string]any, len(c.Values))
	for i, text := range c.Values {
		name, value, _ := strings.Cut(text, "=")
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return augur.Errorf(augur.InvalidArgument, "expected NAME=VALUE with a number, got %q", text)
		}
		points[i] = map[string]any{"name": name, "step": c.Step, "value": n}
		if n-n != 0 { // NaN and the infinities, for which JSON has no number
			points[i]["value"] = map[bool]string{true: "NaN", false: strings.TrimPrefix(strconv.FormatFloat(n, 'g', -1, 64), "+") + "inity"}[n != n]
		}
		if c.At != "" {
			points[i]["at"] = c.At
		}
	}
	model, version := reference(c.Ref)
	id, err := c.versionID(t, model, version)
	if err != nil {
		return err
	}
	return c.change(t, "metricsLog", map[string]any{"versionId": id, "points": points}, "logged")
}

type metricsExportCommand struct {
	connection
	Ref  string `arg:"" name:"model@version" complete:"ref" help:"The model and a version, an alias or latest; the live one without @."`
	Name string `arg:"" help:"The metric."`
}

// Run prints the points as they come, by step.
func (c *metricsExportCommand) Run(t *terminal) error {
	api, err := c.dial()
	if err != nil {
		return err
	}
	defer api.Close()
	model, version := reference(c.Ref)
	w := csv.NewWriter(t.stdout)
	_ = w.Write([]string{"step", "value", "at", "dataset_digest"}) // Error below
	if err := api.ExactPoints(t.ctx, model, version, c.Name, func(p client.ExactPoint) error {
		return w.Write([]string{p.Step.String(), cell(p.Value), p.At, p.DatasetDigest})
	}); err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}

// diffCommand compares two versions.
type diffCommand struct {
	connection
	output
	A string `arg:"" name:"model@version" complete:"ref" help:"One version; the live one without @."`
	B string `arg:"" name:"other@version" complete:"ref" help:"The other."`
}

// Run prints a line for everything that is not the same in both.
func (c *diffCommand) Run(t *terminal) error {
	api, err := c.dial()
	if err != nil {
		return err
	}
	defer api.Close()
	ids := make([]string, 2)
	for i, ref := range []string{c.A, c.B} {
		model, version := reference(ref)
		if ids[i], err = c.versionID(t, model, version); err != nil {
			return err
		}
	}
	raw, err := api.Compare(t.ctx, ids)
	if err != nil {
		return err
	}
	if c.json() {
		return printJSON(t, raw)
	}
	type difference struct {
		Path   string
		Values []any
	}
	var d struct {
		Signature, About, Metadata []difference
		Metrics                    []struct {
			Name      string
			Summaries []*struct{ Last any }
		}
		Serving []map[string]any
	}
	if err := read(raw, &d); err != nil {
		return err
	}
	var lines [][]string
	for _, list := range [][]difference{d.Signature, d.About, d.Metadata} {
		for _, x := range list {
			lines = append(lines, []string{x.Path, cell(x.Values[0]), cell(x.Values[1])})
		}
	}
	for _, m := range d.Metrics {
		line := []string{"metrics." + m.Name, "–", "–"}
		for i, s := range m.Summaries {
			if s != nil {
				line[i+1] = cell(s.Last)
			}
		}
		lines = append(lines, line)
	}
	if len(d.Serving) == 2 {
		for _, name := range []string{"requests", "errorRate", "p50Ms", "p95Ms", "p99Ms", "cacheHitRate"} {
			lines = append(lines, []string{"serving." + name, cell(d.Serving[0][name]), cell(d.Serving[1][name])})
		}
	}
	return table(t, "WHAT "+c.A+" "+c.B, lines)
}
