package transport_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"augur"
	"augur/graph/transport"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// The schema is small; what executes it answers every operation with {"ok": true}.
const sdl = `
directive @access(scope: Scope!) on FIELD_DEFINITION
enum Scope { PUBLIC READ PREDICT WRITE ADMIN }
type Query { ok: Boolean @access(scope: PUBLIC) thing: Thing @access(scope: READ) take(input: Choice, list: [Nest!]): Boolean @access(scope: READ) }
type Thing { name: String @access(scope: READ) secret: String @access(scope: ADMIN) predict: Boolean @access(scope: PREDICT) thing: Thing @access(scope: READ) }
type Mutation { change: Boolean @access(scope: WRITE) }
input Choice @oneOf { a: Int b: String }
input Nest { choice: Choice }
`

type schema struct{ s *ast.Schema }

func (s schema) Schema() *ast.Schema { return s.s }
func (schema) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}
func (schema) Exec(context.Context) graphql.ResponseHandler {
	return graphql.OneShot(&graphql.Response{Data: json.RawMessage(`{"ok":true}`)})
}

func start(t *testing.T, p *augur.Principal) *httptest.Server {
	t.Helper()
	return serve(t, p, transport.HTTP{MaxBody: 10_000, MaxQuery: 4_000})
}

func serve(t *testing.T, p *augur.Principal, plain transport.HTTP) *httptest.Server {
	t.Helper()
	srv := handler.New(schema{gqlparser.MustLoadSchema(&ast.Source{Input: sdl})})
	srv.AddTransport(plain)
	srv.Use(transport.Access{})
	srv.Use(&transport.OneOf{})
	srv.Use(&transport.Limits{Depth: 5, Fields: 50, RootFields: 10, Aliases: 12, Duplicates: 5, Directives: 5, Unknown: 3})
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		srv.ServeHTTP(w, r.WithContext(augur.WithPrincipal(r.Context(), p)))
	}))
	t.Cleanup(ts.Close)
	return ts
}

type answer struct {
	status int
	header http.Header
	body   string
	code   string
}

func send(t *testing.T, method, url, contentType, accept, body string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var out struct {
		Errors []struct{ Extensions struct{ Code string } }
	}
	_ = json.Unmarshal(text, &out) // a body that is no JSON has no code
	a := answer{status: res.StatusCode, header: res.Header, body: string(text)}
	if len(out.Errors) > 0 {
		a.code = out.Errors[0].Extensions.Code
	}
	return a
}

func post(query, variables string) string {
	body, _ := json.Marshal(map[string]any{"query": query, "variables": json.RawMessage(variables)})
	return string(body)
}

