package jobs_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"augur"
	"augur/internal/augurtest"
	"augur/internal/storetest"
	"augur/server"
	"augur/store"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	serveAsChild()
	augurtest.Main(m, goleak.IgnoreTopFunction("internal/poll.runtime_pollWait")) // connections that receivers keep for a moment
}

// delivered is one request that a receiver got.
type delivered struct {
	header http.Header
	body   string
}

// receiver is a real HTTP server that notes what it gets and answers as told.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex // guards got and answer
	got    []delivered
	answer func(n int, w http.ResponseWriter)
	came   chan delivered
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{came: make(chan delivered, 1000), answer: func(int, http.ResponseWriter) {}}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		d := delivered{req.Header, string(body)}
		r.got = append(r.got, d)
		n, answer := len(r.got), r.answer
		r.mu.Unlock()
		answer(n, w)
		r.came <- d
	}))
	t.Cleanup(r.Close)
	return r
}

// next waits for the next request.
func (r *receiver) next(t *testing.T) delivered {
	t.Helper()
	select {
	case d := <-r.came:
		return d
	case <-time.After(30 * time.Second):
		t.Fatal("nothing was delivered")
		return delivered{}
	}
}

// payload is what a receiver reads.
type payload struct {
	Type      string
	Timestamp time.Time
	Data      struct {
		ID, SubjectID, Model, Principal string
		Before, After                   map[string]any
	}
}

func (d delivered) payload(t *testing.T) payload {
	t.Helper()
	var p payload
	if err := json.Unmarshal([]byte(d.body), &p); err != nil {
		t.Fatalf("%v: %s", err, d.body)
	}
	return p
}

// signedWith says whether one of the signatures is of this secret: written down
// anew from the specification, not with what signs.
func (d delivered) signedWith(secret string) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, key)
	_, _ = io.WriteString(mac, d.header.Get("Webhook-Id")+"."+d.header.Get("Webhook-Timestamp")+"."+d.body)
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for _, got := range strings.Fields(d.header.Get("Webhook-Signature")) {
		if hmac.Equal([]byte(got), []byte(want)) {
			return true
		}
	}
	return false
}

// start starts a server whose webhooks may go to this machine.
func start(t *testing.T, cfg store.Config, options ...augurtest.Option) *augurtest.Server {
	t.Helper()
	return augurtest.Start(t, append([]augurtest.Option{func(c *server.Config) {
		c.Database.URL = cfg.URL
		c.Webhooks.Allow = []string{"127.0.0.0/8", "::1"}
		c.Webhooks.RetryDelay = 20 * time.Millisecond
	}}, options...)...)
}

const (
	createHook  = `mutation($input: WebhookCreateInput!) { webhookCreate(input: $input) { webhook { id enabled } secret userErrors { code message field } } }`
	createModel = `mutation($name: String!) { modelCreate(input: {name: $name}) { model { id } userErrors { message } } }`
)

// hook makes a webhook.
func hook(t *testing.T, s *augurtest.Server, input map[string]any) (id, secret string) {
	t.Helper()
	out := s.Query(t, createHook, map[string]any{"input": input})
	if augurtest.At(t, out, "webhookCreate.webhook") == nil {
		t.Fatalf("%v", out)
	}
	return augurtest.At(t, out, "webhookCreate.webhook.id").(string), augurtest.At(t, out, "webhookCreate.secret").(string)
}

// deliveries waits until all deliveries of an event are finished and returns them,
// newest first.
func deliveries(t *testing.T, s *augurtest.Server, event string) []any {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		out := s.Query(t, `query($event: String!) {
			webhookDeliveries(where: {event: $event}) { nodes { id eventId status attemptCount finishedAt nextAttemptAt attempts { status error answer duration } webhook { id enabled disabledReason failures } } } }`,
			map[string]any{"event": event})
		all := augurtest.At(t, out, "webhookDeliveries.nodes").([]any)
		pending := slices.ContainsFunc(all, func(d any) bool { return augurtest.At(t, d, "status") == "PENDING" })
		if len(all) > 0 && !pending {
			return all
		}
	}
	t.Fatal("the deliveries are pending still")
	return nil
}

