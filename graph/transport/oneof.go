package transport

import (
	"context"
	"fmt"
	"strings"

	"augur"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// OneOf enforces @oneOf on variables: exactly one field, and that not null.
// gqlparser enforces it on literals alone, so that {row: …, rows: …} sent as a
// variable would pass. A literal that contains a variable is checked here too.
type OneOf struct {
	schema *ast.Schema
}

var (
	_ graphql.HandlerExtension        = (*OneOf)(nil)
	_ graphql.OperationContextMutator = (*OneOf)(nil)
)

// ExtensionName of OneOf.
func (*OneOf) ExtensionName() string { return "OneOf" }

// Validate keeps the schema for MutateOperationContext.
func (o *OneOf) Validate(es graphql.ExecutableSchema) error {
	o.schema = es.Schema()
	return nil
}

// MutateOperationContext checks every variable of the operation.
func (o *OneOf) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	for _, v := range op.Operation.VariableDefinitions {
		value, ok := op.Variables[v.Variable]
		if !ok {
			continue
		}
		if err := o.check(v.Type, value, []string{v.Variable}); err != nil {
			return err
		}
	}
	return nil
}

func (o *OneOf) check(t *ast.Type, value any, path []string) *gqlerror.Error {
	if value == nil {
		return nil
	}
	if t.Elem != nil {
		list := []any{value} // a single value stands for a list of one
		switch value := value.(type) {
		case []any:
			list = value
		case []map[string]any: // what gqlparser makes of a single object
			list = list[:0]
			for _, object := range value {
				list = append(list, object)
			}
		}
		for i, item := range list {
			if err := o.check(t.Elem, item, append(path, fmt.Sprint(i))); err != nil {
				return err
			}
		}
		return nil
	}
	def := o.schema.Types[t.NamedType]
	if def == nil || def.Kind != ast.InputObject {
		return nil
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil // gqlparser has refused what is no object
	}
	if def.Directives.ForName("oneOf") != nil {
		if err := exactlyOne(def, object, path); err != nil {
			return err
		}
	}
	for _, f := range def.Fields {
		if v, ok := object[f.Name]; ok {
			if err := o.check(f.Type, v, append(path, f.Name)); err != nil {
				return err
			}
		}
	}
	return nil
}

func exactlyOne(def *ast.Definition, object map[string]any, path []string) *gqlerror.Error {
	var given []string
	for _, f := range def.Fields {
		if _, ok := object[f.Name]; ok {
			given = append(given, f.Name)
		}
	}
	if len(given) == 1 && object[given[0]] != nil {
		return nil
	}
	names := make([]string, len(def.Fields))
	for i, f := range def.Fields {
		names[i] = f.Name
	}
	got := "none"
	switch {
	case len(given) == 1:
		got = given[0] + " is null"
	case len(given) > 1:
		got = strings.Join(given, " and ")
	}
	err := refuse(nil, augur.InvalidArgument, fmt.Sprintf("$%s: %s takes exactly one of %s, got %s",
		strings.Join(path, "."), def.Name, strings.Join(names, ", "), got))
	err.Extensions["field"] = path
	return err
}
