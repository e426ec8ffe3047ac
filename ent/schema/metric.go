package schema

import (
	"strings"

	"augur"

	"entgo.io/contrib/entgql"
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// MetricPoint is one value of one metric at one step, logged by people.
// Append-only; its key makes a retry of the same point no duplicate.
type MetricPoint struct{ ent.Schema }

// Mixin of MetricPoint.
func (MetricPoint) Mixin() []ent.Mixin { return []ent.Mixin{idMixin{prefix: augur.MetricID}} }

// Fields of MetricPoint.
func (MetricPoint) Fields() []ent.Field {
	return []ent.Field{
		field.String("version_id").Immutable().Annotations(entgql.Skip(entgql.SkipAll)),
		field.String("name").NotEmpty().MaxLen(250).Immutable().Comment("The metric."),
		field.Int64("step").Default(0).Immutable().Comment("The training step, iteration or epoch.").
			Annotations(entgql.Type("Int64"), entgql.OrderField("STEP")),
		// SQLite stores NaN as NULL, so NaN is a NULL value with is_nan on both databases.
		field.Float("value").Optional().Nillable().Immutable().Annotations(entgql.Skip(entgql.SkipAll)),
		field.Bool("is_nan").Default(false).Immutable().Annotations(entgql.Skip(entgql.SkipAll)),
		field.Time("at").Immutable().Default(now).Comment("When it was measured.").Annotations(entgql.OrderField("AT")),
		field.String("dataset_digest").Default("").MaxLen(128).Immutable().Comment("The digest of the data it was measured on, empty when not given."),
	}
}

// Edges of MetricPoint.
func (MetricPoint) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("version", ModelVersion.Type).Ref("metric_points").Field("version_id").Unique().Required().Immutable().Annotations(entgql.Skip(entgql.SkipAll)),
	}
}

// Indexes of MetricPoint.
func (MetricPoint) Indexes() []ent.Index {
	return []ent.Index{index.Fields("version_id", "name", "step", "at", "dataset_digest").Unique()}
}

// Interceptors of MetricPoint.
func (MetricPoint) Interceptors() []ent.Interceptor { return []ent.Interceptor{visible()} }

// Annotations of MetricPoint.
func (MetricPoint) Annotations() []schema.Annotation {
	return []schema.Annotation{
		schema.Comment("One value of one metric at one step."),
		entgql.RelayConnection(),
		entgql.MultiOrder(),
	}
}

// MetricSummary is what the points of one metric of one version come to, kept at write.
type MetricSummary struct{ ent.Schema }

// Mixin of MetricSummary.
func (MetricSummary) Mixin() []ent.Mixin { return []ent.Mixin{idMixin{prefix: augur.MetricID}} }

// Fields of MetricSummary.
func (MetricSummary) Fields() []ent.Field {
	value := func(name string) ent.Field {
		return field.Float(name).Optional().Nillable().
			Annotations(entgql.Skip(entgql.SkipType), entgql.OrderField(strings.ToUpper(name)))
	}
	return []ent.Field{
		field.String("version_id").Immutable().Annotations(entgql.Skip(entgql.SkipAll)),
		field.String("name").NotEmpty().MaxLen(250).Immutable().Comment("The metric."),
		field.Int64("count").Default(0).Comment("How many points there are, NaN included.").Annotations(entgql.Type("Int64")),
		// The value at the highest step, NULL when that is NaN.
		value("last"),
		field.Int64("last_step").Default(0).Comment("The highest step.").Annotations(entgql.Type("Int64")),
		field.Time("last_at").Default(now).Comment("When the value at the highest step was measured."),
		// Of the points that are not NaN.
		value("min"),
		value("max"),
	}
}

// Edges of MetricSummary.
func (MetricSummary) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("version", ModelVersion.Type).Ref("metric_summaries").Field("version_id").Unique().Required().Immutable().
			Annotations(entgql.Skip(entgql.SkipWhereInput)).Comment("The version that it is a metric of."),
	}
}

// Indexes of MetricSummary.
func (MetricSummary) Indexes() []ent.Index {
	return []ent.Index{index.Fields("version_id", "name").Unique(), index.Fields("name", "last")}
}

// Interceptors of MetricSummary.
func (MetricSummary) Interceptors() []ent.Interceptor { return []ent.Interceptor{visible()} }

// Annotations of MetricSummary.
func (MetricSummary) Annotations() []schema.Annotation {
	return []schema.Annotation{
		schema.Comment("What the points of one metric of one version come to."),
		entgql.RelayConnection(),
	}
}

// MetricBucket is what some neighbouring points of one metric come to, kept at
// write: a long history is drawn from its buckets, which are few. It is
// read and written by registry alone, in statements of its own; see
// registry/metricbucket.go.
type MetricBucket struct{ ent.Schema }

// Mixin of MetricBucket.
func (MetricBucket) Mixin() []ent.Mixin { return []ent.Mixin{idMixin{prefix: augur.MetricID}} }

// Fields of MetricBucket.
func (MetricBucket) Fields() []ent.Field {
	fields := []ent.Field{
		field.String("version_id").Immutable(),
		field.String("name").NotEmpty().MaxLen(250).Immutable(),
		field.Int64("count"),
		// The least and the greatest time of its points, which need not follow their steps.
		field.Time("at_from"),
		field.Time("at_to"),
	}
	for _, which := range []string{"first", "last", "min", "max"} {
		fields = append(fields,
			field.Int64(which+"_step"), field.Time(which+"_at"),
			field.Float(which).Optional().Nillable(), // NULL is NaN
		)
	}
	return fields
}

// Indexes of MetricBucket.
func (MetricBucket) Indexes() []ent.Index {
	return []ent.Index{index.Fields("version_id", "name", "first_step", "first_at").Unique()}
}

// Annotations of MetricBucket.
func (MetricBucket) Annotations() []schema.Annotation {
	return []schema.Annotation{entgql.Skip(entgql.SkipAll)}
}
