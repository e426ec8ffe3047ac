package main

// aliasCommand groups the verbs about aliases.
type aliasCommand struct {
	Set     aliasSetCommand     `cmd:"" help:"Point an alias at a version."`
	List    aliasListCommand    `cmd:"" help:"List the aliases of a model."`
	Remove  aliasRemoveCommand  `cmd:"" help:"Remove an alias."`
	History aliasHistoryCommand `cmd:"" help:"Show every move of the aliases of a model, newest first."`
}

type aliasSetCommand struct {
	changing
	guard
	Model   string `arg:"" complete:"model" help:"The model."`
	Alias   string `arg:"" help:"The alias; live is what predictions without a version use."`
	Version string `arg:"" complete:"version" help:"A version, another alias or latest."`
	Reason  string `name:"reason" help:"Why; kept in its history."`
}

// Run moves the alias.
func (c *aliasSetCommand) Run(t *terminal) error {
	input := c.add(map[string]any{"model": c.Model, "alias": c.Alias, "version": c.Version, "reason": c.Reason})
	return c.change(t, "aliasSet", input, c.Alias+" of "+c.Model+" points at "+c.Version)
}

type aliasRemoveCommand struct {
	changing
	guard
	Model  string `arg:"" complete:"model" help:"The model."`
	Alias  string `arg:"" help:"The alias."`
	Reason string `name:"reason" help:"Why; kept in its history."`
}

// Run removes the alias.
func (c *aliasRemoveCommand) Run(t *terminal) error {
	input := c.add(map[string]any{"model": c.Model, "alias": c.Alias, "reason": c.Reason})
	return c.change(t, "aliasRemove", input, c.Alias+" of "+c.Model+" removed")
}

type aliasListCommand struct {
	connection
	output
	Model string `arg:"" complete:"model" help:"The model."`
}

// Run prints a line for each alias.
func (c *aliasListCommand) Run(t *terminal) error {
	api, err := c.dial()
	if err != nil {
		return err
	}
	defer api.Close()
	raw, err := api.OfModel(t.ctx, c.Model, "aliases { name revision updatedAt version { version } }")
	if err != nil {
		return err
	}
	var m struct {
		Aliases []struct {
			Name      string                   `json:"name"`
			Revision  int                      `json:"revision"`
			UpdatedAt string                   `json:"updatedAt"`
			Version   struct{ Version string } `json:"version"`
		}
	}
	if err := read(raw, &m); err != nil || c.json() {
		return firstError(err, func() error { return printJSON(t, raw) })
	}
	var lines [][]string
	for _, a := range m.Aliases {
		lines = append(lines, []string{a.Name, a.Version.Version, cell(a.Revision), a.UpdatedAt})
	}
	return table(t, "ALIAS VERSION REVISION MOVED", lines)
}

// firstError is err, or else what next returns.
func firstError(err error, next func() error) error {
	if err != nil {
		return err
	}
	return next()
}

type aliasHistoryCommand struct {
	connection
	output
	Model string `arg:"" complete:"model" help:"The model."`
	Alias string `arg:"" optional:"" help:"Only this alias."`
}

// Run prints the last 100 moves.
func (c *aliasHistoryCommand) Run(t *terminal) error {
	api, err := c.dial()
	if err != nil {
		return err
	}
	defer api.Close()
	where := ""
	if c.Alias != "" {
		where = ", where: {name: " + cell([]string{c.Alias})[1:len(cell([]string{c.Alias}))-1] + "}"
	}
	raw, err := api.OfModel(t.ctx, c.Model, `aliasHistory(first: 100, orderBy: {field: CREATED_AT, direction: DESC}`+where+`) { nodes { createdAt name principal reason version { version } previous { version } } }`)
	if err != nil {
		return err
	}
	type named struct{ Version string }
	var m struct {
		AliasHistory struct {
			Nodes []struct {
				CreatedAt, Name, Principal, Reason string
				Version, Previous                  *named
			}
		}
	}
	if err := read(raw, &m); err != nil || c.json() {
		return firstError(err, func() error { return printJSON(t, raw) })
	}
	of := func(v *named) string {
		if v == nil {
			return "–"
		}
		return v.Version
	}
	var lines [][]string
	for _, e := range m.AliasHistory.Nodes {
		lines = append(lines, []string{e.CreatedAt, e.Name, of(e.Previous), of(e.Version), e.Principal, e.Reason})
	}
	return table(t, "AT ALIAS FROM TO BY WHY", lines)
}