func TestDelivery(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		s, r := start(t, cfg), newReceiver(t)
		_, secret := hook(t, s, map[string]any{"url": r.URL + "/hook?token=t", "events": []string{"model*"}, "models": []string{"road-*"}})
		s.Query(t, createModel, map[string]any{"name": "iris"}) // another model
		s.Query(t, createModel, map[string]any{"name": "road-risk"})
		d := r.next(t)
		p := d.payload(t)
		if p.Type != "modelCreate" || p.Data.Model != "road-risk" || p.Data.After["name"] != "road-risk" || p.Data.Principal != "anonymous" || p.Data.Before != nil {
			t.Errorf("got %s", d.body)
		}
		if d.header.Get("Webhook-Id") != p.Data.ID || d.header.Get("Content-Type") != "application/json" || !strings.HasPrefix(d.header.Get("User-Agent"), "Augur/") {
			t.Errorf("headers %v", d.header)
		}
		if at, err := strconv.ParseInt(d.header.Get("Webhook-Timestamp"), 10, 64); err != nil || time.Since(time.Unix(at, 0)) > time.Minute {
			t.Errorf("timestamp %q", d.header.Get("Webhook-Timestamp"))
		}
		if !d.signedWith(secret) || d.signedWith("whsec_"+base64.StdEncoding.EncodeToString([]byte("another"))) {
			t.Errorf("signature %q", d.header.Get("Webhook-Signature"))
		}
		all := deliveries(t, s, "modelCreate")
		if len(all) != 1 || augurtest.At(t, all[0], "status") != "SUCCEEDED" || augurtest.At(t, all[0], "eventId") != p.Data.ID || augurtest.At(t, all[0], "finishedAt") == nil {
			t.Errorf("log: %v", all)
		}
		select {
		case more := <-r.came:
			t.Errorf("also delivered: %s", more.body)
		default:
		}
	})
}

// TestRetries has a receiver fail twice: the same event comes until it is taken.
func TestRetries(t *testing.T) {
	s, r := start(t, storetest.SQLite(t)), newReceiver(t)
	r.answer = func(n int, w http.ResponseWriter) {
		if n <= 2 {
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, "not\x00 now")
		}
	}
	_, secret := hook(t, s, map[string]any{"url": r.URL, "events": []string{"modelCreate"}})
	s.Query(t, createModel, map[string]any{"name": "m"})
	ids := map[string]bool{}
	for range 3 {
		d := r.next(t)
		ids[d.header.Get("Webhook-Id")] = true
		if !d.signedWith(secret) {
			t.Errorf("signature %q", d.header.Get("Webhook-Signature"))
		}
	}
	if len(ids) != 1 {
		t.Errorf("event ids %v, want one", ids)
	}
	d := deliveries(t, s, "modelCreate")[0]
	if augurtest.At(t, d, "status") != "SUCCEEDED" || augurtest.At(t, d, "attemptCount") != 3.0 || augurtest.At(t, d, "webhook.failures") != 0.0 {
		t.Errorf("log: %v", d)
	}
	first := augurtest.At(t, d, "attempts").([]any)[0]
	if augurtest.At(t, first, "status") != 500.0 || !strings.Contains(augurtest.At(t, first, "error").(string), "500") || !strings.Contains(augurtest.At(t, first, "answer").(string), "now") {
		t.Errorf("first attempt: %v", first)
	}
}

