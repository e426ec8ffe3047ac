package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"augur"
	"augur/client"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start serves handler and returns a client that does not wait long.
func start(t *testing.T, handler http.HandlerFunc) *client.Client {
	t.Helper()
	ts := httptest.NewServer(handler)
	c, err := client.New(client.Config{URL: ts.URL + "/", Pause: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); ts.Close() })
	return c
}

func TestErrorsKeepWhatTheServerSaid(t *testing.T) {
	c := start(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Request-Id", "req_h")
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `{"errors":[{"message":"no","extensions":{"code":"PERMISSION_DENIED","requestId":"req_1","field":["input","name"]}}]}`)
	})
	err := c.Mutate(t.Context(), "mutation { x }", nil, nil)
	e, ok := errors.AsType[*client.Error](err)
	if !ok || e.Cause.Code != augur.PermissionDenied || e.Cause.Message != "no" || e.RequestID != "req_1" || e.Status != 403 || strings.Join(e.Cause.Field, ".") != "input.name" {
		t.Errorf("got %#v", err)
	}
	if augur.CodeOf(err) != augur.PermissionDenied {
		t.Errorf("no *augur.Error underneath: %v", err)
	}
}

func TestCodes(t *testing.T) {
	for _, tc := range []struct {
		status int
		body   string
		want   augur.Code
	}{
		{400, `{"errors":[{"message":"x","extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`, augur.InvalidArgument},
		{404, `{"error":{"code":"NOT_FOUND","message":"artifact"}}`, augur.NotFound},
		{404, `404 page not found`, augur.NotFound},
		{500, `<html>`, augur.Internal},
		{413, ``, augur.InvalidArgument},
		{200, `[]`, augur.InvalidArgument},
	} {
		c := start(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(tc.status)
			_, _ = io.WriteString(w, tc.body)
		})
		if err := c.Mutate(t.Context(), "x", nil, nil); augur.CodeOf(err) != tc.want {
			t.Errorf("%d %s: got %v (%v)", tc.status, tc.body, augur.CodeOf(err), err)
		}
	}
}

func TestOnlyWhatIsSafeIsRepeated(t *testing.T) {
	var calls atomic.Int64
	c := start(t, func(w http.ResponseWriter, _ *http.Request) {
		if calls.Add(1) < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, `{"data":{"n":12345678901234567890}}`)
	})
	var out struct{ N any }
	if err := c.Query(t.Context(), "{n}", nil, &out); err != nil || calls.Load() != 3 {
		t.Errorf("a query: %v after %d calls", err, calls.Load())
	}
	if out.N != json.Number("12345678901234567890") {
		t.Errorf("a wide integer became %v", out.N)
	}
	calls.Store(0)
	if err := c.Mutate(t.Context(), "mutation{n}", nil, &out); augur.CodeOf(err) != augur.Unavailable || calls.Load() != 1 {
		t.Errorf("a mutation: %v after %d calls", err, calls.Load())
	}
}

func TestUnreachable(t *testing.T) {
	ts := httptest.NewServer(nil)
	ts.Close()
	c, _ := client.New(client.Config{URL: ts.URL, Pause: time.Millisecond})
	defer c.Close()
	err := c.Health(t.Context())
	if augur.CodeOf(err) != augur.Unavailable || !strings.Contains(augur.AsError(err).Message, "nothing listens at "+ts.URL) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Query(ctx, "{x}", nil, nil); augur.CodeOf(err) != augur.Canceled {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := client.New(client.Config{URL: "127.0.0.1:8080"}); augur.CodeOf(err) != augur.InvalidArgument {
		t.Errorf("no scheme: %v", err)
	}
}

func TestUploadBeginsAgain(t *testing.T) {
	const body = "the bytes"
	var calls atomic.Int64
	c := start(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		got, _ := io.ReadAll(r.Body)
		if calls.Add(1) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		if string(got) != body || r.Header.Get("Content-Range") != "bytes 0-8/9" || r.ContentLength != int64(len(body)) || r.URL.Path != "/artifacts/sha256:x" {
			t.Errorf("%s %q %d", r.URL, got, r.ContentLength)
		}
		w.WriteHeader(http.StatusCreated)
	})
	var last int64
	created, err := c.UploadArtifact(t.Context(), "sha256:x", int64(len(body)), func(offset int64) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(body[offset:])), nil
	}, func(n int64) { last = n })
	if err != nil || !created || calls.Load() != 2 || last != int64(len(body)) {
		t.Errorf("created %v, %v after %d calls, %d bytes told", created, err, calls.Load(), last)
	}
}

// TestUploadGetsOn: each interrupted request brings a byte, and so the upload is
// not given up before its end; a server that says that the whole is wrong gets
// all of it again, once.
func TestUploadGetsOn(t *testing.T) {
	const body = "the bytes"
	var held []byte
	var ranges []string
	refused := false
	c := start(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			if len(held) > 0 {
				w.Header().Set("Upload-Offset", strconv.Itoa(len(held)))
			}
			w.WriteHeader(http.StatusNotFound)
			return
		}
		ranges = append(ranges, r.Header.Get("Content-Range"))
		if len(held) < len(body) {
			one := make([]byte, 1)
			_, _ = io.ReadFull(r.Body, one)
			held = append(held, one...)
			panic(http.ErrAbortHandler)
		}
		if !refused {
			refused, held = true, nil
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if string(held) != body {
			t.Errorf("held %q", held)
		}
		w.WriteHeader(http.StatusCreated)
	})
	created, err := c.UploadArtifact(t.Context(), "sha256:x", int64(len(body)), func(offset int64) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(body[offset:])), nil
	}, nil)
	if err != nil || !created || string(held) != body {
		t.Errorf("created %v, %v: held %q", created, err, held)
	}
	if got := strings.Join(ranges[7:12], " "); got != "bytes 7-8/9 bytes 8-8/9 bytes */9 bytes 0-8/9 bytes 1-8/9" {
		t.Errorf("sent %s", got)
	}
}

func TestPredict(t *testing.T) {
	c := start(t, func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Variables struct{ Input json.RawMessage }
		}
		_ = json.NewDecoder(r.Body).Decode(&in)
		if got := string(in.Variables.Input); got != `{"data":{"rows":[{"a":12345678901234567890}]},"model":"m","version":"live"}` {
			t.Errorf("sent %s", got)
		}
		_, _ = io.WriteString(w, `{"data":{"predict":{"prediction":{"id":"prd_1","values":[{"y":1},null],"cache":"MISS","modelVersion":{"version":"1.0.0","model":{"name":"m"}},"route":{"reason":"LIVE","ref":"live"},"timing":{"totalMs":0.5}},"userErrors":[{"code":"INVALID_ARGUMENT","message":"bad","field":["data","rows","1"]}]}}}`)
	})
	p, err := c.Predict(t.Context(), client.PredictInput{Model: "m", Version: "live", Rows: []json.RawMessage{json.RawMessage(`{"a":12345678901234567890}`)}})
	if err != nil || p.Version != "1.0.0" || len(p.Values) != 2 || string(p.Values[1]) != "null" || p.TotalMS != 0.5 || p.RowErrors[0].Err().Code != augur.InvalidArgument {
		t.Errorf("got %+v, %v", p, err)
	}
}

func TestDouble(t *testing.T) {
	got, _ := json.Marshal([]client.Double{1.5, client.Double(math.NaN()), client.Double(math.Inf(1)), client.Double(math.Inf(-1))})
	if string(got) != `[1.5,"NaN","Infinity","-Infinity"]` {
		t.Errorf("got %s", got)
	}
}
