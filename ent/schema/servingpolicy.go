package schema

import (
	"time"

	"augur"

	"entgo.io/contrib/entgql"
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// ServingPolicy is what is set of how the versions of a model are served: one
// row for the model, and one for each version that is served otherwise. A NULL
// setting is inherited: a version's from its model, a model's from the server.
type ServingPolicy struct{ ent.Schema }

// Mixin of ServingPolicy.
func (ServingPolicy) Mixin() []ent.Mixin {
	return []ent.Mixin{idMixin{prefix: augur.PolicyID}, timesMixin{}}
}

// Fields of ServingPolicy.
func (ServingPolicy) Fields() []ent.Field {
	number := func(name string) ent.Field { return field.Int(name).Optional().Nillable() }
	// A length of time is kept in nanoseconds.
	length := func(name string) ent.Field {
		return field.Int64(name).GoType(time.Duration(0)).Optional().Nillable()
	}
	return []ent.Field{
		field.String("model_id").Immutable(),
		// NULL for the row of the model.
		field.String("version_id").Optional().Nillable().Immutable(),
		field.Bool("cache").Optional().Nillable(),
		length("cache_ttl"),
		number("threads"),
		number("instances"),
		number("max_batch_rows"),
		number("max_queue"),
		length("timeout"),
		number("max_rows"),
		field.Int64("max_bytes").Optional().Nillable(),
		number("breaker_failures"),
		length("breaker_delay"),
		number("log_successes"),
		field.Float("log_input_share").Optional().Nillable(),
		// Names of features and outputs, each on a line.
		field.Text("log_redact").Optional().Nillable(),
		// A version, an alias, or previous; of the model alone.
		field.String("fallback").MaxLen(130).Optional().Nillable(),
		field.Int("revision").Default(1),
	}
}

// Edges of ServingPolicy.
func (ServingPolicy) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("model", Model.Type).Ref("serving_policies").Field("model_id").Unique().Required().Immutable(),
		edge.From("version", ModelVersion.Type).Ref("serving_policy").Field("version_id").Unique().Immutable(),
	}
}

// Indexes of ServingPolicy.
func (ServingPolicy) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("model_id").Unique().Annotations(entsql.IndexWhere("version_id IS NULL")).StorageKey("servingpolicy_of_model"),
		index.Fields("model_id"),
	}
}

// Interceptors of ServingPolicy.
func (ServingPolicy) Interceptors() []ent.Interceptor { return []ent.Interceptor{visible()} }

// Annotations of ServingPolicy.
func (ServingPolicy) Annotations() []schema.Annotation {
	return []schema.Annotation{entgql.Skip(entgql.SkipAll)}
}