// TestDisabled gives up on a delivery, and then on the webhook; enabled again and
// redelivered, the same event comes.
func TestDisabled(t *testing.T) {
	s, r := start(t, storetest.SQLite(t), func(c *server.Config) { c.Webhooks.MaxAttempts, c.Webhooks.DisableAfter = 2, 4 }), newReceiver(t)
	r.answer = func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusTeapot) }
	id, _ := hook(t, s, map[string]any{"url": r.URL, "events": []string{"modelCreate"}})
	s.Query(t, createModel, map[string]any{"name": "a"})
	if d := deliveries(t, s, "modelCreate")[0]; augurtest.At(t, d, "status") != "FAILED" || augurtest.At(t, d, "attemptCount") != 2.0 || augurtest.At(t, d, "webhook.enabled") != true {
		t.Fatalf("log: %v", d)
	}
	s.Query(t, createModel, map[string]any{"name": "b"})
	d := deliveries(t, s, "modelCreate")[0]
	if augurtest.At(t, d, "status") != "FAILED" || augurtest.At(t, d, "webhook.enabled") != false || !strings.Contains(augurtest.At(t, d, "webhook.disabledReason").(string), "in a row") {
		t.Fatalf("log: %v", d)
	}
	s.Query(t, createModel, map[string]any{"name": "c"}) // for nobody
	if all := deliveries(t, s, "modelCreate"); len(all) != 2 {
		t.Errorf("a disabled webhook has %d deliveries, want 2", len(all))
	}
	redeliver := `mutation($id: ID!) { webhookRedeliver(input: {id: $id}) { delivery { id eventId } userErrors { code } } }`
	out := s.Query(t, redeliver, map[string]any{"id": augurtest.At(t, d, "id")})
	if codes := augurtest.At(t, out, "webhookRedeliver.userErrors").([]any); len(codes) != 1 || augurtest.At(t, codes[0], "code") != "FAILED_PRECONDITION" {
		t.Errorf("redelivery of a disabled webhook: %v", out)
	}
	out = s.Query(t, `mutation($id: ID!) { webhookUpdate(input: {id: $id, enabled: true}) { webhook { enabled failures disabledReason } secret userErrors { code } } }`, map[string]any{"id": id})
	if augurtest.At(t, out, "webhookUpdate.webhook.enabled") != true || augurtest.At(t, out, "webhookUpdate.webhook.failures") != 0.0 || augurtest.At(t, out, "webhookUpdate.secret") != nil {
		t.Errorf("enabled again: %v", out)
	}
	r.mu.Lock()
	r.answer = func(int, http.ResponseWriter) {}
	r.mu.Unlock()
	for len(r.came) > 0 {
		<-r.came
	}
	out = s.Query(t, redeliver, map[string]any{"id": augurtest.At(t, d, "id")})
	if got := r.next(t).header.Get("Webhook-Id"); got != augurtest.At(t, d, "eventId") || got != augurtest.At(t, out, "webhookRedeliver.delivery.eventId") {
		t.Errorf("redelivered %q, want %q", got, augurtest.At(t, d, "eventId"))
	}
}

// TestGone disables a webhook whose receiver wants nothing any more.
func TestGone(t *testing.T) {
	s, r := start(t, storetest.SQLite(t)), newReceiver(t)
	r.answer = func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusGone) }
	id, _ := hook(t, s, map[string]any{"url": r.URL, "events": []string{"modelCreate"}})
	s.Query(t, createModel, map[string]any{"name": "m"})
	if d := deliveries(t, s, "modelCreate")[0]; augurtest.At(t, d, "status") != "FAILED" || augurtest.At(t, d, "attemptCount") != 1.0 || augurtest.At(t, d, "webhook.enabled") != false {
		t.Errorf("log: %v", d)
	}
	// A test is sent all the same, once.
	s.Query(t, `mutation($id: ID!) { webhookTest(input: {id: $id}) { delivery { status } userErrors { code } } }`, map[string]any{"id": id})
	r.next(t)
	if d := r.next(t); d.payload(t).Type != "webhookTest" {
		t.Errorf("got %s", d.body)
	}
	out := s.Query(t, `mutation($id: ID!) { webhookDelete(input: {id: $id}) { deletedId userErrors { code } } }`, map[string]any{"id": id})
	if augurtest.At(t, out, "webhookDelete.deletedId") != id {
		t.Errorf("delete: %v", out)
	}
	if n := augurtest.At(t, s.Query(t, `{ webhooks { totalCount } webhookDeliveries { totalCount } }`, nil), "webhookDeliveries.totalCount"); n != 0.0 {
		t.Errorf("%v deliveries of a deleted webhook", n)
	}
}

// TestNewSecret has both secrets sign for a while.
func TestNewSecret(t *testing.T) {
	s, r := start(t, storetest.SQLite(t)), newReceiver(t)
	id, before := hook(t, s, map[string]any{"url": r.URL, "events": []string{"modelCreate"}})
	out := s.Query(t, `mutation($id: ID!) { webhookUpdate(input: {id: $id, newSecret: true}) { webhook { previousSecretUntil } secret userErrors { code } } }`, map[string]any{"id": id})
	secret := augurtest.At(t, out, "webhookUpdate.secret").(string)
	s.Query(t, createModel, map[string]any{"name": "m"})
	if d := r.next(t); secret == before || !d.signedWith(secret) || !d.signedWith(before) {
		t.Errorf("signatures %q", d.header.Get("Webhook-Signature"))
	}
	// No answer and no row shows a secret: the record keeps them encrypted, the
	// trail leaves them out.
	trail, _ := json.Marshal(s.Query(t, `{ auditEvents { nodes { action before after } } }`, nil))
	for _, text := range []string{secret, before, strings.TrimPrefix(secret, "whsec_")} {
		if strings.Contains(string(trail), text) || strings.Contains(s.Logs.String(), text) {
			t.Errorf("the secret can be read: %s", trail)
		}
	}
}

