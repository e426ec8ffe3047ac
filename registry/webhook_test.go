package registry

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/webhookdelivery"
	"augur/internal/storetest"
	"augur/store"
)

// queueFunc is a queue made of a function.
type queueFunc func(ctx context.Context, ids []string) error

func (f queueFunc) Deliver(ctx context.Context, ids []string) error { return f(ctx, ids) }

// sealing gives a registry what webhooks need: a key, and a queue that notes what
// it is given.
func sealing(t *testing.T, r *Registry) *[]string {
	t.Helper()
	var err error
	if r.cfg.Sealer, err = NewSealer([]byte("0123456789abcdef")); err != nil {
		t.Fatal(err)
	}
	var queued []string
	r.UseQueue(queueFunc(func(ctx context.Context, ids []string) error {
		if store.BegunIn(ctx) == nil {
			t.Error("queued outside of a transaction")
		}
		queued = append(queued, ids...)
		return nil
	}))
	return &queued
}

func TestSealer(t *testing.T) {
	one, _ := NewSealer([]byte("one key of some length"))
	same, _ := NewSealer([]byte("one key of some length"))
	other, _ := NewSealer([]byte("another key of some length"))
	if _, err := NewSealer([]byte("short")); augur.CodeOf(err) != augur.InvalidArgument {
		t.Errorf("a short key: %v", err)
	}
	sealed := one.Seal("whk_1", "whsec_text")
	if again := one.Seal("whk_1", "whsec_text"); again == sealed || strings.Contains(sealed, "text") {
		t.Errorf("sealed as %q and %q", sealed, again)
	}
	if text, err := same.Open("whk_1", sealed); err != nil || text != "whsec_text" {
		t.Errorf("opened as %q, %v", text, err)
	}
	last := sealed[len(sealed)-3:]
	for name, open := range map[string]func() (string, error){
		"of another row":   func() (string, error) { return one.Open("whk_2", sealed) },
		"with another key": func() (string, error) { return other.Open("whk_1", sealed) },
		"cut":              func() (string, error) { return one.Open("whk_1", strings.TrimSuffix(sealed, last)) },
		"empty":            func() (string, error) { return one.Open("whk_1", "") },
	} {
		if text, err := open(); text != "" || augur.CodeOf(err) != augur.FailedPrecondition {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

// TestOutbox: an event is written for each webhook that wants it, in the
// transaction of the change, and for no other.
func TestOutbox(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		queued := sealing(t, r)
		ctx := asAnna(t)
		hook := func(in WebhookCreate) string {
			in.URL = "https://example.com/hook"
			id, secret, err := r.WebhookCreate(ctx, in)
			if err != nil || !strings.HasPrefix(secret, secretPrefix) {
				t.Fatal(id, secret, err)
			}
			return id
		}
		wanting := map[string]bool{
			hook(WebhookCreate{Events: []string{"modelCreate"}, Models: []string{"road-*"}}): true,
			hook(WebhookCreate{Events: []string{"alias*", "model*"}}):                        true,
		}
		hook(WebhookCreate{Events: []string{"alias*"}})
		hook(WebhookCreate{Events: []string{"modelCreate"}, Models: []string{"iris"}})
		off := hook(WebhookCreate{Events: []string{"modelCreate"}})
		disabled := false
		if _, err := r.WebhookUpdate(ctx, WebhookUpdate{ID: off, Enabled: &disabled}); err != nil {
			t.Fatal(err)
		}
		*queued = nil
		if _, err := r.ModelCreate(ctx, ModelCreate{Name: "road-risk"}); err != nil {
			t.Fatal(err)
		}
		rows, err := r.store.Reader().WebhookDelivery.Query().All(ctx)
		if err != nil || len(rows) != 2 || len(*queued) != 2 {
			t.Fatalf("%d deliveries, %d queued, %v", len(rows), len(*queued), err)
		}
		for _, d := range rows {
			if !wanting[d.WebhookID] || !slices.Contains(*queued, d.ID) || d.Event != "modelCreate" || d.Model != "road-risk" || d.EventID != rows[0].EventID {
				t.Errorf("delivery %+v", d)
			}
		}
		// What the queue does not take is no change at all.
		r.UseQueue(queueFunc(func(context.Context, []string) error { return context.DeadlineExceeded }))
		_, err = r.ModelCreate(ctx, ModelCreate{Name: "road-quality"})
		if n := r.store.Reader().Model.Query().CountX(ctx); err == nil || n != 1 {
			t.Errorf("%d models, %v", n, err)
		}
	})
}

// TestSweepDeletesDeliveries that are old, and no others.
func TestSweepDeletesDeliveries(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		sealing(t, r)
		ctx := asAnna(t)
		id, _, err := r.WebhookCreate(ctx, WebhookCreate{URL: "https://example.com", Events: []string{"none"}})
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 3, 3, 0, 30, 0, 0, time.UTC)
		err = r.store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
			for age, event := range map[time.Duration]string{r.cfg.Webhooks.Keep - time.Minute: "kept", r.cfg.Webhooks.Keep + time.Minute: "old"} {
				if err := tx.WebhookDelivery.Create().SetWebhookID(id).SetEventID("aud_1").SetEvent(event).SetPayload("{}").SetCreatedAt(at.Add(-age)).Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.sweepOnce(ctx, at.In(time.FixedZone("there", 5*3600))); err != nil {
			t.Fatal(err)
		}
		if left := r.store.Reader().WebhookDelivery.Query().Select(webhookdelivery.FieldEvent).StringsX(ctx); len(left) != 1 || left[0] != "kept" {
			t.Errorf("left: %v", left)
		}
	})
}