func TestHTTP(t *testing.T) {
	ts := start(t, augur.Anonymous())
	const gql, js = "application/graphql-response+json", "application/json"
	for name, c := range map[string]struct {
		method, query, contentType, accept, body string
		status                                   int
		media                                    string
	}{
		"ok":                        {"POST", "", js, "", `{"query":"{ok}"}`, 200, js},
		"ok, new media":             {"POST", "", js, gql, `{"query":"{ok}"}`, 200, gql},
		"charset":                   {"POST", "", "application/json; charset=UTF-8", gql, `{"query":"{ok}"}`, 200, gql},
		"latin1":                    {"POST", "", "application/json; charset=latin1", gql, `{"query":"{ok}"}`, 415, gql},
		"get":                       {"GET", "?query={ok}", "", gql, "", 200, gql},
		"get without query":         {"GET", "", "", gql, "", 400, gql},
		"get, bad variables":        {"GET", "?query={ok}&variables=[", "", gql, "", 400, gql},
		"get mutation":              {"GET", "?query=mutation{change}", "", gql, "", 405, gql},
		"text":                      {"POST", "", "text/plain", gql, `{"query":"{ok}"}`, 415, gql},
		"no content type":           {"POST", "", "", gql, `{"query":"{ok}"}`, 415, gql},
		"html":                      {"POST", "", js, "text/html", `{"query":"{ok}"}`, 406, js},
		"browser":                   {"GET", "?query={ok}", "", "text/html,*/*;q=0.8", "", 200, js},
		"not JSON":                  {"POST", "", js, gql, `{"query":`, 400, gql},
		"two values":                {"POST", "", js, gql, `{"query":"{ok}"} {}`, 400, gql},
		"array":                     {"POST", "", js, gql, `[{"query":"{ok}"}]`, 400, gql},
		"no query":                  {"POST", "", js, js, `{"qeury":"{ok}"}`, 400, js},
		"query is a number":         {"POST", "", js, gql, `{"query":7}`, 400, gql},
		"variables are a list":      {"POST", "", js, gql, `{"query":"{ok}","variables":[]}`, 400, gql},
		"parse error, new media":    {"POST", "", js, gql, `{"query":"{"}`, 400, gql},
		"parse error, old media":    {"POST", "", js, js, `{"query":"{"}`, 200, js},
		"unknown field, new media":  {"POST", "", js, gql, `{"query":"{no}"}`, 400, gql},
		"unknown field, old media":  {"POST", "", js, js, `{"query":"{no}"}`, 200, js},
		"wrong variable, new media": {"POST", "", js, gql, post("query($c: Choice){take(input:$c)}", `{"c":7}`), 400, gql},
		"large body":                {"POST", "", js, gql, `{"query":"{ok}","variables":{"x":"` + strings.Repeat("x", 10_000) + `"}}`, 413, gql},
		"large query":               {"POST", "", js, gql, `{"query":"{ok` + strings.Repeat(" ", 5_000) + `}"}`, 413, gql},
	} {
		t.Run(name, func(t *testing.T) {
			a := send(t, c.method, ts.URL+strings.NewReplacer("{", "%7B", "}", "%7D", "[", "%5B").Replace(c.query), c.contentType, c.accept, c.body)
			if a.status != c.status {
				t.Errorf("status %d, want %d: %s", a.status, c.status, a.body)
			}
			if got, want := a.header.Get("Content-Type"), c.media+"; charset=utf-8"; got != want {
				t.Errorf("Content-Type %q, want %q", got, want)
			}
			if hasData := strings.Contains(a.body, `"data"`); hasData != (a.status == 200 && a.code == "") {
				t.Errorf("data present: %v in %s", hasData, a.body)
			}
			if (a.status != 200) != (a.code != "") && !strings.Contains(name, "old media") {
				t.Errorf("code %q with status %d", a.code, a.status)
			}
			if c.status == 405 && a.header.Get("Allow") != "POST" {
				t.Errorf("Allow %q, want POST", a.header.Get("Allow"))
			}
		})
	}
}

func TestAccess(t *testing.T) {
	reader := &augur.Principal{Name: "reader", Scopes: []augur.Scope{augur.ScopeRead}}
	for name, c := range map[string]struct {
		principal *augur.Principal
		query     string
		code      augur.Code
	}{
		"public needs nobody":    {nil, "{ok}", ""},
		"typename needs nobody":  {nil, "{__typename}", ""},
		"nobody reads nothing":   {nil, "{thing{name}}", augur.Unauthenticated},
		"a reader reads":         {reader, "{thing{name}}", ""},
		"but no secret":          {reader, "{thing{name secret}}", augur.PermissionDenied},
		"nor behind an alias":    {reader, "{x:thing{name:secret}}", augur.PermissionDenied},
		"nor in a fragment":      {reader, "{thing{...f}} fragment f on Thing{secret}", augur.PermissionDenied},
		"nor in an inline one":   {reader, "{thing{... on Thing{secret}}}", augur.PermissionDenied},
		"nor deeper":             {reader, "{thing{thing{thing{secret}}}}", augur.PermissionDenied},
		"nor a change":           {reader, "mutation{change}", augur.PermissionDenied},
		"admin includes all":     {augur.Anonymous(), "{thing{secret predict}}", ""},
		"predict includes read":  {&augur.Principal{Scopes: []augur.Scope{augur.ScopePredict}}, "{thing{name predict}}", ""},
		"predict is no write":    {&augur.Principal{Scopes: []augur.Scope{augur.ScopePredict}}, "mutation{change}", augur.PermissionDenied},
		"skipped counts as well": {reader, "{thing{secret @skip(if: true)}}", augur.PermissionDenied},
	} {
		t.Run(name, func(t *testing.T) {
			a := send(t, "POST", start(t, c.principal).URL, "application/json", "", post(c.query, "{}"))
			if a.code != string(c.code) {
				t.Errorf("code %q, want %q: %s", a.code, c.code, a.body)
			}
		})
	}
}

