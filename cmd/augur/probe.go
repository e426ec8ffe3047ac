package main

import (
	"os"

	"augur/server"
)

// probeCommand is the child process in which the server tries a new file,
// limited in memory and time, so that a file that brings the runtime down
// brings down nothing else.
type probeCommand struct {
	Args []string `arg:"" optional:"" help:"What the server asks for."`
}

// Run never returns: the status is part of what the parent reads.
func (c *probeCommand) Run(t *terminal) error {
	os.Exit(server.ProbeMain(c.Args, t.stdout))
	return nil
}
