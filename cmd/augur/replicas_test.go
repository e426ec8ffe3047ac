package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"augur/internal/augurtest"
	"augur/internal/redistest"
	"augur/internal/storetest"
)

// TestReplicasBehindNginx runs three servers on one PostgreSQL and one Redis
// behind a real nginx with the file of deploy/nginx, and load on it:
//
//   - one after the other is stopped and started: no request fails;
//   - one is killed: what may be repeated does not fail, and of the rest at most
//     what was in flight on it;
//   - Redis, then PostgreSQL is killed and started: predictions go on.
//
// SOAK_ROLLS repeats it all; make soak sets it.
func TestReplicasBehindNginx(t *testing.T) {
	postgres, redis := storetest.StartServer(t), redistest.Start(t)
	f := newFleet(t, postgres.Config.URL.Reveal(), redis.URL)
	for i := range f.ports {
		f.start(t, i)
	}
	f.startNginx(t)
	f.socket(t)
	rounds, err := strconv.Atoi(os.Getenv("SOAK_ROLLS"))
	if err != nil {
		rounds = 1
	}
	stop := f.load(t)
	defer stop()
	for range rounds {
		f.during(t, "a rolling restart", 0, func() {
			for i := range f.ports {
				f.stop(t, i)
				f.start(t, i)
			}
		})
		f.during(t, "a killed server", posters, func() {
			f.kill(t, 1)
			f.answer(t, 200)
		})
		f.start(t, 1)
		f.during(t, "a killed Redis", 0, func() { redis.Kill(); f.answer(t, 200); redis.Run(t); f.answer(t, 100) })
		f.during(t, "a killed PostgreSQL", 0, func() { postgres.Kill(); f.answer(t, 200); postgres.Run(t); f.answer(t, 100) })
	}
}

// posters and getters are how many clients send each kind of request, one at a time.
const posters, getters = 4, 2

// fleet is the servers, nginx and the load.
type fleet struct {
	dir     string
	ports   [3]int
	servers [3]*exec.Cmd
	args    []string

	http   *http.Client
	url    string
	posted count // predictions, which nginx must not repeat
	got    count // queries by GET, which it may
}

// count is what became of requests.
type count struct {
	answered, failed atomic.Int64
	first            atomic.Pointer[string] // the first failure since the last look
}

func (c *count) add(err error) {
	if err == nil {
		c.answered.Add(1)
		return
	}
	text := err.Error()
	c.first.CompareAndSwap(nil, &text)
	c.failed.Add(1)
}

func newFleet(t *testing.T, postgres, redis string) *fleet {
	t.Helper()
	// Not in t.TempDir, into whose parents nginx's workers may not look.
	dir, err := os.MkdirTemp("", "augur-fleet.")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // see above
		t.Fatal(err)
	}
	f := &fleet{dir: dir, args: []string{
		"--database.url", postgres, "--inference.redis-url", redis, "--artifacts.dir", filepath.Join(dir, "artifacts"), "--webhooks.key", "the same for all of them",
		"--import.dir", filepath.Join(augurtest.Root(), "examples", "models"), "--log.level", "warn",
		"--http.drain-delay", "500ms",
		"--http.drain-timeout", "8s",
	}}
	for i := range f.ports {
		f.ports[i] = freePort(t)
	}
	return f
}

// freePort is a port that nobody listens on, below those that connections of
// clients take: one of them could have it while its server is stopped.
func freePort(t *testing.T) int {
	t.Helper()
	for range 100 {
		port := 12_000 + mathrand.IntN(20_000)
		if l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			_ = l.Close()
			return port
		}
	}
	t.Fatal("there is no free port")
	return 0
}

// start starts a server and returns when it is ready.
func (f *fleet) start(t *testing.T, i int) {
	t.Helper()
	address := fmt.Sprintf("127.0.0.1:%d", f.ports[i])
	log, err := os.OpenFile(filepath.Join(f.dir, fmt.Sprintf("server-%d.log", i)), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }() // the child has its own
	cmd := exec.Command(augurCommand(t), append([]string{"serve", "--http.listen", address, "--data.dir", filepath.Join(f.dir, strconv.Itoa(i))}, f.args...)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "AUGUR_ONNXRUNTIME_LIB=" + library(t)} // none of the tests' own AUGUR_ variables
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	f.servers[i] = cmd
	t.Cleanup(func() {
		if f.servers[i] == cmd {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
		if t.Failed() {
			text, _ := os.ReadFile(log.Name())
			t.Logf("server %d said:\n%s", i, text)
		}
	})
	for until := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		res, err := http.Get("http://" + address + "/ready")
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(until) {
			t.Fatalf("server %d is not ready: %v", i, err)
		}
	}
}

// stop asks a server to end, which it must do within ten seconds.
func (f *fleet) stop(t *testing.T, i int) {
	t.Helper()
	began := time.Now()
	if err := f.servers[i].Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := f.servers[i].Wait(); err != nil {
		t.Errorf("server %d ended with %v", i, err)
	}
	f.servers[i] = nil
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("server %d took %s to stop", i, took)
	}
}

func (f *fleet) kill(t *testing.T, i int) {
	t.Helper()
	if err := f.servers[i].Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = f.servers[i].Wait() // it was killed
	f.servers[i] = nil
}

