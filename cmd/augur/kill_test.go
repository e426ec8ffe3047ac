package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"augur/client"
	"augur/internal/augurtest"
)

// augurCommand runs this test binary as the program augur.
func augurCommand(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("augur") // testscript.Main put it there
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// state is what the registry says of everything, ids and times aside.
const stateQuery = `{ models(first: 20, orderBy: [{field: NAME}]) { nodes { name owner aliases { name version { version } }
  versions(first: 20, orderBy: [{field: VERSION}]) { nodes { version status framework metadata artifact { digest }
    signature { features { name dtype range { min max } oneOf } outputs { name type classes } } metrics { name count last min max } } } } } }`

func state(t *testing.T, c *client.Client) any {
	t.Helper()
	var out any
	if err := c.Query(t.Context(), stateQuery, nil, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// point is one request of a push, where it is to be killed.
type point struct {
	name string
	// match says whether this is the request.
	match func(r *http.Request, body string) bool
	// after lets the server see the request, and holds back the answer.
	after bool
}

func mutation(name string) func(*http.Request, string) bool {
	return func(r *http.Request, body string) bool {
		return r.URL.Path == "/graphql" && strings.Contains(body, name+"(")
	}
}

// TestKillDuringPush kills augur push with SIGKILL at each of its steps: the
// server keeps serving, nothing is half registered, and pushing again ends in
// the same state as a push that nobody disturbed.
func TestKillDuringPush(t *testing.T) {
	folder := filepath.Join(augurtest.Root(), "examples", "models", "road-risk", "v1.1.0")
	push := func(ctx context.Context, server string) *exec.Cmd {
		cmd := exec.CommandContext(ctx, augurCommand(t), "push", folder, "--alias", "champion", "--server", server)
		cmd.WaitDelay = 10 * time.Second
		return cmd
	}
	calm := augurtest.Start(t)
	if out, err := push(t.Context(), calm.URL()).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := state(t, calm.Client)

	put := func(r *http.Request, _ string) bool { return r.Method == http.MethodPut }
	for _, p := range []point{
		{"while the file is sent", put, false},
		{"when the file is there", put, true},
		{"before modelCreate", mutation("modelCreate"), false},
		{"after modelCreate", mutation("modelCreate"), true},
		{"before modelVersionCreate", mutation("modelVersionCreate"), false},
		{"after modelVersionCreate", mutation("modelVersionCreate"), true},
		{"before metricsLog", mutation("metricsLog"), false},
		{"after metricsLog", mutation("metricsLog"), true},
		{"before aliasSet", mutation("aliasSet"), false},
	} {
		t.Run(p.name, func(t *testing.T) {
			s := augurtest.Start(t)
			ctx, kill := context.WithCancel(t.Context()) // exec kills with SIGKILL
			defer kill()
			between := newBetween(t, s.URL(), p, kill)
			if out, err := push(ctx, between.URL).CombinedOutput(); err == nil {
				t.Fatalf("the push was not killed: %s", out)
			}
			between.close()

			// Whatever is there is whole, and answers.
			for _, m := range models(t, s.Client) {
				for _, v := range m.Versions.Nodes {
					if v.Status != "READY" {
						t.Errorf("%s %s is %s", m.Name, v.Version, v.Status)
					}
					if _, err := s.Client.Predict(t.Context(), client.PredictInput{Model: m.Name, Version: v.Version, Rows: []json.RawMessage{json.RawMessage(goodRow)}}); err != nil {
						t.Errorf("%s %s: %v", m.Name, v.Version, err)
					}
				}
			}
			if out, err := push(t.Context(), s.URL()).CombinedOutput(); err != nil {
				t.Fatalf("pushing again: %v\n%s", err, out)
			}
			if diff := cmp.Diff(want, state(t, s.Client)); diff != "" {
				t.Errorf("after pushing again (-undisturbed +killed):\n%s", diff)
			}
			if left, err := os.ReadDir(filepath.Join(s.Config.Data.Dir, "artifacts", "tmp")); err != nil || len(left) != 0 {
				t.Errorf("left of the upload: %v, %v", left, err)
			}
		})
	}
}

// TestKillDuringUpload kills the server while an artifact arrives: what it had
// acknowledged is there when it is back, and a push sends only the rest.
func TestKillDuringUpload(t *testing.T) {
	home, program := t.TempDir(), augurCommand(t)
	env := []string{"AUGUR_ONNXRUNTIME_LIB=" + library(t)}
	folder := filepath.Join(augurtest.Root(), "examples", "models", "road-risk", "v1.1.0")
	file, err := os.ReadFile(filepath.Join(folder, "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	half := len(file) / 2
	path := "/artifacts/" + string(augurtest.Digest(file))
	received := func(d *daemon) string {
		t.Helper()
		res, err := http.Head(d.url + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.Header.Get("Upload-Offset")
	}
	defer http.DefaultClient.CloseIdleConnections()

	d := startDaemon(t.Fatalf, program, home, env)
	conn, err := net.Dial("tcp", strings.TrimPrefix(d.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: localhost\r\nContent-Range: bytes 0-%d/%d\r\nContent-Length: %d\r\n\r\n", path, len(file)-1, len(file), len(file))
	if _, err := conn.Write(file[:half]); err != nil {
		t.Fatal(err)
	}
	for until := time.Now().Add(10 * time.Second); received(d) != strconv.Itoa(half); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("%q of %d bytes were received", received(d), half)
		}
	}
	d.kill()

	d = startDaemon(t.Fatalf, program, home, env)
	defer d.kill()
	if got := received(d); got != strconv.Itoa(half) {
		t.Errorf("%q bytes are there after the kill, want %d", got, half)
	}
	var sent atomic.Int64
	between := newBetween(t, d.url, point{match: func(r *http.Request, _ string) bool {
		if r.Method == http.MethodPut {
			sent.Add(r.ContentLength)
		}
		return false
	}}, nil)
	defer between.close()
	push := exec.CommandContext(t.Context(), program, "push", folder, "--server", between.URL)
	if out, err := push.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := sent.Load(); got != int64(len(file)-half) {
		t.Errorf("the push sent %d of %d bytes, want %d", got, len(file), len(file)-half)
	}
}

const goodRow = `{"curvature":0.3,"lighting":"night","speed_limit":60,"num_lanes":2,"weather":"rainy","road_type":"urban","holiday":false,"num_reported_accidents":1}`

func models(t *testing.T, c *client.Client) []client.Model {
	t.Helper()
	all, err := c.Models(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// between is a proxy that, at one request, has the client killed.
type between struct {
	*httptest.Server
	transport *http.Transport
	requests  sync.WaitGroup
}

func newBetween(t *testing.T, to string, p point, kill func()) *between {
	t.Helper()
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	b := &between{transport: &http.Transport{DisableKeepAlives: true}}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.Transport = b.transport
	proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.requests.Add(1)
		defer b.requests.Done()
		body := ""
		if r.URL.Path == "/graphql" {
			text, err := io.ReadAll(r.Body)
			if err != nil {
				panic(http.ErrAbortHandler)
			}
			body = string(text)
			r.Body = io.NopCloser(strings.NewReader(body))
		}
		switch {
		case !p.match(r, body):
			proxy.ServeHTTP(w, r)
		case p.after:
			r = r.WithContext(context.WithoutCancel(r.Context()))
			proxy.ServeHTTP(unsent{}, r)
			kill()
			panic(http.ErrAbortHandler)
		case r.Method == http.MethodPut:
			r.Body = struct {
				io.Reader
				io.Closer
			}{io.MultiReader(io.LimitReader(r.Body, 1000), killer(kill), r.Body), r.Body}
			proxy.ServeHTTP(w, r)
		default:
			kill()
			panic(http.ErrAbortHandler)
		}
	}))
	return b
}

// unsent takes an answer that is never sent. A recorder would take 100 Continue
// for the whole answer, and fail the proxy before the kill.
type unsent http.Header

func (u unsent) Header() http.Header         { return http.Header(u) }
func (u unsent) Write(p []byte) (int, error) { return len(p), nil }
func (u unsent) WriteHeader(int)             {}

func (b *between) close() {
	b.Close()
	b.requests.Wait()
	b.transport.CloseIdleConnections()
}

// killer is a reader that kills and fails, as a cut connection does.
type killer func()

func (k killer) Read([]byte) (int, error) {
	k()
	return 0, io.ErrUnexpectedEOF
}

// TestKillDuringImport kills the whole server with SIGKILL again and again
// while it starts and imports; in the end everything is there once.
func TestKillDuringImport(t *testing.T) {
	dir := filepath.Join(augurtest.Root(), "examples", "models")
	calm := augurtest.Start(t, augurtest.WithImport(dir))
	want := state(t, calm.Client)

	home, program := t.TempDir(), augurCommand(t)
	env := []string{"AUGUR_ONNXRUNTIME_LIB=" + library(t)}
	for after := 20 * time.Millisecond; after < 500*time.Millisecond; after += 60 * time.Millisecond {
		cmd := exec.Command(program, "serve", "--http.listen", "127.0.0.1:0", "--import.dir", dir)
		cmd.Dir, cmd.Env = home, env
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// The moment is not to be waited for: any moment must do.
		time.Sleep(after)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // killed
	}
	d := startDaemon(t.Fatalf, program, home, env, "--import.dir", dir)
	defer d.kill()
	api, err := client.New(client.Config{URL: d.url})
	if err != nil {
		t.Fatal(err)
	}
	defer api.Close()
	if diff := cmp.Diff(want, state(t, api)); diff != "" {
		t.Errorf("(-undisturbed +killed):\n%s", diff)
	}
	if fmt.Sprint(want) == fmt.Sprint(state(t, augurtest.Start(t).Client)) {
		t.Error("nothing was imported")
	}
}

// TestKillKeepsTheLog kills a server that has logged predictions: what could be
// read before can be read after, and a server that is stopped loses nothing.
func TestKillKeepsTheLog(t *testing.T) {
	home, program := t.TempDir(), augurCommand(t)
	env := []string{"AUGUR_ONNXRUNTIME_LIB=" + library(t)}
	dir := filepath.Join(augurtest.Root(), "examples", "models")
	serve := func() (*daemon, *client.Client) {
		d := startDaemon(t.Fatalf, program, home, env, "--import.dir", dir)
		api, err := client.New(client.Config{URL: d.url})
		if err != nil {
			t.Fatal(err)
		}
		return d, api
	}
	predict := func(api *client.Client, n int) {
		t.Helper()
		for range n {
			if _, err := api.Predict(t.Context(), client.PredictInput{Model: "road-risk", Rows: []json.RawMessage{json.RawMessage(goodRow)}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	logged := func(api *client.Client) (records int, requests string) {
		t.Helper()
		var out struct {
			Predictions struct{ TotalCount int }
			Model       struct{ Serving struct{ Requests string } }
		}
		if err := api.Query(t.Context(), `{ predictions { totalCount } model(name: "road-risk") { serving { requests } } }`, nil, &out); err != nil {
			t.Fatal(err)
		}
		return out.Predictions.TotalCount, out.Model.Serving.Requests
	}

	d, api := serve()
	predict(api, 3)
	for until := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		records, requests := logged(api)
		if requests != "3" { // counted at once
			t.Fatalf("%s requests after 3 predictions", requests)
		}
		if records == 3 {
			break
		}
		if time.Now().After(until) {
			t.Fatalf("%d records after 3 predictions", records)
		}
	}
	api.Close()
	d.kill()

	d, api = serve()
	if records, _ := logged(api); records != 3 {
		t.Errorf("%d records after SIGKILL, want 3", records)
	}
	predict(api, 2)
	_, before := logged(api)
	api.Close()
	if err := d.stop(); err != nil {
		t.Fatal(err)
	}

	d, api = serve()
	defer d.kill()
	defer api.Close()
	if records, requests := logged(api); records != 5 || requests != before {
		t.Errorf("%d records and %s requests after SIGTERM, want 5 and %s", records, requests, before)
	}
}
