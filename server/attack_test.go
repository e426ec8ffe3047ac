package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"augur/internal/augurtest"
	"augur/server"
)

// TestAttacks sends what takes other servers down, and holds each against 50 ms
// of processor time and 1 MB of memory, the client's own share included.
func TestAttacks(t *testing.T) {
	s := augurtest.Start(t)
	field := func(n int, text string) string { return "{" + strings.Repeat(text+" ", n) + "}" }
	numbered := func(n int, format string) string {
		var b strings.Builder
		b.WriteByte('{')
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String() + "}"
	}
	fanOut := "{...f0}"
	for i := range 17 {
		fanOut += fmt.Sprintf(" fragment f%d on Query{...f%d ...f%d}", i, i+1, i+1)
	}
	fanOut += " fragment f17 on Query{__typename}"
	merged := "id "
	for range 3 {
		merged = "models{nodes{" + strings.Repeat(merged, 6) + "}} "
	}
	for _, tc := range []struct {
		name, query string
		status      int
		says        string
	}{
		{"1,000 times the same field", field(1000, "__typename"), 400, "selected more than 30 times"},
		{"3,000 times the same field", field(3000, "__typename"), 400, "exceeded token limit"},
		{"10,000 times the same field", field(5000, "__typename"), 400, "exceeded token limit"},
		{"150,000 times the same field", field(150_000, "__typename"), 413, "at most 65536 bytes"},
		{"the same field in fragments that are merged", "{" + strings.Repeat("...{__typename} ", 400) + "}", 400, "selected more than 30 times"},
		{"the same fields on three levels", "{" + merged + "}", 400, "selected more than 30 times"},
		{"500 times the same field of the schema", "{__schema{types{" + strings.Repeat("name ", 500) + "}}}", 400, "selected more than 30 times"},
		{"20,000 unknown fields", numbered(8000, "u%d "), 400, "exceeded token limit"},
		{"1,900 unknown fields", numbered(1900, "u%d "), 400, "more than 50 fields do not exist"},
		{"900 unknown fields below", "{viewer" + numbered(900, "u%d ") + "}", 400, "more than 50 fields do not exist"},
		{"1,900 aliases", numbered(600, "a%d:__typename "), 400, "at most"},
		{"150 aliases below", "{viewer" + numbered(150, "a%d:name ") + "}", 400, "150 aliases, at most 100"},
		{"50 fields at the top", numbered(50, "a%d:__typename "), 400, "at most 20 are allowed"},
		{"400 directives", "{__typename " + strings.Repeat("@include(if:true) ", 200) + "}", 400, "200 directives, at most 50"},
		{"a query of 20 MiB", "{" + strings.Repeat(" ", 20<<20) + "__typename}", 413, "at most 65536 bytes"},
		{"fragments that double 17 times", fanOut, 400, "the operation is too large"},
		{"fragments that go round in circles", "{...a} fragment a on Query{...b} fragment b on Query{...a}", 400, ""},
		{"nesting of 1,900 brackets", strings.Repeat("{a", 1900) + strings.Repeat("}", 1900), 400, ""},
		{"nesting of 900 lists", "{models(where:{and:" + strings.Repeat("[", 900) + strings.Repeat("]", 900) + "}){nodes{id}}}", 400, ""},
		{"introspection in circles", "{__schema{types{" + strings.Repeat("fields{type{", 6) + "name" + strings.Repeat("}}", 6) + "}}}", 400, ""},
		{"a page of pages", "{models(first:100){nodes{versions(first:100){nodes{metricPoints(name:\"a\",first:100){nodes{id}}}}}}}", 400, "complexity"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			body, _ := json.Marshal(map[string]string{"query": tc.query})
			cpu, memory := time.Hour, uint64(1<<62)
			for range 3 { // others are at work on the machine and in this process
				before, allocated := spent(), heap()
				status, text := attack(t, s.URL(), body)
				cpu, memory = min(cpu, spent()-before), min(memory, heap()-allocated)
				if status != tc.status || !strings.Contains(text, tc.says) {
					t.Fatalf("got %d, want %d with %q: %.300s", status, tc.status, tc.says, text)
				}
				if len(text) > 32<<10 {
					t.Errorf("an answer of %d bytes", len(text))
				}
			}
			t.Logf("%v, %d kB", cpu, memory>>10)
			if cpu > 50*time.Millisecond {
				t.Errorf("%v of processor time, want at most 50 ms", cpu)
			}
			if memory > 1<<20 {
				t.Errorf("%d bytes allocated, want at most 1 MB", memory)
			}
		})
	}
}

// rest is what a body has beyond its first MiB: it never comes, so that a server
// that waits for it does not answer.
type rest struct {
	ctx  context.Context //nolint:containedctx // a reader has no other way to end
	size int
}

func (r *rest) Read([]byte) (int, error) {
	if r.size <= 0 {
		return 0, io.EOF
	}
	<-r.ctx.Done()
	return 0, r.ctx.Err()
}

// attack posts a body whose bytes are made before.
func attack(t *testing.T, url string, body []byte) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/graphql", io.MultiReader(bytes.NewReader(body[:min(len(body), 1<<20)]), &rest{t.Context(), len(body) - 1<<20}))
	if err != nil {
		t.Fatal(err)
	}
	req.ContentLength = int64(len(body))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/graphql-response+json")
	hc := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // leaves no goroutine behind
	res, err := hc.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// spent is the processor time of this process.
