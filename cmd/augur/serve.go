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
	l, err := c.load(t, parsed)
	if err != nil {
		return err
	}
	s, err := server.New(l.Config, server.Deps{Logs: t.stderr, Out: t.stdout, Version: version()})
	if err != nil {
		return err
	}
	if err := s.Start(t.ctx); err != nil {
		return err
	}
	<-t.ctx.Done()
	return s.Stop(context.WithoutCancel(t.ctx))
}
