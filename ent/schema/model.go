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

// Model is a named thing that predicts, with versions.
type Model struct{ ent.Schema }

// Mixin of Model.
func (Model) Mixin() []ent.Mixin {
	return []ent.Mixin{idMixin{prefix: augur.ModelID}, timesMixin{}, retiredMixin{}}
}

// Fields of Model.
func (Model) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").NotEmpty().MaxLen(128).
			Comment("The unique name by which predictions ask for it.").
			Annotations(entgql.OrderField("NAME")),
		field.Text("description").Default("").Comment("What it predicts, in markdown."),
		field.String("owner").Optional().Nillable().MaxLen(250).Comment("Who answers for it."),
		field.Int("revision").Default(1).Comment("Counts the changes; give it as ifRevision to refuse overwriting a newer one."),
	}
}

// Edges of Model.
func (Model) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("versions", ModelVersion.Type).Annotations(entgql.RelayConnection(), entsql.OnDelete(entsql.Cascade)),
		edge.To("aliases", Alias.Type).Annotations(entsql.OnDelete(entsql.Cascade)).
			Comment("The names that point at its versions."),
		edge.To("alias_history", AliasEvent.Type).
			Annotations(entgql.RelayConnection(), entgql.MapsTo("aliasHistory"), entsql.OnDelete(entsql.Cascade)).
			Comment("Every move of its aliases, newest last."),
		edge.To("rollouts", Rollout.Type).Annotations(entgql.RelayConnection(), entsql.OnDelete(entsql.Cascade)).
			Comment("Its rollouts, oldest first."),
		edge.To("tags", Tag.Type).Annotations(entsql.OnDelete(entsql.Cascade)).Comment("Its tags."),
		edge.To("serving_policies", ServingPolicy.Type).Annotations(entgql.Skip(entgql.SkipAll), entsql.OnDelete(entsql.Cascade)),
	}
}

// Indexes of Model.
func (Model) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("name").Unique().Annotations(entsql.IndexWhere("deleted_at IS NULL")),
	}
}

// Interceptors of Model.
func (Model) Interceptors() []ent.Interceptor { return []ent.Interceptor{visible()} }

// Annotations of Model.
func (Model) Annotations() []schema.Annotation {
	return []schema.Annotation{
		schema.Comment("A named thing that predicts, with versions."),
		entgql.RelayConnection(),
		entgql.MultiOrder(),
	}
}
