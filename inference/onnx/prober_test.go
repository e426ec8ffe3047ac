package onnx

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"augur"
)

// TestPost has shell scripts play children that end in every bad way.
func TestPost(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		code   augur.Code
		says   string
	}{
		"killed":        {"kill -9 $$", augur.FailedPrecondition, "want of memory"},
		"aborted":       {"kill -6 $$", augur.FailedPrecondition, "crashed the runtime: aborted"},
		"C crash":       {"echo 'SIGSEGV: segmentation violation' >&2; exit 2", augur.FailedPrecondition, "crashed the runtime: SIGSEGV"},
		"Go memory":     {"echo 'fatal error: runtime: out of memory' >&2; exit 2", augur.FailedPrecondition, "more than 2 GiB of memory"},
		"C++ memory":    {"echo \"what():  std::bad_alloc\" >&2; kill -6 $$", augur.FailedPrecondition, "more than 2 GiB of memory"},
		"processor":     {"kill -XCPU $$", augur.FailedPrecondition, "every processor"},
		"slow":          {"sleep 60 & sleep 60", augur.FailedPrecondition, "took more than 300ms"},
		"silent":        {"exit 0", augur.FailedPrecondition, "crashed the runtime"},
		"talkative":     {"yes | head -c 1000000", augur.FailedPrecondition, "crashed the runtime"},
		"arguments":     {"exit 2", augur.Internal, "arguments"},
		"error":         {`echo '{"error":{"code":"UNIMPLEMENTED","message":"no"}}'; exit 1`, augur.Unimplemented, "no"},
		"unknown error": {`echo '{"error":{"code":"FUNNY","message":"no"}}'; exit 1`, augur.FailedPrecondition, "crashed the runtime"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// Only the slow one may meet its limit, however busy the machine is.
			p := Prober{Command: []string{"/bin/sh", "-c", c.script, "sh"}, Timeout: time.Hour}
			if name == "slow" {
				p.Timeout = 300 * time.Millisecond
			}
			_, err := p.Probe(t.Context(), "model.onnx")
			if augur.CodeOf(err) != c.code || !strings.Contains(augur.AsError(err).Message, c.says) {
				t.Errorf("error %v, want %s, %q", err, c.code, c.says)
			}
		})
	}
}

// TestCapped writes more than is kept of a child's output.
func TestCapped(t *testing.T) {
	c := capped{limit: 10}
	for _, text := range []string{"", "abcd", "efghijkl", "mn"} {
		if n, err := c.Write([]byte(text)); n != len(text) || err != nil {
			t.Errorf("Write(%q) = %d, %v", text, n, err)
		}
	}
	if got := c.String(); got != "abcdefghij" {
		t.Errorf("kept %q", got)
	}
}

// TestProbeCanceled ends the child with its caller, group and all.
func TestProbeCanceled(t *testing.T) {
	pids := filepath.Join(t.TempDir(), "pids")
	p := Prober{Command: []string{"/bin/sh", "-c", "sleep 60 & echo $$ $! > " + pids + ".new; mv " + pids + ".new " + pids + "; wait", "sh"}}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for {
			if _, err := os.Stat(pids); err == nil {
				cancel()
				return
			}
			runtime.Gosched()
		}
	}()
	if _, err := p.Probe(ctx, "model.onnx"); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	b, err := os.ReadFile(pids)
	if err != nil {
		t.Fatal(err)
	}
	var shell, sleep int
	if _, err := fmt.Sscan(string(b), &shell, &sleep); err != nil {
		t.Fatal(err)
	}
	for _, pid := range []int{shell, sleep} {
		deadline := time.Now().Add(30 * time.Second) // it would live for 60
		for alive(pid) {
			if time.Now().After(deadline) {
				t.Fatalf("process %d lives on", pid)
			}
			time.Sleep(time.Millisecond)
		}
	}
}

// alive says whether a process runs; one that has ended and that nobody has
// asked after does not.
func alive(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return syscall.Kill(pid, 0) == nil
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	return !strings.HasPrefix(rest, "Z")
}

func TestProberStart(t *testing.T) {
	_, err := Prober{Command: []string{"/no/such/program"}}.Probe(t.Context(), "model.onnx")
	if augur.CodeOf(err) != augur.Internal {
		t.Errorf("error %v", err)
	}
	for _, p := range []Prober{{MemoryLimit: 1}, {Timeout: -1}, {LibraryPath: "/no/such/library"}} {
		if err := p.WithDefaults().Validate(); err == nil {
			t.Errorf("%+v is valid", p)
		}
	}
}

func TestProbeMainArguments(t *testing.T) {
	var out bytes.Buffer
	for _, args := range [][]string{nil, {"a", "b"}, {"-unknown", "a"}} {
		if status := ProbeMain(args, &out); status != 2 || out.Len() > 0 {
			t.Errorf("%q: status %d, %s", args, status, &out)
		}
	}
}

// FuzzAnswer reads what a broken or hostile child may print.
func FuzzAnswer(f *testing.F) {
	good, err := json.Marshal(answer{Report: &augur.ProbeReport{Signature: &augur.Signature{Outputs: []augur.Spec{{Name: "y"}}}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"error":{"code":"UNIMPLEMENTED","message":"no"}}`))
	f.Add([]byte(`{"report":{"signature":null}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		report, err := decodeAnswer(b)
		if (report == nil) == (err == nil) {
			t.Errorf("%v, %v", report, err)
		}
		if e, ok := errors.AsType[*augur.Error](err); ok && e.Message == "" {
			t.Error("an error without a message")
		}
	})
}
