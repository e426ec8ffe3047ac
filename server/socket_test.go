package server_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"augur/internal/augurtest"
)

// TestSocketProtocol says each sequence of messages to a connection of its own,
// and holds the last message that comes back, or the code that the connection
// is closed with, against the protocol.
// https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
func TestSocketProtocol(t *testing.T) {
	s := augurtest.Start(t)
	const hello, stream = `{"type":"connection_init"}`, `{"id":"a","type":"subscribe","payload":{"query":"subscription { registryChanged { action } }"}}`
	query := func(text string) string {
		return `{"id":"q","type":"subscribe","payload":{"query":"` + text + `"}}`
	}
	for _, tc := range []struct {
		name     string
		messages []string
		code     websocket.StatusCode // 0 where it stays open
		last     string               // what the last message holds
	}{
		{"subscribe before connection_init", []string{query("{ __typename }")}, 4401, ""},
		{"a second connection_init", []string{hello, hello}, 4429, ""},
		{"connection_init with a payload", []string{`{"type":"connection_init","payload":{"a":1}}`}, 0, `"connection_ack"`},
		{"connection_init with another payload", []string{`{"type":"connection_init","payload":[1]}`}, 4400, ""},
		{"an unknown type", []string{hello, `{"type":"start","id":"1"}`}, 4400, ""},
		{"not JSON", []string{hello, `hello`}, 4400, ""},
		{"JSON, not a message", []string{hello, `[1]`}, 4400, ""},
		{"a message without a type", []string{hello, `{"id":"1"}`}, 4400, ""},
		{"subscribe without an id", []string{hello, strings.Replace(stream, `"id":"a",`, "", 1)}, 4400, ""},
		{"an id in use", []string{hello, stream, stream}, 4409, ""},
		{"an id that was in use", []string{hello, stream, `{"id":"a","type":"complete"}`, stream, query("{ __typename }")}, 0, `{"id":"q","type":"complete"}`},
		{"complete of nothing", []string{hello, `{"id":"none","type":"complete"}`, query("{ __typename }")}, 0, `{"id":"q","type":"complete"}`},
		{"ping before anything", []string{`{"type":"ping","payload":{"n":1}}`}, 0, `{"type":"pong","payload":{"n":1}}`},
		{"an unasked pong", []string{`{"type":"pong"}`, hello}, 0, `"connection_ack"`},
		{"a document that does not parse", []string{hello, query("{")}, 0, `"type":"error","payload":[{"message":`},
		{"an unknown field", []string{hello, query("{ nothing }")}, 0, `GRAPHQL_VALIDATION_FAILED`},
		{"no document", []string{hello, query("")}, 0, `query: expected`},
		{"no payload", []string{hello, `{"id":"q","type":"subscribe"}`}, 0, `a request must be a JSON object`},
		{"a mutation", []string{hello, query(`mutation { modelCreate(input: {name: \"m\"}) { model { name } } }`)}, 0, `{"id":"q","type":"complete"}`},
		{"a fault of a field", []string{hello, query(`{ node(id: \"mdl_none\") { id } }`)}, 0, `{"id":"q","type":"complete"}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), wait)
			defer cancel()
			conn := connect(ctx, t, s, "graphql-transport-ws")
			for _, m := range tc.messages {
				if err := conn.Write(ctx, websocket.MessageText, []byte(m)); err != nil && tc.code == 0 {
					t.Fatal(err)
				}
			}
			last := ""
			for {
				_, text, err := conn.Read(ctx)
				if err != nil {
					if got := websocket.CloseStatus(err); got != tc.code || got < 0 {
						t.Errorf("closed with %d (%v) after %s, want %d", got, err, last, tc.code)
					}
					return
				}
				if last = string(text); tc.code == 0 && strings.Contains(last, tc.last) {
					return
				}
			}
		})
	}
	t.Run("another protocol", func(t *testing.T) {
		conn := connect(t.Context(), t, s, "graphql-ws")
		if _, _, err := conn.Read(t.Context()); websocket.CloseStatus(err) != 4406 {
			t.Errorf("got %v", err)
		}
	})
	t.Run("the server stops", func(t *testing.T) {
		conn := connect(t.Context(), t, s, "graphql-transport-ws")
		for _, m := range []string{hello, stream} {
			if err := conn.Write(t.Context(), websocket.MessageText, []byte(m)); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := conn.Read(t.Context()); err != nil {
			t.Fatal(err)
		}
		closed := make(chan error, 1)
		go func() {
			_, _, err := conn.Read(context.WithoutCancel(t.Context()))
			closed <- err
		}()
		began := time.Now()
		s.Shutdown(t)
		if err := <-closed; websocket.CloseStatus(err) != websocket.StatusGoingAway {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
	})
}

// connect opens a connection that speaks a protocol.
func connect(ctx context.Context, t *testing.T, s *augurtest.Server, protocol string) *websocket.Conn {
	t.Helper()
	conn, res, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(s.URL(), "http")+"/graphql", &websocket.DialOptions{Subprotocols: []string{protocol}})
	if err != nil {
		if res != nil && res.Body != nil {
			_ = res.Body.Close()
		}
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	return conn
}
