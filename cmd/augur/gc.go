package main

import (
	"fmt"
	"strings"
	"time"

	"augur/client"
	"augur/server"
)

// gcCommand collects artifacts that nothing needs.
type gcCommand struct {
	connection
	output
	DryRun bool `name:"dry-run" short:"n" help:"Remove nothing, and list what would be removed."`
}

// collectedAtOnce is how many artifacts one request asks to remove, so that none
// takes long; a dry run asks once, for as many as there may be.
const (
	collectedAtOnce = 500
	listedAtOnce    = 10_000
)

// Run removes the artifacts, until there are no more.
func (c *gcCommand) Run(t *terminal) error {
	api, err := c.dial()
	if err != nil {
		return err
	}
	defer api.Close()
	all := []client.CollectedArtifact{}
	more := true
	for more {
		most := collectedAtOnce
		if c.DryRun {
			most = listedAtOnce
		}
		var part []client.CollectedArtifact
		part, more, err = api.CollectArtifacts(t.ctx, c.DryRun, most)
		if err != nil {
			return err
		}
		all = append(all, part...)
		if c.DryRun {
			break
		}
	}
	if c.json() {
		return printJSON(t, all)
	}
	var bytes int64
	var lines [][]string
	for _, a := range all {
		size, _ := a.Size.Int64() // the server's own figure
		bytes += size
		versions := "–"
		if len(a.Versions) > 0 {
			versions = strings.Join(a.Versions, " ")
		}
		lines = append(lines, []string{string(a.Digest), a.Size.String(), a.UploadedAt.Format(time.RFC3339), versions})
	}
	if len(lines) > 0 {
		if err := table(t, "ARTIFACT BYTES UPLOADED DELETED-VERSIONS", lines); err != nil {
			return err
		}
	}
	said := "removed"
	if c.DryRun {
		said = "would be removed"
	}
	and := ""
	if more {
		and = ", and more"
	}
	_, err = fmt.Fprintf(t.stdout, "%d artifacts of %s %s%s\n", len(all), server.Size(bytes), said, and)
	return err
}
