package main

import (
	"context"
	"time"

	"augur"
	"augur/client"
)

// healthCommand asks GET /health once.
type healthCommand struct {
	connection
	Timeout time.Duration `name:"timeout" default:"3s" help:"How long to wait for the answer."`
}

// Run succeeds when the server answers 200. Every failure exits with 1, since
// Docker keeps the other statuses for itself.
func (c *healthCommand) Run(t *terminal) error {
	api, err := client.New(client.Config{URL: c.Server, Attempts: 1})
	if err != nil {
		return err
	}
	defer api.Close()
	ctx, cancel := context.WithTimeout(t.ctx, c.Timeout)
	defer cancel()
	if err := api.Health(ctx); err != nil {
		report(t, err)
		return said(augur.Internal)
	}
	return nil
}
