package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"augur"
	"augur/internal/augurtest"
)

// TestMain makes this test binary the program augur for the scripts and for the
// tests that kill it.
func TestMain(m *testing.M) {
	augurtest.Child()
	testscript.Main(leakless{m}, map[string]func(){"augur": func() { os.Exit(program()) }})
}

// leakless fails when the tests leave a goroutine behind.
type leakless struct{ m *testing.M }

func (l leakless) Run() int {
	code := l.m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	return code
}

// TestScripts runs testdata/*.txtar. Besides testscript's own commands a script
// has:
//
//	serve ARGS…    start augur serve on a free port and set AUGUR_URL
//	stop [kill]    end it, and check its exit status
//	token FILE     set AUGUR_TOKEN to what the file holds
//
// and the variables MODELS, examples/models, LIB, ONNX Runtime, and ROW, a row
// of road-risk.
func TestScripts(t *testing.T) {
	models := filepath.Join(augurtest.Root(), "examples", "models")
	lib := library(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Vars = append(env.Vars, "MODELS="+models, "LIB="+lib, "AUGUR_ONNXRUNTIME_LIB="+lib, "ROW="+goodRow)
			env.Values[daemonKey{}] = &daemonOf{}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg {
					ts.Fatalf("unsupported: ! serve")
				}
				d := startDaemon(ts.Fatalf, where(ts), ts.MkAbs("."), environment(ts), args...)
				ts.Setenv("AUGUR_URL", d.url)
				ts.Value(daemonKey{}).(*daemonOf).daemon = d
				ts.Defer(d.kill)
			},
			"token": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Setenv("AUGUR_TOKEN", strings.TrimSpace(ts.ReadFile(args[0])))
			},
			"stop": func(ts *testscript.TestScript, neg bool, args []string) {
				d := ts.Value(daemonKey{}).(*daemonOf).daemon
				if d == nil {
					ts.Fatalf("nothing to stop")
				}
				if len(args) > 0 {
					d.kill()
					return
				}
				if err := d.stop(); (err != nil) != neg {
					ts.Fatalf("augur serve: %v\n%s", err, &d.stderr)
				}
			},
		},
	})
}

// daemonOf holds the server that a script started last.
type daemonOf struct{ daemon *daemon }

type daemonKey struct{}

// where finds the program in the script's PATH.
func where(ts *testscript.TestScript) string {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if path := filepath.Join(dir, "augur"); exists(path) {
			return path
		}
	}
	ts.Fatalf("augur is not in the PATH")
	return ""
}

func environment(ts *testscript.TestScript) []string {
	var env []string
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "AUGUR_ONNXRUNTIME_LIB", "AUGUR_CONFIG", "AUGUR_DATABASE_URL"} {
		if v := ts.Getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return env
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// library is where ONNX Runtime is.
func library(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("AUGUR_ONNXRUNTIME_LIB"); path != "" {
		return path
	}
	found, err := filepath.Glob(filepath.Join(augurtest.Root(), ".build", "onnxruntime", "*", "libonnxruntime.so.*"))
	if err != nil || len(found) == 0 {
		t.Fatal("ONNX Runtime is not there: make ort fetches it")
	}
	return found[0]
}

// daemon is augur serve as a process of its own.
type daemon struct {
	cmd    *exec.Cmd
	url    string
	stderr augurtest.Buffer
	done   chan struct{}
	err    error // how it ended, once done is closed
}

// startDaemon starts augur serve and returns when its first lines say that it is ready.
func startDaemon(fatal func(string, ...any), program, dir string, env []string, args ...string) *daemon {
	return startVerb("serve", fatal, program, dir, env, args...)
}

// startVerb starts augur serve or augur worker.
func startVerb(verb string, fatal func(string, ...any), program, dir string, env []string, args ...string) *daemon {
	d := &daemon{done: make(chan struct{})}
	d.cmd = exec.Command(program, append([]string{verb, "--http.listen", "127.0.0.1:0"}, args...)...)
	d.cmd.Dir, d.cmd.Env, d.cmd.Stderr = dir, env, &d.stderr
	stdout, err := d.cmd.StdoutPipe()
	if err != nil {
		fatal("%v", err)
	}
	if err := d.cmd.Start(); err != nil {
		fatal("%v", err)
	}
	lines := bufio.NewScanner(stdout)
	for d.url == "" && lines.Scan() {
		if _, rest, ok := strings.Cut(lines.Text(), "Ready  "); ok {
			d.url = strings.TrimSuffix(strings.TrimSpace(rest), "/ready")
		}
	}
	go func() {
		defer close(d.done)
		for lines.Scan() { // so that it never blocks on a full pipe
		}
		d.err = d.cmd.Wait()
	}()
	if d.url == "" {
		<-d.done
		fatal("augur %s ended before it was ready: %v\n%s", verb, d.err, &d.stderr)
	}
	return d
}

// stop asks it to end and returns how it did.
func (d *daemon) stop() error {
	_ = d.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	<-d.done
	return d.err
}

// kill ends it at once.
func (d *daemon) kill() {
	_ = d.cmd.Process.Kill() // it may have ended
	<-d.done
}

// TestEveryCodeHasAnExitStatus, and no two share one.
func TestEveryCodeHasAnExitStatus(t *testing.T) {
	seen := map[int]augur.Code{}
	for _, code := range augur.Codes() {
		status, ok := exitStatuses[code]
		if !ok || status == 0 {
			t.Errorf("%s has no exit status", code)
		}
		if other, taken := seen[status]; taken {
			t.Errorf("%s and %s both exit with %d", code, other, status)
		}
		seen[status] = code
	}
	if len(exitStatuses) != len(augur.Codes()) {
		t.Errorf("%d exit statuses for %d codes", len(exitStatuses), len(augur.Codes()))
	}
}

// TestMainIsShort: main.go only starts what the other files do.
func TestMainIsShort(t *testing.T) {
	text, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(text, []byte("\n")); n > 40 {
		t.Errorf("main.go has %d lines", n)
	}
}
