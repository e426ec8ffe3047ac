package schema

import (
	"augur"

	"entgo.io/contrib/entgql"
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// ServingRollup are the figures of one version on one server over a stretch of
// time: ten seconds, and beside them a minute, an hour and a day. Rows of ten
// seconds are never changed, the others grow until their time is over. It is
// read and written by registry alone, in statements of its own.
type ServingRollup struct{ ent.Schema }

// Mixin of ServingRollup.
func (ServingRollup) Mixin() []ent.Mixin { return []ent.Mixin{idMixin{prefix: augur.RollupID}} }

// Fields of ServingRollup.
func (ServingRollup) Fields() []ent.Field {
	fields := []ent.Field{
		field.String("version_id").Immutable(),
		field.String("arm").MaxLen(64).Default("").Immutable(),
		// The server, from its start to its end.
		field.String("replica").MaxLen(40).Immutable(),
		field.Int("seconds").Positive().Immutable(),
		field.Time("start").Immutable(),
	}
	for _, name := range []string{
		"requests", "errors", "faults", "rows", "row_errors", "memory_hits", "shared_hits", "misses", "cached_rows",
		"runs", "run_rows", "total_ns", "queue_ns", "run_ns",
	} {
		fields = append(fields, field.Int64(name).Default(0))
	}
	return append(fields, field.Bytes("sketch")) // augur.Sketch
}

// Indexes of ServingRollup. The first is what a bucket is known by and what
// figures are read by, the second what old rows are deleted by.
func (ServingRollup) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("version_id", "seconds", "start", "arm", "replica").Unique(),
		index.Fields("seconds", "start"),
	}
}

// Annotations of ServingRollup.
func (ServingRollup) Annotations() []schema.Annotation {
	return []schema.Annotation{entgql.Skip(entgql.SkipAll)}
}
