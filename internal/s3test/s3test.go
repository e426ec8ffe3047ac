// Package s3test gives tests an S3 server of their own, which they may stop and
// start again: versitygw over a temporary directory, built by scripts/s3.
package s3test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// The one account of the server, and its one bucket.
const (
	AccessKey = "anna"
	SecretKey = "a secret of tests"
	Bucket    = "models"
)

// Server is a private S3 server.
type Server struct {
	// URL is the bucket, in the form of artifacts.url.
	URL  string
	addr string
	dir  string
	cmd  *exec.Cmd
}

// Start starts a server with an empty bucket, killed when the test ends. It
// skips the test where the program is missing, except under CI, where it fails.
func Start(t testing.TB) *Server {
	t.Helper()
	if _, err := os.Stat(program()); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("the S3 server is missing: scripts/s3 builds it")
		}
		t.Skip("the S3 server is missing: scripts/s3 builds it")
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{addr: free.Addr().String(), dir: t.TempDir()}
	_ = free.Close() // and hope that nobody takes it in between
	for _, dir := range []string{"data/" + Bucket, "meta"} {
		if err := os.MkdirAll(filepath.Join(s.dir, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s.URL = fmt.Sprintf("s3://anna:a%%20secret%%20of%%20tests@%s/here?endpoint=http://%s", Bucket, s.addr)
	s.Run(t)
	t.Cleanup(s.Stop)
	return s
}

// program is where scripts/s3 puts the server.
func program() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", ".build", "bin", "versitygw")
}

// Run starts the server again after Stop, with what it held.
func (s *Server) Run(t testing.TB) {
	t.Helper()
	s.cmd = exec.Command(program(), "--quiet", "--port", s.addr, "posix", "--sidecar", filepath.Join(s.dir, "meta"), filepath.Join(s.dir, "data"))
	s.cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+AccessKey, "ROOT_SECRET_KEY="+SecretKey)
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for until := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", s.addr)
		if err == nil {
			_ = conn.Close()
			return
		}
		if time.Now().After(until) {
			t.Fatalf("the S3 server does not answer: %v", err)
		}
	}
}

// Stop kills the server.
func (s *Server) Stop() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill() // it may have ended
		_ = s.cmd.Wait()         // killed
		s.cmd = nil
	}
}

// Files are the paths of the objects' own files.
func (s *Server) Files(t testing.TB) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(s.dir, "data", Bucket, "here", "sha256", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}
