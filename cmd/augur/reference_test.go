package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"augur"
)

var update = flag.Bool("update", false, "write docs/cli.md")

// TestReferenceIsCurrent holds docs/cli.md against the verbs; go test
// ./cmd/augur -run Reference -update writes it.
func TestReferenceIsCurrent(t *testing.T) {
	const path = "../../docs/cli.md"
	parser, err := newParser(&terminal{}, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	want := commandReference(parser.Model.Node)
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not current: go test ./cmd/augur -run Reference -update", path)
	}
}

// TestEveryVerbPrintsBothWays: whatever prints what it found or did takes
// --output, and every verb and flag says what it is.
func TestEveryVerbPrintsBothWays(t *testing.T) {
	parser, err := newParser(&terminal{}, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	// These print something of one form: a server's life, CSV, a script, a file
	// of settings, source text, an exit status, a word.
	others := []string{"serve", "worker", "metrics export", "completion", "config", "types", "health", "version"}
	for _, leaf := range leaves(parser.Model.Node) {
		name := strings.TrimPrefix(leaf.Path(), "augur ")
		if leaf.Help == "" {
			t.Errorf("%s does not say what it does", name)
		}
		if has := slices.ContainsFunc(leaf.Flags, func(f *kong.Flag) bool { return f.Name == "output" }); has == slices.Contains(others, name) && name != "push" {
			t.Errorf("%s: has --output: %v", name, has)
		}
		for _, f := range leaf.Flags {
			if f.Help == "" && !f.Hidden {
				t.Errorf("%s --%s does not say what it is", name, f.Name)
			}
		}
		for _, p := range leaf.Positional {
			if p.Help == "" {
				t.Errorf("%s %s does not say what it is", name, p.Name)
			}
		}
	}
}

// leaves are the verbs that a person can type, in their order.
func leaves(n *kong.Node) []*kong.Node {
	if n.Hidden {
		return nil
	}
	if n.Leaf() {
		return []*kong.Node{n}
	}
	var all []*kong.Node
	for _, child := range n.Children {
		all = append(all, leaves(child)...)
	}
	return all
}

// commandReference writes docs/cli.md.
func commandReference(root *kong.Node) string {
	var b strings.Builder
	b.WriteString(`<!-- Written by "go test ./cmd/augur -run Reference -update" from cmd/augur. Do not edit. -->
# The command line

One binary is the server and everything that speaks to it. Every verb but ` + "`serve`, `worker`, `config` and `doctor`" + ` uses the public API
of the server that ` + "`--server` or `AUGUR_URL`" + ` names, so what it does any client can do.

` + "`MODEL@VERSION`" + ` is a model with a version (` + "`road-risk@1.1.0`" + `), an alias (` + "`road-risk@champion`" + `) or ` + "`road-risk@latest`" + `; without
` + "`@`" + ` it is the live version. ` + "`--output json`" + ` (` + "`-o json`" + `) prints the API's own answer for programs; a table is for people and may change.

Completion of verbs, flags, models, versions and aliases: ` + "`source <(augur completion bash)`" + `, likewise for zsh, and
` + "`augur completion fish | source`" + `.

## Exit status

What went wrong is one line on standard error, with the id of the request where a server answered.

| status | code | |
|---|---|---|
| 0 | | it worked |
`)
	said := map[augur.Code]string{
		augur.Internal: "nobody foresaw this", augur.InvalidArgument: "the command line or an input is wrong", augur.NotFound: "there is no such model, version, alias or job",
		augur.AlreadyExists: "the name is taken", augur.FailedPrecondition: "not in this state", augur.Aborted: "somebody else was faster (`--if-revision`)",
		augur.Unauthenticated: "nobody knows who is asking", augur.PermissionDenied: "they may not", augur.ResourceExhausted: "too much at once: try later",
		augur.DeadlineExceeded: "it took too long", augur.Unavailable: "the server cannot be reached, or the version is left alone", augur.Unimplemented: "this server cannot do that",
		augur.Canceled: "interrupted",
	}
	codes := augur.Codes()
	slices.SortFunc(codes, func(a, b augur.Code) int { return exitStatuses[a] - exitStatuses[b] })
	for _, code := range codes {
		_, _ = fmt.Fprintf(&b, "| %d | `%s` | %s |\n", exitStatuses[code], code, said[code])
	}
	for _, verb := range root.Children {
		if verb.Hidden {
			continue
		}
		_, _ = fmt.Fprintf(&b, "\n## %s\n%s\n", verb.Name, verb.Help)
		for _, leaf := range leaves(verb) {
			describeVerb(&b, leaf, leaf != verb)
		}
	}
	return b.String()
}

// describeVerb writes how a verb is used, its arguments and flags. Settings of
// the server stand in docs/configuration.md.
func describeVerb(b *strings.Builder, n *kong.Node, within bool) {
	usage := "augur " + strings.TrimPrefix(n.Path(), "augur ")
	for _, p := range n.Positional {
		text := "<" + p.Name + ">"
		if p.IsCumulative() {
			text += " …"
		}
		if !p.Required {
			text = "[" + text + "]"
		}
		usage += " " + text
	}
	b.WriteByte('\n')
	if within {
		_, _ = fmt.Fprintf(b, "### %s\n%s\n\n", strings.TrimPrefix(n.Path(), "augur "), n.Help)
	}
	_, _ = fmt.Fprintf(b, "```\n%s\n```\n", usage)
	if n.Detail != "" {
		_, _ = fmt.Fprintf(b, "\n%s\n", n.Detail)
	}
	settings := false
	var lines []string
	for _, p := range n.Positional {
		lines = append(lines, fmt.Sprintf("| `%s` | %s |", p.Name, inCell(p.Help)))
	}
	for _, f := range n.Flags {
		if strings.Contains(f.Name, ".") {
			settings = true
			continue
		}
		if f.Hidden || f.Name == "help" {
			continue
		}
		name := "--" + f.Name
		if f.Tag.Negatable != "" {
			name = "--[no-]" + f.Name
		}
		switch {
		case f.Enum != "":
			name += " " + strings.Trim(strings.ReplaceAll(f.Enum, ",", "|"), "|")
		case !f.IsBool():
			name += " " + f.FormatPlaceHolder()
		}
		if f.Short != 0 {
			name = "-" + string(f.Short) + ", " + name
		}
		text := f.Help
		if len(f.Envs) > 0 {
			text += " ($" + strings.Join(f.Envs, ", $") + ")"
		}
		lines = append(lines, fmt.Sprintf("| `%s` | %s |", inCell(name), inCell(text)))
	}
	if len(lines) > 0 {
		_, _ = fmt.Fprintf(b, "\n| | |\n|---|---|\n%s\n", strings.Join(lines, "\n"))
	}
	if settings {
		b.WriteString("\nAnd every setting of [the configuration](configuration.md) as a flag.\n")
	}
}

func inCell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
