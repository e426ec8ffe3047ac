package server_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"augur/internal/augurtest"
	"augur/internal/bench"
	"augur/server"
)

// TestWatchingCost compares a server with its log at its defaults, 1 % of its
// requests traced to a collector and its metrics scraped every second with one
// that logs errors alone and is neither traced nor scraped. Both count, since
// metrics cannot be switched off; BenchmarkCounting of telemetry says what that
// costs. Predictions are computed, of a small model, one row a request.
func TestWatchingCost(t *testing.T) {
	f := bench.FormOf(t)
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	t.Cleanup(collector.Close)
	quiet := startLogging(t, func(c *server.Config) { c.Log.Level = "error" })
	watched := startLogging(t, func(c *server.Config) {
		c.Telemetry.Endpoint, c.Telemetry.SampleRatio = collector.URL, 0.01
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for ctx.Err() == nil {
			scrape(ctx, watched)
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
			}
		}
	}()
	load := func(name, url string) bench.Load {
		return bench.Load{Name: name, Callers: 16, Caller: func(i int) func() error {
			ask, n := predictOverHTTP(t, url, "BYPASS"), i
			return func() error { n++; return ask(n) }
		}}
	}
	got := f.Measure(t, load("watched", watched), load("quiet", quiet))
	cancel()
	<-ended
	f.AtLeast(t, "logs, scrapes and 1 % of traces: requests, of a quiet server's", got[0].Of(got[1]), 0.92)
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
}

// startLogging starts a server with the demo models that logs to a file, and
// returns its URL.
func startLogging(t *testing.T, change func(*server.Config)) string {
	t.Helper()
	cfg := server.DefaultConfig()
	cfg.HTTP.Listen, cfg.Data.Dir, cfg.Log.Format = "127.0.0.1:0", t.TempDir(), "json"
	cfg.Import.Dir = filepath.Join(augurtest.Root(), "examples", "models")
	change(&cfg)
	log, err := os.Create(filepath.Join(cfg.Data.Dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := server.New(cfg, server.Deps{Logs: log, Version: "test"})
	if err == nil {
		err = s.Start(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Stop(context.Background()), log.Close()); err != nil {
			t.Error(err)
		}
	})
	return s.URL()
}

// scrape asks for the metrics, as Prometheus does.
func scrape(ctx context.Context, url string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/metrics", nil)
	if err != nil {
		return
	}
	if res, err := http.DefaultClient.Do(req); err == nil {
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
	}
}
