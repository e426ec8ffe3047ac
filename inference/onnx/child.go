package onnx

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"runtime"
	"time"

	"augur"
)

// answer is what the child process prints: one of the two.
type answer struct {
	Report *augur.ProbeReport `json:"report,omitempty"`
	Error  *fault             `json:"error,omitempty"`
}

type fault struct {
	Code    augur.Code `json:"code"`
	Message string     `json:"message"`
}

// ProbeMain is the child process of a Prober: it limits its own memory and
// processor time, probes the one file that args name and prints the answer as
// JSON. It returns the exit status: 0 with a report, 1 with an error, 2 when
// args are wrong. The command line calls it for its hidden verb "probe".
func ProbeMain(args []string, stdout io.Writer) int {
	flags := flag.NewFlagSet("probe", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	library := flags.String("library", "", "ONNX Runtime's library")
	memory := flags.Int64("memory", 0, "bytes of memory; 0 is no limit")
	timeout := flags.Duration("timeout", 0, "time for everything; 0 is no limit")
	trial := flags.Duration("trial", defaultTrial, "time for the trial run")
	if err := flags.Parse(args); err != nil || flags.NArg() != 1 {
		return 2
	}
	say := func(a answer) int {
		if err := json.NewEncoder(stdout).Encode(a); err != nil {
			return 2
		}
		if a.Error != nil {
			return 1
		}
		return 0
	}
	fail := func(err error) int {
		e := augur.AsError(err)
		return say(answer{Error: &fault{Code: e.Code, Message: e.Message}})
	}
	// A run uses every core at most.
	cpu := time.Duration(runtime.NumCPU()) * *timeout
	if err := limitSelf(*memory, cpu); err != nil {
		return fail(augur.Wrap(augur.Internal, err, "the limits of the trial cannot be set"))
	}
	r, err := New(Config{LibraryPath: *library})
	if err != nil {
		return fail(err)
	}
	defer func() { _ = r.Close() }()
	report, err := r.Probe(context.Background(), flags.Arg(0), *trial)
	if err != nil {
		return fail(err)
	}
	return say(answer{Report: report})
}
