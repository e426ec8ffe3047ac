package schema

import (
	"augur"

	"entgo.io/contrib/entgql"
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// AuditEvent says who changed what, written in the same transaction as the change.
type AuditEvent struct{ ent.Schema }

// Mixin of AuditEvent.
func (AuditEvent) Mixin() []ent.Mixin { return []ent.Mixin{idMixin{prefix: augur.AuditID}} }

// Fields of AuditEvent.
func (AuditEvent) Fields() []ent.Field {
	return []ent.Field{
		field.Time("created_at").Immutable().Default(now).Comment("When.").Annotations(entgql.OrderField("CREATED_AT")),
		field.String("principal").Immutable().Comment("Who."),
		field.String("action").Immutable().Comment("The mutation, as in modelCreate."),
		field.String("subject_id").Immutable().Comment("The id of what was changed."),
		field.String("model").Default("").Immutable().Comment("The name of the model concerned, empty when there is none."),
		field.String("request_id").Default("").Immutable().Comment("The request that did it."),
		field.JSON("before", map[string]any{}).Optional().Immutable().Comment("The changed fields before; null when it was new.").
			Annotations(entgql.Type("JSON")),
		field.JSON("after", map[string]any{}).Optional().Immutable().Comment("The changed fields after; null when it is gone.").
			Annotations(entgql.Type("JSON")),
	}
}

// Indexes of AuditEvent.
func (AuditEvent) Indexes() []ent.Index {
	return []ent.Index{index.Fields("created_at"), index.Fields("subject_id"), index.Fields("model")}
}

// Interceptors of AuditEvent.
func (AuditEvent) Interceptors() []ent.Interceptor { return []ent.Interceptor{visible()} }

// Annotations of AuditEvent.
func (AuditEvent) Annotations() []schema.Annotation {
	return []schema.Annotation{
		schema.Comment("Who changed what, and when."),
		entgql.RelayConnection(),
	}
}
