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

// Rollout moves traffic from a model's live version to others.
type Rollout struct{ ent.Schema }

// Mixin of Rollout.
func (Rollout) Mixin() []ent.Mixin {
	return []ent.Mixin{idMixin{prefix: augur.RolloutID}, timesMixin{}}
}

// Fields of Rollout. Those of augur.RolloutState stand in columns of their own.
func (Rollout) Fields() []ent.Field {
	hidden := entgql.Skip(entgql.SkipAll)
	return []ent.Field{
		field.String("model_id").Immutable().Annotations(hidden),
		field.Enum("kind").GoType(augur.RolloutKind("")).Immutable().Comment("What it is for.").Annotations(entgql.Type("RolloutKind")),
		field.JSON("plan", &augur.Plan{}).Immutable().Annotations(hidden),
		field.Enum("status").GoType(augur.RolloutStatus("")).Comment("Whether it goes on.").Annotations(entgql.Type("RolloutStatus")),
		field.Int("step").Default(0).Comment("The place of its step among the steps, from 0 on."),
		field.Time("since").Comment("When the step began."),
		field.Time("quiet_since").Optional().Nillable().Annotations(hidden),
		field.Enum("pause").GoType(augur.PauseReason("")).Optional().Nillable().Comment("What it waits for while it is paused.").Annotations(entgql.Type("PauseReason")),
		field.String("promoted").Default("").Comment("The arm that became live, empty when none did."),
		field.Text("why").Default("").Comment("Why it stands where it does, as last decided."),
		field.JSON("evidence", []augur.Evidence{}).Optional().Annotations(hidden),
		field.JSON("sample_ratio", &augur.SampleRatio{}).Optional().Annotations(hidden),
		field.Time("decided_at").Optional().Nillable().Comment("When its gates were last asked."),
		field.Int("revision").Default(1).Comment("Counts the changes of its state; give it as ifRevision to refuse changing a newer one."),
		field.String("principal").Immutable().Comment("Who started it."),
		field.Text("reason").Default("").Immutable().Comment("Why, as given."),
		field.Time("ended_at").Optional().Nillable().Comment("When it was over; null while it goes on."),
	}
}

// Edges of Rollout.
func (Rollout) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("model", Model.Type).Ref("rollouts").Field("model_id").Unique().Required().Immutable().Comment("The model."),
		edge.To("events", RolloutEvent.Type).Annotations(entgql.RelayConnection(), entsql.OnDelete(entsql.Cascade)).
			Comment("What was decided and done, oldest first, with the evidence."),
	}
}

// Indexes of Rollout. The second keeps a model from having two at one time.
func (Rollout) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("model_id", "created_at"),
		index.Fields("model_id").Unique().Annotations(entsql.IndexWhere("ended_at IS NULL")).StorageKey("rollout_goes_on"),
	}
}

// Interceptors of Rollout.
func (Rollout) Interceptors() []ent.Interceptor { return []ent.Interceptor{visible()} }

// Annotations of Rollout.
func (Rollout) Annotations() []schema.Annotation {
	return []schema.Annotation{
		schema.Comment("Moves traffic from a model's live version, the baseline, to others."),
		entgql.RelayConnection(),
	}
}

// RolloutEvent is one entry of a rollout's history; the rows are never changed.
type RolloutEvent struct{ ent.Schema }

// Mixin of RolloutEvent.
func (RolloutEvent) Mixin() []ent.Mixin { return []ent.Mixin{idMixin{prefix: augur.EventID}} }

// Fields of RolloutEvent.
func (RolloutEvent) Fields() []ent.Field {
	hidden := entgql.Skip(entgql.SkipAll)
	return []ent.Field{
		field.String("model_id").Immutable().Annotations(hidden),
		field.String("rollout_id").Immutable().Annotations(hidden),
		field.Time("created_at").Immutable().Default(now).Comment("When.").Annotations(entgql.OrderField("CREATED_AT")),
		field.Enum("act").GoType(augur.RolloutAct("")).Immutable().Comment("What was decided or done.").Annotations(entgql.Type("RolloutAct")),
		field.String("principal").Immutable().Comment("Who did it; system when the rollout did by itself."),
		field.Text("why").Default("").Immutable().Comment("Why: what the gates said, or as given."),
		field.Int("step").Immutable().Comment("The step after it, from 0 on."),
		field.Enum("status").GoType(augur.RolloutStatus("")).Immutable().Comment("The status after it.").Annotations(entgql.Type("RolloutStatus")),
		field.JSON("evidence", []augur.Evidence{}).Optional().Immutable().Annotations(hidden),
		field.JSON("sample_ratio", &augur.SampleRatio{}).Optional().Immutable().Annotations(hidden),
	}
}

// Edges of RolloutEvent.
func (RolloutEvent) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("rollout", Rollout.Type).Ref("events").Field("rollout_id").Unique().Required().Immutable().Comment("The rollout."),
	}
}

// Indexes of RolloutEvent.
func (RolloutEvent) Indexes() []ent.Index {
	return []ent.Index{index.Fields("rollout_id", "created_at")}
}

// Interceptors of RolloutEvent.
func (RolloutEvent) Interceptors() []ent.Interceptor { return []ent.Interceptor{visible()} }

// Annotations of RolloutEvent.
func (RolloutEvent) Annotations() []schema.Annotation {
	return []schema.Annotation{
		schema.Comment("What was decided or done about a rollout at one moment."),
		entgql.RelayConnection(),
	}
}
