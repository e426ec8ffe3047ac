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

// ModelVersion is one immutable, runnable state of a model.
type ModelVersion struct{ ent.Schema }

// Mixin of ModelVersion.
func (ModelVersion) Mixin() []ent.Mixin {
	return []ent.Mixin{idMixin{prefix: augur.VersionID}, timesMixin{}, retiredMixin{}}
}

// Fields of ModelVersion.
func (ModelVersion) Fields() []ent.Field {
	hidden := entgql.Skip(entgql.SkipAll)
	return []ent.Field{
		field.String("model_id").Immutable().Annotations(hidden),
		field.String("artifact_id").Immutable().Annotations(hidden),
		field.String("version").NotEmpty().MaxLen(130).Immutable().
			Comment("The semantic version as its owner wrote it, with or without a leading v."),
		field.String("semver").NotEmpty().MaxLen(130).Immutable().Annotations(hidden).
			Comment("The version in canonical form: what is unique in the model."),
		field.String("sort_key").NotEmpty().MaxLen(400).Immutable().
			Annotations(entgql.Skip(entgql.SkipType|entgql.SkipWhereInput), entgql.OrderField("VERSION")).
			Comment("Orders by semantic-version precedence as plain text."),
		field.Int("ordinal").Positive().Immutable().Comment("1 for the first version of the model, then counting up.").
			Annotations(entgql.OrderField("ORDINAL")),
		field.Enum("status").Values("PENDING", "READY", "FAILED").Default("PENDING").
			Comment("PENDING until its artifact is checked, then READY or FAILED."),
		field.Text("status_message").Default("").Comment("Why it is FAILED."),
		field.Text("description").Default("").Comment("The version's card, in markdown."),
		field.String("format").Default("onnx").MaxLen(32).Immutable().Comment("The format of the artifact."),
		field.JSON("signature", &augur.Signature{}).Annotations(hidden),
		field.Bool("deterministic").Default(true).Comment("Whether equal inputs give equal outputs; only then are answers cached."),
		field.String("framework").Default("").MaxLen(250).Comment("What it was trained with."),
		field.String("run_id").Default("").MaxLen(250).Annotations(entgql.Skip(entgql.SkipType)),
		field.String("git_commit").Default("").MaxLen(64).Annotations(entgql.Skip(entgql.SkipType)),
		field.String("dataset_name").Default("").MaxLen(250).Annotations(entgql.Skip(entgql.SkipType)),
		field.String("dataset_digest").Default("").MaxLen(128).Annotations(entgql.Skip(entgql.SkipType)),
		field.String("author").Default("").MaxLen(250).Annotations(entgql.Skip(entgql.SkipType)),
		field.JSON("metadata", map[string]any{}).Default(map[string]any{}).
			Comment("Anything else its owner wrote about it.").
			Annotations(entgql.Type("JSON")),
		field.Int("revision").Default(1).Comment("Counts the changes; give it as ifRevision to refuse overwriting a newer one."),
	}
}

// Edges of ModelVersion.
func (ModelVersion) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("model", Model.Type).Ref("versions").Field("model_id").Unique().Required().Immutable().Comment("The model it is a version of."),
		edge.To("artifact", Artifact.Type).Field("artifact_id").Unique().Required().Immutable().Comment("The bytes that run."),
		edge.To("tags", Tag.Type).Annotations(entsql.OnDelete(entsql.Cascade)).Comment("Its tags."),
		edge.To("aliases", Alias.Type).Annotations(entgql.Skip(entgql.SkipType)),
		edge.To("metric_points", MetricPoint.Type).Annotations(entgql.Skip(entgql.SkipAll), entsql.OnDelete(entsql.Cascade)),
		edge.To("metric_summaries", MetricSummary.Type).Annotations(entgql.Skip(entgql.SkipType), entsql.OnDelete(entsql.Cascade)),
		edge.To("serving_policy", ServingPolicy.Type).Unique().Annotations(entgql.Skip(entgql.SkipAll), entsql.OnDelete(entsql.Cascade)),
	}
}

// Indexes of ModelVersion.
func (ModelVersion) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("model_id", "semver").Unique().Annotations(entsql.IndexWhere("deleted_at IS NULL")),
		index.Fields("model_id", "ordinal").Unique(),
		index.Fields("model_id", "sort_key"),
		index.Fields("artifact_id"),
	}
}

// Interceptors of ModelVersion.
func (ModelVersion) Interceptors() []ent.Interceptor { return []ent.Interceptor{visible()} }

// Annotations of ModelVersion.
func (ModelVersion) Annotations() []schema.Annotation {
	return []schema.Annotation{
		schema.Comment("One immutable, runnable state of a model."),
		entgql.RelayConnection(),
		entgql.MultiOrder(),
	}
}
