package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"augur"
	"augur/client"
	"augur/server"
)

// terminal is what a verb may touch of the world outside.
type terminal struct {
	ctx            context.Context
	stdin          io.Reader
	stdout, stderr io.Writer
	environ        []string
}

// commands is the command line: its fields are the verbs.
type commands struct {
	Serve      serveCommand      `cmd:"" help:"Serve predictions and the registry."`
	Push       pushCommand       `cmd:"" help:"Register a version from a file or a version's directory."`
	Predict    predictCommand    `cmd:"" help:"Predict from rows."`
	Jobs       jobsCommand       `cmd:"" help:"List, show, cancel, retry prediction jobs."`
	Worker     workerCommand     `cmd:"" help:"Work on prediction jobs, apart from the servers of the same PostgreSQL."`
	Models     modelsCommand     `cmd:"" help:"List, show, make, change, put away models."`
	Versions   versionsCommand   `cmd:"" help:"List, show, put away versions."`
	Alias      aliasCommand      `cmd:"" help:"Set, list, remove aliases, and show where they pointed."`
	Rollout    rolloutCommand    `cmd:"" help:"Move traffic to another version: start, watch, steer and end rollouts."`
	Tag        tagCommand        `cmd:"" help:"Set or remove tags of a model or a version."`
	Serving    servingCommand    `cmd:"" help:"Show and change how versions are served."`
	Metrics    metricsCommand    `cmd:"" help:"Log, draw and export metrics."`
	Diff       diffCommand       `cmd:"" help:"Show what differs between two versions."`
	Types      typesCommand      `cmd:"" help:"Print TypeScript types or a JSON Schema of a version's rows."`
	Keys       keysCommand       `cmd:"" help:"Make, list and revoke API keys."`
	GC         gcCommand         `cmd:"" name:"gc" help:"Remove artifacts that nothing needs."`
	Completion completionCommand `cmd:"" help:"Print what makes bash, zsh or fish complete command lines."`
	Config     configCommand     `cmd:"" help:"Show the configuration and where each value comes from."`
	Migrate    migrateCommand    `cmd:"" help:"List the steps of the record's schema, or bring it to one of them."`
	Backup     backupCommand     `cmd:"" help:"Write the record, the artifacts and the keys of a server to a file."`
	Restore    restoreCommand    `cmd:"" help:"Put a backup into a server that has nothing yet."`
	Doctor     doctorCommand     `cmd:"" help:"Check that a server can run here, or with --against that one answers, and say what to do if not."`
	Bench      benchCommand      `cmd:"" help:"Measure how much a server carries."`
	Health     healthCommand     `cmd:"" help:"Exit with 0 when the server is alive (for container health checks)."`
	Version    versionCommand    `cmd:"" help:"Print the version."`
	Complete   completeCommand   `cmd:"" hidden:"" passthrough:"" help:"Print candidates (the shells' scripts ask this)."`
	Probe      probeCommand      `cmd:"" hidden:"" passthrough:"" help:"Try whether a file loads (the server starts this)."`
}

// connection is the flag of every verb that speaks to a server.
type connection struct {
	Server string `name:"server" env:"AUGUR_URL" default:"http://127.0.0.1:8080" placeholder:"URL" help:"The server."`
	Token  string `name:"token" env:"AUGUR_TOKEN" placeholder:"TOKEN" help:"An API key or a JWT, where the server asks for one. The variable keeps it out of the list of processes."`
}

func (c connection) dial() (*client.Client, error) {
	return client.New(client.Config{URL: c.Server, Token: augur.Secret(c.Token), UserAgent: "augur/" + version()})
}

// newParser reads command lines; exit is called where the help was printed.
func newParser(t *terminal, exit func(int)) (*kong.Kong, error) {
	return kong.New(&commands{},
		kong.Name("augur"),
		kong.Description("Augur: a model registry and its predictions, behind one GraphQL API.\n\nBegin with: augur serve --import examples/models"),
		kong.Writers(t.stdout, t.stderr),
		kong.Exit(exit),
		kong.Bind(t),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.ExplicitGroups(groups()),
		kong.ValueFormatter(describe),
	)
}

// run runs one command line and returns the exit status. Whatever went wrong is
// one line on stderr.
func run(t *terminal, args []string) int {
	status := -1
	parser, err := newParser(t, func(code int) { status = code }) // --help
	if err != nil {
		_, _ = fmt.Fprintln(t.stderr, "augur:", err)
		return exitInternal
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if status >= 0 {
		return status
	}
	if err != nil {
		_, _ = fmt.Fprintf(t.stderr, "augur: %v\n", err)
		if p, ok := errors.AsType[*kong.ParseError](err); ok && p.Context != nil {
			_, _ = fmt.Fprintf(t.stderr, "%s --help says more\n", strings.TrimSpace("augur "+p.Context.Command()))
		}
		return exitUsage
	}
	if err := parsed.Run(); err != nil {
		return report(t, err)
	}
	return 0
}

// report says what went wrong: the field, the message, and for what the server
// answered the request's id. It returns the exit status.
func report(t *terminal, err error) int {
	e := augur.AsError(err)
	text := e.Message
	if len(e.Field) > 0 {
		text = strings.Join(e.Field, ".") + ": " + text
	}
	if e.Code == augur.Internal && e.Err != nil {
		text = e.Err.Error() // ours: nobody else's text is to be kept from the person at the terminal
	} else if e.Err != nil && !strings.Contains(text, e.Err.Error()) {
		text += ": " + e.Err.Error()
	}
	if answer, ok := errors.AsType[*client.Error](err); ok && answer.RequestID != "" {
		text += " (request " + answer.RequestID + ")"
	}
	if e.Message != alreadySaid {
		_, _ = fmt.Fprintln(t.stderr, "augur:", text)
	}
	return exitStatus(err)
}

// alreadySaid is the message of an error of which everything has been printed.
const alreadySaid = "\x00"

// said returns an error that changes the exit status alone.
func said(code augur.Code) error { return augur.Errorf(code, alreadySaid) }

// groups gives the sections of the configuration a heading in the help.
func groups() []kong.Group {
	var all []kong.Group
	for _, s := range server.Sections() {
		all = append(all, kong.Group{Key: s.Name, Title: s.Name + ": " + s.Help})
	}
	return all
}

// describe is the help of a flag, with the variable that sets it. The variables
// of settings are read by server.Layers, which also knows the file, and not by kong.
func describe(v *kong.Value) string {
	for _, s := range server.Settings() {
		if s.Key == v.Name {
			return s.Help + " ($" + s.Env + ")"
		}
	}
	return kong.DefaultHelpValueFormatter(v)
}
