package augur_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"

	"augur"
)

func TestCodes(t *testing.T) {
	seen := map[augur.Code]bool{}
	for _, c := range augur.Codes() {
		if seen[c] || c == "" {
			t.Errorf("code %q stands there twice", c)
		}
		seen[c] = true
	}
	for _, c := range []augur.Code{augur.Aborted, augur.ResourceExhausted, augur.DeadlineExceeded, augur.Unavailable} {
		if !c.Retryable() {
			t.Errorf("%s is retryable", c)
		}
	}
	if augur.InvalidArgument.Retryable() || augur.Internal.Retryable() {
		t.Error("the same request will fail again")
	}
}

func TestErrorf(t *testing.T) {
	e := augur.Errorf(augur.NotFound, "model %q", "x")
	if e.Error() != `model "x"` || e.Err != nil {
		t.Errorf("%v, %v", e, e.Err)
	}
	e = augur.Errorf(augur.NotFound, "reading: %w", io.EOF)
	if e.Message != "reading: EOF" || !errors.Is(e, io.EOF) {
		t.Errorf("%v", e)
	}
	e = augur.Wrap(augur.Internal, io.EOF, "the file broke off")
	if e.Message != "the file broke off" || e.Error() != "the file broke off: EOF" || !errors.Is(e, io.EOF) {
		t.Errorf("%v", e)
	}
}

func TestErrorAt(t *testing.T) {
	e := augur.Errorf(augur.InvalidArgument, "bad").At("3")
	f := e.At("data", "rows")
	if f.Error() != "data.rows.3: bad" || e.Error() != "3: bad" {
		t.Errorf("%v, %v", f, e)
	}
}

func TestCodeOfAndAsError(t *testing.T) {
	bad := augur.Errorf(augur.InvalidArgument, "bad")
	for _, c := range []struct {
		err     error
		code    augur.Code
		message string
	}{
		{bad, augur.InvalidArgument, "bad"},
		{fmt.Errorf("more: %w", bad), augur.InvalidArgument, "bad"},
		{augur.Errors{bad, augur.Errorf(augur.NotFound, "second")}, augur.InvalidArgument, "bad"},
		{fmt.Errorf("more: %w", augur.Errors{bad}), augur.InvalidArgument, "bad"},
		{errors.Join(io.EOF, bad), augur.InvalidArgument, "bad"},
		{context.Canceled, augur.Canceled, "the caller went away"},
		{fmt.Errorf("run: %w", context.DeadlineExceeded), augur.DeadlineExceeded, "the deadline passed before the answer was there"},
		{io.EOF, augur.Internal, "internal error"},
	} {
		if got := augur.CodeOf(c.err); got != c.code {
			t.Errorf("CodeOf(%v) = %s, want %s", c.err, got, c.code)
		}
		e := augur.AsError(c.err)
		if e.Code != c.code || e.Message != c.message {
			t.Errorf("AsError(%v) = %s %q", c.err, e.Code, e.Message)
		}
	}
	if augur.CodeOf(nil) != "" || augur.AsError(nil) != nil {
		t.Error("nil is no error")
	}
}

func TestErrors(t *testing.T) {
	es := augur.Errors{augur.Wrap(augur.InvalidArgument, io.EOF, "bad").At("data", "rows", "0"), augur.Errorf(augur.NotFound, "second")}
	if es.Error() != "data.rows.0: bad: EOF\nsecond" || !errors.Is(es, io.EOF) {
		t.Error(es)
	}
	many, ok := errors.AsType[augur.Errors](fmt.Errorf("more: %w", es))
	if !ok || !slices.Equal(many, es) {
		t.Error(many)
	}
}
