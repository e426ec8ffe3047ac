//go:build linux

package inference

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"augur/internal/storetest"
	"augur/store"
)

// TestLogOfADiskThatFails: a file system without a byte left, one that errs, and a
// database server that takes no writes.
func TestLogOfADiskThatFails(t *testing.T) {
	t.Run("full", logOnAFullFileSystem)
	t.Run("errs", logOnADiskThatErrs)
	t.Run("postgres full", logOnAFullTablespace)
	t.Run("postgres read-only", logReadOnly)
}

// logDisk says in the child of a test that it has what it needs to itself: its
// own mounts, or its own limits.
const logDisk = "INFERENCE_TEST_LOG_DISK"

// inChild runs the test in a process of its own and reports whether this is it.
func inChild(t *testing.T, attr *syscall.SysProcAttr) bool {
	t.Helper()
	if os.Getenv(logDisk) != "" {
		return true
	}
	var parts []string
	for part := range strings.SplitSeq(t.Name(), "/") {
		parts = append(parts, "^"+part+"$")
	}
	child := exec.Command(os.Args[0], "-test.run", strings.Join(parts, "/"), "-test.v")
	child.Env, child.SysProcAttr = append(os.Environ(), logDisk+"=1"), attr
	out, err := child.CombinedOutput()
	switch {
	case errors.Is(err, syscall.EPERM), errors.Is(err, syscall.EINVAL), errors.Is(err, syscall.ENOSPC):
		t.Skipf("no mounts of one's own here: %v", err)
	case err != nil:
		t.Errorf("%v\n%s", err, out)
	case strings.Contains(string(out), "--- SKIP"):
		t.Skipf("%s", out)
	case !strings.Contains(string(out), "--- PASS: "+t.Name()):
		t.Errorf("the child did not run the test:\n%s", out)
	}
	return false
}

// smallDisk mounts a file system of so many MB.
func smallDisk(t *testing.T, size int, options string) (dir string, mounted error) {
	t.Helper()
	dir = t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm%s", size, options)); err != nil {
		return dir, err
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir, nil
}

// fill takes all room that a disk has, to be given back.
func fill(t *testing.T, dir string) (free func()) {
	t.Helper()
	path := filepath.Join(dir, "ballast")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for size := 1 << 20; size > 0; {
		if _, err = f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal("the disk is not full:", err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Error(err)
		}
	}
}

// tight gives SQLite's write-ahead log no room that it had before.
func tight(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
}

// logOnAFullFileSystem has the record on a file system of 8 MB without a byte left.
func logOnAFullFileSystem(t *testing.T) {
	if !inChild(t, &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}) {
		return
	}
	dir, err := smallDisk(t, 8, "")
	if err != nil {
		t.Skip("no mounts here:", err)
	}
	var free func()
	path := filepath.Join(dir, "augur.db")
	logWhileFailing(t, storetest.SQLiteAt(path), false, func(t *testing.T, _ *store.Store) {
		t.Helper()
		tight(t, path)
		free = fill(t, dir)
	}, func(*testing.T, *store.Store) { free() })
}

// logOnADiskThatErrs lets no file grow: the system calls fail, and not for want
// of room.
func logOnADiskThatErrs(t *testing.T) {
	if !inChild(t, nil) {
		return
	}
	signal.Ignore(syscall.SIGXFSZ) // else the process ends
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	limit := func(t *testing.T, l syscall.Rlimit) {
		t.Helper()
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &l); err != nil {
			t.Fatal(err)
		}
	}
	cfg := storetest.SQLite(t)
	logWhileFailing(t, cfg, false, func(t *testing.T, _ *store.Store) {
		t.Helper()
		tight(t, cfg.URL.Reveal())
		limit(t, syscall.Rlimit{Cur: 4096, Max: before.Max})
	}, func(t *testing.T, _ *store.Store) {
		t.Helper()
		limit(t, before)
	})
}

// administrator is a connection to the server of the tests, as its owner.
func administrator(t *testing.T) *sql.DB {
	t.Helper()
	server := os.Getenv(storetest.ServerVariable)
	if server == "" {
		t.Skipf("%s is not set; make test starts a server and sets it", storetest.ServerVariable)
	}
	db, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func execute(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := db.ExecContext(context.Background(), s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
}

func databaseOf(t *testing.T, cfg store.Config) string {
	t.Helper()
	u, err := url.Parse(cfg.URL.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(u.Path, "/")
}

// logOnAFullTablespace has a PostgreSQL on this machine keep the record where no
// byte is left, for which it must be told by an administrator of the machine.
func logOnAFullTablespace(t *testing.T) {
	admin := administrator(t)
	owner, err := user.Lookup("postgres")
	if os.Getuid() != 0 || err != nil || !strings.Contains(os.Getenv(storetest.ServerVariable), "@127.0.0.1:") {
		t.Skip("needs root, and PostgreSQL on this machine")
	}
	dir, err := smallDisk(t, 32, ",mode=0700,uid="+owner.Uid+",gid="+owner.Gid)
	if err != nil {
		t.Skip("no mounts here:", err)
	}
	for at := dir; at != "/"; at = filepath.Dir(at) { // the server must find its way
		if info, err := os.Stat(at); err == nil && at != dir && info.Mode().Perm()&0o001 == 0 {
			if err := os.Chmod(at, info.Mode().Perm()|0o111); err != nil {
				t.Fatal(err)
			}
		}
	}
	space := "small_" + strconv.Itoa(os.Getpid())
	execute(t, admin, "CREATE TABLESPACE "+space+" LOCATION '"+dir+"'")
	t.Cleanup(func() { execute(t, admin, "DROP TABLESPACE "+space) })
	cfg := storetest.Postgres(t) // which is dropped before its space
	execute(t, admin, "ALTER DATABASE "+databaseOf(t, cfg)+" SET TABLESPACE "+space)
	var free func()
	logWhileFailing(t, cfg, false, func(t *testing.T, _ *store.Store) {
		t.Helper()
		free = fill(t, dir)
	}, func(*testing.T, *store.Store) { free() })
}

// logReadOnly has PostgreSQL take no writes, as after a switch to a standby, or
// from many a provider when the disk is full.
func logReadOnly(t *testing.T) {
	admin, cfg := administrator(t), storetest.Postgres(t)
	name := databaseOf(t, cfg)
	turn := func(to string) func(*testing.T, *store.Store) {
		return func(t *testing.T, _ *store.Store) {
			t.Helper()
			execute(t, admin, "ALTER DATABASE "+name+" "+to, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+name+"'")
		}
	}
	logWhileFailing(t, cfg, false, turn("SET default_transaction_read_only = on"), turn("RESET default_transaction_read_only"))
}
