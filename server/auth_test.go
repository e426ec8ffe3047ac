package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"augur"
	"augur/internal/augurtest"
	"augur/internal/storetest"
	"augur/server"
	"augur/store"
)

// guarded is a server that asks for credentials, with a key for an admin.
type guarded struct {
	*augurtest.Server
	admin string
}

func newGuarded(t *testing.T, options ...augurtest.Option) *guarded {
	t.Helper()
	var cfg server.Config
	options = append([]augurtest.Option{augurtest.WithConfig(func(c *server.Config) { c.Auth.Keys = true })}, options...)
	s := augurtest.Start(t, append(options, augurtest.WithConfig(func(c *server.Config) { cfg = *c }))...)
	_, secret, err := server.CreateKey(t.Context(), cfg, server.NewKey{Name: "root", Scopes: []augur.Scope{augur.ScopeAdmin}})
	if err != nil {
		t.Fatal(err)
	}
	g := &guarded{s, secret}
	for deadline := time.Now().Add(wait); ; time.Sleep(10 * time.Millisecond) { // another process made it
		if status, _, _ := g.ask(t, secret, `{ viewer { name } }`, nil); status == http.StatusOK {
			return g
		}
		if time.Now().After(deadline) {
			t.Fatal("the key is not known")
		}
	}
}

// ask sends an operation with a token and returns the status, the data, and the
// first code among errors and userErrors.
func (g *guarded) ask(t *testing.T, token, query string, variables map[string]any) (status int, data map[string]any, code string) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	status, text := g.send(t, http.MethodPost, "/graphql", token, body)
	var answer struct {
		Data   map[string]any
		Errors []struct{ Extensions map[string]any }
		Code   string
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatalf("%d %s: %v", status, text, err)
	}
	if code = answer.Code; len(answer.Errors) > 0 {
		code, _ = answer.Errors[0].Extensions["code"].(string)
	}
	for _, payload := range answer.Data {
		if p, ok := payload.(map[string]any); ok {
			if wrong, _ := p["userErrors"].([]any); len(wrong) > 0 {
				code, _ = wrong[0].(map[string]any)["code"].(string)
			}
		}
	}
	return status, answer.Data, code
}

func (g *guarded) send(t *testing.T, method, path, token string, body []byte) (int, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, g.URL()+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode == http.StatusUnauthorized && res.Header.Get("WWW-Authenticate") == "" {
		t.Errorf("%s %s: 401 without WWW-Authenticate", method, path)
	}
	return res.StatusCode, text
}

// key makes a key and returns its id and text.
func (g *guarded) key(t *testing.T, name string, expires *time.Time, models []string, scopes ...augur.Scope) (id, secret string) {
	t.Helper()
	_, data, code := g.ask(t, g.admin, `mutation($input: APIKeyCreateInput!) { apiKeyCreate(input: $input) { secret apiKey { id name scopes models } userErrors { code message } } }`,
		map[string]any{"input": map[string]any{"name": name, "scopes": scopes, "models": models, "expiresAt": expires}})
	if code != "" {
		t.Fatalf("%s: %s %v", name, code, data)
	}
	return augurtest.At(t, data, "apiKeyCreate.apiKey.id").(string), augurtest.At(t, data, "apiKeyCreate.secret").(string)
}

