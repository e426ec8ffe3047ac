package transport

import (
	"context"
	"fmt"

	"augur"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Access refuses an operation before it executes when the principal in the
// context lacks a scope that one of its fields asks for with @access. See
// docs/adr/0003-access-rules-before-execution.md.
type Access struct{}

var (
	_ graphql.HandlerExtension        = Access{}
	_ graphql.OperationContextMutator = Access{}
)

// ExtensionName of Access.
func (Access) ExtensionName() string { return "Access" }

// Validate refuses a schema in which a field has no access rule: a forgotten
// rule must stop the server rather than open a door.
func (Access) Validate(es graphql.ExecutableSchema) error {
	for _, def := range es.Schema().Types {
		if def.BuiltIn || def.Kind != ast.Object && def.Kind != ast.Interface {
			continue
		}
		for _, f := range def.Fields {
			if f.Name[:min(2, len(f.Name))] == "__" {
				continue
			}
			if _, ok := scopeOf(f); !ok {
				return fmt.Errorf("the field %s.%s has no @access rule", def.Name, f.Name)
			}
		}
	}
	return nil
}

// MutateOperationContext checks every selected field, fragments included.
func (Access) MutateOperationContext(ctx context.Context, op *graphql.OperationContext) *gqlerror.Error {
	c := accessCheck{principal: augur.PrincipalFrom(ctx), overGET: overGET(ctx) && !trusted(ctx)}
	return c.selections(op.Operation.SelectionSet, op.Operation.Name)
}

type accessCheck struct {
	principal *augur.Principal
	overGET   bool
	// seen holds the fragments already walked: one that is spread often is checked once.
	seen map[*ast.FragmentDefinition]bool
}

func (c *accessCheck) selections(set ast.SelectionSet, path string) *gqlerror.Error {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			if err := c.field(sel, path); err != nil {
				return err
			}
		case *ast.InlineFragment:
			if err := c.selections(sel.SelectionSet, path); err != nil {
				return err
			}
		case *ast.FragmentSpread:
			if c.seen[sel.Definition] {
				continue
			}
			if c.seen == nil {
				c.seen = map[*ast.FragmentDefinition]bool{}
			}
			c.seen[sel.Definition] = true
			if err := c.selections(sel.Definition.SelectionSet, path); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *accessCheck) field(f *ast.Field, path string) *gqlerror.Error {
	switch {
	case c.principal == nil && (f.Name == "__schema" || f.Name == "__type"):
		return refuse(f, augur.Unauthenticated, "questions about the schema need credentials")
	case f.Definition == nil || f.ObjectDefinition == nil || f.ObjectDefinition.BuiltIn || f.Name == "__typename" || f.Name == "__schema" || f.Name == "__type":
		return nil
	}
	scope, ok := scopeOf(f.Definition)
	switch {
	case !ok || !c.principal.Has(scope):
		code, text := augur.PermissionDenied, "%s.%s needs the scope %s"
		if c.principal == nil {
			code, text = augur.Unauthenticated, "%s.%s needs credentials with the scope %s"
		}
		return refuse(f, code, fmt.Sprintf(text, f.ObjectDefinition.Name, f.Name, scope))
	case scope == augur.ScopePredict && c.overGET:
		// A prediction may be costly, and a GET may be repeated or cached by anything on the way.
		return refuse(f, augur.FailedPrecondition, fmt.Sprintf("%s.%s predicts, which a GET request may not: use POST", f.ObjectDefinition.Name, f.Name))
	}
	return c.selections(f.SelectionSet, path)
}

// scopeOf reads the rule of a field.
func scopeOf(f *ast.FieldDefinition) (augur.Scope, bool) {
	d := f.Directives.ForName("access")
	if d == nil {
		return "", false
	}
	arg := d.Arguments.ForName("scope")
	if arg == nil || arg.Value == nil {
		return "", false
	}
	return augur.Scope(arg.Value.Raw), true
}

// refuse makes the error of a request that must not execute, at a place in its document.
func refuse(f *ast.Field, code augur.Code, message string) *gqlerror.Error {
	err := &gqlerror.Error{Message: message, Extensions: map[string]any{"code": string(code)}}
	if f != nil && f.Position != nil {
		err.Locations = []gqlerror.Location{{Line: f.Position.Line, Column: f.Position.Column}}
	}
	return err
}
