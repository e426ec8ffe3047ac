package schema

import (
	"time"

	"augur"

	"entgo.io/contrib/entgql"
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/mixin"
)

// idMixin gives an entity a typed, sortable string id.
type idMixin struct {
	mixin.Schema
	prefix string
}

// Fields of the mixin.
func (m idMixin) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").MaxLen(40).Immutable().NotEmpty().
			DefaultFunc(func() string { return augur.NewID(m.prefix) }),
	}
}

// timesMixin records when a row was made and last changed, in UTC.
type timesMixin struct{ mixin.Schema }

// Fields of the mixin.
func (timesMixin) Fields() []ent.Field {
	return []ent.Field{
		field.Time("created_at").Immutable().Default(now).Comment("When it was created.").
			Annotations(entgql.OrderField("CREATED_AT")),
		field.Time("updated_at").Default(now).UpdateDefault(now).Comment("When it was last changed.").
			Annotations(entgql.OrderField("UPDATED_AT")),
	}
}

// retiredMixin holds the two ways out of sight: archived hides from lists and
// still serves; deleted hides from everything until it is restored.
type retiredMixin struct{ mixin.Schema }

// Fields of the mixin.
func (retiredMixin) Fields() []ent.Field {
	return []ent.Field{
		field.Time("archived_at").Optional().Nillable().Comment("When it was archived: hidden from lists, still served."),
		field.Time("deleted_at").Optional().Nillable().Annotations(entgql.Skip(entgql.SkipAll)),
	}
}

// Interceptors of the mixin.
func (retiredMixin) Interceptors() []ent.Interceptor { return []ent.Interceptor{notDeleted()} }

// now is the clock of the record: UTC with the microseconds that both databases keep.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
