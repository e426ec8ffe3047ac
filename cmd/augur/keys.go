package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"augur"
	"augur/client"
	"augur/server"
)

// keysCommand groups the verbs about API keys.
type keysCommand struct {
	Create keysCreateCommand `cmd:"" help:"Make an API key, and print its text this once."`
	List   keysListCommand   `cmd:"" help:"List the API keys, the oldest first."`
	Revoke keysRevokeCommand `cmd:"" help:"End an API key."`
}

type keysCreateCommand struct {
	connection
	output
	Name    string        `name:"name" required:"" help:"What it is for; the audit trail shows it."`
	Scope   []string      `name:"scope" required:"" placeholder:"SCOPE,…" help:"What it may do: registry:read, registry:write, predict, rollout or admin."`
	Model   []string      `name:"model" placeholder:"PATTERN,…" help:"The models it is for, in which * stands for any text. All of them when left out."`
	Expires time.Duration `name:"expires" placeholder:"DURATION" help:"How long it is good, as in 720h. For ever when left out."`
	Local   bool          `name:"local" help:"Write into the record that the settings name, without asking a server: for the first key."`
	settings
}

// Help says what the flags cannot.
func (keysCreateCommand) Help() string {
	return "The first key is made with --local, by who may write the record; a server on the same record knows it within a second."
}

// Run makes the key.
func (c *keysCreateCommand) Run(t *terminal, parsed *kong.Context) error {
	in := server.NewKey{Name: c.Name, Models: c.Model}
	for _, word := range c.Scope {
		scope, err := augur.ParseScope(word)
		if err != nil {
			return augur.AsError(err).At("--scope")
		}
		in.Scopes = append(in.Scopes, scope)
	}
	if c.Expires < 0 {
		return augur.Errorf(augur.InvalidArgument, "expected a positive duration").At("--expires")
	}
	if c.Expires > 0 {
		at := time.Now().Add(c.Expires).UTC().Truncate(time.Second)
		in.Expires = &at
	}
	id, secret, err := c.create(t, parsed, in)
	if err != nil {
		return err
	}
	if c.json() {
		return printJSON(t, map[string]string{"id": id, "secret": secret})
	}
	_, _ = fmt.Fprintf(t.stderr, "The key %s, shown this once:\n", id)
	_, err = fmt.Fprintln(t.stdout, secret)
	return err
}

func (c *keysCreateCommand) create(t *terminal, parsed *kong.Context, in server.NewKey) (id, secret string, err error) {
	if c.Local {
		l, err := c.load(t, parsed)
		if err != nil {
			return "", "", err
		}
		return server.CreateKey(t.ctx, l.Config, in)
	}
	api, err := c.dial()
	if err != nil {
		return "", "", err
	}
	defer api.Close()
	input := map[string]any{"name": in.Name, "scopes": in.Scopes, "models": in.Models}
	if in.Expires != nil {
		input["expiresAt"] = in.Expires
	}
	raw, err := api.Change(t.ctx, "apiKeyCreate", input)
	if err != nil {
		return "", "", err
	}
	var made struct {
		Secret string
		APIKey client.APIKey
	}
	err = read(raw, &made)
	return made.APIKey.ID, made.Secret, err
}

type keysListCommand struct {
	connection
	output
}

// Run prints a line for each key.
func (c *keysListCommand) Run(t *terminal) error {
	api, err := c.dial()
	if err != nil {
		return err
	}
	defer api.Close()
	keys, err := api.APIKeys(t.ctx)
	if err != nil {
		return err
	}
	if c.json() {
		return printJSON(t, keys)
	}
	var lines [][]string
	for _, k := range keys {
		var scopes []string
		for _, s := range k.Scopes {
			scopes = append(scopes, s.Word())
		}
		models := "*"
		if len(k.Models) > 0 {
			models = strings.Join(k.Models, " ")
		}
		lines = append(lines, []string{k.ID, k.Name, strings.Join(scopes, " "), models, k.State(time.Now()), instant(k.LastUsedAt)})
	}
	return table(t, "ID NAME SCOPES MODELS STATE LAST-USED", lines)
}

// instant is a time in a table, – for none.
func instant(at *time.Time) string {
	if at == nil {
		return "–"
	}
	return at.UTC().Format(time.RFC3339)
}

type keysRevokeCommand struct {
	connection
	output
	ID string `arg:"" help:"The key's id."`
}

// Run ends the key.
func (c *keysRevokeCommand) Run(t *terminal) error {
	api, err := c.dial()
	if err != nil {
		return err
	}
	defer api.Close()
	raw, err := api.Change(t.ctx, "apiKeyRevoke", map[string]any{"id": c.ID})
	if err != nil {
		return err
	}
	if c.json() {
		return printJSON(t, raw)
	}
	_, err = fmt.Fprintf(t.stdout, "%s is revoked\n", c.ID)
	return err
}
