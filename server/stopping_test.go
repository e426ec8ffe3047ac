package server

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"augur/telemetry"
)

// TestRequestsWaitForTheStart: one that comes before the parts stand is answered
// when they do, and lets go of its connection once the server is to stop.
func TestRequestsWaitForTheStart(t *testing.T) {
	cfg := DefaultConfig()
	cfg.HTTP.Listen = "127.0.0.1:0"
	s, err := New(cfg, Deps{Logs: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	tracing, err := telemetry.NewTracing(t.Context(), telemetry.TraceConfig{}, s.log)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.listen(t.Context(), tracing); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	get := func() *http.Response {
		hc := &http.Client{Transport: &http.Transport{}}
		defer hc.CloseIdleConnections()
		res, err := hc.Get(s.URL() + "/anything")
		if err != nil {
			t.Error(err)
			return nil
		}
		_ = res.Body.Close()
		return res
	}
	answered := make(chan *http.Response)
	go func() { answered <- get() }()
	for !s.busy(t) {
		time.Sleep(time.Millisecond)
	}
	select {
	case res := <-answered:
		t.Fatalf("answered %v before there was somebody to answer", res)
	case <-time.After(20 * time.Millisecond):
	}
	var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	s.handler.Store(&h)
	close(s.standing)
	if res := <-answered; res == nil || res.StatusCode != http.StatusTeapot || res.Close {
		t.Errorf("after the start: %v", res)
	}
	s.ready.drain()
	if res := get(); res == nil || res.StatusCode != http.StatusTeapot || !res.Close {
		t.Errorf("while it stops: %v", res)
	}
}

// busy says whether a request is being answered.
func (s *Server) busy(t *testing.T) bool {
	t.Helper()
	w := httptest.NewRecorder()
	s.metrics.Handler(s.log).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return !strings.Contains(w.Body.String(), "\naugur_http_requests_in_flight 0\n")
}
