package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"

	"augur/client"
)

// versionsCommand groups the verbs about versions.
type versionsCommand struct {
	List    versionsListCommand `cmd:"" help:"List the versions of a model, newest first."`
	Show    versionsShowCommand `cmd:"" help:"Show a version: what it takes and gives, and its metrics."`
	Archive versionRefCommand   `cmd:"" help:"Hide a version from lists. It is still served."`
	Restore versionRefCommand   `cmd:"" help:"Bring an archived version back."`
	Delete  versionRefCommand   `cmd:"" help:"Delete a version that no alias points at, and stop serving it."`
}

type versionsListCommand struct {
	connection
	output
	Model string `arg:"" complete:"model" help:"The model."`
}

// Run prints a line for each version.
func (c *versionsListCommand) Run(t *terminal) error {
	api, err := c.dial()
	if err != nil {
		return err
	}
	defer api.Close()
	m, err := api.Model(t.ctx, c.Model)
	if err != nil {
		return err
	}
	if c.json() {
		return printJSON(t, m.Versions.Nodes)
	}
	var lines [][]string
	for _, v := range m.Versions.Nodes {
		lines = append(lines, []string{v.Version, v.Status, v.CreatedAt.UTC().Format("2006-01-02T15:04:05Z"), v.Framework, strings.Join(v.Aliases, " ")})
	}
	return table(t, "VERSION STATUS CREATED FRAMEWORK ALIASES", lines)
}

type versionsShowCommand struct {
	connection
	output
	Ref string `arg:"" name:"model@version" complete:"ref" help:"The model and a version, an alias or latest; the live one without @."`
}

const versionFields = `id version status framework description revision aliases createdAt artifact { digest size }
  signature { inputs { name type } outputs { name type } features { name dtype required range { min max } oneOf unit } }
  metrics { name last min max count } tags { key value } lineage { runId gitCommit datasetName datasetDigest author } metadata`

// Run prints one version.
func (c *versionsShowCommand) Run(t *terminal) error {
	api, err := c.dial()
	if err != nil {
		return err
	}
	defer api.Close()
	model, version := reference(c.Ref)
	raw, err := api.Version(t.ctx, model, version, versionFields)
	if err != nil {
		return err
	}
	if c.json() {
		return printJSON(t, raw)
	}
	var v client.ModelVersion
	if err := read(raw, &v); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(t.stdout, "%s  %s", model, v.ID) // printVersion goes on with this line
	printVersion(t, v)
	return nil
}

// versionRefCommand is archive, restore and delete: its name says which.
type versionRefCommand struct {
	changing
	guard
	Ref string `arg:"" name:"model@version" complete:"ref" help:"The model and the version."`
}

// Run does what the verb is called.
func (c *versionRefCommand) Run(t *terminal, command *kong.Context) error {
	model, version := reference(c.Ref)
	id, err := c.versionID(t, model, version)
	if err != nil {
		return err
	}
	verb := command.Selected().Name
	return c.change(t, "modelVersion"+strings.ToUpper(verb[:1])+verb[1:], c.add(map[string]any{"id": id}), c.Ref+" "+strings.TrimSuffix(verb, "e")+"ed")
}

// versionID finds the id of a version.
func (c connection) versionID(t *terminal, model, version string) (string, error) {
	api, err := c.dial()
	if err != nil {
		return "", err
	}
	defer api.Close()
	raw, err := api.Version(t.ctx, model, version, "id")
	if err != nil {
		return "", err
	}
	var v struct{ ID string }
	return v.ID, read(raw, &v)
}
