package augurtest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"augur"
)

// Response is an answer of GraphQL as it came.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
	// Data and Errors are what Body holds. Numbers are float64.
	Data   map[string]any
	Errors []Error
}

// Error is an entry of a response's errors.
type Error struct {
	Message    string
	Path       []any
	Extensions map[string]any
}

// Code is the error's code, as in NOT_FOUND.
func (e Error) Code() augur.Code {
	code, _ := e.Extensions["code"].(string)
	return augur.Code(code)
}

// Do posts an operation and returns whatever comes.
func (s *Server) Do(t testing.TB, query string, variables any) *Response {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	r := s.Send(t, http.MethodPost, "/graphql", http.Header{"Content-Type": {"application/json"}, "Accept": {"application/graphql-response+json"}}, bytes.NewReader(body))
	var parsed struct {
		Data   map[string]any
		Errors []Error
	}
	if err := json.Unmarshal(r.Body, &parsed); err != nil {
		t.Fatalf("status %d, no JSON: %s", r.Status, r.Body)
	}
	r.Data, r.Errors = parsed.Data, parsed.Errors
	return r
}

// Query posts an operation that must succeed and returns its data: maps, lists,
// strings, float64 and bool, ready for go-cmp.
func (s *Server) Query(t testing.TB, query string, variables any) map[string]any {
	t.Helper()
	r := s.Do(t, query, variables)
	if len(r.Errors) > 0 || r.Status != http.StatusOK {
		t.Fatalf("status %d: %s", r.Status, r.Body)
	}
	return r.Data
}

// Send sends any request to the server.
func (s *Server) Send(t testing.TB, method, path string, header http.Header, body io.Reader) *Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, body)
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		if name == "Host" {
			req.Host = values[0]
			continue
		}
		req.Header[name] = values
	}
	hc := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true}, // leaves no goroutine behind
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := hc.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return &Response{Status: res.StatusCode, Header: res.Header, Body: text}
}

// At walks into decoded JSON by a dotted path, as in "models.nodes.0.name".
func At(t testing.TB, v any, path string) any {
	t.Helper()
	for part := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[part]
		case []any:
			i := 0
			for _, c := range part {
				if c < '0' || c > '9' {
					t.Fatalf("%q of %q is no index", part, path)
				}
				i = i*10 + int(c-'0')
			}
			if i >= len(x) {
				t.Fatalf("%q: the list has %d entries", path, len(x))
			}
			v = x[i]
		default:
			t.Fatalf("%q: nothing below %q", path, part)
		}
	}
	return v
}
