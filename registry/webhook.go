package registry

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/webhook"
	"augur/ent/webhookdelivery"
)

// The bounds of webhooks.
const (
	maxWebhooks = 100
	maxPatterns = 50
	// secretOverlap is how long the secret before a new one goes on to sign.
	secretOverlap = 24 * time.Hour
)

// WebhookCreate is a new webhook.
type WebhookCreate struct {
	// URL is http or https.
	URL, Description string
	// Events and Models are patterns, in which * stands for any text and ? for
	// one character; empty means all.
	Events, Models []string
}

// WebhookUpdate changes a webhook; nil leaves a field as it is.
type WebhookUpdate struct {
	ID string
	// IfRevision refuses the change when the webhook has another revision.
	IfRevision       *int
	URL, Description *string
	Events, Models   *[]string
	// Enabled true also forgets the failures counted so far.
	Enabled *bool
	// NewSecret makes a new secret. The one before signs along for 24 hours.
	NewSecret bool
}

// mayWebhooks refuses principals who do not see every model: a webhook tells of
// all of them.
func mayWebhooks(ctx context.Context) error {
	if p := augur.PrincipalFrom(ctx); p != nil && !p.AllModels() {
		return augur.Errorf(augur.PermissionDenied, "webhooks are for those who see every model")
	}
	return nil
}

// WebhookCreate makes a webhook and returns its id and its secret, which is
// shown this once. The error is InvalidArgument, or FailedPrecondition past 100
// webhooks.
func (r *Registry) WebhookCreate(ctx context.Context, in WebhookCreate) (id, secret string, err error) {
	if err := firstOf(mayWebhooks(ctx), r.checkURL(in.URL), checkText(in.Description, 1000, "description"),
		checkPatterns(in.Events, "events"), checkPatterns(in.Models, "models"), r.canSeal()); err != nil {
		return "", "", err
	}
	id, secret = augur.NewID(augur.WebhookID), newSecret()
	err = r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		if n, err := tx.Webhook.Query().Count(ctx); err != nil {
			return nil, err
		} else if n >= maxWebhooks {
			return nil, augur.Errorf(augur.FailedPrecondition, "there are %d webhooks already: delete one", n)
		}
		err := tx.Webhook.Create().SetID(id).SetURL(in.URL).SetDescription(in.Description).
			SetEvents(orEmpty(in.Events)).SetModels(orEmpty(in.Models)).SetSecret(r.cfg.Sealer.Seal(id, secret)).Exec(ctx)
		return &change{action: "webhookCreate", subject: id, after: map[string]any{
			"url": shownURL(in.URL), "description": in.Description, "events": orEmpty(in.Events), "models": orEmpty(in.Models),
		}}, err
	})
	if err != nil {
		return "", "", err
	}
	return id, secret, nil
}

// WebhookUpdate changes a webhook and returns the new secret, "" when none was
// asked for. The error is NotFound, InvalidArgument, or Aborted when the
// revision is another.
func (r *Registry) WebhookUpdate(ctx context.Context, in WebhookUpdate) (secret string, err error) {
	err = firstOf(mayWebhooks(ctx), checkText(deref(in.Description), 1000, "description"),
		checkPatterns(listOf(in.Events), "events"), checkPatterns(listOf(in.Models), "models"))
	if err == nil && in.URL != nil {
		err = r.checkURL(*in.URL)
	}
	if in.NewSecret {
		secret, err = newSecret(), firstOf(err, r.canSeal())
	}
	if err != nil {
		return "", err
	}
	err = r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		w, err := webhookByID(ctx, tx, in.ID)
		if err == nil {
			err = checkRevision(in.IfRevision, w.Revision)
		}
		if err != nil {
			return nil, err
		}
		d, update := diff{}, w.Update().AddRevision(1)
		if in.URL != nil && w.URL != *in.URL {
			update.SetURL(*in.URL)
			if !d.add("url", shownURL(w.URL), shownURL(*in.URL)) {
				d.add("urlQuery", "***", "*** (new)")
			}
		}
		if in.Description != nil && d.add("description", w.Description, *in.Description) {
			update.SetDescription(*in.Description)
		}
		if in.Events != nil && d.add("events", w.Events, orEmpty(*in.Events)) {
			update.SetEvents(orEmpty(*in.Events))
		}
		if in.Models != nil && d.add("models", w.Models, orEmpty(*in.Models)) {
			update.SetModels(orEmpty(*in.Models))
		}
		if in.Enabled != nil && d.add("enabled", w.Enabled, *in.Enabled) {
			update.SetEnabled(*in.Enabled).SetDisabledReason("").SetFailures(0)
		}
		if in.NewSecret {
			d.add("secret", "***", "*** (new)")
			update.SetSecret(r.cfg.Sealer.Seal(w.ID, secret)).SetPreviousSecret(w.Secret).SetPreviousSecretUntil(now().Add(secretOverlap))
		}
		if d.empty() {
			return nil, nil
		}
		return &change{action: "webhookUpdate", subject: w.ID, before: d.before, after: d.after}, update.Exec(ctx)
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}

