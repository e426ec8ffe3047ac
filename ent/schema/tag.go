package schema

import (
	"augur"

	"entgo.io/contrib/entgql"
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Tag is a key and a value on a model or on a version (one of the two edges is set).
type Tag struct{ ent.Schema }

// Mixin of Tag.
func (Tag) Mixin() []ent.Mixin { return []ent.Mixin{idMixin{prefix: augur.TagID}} }

// Fields of Tag.
func (Tag) Fields() []ent.Field {
	return []ent.Field{
		field.String("model_id").Optional().Nillable().Immutable().Annotations(entgql.Skip(entgql.SkipAll)),
		field.String("version_id").Optional().Nillable().Immutable().Annotations(entgql.Skip(entgql.SkipAll)),
		field.String("key").NotEmpty().MaxLen(128).Immutable().Comment("The tag's key, unique on what it tags."),
		field.String("value").Default("").MaxLen(1024).Comment("The tag's value, often empty."),
	}
}

// Edges of Tag.
func (Tag) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("model", Model.Type).Ref("tags").Field("model_id").Unique().Immutable().Annotations(entgql.Skip(entgql.SkipType)),
		edge.From("version", ModelVersion.Type).Ref("tags").Field("version_id").Unique().Immutable().Annotations(entgql.Skip(entgql.SkipType)),
	}
}

// Indexes of Tag.
func (Tag) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("model_id", "key").Unique(),
		index.Fields("version_id", "key").Unique(),
		index.Fields("key", "value"),
	}
}

// Annotations of Tag.
func (Tag) Annotations() []schema.Annotation {
	return []schema.Annotation{schema.Comment("A key and a value on a model or a version.")}
}
