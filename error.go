package augur

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Code says what kind of thing went wrong. The list is closed: every transport
// maps each of Codes, and a test in every transport fails when one is missing.
// The names are those of google.rpc.Code.
type Code string

// The codes. Comments say when to choose one.
const (
	// InvalidArgument: the request is wrong by itself, whatever the state of the
	// server. Field names the part and Message says what was expected.
	InvalidArgument Code = "INVALID_ARGUMENT"
	// NotFound: a named thing does not exist, or the principal may not see it.
	NotFound Code = "NOT_FOUND"
	// AlreadyExists: a name that must be unique is taken.
	AlreadyExists Code = "ALREADY_EXISTS"
	// FailedPrecondition: the request is fine but the state refuses it, and
	// retrying without changing the state will not help.
	FailedPrecondition Code = "FAILED_PRECONDITION"
	// Aborted: somebody else changed the thing meanwhile; read it again and retry.
	Aborted Code = "ABORTED"
	// Unauthenticated: no valid credentials.
	Unauthenticated Code = "UNAUTHENTICATED"
	// PermissionDenied: valid credentials without the scope.
	PermissionDenied Code = "PERMISSION_DENIED"
	// ResourceExhausted: a limit or a full queue; retry after RetryAfter.
	ResourceExhausted Code = "RESOURCE_EXHAUSTED"
	// DeadlineExceeded: the deadline passed before the answer was there.
	DeadlineExceeded Code = "DEADLINE_EXCEEDED"
	// Canceled: the caller went away.
	Canceled Code = "CANCELED"
	// Unavailable: a backend cannot be reached now; retrying may help.
	Unavailable Code = "UNAVAILABLE"
	// Unimplemented: understood, and not possible here (a type that no way of
	// running the model can carry, say).
	Unimplemented Code = "UNIMPLEMENTED"
	// Internal: our fault. The text stays in the log; clients see the request id.
	Internal Code = "INTERNAL"
)

// Codes lists every Code, in the order of the constants above.
func Codes() []Code {
	return []Code{
		InvalidArgument, NotFound, AlreadyExists, FailedPrecondition, Aborted,
		Unauthenticated, PermissionDenied, ResourceExhausted, DeadlineExceeded,
		Canceled, Unavailable, Unimplemented, Internal,
	}
}

// Retryable says whether the same request may succeed later without a change
// on the caller's side.
func (c Code) Retryable() bool {
	return c == Aborted || c == ResourceExhausted || c == DeadlineExceeded || c == Unavailable
}

// Fault says whether the cause lies with the server rather than with the
// request or its caller.
func (c Code) Fault() bool {
	return c == ResourceExhausted || c == DeadlineExceeded || c == Unavailable || c == Internal
}

// Error is the one error type that crosses a room's border. Message is written
// for the person who sent the request: it names what was wrong and what was
// expected. Err, the cause, is for the log alone and never leaves the server.
type Error struct {
	Code    Code
	Message string
	// Field is the path of the offending part of the request, outermost first
	// and without the operation's argument name, as in
	// ["data", "rows", "3", "curvature"].
	Field []string
	// RetryAfter hints when to try again; zero means no hint.
	RetryAfter time.Duration
	Err        error
}

// Errorf makes an Error. A %w verb in the format records the cause in Err and
// contributes its text to Message, so use it only for causes whose text may be
// shown; otherwise use Wrap.
func Errorf(code Code, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Code: code, Message: err.Error(), Err: errors.Unwrap(err)}
}

// Wrap makes an Error with a text for the caller and a cause for the log.
func Wrap(code Code, cause error, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Err: cause}
}

// Error returns the message, after the field where there is one, and the cause
// behind it. It is the text of the log; clients get Message alone.
func (e *Error) Error() string {
	var b strings.Builder
	if len(e.Field) > 0 {
		b.WriteString(strings.Join(e.Field, "."))
		b.WriteString(": ")
	}
	b.WriteString(e.Message)
	if e.Err != nil && !strings.Contains(e.Message, e.Err.Error()) {
		b.WriteString(": ")
		b.WriteString(e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// At returns a copy of e whose field path starts with the given parts.
func (e *Error) At(path ...string) *Error {
	c := *e
	c.Field = append(slices.Clone(path), e.Field...)
	return &c
}

// Errors are several things that went wrong at once, such as every row of a
// request. It is not empty. CodeOf and AsError answer for the first of them.
type Errors []*Error

// Error returns the texts, one a line.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the errors.
func (es Errors) Unwrap() []error {
	out := make([]error, len(es))
	for i, e := range es {
		out[i] = e
	}
	return out
}

// AsError returns the first *Error in err's tree. Anything else becomes
// Internal with a fixed text, except the two context errors, which have codes
// of their own. It returns nil for nil.
func AsError(err error) *Error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	switch code := CodeOf(err); code {
	case DeadlineExceeded:
		return &Error{Code: code, Message: "the deadline passed before the answer was there", Err: err}
	case Canceled:
		return &Error{Code: code, Message: "the caller went away", Err: err}
	default:
		return &Error{Code: Internal, Message: "internal error", Err: err}
	}
}

// CodeOf returns the code of err: the first *Error in its tree, the codes of
// context.Canceled and context.DeadlineExceeded, and Internal otherwise. It
// returns "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return DeadlineExceeded
	case errors.Is(err, context.Canceled):
		return Canceled
	default:
		return Internal
	}
}
