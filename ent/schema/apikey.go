package schema

import (
	"augur"

	"entgo.io/contrib/entgql"
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
)

// APIKey is what a program shows to say who it is. It is revoked rather than
// deleted, so that the audit trail goes on to lead to it.
type APIKey struct{ ent.Schema }

// Mixin of APIKey.
func (APIKey) Mixin() []ent.Mixin { return []ent.Mixin{idMixin{prefix: augur.KeyID}} }

// Fields of APIKey.
func (APIKey) Fields() []ent.Field {
	return []ent.Field{
		field.Time("created_at").Immutable().Default(now).Comment("When it was made.").Annotations(entgql.OrderField("CREATED_AT")),
		field.String("name").NotEmpty().MaxLen(100).Immutable().Comment("What it is for."),
		field.String("creator").Immutable().Comment("Who made it."),
		// See registry/key.go.
		field.String("hash").Sensitive().Immutable().Annotations(entgql.Skip(entgql.SkipAll)),
		field.JSON("scopes", []augur.Scope{}).Immutable().Annotations(entgql.Type("[Scope!]")).Comment("What it may do."),
		field.JSON("models", []string{}).Immutable().
			Comment("The models it is for, in which * stands for any text; all of them when empty."),
		field.Time("expires_at").Optional().Nillable().Immutable().Comment("When it ends by itself; null when it does not."),
		field.Time("revoked_at").Optional().Nillable().Comment("When it was revoked; null while it is not."),
		field.Time("last_used_at").Optional().Nillable().Comment("When it was last used, to about a minute; null when it never was."),
	}
}

// Interceptors of APIKey.
func (APIKey) Interceptors() []ent.Interceptor { return []ent.Interceptor{visible()} }

// Annotations of APIKey.
func (APIKey) Annotations() []schema.Annotation {
	return []schema.Annotation{
		schema.Comment("What a program shows to say who it is."),
		entsql.Table("api_keys"),
		entgql.RelayConnection(),
	}
}
