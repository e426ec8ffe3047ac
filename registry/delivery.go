package registry

import (
	"context"
	"math/rand/v2"
	"strings"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/webhook"
	"augur/ent/webhookdelivery"
)

// WebhookConfig says how webhooks are sent.
type WebhookConfig struct {
	// Allow are the private networks that they may be sent to.
	Allow Networks
	// MaxAttempts is how often one delivery is tried; zero means 12.
	MaxAttempts int
	// RetryDelay is how long the second attempt waits; every further one waits
	// twice as long, six hours at most. Zero means 15 s.
	RetryDelay time.Duration
	// DisableAfter is how many attempts in a row fail before the webhook is
	// disabled; zero means 100.
	DisableAfter int
	// Keep is how long deliveries are kept; zero means 30 days.
	Keep time.Duration
}

// WithDefaults fills the zero fields.
func (c WebhookConfig) WithDefaults() WebhookConfig {
	if c.MaxAttempts == 0 {
		c.MaxAttempts = 12
	}
	if c.RetryDelay == 0 {
		c.RetryDelay = 15 * time.Second
	}
	if c.DisableAfter == 0 {
		c.DisableAfter = 100
	}
	if c.Keep == 0 {
		c.Keep = 30 * 24 * time.Hour
	}
	return c
}

// Bounds of deliveries.
const (
	maxRetryDelay = 6 * time.Hour
	// keptAttempts are the newest attempts that a delivery tells of.
	keptAttempts = 20
)

// Queue runs jobs, each at least once, in this process or another.
type Queue interface {
	// Deliver has each of these deliveries attempted once the transaction in the
	// context (store.BegunIn) has committed, and never when it has not.
	Deliver(ctx context.Context, deliveryIDs []string) error
}

// UseQueue has webhooks delivered by q. It is called before the first write;
// without it no event is sent.
func (r *Registry) UseQueue(q Queue) { r.queue.Store(&q) }

// outbox writes a delivery for each webhook that wants the event, in the
// transaction of the change, and queues its first attempt with it.
func (r *Registry) outbox(ctx context.Context, tx *ent.Tx, e *augur.Event) error {
	if r.queue.Load() == nil || e.Action == testEvent || e.Action == "webhookRedeliver" {
		return nil
	}
	// Webhooks get what every model's changes are, whoever makes them.
	ctx = augur.WithPrincipal(ctx, augur.System())
	hooks, err := tx.Webhook.Query().Where(webhook.Enabled(true)).Select(webhook.FieldID, webhook.FieldEvents, webhook.FieldModels).All(ctx)
	if err != nil {
		return err
	}
	var payload string
	for _, w := range hooks {
		if !matches(w.Events, e.Action) || !matches(w.Models, e.Model) {
			continue
		}
		if payload == "" {
			payload = payloadOf(e)
		}
		if _, err := r.deliver(ctx, tx, w.ID, e.ID, e.Action, e.Model, payload); err != nil {
			return err
		}
	}
	return nil
}

// deliver writes one delivery and queues its first attempt.
func (r *Registry) deliver(ctx context.Context, tx *ent.Tx, webhookID, eventID, event, model, payload string) (id string, err error) {
	queue := r.queue.Load()
	if queue == nil {
		return "", augur.Errorf(augur.FailedPrecondition, "this server sends no webhooks")
	}
	id = augur.NewID(augur.DeliveryID)
	err = tx.WebhookDelivery.Create().SetID(id).SetWebhookID(webhookID).SetEventID(eventID).SetEvent(event).SetModel(model).SetPayload(payload).Exec(ctx)
	if err != nil {
		return "", err
	}
	return id, (*queue).Deliver(ctx, []string{id})
}

// Delivery is what an attempt sends.
type Delivery struct {
	EventID, URL, Payload string
	// Secrets sign it: the webhook's, and for a day after a new one that before.
	Secrets []string
}

