package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"

	"augur"
	"augur/client"
)

// rolloutCommand groups the verbs about rollouts.
type rolloutCommand struct {
	Start   rolloutStartCommand   `cmd:"" help:"Begin to move traffic from the live version to another."`
	Status  rolloutStatusCommand  `cmd:"" help:"Show where a rollout stands, what its gates say, and its history."`
	Watch   rolloutWatchCommand   `cmd:"" help:"Print what happens to a rollout until it is over. The exit status is 5 when it was rolled back."`
	List    rolloutListCommand    `cmd:"" help:"List rollouts, the newest first."`
	Pause   rolloutChangeCommand  `cmd:"" help:"Stop the steps; shares stay as they are, and gates can still roll it back."`
	Resume  rolloutChangeCommand  `cmd:"" help:"Let a paused rollout go on."`
	Approve rolloutChangeCommand  `cmd:"" help:"Begin the next step now."`
	Promote rolloutPromoteCommand `cmd:"" help:"End it in favour of a candidate, which becomes live."`
	Abort   rolloutChangeCommand  `cmd:"" help:"End it in favour of the baseline, at once."`
}

// rolloutChangeCommand is pause, resume, approve and abort: its name says which.
type rolloutChangeCommand struct {
	changing
	guard
	Model  string `arg:"" complete:"model" help:"The model."`
	Reason string `name:"reason" help:"Why; kept in its history."`
}

// Run does what the verb is called.
func (c *rolloutChangeCommand) Run(t *terminal, command *kong.Context) error {
	verb := command.Selected().Name
	return c.steer(t, c.guard, c.Model, verb, map[string]any{"reason": c.Reason})
}

type rolloutPromoteCommand struct {
	changing
	guard
	Model  string `arg:"" complete:"model" help:"The model."`
	Arm    string `name:"arm" help:"Which candidate, as rollout status names it; the only one when left out."`
	Reason string `name:"reason" help:"Why; kept in its history."`
}

// Run promotes.
func (c *rolloutPromoteCommand) Run(t *terminal) error {
	input := map[string]any{"reason": c.Reason}
	if c.Arm != "" {
		input["arm"] = c.Arm
	}
	return c.steer(t, c.guard, c.Model, "promote", input)
}

// steer changes the rollout of a model that goes on.
func (c changing) steer(t *terminal, g guard, model, verb string, input map[string]any) error {
	api, err := c.dial()
	if err != nil {
		return err
	}
	defer api.Close()
	raw, err := api.OfModel(t.ctx, model, "rollout { id }")
	if err != nil {
		return err
	}
	var m struct{ Rollout *struct{ ID string } }
	if err := read(raw, &m); err != nil {
		return err
	}
	if m.Rollout == nil {
		return augur.Errorf(augur.FailedPrecondition, "model %q has no rollout that goes on", model)
	}
	input["id"] = m.Rollout.ID
	return c.moved(t, api, "rollout"+strings.ToUpper(verb[:1])+verb[1:], g.add(input))
}

// moved sends a mutation of a rollout and prints where the rollout stands then.
func (c changing) moved(t *terminal, api *client.Client, mutation string, input map[string]any) error {
	raw, err := api.Change(t.ctx, mutation, input)
	if err != nil {
		return err
	}
	if c.json() {
		return printJSON(t, raw)
	}
	var out struct{ Rollout shownRollout }
	if err := read(raw, &out); err != nil {
		return err
	}
	_, err = fmt.Fprintln(t.stdout, out.Rollout.line())
	return err
}

type rolloutStartCommand struct {
	changing
	Model          string   `arg:"" complete:"model" help:"The model, whose live version is the baseline."`
	Candidates     []string `arg:"" name:"candidate" help:"The other version: a version, an alias or latest. An experiment takes several, each as VERSION or VERSION=PERCENT."`
	Kind           string   `name:"kind" enum:"canary,experiment,shadow" default:"canary" help:"What it is for: canary, experiment or shadow."`
	BaselineWeight *float64 `name:"baseline-weight" placeholder:"PERCENT" help:"The baseline's share of an experiment."`
	Step           []string `name:"step" sep:"none" placeholder:"PERCENT[:TIME][:approval]" help:"A step, as in 10:15m or 50:1h:approval; in order. 10, 50 and 100 percent when there is none."`
	Gate           []string `name:"gate" sep:"none" placeholder:"GATE" help:"What is asked at every step, as in 'p95<=50', 'error-rate-baseline<=0.01', 'p95/baseline<=1.2', 'agreement>=0.99' or 'outcome:clicks-baseline>=0'."`
	NoGates        bool     `name:"no-gates" help:"Ask nothing, not even about errors."`
	Subject        string   `name:"subject" enum:",request,principal,none" default:"" help:"Who stays with an arm: request, principal or none."`
	Grace          string   `name:"grace" placeholder:"TIME" help:"How long a step waits, beyond its duration, for the requests that its gates need."`
	Quiet          string   `name:"quiet" enum:",hold,pause,advance,roll-back" default:"" help:"What happens when they are too few even then: hold, pause, advance or roll-back."`
	Tolerance      *float64 `name:"tolerance" help:"How far apart two numbers of a shadow's answers may be and still agree, as a share of the larger one."`
	Reason         string   `name:"reason" help:"Why; kept in its history."`
}

// Run begins the rollout.
func (c *rolloutStartCommand) Run(t *terminal) error {
	input, err := c.input()
	if err != nil {
		return err
	}
	api, err := c.dial()
	if err != nil {
		return err
	}
	defer api.Close()
	return c.moved(t, api, "rolloutStart", input)
}

