package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"augur/client"
)

// modelsCommand groups the verbs that look at models.
type modelsCommand struct {
	List    modelsListCommand   `cmd:"" default:"withargs" help:"List the models."`
	Show    modelsShowCommand   `cmd:"" help:"Show a model: its versions, and what they take and give."`
	Create  modelsCreateCommand `cmd:"" help:"Make a model, still without versions."`
	Update  modelsUpdateCommand `cmd:"" help:"Change what is said of a model."`
	Archive modelRefCommand     `cmd:"" help:"Hide a model from lists. It is still served."`
	Restore modelRefCommand     `cmd:"" help:"Bring an archived model back."`
	Delete  modelRefCommand     `cmd:"" help:"Delete an archived model with its versions, and stop serving them."`
}

type modelsListCommand struct {
	connection
	output
	Search   string `name:"search" help:"Only those with each of these words in their name, description or tags."`
	Archived bool   `name:"archived" help:"The archived ones instead."`
}

// Run prints a line for each model.
func (c *modelsListCommand) Run(t *terminal) error {
	api, err := c.dial()
	if err != nil {
		return err
	}
	defer api.Close()
	where := map[string]any{}
	if c.Search != "" {
		where["search"] = c.Search
	}
	if c.Archived {
		where["archivedAtNotNil"] = true
	}
	all, err := api.ModelsWhere(t.ctx, where)
	if err != nil {
		return err
	}
	if c.json() {
		return printJSON(t, all)
	}
	w := tabwriter.NewWriter(t.stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "MODEL\tLIVE\tVERSIONS\tOWNER\tDESCRIPTION") // the Flush below fails
	for _, m := range all {
		live := "–"
		if m.LiveVersion != nil {
			live = m.LiveVersion.Version
		}
		var versions []string
		for _, v := range m.Versions.Nodes {
			versions = append(versions, v.Version)
		}
		line, _, _ := strings.Cut(m.Description, "\n")
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", m.Name, live, strings.Join(versions, " "), m.Owner, line)
	}
	return w.Flush()
}

type modelsShowCommand struct {
	connection
	output
	Name string `arg:"" complete:"model" help:"The model."`
}

// Run prints the model's versions, newest first.
func (c *modelsShowCommand) Run(t *terminal) error {
	api, err := c.dial()
	if err != nil {
		return err
	}
	defer api.Close()
	m, err := api.Model(t.ctx, c.Name)
	if err != nil {
		return err
	}
	if c.json() {
		return printJSON(t, m)
	}
	_, _ = fmt.Fprintf(t.stdout, "%s  %s\n", m.Name, m.ID)
	if m.Description != "" {
		_, _ = fmt.Fprintf(t.stdout, "%s\n", m.Description)
	}
	for _, v := range m.Versions.Nodes {
		printVersion(t, v)
	}
	return nil
}

func printVersion(t *terminal, v client.ModelVersion) {
	aliases := ""
	if len(v.Aliases) > 0 {
		aliases = "  (" + strings.Join(v.Aliases, ", ") + ")"
	}
	_, _ = fmt.Fprintf(t.stdout, "\n%s  %s%s\n", v.Version, v.Status, aliases)
	if v.Artifact != nil {
		_, _ = fmt.Fprintf(t.stdout, "  artifact  %s  %s bytes\n", v.Artifact.Digest, v.Artifact.Size)
	}
	w := tabwriter.NewWriter(t.stdout, 0, 0, 2, ' ', 0)
	for _, f := range v.Signature.Features {
		_, _ = fmt.Fprintf(w, "  feature\t%s\t%s\t%s\n", f.Name, strings.ToLower(f.DType), constraint(f))
	}
	for _, o := range v.Signature.Outputs {
		_, _ = fmt.Fprintf(w, "  output\t%s\t%s\t\n", o.Name, o.Type)
	}
	for _, m := range v.Metrics {
		_, _ = fmt.Fprintf(w, "  metric\t%s\t%v\t\n", m.Name, m.Last)
	}
	_ = w.Flush() // stdout is gone, and so is whoever would be told
}

// constraint says what a feature may be, as in "0 to 1" and "day, night or dim".
func constraint(f client.Feature) string {
	var parts []string
	switch {
	case len(f.OneOf) > 0:
		for _, v := range f.OneOf {
			parts = append(parts, fmt.Sprint(v))
		}
		parts = []string{"one of " + strings.Join(parts, ", ")}
	case f.Range != nil && f.Range.Min != nil && f.Range.Max != nil:
		parts = append(parts, fmt.Sprintf("%v to %v", f.Range.Min, f.Range.Max))
	case f.Range != nil && f.Range.Min != nil:
		parts = append(parts, fmt.Sprintf("at least %v", f.Range.Min))
	case f.Range != nil && f.Range.Max != nil:
		parts = append(parts, fmt.Sprintf("at most %v", f.Range.Max))
	}
	if f.Unit != "" {
		parts = append(parts, f.Unit)
	}
	if !f.Required {
		parts = append(parts, "optional")
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

func printJSON(t *terminal, v any) error {
	enc := json.NewEncoder(t.stdout)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