// DeliveryToSend returns what the next attempt of a delivery sends, and nil when
// there is nothing to send any more. The error is FailedPrecondition when the
// webhook's secret cannot be opened here.
func (r *Registry) DeliveryToSend(ctx context.Context, id string) (*Delivery, error) {
	ctx = augur.WithPrincipal(ctx, augur.System())
	d, err := r.store.Reader().WebhookDelivery.Query().Where(webhookdelivery.ID(id)).WithWebhook().Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil, nil // deleted with its webhook, or by age
	case err != nil:
		return nil, augur.AsError(err)
	case d.Status != webhookdelivery.StatusPENDING:
		return nil, nil // sent before the process that sent it was killed
	}
	w := d.Edges.Webhook
	if !w.Enabled && d.Event != testEvent {
		return nil, r.store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
			return tx.WebhookDelivery.Update().Where(webhookdelivery.ID(id), webhookdelivery.StatusEQ(webhookdelivery.StatusPENDING)).
				SetStatus(webhookdelivery.StatusCANCELED).SetFinishedAt(now()).ClearNextAttemptAt().Exec(ctx)
		})
	}
	if err := r.canSeal(); err != nil {
		return nil, err
	}
	out := &Delivery{EventID: d.EventID, URL: w.URL, Payload: d.Payload}
	secret, err := r.cfg.Sealer.Open(w.ID, w.Secret)
	if err != nil {
		return nil, err
	}
	out.Secrets = append(out.Secrets, secret)
	if w.PreviousSecretUntil != nil && w.PreviousSecretUntil.After(now()) {
		if before, err := r.cfg.Sealer.Open(w.ID, w.PreviousSecret); err == nil {
			out.Secrets = append(out.Secrets, before)
		}
	}
	return out, nil
}

// DeliveryResult is what came of an attempt.
type DeliveryResult struct {
	augur.DeliveryAttempt
	// RetryAfter is how long the receiver asked to be left alone.
	RetryAfter time.Duration
	// Gone says that the receiver wants nothing any more.
	Gone bool
}

// DeliveryAttempted writes down what came of an attempt, and returns how long to
// wait for the next one, zero when there is none.
func (r *Registry) DeliveryAttempted(ctx context.Context, id string, result DeliveryResult) (wait time.Duration, err error) {
	ctx = augur.WithPrincipal(ctx, augur.System())
	result.Answer, result.Error = storable(result.Answer), storable(result.Error)
	err = r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		wait = 0
		d, err := tx.WebhookDelivery.Query().Where(webhookdelivery.ID(id), locked).Only(ctx)
		if ent.IsNotFound(err) || err == nil && d.Status != webhookdelivery.StatusPENDING {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		attempts := append(d.Attempts, result.DeliveryAttempt)
		attempts = attempts[max(0, len(attempts)-keptAttempts):]
		count := d.AttemptCount + 1
		update := d.Update().SetAttempts(attempts).SetAttemptCount(count)
		hook := tx.Webhook.UpdateOneID(d.WebhookID)
		switch {
		case result.Error == "":
			update.SetStatus(webhookdelivery.StatusSUCCEEDED).SetFinishedAt(now()).ClearNextAttemptAt()
			hook.SetFailures(0).SetLastSuccessAt(result.At)
		case count >= r.cfg.Webhooks.MaxAttempts || result.Gone || d.Event == testEvent:
			update.SetStatus(webhookdelivery.StatusFAILED).SetFinishedAt(now()).ClearNextAttemptAt()
			hook.AddFailures(1).SetLastFailureAt(result.At)
		default:
			wait = r.retryDelay(count, result.RetryAfter)
			update.SetNextAttemptAt(now().Add(wait))
			hook.AddFailures(1).SetLastFailureAt(result.At)
		}
		if err := update.Exec(ctx); err != nil {
			return nil, err
		}
		w, err := hook.Save(ctx)
		if err != nil || result.Error == "" || !w.Enabled {
			return nil, err
		}
		reason := ""
		switch {
		case result.Gone:
			reason = "the receiver answered 410 Gone"
		case w.Failures >= r.cfg.Webhooks.DisableAfter:
			reason = "too many attempts in a row have failed"
		default:
			return nil, nil
		}
		err = w.Update().SetEnabled(false).SetDisabledReason(reason).AddRevision(1).Exec(ctx)
		return &change{action: "webhookDisable", subject: w.ID, before: map[string]any{"enabled": true}, after: map[string]any{"enabled": false, "reason": reason}}, err
	})
	if err != nil {
		wait = 0
	}
	return wait, err
}

// retryDelay is how long to wait after so many attempts: twice as long each
// time, up to a tenth more or less, so that what failed together does not come
// back together.
func (r *Registry) retryDelay(attempts int, asked time.Duration) time.Duration {
	wait := r.cfg.Webhooks.RetryDelay
	for range attempts - 1 {
		if wait *= 2; wait >= maxRetryDelay {
			break
		}
	}
	wait = min(max(wait, asked), maxRetryDelay)
	return wait + time.Duration(float64(wait)*0.1*(2*rand.Float64()-1))
}

// storable leaves out of a stranger's text what PostgreSQL cannot store.
func storable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}
