package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"augur/client"
)

// completeCommand is what the shells' scripts ask: the candidates for the last
// of the words, a line each, with a tab before what is said of it. The line
// :files asks the shell for names of files.
type completeCommand struct {
	Words []string `arg:"" optional:"" passthrough:""`
}

// completeTimeout is how long a shell waits for the names that a server knows.
const completeTimeout = 2 * time.Second

// Run prints the candidates. It never fails: a shell has nobody to tell.
func (c *completeCommand) Run(t *terminal, parsed *kong.Context) error {
	words := c.Words
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	if len(words) == 0 {
		words = []string{""}
	}
	l := &line{node: parsed.Model.Node, last: words[len(words)-1], server: serverOf(t.environ)}
	l.read(words[:len(words)-1])
	ctx, cancel := context.WithTimeout(t.ctx, completeTimeout)
	defer cancel()
	for _, x := range l.candidates(ctx) {
		if x[0] != filesWanted && !strings.HasPrefix(x[0], l.last) {
			continue
		}
		text := x[0]
		if x[1] != "" {
			text += "\t" + x[1]
		}
		_, _ = fmt.Fprintln(t.stdout, text)
	}
	return nil
}

// filesWanted asks the shell for names of files.
const filesWanted = ":files"

// line is a command line up to the word that is being completed.
type line struct {
	node *kong.Node
	// args are the arguments of the verb before the last word.
	args []string
	// wants is the flag that the last word is the value of.
	wants  *kong.Flag
	last   string
	server string
}

// read follows the words to the verb that they name.
func (l *line) read(words []string) {
	plain := false
	for _, word := range words {
		switch {
		case l.wants != nil:
			l.setFlag(l.wants, word)
			l.wants = nil
		case word == "--" && !plain:
			plain = true
		case strings.HasPrefix(word, "-") && !plain:
			name, value, given := strings.Cut(word, "=")
			if f := l.flag(name); f != nil && given {
				l.setFlag(f, value)
			} else if f != nil && !f.IsBool() && !f.IsCounter() {
				l.wants = f
			}
		default:
			if next := l.child(word); next != nil && len(l.args) == 0 {
				l.node = next
			} else {
				l.args = append(l.args, word)
			}
		}
	}
	if name, value, given := strings.Cut(l.last, "="); given && strings.HasPrefix(name, "-") && l.wants == nil {
		l.wants = l.flag(name)
		l.last = value
	}
}

// setFlag remembers where the server is.
func (l *line) setFlag(f *kong.Flag, value string) {
	if f.Name == "server" {
		l.server = value
	}
}

func (l *line) child(name string) *kong.Node {
	for _, n := range l.node.Children {
		if n.Name == name && !n.Hidden {
			return n
		}
	}
	return nil
}

// flags are the flags that the verb takes: its own, those of the words before
// it, and those of what it does when nothing more is said.
func (l *line) flags() []*kong.Flag {
	var all []*kong.Flag
	if l.node.DefaultCmd != nil {
		all = append(all, l.node.DefaultCmd.Flags...)
	}
	for n := l.node; n != nil; n = n.Parent {
		all = append(all, n.Flags...)
	}
	return all
}

func (l *line) flag(name string) *kong.Flag {
	for _, f := range l.flags() {
		if name == "--"+f.Name || f.Short != 0 && name == "-"+string(f.Short) {
			return f
		}
	}
	return nil
}

