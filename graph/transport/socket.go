package transport

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"augur"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Socket is GraphQL over WebSocket, in the protocol graphql-transport-ws. It
// closes a connection with the protocol's own codes, which tell a client
// whether to come back, where gqlgen's transport does not; and an id that is in
// use is refused.
// https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
type Socket struct {
	// Origins are the hosts beside its own whose pages may connect: browsers send
	// cookies along from any page.
	Origins []string
	// HTTP bounds the requests, of which messages hold one each.
	HTTP
	// MaxOperations bounds what goes on at one time on a connection; zero means 100.
	MaxOperations int
	// InitTimeout is how long a client may take to begin; zero means 10 s.
	InitTimeout time.Duration
	// Ping is how often a client is pinged; one that has not answered by the next
	// is gone. Zero means 20 s.
	Ping time.Duration
	// Credentials find who connects: a browser cannot set headers for a WebSocket,
	// so that the payload of connection_init carries them. Nil: only the request's do.
	Credentials Credentials
	// Stopping ends when the server is about to stop: clients are told to come
	// back, which they do to another. Nil never ends.
	Stopping context.Context //nolint:containedctx // a signal of the server, not of a request
	// Logger is told of faults that clients are not.
	Logger *slog.Logger
}

var _ graphql.Transport = Socket{}

const socketProtocol = "graphql-transport-ws"

// sendTimeout is how long a client may take to accept a message.
const sendTimeout = 10 * time.Second

// The codes that a connection is closed with.
const (
	closeBadRequest     websocket.StatusCode = 4400
	closeUnauthorized   websocket.StatusCode = 4401
	closeForbidden      websocket.StatusCode = 4403
	closeNotAcceptable  websocket.StatusCode = 4406
	closeInitTimeout    websocket.StatusCode = 4408
	closeExists         websocket.StatusCode = 4409
	closeTooManyInits   websocket.StatusCode = 4429
	closeTooManyAtATime                      = closeTooManyInits
)

// Supports requests for an upgrade to WebSocket.
func (Socket) Supports(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// Do serves a connection until it ends.
func (s Socket) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	// Accept answers what it refuses.
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{socketProtocol}, OriginPatterns: s.Origins})
	if err != nil {
		return
	}
	if conn.Subprotocol() != socketProtocol {
		_ = conn.Close(closeNotAcceptable, "Subprotocol not acceptable")
		return
	}
	conn.SetReadLimit(orDefault(s.MaxBody, 32<<20))
	ctx, cancel := context.WithCancel(r.Context())
	c := &connection{Socket: s, conn: conn, exec: exec, headers: r.Header, ctx: ctx, principal: augur.PrincipalFrom(ctx), active: map[string]*operation{}}
	defer c.operations.Wait()
	defer func() { _ = conn.CloseNow() }()
	defer cancel()

	timeout := time.AfterFunc(orDefault(s.InitTimeout, 10*time.Second), func() { c.close(closeInitTimeout, "Connection initialisation timeout") })
	defer timeout.Stop()
	if s.Stopping != nil {
		forget := context.AfterFunc(s.Stopping, func() { c.close(websocket.StatusGoingAway, "the server stops") })
		defer forget()
	}
	c.operations.Go(func() { c.ping(orDefault(s.Ping, 20*time.Second)) })
	for {
		m, ok := c.read()
		if !ok || !c.take(m, timeout) {
			return
		}
	}
}

