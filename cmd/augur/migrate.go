package main

import (
	"strconv"

	"github.com/alecthomas/kong"

	"augur/server"
)

// migrateCommand shows and changes the schema of the record.
type migrateCommand struct {
	output
	To *int64 `name:"to" placeholder:"VERSION" help:"Bring the record to this step, up or down; 0 is the newest. Left out, the steps are only listed."`
	settings
}

// Help says what the flags cannot.
func (migrateCommand) Help() string {
	return "A server brings its record up to date at its start, unless database.migrate is off. To go back to an older release, " +
		"the newer program goes down to the newest step of the older one, which does not start on a record that is newer than itself. " +
		"What only newer steps have room for is lost: make a backup."
}

// Run migrates, and lists the steps.
func (c *migrateCommand) Run(t *terminal, parsed *kong.Context) error {
	l, err := c.load(t, parsed)
	if err != nil {
		return err
	}
	all, err := server.Migrations(t.ctx, l.Config)
	if err == nil && c.To != nil {
		all, err = server.MigrateTo(t.ctx, l.Config, *c.To)
	}
	if err != nil {
		return err
	}
	if c.json() {
		return printJSON(t, all)
	}
	var lines [][]string
	for _, m := range all {
		applied := "pending"
		if m.Applied {
			applied = "applied"
		}
		lines = append(lines, []string{strconv.FormatInt(m.Version, 10), applied, m.Name})
	}
	return table(t, "VERSION STATE NAME", lines)
}