func TestPredictionOverGETIsRefused(t *testing.T) {
	ts := start(t, augur.Anonymous())
	a := send(t, "GET", ts.URL+"?query="+url.QueryEscape("{thing{predict}}"), "", "application/graphql-response+json", "")
	if a.status != 400 || a.code != string(augur.FailedPrecondition) {
		t.Errorf("got %d %s: %s", a.status, a.code, a.body)
	}
}

func TestASchemaWithoutARuleIsRefused(t *testing.T) {
	s := gqlparser.MustLoadSchema(&ast.Source{Input: `type Query { open: Boolean }`})
	if err := (transport.Access{}).Validate(schema{s}); err == nil || !strings.Contains(err.Error(), "Query.open") {
		t.Errorf("got %v, want an error that names Query.open", err)
	}
}

func TestOneOf(t *testing.T) {
	ts := start(t, augur.Anonymous())
	const direct = "query($c: Choice){take(input:$c)}"
	const nested = "query($n: [Nest!]){take(list:$n)}"
	for name, c := range map[string]struct{ query, variables, want string }{
		"one":             {direct, `{"c":{"a":1}}`, ""},
		"absent":          {direct, `{}`, ""},
		"null":            {direct, `{"c":null}`, ""},
		"both":            {direct, `{"c":{"a":1,"b":"x"}}`, "a and b"},
		"none":            {direct, `{"c":{}}`, "got none"},
		"one null":        {direct, `{"c":{"a":null}}`, "a is null"},
		"one and null":    {direct, `{"c":{"a":1,"b":null}}`, "a and b"},
		"nested":          {nested, `{"n":[{"choice":{"a":1}},{"choice":{"b":"x"}}]}`, ""},
		"nested both":     {nested, `{"n":[{"choice":{"a":1}},{"choice":{"a":1,"b":"x"}}]}`, "$n.1.choice"},
		"list of one":     {nested, `{"n":{"choice":{}}}`, "got none"},
		"literal":         {`{take(input:{a:1})}`, `{}`, ""},
		"literal both":    {`{take(input:{a:1,b:"x"})}`, `{}`, "one"},
		"inside variable": {`query($a:Int!){take(input:{a:$a})}`, `{"a":1}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := send(t, "POST", ts.URL, "application/json", "", post(c.query, c.variables))
			if (a.code != "") != (c.want != "") || !strings.Contains(a.body, c.want) {
				t.Errorf("got %s, want an error with %q", a.body, c.want)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	ts := start(t, augur.Anonymous())
	fragments := "fragment a on Thing{...b ...b} fragment b on Thing{...c ...c} fragment c on Thing{...d ...d} fragment d on Thing{...e ...e} fragment e on Thing{...f ...f} fragment f on Thing{name thing{name}}"
	for name, c := range map[string]struct{ query, want string }{
		"depth ok":              {"{thing{thing{thing{thing{name}}}}}", ""},
		"too deep":              {"{thing{thing{thing{thing{thing{name}}}}}}", "deeper than 5"},
		"root fields":           {"{a:ok b:ok c:ok d:ok e:ok f:ok g:ok h:ok i:ok j:ok k:ok}", "at the top"},
		"fan-out":               {"{thing{...a}}" + fragments, "more than"},
		"aliases":               {"{thing{a:name b:name c:name d:name e:name f:name g:name h:name i:name j:name k:name l:name m:name}}", "13 aliases"},
		"duplicates":            {"{thing{name name name name name name}}", "name is selected more than 5 times"},
		"duplicates that merge": {"{...{thing{name}} ...{thing{name}} thing{name} thing{name} thing{name name}}", "name is selected more than 5 times"},
		"directives":            {"{thing{name @skip(if:false) @skip(if:false) @skip(if:false) ...@skip(if:false){name @skip(if:false)} a:name @skip(if:false)}}", "6 directives"},
		"unknown":               {"{a b c d}", "more than 3 fields do not exist"},
		"circles":               {"{thing{...a}} fragment a on Thing{...b} fragment b on Thing{...a}", "more than 50 fields"},
		"nested values":         {"{take(list:" + strings.Repeat("[", 70) + strings.Repeat("]", 70) + ")}", "nests deeper than 64"},
		"introspection":         {"{__schema{types{fields{type{ofType{ofType{ofType{name}}}}}}}}", ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := send(t, "POST", ts.URL, "application/json", "", post(c.query, "{}"))
			if (a.code == string(augur.InvalidArgument)) != (c.want != "") || !strings.Contains(a.body, c.want) {
				t.Errorf("got %s, want %q", a.body, c.want)
			}
		})
	}
}

// TestDraftStatuses are those of the newer draft of GraphQL over HTTP.
func TestDraftStatuses(t *testing.T) {
	ts := serve(t, augur.Anonymous(), transport.HTTP{Profile: transport.ProfileDraft})
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"ok":             {post("{ok}", "{}"), 200},
		"parse error":    {post("{", "{}"), 400},
		"unknown field":  {post("{no}", "{}"), 422},
		"wrong variable": {post("query($c: Choice){take(input:$c)}", `{"c":7}`), 422},
		"@oneOf":         {post("query($c: Choice){take(input:$c)}", `{"c":{}}`), 422},
		"no query":       {`{}`, 400},
		"no JSON":        {`{`, 400},
	} {
		for _, media := range []string{"application/json", "application/graphql-response+json"} {
			if a := send(t, "POST", ts.URL, "application/json", media, c.body); a.status != c.status {
				t.Errorf("%s, %s: status %d, want %d: %s", name, media, a.status, c.status, a.body)
			}
		}
	}
}

// TestTheRestOfABodyIsNotRead where its query is too long already, wherever in
// the body it stands.
func TestTheRestOfABodyIsNotRead(t *testing.T) {
	ts := serve(t, augur.Anonymous(), transport.HTTP{MaxQuery: 1000})
	for name, body := range map[string]string{
		"first":         `{"query":"` + strings.Repeat("x", 100_000) + `"}`,
		"escaped":       `{"query":"` + strings.Repeat(`\"`, 50_000) + `"}`,
		"after others":  `{"variables":{"a":[1,"query"]},"query":"` + strings.Repeat("x", 100_000) + `"}`,
		"as whole text": `{"query":"` + strings.Repeat("x", 2_000) + `"}`,
	} {
		if a := send(t, "POST", ts.URL, "application/json", "", body); a.status != 413 || !strings.Contains(a.body, "at most 1000 bytes") {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	long := `{"query":"{ok}","variables":{"x":"` + strings.Repeat("x", 100_000) + `"}}`
	if a := send(t, "POST", ts.URL, "application/json", "", long); a.status != 200 {
		t.Errorf("long variables: %d %s", a.status, a.body)
	}
}

// TestNobodyIsToldNames: suggestions are for those who may see the schema.
func TestNobodyIsToldNames(t *testing.T) {
	for p, want := range map[*augur.Principal]bool{nil: false, augur.Anonymous(): true} {
		a := send(t, "POST", start(t, p).URL, "application/json", "", post("{thin{name}}", "{}"))
		if got := strings.Contains(a.body, "Did you mean"); got != want || a.code == "" {
			t.Errorf("principal %v: %s", p, a.body)
		}
	}
}
