package server

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"augur"
	"augur/registry/blob"
	"augur/telemetry"
)

// site is a server without its parts, over a real store of artifacts.
type site struct {
	*httptest.Server
	dir string
	log *bytes.Buffer
}

// everybody may read every artifact.
func everybody(context.Context, augur.Digest) error { return nil }

// newSite serves with a configuration, and for artifacts a store that may be nil.
func newSite(t *testing.T, change func(*Config), store artifactStore) *site {
	t.Helper()
	cfg := DefaultConfig()
	if change != nil {
		change(&cfg)
	}
	s := &site{dir: t.TempDir(), log: &bytes.Buffer{}}
	srv, err := New(cfg, Deps{Logs: s.log})
	if err != nil {
		t.Fatal(err)
	}
	if store == nil {
		store, err = blob.Open(blob.Config{Dir: s.dir, MaxSize: int64(cfg.Artifacts.MaxSize)})
		if err != nil {
			t.Fatal(err)
		}
	}
	tracing, err := telemetry.NewTracing(t.Context(), telemetry.TraceConfig{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	outer, err := srv.outer(tracing)
	if err != nil {
		t.Fatal(err)
	}
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Panic") != "" {
			panic("a secret thing went wrong")
		}
		_, _ = fmt.Fprintf(w, "page %s", r.URL.Path)
	})
	inner := srv.routes(nil, page, page, &artifacts{store: store, visible: everybody, maxSize: int64(cfg.Artifacts.MaxSize), log: srv.log}, nil)
	srv.handler.Store(&inner)
	s.Server = httptest.NewServer(outer)
	t.Cleanup(s.Close)
	return s
}

func (s *site) send(t *testing.T, method, path string, header http.Header, body io.Reader) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	if b, ok := body.(sized); ok {
		r.ContentLength = b.n
	}
	if host := header.Get("Host"); host != "" {
		r.Host = host
	}
	tr := &http.Transport{DisableKeepAlives: true, ExpectContinueTimeout: time.Minute}
	res, err := tr.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(text)
}

// problemOf reads the one form of errors outside GraphQL.
func problemOf(t *testing.T, body string) problemDetail {
	t.Helper()
	var p problemBody
	if err := json.Unmarshal([]byte(body), &p); err != nil || p.Error.Code == "" || p.Error.RequestID == "" {
		t.Fatalf("no problem: %s", body)
	}
	return p.Error
}

func digestOf(text string) augur.Digest {
	sum := sha256.Sum256([]byte(text))
	return augur.DigestOf(sum[:])
}

func TestArtifactsRoundTrip(t *testing.T) {
	s := newSite(t, nil, nil)
	const text = "the bytes of a model"
	path := "/artifacts/" + string(digestOf(text))

	if res, _ := s.send(t, http.MethodHead, path, nil, nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("HEAD before: %d", res.StatusCode)
	}
	for i, want := range []int{http.StatusCreated, http.StatusOK} {
		res, body := s.send(t, http.MethodPut, path, nil, strings.NewReader(text))
		var got stored
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != want || got != (stored{digestOf(text), int64(len(text)), i == 0}) {
			t.Errorf("PUT %d: %d %s", i+1, res.StatusCode, body)
		}
	}
	res, body := s.send(t, http.MethodGet, path, nil, nil)
	if res.StatusCode != http.StatusOK || body != text || res.ContentLength != int64(len(text)) || res.Header.Get("ETag") != `"`+string(digestOf(text))+`"` {
		t.Errorf("GET: %d %q %v", res.StatusCode, body, res.Header)
	}
	res, body = s.send(t, http.MethodHead, path, nil, nil)
	if res.StatusCode != http.StatusOK || body != "" || res.ContentLength != int64(len(text)) {
		t.Errorf("HEAD: %d %d", res.StatusCode, res.ContentLength)
	}
	res, body = s.send(t, http.MethodGet, path, http.Header{"Range": {"bytes=4-8"}}, nil)
	if res.StatusCode != http.StatusPartialContent || body != "bytes" || res.Header.Get("Content-Range") != "bytes 4-8/20" {
		t.Errorf("range: %d %q", res.StatusCode, body)
	}
	res, _ = s.send(t, http.MethodGet, path, http.Header{"If-None-Match": {res.Header.Get("ETag")}}, nil)
	if res.StatusCode != http.StatusNotModified {
		t.Errorf("If-None-Match: %d", res.StatusCode)
	}
	res, _ = s.send(t, http.MethodGet, path, http.Header{"Range": {"bytes=99-"}}, nil)
	if res.StatusCode != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("a range past the end: %d", res.StatusCode)
	}
}