// TestPermissions asks every kind of operation as every kind of principal, about
// a model that it may see and one that it may not.
func TestPermissions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		g := newGuarded(t, augurtest.WithModels(), augurtest.WithConfig(func(c *server.Config) { c.Database.URL = cfg.URL }))
		all := []string(nil)
		_, reader := g.key(t, "reader", nil, all, augur.ScopeRead)
		_, caller := g.key(t, "caller", nil, all, augur.ScopePredict)
		_, writer := g.key(t, "writer", nil, all, augur.ScopeWrite)
		_, mover := g.key(t, "mover", nil, all, augur.ScopeRollout)
		_, narrow := g.key(t, "narrow", nil, []string{"iris-*"}, augur.ScopeRead, augur.ScopePredict, augur.ScopeWrite, augur.ScopeRollout)
		iris := `{"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2}`
		row := map[string]any{}
		if err := json.Unmarshal([]byte(iris), &row); err != nil {
			t.Fatal(err)
		}
		const no, yes, who, none, bad = "PERMISSION_DENIED", "", "UNAUTHENTICATED", "NOT_FOUND", "INVALID_ARGUMENT"
		principals := []struct{ name, token string }{
			{"nobody", ""}, {"reader", reader}, {"caller", caller}, {"writer", writer}, {"mover", mover}, {"narrow", narrow}, {"admin", g.admin},
		}
		for _, op := range []struct {
			name, query string
			want        []string // in the order of the principals
		}{
			{"who am I", `{ viewer { name scopes models } }`, []string{yes, yes, yes, yes, yes, yes, yes}},
			{"questions about the schema", `{ __schema { queryType { name } } }`, []string{who, yes, yes, yes, yes, yes, yes}},
			{"list", `{ models { totalCount } }`, []string{who, yes, yes, yes, yes, yes, yes}},
			{"figures of all", `{ serving { requests } }`, []string{who, yes, yes, yes, yes, yes, yes}},
			{"predict", `mutation($row: Row!) { predict(input: {model: "iris-random-forest", data: {row: $row}}) { userErrors { code } } }`, []string{who, no, yes, no, no, yes, yes}},
			{"predict of another", `mutation { predict(input: {model: "road-risk", data: {row: {}}}) { userErrors { code } } }`, []string{who, no, bad, no, no, none, bad}},
			{"submit a job of another", `mutation { predictionJobSubmit(input: {model: "road-risk", data: {rows: [{}]}}) { userErrors { code } } }`, []string{who, no, yes, no, no, none, yes}},
			{"jobs", `{ predictionJobs { totalCount } }`, []string{who, no, yes, no, no, yes, yes}},
			{"write", `mutation { aliasSet(input: {model: "iris-random-forest", alias: "here", version: "1.0.0"}) { userErrors { code } } }`, []string{who, no, no, yes, no, yes, yes}},
			{"write another", `mutation { aliasSet(input: {model: "road-risk", alias: "here", version: "1.0.0"}) { userErrors { code } } }`, []string{who, no, no, yes, no, none, yes}},
			{"create what is beyond the patterns", `mutation { modelCreate(input: {name: "road-two"}) { userErrors { code } } }`, []string{who, no, no, yes, no, no, "ALREADY_EXISTS"}},
			{"move traffic", `mutation { rolloutStart(input: {model: "none", candidates: []}) { userErrors { code } } }`, []string{who, no, no, no, none, none, none}},
			{"audit", `{ auditEvents { totalCount } }`, []string{who, no, no, no, no, no, yes}},
			{"keys", `{ apiKeys { totalCount } }`, []string{who, no, no, no, no, no, yes}},
			{"make keys", `mutation { apiKeyCreate(input: {name: "x", scopes: []}) { userErrors { code } } }`, []string{who, no, no, no, no, no, bad}},
			{"webhooks", `{ webhooks { totalCount } }`, []string{who, no, no, no, no, no, yes}},
			{"several at once", `mutation($row: Row!) { predict(input: {model: "iris-random-forest", data: {row: $row}}) { userErrors { code } } cachePurge(input: {model: "iris-random-forest"}) { userErrors { code } } }`, []string{who, no, no, no, no, no, yes}},
		} {
			for i, p := range principals {
				variables := map[string]any{}
				if strings.Contains(op.query, "$row") {
					variables["row"] = row
				}
				if _, data, code := g.ask(t, p.token, op.query, variables); code != op.want[i] {
					t.Errorf("%s as %s: %q, want %q: %v", op.name, p.name, code, op.want[i], data)
				}
			}
		}

		// Who sees one model finds nothing else anywhere.
		_, data, _ := g.ask(t, narrow, `{ models { totalCount nodes { name } } model(name: "road-risk") { name } viewer { name scopes models } }`, nil)
		if augurtest.At(t, data, "models.totalCount") != 1.0 || data["model"] != nil || augurtest.At(t, data, "viewer.name") != "narrow" {
			t.Errorf("%v", data)
		}
		// So are artifacts: those of other models are not there.
		_, data, _ = g.ask(t, g.admin, `{ road: modelVersion(model: "road-risk", version: "1.0.0") { artifact { path } } iris: modelVersion(model: "iris-random-forest", version: "1.0.0") { artifact { path } } }`, nil)
		road, own := augurtest.At(t, data, "road.artifact.path").(string), augurtest.At(t, data, "iris.artifact.path").(string)
		for _, c := range []struct {
			method, path, token string
			want                int
		}{
			{"GET", road, "", 401}, {"GET", road, reader, 200}, {"GET", road, narrow, 404}, {"GET", own, narrow, 200}, {"HEAD", road, narrow, 404},
			{"PUT", "/artifacts/sha256:" + strings.Repeat("0", 64), reader, 403}, {"PUT", "/artifacts/sha256:" + strings.Repeat("0", 64), "", 401},
			{"GET", "/schema.graphqls", "", 401}, {"GET", "/schema.graphqls", reader, 200},
			{"GET", "/debug/pprof/cmdline", "", 401}, {"GET", "/debug/pprof/cmdline", writer, 403}, {"GET", "/debug/pprof/cmdline", g.admin, 200},
			{"GET", "/", "", 200}, {"GET", "/ready", "", 200},
		} {
			if status, _ := g.send(t, c.method, c.path, c.token, nil); status != c.want {
				t.Errorf("%s %s: %d, want %d", c.method, c.path, status, c.want)
			}
		}
		// The audit trail says who it was, and nowhere is the text of a key.
		_, data, _ = g.ask(t, g.admin, `{ auditEvents(first: 100) { nodes { principal action subjectId after } } apiKeys { nodes { id name creator scopes models lastUsedAt } } }`, nil)
		text := fmt.Sprint(data)
		if !strings.Contains(text, "principal:writer") || !strings.Contains(text, "creator:root") {
			t.Errorf("%s", text)
		}
		for _, secret := range []string{g.admin, reader, narrow} {
			if strings.Contains(text, secret[len(secret)-20:]) || strings.Contains(g.Logs.String(), secret[len(secret)-20:]) {
				t.Error("a key stands in the audit trail or the log")
			}
		}
	})
}

