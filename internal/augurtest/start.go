package augurtest

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"augur"
	"augur/client"
	"augur/server"
)

// prepared is set once Child has been called, by TestMain alone.
var prepared bool

// Child makes the test binary the child process in which its servers try new
// files. Main calls it; a TestMain of another kind must begin with it.
func Child() {
	if len(os.Args) > 1 && os.Args[1] == "probe" {
		os.Exit(server.ProbeMain(os.Args[2:], os.Stdout))
	}
	prepared = true
}

// Main runs the tests of a package that starts servers, and fails when a test
// leaves a goroutine behind.
func Main(m *testing.M, options ...goleak.Option) {
	Child()
	goleak.VerifyTestMain(m, options...)
}

// Server is a running server and a client of it.
type Server struct {
	*server.Server
	// Client speaks to the server.
	Client *client.Client
	// Config is what it was started with.
	Config server.Config
	// Logs holds what it has logged.
	Logs *Buffer

	once sync.Once
}

// Option changes how a server is started.
type Option func(*server.Config)

// WithModels imports the demo models, examples/models.
func WithModels() Option { return WithImport(filepath.Join(Root(), "examples", "models")) }

// WithImport imports the models of a directory.
func WithImport(dir string) Option { return func(c *server.Config) { c.Import.Dir = dir } }

// WithDatabase uses another database than a temporary SQLite file, such as the
// one that internal/storetest makes on a PostgreSQL server.
func WithDatabase(url string) Option {
	return func(c *server.Config) { c.Database.URL = augur.Secret(url) }
}

// WithConfig changes anything.
func WithConfig(change func(*server.Config)) Option { return change }

// Start starts a server and stops it when the test ends. What it logged is
// shown when the test fails.
func Start(t testing.TB, options ...Option) *Server {
	t.Helper()
	if !prepared {
		t.Fatal("TestMain must call augurtest.Main or augurtest.Child: this binary would run its tests in the place of a probe")
	}
	cfg := server.DefaultConfig()
	cfg.HTTP.Listen = "127.0.0.1:0"
	cfg.HTTP.DrainTimeout = 5 * time.Second
	cfg.Data.Dir = t.TempDir()
	cfg.Log.Format, cfg.Log.Level = "text", "debug"
	for _, o := range options {
		o(&cfg)
	}
	logs := &Buffer{}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the server's log:\n%s", logs)
		}
	})
	s, err := server.New(cfg, server.Deps{Logs: logs, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := s.Start(ctx); err != nil {
		t.Fatalf("start the server: %v", err)
	}
	api, err := client.New(client.Config{URL: s.URL(), Pause: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	out := &Server{Server: s, Client: api, Config: cfg, Logs: logs}
	t.Cleanup(func() { out.Shutdown(t) })
	return out
}

// Shutdown stops the server before the test ends. It may be called more than once.
func (s *Server) Shutdown(t testing.TB) {
	t.Helper()
	s.once.Do(func() {
		s.Client.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := s.Stop(ctx); err != nil {
			t.Errorf("stop the server: %v", err)
		}
	})
}

// Root is the module's directory: the nearest one above the working directory
// with a go.mod.
func Root() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		above := filepath.Dir(dir)
		if above == dir {
			panic("augurtest: no go.mod above the working directory")
		}
		dir = above
	}
}

// Buffer is a bytes.Buffer that any number of goroutines may write to.
type Buffer struct {
	mu sync.Mutex // guards b
	b  bytes.Buffer
}

// Write appends p.
func (b *Buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

// String returns what has been written.
func (b *Buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
