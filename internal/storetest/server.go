package storetest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"augur"
	"augur/store"
)

// Server is a private PostgreSQL, which tests may stop and start.
type Server struct {
	// Config is a record in it.
	Config store.Config

	postgres string // the program
	dir      string
	addr     string
	cmd      *exec.Cmd
	as       *syscall.Credential // PostgreSQL refuses to run as root
}

// StartServer starts a PostgreSQL of the test's own, killed when it ends. It skips
// the test where none is installed, except under CI, where it fails.
func StartServer(t testing.TB) *Server {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if path, err := exec.LookPath("initdb"); err == nil {
		found = append(found, path)
	}
	if len(found) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("PostgreSQL is missing: make deps")
		}
		t.Skip("PostgreSQL is missing: make deps installs it")
	}
	slices.Sort(found)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{postgres: filepath.Join(filepath.Dir(found[len(found)-1]), "postgres"), addr: free.Addr().String()}
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	s.Config.URL = augur.Secret("postgres://postgres@" + s.addr + "/postgres?sslmode=disable")
	// Not in t.TempDir, into whose parents the user of PostgreSQL may not look.
	if s.dir, err = os.MkdirTemp("", "augur-postgres."); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Kill()
		if err := os.RemoveAll(s.dir); err != nil {
			t.Error(err)
		}
	})
	if os.Geteuid() == 0 {
		if s.as, err = credentialOf("postgres"); err == nil {
			err = os.Chown(s.dir, int(s.as.Uid), int(s.as.Gid))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if out, err := s.command(found[len(found)-1], "-D", s.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s.Run(t)
	return s
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as}
	return cmd
}

// Run starts a server that does not run, and waits until it answers.
func (s *Server) Run(t testing.TB) {
	t.Helper()
	_, port, _ := net.SplitHostPort(s.addr)
	s.cmd = s.command(s.postgres, "-D", s.data(), "-k", s.dir, "-c", "listen_addresses=127.0.0.1", "-c", "port="+port, "-c", "fsync=off")
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }() // the child has its own
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for until := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		conn, err := pgx.Connect(context.Background(), s.Config.URL.Reveal())
		if err == nil {
			_ = conn.Close(context.Background())
			return
		}
		if time.Now().After(until) {
			text, _ := os.ReadFile(log.Name())
			t.Fatalf("PostgreSQL did not start: %v\n%s", err, text)
		}
	}
}

// Kill ends the server without letting anybody finish, as a failover does. One
// that does not run is left.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGQUIT) // its immediate shutdown, which ends its children too
	_ = s.cmd.Wait()
	s.cmd = nil
}

func credentialOf(name string) (*syscall.Credential, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL refuses to run as root: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}
