package transport_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"augur"
	"augur/graph/transport"
)

const predicting = "query Warm{thing{predict}}"

func startWith(t *testing.T, mode transport.DocumentMode, manifest string, keep int) (ts *httptest.Server, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "documents.json")
	if err := os.WriteFile(path, []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	documents, err := transport.NewDocuments(mode, path, keep, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, augur.Anonymous(), transport.HTTP{Documents: documents}), path
}

func hashed(query string) (hash, extension string) {
	sum := sha256.Sum256([]byte(query))
	hash = hex.EncodeToString(sum[:])
	return hash, `"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + hash + `"}}`
}

func TestTrustedDocuments(t *testing.T) {
	hash, extension := hashed(predicting)
	deep := "{thing{thing{thing{thing{thing{name}}}}}}"
	manifest := `{"warm": "` + predicting + `", "` + hash + `": "` + predicting + `", "deep": "` + deep + `"}`
	apollo := `{"format":"apollo-persisted-query-manifest","version":1,"operations":[{"id":"warm","name":"Warm","type":"query","body":"` + predicting + `"}]}`
	for name, c := range map[string]struct {
		mode           transport.DocumentMode
		manifest, body string
		code           string
	}{
		"by id":                     {"prefer", manifest, `{"documentId":"warm"}`, ""},
		"by id of Apollo":           {"prefer", apollo, `{"documentId":"warm"}`, ""},
		"by hash":                   {"only", manifest, `{` + extension + `}`, ""},
		"by text":                   {"only", manifest, `{"query":"` + predicting + `"}`, ""},
		"by id and text":            {"only", manifest, `{"documentId":"warm","query":"` + predicting + `"}`, ""},
		"by id and another text":    {"prefer", manifest, `{"documentId":"warm","query":"{ok}"}`, "INVALID_ARGUMENT"},
		"not bounded in shape":      {"prefer", manifest, `{"documentId":"deep"}`, ""},
		"others are":                {"prefer", manifest, `{"query":"{a:thing{thing{thing{thing{thing{name}}}}}}"}`, "INVALID_ARGUMENT"},
		"others, preferred":         {"prefer", manifest, `{"query":"{ok}"}`, ""},
		"others, only":              {"only", manifest, `{"query":"{ok}"}`, "PERMISSION_DENIED"},
		"others with a hash, only":  {"only", manifest, `{"query":"{ok}",` + second(hashed("{ok}")) + `}`, "PERMISSION_DENIED"},
		"an unknown id":             {"prefer", manifest, `{"documentId":"no"}`, "NOT_FOUND"},
		"an unknown id, only":       {"only", manifest, `{"documentId":"no"}`, "PERMISSION_DENIED"},
		"off knows none":            {"off", manifest, `{"documentId":"warm"}`, "NOT_FOUND"},
		"introspection, only":       {"only", manifest, `{"query":"{__schema{types{name}}}"}`, "PERMISSION_DENIED"},
		"an id that is no string":   {"prefer", manifest, `{"documentId":7}`, "INVALID_ARGUMENT"},
		"the text with more spaces": {"only", manifest, `{"query":" ` + predicting + `"}`, "PERMISSION_DENIED"},
	} {
		t.Run(name, func(t *testing.T) {
			ts, _ := startWith(t, c.mode, c.manifest, 0)
			if a := send(t, "POST", ts.URL, "application/json", "", c.body); a.code != c.code {
				t.Errorf("code %q, want %q: %s", a.code, c.code, a.body)
			}
		})
	}
}

func second(_, b string) string { return b }

// A prediction may be asked for over GET where its document is trusted.
func TestATrustedDocumentMayPredictOverGET(t *testing.T) {
	ts, _ := startWith(t, "prefer", `{"warm": "`+predicting+`"}`, 0)
	for query, code := range map[string]string{"documentId=warm": "", "query=" + url.QueryEscape("{thing{predict}}"): "FAILED_PRECONDITION"} {
		if a := send(t, "GET", ts.URL+"?"+query, "", "", ""); a.code != code {
			t.Errorf("%s: code %q, want %q: %s", query, a.code, code, a.body)
		}
	}
}

