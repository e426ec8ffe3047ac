package schema

import (
	"entgo.io/contrib/entgql"
	"entgo.io/ent"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// RolloutCount is what one server has counted of one arm since a step of a
// rollout began. It is read and written by registry alone.
type RolloutCount struct{ ent.Schema }

// Fields of RolloutCount.
func (RolloutCount) Fields() []ent.Field {
	fields := []ent.Field{
		// What it is known by: rollout, step, arm and server.
		field.String("id").MaxLen(200).Immutable(),
		field.String("rollout_id").MaxLen(40).Immutable(),
		field.Int64("since").Immutable(), // of the step, in microseconds since 1970
		field.String("arm").MaxLen(64).Immutable(),
	}
	for _, name := range []string{"requests", "errors", "compared", "agreed", "dropped"} {
		fields = append(fields, field.Int64(name).Default(0))
	}
	return append(fields,
		field.Float("largest").Default(0), // negative: it is no finite number
		field.Bytes("sketch"),             // augur.Sketch
	)
}

// Indexes of RolloutCount.
func (RolloutCount) Indexes() []ent.Index { return []ent.Index{index.Fields("rollout_id", "since")} }

// Annotations of RolloutCount.
func (RolloutCount) Annotations() []schema.Annotation {
	return []schema.Annotation{entgql.Skip(entgql.SkipAll)}
}

// RolloutSubject says that an arm of an experiment answered a subject. It is
// read and written by registry alone, and deleted when the experiment is over.
type RolloutSubject struct{ ent.Schema }

// Fields of RolloutSubject.
func (RolloutSubject) Fields() []ent.Field {
	return []ent.Field{
		// What it is known by: rollout, step and a hash of the subject.
		field.String("id").MaxLen(80).Immutable(),
		field.String("rollout_id").MaxLen(40).Immutable(),
		field.Int64("since").Immutable(), // of the step, in microseconds since 1970
		field.String("arm").MaxLen(64).Immutable(),
	}
}

// Indexes of RolloutSubject.
func (RolloutSubject) Indexes() []ent.Index {
	return []ent.Index{index.Fields("rollout_id", "since", "arm")}
}

// Annotations of RolloutSubject.
func (RolloutSubject) Annotations() []schema.Annotation {
	return []schema.Annotation{entgql.Skip(entgql.SkipAll)}
}

// Lease says which server does what only one should do. It holds no time of
// day, so that clocks need not agree: who sees that its beat stands still for
// long enough takes it over.
type Lease struct{ ent.Schema }

// Fields of Lease.
func (Lease) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").MaxLen(40).Immutable(), // what is to be done
		field.String("holder").MaxLen(40),         // the server, empty when nobody does it
		field.Int64("beat").Default(0),
	}
}

// Annotations of Lease.
func (Lease) Annotations() []schema.Annotation {
	return []schema.Annotation{entgql.Skip(entgql.SkipAll)}
}
