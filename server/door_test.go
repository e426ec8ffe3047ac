package server

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
)

// TestDoor: nobody who came in before a server closes is turned away, whether the
// server had taken the connection yet or not.
func TestDoor(t *testing.T) {
	const rounds, callers = 50, 8
	for round := range rounds {
		plain, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		door := newDoor(plain.(*net.TCPListener))
		srv := &http.Server{ConnContext: door.remember, Handler: door.greet(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNoContent)
		}))}
		var calls sync.WaitGroup
		for range callers { // before anybody accepts: they wait in the queue
			conn, err := net.Dial("tcp", door.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			calls.Go(func() {
				defer func() { _ = conn.Close() }()
				if err := ask(conn); err != nil {
					t.Errorf("round %d: a client was let in and not answered: %v", round, err)
				}
			})
		}
		served := make(chan error)
		go func() { served <- srv.Serve(door) }()
		door.close()
		if err := srv.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
		calls.Wait()
		if conn, err := net.Dial("tcp", door.Addr().String()); err == nil {
			_ = conn.Close()
			t.Error("the door is open")
		}
		if door.open.Load() != 0 || door.unmet.Load() != 0 {
			t.Errorf("%d connections are open and %d unmet", door.open.Load(), door.unmet.Load())
		}
	}
}

func ask(conn net.Conn) error {
	if _, err := fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"); err != nil {
		return err
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return err
	}
	return res.Body.Close()
}
