package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"augur"
)

// servingCommand groups the verbs about how versions are served.
type servingCommand struct {
	Show servingShowCommand `cmd:"" help:"Show how a model or a version is served, and who set that."`
	Set  servingSetCommand  `cmd:"" help:"Change how a model or a version is served. What is not given stays."`
}

// policyFields are the settings of a ServingPolicy, in the order of the flags
// of servingSetCommand.
var policyFields = []string{"cache", "cacheTtl", "threads", "instances", "maxBatchRows", "maxQueue", "timeout", "maxRows", "maxBytes", "breakerFailures", "breakerDelay", "fallback"}

type servingShowCommand struct {
	connection
	output
	Ref string `arg:"" name:"model[@version]" complete:"ref" help:"A model, or one of its versions: a version, an alias or latest."`
}

// Run prints a line for each setting.
func (c *servingShowCommand) Run(t *terminal) error {
	api, err := c.dial()
	if err != nil {
		return err
	}
	defer api.Close()
	selection := "servingPolicy { " + strings.Join(policyFields, " ") + " fromModel fromVersion revision }"
	model, version, of := strings.Cut(c.Ref, "@")
	raw, err := api.OfModel(t.ctx, model, selection)
	if of {
		raw, err = api.Version(t.ctx, model, version, selection)
	}
	if err != nil {
		return err
	}
	var is struct{ ServingPolicy map[string]any }
	if err := read(raw, &is); err != nil {
		return err
	}
	if c.json() {
		return printJSON(t, is.ServingPolicy)
	}
	has := func(list, name string) bool {
		names, _ := is.ServingPolicy[list].([]any)
		return slices.Contains(names, any(name))
	}
	var lines [][]string
	for _, name := range policyFields {
		from := "server"
		switch {
		case has("fromVersion", name):
			from = "version"
		case has("fromModel", name):
			from = "model"
		}
		lines = append(lines, []string{name, cell(is.ServingPolicy[name]), from})
	}
	lines = append(lines, []string{"revision", cell(is.ServingPolicy["revision"]), ""})
	return table(t, "SETTING VALUE FROM", lines)
}

type servingSetCommand struct {
	changing
	guard
	Ref             string   `arg:"" name:"model[@version]" complete:"ref" help:"A model, or one of its versions: a version, an alias or latest."`
	Cache           *bool    `name:"cache" negatable:"" setting:"cache" help:"Keep answers and serve them again."`
	CacheTTL        *string  `name:"cache-ttl" placeholder:"TIME" setting:"cacheTtl" help:"How long an answer may be served again, as in 90s or 1h30m."`
	Threads         *int     `name:"threads" placeholder:"N" setting:"threads" help:"How many threads one run uses."`
	Instances       *int     `name:"instances" placeholder:"N" setting:"instances" help:"How many runs there may be at one time."`
	MaxBatchRows    *int     `name:"max-batch-rows" placeholder:"N" setting:"maxBatchRows" help:"How many rows of several requests may run together."`
	MaxQueue        *int     `name:"max-queue" placeholder:"N" setting:"maxQueue" help:"How many requests may wait for a run."`
	Timeout         *string  `name:"timeout" placeholder:"TIME" setting:"timeout" help:"How long a prediction may take."`
	MaxRows         *int     `name:"max-rows" placeholder:"N" setting:"maxRows" help:"How many rows one request may have."`
	MaxBytes        *string  `name:"max-bytes" placeholder:"N" setting:"maxBytes" help:"How many bytes the input tensors of a request may have."`
	BreakerFailures *int     `name:"breaker-failures" placeholder:"N" setting:"breakerFailures" help:"How many failures in a row open the circuit breaker; 0 for none."`
	BreakerDelay    *string  `name:"breaker-delay" placeholder:"TIME" setting:"breakerDelay" help:"How long an open circuit breaker leaves the version alone."`
	Fallback        *string  `name:"fallback" placeholder:"REF" setting:"fallback" help:"Which version answers for one whose breaker is open; of a model only."`
	Inherit         []string `name:"inherit" placeholder:"SETTING" help:"Inherit this setting again: a version from its model, a model from the server. Named as serving show does, or as its flag."`
}

// Run changes what is given.
func (c *servingSetCommand) Run(t *terminal) error {
	input := map[string]any{}
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		if name := v.Type().Field(i).Tag.Get("setting"); name != "" && !v.Field(i).IsNil() {
			input[name] = v.Field(i).Elem().Interface()
		}
	}
	for _, name := range c.Inherit {
		i := slices.IndexFunc(policyFields, func(f string) bool {
			return strings.EqualFold(f, strings.ReplaceAll(name, "-", ""))
		})
		if i < 0 {
			return augur.Errorf(augur.InvalidArgument, "--inherit: there is no setting %q; there are %s", name, strings.Join(policyFields, ", "))
		}
		if _, set := input[policyFields[i]]; set {
			return augur.Errorf(augur.InvalidArgument, "%s is either set or inherited", policyFields[i])
		}
		input[policyFields[i]] = nil
	}
	if len(input) == 0 {
		return augur.Errorf(augur.InvalidArgument, "nothing to change: give a setting, or --inherit")
	}
	what := fmt.Sprintf("%s: %d of its settings changed", c.Ref, len(input))
	model, version, of := strings.Cut(c.Ref, "@")
	input["model"] = model
	if of {
		input["version"] = version
	}
	return c.change(t, "modelServingUpdate", c.add(input), what)
}