// input is the RolloutStartInput of the flags. What a plan may be is for the
// server to say.
func (c *rolloutStartCommand) input() (map[string]any, error) {
	in := map[string]any{"model": c.Model, "kind": strings.ToUpper(c.Kind)}
	for name, text := range map[string]string{"subject": word(c.Subject), "grace": c.Grace, "quiet": word(c.Quiet), "reason": c.Reason} {
		if text != "" {
			in[name] = text
		}
	}
	for name, number := range map[string]*float64{"baselineWeight": c.BaselineWeight, "tolerance": c.Tolerance} {
		if number != nil {
			in[name] = *number
		}
	}
	var candidates []any
	for _, text := range c.Candidates {
		version, percent, weighed := strings.Cut(text, "=")
		one := map[string]any{"version": version}
		if weighed {
			weight, err := strconv.ParseFloat(percent, 64)
			if err != nil {
				return nil, augur.Errorf(augur.InvalidArgument, "candidate %q: expected VERSION or VERSION=PERCENT", text)
			}
			one["weight"] = weight
		}
		candidates = append(candidates, one)
	}
	in["candidates"] = candidates
	var steps []any
	for _, text := range c.Step {
		one, err := stepOf(text)
		if err != nil {
			return nil, err
		}
		steps = append(steps, one)
	}
	if steps != nil {
		in["steps"] = steps
	}
	if c.NoGates && len(c.Gate) > 0 {
		return nil, augur.Errorf(augur.InvalidArgument, "--no-gates: there are gates")
	}
	var gates []any
	for _, text := range c.Gate {
		one, err := gateOf(text)
		if err != nil {
			return nil, err
		}
		gates = append(gates, one)
	}
	if gates != nil {
		in["gates"] = gates
	} else if c.NoGates {
		in["gates"] = []any{}
	}
	return in, nil
}

// word is a word of a flag as the schema has it.
func word(text string) string { return strings.ToUpper(strings.ReplaceAll(text, "-", "_")) }

// stepOf reads PERCENT[:TIME][:approval].
func stepOf(text string) (map[string]any, error) {
	wrong := augur.Errorf(augur.InvalidArgument, "--step %q: expected PERCENT[:TIME][:approval], as in 10:15m", text)
	percent, rest, more := strings.Cut(text, ":")
	weight, err := strconv.ParseFloat(percent, 64)
	if err != nil {
		return nil, wrong
	}
	step := map[string]any{"weight": weight}
	for more {
		var part string
		part, rest, more = strings.Cut(rest, ":")
		switch {
		case part == "approval":
			step["approval"] = true
		case part == "" || step["duration"] != nil:
			return nil, wrong
		default:
			step["duration"] = part
		}
	}
	return step, nil
}

// gateOf reads MEASURE, or MEASURE-baseline or MEASURE/baseline, <= or >=, LIMIT.
func gateOf(text string) (map[string]any, error) {
	wrong := augur.Errorf(augur.InvalidArgument, "--gate %q: expected a measure (error-rate, p95, p99, agreement, outcome:NAME), where wanted -baseline or /baseline, then <= or >= and a number", text)
	bound := "AT_MOST"
	left, right, found := strings.Cut(text, "<=")
	if !found {
		bound = "AT_LEAST"
		if left, right, found = strings.Cut(text, ">="); !found {
			return nil, wrong
		}
	}
	limit, err := strconv.ParseFloat(strings.TrimSpace(right), 64)
	if err != nil {
		return nil, wrong
	}
	gate := map[string]any{"bound": bound, "limit": limit, "compare": "ABSOLUTE"}
	left = strings.TrimSpace(left)
	for suffix, compare := range map[string]string{"-baseline": "DIFFERENCE", "/baseline": "RATIO"} {
		if measure, ok := strings.CutSuffix(left, suffix); ok {
			left, gate["compare"] = measure, compare
			break
		}
	}
	measure, outcome, named := strings.Cut(left, ":")
	gate["measure"] = word(measure)
	if named {
		gate["outcome"] = outcome
	}
	switch gate["measure"] {
	case "ERROR_RATE", "P95", "P99", "AGREEMENT", "OUTCOME":
		return gate, nil
	}
	return nil, wrong
}

// shownRollout is a rollout as the verbs print it.
type shownRollout struct {
	ID, Kind, Status, Why, Principal, Reason, Promoted string
	Step                                               int
	Pause                                              *string
	CreatedAt                                          string
	Model                                              struct{ Name string }
	Arms                                               []struct {
		Name         string
		Weight       json.Number
		ModelVersion *struct{ Version string }
	}
	Evidence []struct {
		Arm, Verdict, Why string
		Gate              struct{ Measure, Outcome string }
	}
	Events struct {
		Nodes []struct{ ID, CreatedAt, Act, Principal, Why string }
	}
}

// over says whether nothing can happen to it any more.
func (r *shownRollout) over() bool { return augur.RolloutStatus(r.Status).Over() }

// line says in one line where it stands.
func (r *shownRollout) line() string {
	text := fmt.Sprintf("%s %s step %d:", r.ID, r.Status, r.Step+1)
	for i, a := range r.Arms {
		version := "(deleted)"
		if a.ModelVersion != nil {
			version = a.ModelVersion.Version
		}
		if i > 0 {
			text += ","
		}
		text += fmt.Sprintf(" %s %s %s %%", a.Name, version, a.Weight)
	}
	return text
}
