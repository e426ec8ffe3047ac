package schema

import (
	"augur"

	"entgo.io/contrib/entgql"
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Artifact is the bytes of a version, named by their content and stored once.
type Artifact struct{ ent.Schema }

// Mixin of Artifact.
func (Artifact) Mixin() []ent.Mixin { return []ent.Mixin{idMixin{prefix: augur.ArtifactID}} }

// Fields of Artifact.
func (Artifact) Fields() []ent.Field {
	return []ent.Field{
		field.String("digest").NotEmpty().MaxLen(80).Immutable().Comment("sha256: and the 64 hex digits of the bytes' SHA-256."),
		field.Int64("size").NonNegative().Immutable().Comment("Bytes.").Annotations(entgql.Type("Int64")),
		field.Time("created_at").Immutable().Default(now).Comment("When it was first referred to."),
	}
}

// Indexes of Artifact.
func (Artifact) Indexes() []ent.Index { return []ent.Index{index.Fields("digest").Unique()} }

// Annotations of Artifact.
func (Artifact) Annotations() []schema.Annotation {
	return []schema.Annotation{schema.Comment("The bytes of a version, named by their content and stored once.")}
}