// startNginx starts nginx with the file of deploy/nginx, in which only addresses
// and places are others.
func (f *fleet) startNginx(t *testing.T) {
	t.Helper()
	path, err := exec.LookPath("nginx")
	if err != nil {
		path, err = exec.LookPath("/usr/sbin/nginx")
	}
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("nginx is missing: make deps")
		}
		t.Skip("nginx is missing: make deps installs it")
	}
	text, err := os.ReadFile(filepath.Join(augurtest.Root(), "deploy", "nginx", "nginx.conf"))
	if err != nil {
		t.Fatal(err)
	}
	plain, secure := freePort(t), freePort(t)
	replace := []string{
		"listen 8080", fmt.Sprintf("listen 127.0.0.1:%d", plain), "listen 8443", fmt.Sprintf("listen 127.0.0.1:%d", secure),
		"/etc/nginx/tls/", f.dir + "/", "/tmp/", f.dir + "/", "/dev/stdout", f.dir + "/access.log",
	}
	for i, port := range f.ports {
		replace = append(replace, fmt.Sprintf("augur-%d:8080", i+1), fmt.Sprintf("127.0.0.1:%d", port))
	}
	config := filepath.Join(f.dir, "nginx.conf")
	if err := os.WriteFile(config, []byte(strings.NewReplacer(replace...).Replace(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
	pool := f.certificate(t)
	var said augurtest.Buffer
	cmd := exec.Command(path, "-p", f.dir, "-c", config, "-g", "daemon off;")
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("nginx said:\n%s", &said)
		}
	})
	f.url = fmt.Sprintf("https://localhost:%d", secure)
	f.http = &http.Client{
		Timeout: 20 * time.Second,
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: pool}, MaxIdleConnsPerHost: posters + getters,
			// localhost may be ::1 too, where nginx does not listen here.
			DialContext: (&net.Dialer{}).DialContext,
		},
	}
	t.Cleanup(f.http.CloseIdleConnections)
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if err := f.get("/nginx-health", ""); err == nil {
			break
		} else if time.Now().After(until) {
			t.Fatalf("nginx does not answer: %v\n%s", err, &said)
		}
	}
	for _, closed := range []string{"/metrics", "/debug/pprof/"} {
		if err := f.get(closed, ""); err == nil || !strings.Contains(err.Error(), "404") {
			t.Errorf("%s is open to everybody: %v", closed, err)
		}
	}
}

// certificate makes one for localhost.
func (f *fleet) certificate(t *testing.T) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for name, text := range map[string][]byte{"tls.crt": public, "tls.key": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})} {
		if err := os.WriteFile(filepath.Join(f.dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(public)
	return pool
}

// socket opens a WebSocket through nginx and is greeted.
func (f *fleet) socket(t *testing.T) {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), f.url+"/graphql", &websocket.DialOptions{HTTPClient: &http.Client{Transport: f.http.Transport}, Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.CloseNow() }()
	if err := conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"connection_init"}`)); err != nil {
		t.Fatal(err)
	}
	if _, text, err := conn.Read(t.Context()); err != nil || !strings.Contains(string(text), "connection_ack") {
		t.Errorf("%s %v", text, err)
	}
}

// load sends requests until the returned function is called.
func (f *fleet) load(t *testing.T) (stop func()) {
	t.Helper()
	ended := make(chan struct{})
	var clients sync.WaitGroup
	each := func(n int, c *count, send func(i int) error) {
		for k := range n {
			clients.Go(func() {
				for i := k; ; i++ {
					select {
					case <-ended:
						return
					default:
						c.add(send(i))
					}
				}
			})
		}
	}
	each(posters, &f.posted, func(i int) error {
		row := strings.Replace(goodRow, `:0.3,`, ":"+strconv.FormatFloat(float64(i%997)/1000, 'f', -1, 64)+",", 1)
		return f.do(http.MethodPost, "/graphql", `{"query":"mutation($row: Row!) { predict(input: {model: \"road-risk\", data: {row: $row}}) { prediction { id } userErrors { message } } }","variables":{"row":`+row+`}}`, `"id":"prd_`)
	})
	each(getters, &f.got, func(int) error { return f.get("/graphql?query="+url.QueryEscape(`{ viewer { name } }`), `"anonymous"`) })
	return sync.OnceFunc(func() { close(ended); clients.Wait() })
}

func (f *fleet) get(path, want string) error { return f.do(http.MethodGet, path, "", want) }

func (f *fleet) do(method, path, body, want string) error {
	req, err := http.NewRequest(method, f.url+path, bytes.NewReader([]byte(body)))
	if err != nil {
		return err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := f.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err == nil && (res.StatusCode >= 300 || !strings.Contains(string(text), want)) {
		err = fmt.Errorf("status %d: %s", res.StatusCode, text)
	}
	return err
}

// answer returns when so many more requests of each kind have ended.
func (f *fleet) answer(t *testing.T, n int64) {
	t.Helper()
	for _, c := range []*count{&f.posted, &f.got} {
		start := c.answered.Load() + c.failed.Load()
		for until := time.Now().Add(time.Minute); c.answered.Load()+c.failed.Load() < start+n; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(until) {
				t.Fatal("hardly a request ends")
			}
		}
	}
}

// during does something under load and says what became of it: no request that
// may be repeated fails, and of the others at most so many.
func (f *fleet) during(t *testing.T, what string, most int64, do func()) {
	t.Helper()
	f.answer(t, 50)
	posted, got, failed, failedGets := f.posted.answered.Load(), f.got.answered.Load(), f.posted.failed.Load(), f.got.failed.Load()
	do()
	f.answer(t, 50)
	lost, lostGets := f.posted.failed.Load()-failed, f.got.failed.Load()-failedGets
	t.Logf("during %s: %d predictions and %d queries were answered, %d and %d failed", what, f.posted.answered.Load()-posted, f.got.answered.Load()-got, lost, lostGets)
	if lost > most {
		t.Errorf("during %s %d predictions failed, at most %d may: %s", what, lost, most, *f.posted.first.Load())
	}
	if lostGets > 0 {
		t.Errorf("during %s %d queries failed: %s", what, lostGets, *f.got.first.Load())
	}
	f.posted.first.Store(nil)
	f.got.first.Store(nil)
}