// TestKeysEnd: keys that are wrong, expired or revoked open nothing, also not
// what they had opened.
func TestKeysEnd(t *testing.T) {
	g := newGuarded(t)
	soon := time.Now().Add(2 * time.Second)
	_, brief := g.key(t, "brief", &soon, nil, augur.ScopeRead)
	id, revoked := g.key(t, "revoked", nil, nil, augur.ScopeRead)
	const query = `{ models { totalCount } }`
	other := brief[:len(brief)-1] + map[bool]string{true: "B", false: "A"}[strings.HasSuffix(brief, "A")]
	for _, token := range []string{other, "augur_", "x", revoked + "x", strings.Repeat("y", 10_000)} {
		if status, _, code := g.ask(t, token, query, nil); status != 401 || code != "UNAUTHENTICATED" {
			t.Errorf("%.40s: %d %s", token, status, code)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), wait)
	defer cancel()
	// listen opens a subscription with a token in connection_init.
	listen := func(token string) *websocket.Conn {
		t.Helper()
		conn := connect(ctx, t, g.Server, "graphql-transport-ws")
		for _, m := range []string{
			`{"type":"connection_init","payload":{"Authorization":"Bearer ` + token + `"}}`,
			`{"id":"a","type":"subscribe","payload":{"query":"subscription { registryChanged { action } }"}}`,
		} {
			if err := conn.Write(ctx, websocket.MessageText, []byte(m)); err != nil {
				t.Fatal(err)
			}
		}
		return conn
	}
	ends := func(conn *websocket.Conn) websocket.StatusCode {
		for {
			if _, _, err := conn.Read(ctx); err != nil {
				return websocket.CloseStatus(err)
			}
		}
	}
	if code := ends(listen("wrong")); code != 4403 {
		t.Errorf("a wrong key: closed with %d", code)
	}
	expiring, ending := listen(brief), listen(revoked)
	if _, _, err := ending.Read(ctx); err != nil { // connection_ack
		t.Fatal(err)
	}
	if code := ends(expiring); code != 4401 {
		t.Errorf("a key that expired: closed with %d", code)
	}
	if status, _, code := g.ask(t, brief, query, nil); status != 401 || code != "UNAUTHENTICATED" {
		t.Errorf("an expired key: %d %s", status, code)
	}
	if status, _, _ := g.ask(t, revoked, query, nil); status != 200 {
		t.Errorf("before it is revoked: %d", status)
	}
	if _, data, code := g.ask(t, g.admin, `mutation($id: ID!) { apiKeyRevoke(input: {id: $id}) { apiKey { revokedAt } userErrors { code } } }`, map[string]any{"id": id}); code != "" || augurtest.At(t, data, "apiKeyRevoke.apiKey.revokedAt") == nil {
		t.Errorf("%s %v", code, data)
	}
	if status, _, _ := g.ask(t, revoked, query, nil); status != 401 {
		t.Errorf("after it was revoked: %d", status)
	}
	// The next event finds that the key holds no more.
	if _, _, code := g.ask(t, g.admin, `mutation { modelCreate(input: {name: "m"}) { userErrors { code } } }`, nil); code != "" {
		t.Fatal(code)
	}
	if code := ends(ending); code != 4401 {
		t.Errorf("a key that was revoked: closed with %d", code)
	}
}

// TestLocalOnly: without authentication a server that others can reach does not start.
func TestLocalOnly(t *testing.T) {
	c := server.DefaultConfig()
	c.HTTP.Listen = "0.0.0.0:0"
	if err := c.Validate(); augur.CodeOf(err) != augur.InvalidArgument {
		t.Errorf("%v", err)
	}
	c.Auth.Keys = true
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
}
