package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"

	"augur"
)

type modelsCreateCommand struct {
	changing
	Name        string   `arg:"" help:"The new model."`
	Description string   `name:"description" help:"What it predicts, in markdown."`
	Owner       string   `name:"owner" help:"Who answers for it."`
	Tag         []string `name:"tag" placeholder:"KEY=VALUE" help:"A tag."`
}

// Run makes the model.
func (c *modelsCreateCommand) Run(t *terminal) error {
	input := map[string]any{"name": c.Name}
	for key, text := range map[string]string{"description": c.Description, "owner": c.Owner} {
		if text != "" {
			input[key] = text
		}
	}
	tags := []map[string]string{}
	for _, tag := range c.Tag {
		key, value, _ := strings.Cut(tag, "=")
		tags = append(tags, map[string]string{"key": key, "value": value})
	}
	input["tags"] = tags
	return c.change(t, "modelCreate", input, "model "+c.Name+" created")
}

// changing is the flags of every verb that changes something.
type changing struct {
	connection
	output
}

// change sends one mutation and says what it did: done, or what the server
// answered where JSON is asked for.
func (c changing) change(t *terminal, mutation string, input map[string]any, done string) error {
	api, err := c.dial()
	if err != nil {
		return err
	}
	defer api.Close()
	outcome, err := api.Change(t.ctx, mutation, input)
	if err != nil {
		return err
	}
	if c.json() {
		return printJSON(t, outcome)
	}
	_, err = fmt.Fprintln(t.stdout, done)
	return err
}

type modelsUpdateCommand struct {
	changing
	guard
	Name        string  `arg:"" complete:"model" help:"The model."`
	Rename      *string `name:"rename" placeholder:"NAME" help:"A new name."`
	Description *string `name:"description" help:"What it predicts, in markdown."`
	Owner       *string `name:"owner" help:"Who answers for it; empty for nobody."`
}

// Run changes what is given.
func (c *modelsUpdateCommand) Run(t *terminal) error {
	id, err := c.modelID(t, c.Name)
	if err != nil {
		return err
	}
	input := c.add(map[string]any{"id": id})
	for key, text := range map[string]*string{"name": c.Rename, "description": c.Description, "owner": c.Owner} {
		if text != nil {
			input[key] = *text
		}
	}
	return c.change(t, "modelUpdate", input, "model "+c.Name+" updated")
}

// modelID finds the id of a model.
func (c connection) modelID(t *terminal, name string) (string, error) {
	api, err := c.dial()
	if err != nil {
		return "", err
	}
	defer api.Close()
	raw, err := api.OfModel(t.ctx, name, "id")
	if err != nil {
		return "", err
	}
	var m struct{ ID string }
	return m.ID, read(raw, &m)
}

// modelRefCommand is archive, restore and delete: its name says which.
type modelRefCommand struct {
	changing
	guard
	Name string `arg:"" complete:"model" help:"The model."`
}

// Run does what the verb is called.
func (c *modelRefCommand) Run(t *terminal, command *kong.Context) error {
	id, err := c.modelID(t, c.Name)
	if err != nil {
		return err
	}
	verb := command.Selected().Name
	return c.change(t, "model"+strings.ToUpper(verb[:1])+verb[1:], c.add(map[string]any{"id": id}), "model "+c.Name+" "+strings.TrimSuffix(verb, "e")+"ed")
}

// tagCommand changes tags.
type tagCommand struct {
	changing
	Version string   `name:"version" help:"Of this version: a version, an alias or latest. Of the model when left out."`
	Model   string   `arg:"" complete:"model" help:"The model."`
	Tags    []string `arg:"" help:"KEY=VALUE sets a tag, KEY- removes it."`
}

// Run reads the tags, changes them and writes all of them, unless somebody else
// was faster.
func (c *tagCommand) Run(t *terminal) error {
	api, err := c.dial()
	if err != nil {
		return err
	}
	defer api.Close()
	const selection = "id revision tags { key value }"
	raw, mutation := []byte(nil), "modelUpdate"
	if c.Version == "" {
		raw, err = api.OfModel(t.ctx, c.Model, selection)
	} else {
		mutation = "modelVersionUpdate"
		raw, err = api.Version(t.ctx, c.Model, c.Version, selection)
	}
	if err != nil {
		return err
	}
	type tag struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	}
	var is struct {
		ID       string
		Revision int
		Tags     []tag
	}
	if err := read(raw, &is); err != nil {
		return err
	}
	tags := []tag{}
	change := map[string]*string{}
	for _, text := range c.Tags {
		key, value, set := strings.Cut(text, "=")
		if removed, ok := strings.CutSuffix(text, "-"); ok && !set {
			change[removed] = nil
			continue
		}
		if !set {
			return augur.Errorf(augur.InvalidArgument, "expected KEY=VALUE or KEY-, got %q", text)
		}
		change[key] = &value
		tags = append(tags, tag{key, value})
	}
	for _, old := range is.Tags {
		if _, changed := change[old.Key]; !changed {
			tags = append(tags, old)
		}
	}
	return c.change(t, mutation, map[string]any{"id": is.ID, "ifRevision": is.Revision, "tags": tags}, "tags set")
}
