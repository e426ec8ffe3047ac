package main

import (
	"encoding/json"
	"fmt"

	"augur"
)

// typesCommand prints what a program that asks for predictions needs to know.
type typesCommand struct {
	connection
	Ref  string `arg:"" name:"model@version" complete:"ref" help:"The model and a version, an alias or latest; the live one without @."`
	Lang string `name:"lang" enum:"ts,json-schema" default:"ts" help:"ts: TypeScript types of rows and values; json-schema: a JSON Schema (2020-12) of rows."`
	Name string `name:"name" placeholder:"NAME" help:"What the types are called before Row and Values; the model's name when left out."`
}

const typesFields = `id version signature { jsonSchema outputs { name type classes description }
  inputs { type } features { name dtype shape { size } required default range { min max } oneOf unit description } }`

// typedVersion is what the types are made from.
type typedVersion struct {
	ID, Version string
	Signature   struct {
		JSONSchema json.RawMessage
		Inputs     []struct{ Type string }
		Outputs    []typedOutput
		Features   []typedFeature
	}
}

type typedOutput struct {
	Name, Type, Description string
	Classes                 []string
}

type typedFeature struct {
	Name, DType, Unit, Description string
	Shape                          []struct{ Size *int }
	Required                       bool
	Default                        any
	Range                          *struct{ Min, Max any }
	OneOf                          []any
}

// Run prints them.
func (c *typesCommand) Run(t *terminal) error {
	api, err := c.dial()
	if err != nil {
		return err
	}
	defer api.Close()
	model, version := reference(c.Ref)
	raw, err := api.Version(t.ctx, model, version, typesFields)
	if err != nil {
		return err
	}
	var v typedVersion
	if err := read(raw, &v); err != nil {
		return err
	}
	if c.Lang == "json-schema" {
		return printJSON(t, v.Signature.JSONSchema)
	}
	name := c.Name
	if name == "" {
		name = pascal(model)
	} else if identifier(name) != name {
		return augur.Errorf(augur.InvalidArgument, "--name: expected an identifier of TypeScript, got %q", name)
	}
	_, err = fmt.Fprint(t.stdout, v.typeScript(model, name))
	return err
}