// candidates are the words that may stand last, each with what it means.
func (l *line) candidates(ctx context.Context) [][2]string {
	switch {
	case l.wants != nil:
		return l.values(ctx, l.wants.Value, l.wants.PlaceHolder)
	case strings.HasPrefix(l.last, "-"):
		var all [][2]string
		for _, f := range l.flags() {
			if !f.Hidden {
				all = append(all, [2]string{"--" + f.Name, f.Help})
			}
			if !f.Hidden && f.Tag.Negatable != "" {
				all = append(all, [2]string{"--no-" + f.Name, f.Help})
			}
		}
		return all
	}
	var all [][2]string
	if len(l.args) == 0 {
		for _, n := range l.node.Children {
			if !n.Hidden {
				all = append(all, [2]string{n.Name, n.Help})
			}
		}
	}
	if at := l.node.Positional; len(at) > 0 && !(len(l.args) >= len(at) && !at[len(at)-1].IsCumulative()) {
		v := at[min(len(l.args), len(at)-1)]
		all = append(all, l.values(ctx, v, "")...)
	}
	return all
}

// values are what a flag or an argument may be: its enumeration, files, or the
// names that the server has.
func (l *line) values(ctx context.Context, v *kong.Value, placeholder string) [][2]string {
	if v.Enum != "" {
		var all [][2]string
		for _, text := range strings.Split(v.Enum, ",") {
			if text = strings.TrimSpace(text); text != "" {
				all = append(all, [2]string{text, ""})
			}
		}
		return all
	}
	if v.Name == "path" || v.Name == "dir" || placeholder == "FILE" || placeholder == "DIR" || strings.HasSuffix(v.Name, ".dir") {
		return [][2]string{{filesWanted, ""}}
	}
	switch v.Tag.Get("complete") {
	case "model":
		return l.models(ctx)
	case "ref":
		if model, _, found := strings.Cut(l.last, "@"); found {
			return l.versions(ctx, model, model+"@")
		}
		return l.models(ctx)
	case "version":
		if len(l.args) > 0 {
			return l.versions(ctx, l.args[0], "")
		}
	}
	return nil
}

// models are the names of models that begin with the last word, 100 at most.
func (l *line) models(ctx context.Context) [][2]string {
	var out struct {
		Models struct {
			Nodes []struct{ Name, Description string }
		}
	}
	const document = `query Complete($prefix: String) { models(first: 100, where: {nameHasPrefix: $prefix}, orderBy: [{field: NAME}]) { nodes { name description } } }`
	if !l.ask(ctx, document, map[string]any{"prefix": l.last}, &out) {
		return nil
	}
	var all [][2]string
	for _, m := range out.Models.Nodes {
		about, _, _ := strings.Cut(m.Description, "\n")
		all = append(all, [2]string{m.Name, about})
	}
	return all
}

// versions are the versions and aliases of a model, newest first, 100 at most.
func (l *line) versions(ctx context.Context, model, before string) [][2]string {
	var out struct {
		Model *struct {
			Aliases []struct {
				Name    string
				Version struct{ Version string }
			}
			Versions struct {
				Nodes []struct{ Version, Status string }
			}
		}
	}
	const document = `query Complete($model: String!) { model(name: $model) { aliases { name version { version } } versions(first: 100, orderBy: [{field: VERSION, direction: DESC}]) { nodes { version status } } } }`
	if !l.ask(ctx, document, map[string]any{"model": model}, &out) || out.Model == nil {
		return nil
	}
	var all [][2]string
	for _, a := range out.Model.Aliases {
		all = append(all, [2]string{before + a.Name, a.Version.Version})
	}
	for _, v := range out.Model.Versions.Nodes {
		all = append(all, [2]string{before + v.Version, v.Status})
	}
	return append(all, [2]string{before + "latest", "the highest READY version"})
}

// ask asks the server once.
func (l *line) ask(ctx context.Context, document string, variables map[string]any, out any) bool {
	api, err := client.New(client.Config{URL: l.server, Attempts: 1, UserAgent: "augur/" + version()})
	if err != nil {
		return false
	}
	defer api.Close()
	return api.Query(ctx, document, variables, out) == nil
}

// serverOf is the server that the environment names.
func serverOf(environ []string) string {
	for _, v := range environ {
		if url, ok := strings.CutPrefix(v, "AUGUR_URL="); ok {
			return url
		}
	}
	return ""
}
