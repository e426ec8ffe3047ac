package server

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// withTimeouts bounds how long a request may take to arrive and its answer to
// be taken. The server's own ReadTimeout and WriteTimeout would count from the
// first byte, and so cut long uploads, downloads and predictions.
//
// A rolling request may take any time as long as it does not stand still; one
// that is not must arrive whole within timeout. Answers always roll.
func withTimeouts(timeout time.Duration, rolling bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rc := http.NewResponseController(w)
		// A deadline of the request before on this connection may still stand,
		// and would meet the 100 Continue that net/http writes by itself. Where
		// the connection has no deadlines, as in a test's recorder, there are none.
		_ = rc.SetWriteDeadline(time.Time{})
		if r.Body != nil && r.Body != http.NoBody {
			_ = rc.SetReadDeadline(time.Now().Add(timeout))
			r.Body = &timedBody{ReadCloser: r.Body, rc: rc, timeout: timeout, rolling: rolling}
		}
		next.ServeHTTP(&timedWriter{ResponseWriter: w, rc: rc, timeout: timeout}, r)
	})
}

type timedBody struct {
	io.ReadCloser
	rc      *http.ResponseController
	timeout time.Duration
	rolling bool
}

func (b *timedBody) Read(p []byte) (int, error) {
	if b.rolling {
		_ = b.rc.SetReadDeadline(time.Now().Add(b.timeout))
	}
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		// From here net/http reads on by itself, to notice when the client
		// leaves; a deadline that passed then would cancel the request. After
		// any other error the deadline stays: net/http reads what is left of
		// the body before it answers, and would wait for it forever.
		_ = b.rc.SetReadDeadline(time.Time{})
	}
	return n, err
}

type timedWriter struct {
	http.ResponseWriter
	rc      *http.ResponseController
	timeout time.Duration
}

// WriteHeader gives the client time to take it.
func (w *timedWriter) WriteHeader(status int) {
	_ = w.rc.SetWriteDeadline(time.Now().Add(w.timeout))
	w.ResponseWriter.WriteHeader(status)
}

// Write gives the client time to take p.
func (w *timedWriter) Write(p []byte) (int, error) {
	_ = w.rc.SetWriteDeadline(time.Now().Add(w.timeout))
	return w.ResponseWriter.Write(p)
}

// Flush is here for handlers that stream and ask for an http.Flusher.
func (w *timedWriter) Flush() { _ = w.rc.Flush() }

// Unwrap gives http.ResponseController the writer below.
func (w *timedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
