package schema

import (
	"augur"

	"entgo.io/contrib/entgql"
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Alias is a name that points at one version of a model.
type Alias struct{ ent.Schema }

// Mixin of Alias.
func (Alias) Mixin() []ent.Mixin {
	return []ent.Mixin{idMixin{prefix: augur.AliasID}, timesMixin{}}
}

// Fields of Alias.
func (Alias) Fields() []ent.Field {
	return []ent.Field{
		field.String("model_id").Immutable().Annotations(entgql.Skip(entgql.SkipAll)),
		field.String("version_id").Annotations(entgql.Skip(entgql.SkipAll)),
		field.String("name").NotEmpty().MaxLen(64).Immutable().Comment("The name, unique in the model; live is what predictions without a version use."),
		field.Int("revision").Default(1).Comment("Counts its moves, those before it was removed and made again included; give it as ifRevision to refuse overwriting a newer one."),
	}
}

// Edges of Alias.
func (Alias) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("model", Model.Type).Ref("aliases").Field("model_id").Unique().Required().Immutable().Comment("The model."),
		edge.From("version", ModelVersion.Type).Ref("aliases").Field("version_id").Unique().Required().Comment("The version it points at."),
	}
}

// Indexes of Alias.
func (Alias) Indexes() []ent.Index {
	return []ent.Index{index.Fields("model_id", "name").Unique(), index.Fields("version_id")}
}

// Interceptors of Alias.
func (Alias) Interceptors() []ent.Interceptor { return []ent.Interceptor{visible()} }

// Annotations of Alias.
func (Alias) Annotations() []schema.Annotation {
	return []schema.Annotation{
		schema.Comment("A name that points at one version of a model."),
		entsql.Table("aliases"),
	}
}

// AliasEvent is one move of an alias; the rows are never changed, so that
// "which version was champion on that day?" has an answer.
type AliasEvent struct{ ent.Schema }

// Mixin of AliasEvent.
func (AliasEvent) Mixin() []ent.Mixin { return []ent.Mixin{idMixin{prefix: augur.EventID}} }

// Fields of AliasEvent.
func (AliasEvent) Fields() []ent.Field {
	return []ent.Field{
		field.String("model_id").Immutable().Annotations(entgql.Skip(entgql.SkipAll)),
		field.String("name").NotEmpty().Immutable().Comment("The alias."),
		field.String("version_id").Optional().Nillable().Immutable().Annotations(entgql.Skip(entgql.SkipAll)),
		field.String("previous_id").Optional().Nillable().Immutable().Annotations(entgql.Skip(entgql.SkipAll)),
		field.String("principal").Immutable().Comment("Who moved it."),
		field.Text("reason").Default("").Immutable().Comment("Why, as given."),
		field.Time("created_at").Immutable().Default(now).Comment("When.").Annotations(entgql.OrderField("CREATED_AT")),
	}
}

// Edges of AliasEvent.
func (AliasEvent) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("model", Model.Type).Ref("alias_history").Field("model_id").Unique().Required().Immutable().Comment("The model."),
		edge.To("version", ModelVersion.Type).Field("version_id").Unique().Immutable().Comment("Where it pointed from then on; null when it was removed."),
		edge.To("previous", ModelVersion.Type).Field("previous_id").Unique().Immutable().Comment("Where it pointed before; null when it was new."),
	}
}

// Indexes of AliasEvent.
func (AliasEvent) Indexes() []ent.Index {
	return []ent.Index{index.Fields("model_id", "name", "created_at")}
}

// Interceptors of AliasEvent.
func (AliasEvent) Interceptors() []ent.Interceptor { return []ent.Interceptor{visible()} }

// Annotations of AliasEvent.
func (AliasEvent) Annotations() []schema.Annotation {
	return []schema.Annotation{
		schema.Comment("One move of an alias."),
		entgql.RelayConnection(),
	}
}
