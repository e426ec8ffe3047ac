package main

import (
	"fmt"

	"github.com/alecthomas/kong"

	"augur/server"
)

// configCommand prints the configuration.
type configCommand struct {
	Format    string `name:"format" enum:"yaml,json" default:"yaml" help:"yaml (a file that --config reads) or json."`
	Reference string `name:"reference" enum:",markdown,yaml" default:"" help:"Print the reference of all settings instead: markdown, or yaml with every default."`
	settings
}

// Run prints the tree with the source of each value, secrets masked. A
// configuration that a server would refuse is printed first and refused then.
func (c *configCommand) Run(t *terminal, parsed *kong.Context) error {
	switch c.Reference {
	case "markdown":
		_, _ = fmt.Fprint(t.stdout, server.Reference())
		return nil
	case "yaml":
		_, _ = fmt.Fprint(t.stdout, server.Example())
		return nil
	}
	l, err := c.load(t, parsed)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		_, _ = fmt.Fprint(t.stdout, l.JSON())
	} else {
		_, _ = fmt.Fprint(t.stdout, l.YAML())
	}
	return l.Config.Validate()
}
