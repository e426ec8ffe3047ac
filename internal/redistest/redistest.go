// Package redistest gives tests a Redis: the one that AUGUR_TEST_REDIS names
// (make test starts one), or a process of their own, which they may stop, hold
// up and fill.
package redistest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// ServerVariable names the environment variable with the URL of a Redis.
const ServerVariable = "AUGUR_TEST_REDIS"

// URL is that of a Redis that is empty of what begins with augur:, at least
// when the test begins. Tests in parallel need one of their own each: Start.
func URL(t testing.TB) string {
	t.Helper()
	if url := os.Getenv(ServerVariable); url != "" {
		return url
	}
	return Start(t).URL
}

// Server is a private Redis.
type Server struct {
	URL  string
	addr string
	dir  string
	args []string
	cmd  *exec.Cmd
}

// Start starts a Redis with further arguments, killed when the test ends. It
// skips the test where none is installed, except under CI, where it fails.
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("redis-server is missing: make deps")
		}
		t.Skip("redis-server is missing: make deps installs it")
	}
	s := Reserve(t, args...)
	s.Run(t)
	return s
}

// Reserve is a Redis that does not run yet.
func Reserve(t testing.TB, args ...string) *Server {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	s := &Server{URL: "redis://" + addr + "/0", addr: addr, dir: t.TempDir(), args: args}
	t.Cleanup(s.Kill)
	return s
}

// Run starts a server that does not run, and waits until it answers.
func (s *Server) Run(t testing.TB) {
	t.Helper()
	_, port, _ := net.SplitHostPort(s.addr)
	s.cmd = exec.Command("redis-server", append([]string{
		"--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", s.dir, "--logfile", s.dir + "/log",
	}, s.args...)...)
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	client := s.Client(t)
	for until := time.Now().Add(10 * time.Second); ; {
		err := client.Ping(context.Background()).Err()
		if err == nil {
			return
		}
		if time.Now().After(until) {
			log, _ := os.ReadFile(s.dir + "/log")
			t.Fatalf("Redis did not start: %v\n%s", err, log)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// Client is a client of the server, closed when the test ends.
func (s *Server) Client(t testing.TB) *redis.Client {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: s.addr, MaxRetries: -1, DialerRetries: 1})
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// Kill ends the server as a crash does. One that does not run is left.
func (s *Server) Kill() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

// Pause holds the server up: connections stay open and nothing is answered.
func (s *Server) Pause(t testing.TB) { s.signal(t, syscall.SIGSTOP) }

// Resume ends Pause.
func (s *Server) Resume(t testing.TB) { s.signal(t, syscall.SIGCONT) }

func (s *Server) signal(t testing.TB, sig syscall.Signal) {
	t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		t.Fatal(fmt.Errorf("signal Redis: %w", err))
	}
}
