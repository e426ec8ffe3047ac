package telemetry_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"augur/telemetry"
)

// BenchmarkCounting is what a request pays for its id, its counters and its
// place in the histograms, and with a line in the log.
func BenchmarkCounting(b *testing.B) {
	nothing := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	for name, log := range map[string]*slog.Logger{
		"counted": slog.New(slog.DiscardHandler),
		"logged":  slog.New(slog.NewJSONHandler(io.Discard, nil)),
	} {
		b.Run(name, func(b *testing.B) {
			h := telemetry.NewMetrics("test").Middleware(log, telemetry.Route("/x", nothing))
			r := httptest.NewRequest(http.MethodPost, "/x", nil)
			w := httptest.NewRecorder()
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(w, r)
			}
		})
	}
}