// TestRedirect does not follow one: it could lead anywhere.
func TestRedirect(t *testing.T) {
	s, r, inner := start(t, storetest.SQLite(t), func(c *server.Config) { c.Webhooks.MaxAttempts = 1 }), newReceiver(t), newReceiver(t)
	r.answer = func(_ int, w http.ResponseWriter) {
		w.Header().Set("Location", inner.URL)
		w.WriteHeader(http.StatusPermanentRedirect)
	}
	hook(t, s, map[string]any{"url": r.URL, "events": []string{"modelCreate"}})
	s.Query(t, createModel, map[string]any{"name": "m"})
	d := deliveries(t, s, "modelCreate")[0]
	if first := augurtest.At(t, d, "attempts").([]any)[0]; augurtest.At(t, d, "status") != "FAILED" || augurtest.At(t, first, "status") != 308.0 || !strings.Contains(augurtest.At(t, first, "error").(string), "redirect") {
		t.Errorf("log: %v", d)
	}
	if len(inner.came) > 0 {
		t.Error("the redirect was followed")
	}
}

// TestPrivateAddresses: by default nothing is sent to this machine, whether its
// address or a name of it is given.
func TestPrivateAddresses(t *testing.T) {
	r := newReceiver(t)
	s := augurtest.Start(t, func(c *server.Config) { c.Webhooks.MaxAttempts = 1 })
	port := r.URL[strings.LastIndex(r.URL, ":"):]
	for _, url := range []string{r.URL, "http://[::1]" + port, "http://169.254.169.254/latest/meta-data", "http://[::ffff:10.0.0.1]/", "ftp://example.com", "http://", "https://u:p@example.com/"} {
		out := s.Query(t, createHook, map[string]any{"input": map[string]any{"url": url}})
		if mistakes := augurtest.At(t, out, "webhookCreate.userErrors").([]any); len(mistakes) != 1 || augurtest.At(t, mistakes[0], "code") != "INVALID_ARGUMENT" {
			t.Errorf("%s: %v", url, out)
		}
	}
	hook(t, s, map[string]any{"url": "http://localhost" + port, "events": []string{"modelCreate"}})
	s.Query(t, createModel, map[string]any{"name": "m"})
	d := deliveries(t, s, "modelCreate")[0]
	if first := augurtest.At(t, d, "attempts").([]any)[0]; augurtest.At(t, d, "status") != "FAILED" || !strings.Contains(augurtest.At(t, first, "error").(string), "not a public address") {
		t.Errorf("log: %v", d)
	}
	if len(r.came) > 0 {
		t.Error("the request was sent")
	}
}

// TestRolledBack: an event of a change that was refused is never sent.
func TestRolledBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		s, r := start(t, cfg), newReceiver(t)
		hook(t, s, map[string]any{"url": r.URL, "events": []string{"modelCreate"}})
		s.Query(t, createModel, map[string]any{"name": "m"})
		s.Query(t, createModel, map[string]any{"name": "m"}) // taken
		s.Query(t, createModel, map[string]any{"name": "n"})
		names := map[string]bool{}
		for range 2 {
			names[r.next(t).payload(t).Data.Model] = true
		}
		if all := deliveries(t, s, "modelCreate"); len(all) != 2 || !names["m"] || !names["n"] {
			t.Errorf("%d deliveries of %v", len(all), names)
		}
	})
}

// TestPostgresRestarts: deliveries go on by themselves once PostgreSQL is back.
// One that it did not hear the end of is sent again.
func TestPostgresRestarts(t *testing.T) {
	postgres := storetest.StartServer(t)
	s, r := start(t, postgres.Config), newReceiver(t)
	hook(t, s, map[string]any{"url": r.URL, "events": []string{"modelCreate"}})
	s.Query(t, createModel, map[string]any{"name": "before"})
	r.next(t)
	came := map[string]bool{"before": true}
	for _, name := range []string{"once", "twice"} {
		postgres.Kill()
		if out := s.Do(t, createModel, map[string]any{"name": "lost"}); len(out.Errors) != 1 || out.Errors[0].Code() != augur.Unavailable {
			t.Errorf("without PostgreSQL: %s", out.Body)
		}
		postgres.Run(t)
		for deadline := time.Now().Add(30 * time.Second); len(s.Do(t, createModel, map[string]any{"name": name}).Errors) > 0; time.Sleep(50 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("writes do not recover")
			}
		}
		p := r.next(t).payload(t)
		for came[p.Data.Model] {
			p = r.next(t).payload(t)
		}
		if came[name] = true; p.Data.Model != name {
			t.Errorf("delivered %+v", p)
		}
	}
}