// WebhookDelete deletes a webhook with its deliveries. The error is NotFound.
func (r *Registry) WebhookDelete(ctx context.Context, id string) error {
	if err := mayWebhooks(ctx); err != nil {
		return err
	}
	return r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		w, err := webhookByID(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		before := map[string]any{"url": shownURL(w.URL), "description": w.Description, "events": w.Events, "models": w.Models}
		return &change{action: "webhookDelete", subject: w.ID, before: before}, tx.Webhook.DeleteOne(w).Exec(ctx)
	})
}

// WebhookTest sends an event of the type webhookTest to a webhook, also to one
// that is disabled, and returns the id of the delivery. The error is NotFound.
func (r *Registry) WebhookTest(ctx context.Context, id string) (deliveryID string, err error) {
	if err := mayWebhooks(ctx); err != nil {
		return "", err
	}
	err = r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		w, err := webhookByID(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		e := &augur.Event{ID: augur.NewID(augur.AuditID), Action: testEvent, SubjectID: w.ID, Principal: augur.PrincipalFrom(ctx).Name, CreatedAt: now()}
		if deliveryID, err = r.deliver(ctx, tx, w.ID, e.ID, e.Action, "", payloadOf(e)); err != nil {
			return nil, err
		}
		return &change{action: testEvent, subject: w.ID, after: map[string]any{"delivery": deliveryID}}, nil
	})
	return deliveryID, err
}

// WebhookRedeliver sends the event of an earlier delivery again, with the same
// event id, and returns the id of the new delivery. The error is NotFound, or
// FailedPrecondition while the earlier one is pending.
func (r *Registry) WebhookRedeliver(ctx context.Context, id string) (deliveryID string, err error) {
	if err := mayWebhooks(ctx); err != nil {
		return "", err
	}
	err = r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		d, err := tx.WebhookDelivery.Query().Where(webhookdelivery.ID(id)).WithWebhook().Only(ctx)
		switch {
		case ent.IsNotFound(err):
			return nil, augur.Errorf(augur.NotFound, "there is no delivery with the id %q", id).At("id")
		case err != nil:
			return nil, err
		case d.Status == webhookdelivery.StatusPENDING:
			return nil, augur.Errorf(augur.FailedPrecondition, "this delivery is pending still").At("id")
		case !d.Edges.Webhook.Enabled && d.Event != testEvent:
			return nil, augur.Errorf(augur.FailedPrecondition, "the webhook is disabled: enable it first").At("id")
		}
		if deliveryID, err = r.deliver(ctx, tx, d.WebhookID, d.EventID, d.Event, d.Model, d.Payload); err != nil {
			return nil, err
		}
		return &change{action: "webhookRedeliver", subject: d.WebhookID, after: map[string]any{"delivery": deliveryID, "event": d.EventID}}, nil
	})
	return deliveryID, err
}

func webhookByID(ctx context.Context, tx *ent.Tx, id string) (*ent.Webhook, error) {
	w, err := tx.Webhook.Query().Where(webhook.ID(id), locked).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, augur.Errorf(augur.NotFound, "there is no webhook with the id %q", id).At("id")
	}
	return w, err
}

// checkURL refuses what is no address of a receiver. A name is looked up when
// something is sent, and checked then.
func (r *Registry) checkURL(text string) error {
	fail := func(format string, args ...any) error {
		return augur.Errorf(augur.InvalidArgument, format, args...).At("url")
	}
	if err := checkText(text, 2000, "url"); err != nil {
		return err
	}
	u, err := url.Parse(text)
	switch {
	case err != nil, u.Scheme != "https" && u.Scheme != "http", u.Hostname() == "":
		return fail("expected a URL such as https://example.com/hook")
	case u.User != nil:
		return fail("expected no user and password: deliveries are signed")
	case u.Fragment != "":
		return fail("expected no fragment")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return fail("expected a port from 1 to 65535, got %s", port)
		}
	}
	if addr, err := netip.ParseAddr(u.Hostname()); err == nil {
		if err := r.cfg.Webhooks.Allow.Check(addr); err != nil {
			return fail("%s", augur.AsError(err).Message)
		}
	}
	return nil
}

// shownURL is a URL without its query, which often is a credential.
func shownURL(text string) string {
	shown, _, _ := strings.Cut(text, "?")
	return shown
}

func checkPatterns(patterns []string, field string) error {
	if len(patterns) > maxPatterns {
		return augur.Errorf(augur.InvalidArgument, "expected at most %d patterns, got %d", maxPatterns, len(patterns)).At(field)
	}
	for i, p := range patterns {
		if !augur.PatternValid(p) || strings.TrimSpace(p) != p || len(p) > 250 || strings.ContainsRune(p, 0) {
			return augur.Errorf(augur.InvalidArgument, "expected a name, in which * stands for any text and ? for one character").At(field, strconv.Itoa(i))
		}
	}
	return nil
}

// secretPrefix marks the secrets of the Standard Webhooks specification.
const secretPrefix = "whsec_"

func newSecret() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails: see crypto/rand
	return secretPrefix + base64.StdEncoding.EncodeToString(key)
}

func (r *Registry) canSeal() error {
	if r.cfg.Sealer == nil {
		return augur.Errorf(augur.FailedPrecondition, "this server has no key to keep secrets with")
	}
	return nil
}

func listOf(list *[]string) []string {
	if list == nil {
		return nil
	}
	return *list
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