// TestWebhooksAreForThoseWhoSeeAll: a webhook tells of every model.
func TestWebhooksAreForThoseWhoSeeAll(t *testing.T) {
	r := newRegistry(t, storetest.SQLite(t))
	sealing(t, r)
	id, _, err := r.WebhookCreate(asAnna(t), WebhookCreate{URL: "https://example.com"})
	if err != nil {
		t.Fatal(err)
	}
	ctx := augur.WithPrincipal(t.Context(), &augur.Principal{Name: "ben", Scopes: []augur.Scope{augur.ScopeAdmin}, Models: []string{"road-*"}})
	_, _, create := r.WebhookCreate(ctx, WebhookCreate{URL: "https://example.com"})
	_, update := r.WebhookUpdate(ctx, WebhookUpdate{ID: id})
	_, test := r.WebhookTest(ctx, id)
	_, again := r.WebhookRedeliver(ctx, "whd_1")
	for _, err := range []error{create, update, test, again, r.WebhookDelete(ctx, id)} {
		wantError(t, err, augur.PermissionDenied)
	}
	revision := 7
	_, err = r.WebhookUpdate(asAnna(t), WebhookUpdate{ID: id, IfRevision: &revision})
	wantError(t, err, augur.Aborted)
}

// TestRetryDelay doubles, up to six hours, give or take a tenth.
func TestRetryDelay(t *testing.T) {
	r := &Registry{cfg: Config{}.WithDefaults()}
	for attempts, want := range map[int]time.Duration{1: 15 * time.Second, 2: 30 * time.Second, 5: 4 * time.Minute, 11: 15360 * time.Second, 12: 6 * time.Hour, 1000: 6 * time.Hour} {
		for range 20 {
			if got := r.retryDelay(attempts, 0); got < want*9/10 || got > want*11/10 {
				t.Errorf("after %d attempts: %v, want about %v", attempts, got, want)
			}
		}
	}
	if got := r.retryDelay(1, time.Hour); got < 54*time.Minute || got > 66*time.Minute {
		t.Errorf("asked for an hour: %v", got)
	}
	if got := r.retryDelay(1, 100*time.Hour); got > 7*time.Hour {
		t.Errorf("asked for too long: %v", got)
	}
}
