package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"augur"
)

// output is the flag of every verb that prints what it found or did.
type output struct {
	Output string `name:"output" short:"o" enum:"table,json" default:"table" help:"How to print: table or json."`
	JSON   bool   `name:"json" hidden:"" help:"The same as --output json."`
}

func (o output) json() bool { return o.JSON || o.Output == "json" }

// guard is the flag of every verb that changes something that has a revision.
type guard struct {
	IfRevision *int `name:"if-revision" placeholder:"N" help:"Refuse the change when it has another revision by now."`
}

// add puts the revision into the input of a mutation, when one is given.
func (g guard) add(input map[string]any) map[string]any {
	if g.IfRevision != nil {
		input["ifRevision"] = *g.IfRevision
	}
	return input
}

// table prints lines of cells under a heading.
func table(t *terminal, heading string, lines [][]string) error {
	w := tabwriter.NewWriter(t.stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, strings.Join(strings.Fields(heading), "\t")) // the Flush below fails
	for _, line := range lines {
		_, _ = fmt.Fprintln(w, strings.TrimRight(strings.Join(line, "\t"), "\t"))
	}
	return w.Flush()
}

// read decodes what the server answered.
func read(raw json.RawMessage, into any) error {
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.UseNumber()
	if err := dec.Decode(into); err != nil {
		return augur.Wrap(augur.Internal, err, "the server's answer has an unexpected form")
	}
	return nil
}

// cell is a value in a table: – for what is not there.
func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return "–"
	case string:
		return v
	case json.Number:
		return v.String()
	case *string:
		if v == nil {
			return "–"
		}
		return *v
	default:
		text, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprint(v)
		}
		return string(text)
	}
}

// reference splits MODEL@VERSION; without @ it is the live version.
func reference(text string) (model, version string) {
	model, version, found := strings.Cut(text, "@")
	if !found {
		version = augur.Live
	}
	return model, version
}
