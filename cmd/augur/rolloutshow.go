package main

import (
	"encoding/json"
	"fmt"
	"time"

	"augur"
	"augur/client"
)

// rolloutSelection is what is asked of a rollout to print it.
const rolloutSelection = `id kind status step why pause promoted principal reason createdAt model { name }
  arms { name weight modelVersion { version } } evidence { arm gate { measure outcome } verdict why candidate baseline figure low high candidateCount baselineCount }
  events(last: 100) { nodes { id createdAt act principal why } }`

// newestRollout is the newest rollout of a model as the server tells it.
func newestRollout(t *terminal, api *client.Client, model string) (json.RawMessage, *shownRollout, error) {
	raw, err := api.OfModel(t.ctx, model, "rollouts(last: 1) { nodes { "+rolloutSelection+" } }")
	if err != nil {
		return nil, nil, err
	}
	var m struct {
		Rollouts struct{ Nodes []json.RawMessage }
	}
	if err := read(raw, &m); err != nil {
		return nil, nil, err
	}
	if len(m.Rollouts.Nodes) == 0 {
		return nil, nil, augur.Errorf(augur.NotFound, "model %q has had no rollout", model)
	}
	var r shownRollout
	return m.Rollouts.Nodes[0], &r, read(m.Rollouts.Nodes[0], &r)
}

type rolloutStatusCommand struct {
	connection
	output
	Model string `arg:"" complete:"model" help:"The model; its newest rollout is shown."`
}

// Run prints where the newest rollout of the model stands.
func (c *rolloutStatusCommand) Run(t *terminal) error {
	api, err := c.dial()
	if err != nil {
		return err
	}
	defer api.Close()
	raw, r, err := newestRollout(t, api, c.Model)
	if err != nil || c.json() {
		return firstError(err, func() error { return printJSON(t, raw) })
	}
	_, _ = fmt.Fprintf(t.stdout, "%s\n", r.line())
	if r.Why != "" {
		_, _ = fmt.Fprintf(t.stdout, "%s\n", r.Why)
	}
	var lines [][]string
	for _, e := range r.Evidence {
		measure := e.Gate.Measure
		if e.Gate.Outcome != "" {
			measure += ":" + e.Gate.Outcome
		}
		lines = append(lines, []string{e.Arm, measure, e.Verdict, e.Why})
	}
	if len(lines) > 0 {
		if err := table(t, "ARM GATE VERDICT WHY", lines); err != nil {
			return err
		}
	}
	lines = nil
	for _, e := range r.Events.Nodes {
		lines = append(lines, []string{e.CreatedAt, e.Act, e.Principal, e.Why})
	}
	return table(t, "AT WHAT BY WHY", lines)
}

type rolloutListCommand struct {
	connection
	output
	Model string `arg:"" optional:"" complete:"model" help:"Only those of this model."`
}

// Run prints a line for each of the last 100 rollouts.
func (c *rolloutListCommand) Run(t *terminal) error {
	api, err := c.dial()
	if err != nil {
		return err
	}
	defer api.Close()
	const selection = "rollouts(last: 100) { nodes { id kind status step why pause promoted principal reason createdAt model { name } } }"
	var raw json.RawMessage
	if c.Model != "" {
		raw, err = api.OfModel(t.ctx, c.Model, selection)
	} else {
		err = api.Query(t.ctx, "{ "+selection+" }", nil, &raw)
	}
	if err != nil || c.json() {
		return firstError(err, func() error { return printJSON(t, raw) })
	}
	var all struct {
		Rollouts struct{ Nodes []shownRollout }
	}
	if err := read(raw, &all); err != nil {
		return err
	}
	var lines [][]string
	for i := len(all.Rollouts.Nodes) - 1; i >= 0; i-- {
		r := &all.Rollouts.Nodes[i]
		lines = append(lines, []string{r.Model.Name, r.ID, r.Kind, r.Status, r.CreatedAt, r.Principal, r.Why})
	}
	return table(t, "MODEL ROLLOUT KIND STATUS STARTED BY WHY", lines)
}

// watchEvery is how often a rollout that is watched is looked at.
const watchEvery = time.Second

type rolloutWatchCommand struct {
	connection
	output
	Model string `arg:"" complete:"model" help:"The model; its newest rollout is watched."`
}

// Run prints every entry of the history, those so far first, until the rollout
// is over. It asks once a second, so that a server that starts anew ends nothing.
func (c *rolloutWatchCommand) Run(t *terminal) error {
	api, err := c.dial()
	if err != nil {
		return err
	}
	defer api.Close()
	told, id := map[string]bool{}, ""
	for {
		_, r, err := newestRollout(t, api, c.Model)
		if err != nil {
			return err
		}
		if id == "" {
			id = r.ID
		}
		if r.ID != id {
			return augur.Errorf(augur.Aborted, "rollout %s has ended, and %s goes on", id, r.ID)
		}
		for _, e := range r.Events.Nodes {
			if told[e.ID] {
				continue
			}
			told[e.ID] = true
			if c.json() {
				err = json.NewEncoder(t.stdout).Encode(map[string]string{"id": e.ID, "createdAt": e.CreatedAt, "act": e.Act, "principal": e.Principal, "why": e.Why})
			} else {
				_, err = fmt.Fprintf(t.stdout, "%s  %-11s  %s  %s\n", e.CreatedAt, e.Act, e.Principal, e.Why)
			}
			if err != nil {
				return err
			}
		}
		if r.over() {
			return c.end(t, r)
		}
		select {
		case <-time.After(watchEvery):
		case <-t.ctx.Done():
			return t.ctx.Err()
		}
	}
}

// end says how the rollout ended.
func (c *rolloutWatchCommand) end(t *terminal, r *shownRollout) error {
	if !c.json() {
		if _, err := fmt.Fprintln(t.stdout, r.line()); err != nil {
			return err
		}
	}
	if augur.RolloutStatus(r.Status) == augur.RolloutRolledBack {
		return said(augur.FailedPrecondition)
	}
	return nil
}
