package onnx

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"augur"
)

// The defaults of a Prober.
const (
	defaultTimeout = 10 * time.Second
	defaultTrial   = 5 * time.Second
	defaultMemory  = 2 << 30
)

// Prober tries files in a child process, so that a file which crashes the
// runtime, never ends or eats the memory takes nobody with it. The zero value
// works in a binary that calls ProbeMain for its verb "probe". It is immutable
// and may be used from any number of goroutines; each probe is one process.
type Prober struct {
	// Command starts the child; the flags and the file follow it. By default it
	// is this executable with the argument "probe".
	Command []string
	// MemoryLimit is how many bytes the child may use; 2 GiB by default. Raise
	// it for models whose weights come near.
	MemoryLimit int64
	// Timeout bounds the child's life; 10 s by default.
	Timeout time.Duration
	// TrialTimeout bounds the trial run within; 5 s by default.
	TrialTimeout time.Duration
	// LibraryPath is as in Config.
	LibraryPath string
}

// WithDefaults returns p with the defaults in place of zero values.
func (p Prober) WithDefaults() Prober {
	if len(p.Command) == 0 {
		exe, _ := os.Executable()
		p.Command = []string{exe, "probe"}
	}
	if p.MemoryLimit == 0 {
		p.MemoryLimit = defaultMemory
	}
	if p.Timeout == 0 {
		p.Timeout = defaultTimeout
	}
	if p.TrialTimeout == 0 {
		p.TrialTimeout = min(defaultTrial, p.Timeout/2)
	}
	p.LibraryPath = Config{LibraryPath: p.LibraryPath}.WithDefaults().LibraryPath
	return p
}

// Validate reports InvalidArgument for limits that no file could meet, and
// otherwise what Config.Validate does.
func (p Prober) Validate() error {
	if p.MemoryLimit < 256<<20 || p.Timeout <= 0 || p.TrialTimeout <= 0 {
		return augur.Errorf(augur.InvalidArgument, "probe limits: expected at least 256 MiB of memory and times above zero, got %d bytes, %v and %v", p.MemoryLimit, p.Timeout, p.TrialTimeout)
	}
	return Config{LibraryPath: p.LibraryPath}.Validate()
}

// Probe says what the file at path is and that it can be served, as
// Runtime.Probe does. The error is FailedPrecondition also when the child
// crashed or passed a limit, Internal when it could not be started, and ctx's
// own when ctx ended first.
func (p Prober) Probe(ctx context.Context, path string) (*augur.ProbeReport, error) {
	p = p.WithDefaults()
	if err := p.Validate(); err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	args := slices.Concat(p.Command[1:], []string{
		"-library", p.LibraryPath,
		"-memory", strconv.FormatInt(p.MemoryLimit, 10),
		"-timeout", p.Timeout.String(),
		"-trial", p.TrialTimeout.String(),
		"--", path,
	})
	cmd := exec.CommandContext(limited, p.Command[0], args...)
	cmd.Env = childEnv()
	cmd.WaitDelay = time.Second
	ownGroup(cmd)
	out := &capped{limit: maxAnswer}
	log := &capped{limit: 64 << 10}
	cmd.Stdout, cmd.Stderr = out, log

	// The signal that ends the child with its parent is tied to the thread
	// that started it, so this goroutine keeps its thread until the end.
	runtime.LockOSThread()
	err := cmd.Run()
	runtime.UnlockOSThread()

	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil:
		return nil, augur.Errorf(augur.FailedPrecondition, "loading this file took more than %v", p.Timeout)
	case cmd.ProcessState == nil:
		return nil, augur.Wrap(augur.Internal, err, "the process that tries the file cannot be started")
	}
	report, broken := decodeAnswer(out.Bytes())
	if e, ok := errors.AsType[*augur.Error](broken); ok {
		return nil, e
	}
	if broken == nil && cmd.ProcessState.Success() {
		return report, nil
	}
	return nil, p.post(cmd.ProcessState, log.String(), broken)
}

// crash finds the signal in what Go prints when C code crashes, and what the
// C++ runtime says of its last exception.
var crash = regexp.MustCompile(`(?m)\b(SIG[A-Z]{2,6})\b`)

// post says how a child without an answer ended.
func (p Prober) post(state *os.ProcessState, log string, broken error) error {
	status, _ := state.Sys().(syscall.WaitStatus)
	cause := fmt.Errorf("%v; answer: %w; standard error: %s", state, broken, log)
	switch {
	case strings.Contains(log, "out of memory"), strings.Contains(log, "cannot allocate memory"),
		strings.Contains(log, "bad_alloc"), strings.Contains(log, "failed to create new OS thread"):
		return augur.Wrap(augur.FailedPrecondition, cause, "loading this file took more than %s of memory", bytesText(p.MemoryLimit))
	case status.Signaled() && status.Signal() == syscall.SIGXCPU:
		return augur.Wrap(augur.FailedPrecondition, cause, "loading this file took more than %v of every processor", p.Timeout)
	case status.Signaled() && status.Signal() == syscall.SIGKILL:
		return augur.Wrap(augur.FailedPrecondition, cause, "the system ended the process that loaded this file, most likely for want of memory")
	case status.Signaled():
		return augur.Wrap(augur.FailedPrecondition, cause, "this file crashed the runtime: %v", status.Signal())
	}
	if m := crash.FindString(log); m != "" {
		return augur.Wrap(augur.FailedPrecondition, cause, "this file crashed the runtime: %s", m)
	}
	if status.ExitStatus() == 2 && !strings.Contains(log, "goroutine ") {
		return augur.Wrap(augur.Internal, cause, "the process that tries files does not understand its arguments")
	}
	return augur.Wrap(augur.FailedPrecondition, cause, "this file crashed the runtime")
}

// maxAnswer bounds what is read of the child; onnxfile bounds the texts of a
// file to 16 MiB, which JSON may lengthen.
const maxAnswer = 128 << 20

// decodeAnswer reads what a child printed: a report, the *augur.Error that it
// found, or an error of another type when the bytes are no answer.
func decodeAnswer(b []byte) (*augur.ProbeReport, error) {
	var a answer
	if err := json.Unmarshal(b, &a); err != nil {
		return nil, fmt.Errorf("decode the answer: %w", err)
	}
	switch {
	case a.Error != nil:
		if !slices.Contains(augur.Codes(), a.Error.Code) || a.Error.Message == "" || len(a.Error.Message) > 4<<10 || !utf8.ValidString(a.Error.Message) {
			return nil, errors.New("the answer has an error that is none")
		}
		return nil, augur.Errorf(a.Error.Code, "%s", a.Error.Message)
	case a.Report == nil || a.Report.Signature == nil || len(a.Report.Signature.Outputs) == 0:
		return nil, errors.New("the answer has no report")
	}
	return a.Report, nil
}

// childEnv passes on what finding libraries and temporary folders needs, and no
// secret. Fewer malloc arenas keep the address space small.
func childEnv() []string {
	env := []string{"GOTRACEBACK=single", "MALLOC_ARENA_MAX=2"}
	for _, name := range []string{"PATH", "TMPDIR", "LD_LIBRARY_PATH", "GOCOVERDIR"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// capped keeps the first limit bytes written to it and drops the rest.
type capped struct {
	bytes.Buffer
	limit int
}

func (c *capped) Write(b []byte) (int, error) {
	c.Buffer.Write(b[:min(len(b), max(c.limit-c.Len(), 0))])
	return len(b), nil
}

func bytesText(n int64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		return fmt.Sprintf("%d GiB", n>>30)
	default:
		return fmt.Sprintf("%d MiB", n>>20)
	}
}