func orDefault[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// message is one of the protocol.
type message struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// connection is one client.
type connection struct {
	Socket
	conn    *websocket.Conn
	exec    graphql.GraphExecutor
	headers http.Header
	ctx     context.Context // ends with the connection
	begun   bool            // the client has said connection_init; for the reader alone
	// principal is who has connected; set by the reader before the first operation.
	principal *augur.Principal

	operations sync.WaitGroup
	mu         sync.Mutex // guards active
	active     map[string]*operation
}

// operation is one that goes on. Each has its own, so that an id may be used
// again as soon as its operation was ended.
type operation struct{ cancel context.CancelFunc }

// close ends the connection for a reason that the client is told.
func (c *connection) close(code websocket.StatusCode, reason string) {
	_ = c.conn.Close(code, reason)
}

// read returns the next message, false at the end of the connection.
func (c *connection) read() (m message, ok bool) {
	// Not by c.ctx, whose end would break the connection off without a word.
	kind, data, err := c.conn.Read(context.WithoutCancel(c.ctx))
	if err != nil {
		return m, false
	}
	if kind != websocket.MessageText || json.Unmarshal(data, &m) != nil || m.Type == "" {
		c.close(closeBadRequest, "Invalid message received")
		return m, false
	}
	return m, true
}

// take does what a message asks for, and says whether the connection goes on.
func (c *connection) take(m message, timeout *time.Timer) bool {
	switch m.Type {
	case "connection_init":
		var payload map[string]any
		switch {
		case c.begun:
			c.close(closeTooManyInits, "Too many initialisation requests")
			return false
		case len(m.Payload) > 0 && json.Unmarshal(m.Payload, &payload) != nil:
			c.close(closeBadRequest, "Invalid message received: the payload of connection_init is not an object")
			return false
		case !timeout.Stop():
			return false // too late
		}
		if !c.identify(payload) {
			return false
		}
		c.begun = true
		return c.send(message{Type: "connection_ack"})
	case "ping":
		return c.send(message{Type: "pong", Payload: m.Payload})
	case "pong":
		return true
	case "subscribe":
		return c.subscribe(m)
	case "complete":
		c.mu.Lock()
		op := c.active[m.ID]
		delete(c.active, m.ID)
		c.mu.Unlock()
		if op != nil {
			op.cancel()
		}
		return true
	default:
		c.close(closeBadRequest, "Invalid message type")
		return false
	}
}

// subscribe begins an operation, whatever its kind.
func (c *connection) subscribe(m message) bool {
	switch {
	case !c.begun:
		c.close(closeUnauthorized, "Unauthorized")
		return false
	case !c.holds():
		c.close(closeUnauthorized, credentialsEnded)
		return false
	case m.ID == "":
		c.close(closeBadRequest, "Invalid message received: subscribe needs an id")
		return false
	}
	ctx, cancel := context.WithCancel(graphql.StartOperationTrace(augur.WithPrincipal(c.ctx, c.principal)))
	ctx, ending := augur.WithEnding(ctx)
	op := &operation{cancel}
	c.mu.Lock()
	_, exists := c.active[m.ID]
	full := len(c.active) >= orDefault(c.MaxOperations, 100)
	if !exists && !full {
		c.active[m.ID] = op
	}
	c.mu.Unlock()
	switch {
	case exists:
		cancel()
		// A reason has at most 123 bytes.
		c.close(closeExists, fmt.Sprintf("Subscriber for %.64s already exists", m.ID))
		return false
	case full:
		cancel()
		c.close(closeTooManyAtATime, "Too many operations at one time")
		return false
	}
	// It begins here, so that operations begin in the order they are asked for:
	// what a mutation does is seen by a subscription that was asked for before.
	ctx, oc, errs := c.begin(ctx, m)
	if len(errs) > 0 {
		cancel()
		c.fail(m.ID, op, errs)
		return true
	}
	responses, ctx := c.exec.DispatchOperation(ctx, oc)
	c.operations.Go(func() {
		defer cancel()
		c.run(ctx, m.ID, op, oc, responses, ending)
	})
	return true
}

// begin reads an operation and checks it.
func (c *connection) begin(ctx context.Context, m message) (context.Context, *graphql.OperationContext, gqlerror.List) {
	start := graphql.Now()
	b, err := parseBody(m.Payload)
	if err != nil {
		return ctx, nil, gqlerror.List{refuse(nil, augur.InvalidArgument, augur.AsError(err).Message)}
	}
	ctx, oc, _, errs := c.operation(ctx, c.exec, b, c.headers, start)
	if len(errs) > 0 {
		errs = c.exec.DispatchError(graphql.WithOperationContext(ctx, oc), c.few(errs)).Errors
	}
	return ctx, oc, errs
}

// run tells the client what an operation gives.
func (c *connection) run(ctx context.Context, id string, op *operation, oc *graphql.OperationContext, responses graphql.ResponseHandler, ending *augur.Ending) {
	defer func() { // on a goroutine of our own nobody else would
		if r := recover(); r != nil {
			_ = oc.Recover(ctx, r) // logs it
			c.fail(id, op, gqlerror.List{{Message: "internal error", Extensions: map[string]any{"code": string(augur.Internal)}}})
		}
	}()
	for {
		response := responses(ctx)
		if response == nil {
			break
		}
		if !c.goesOn(id, op) {
			return // the client wants no more of it
		}
		if !c.holds() {
			c.close(closeUnauthorized, credentialsEnded)
			return
		}
		response.Errors = c.few(response.Errors)
		body, err := json.Marshal(response)
		if err != nil { // a resolver wrote broken JSON
			panic(err)
		}
		if !c.send(message{ID: id, Type: "next", Payload: body}) {
			return
		}
		if oc.Operation.Operation != ast.Subscription && (response.HasNext == nil || !*response.HasNext) {
			break
		}
	}
	if err := ending.Err(); err != nil {
		c.fail(id, op, gqlerror.List{endOf(ctx, c.Logger, err)})
	} else if c.end(id, op) {
		c.send(message{ID: id, Type: "complete"})
	}
}

// fail ends an operation with errors.
func (c *connection) fail(id string, op *operation, errs gqlerror.List) {
	if !c.end(id, op) {
		return
	}
	body, err := json.Marshal(errs)
	if err != nil {
		body = []byte(`[{"message":"internal error"}]`)
	}
	c.send(message{ID: id, Type: "error", Payload: body})
}

func (c *connection) goesOn(id string, op *operation) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.active[id] == op
}

// end frees an operation's id. It reports false where the client has ended it,
// or the connection has ended: there is nothing to tell then.
func (c *connection) end(id string, op *operation) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.active[id] != op {
		return false
	}
	delete(c.active, id)
	return c.ctx.Err() == nil
}

// send reports false when the client is gone. It may be called from everywhere.
func (c *connection) send(m message) bool {
	data, err := json.Marshal(m)
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), sendTimeout)
	defer cancel()
	return c.conn.Write(ctx, websocket.MessageText, data) == nil
}

// ping pings until the connection ends, and ends it when there is no answer.
func (c *connection) ping(every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-tick.C:
			ctx, cancel := context.WithTimeout(c.ctx, every)
			err := c.conn.Ping(ctx)
			cancel()
			if err != nil && c.ctx.Err() == nil {
				_ = c.conn.CloseNow() // the reader notices
				return
			}
		}
	}
}