func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// heap is all that has ever been allocated.
func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// TestDistinctQueriesAreNotKept sends many large queries, each another, and
// holds what stays against the bound of the cache.
func TestDistinctQueriesAreNotKept(t *testing.T) {
	s := augurtest.Start(t, augurtest.WithConfig(func(c *server.Config) { c.GraphQL.QueryCache = 64 << 10 }))
	live := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	text := func(i int) []byte {
		query := fmt.Sprintf("query q%d{viewer{name} %s}", i, strings.Repeat("__typename ", 15))
		body, _ := json.Marshal(map[string]string{"query": query + strings.Repeat(" ", 12_000)})
		return body
	}
	attack(t, s.URL(), text(-1))
	before := live()
	for i := range 300 { // 3.6 MB of text
		if status, answer := attack(t, s.URL(), text(i)); status != 200 {
			t.Fatalf("got %d: %s", status, answer)
		}
	}
	if after := live(); after > before+2<<20 {
		t.Errorf("%d bytes stay", after-before)
	}
}

// TestOtherOrigins: pages elsewhere may do nothing, or, where they are named, see
// the answers too.
func TestOtherOrigins(t *testing.T) {
	const friend, stranger = "https://dash.example.com", "https://evil.example.com"
	s := augurtest.Start(t, augurtest.WithConfig(func(c *server.Config) { c.HTTP.TrustedOrigins = []string{friend} }))
	for _, tc := range []struct {
		name, method, path string
		header             map[string]string
		body               string
		status             int
		allowed            string
	}{
		{"no browser", "POST", "/graphql", map[string]string{"Content-Type": "application/json"}, `{"query":"{__typename}"}`, 200, ""},
		{"a stranger's POST", "POST", "/graphql", map[string]string{"Content-Type": "application/json", "Origin": stranger}, `{"query":"{__typename}"}`, 403, ""},
		{"a stranger's form", "POST", "/graphql", map[string]string{"Content-Type": "multipart/form-data; boundary=x", "Origin": stranger}, "--x--", 403, ""},
		{"a form of no browser", "POST", "/graphql", map[string]string{"Content-Type": "multipart/form-data; boundary=x"}, "--x--", 415, ""},
		{"a stranger's GET", "GET", "/graphql?query=%7B__typename%7D", map[string]string{"Origin": stranger}, "", 403, ""},
		{"a stranger's image", "GET", "/graphql?query=%7B__typename%7D", map[string]string{"Sec-Fetch-Site": "cross-site"}, "", 403, ""},
		{"a stranger's preflight", "OPTIONS", "/graphql", map[string]string{"Origin": stranger, "Access-Control-Request-Method": "POST"}, "", 403, ""},
		{"the origin null", "GET", "/graphql?query=%7B__typename%7D", map[string]string{"Origin": "null"}, "", 403, ""},
		{"a friend's POST", "POST", "/graphql", map[string]string{"Content-Type": "application/json", "Origin": friend, "Sec-Fetch-Site": "cross-site"}, `{"query":"{__typename}"}`, 200, friend},
		{"a friend's preflight", "OPTIONS", "/graphql", map[string]string{"Origin": friend, "Access-Control-Request-Method": "POST"}, "", 204, friend},
		{"a stranger and the schema", "GET", "/schema.graphqls", map[string]string{"Origin": stranger}, "", 403, ""},
		{"the schema", "GET", "/schema.graphqls", nil, "", 200, ""},
		{"the own page", "POST", "/graphql", map[string]string{"Content-Type": "application/json", "Origin": s.URL(), "Sec-Fetch-Site": "same-origin"}, `{"query":"{__typename}"}`, 200, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			header := http.Header{}
			for k, v := range tc.header {
				header.Set(k, v)
			}
			res := s.Send(t, tc.method, tc.path, header, strings.NewReader(tc.body))
			if res.Status != tc.status || res.Header.Get("Access-Control-Allow-Origin") != tc.allowed {
				t.Errorf("got %d and Access-Control-Allow-Origin %q, want %d and %q", res.Status, res.Header.Get("Access-Control-Allow-Origin"), tc.status, tc.allowed)
			}
			if tc.path == "/schema.graphqls" && tc.status == 200 && !bytes.Contains(res.Body, []byte("type Query {")) {
				t.Errorf("got no schema: %.100s", res.Body)
			}
		})
	}
}

// TestTheSchemaIsHidden where introspection is off.
func TestTheSchemaIsHidden(t *testing.T) {
	s := augurtest.Start(t, augurtest.WithConfig(func(c *server.Config) { c.GraphQL.Introspection, c.GraphQL.Playground = false, false }))
	for _, path := range []string{"/schema.graphqls", "/playground/"} {
		if res := s.Send(t, http.MethodGet, path, nil, nil); res.Status != 404 {
			t.Errorf("%s: got %d, want 404", path, res.Status)
		}
	}
	for query, hidden := range map[string]string{"{__schema{types{name}}}": "PredictInput", "{modelz{name}}": "models"} {
		body, _ := json.Marshal(map[string]string{"query": query})
		if _, text := attack(t, s.URL(), body); strings.Contains(text, hidden) || !strings.Contains(text, `"errors"`) {
			t.Errorf("%s: %s", query, text)
		}
	}
}
