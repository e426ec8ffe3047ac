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

// Webhook is an address that events are sent to.
type Webhook struct{ ent.Schema }

// Mixin of Webhook.
func (Webhook) Mixin() []ent.Mixin {
	return []ent.Mixin{idMixin{prefix: augur.WebhookID}, timesMixin{}}
}

// Fields of Webhook.
func (Webhook) Fields() []ent.Field {
	return []ent.Field{
		field.String("url").NotEmpty().MaxLen(2000).Comment("Where events are sent."),
		field.String("description").Default("").MaxLen(1000).Annotations(entgql.Skip(entgql.SkipWhereInput)).Comment("What it is for."),
		// Patterns, in which * stands for any text.
		field.JSON("events", []string{}).Default([]string{}).Comment("Which events it gets, as in aliasSet or modelVersion*; all of them when empty."),
		field.JSON("models", []string{}).Default([]string{}).Comment("The events of which models it gets, as in road-*; of all of them when empty."),
		field.Bool("enabled").Default(true).Comment("Whether events are sent to it."),
		field.String("disabled_reason").Default("").Comment("Why the server has disabled it, empty otherwise."),
		// Sealed: see registry/seal.go. The one before is good until secret_until.
		field.String("secret").Sensitive().Annotations(entgql.Skip(entgql.SkipAll)),
		field.String("previous_secret").Default("").Sensitive().Annotations(entgql.Skip(entgql.SkipAll)),
		field.Time("previous_secret_until").Optional().Nillable().Comment("Until when deliveries are signed with the secret before as well; null when they are not."),
		field.Int("failures").Default(0).Comment("How many attempts have failed since the last that did not."),
		field.Time("last_success_at").Optional().Nillable().Comment("When an attempt last succeeded."),
		field.Time("last_failure_at").Optional().Nillable().Comment("When an attempt last failed."),
		field.Int("revision").Default(1).Comment("Counts its changes by people; give it as ifRevision to refuse overwriting a newer one."),
	}
}

// Edges of Webhook.
func (Webhook) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("deliveries", WebhookDelivery.Type).Annotations(entgql.RelayConnection(), entsql.OnDelete(entsql.Cascade)).
			Comment("What was sent, or is to be sent, to it."),
	}
}

// Interceptors of Webhook.
func (Webhook) Interceptors() []ent.Interceptor { return []ent.Interceptor{visible()} }

// Annotations of Webhook.
func (Webhook) Annotations() []schema.Annotation {
	return []schema.Annotation{
		schema.Comment("An address that events are sent to."),
		entgql.RelayConnection(),
	}
}

// WebhookDelivery is one event for one webhook: the outbox, and later the log.
// It is written in the transaction of the change that it tells of.
type WebhookDelivery struct{ ent.Schema }

// Mixin of WebhookDelivery.
func (WebhookDelivery) Mixin() []ent.Mixin { return []ent.Mixin{idMixin{prefix: augur.DeliveryID}} }

// Fields of WebhookDelivery.
func (WebhookDelivery) Fields() []ent.Field {
	return []ent.Field{
		field.String("webhook_id").Immutable().Annotations(entgql.Skip(entgql.SkipAll)),
		field.Time("created_at").Immutable().Default(now).Comment("When the event happened.").Annotations(entgql.OrderField("CREATED_AT")),
		field.String("event_id").Immutable().Comment("The event, the same in every attempt and redelivery; what receivers know duplicates by."),
		field.String("event").Immutable().Comment("What happened, as in aliasSet."),
		field.String("model").Default("").Immutable().Comment("The name of the model concerned, empty when there is none."),
		field.Text("payload").Immutable().Annotations(entgql.Skip(entgql.SkipWhereInput)).Comment("The body that is sent."),
		field.Enum("status").Values("PENDING", "SUCCEEDED", "FAILED", "CANCELED").Default("PENDING").
			Comment("PENDING until an attempt succeeds, all have failed, or the webhook is disabled."),
		field.Int("attempt_count").Default(0).Comment("How many attempts were made."),
		field.JSON("attempts", []augur.DeliveryAttempt{}).Default([]augur.DeliveryAttempt{}).
			Annotations(entgql.Type("[WebhookAttempt!]"), entgql.Skip(entgql.SkipWhereInput)).
			Comment("The attempts, the oldest first; of more than 20 the newest."),
		field.Time("next_attempt_at").Optional().Nillable().Default(now).Comment("When the next attempt is due; null when there is none."),
		field.Time("finished_at").Optional().Nillable().Comment("When it was no longer pending."),
	}
}

// Edges of WebhookDelivery.
func (WebhookDelivery) Edges() []ent.Edge {
	return []ent.Edge{
		edge.From("webhook", Webhook.Type).Ref("deliveries").Field("webhook_id").Unique().Required().Immutable().Comment("Where it is sent."),
	}
}

// Indexes of WebhookDelivery.
func (WebhookDelivery) Indexes() []ent.Index {
	return []ent.Index{index.Fields("webhook_id", "created_at"), index.Fields("created_at"), index.Fields("event_id")}
}

// Interceptors of WebhookDelivery.
func (WebhookDelivery) Interceptors() []ent.Interceptor { return []ent.Interceptor{visible()} }

// Annotations of WebhookDelivery.
func (WebhookDelivery) Annotations() []schema.Annotation {
	return []schema.Annotation{
		schema.Comment("One event for one webhook, with its attempts."),
		entsql.Table("webhook_deliveries"),
		entgql.RelayConnection(),
	}
}
