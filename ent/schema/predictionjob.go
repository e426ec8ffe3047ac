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

// PredictionJob is a prediction that is made apart from the request that asks
// for it. It refers to its version by id without an edge: it outlives it.
type PredictionJob struct{ ent.Schema }

// Mixin of PredictionJob.
func (PredictionJob) Mixin() []ent.Mixin {
	return []ent.Mixin{idMixin{prefix: augur.JobID}, timesMixin{}}
}

// Fields of PredictionJob.
func (PredictionJob) Fields() []ent.Field {
	hidden, filter, plain := entgql.Skip(entgql.SkipAll), entgql.Skip(entgql.SkipType), entgql.Skip(entgql.SkipWhereInput)
	return []ent.Field{
		field.String("model_id").Immutable().Annotations(filter, entgql.Type("ID")),
		field.String("version_id").Immutable().Annotations(filter, entgql.Type("ID")),
		field.String("model").Immutable().Comment("The name that the model had."),
		field.String("version").Immutable().Comment("The version that predicts: the one that was asked for when the job was submitted."),
		field.String("principal").Immutable().Comment("Who submitted it."),
		field.String("idempotency_key").MaxLen(250).Optional().Nillable().Immutable().Annotations(plain).Comment("The key that keeps one submission from making two jobs; null without."),
		field.String("request_digest").MaxLen(64).Immutable().Annotations(hidden), // of what was submitted with the key
		field.Enum("state").GoType(augur.JobState("")).Default(string(augur.JobQueued)).Comment("Where it stands.").Annotations(entgql.Type("JobState")),
		field.Enum("priority").GoType(augur.JobPriority("")).Default(string(augur.PriorityNormal)).Immutable().Comment("How soon it is worked on.").Annotations(entgql.Type("JobPriority")),
		// The input: one of rows, whole (columns or tensors) and a file.
		field.Text("input").Default("").Annotations(hidden),
		field.Bool("whole").Default(false).Immutable().Annotations(hidden),
		field.String("file").GoType(augur.Digest("")).MaxLen(80).Optional().Nillable().Immutable().Annotations(plain, entgql.Type("String")).Comment("The digest of the file that it reads; null for one whose input came with it."),
		field.Enum("format").GoType(augur.TableFormat("")).Optional().Nillable().Immutable().Annotations(plain, entgql.Type("TableFormat")).Comment("The file's format."),
		field.JSON("outputs", []string{}).Optional().Immutable().Annotations(hidden),
		field.String("subject").MaxLen(250).Optional().Nillable().Immutable().Annotations(plain).Comment("Who it is for; null when nobody was named."),
		// How far it is. A chunk and these are written in one transaction.
		field.Int64("rows").Optional().Nillable().Annotations(hidden), // null while the end of a file is not known
		field.Int64("rows_done").Default(0).Annotations(hidden),
		field.Int64("rows_failed").Default(0).Annotations(hidden),
		field.Int64("position").Default(0).Annotations(hidden), // of the next byte of the file
		field.Int64("size").Default(0).Annotations(hidden),     // of the file, in bytes
		// Counts the workers that began with it: the newest alone may go on.
		field.Int64("run").Default(0).Annotations(hidden),
		field.Int("chunks").Default(0).Annotations(hidden),
		field.Int64("result_bytes").Default(0).Annotations(hidden),
		field.Int64("worked_us").Default(0).Annotations(hidden), // microseconds spent on chunks
		field.Int("attempts").Default(0).Annotations(plain).Comment("How many attempts have failed since it was submitted or retried."),
		field.String("code").MaxLen(32).Default("").Annotations(hidden), // of the last error
		field.Text("message").Default("").Annotations(hidden),
		field.JSON("path", []string{}).Optional().Annotations(hidden),
		field.Time("expires_at").Annotations(plain).Comment("When it expires, unless it is done by then."),
		field.Time("next_attempt_at").Optional().Nillable().Annotations(plain).Comment("When it is tried again after a failure; null when it has not failed."),
		field.Time("started_at").Optional().Nillable().Annotations(plain).Comment("When a worker began with it; null before."),
		field.Time("finished_at").Optional().Nillable().Comment("When it ended; null before."),
	}
}

// Edges of PredictionJob.
func (PredictionJob) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("parts", JobChunk.Type).Annotations(entgql.Skip(entgql.SkipAll), entsql.OnDelete(entsql.Cascade)),
	}
}

// Indexes of PredictionJob. Two jobs without a key are never equal.
func (PredictionJob) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("created_at"),
		index.Fields("model_id", "created_at"),
		index.Fields("state", "created_at"),
		index.Fields("finished_at"),
		index.Fields("principal", "idempotency_key").Unique(),
	}
}

// Interceptors of PredictionJob.
func (PredictionJob) Interceptors() []ent.Interceptor { return []ent.Interceptor{visible()} }

// Annotations of PredictionJob.
func (PredictionJob) Annotations() []schema.Annotation {
	return []schema.Annotation{
		schema.Comment("A prediction that is made apart from the request that asks for it."),
		entgql.RelayConnection(),
	}
}

// JobChunk is what came of some rows of a job, in their order. It is written
// once, with the job's progress. It is read and written by jobs alone.
type JobChunk struct{ ent.Schema }

// Fields of JobChunk.
func (JobChunk) Fields() []ent.Field {
	return []ent.Field{
		field.String("id").MaxLen(40).Immutable(), // the job's and the number, which sorts
		field.String("job_id").Immutable(),
		field.Int64("first_row").Immutable(),
		field.Int("rows").Immutable(),
		field.Text("answers").Immutable(), // one JSON value a line, null for a row that failed
		field.JSON("errors", []augur.RowError{}).Optional().Immutable(),
		field.Text("outputs").Default("").Immutable(), // exact, of a job that runs whole
	}
}

// Edges of JobChunk.
func (JobChunk) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("job", PredictionJob.Type).Ref("parts").Field("job_id").Unique().Required().Immutable().Annotations(entgql.Skip(entgql.SkipAll)),
	}
}

// Indexes of JobChunk.
func (JobChunk) Indexes() []ent.Index { return []ent.Index{index.Fields("job_id")} }

// Annotations of JobChunk.
func (JobChunk) Annotations() []schema.Annotation {
	return []schema.Annotation{entgql.Skip(entgql.SkipAll)}
}
