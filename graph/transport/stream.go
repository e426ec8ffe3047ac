package transport

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"augur"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

const mediaEvents = "text/event-stream"

// Stream is GraphQL over server-sent events, in the form of one connection for
// each operation: POST with a JSON body, and GET, which is what a browser's
// EventSource sends. Every result is an event "next", and the end is "complete".
// https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
type Stream struct {
	// HTTP bounds the request.
	HTTP
	// Ping is how often a comment is sent while nothing happens, so that proxies
	// keep the connection and a client that is gone is noticed; zero means 15 s.
	Ping time.Duration
	// Credentials end streams whose credentials end. Nil: they never do.
	Credentials Credentials
	// Stopping ends when the server is about to stop, and with it the streams,
	// without "complete": clients come back. Nil never ends.
	Stopping context.Context //nolint:containedctx // a signal of the server, not of a request
	// Logger is told of faults that clients are not.
	Logger *slog.Logger
}

var _ graphql.Transport = Stream{}

// Supports requests that accept events.
func (s Stream) Supports(r *http.Request) bool {
	return s.HTTP.Supports(r) && strings.Contains(r.Header.Get("Accept"), mediaEvents)
}

// Do answers one request. What is wrong with it is told as HTTP does; from the
// first event on errors are events.
func (s Stream) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	start := graphql.Now()
	// The operation ends with the request, and the request with the operation.
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	if s.Stopping != nil {
		forget := context.AfterFunc(s.Stopping, cancel)
		defer forget()
	}
	ctx, ending := augur.WithEnding(ctx)
	h := s.HTTP
	h.Profile = "" // what is wrong with a request has a status of its own here
	ctx, op, ok := h.begin(w, r.WithContext(ctx), exec, mediaGraphQL, start)
	if !ok {
		return
	}
	// A subscription begins here: who has got the first bytes misses nothing.
	request := ctx // the operation's own context may end with its last response
	responses, ctx := exec.DispatchOperation(ctx, op)
	w.Header().Set("Content-Type", mediaEvents+"; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would hold events back
	w.WriteHeader(http.StatusOK)
	events := &eventWriter{w: w, rc: http.NewResponseController(w), cancel: cancel}
	events.send(":\n\n")
	stop := events.ping(s.Ping)
	defer stop()
	if p := augur.PrincipalFrom(ctx); s.Credentials != nil && p != nil && !p.Expires.IsZero() {
		expiry := time.AfterFunc(time.Until(p.Expires), cancel)
		defer expiry.Stop()
	}
	for {
		response := responses(ctx)
		if response == nil {
			break
		}
		if s.Credentials != nil && !s.Credentials.Holds(augur.PrincipalFrom(ctx)) {
			events.next(&graphql.Response{Errors: gqlerror.List{{Message: credentialsEnded, Extensions: map[string]any{"code": string(augur.Unauthenticated)}}}})
			return // without "complete": the client may come back with others
		}
		response.Errors = s.few(response.Errors)
		events.next(response)
		if op.Operation.Operation != ast.Subscription && (response.HasNext == nil || !*response.HasNext) {
			break
		}
	}
	if err := ending.Err(); err != nil {
		events.next(&graphql.Response{Errors: gqlerror.List{endOf(ctx, s.Logger, err)}})
	}
	if request.Err() == nil {
		events.send("event: complete\ndata:\n\n")
	}
}

// endOf is what a client is told of the error that its subscription ends with.
func endOf(ctx context.Context, log *slog.Logger, err *augur.Error) *gqlerror.Error {
	text := err.Message
	if err.Code == augur.Internal {
		if log != nil {
			log.ErrorContext(ctx, "a subscription failed", "error", err)
		}
		text = "internal error"
	}
	return &gqlerror.Error{Message: text, Extensions: map[string]any{"code": string(err.Code), "retryable": err.Code.Retryable()}}
}

// eventWriter writes events, from the operation and from the pings at once.
type eventWriter struct {
	mu     sync.Mutex // guards w
	w      http.ResponseWriter
	rc     *http.ResponseController
	cancel context.CancelFunc
}

// send writes and flushes; a client that does not take it is gone.
func (e *eventWriter) send(text string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, err := e.w.Write([]byte(text)); err != nil || e.rc.Flush() != nil {
		e.cancel()
	}
}

func (e *eventWriter) next(response *graphql.Response) {
	body, err := json.Marshal(response)
	if err != nil { // a resolver wrote broken JSON
		body, _ = json.Marshal(requestError{Errors: gqlerror.List{{Message: "internal error", Extensions: map[string]any{"code": string(augur.Internal)}}}})
	}
	e.send("event: next\ndata: " + string(bytes.TrimSpace(body)) + "\n\n")
}

// ping sends comments until the returned function is called, which waits for
// the last one.
func (e *eventWriter) ping(every time.Duration) (stop func()) {
	if every == 0 {
		every = 15 * time.Second
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				e.send(":\n\n")
			}
		}
	}()
	return func() { close(done); <-ended }
}