func TestArtifactsRefuse(t *testing.T) {
	s := newSite(t, func(c *Config) { c.Artifacts.MaxSize = 64 }, nil)
	right := "/artifacts/" + string(digestOf("x"))
	for _, tc := range []struct {
		name, method, path string
		body               io.Reader
		status             int
		code               augur.Code
	}{
		{"other bytes", "PUT", right, strings.NewReader("y"), 400, augur.InvalidArgument},
		{"no digest", "PUT", "/artifacts/latest", strings.NewReader("y"), 400, augur.InvalidArgument},
		{"upper case", "GET", "/artifacts/" + strings.ToUpper(string(digestOf("x"))), nil, 400, augur.InvalidArgument},
		{"another hash", "GET", "/artifacts/md5:0cc175b9c0f1b6a831c399e269772661", nil, 400, augur.InvalidArgument},
		{"absent", "GET", right, nil, 404, augur.NotFound},
		{"too large", "PUT", right, strings.NewReader(strings.Repeat("x", 65)), 413, augur.InvalidArgument},
		{"too large, without a length", "PUT", right, io.MultiReader(strings.NewReader(strings.Repeat("x", 65))), 413, augur.InvalidArgument},
		{"a method that is not there", "POST", right, strings.NewReader("x"), 405, augur.InvalidArgument},
		{"outside", "GET", "/artifacts/..%2f..%2fetc%2fpasswd", nil, 400, augur.InvalidArgument},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res, body := s.send(t, tc.method, tc.path, nil, tc.body)
			if p := problemOf(t, body); res.StatusCode != tc.status || p.Code != tc.code {
				t.Errorf("%d %s", res.StatusCode, body)
			}
		})
	}
	if left := files(t, s.dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestExpectContinue: who asks first need not send what is there.
func TestExpectContinue(t *testing.T) {
	s := newSite(t, nil, nil)
	const text = "the bytes of a model"
	path := "/artifacts/" + string(digestOf(text))
	sent := 0
	body := func() io.Reader {
		return readFunc(func(p []byte) (int, error) {
			if sent == len(text) {
				return 0, io.EOF
			}
			n := copy(p, text[sent:])
			sent += n
			return n, nil
		})
	}
	header := http.Header{"Expect": {"100-continue"}}
	if res, answer := s.send(t, http.MethodPut, path, header, body()); res.StatusCode != http.StatusCreated || sent != len(text) {
		t.Fatalf("%d %s after %d bytes", res.StatusCode, answer, sent)
	}
	sent = 0
	if res, answer := s.send(t, http.MethodPut, path, header, body()); res.StatusCode != http.StatusOK || sent != 0 {
		t.Errorf("%d %s after %d bytes", res.StatusCode, answer, sent)
	}
	// A file that broke on the disk is not there: the upload mends it.
	for _, file := range files(t, s.dir) {
		if err := os.WriteFile(file, []byte("rot"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if res, answer := s.send(t, http.MethodGet, path, nil, nil); res.StatusCode != http.StatusPreconditionFailed {
		t.Errorf("broken: %d %s", res.StatusCode, answer)
	}
	sent = 0
	if res, answer := s.send(t, http.MethodPut, path, header, body()); res.StatusCode/100 != 2 || sent != len(text) {
		t.Errorf("%d %s after %d bytes", res.StatusCode, answer, sent)
	}
	if res, answer := s.send(t, http.MethodGet, path, nil, nil); res.StatusCode != http.StatusOK || answer != text {
		t.Errorf("mended: %d %q", res.StatusCode, answer)
	}
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }

// TestInterruptedUpload cuts the connection, and lets another stand still.
func TestInterruptedUpload(t *testing.T) {
	s := newSite(t, func(c *Config) { c.HTTP.BodyTimeout = 50 * time.Millisecond }, nil)
	head := "PUT /artifacts/" + string(digestOf("x")) + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf"
	dial := func() net.Conn {
		conn, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, head); err != nil {
			t.Fatal(err)
		}
		return conn
	}
	gone := dial()
	_ = gone.Close()

	still := dial()
	defer func() { _ = still.Close() }()
	res, err := http.ReadResponse(bufio.NewReader(still), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if p := problemOf(t, string(body)); res.StatusCode != http.StatusRequestTimeout || p.Code != augur.DeadlineExceeded {
		t.Errorf("stood still: %d %s", res.StatusCode, body)
	}
	s.Close() // waits for the handlers
	if left := files(t, s.dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// brokenStore fails in every way that a store can.
type brokenStore struct{ err error }

func (b brokenStore) Put(context.Context, augur.Digest, io.Reader) (int64, bool, error) {
	return 0, false, b.err
}

func (b brokenStore) Append(context.Context, augur.Digest, blob.Part, io.Reader) (int64, bool, error) {
	return 0, false, b.err
}

func (b brokenStore) Renew(context.Context, augur.Digest) (int64, error) { return 0, b.err }

func (b brokenStore) Check(context.Context, augur.Digest) (int64, error) { return 0, b.err }

func (b brokenStore) Received(augur.Digest) (int64, error) { return 0, b.err }

func (b brokenStore) Open(context.Context, augur.Digest) (string, func(), error) {
	return "", nil, b.err
}

// TestEveryCodeHasAStatus, and no cause reaches a client.
func TestEveryCodeHasAStatus(t *testing.T) {
	for _, code := range augur.Codes() {
		status, ok := httpStatus[code]
		if !ok {
			t.Errorf("%s has no status", code)
			continue
		}
		s := newSite(t, nil, brokenStore{&augur.Error{Code: code, Message: "for the caller", RetryAfter: 1500 * time.Millisecond, Err: errors.New("dsn=secret")}})
		res, body := s.send(t, http.MethodGet, "/artifacts/"+string(digestOf("x")), nil, nil)
		p := problemOf(t, body)
		if res.StatusCode != status || p.Code != code || res.Header.Get("Retry-After") != "2" {
			t.Errorf("%s: %d %s", code, res.StatusCode, body)
		}
		if strings.Contains(body, "secret") || (p.Message == "for the caller") == (code == augur.Internal) {
			t.Errorf("%s: %s", code, body)
		}
		if p.RequestID != res.Header.Get(telemetry.RequestIDHeader) {
			t.Errorf("%s: %s and %s", code, p.RequestID, res.Header.Get(telemetry.RequestIDHeader))
		}
		if logged := strings.Contains(s.log.String(), "dsn=secret"); logged != (code == augur.Internal) {
			t.Errorf("%s: the cause is in the log: %v", code, logged)
		}
	}
	if len(httpStatus) != len(augur.Codes()) {
		t.Errorf("%d statuses for %d codes", len(httpStatus), len(augur.Codes()))
	}
}

func TestScopesOfArtifacts(t *testing.T) {
	a := &artifacts{store: brokenStore{augur.Errorf(augur.NotFound, "none")}, visible: everybody, maxSize: 10}
	for _, tc := range []struct {
		who    *augur.Principal
		method string
		status int
	}{
		{nil, "GET", 401},
		{nil, "PUT", 401},
		{&augur.Principal{Scopes: []augur.Scope{augur.ScopePredict}}, "GET", 404},
		{&augur.Principal{Scopes: []augur.Scope{augur.ScopeRead}}, "PUT", 403},
		{&augur.Principal{Scopes: []augur.Scope{augur.ScopeWrite}}, "PUT", 404},
	} {
		r := httptest.NewRequest(tc.method, "/", strings.NewReader("x"))
		r.SetPathValue("digest", string(digestOf("x")))
		w := httptest.NewRecorder()
		map[string]http.HandlerFunc{"GET": a.get, "PUT": a.put}[tc.method](w, r.WithContext(augur.WithPrincipal(t.Context(), tc.who)))
		if w.Code != tc.status {
			t.Errorf("%s by %+v: %d %s", tc.method, tc.who, w.Code, w.Body)
		}
	}
}
