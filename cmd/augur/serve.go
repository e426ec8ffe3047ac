package main

import (
	"context"

	"github.com/alecthomas/kong"

	"augur/server"
)

// serveCommand runs the server until it is told to stop.
type serveCommand struct{ settings }

// Help says what the flags cannot.
func (serveCommand) Help() string {
	return "Every flag is also a key of the configuration file and a variable; augur config shows them all with their values."
}

// Run starts the server, waits for an interrupt and lets requests in flight end.
func (c *serveCommand) Run(t *terminal, parsed *kong.Context) error {
	return c.serve(t, parsed, false)
}

// workerCommand works on jobs until it is told to stop.
type workerCommand struct{ settings }

// Help says what the flags cannot.
func (workerCommand) Help() string {
	return "It has the configuration of the servers: their database, which is PostgreSQL, their artifacts and their webhooks.key. " +
		"It answers /health, /ready and /metrics alone; beside a server it needs another --http.listen. " +
		"With jobs.workers 0 on the servers, jobs take nothing from them."
}

// Run works on jobs; what an interrupt cuts off goes on elsewhere.
func (c *workerCommand) Run(t *terminal, parsed *kong.Context) error {
	return c.serve(t, parsed, true)
}

func (s *settings) serve(t *terminal, parsed *kong.Context, worker bool) error {
	l, err := s.load(t, parsed)
	if err != nil {
		return err
	}
	running, err := server.New(l.Config, server.Deps{Logs: t.stderr, Out: t.stdout, Version: version(), Worker: worker})
	if err != nil {
		return err
	}
	if err := running.Start(t.ctx); err != nil {
		return err
	}
	<-t.ctx.Done()
	return running.Stop(context.WithoutCancel(t.ctx))
}
