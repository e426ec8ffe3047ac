package schema

import (
	"augur"

	"entgo.io/contrib/entgql"
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// PredictionRecord is one prediction in the log. It refers to its version by id
// without an edge: a foreign key would cost each row a look-up, and one row
// that refers to nothing all rows that are written with it.
type PredictionRecord struct{ ent.Schema }

// Mixin of PredictionRecord.
func (PredictionRecord) Mixin() []ent.Mixin {
	return []ent.Mixin{idMixin{prefix: augur.PredictionID}}
}

// Fields of PredictionRecord.
func (PredictionRecord) Fields() []ent.Field {
	hidden, filter := entgql.Skip(entgql.SkipAll), entgql.Skip(entgql.SkipType)
	return []ent.Field{
		field.Time("created_at").Immutable().Default(now).Comment("When it was asked for.").Annotations(entgql.OrderField("CREATED_AT")),
		field.String("model_id").Immutable().Annotations(filter, entgql.Type("ID")),
		field.String("version_id").Immutable().Annotations(filter, entgql.Type("ID")),
		field.String("rollout_id").MaxLen(40).Optional().Nillable().Annotations(filter, entgql.Type("ID")),
		field.String("arm").MaxLen(64).Default("").Annotations(filter),
		field.String("arm_reason").MaxLen(16).Optional().Nillable().Annotations(hidden),
		field.String("code").MaxLen(32).Comment("OK, the code of the error, or UNKNOWN where it was sampled out and only its outcome is known."),
		field.Bool("answered").Default(true).Comment("Whether the code is OK.").Annotations(hidden),
		field.Text("message").Default("").Annotations(hidden),
		field.JSON("path", []string{}).Optional().Annotations(hidden), // of the error
		field.String("route_reason").MaxLen(16).Default("").Annotations(filter),
		field.String("route_ref").MaxLen(250).Default("").Annotations(filter),
		field.Int("rows").Default(0).Comment("How many rows were asked for."),
		field.Int("row_errors").Default(0).Comment("How many of them failed by themselves."),
		field.String("cache").MaxLen(16).Default("").Annotations(filter),
		field.Float("total_ms").Default(0).Annotations(filter),
		field.Float("queue_ms").Default(0).Annotations(hidden),
		field.Float("run_ms").Default(0).Annotations(hidden),
		field.String("subject").MaxLen(250).Optional().Nillable().Comment("Who it was for; null when nobody was named."),
		field.String("request_id").MaxLen(40).Default("").Comment("The request that asked for it, as in the extensions of its error and in log lines."),
		// JSON as it was, which the JSON types of the databases would rewrite or refuse.
		field.Text("inputs").Optional().Nillable().Annotations(hidden),
		field.Text("answer").Optional().Nillable().Annotations(hidden),
		field.Text("outputs").Optional().Nillable().Annotations(hidden),
		field.Text("outcome").Optional().Nillable().Annotations(hidden),
		field.Time("outcome_at").Optional().Nillable().Comment("When the outcome was recorded; null while it is not known."),
	}
}

// Indexes of PredictionRecord: one for each thing that the log is asked for by
// itself, and those of what is rare hold nothing else. Whatever is left is
// looked for in the order of time. resolvers/logplan.go has queries use them.
// No condition compares text: PostgreSQL tells such a one in words of its own,
// and every migration would make the index anew.
func (PredictionRecord) Indexes() []ent.Index {
	rare := func(condition, name string, columns ...string) ent.Index {
		return index.Fields(append(columns, "created_at")...).Annotations(entsql.IndexWhere(condition)).StorageKey("predictionrecord_" + name)
	}
	// All of them; a database takes such an index only where a query says so too.
	// SQLite would otherwise put a million records in order for a page of them, or
	// walk all that missed the cache.
	timed := entsql.IndexWhere("row_errors >= 0")
	return []ent.Index{
		index.Fields("created_at"),
		index.Fields("model_id", "created_at"),
		index.Fields("version_id", "created_at"),
		index.Fields("subject", "created_at").Annotations(entsql.IndexWhere("subject IS NOT NULL")),
		index.Fields("route_reason", "created_at"),
		index.Fields("request_id"),
		index.Fields("total_ms").Annotations(timed),
		index.Fields("model_id", "total_ms").Annotations(timed),
		index.Fields("cache", "created_at").Annotations(timed),
		rare("NOT answered", "errors"),
		rare("NOT answered", "errors_of_model", "model_id"),
		rare("NOT answered", "errors_of_version", "version_id"),
		rare("row_errors > 0", "row_errors"),
		rare("outcome_at IS NOT NULL", "outcomes"),
	}
}

// Interceptors of PredictionRecord.
func (PredictionRecord) Interceptors() []ent.Interceptor { return []ent.Interceptor{visible()} }

// Annotations of PredictionRecord.
func (PredictionRecord) Annotations() []schema.Annotation {
	return []schema.Annotation{
		schema.Comment("One prediction in the log."),
		entgql.RelayConnection(),
	}
}