func TestTheManifestIsReadAgain(t *testing.T) {
	ts, path := startWith(t, "only", `{"a": "{ok}"}`, 0)
	ask := func(id string) string {
		return send(t, "POST", ts.URL, "application/json", "", `{"documentId":"`+id+`"}`).code
	}
	await := func(id, code string) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); ask(id) != code; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s: code %q, want %q", id, ask(id), code)
			}
		}
	}
	if code := ask("b"); code != "PERMISSION_DENIED" {
		t.Fatalf("b: code %q", code)
	}
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"b": "{ok}", "c": "{ok}"}`)
	await("b", "")
	await("a", "PERMISSION_DENIED")
	write(`{broken`) // the last one that could be read stays
	time.Sleep(1100 * time.Millisecond)
	await("b", "")
	write(`{"d": "{ok}"}`)
	await("d", "")
}

func TestManifestsThatAreNone(t *testing.T) {
	for _, text := range []string{"", "[]", `{"a": 1}`, `{"a": ""}`, `{"operations": [{"id": "a"}]}`} {
		path := filepath.Join(t.TempDir(), "documents.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := transport.NewDocuments("only", path, 0, nil); augur.CodeOf(err) != augur.InvalidArgument {
			t.Errorf("%q: got %v", text, err)
		}
	}
	if _, err := transport.NewDocuments("prefer", "no/such/file", 0, nil); augur.CodeOf(err) != augur.InvalidArgument {
		t.Errorf("no file: got %v", err)
	}
}

// TestPersistedQueries is the exchange of Apollo's clients.
func TestPersistedQueries(t *testing.T) {
	_, extension := hashed("{ok}")
	ts, _ := startWith(t, "off", "", 500)
	ask := func(body string) answer { return send(t, "POST", ts.URL, "application/json", "", body) }
	for _, step := range []struct{ body, code, says string }{
		{`{` + extension + `}`, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound"},
		{`{"query":"{thing{name}}",` + extension + `}`, "INVALID_ARGUMENT", "not the hash"},
		{`{` + extension + `}`, "PERSISTED_QUERY_NOT_FOUND", ""},
		{`{"query":"{ok}",` + extension + `}`, "", ""},
		{`{` + extension + `}`, "", `{"data"`},
		{`{"extensions":{"persistedQuery":{"version":2,"sha256Hash":"a"}}}`, "INVALID_ARGUMENT", "expected 1"},
		{`{"extensions":{"persistedQuery":{"version":1}}}`, "INVALID_ARGUMENT", "sha256Hash"},
	} {
		if a := ask(step.body); a.code != step.code || !strings.Contains(a.body, step.says) {
			t.Errorf("%s: code %q, want %q: %s", step.body, a.code, step.code, a.body)
		}
	}
	// By GET, as a cache in front likes it.
	if a := send(t, "GET", ts.URL+"?extensions="+url.QueryEscape("{"+strings.TrimPrefix(extension, `"extensions":{`)), "", "", ""); a.code != "" {
		t.Errorf("by GET: %s", a.body)
	}
	// What is kept is bounded: others push it out.
	for i := range 20 {
		query := "{a" + strings.Repeat("b", i) + ":ok}"
		text, _ := json.Marshal(query)
		if a := ask(`{"query":` + string(text) + `,` + second(hashed(query)) + `}`); a.code != "" {
			t.Fatalf("%s: %s", query, a.body)
		}
	}
	known := 0
	for i := range 20 {
		if a := ask(`{` + second(hashed("{a"+strings.Repeat("b", i)+":ok}")) + `}`); a.code == "" {
			known++
		}
	}
	if known == 0 || known > 6 {
		t.Errorf("%d of 20 queries are kept in 500 bytes", known)
	}
	// A server that keeps none says so, and clients stop asking.
	none, _ := startWith(t, "off", "", 0)
	if a := send(t, "POST", none.URL, "application/json", "", `{`+extension+`}`); a.code != "PERSISTED_QUERY_NOT_SUPPORTED" {
		t.Errorf("got %s", a.body)
	}
}
