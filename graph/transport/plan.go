package transport

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Plans writes what a resolver returned without a goroutine, a context and a
// middleware for each field of it. gqlgen executes operations, arguments and
// resolvers; where all that is selected below one resolver is plain members of
// what it returned, a plan writes those in one go.
//
// A plan is made when a document that is kept is executed a second time, and it
// is made only where every member and every type is known to be written as
// gqlgen does: no directives, no arguments, no interfaces, no member that takes a
// context. What a plan cannot write, a null where there must be none above all,
// it leaves to gqlgen, whose errors are the ones that clients see.
type Plans struct {
	// Known are the documents that are kept, and with them their plans.
	Known interface {
		// Plans returns those of a document, nil where it is not kept.
		Plans(text string) *DocumentPlans
	}
	// Scalar knows how values of a scalar or an enum are written, nil where it
	// does not.
	Scalar func(def *ast.Definition, t reflect.Type) ScalarWriter

	schema *ast.Schema
}

// ScalarWriter appends a value as JSON.
type ScalarWriter func(b []byte, v reflect.Value) []byte

// DocumentPlans are the plans of one document. The zero value has none.
type DocumentPlans struct {
	mu     sync.RWMutex // guards fields
	fields map[*ast.Field]*plan
}

var (
	_ graphql.HandlerExtension        = (*Plans)(nil)
	_ graphql.OperationContextMutator = (*Plans)(nil)
	_ graphql.FieldInterceptor        = (*Plans)(nil)
)

// ExtensionName of Plans.
func (*Plans) ExtensionName() string { return plansName }

const plansName = "Plans"

// Validate keeps the schema.
func (p *Plans) Validate(es graphql.ExecutableSchema) error {
	p.schema = es.Schema()
	return nil
}

// MutateOperationContext finds the plans of the operation's document.
func (p *Plans) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	if op.Operation.Operation == ast.Subscription {
		return nil
	}
	if plans := p.Known.Plans(op.RawQuery); plans != nil {
		op.Stats.SetExtension(plansName, plans)
	}
	return nil
}

// InterceptField writes what the field's resolver returned, if there is a plan.
func (p *Plans) InterceptField(ctx context.Context, next graphql.Resolver) (any, error) {
	value, err := next(ctx)
	if err != nil || value == nil {
		return value, err
	}
	field := graphql.GetFieldContext(ctx)
	if len(field.Field.Selections) == 0 {
		return value, nil
	}
	op := graphql.GetOperationContext(ctx)
	plans, _ := op.Stats.GetExtension(plansName).(*DocumentPlans)
	if plans == nil {
		return value, nil
	}
	planned := plans.of(field.Field, func() *plan {
		c := compiler{Plans: p, ctx: ctx, op: op}
		return c.field(field, reflect.TypeOf(value))
	})
	if planned == nil || planned.write == nil || planned.of != reflect.TypeOf(value) {
		return value, nil
	}
	if text, ok := planned.write(make([]byte, 0, planned.size.Load()), reflect.ValueOf(value)); ok {
		planned.grew(len(text))
		return written(text), nil
	}
	return value, nil
}

// of returns the plan of a field; the first time that it is asked for there is
// none, the second time it is made.
func (d *DocumentPlans) of(field graphql.CollectedField, compile func() *plan) *plan {
	d.mu.RLock()
	known, met := d.fields[field.Field]
	d.mu.RUnlock()
	if known != nil {
		if !slices.Equal(known.selections, field.Selections) {
			return nil // another field was left out by @skip this time, or was not
		}
		return known
	}
	if !met {
		compile = func() *plan { return nil }
	}
	made := compile()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fields == nil {
		d.fields = map[*ast.Field]*plan{}
	}
	d.fields[field.Field] = made
	return made
}

// written is a value that stands in the answer as it is.
type written []byte

// compiler makes the plan of one field.
type compiler struct {
	*Plans
	ctx context.Context //nolint:containedctx // that of the field whose plan it makes
	op  *graphql.OperationContext
}

// field makes the plan of a field whose resolver returned a value of type t. A
// plan that writes nothing stands for none, so that it is not tried again.
func (c *compiler) field(f *graphql.FieldContext, t reflect.Type) *plan {
	out := &plan{of: t, selections: slices.Clone(f.Field.Selections)}
	out.size.Store(512)
	if f.Field.Definition != nil && plain(f.Field.Selections) {
		out.write = c.value(f, f.Field.Definition.Type, t)
	}
	return out
}

// plain says whether a selection is the same whatever the variables are.
func plain(set ast.SelectionSet) bool {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			if len(sel.Directives) > 0 || len(sel.Arguments) > 0 || !plain(sel.SelectionSet) {
				return false
			}
		case *ast.InlineFragment:
			if len(sel.Directives) > 0 || !plain(sel.SelectionSet) {
				return false
			}
		case *ast.FragmentSpread:
			if len(sel.Directives) > 0 || !plain(sel.Definition.SelectionSet) {
				return false
			}
		}
	}
	return true
}

