package schema

import (
	"entgo.io/contrib/entgql"
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
)

// CatalogRevision is one row, id "catalog", whose revision is bumped last in
// every transaction that changes what predictions see. Replicas poll it.
type CatalogRevision struct{ ent.Schema }

// Fields of CatalogRevision.
func (CatalogRevision) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").MaxLen(40).Immutable(),
		field.Int64("revision").Default(0),
	}
}

// Annotations of CatalogRevision.
func (CatalogRevision) Annotations() []schema.Annotation {
	return []schema.Annotation{entgql.Skip(entgql.SkipAll)}
}
