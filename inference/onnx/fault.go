package onnx

import (
	"errors"
	"fmt"
	"regexp"
	"runtime/debug"
	"strings"

	"augur"
)

// recovered turns a panic of the binding into an Internal error. It must be
// deferred directly.
func recovered(err *error, doing string) {
	if p := recover(); p != nil {
		*err = augur.Wrap(augur.Internal, fmt.Errorf("panic while %s: %v\n%s", doing, p, debug.Stack()), "internal error while %s", doing)
	}
}

// loadError makes the error of a file that ONNX Runtime does not open.
func loadError(err error) error {
	if known, ok := errors.AsType[*augur.Error](err); ok {
		return known
	}
	text := clean(err)
	switch {
	case outOfMemory(text):
		return augur.Wrap(augur.FailedPrecondition, err, "the model needs more memory than there is: %s", text)
	case strings.Contains(text, "is not a registered function/op"), strings.Contains(text, "No Op registered for"), strings.Contains(text, "No opset import for domain"):
		return augur.Wrap(augur.FailedPrecondition, err, "the model uses an operator that ONNX Runtime does not know: %s", text)
	case strings.Contains(text, "Could not find an implementation"):
		return augur.Wrap(augur.Unimplemented, err, "ONNX Runtime has no implementation on this processor for an operator of the model: %s", text)
	default:
		return augur.Wrap(augur.FailedPrecondition, err, "ONNX Runtime cannot open the model: %s", text)
	}
}

// runError makes the error of a run that ONNX Runtime ended by itself. The
// inputs have the types that the model declares, so it is their values that it
// refuses.
func runError(err error) error {
	text := clean(err)
	switch {
	case outOfMemory(text):
		return augur.Wrap(augur.ResourceExhausted, err, "the run needs more memory than there is: %s", text)
	case strings.Contains(err.Error(), "Error creating tensor from ort"): // by the binding, after the run
		return augur.Wrap(augur.Unimplemented, err, "an output is not of the type that the file declares, and cannot be carried: %s", text)
	default:
		return augur.Wrap(augur.InvalidArgument, err, "the model refused the input: %s", text)
	}
}

func outOfMemory(text string) bool {
	return strings.Contains(text, "Failed to allocate memory") || strings.Contains(text, "bad_alloc") ||
		strings.Contains(text, "BFCArena") || strings.Contains(text, "bad_array_new_length")
}

// What clean takes out of the runtime's messages.
var (
	prefix   = regexp.MustCompile(`^(?:Error (?:creating C session(?: from file)?|running network|creating tensor from ort): )+`)
	loaded   = regexp.MustCompile(`Load model from .*? failed:\s*`)
	nameless = regexp.MustCompile(` ?Name:''`)
	// A failed check says: path, function with its parameters, condition.
	check = regexp.MustCompile(`\S*/\w+\.(?:cc|h|cpp|hpp):\d+ [^()]*\([^()]*\)(?: const)?(?: \[with [^\]]*\])? (?:.{0,200}? was false\. )?`)
	// A refusal says: file, function.
	refusal = regexp.MustCompile(`(?:\S*/)?\w+\.(?:cc|h|cpp|hpp):\d+ (?:\w+ )?`)
)

// clean makes one readable line of an error of the runtime.
func clean(err error) string {
	text := prefix.ReplaceAllString(err.Error(), "")
	text = loaded.ReplaceAllString(text, "")
	if before, after, ok := strings.Cut(text, "Status Message: "); ok {
		node := strings.TrimPrefix(strings.TrimSpace(before), "Non-zero status code returned while running ")
		node = strings.TrimRight(nameless.ReplaceAllString(node, ""), ". ")
		text = node + ": " + after
	}
	text = refusal.ReplaceAllString(check.ReplaceAllString(text, ""), "")
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > 500 {
		text = strings.ToValidUTF8(text[:500], "") + " …"
	}
	return strings.ToValidUTF8(text, "?")
}