// value makes what writes values of a type of the schema that are of type t in Go.
func (c *compiler) value(f *graphql.FieldContext, of *ast.Type, t reflect.Type) writer {
	if of.Elem != nil {
		return c.list(f, of, t)
	}
	def := c.schema.Types[of.NamedType]
	if def == nil {
		return nil
	}
	through := t
	if t.Kind() == reflect.Pointer {
		through = t.Elem()
	}
	var write writer
	switch def.Kind {
	case ast.Scalar, ast.Enum:
		scalar := c.Scalar(def, through)
		if scalar == nil {
			return nil
		}
		write = func(b []byte, v reflect.Value) ([]byte, bool) { return scalar(b, v), true }
	case ast.Object:
		if through.Kind() != reflect.Struct {
			return nil
		}
		if write = c.object(f, def, through); write == nil {
			return nil
		}
	default:
		return nil // the type of an interface's value is known only when it is there
	}
	if t.Kind() != reflect.Pointer {
		return write
	}
	return func(b []byte, v reflect.Value) ([]byte, bool) {
		if v.IsNil() {
			return append(b, "null"...), !of.NonNull
		}
		return write(b, v.Elem())
	}
}

func (c *compiler) list(f *graphql.FieldContext, of *ast.Type, t reflect.Type) writer {
	if t.Kind() != reflect.Slice {
		return nil
	}
	element := c.value(f, of.Elem, t.Elem())
	if element == nil {
		return nil
	}
	return func(b []byte, v reflect.Value) ([]byte, bool) {
		if v.IsNil() && !of.NonNull {
			return append(b, "null"...), true
		}
		b = append(b, '[')
		var ok bool
		for i := range v.Len() {
			if i > 0 {
				b = append(b, ',')
			}
			if b, ok = element(b, v.Index(i)); !ok {
				return b, false
			}
		}
		return append(b, ']'), true
	}
}

// object makes what writes the selected members of a struct.
func (c *compiler) object(f *graphql.FieldContext, def *ast.Definition, t reflect.Type) writer {
	fields := graphql.CollectFields(c.op, f.Field.Selections, append([]string{def.Name}, def.Interfaces...))
	members := make([]member, len(fields))
	for i, field := range fields {
		key := ","
		if i == 0 {
			key = "{"
		}
		members[i].key = key + `"` + field.Alias + `":`
		if field.Name == "__typename" {
			members[i].key += `"` + def.Name + `"`
			continue
		}
		get, of := c.member(f, def, field, t)
		if get == nil {
			return nil
		}
		child, err := f.Child(c.ctx, field)
		if err != nil || field.Definition == nil {
			return nil
		}
		if members[i].write = c.value(child, field.Definition.Type, of); members[i].write == nil {
			return nil
		}
		members[i].get = get
	}
	return func(b []byte, v reflect.Value) ([]byte, bool) {
		var ok bool
		for i := range members {
			m := &members[i]
			b = append(b, m.key...)
			if m.write == nil {
				continue
			}
			value, found := m.get(v)
			if !found {
				return b, false
			}
			if b, ok = m.write(b, value); !ok {
				return b, false
			}
		}
		return append(b, '}'), true
	}
}

// member finds what gqlgen binds a field to, and its type: nil where it is a
// resolver, or is not known for certain.
func (c *compiler) member(parent *graphql.FieldContext, def *ast.Definition, field graphql.CollectedField, t reflect.Type) (getter, reflect.Type) {
	if parent.Child == nil || len(field.Definition.Arguments) > 0 {
		return nil, nil
	}
	f, err := parent.Child(c.ctx, field)
	if err != nil || f.IsResolver || f.Object != def.Name {
		return nil, nil
	}
	if f.IsMethod {
		return method(reflect.PointerTo(t), field.Name)
	}
	var found []reflect.StructField
	for _, m := range reflect.VisibleFields(t) {
		if m.IsExported() && strings.EqualFold(m.Name, field.Name) {
			found = append(found, m)
		}
	}
	if len(found) != 1 {
		return nil, nil
	}
	at := found[0].Index
	if len(at) == 1 {
		i := at[0]
		return func(v reflect.Value) (reflect.Value, bool) { return v.Field(i), true }, found[0].Type
	}
	return func(v reflect.Value) (reflect.Value, bool) {
		value, err := v.FieldByIndexErr(at) // an embedded pointer may be nil
		return value, err == nil
	}, found[0].Type
}

// method finds the method of a field that takes nothing.
func method(t reflect.Type, name string) (getter, reflect.Type) {
	at := -1
	for i := range t.NumMethod() {
		if strings.EqualFold(t.Method(i).Name, name) {
			if at >= 0 {
				return nil, nil
			}
			at = i
		}
	}
	if at < 0 {
		return nil, nil
	}
	m := t.Method(at).Type
	if m.NumIn() != 1 || m.NumOut() != 1 {
		return nil, nil
	}
	return func(v reflect.Value) (reflect.Value, bool) {
		if !v.CanAddr() {
			addressable := reflect.New(v.Type())
			addressable.Elem().Set(v)
			v = addressable.Elem()
		}
		return v.Addr().Method(at).Call(nil)[0], true
	}, m.Out(0)
}
