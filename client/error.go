package client

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"augur"
)

// Error is what the server answered.
type Error struct {
	// Cause has the code, the message and the field.
	Cause *augur.Error
	// RequestID names the request in the server's log.
	RequestID string
	// Status is the HTTP status.
	Status int
}

// Error returns the text of the cause.
func (e *Error) Error() string { return e.Cause.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// UserError is one entry of userErrors: a mistake in the input of a mutation.
type UserError struct {
	Code    augur.Code `json:"code"`
	Message string     `json:"message"`
	Field   []string   `json:"field"`
}

// Err returns the mistake as an *augur.Error.
func (u UserError) Err() *augur.Error {
	return &augur.Error{Code: u.Code, Message: u.Message, Field: u.Field}
}

// first returns the first of the mistakes, nil when there are none.
func first(all []UserError) error {
	if len(all) == 0 {
		return nil
	}
	return all[0].Err()
}

// graphQLError is an entry of a response's errors.
type graphQLError struct {
	Message    string `json:"message"`
	Path       []any  `json:"path"`
	Extensions struct {
		Code         string   `json:"code"`
		RequestID    string   `json:"requestId"`
		RetryAfterMS float64  `json:"retryAfterMs"`
		Field        []string `json:"field"`
	} `json:"extensions"`
}

func (g graphQLError) error(res *http.Response) error {
	e := &augur.Error{
		Code:       knownCode(g.Extensions.Code, res.StatusCode),
		Message:    g.Message,
		Field:      g.Extensions.Field,
		RetryAfter: time.Duration(g.Extensions.RetryAfterMS * float64(time.Millisecond)),
	}
	return &Error{Cause: e, Status: res.StatusCode, RequestID: requestID(g.Extensions.RequestID, res)}
}

// problem is the error of an answer outside GraphQL: {"error": {…}}, or
// whatever something between us and the server wrote.
func problem(res *http.Response, body []byte) error {
	var p struct {
		Error struct {
			Code      string   `json:"code"`
			Message   string   `json:"message"`
			Field     []string `json:"field"`
			RequestID string   `json:"requestId"`
		} `json:"error"`
	}
	_ = json.Unmarshal(body, &p) // what is no JSON has no fields
	e := &augur.Error{Code: knownCode(p.Error.Code, res.StatusCode), Message: p.Error.Message, Field: p.Error.Field}
	if e.Message == "" {
		e.Message = "the server answered " + strings.ToLower(res.Status)
	}
	if seconds, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && seconds >= 0 {
		e.RetryAfter = time.Duration(seconds) * time.Second
	}
	return &Error{Cause: e, Status: res.StatusCode, RequestID: requestID(p.Error.RequestID, res)}
}

func requestID(id string, res *http.Response) string {
	if id == "" {
		return res.Header.Get("X-Request-Id")
	}
	return id
}

// knownCode returns the code as it is when it is one of ours, and otherwise
// what the HTTP status comes closest to.
func knownCode(code string, status int) augur.Code {
	if slices.Contains(augur.Codes(), augur.Code(code)) {
		return augur.Code(code)
	}
	switch {
	case status == http.StatusUnauthorized:
		return augur.Unauthenticated
	case status == http.StatusForbidden:
		return augur.PermissionDenied
	case status == http.StatusNotFound:
		return augur.NotFound
	case status == http.StatusTooManyRequests:
		return augur.ResourceExhausted
	case status == http.StatusBadGateway || status == http.StatusServiceUnavailable:
		return augur.Unavailable
	case status == http.StatusGatewayTimeout:
		return augur.DeadlineExceeded
	case status >= 500:
		return augur.Internal
	default: // GraphQL's own words for a document that is wrong, among others
		return augur.InvalidArgument
	}
}
