package telemetry

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"augur"
)

// RequestIDHeader carries the id of a request: taken from the caller when it
// is well formed, and always given back.
const RequestIDHeader = "X-Request-Id"

// exchange is what the middleware learns of one request as it goes down.
type exchange struct{ route string }

type exchangeKey struct{}

// Route names the pattern that answers a request, in the access log, in its span
// and in the labels of metrics. The patterns are fixed when the server is assembled; a
// request that reaches none counts as "other".
func Route(pattern string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if x, ok := r.Context().Value(exchangeKey{}).(*exchange); ok {
			x.route = pattern
		}
		if span := trace.SpanFromContext(r.Context()); span.IsRecording() {
			span.SetName(boundedMethod(r.Method) + " " + pattern)
			span.SetAttributes(attribute.String("http.route", pattern))
		}
		next.ServeHTTP(w, r)
	})
}

// Middleware gives every request its id, counts and times it, and writes one
// access line when it has been answered. Lines of quiet routes (probes, scrapes)
// are written at debug level.
func (m *Metrics) Middleware(log *slog.Logger, next http.Handler) http.Handler {
	quiet := map[string]bool{"/health": true, "/ready": true, "/metrics": true}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		m.inFlight.Inc()
		id := r.Header.Get(RequestIDHeader)
		if !wellFormed(id) {
			id = augur.NewID(augur.RequestID)
		}
		w.Header().Set(RequestIDHeader, id)
		x := &exchange{route: "other"}
		ctx := augur.WithRequestID(context.WithValue(r.Context(), exchangeKey{}, x), id)
		rec := &recorder{ResponseWriter: w}

		// Deferred, so that a handler that aborts the connection is counted too.
		defer func() {
			took := time.Since(start)
			m.inFlight.Dec()
			method, status := boundedMethod(r.Method), rec.status
			if status == 0 {
				status = http.StatusOK
			}
			m.requests.WithLabelValues(x.route, method, strconv.Itoa(status)).Inc()
			m.seconds.WithLabelValues(x.route, method).Observe(took.Seconds())
			level := slog.LevelInfo
			if quiet[x.route] && status < 400 {
				level = slog.LevelDebug
			}
			if !log.Enabled(ctx, level) {
				return
			}
			log.LogAttrs(ctx, level, "request",
				slog.String("method", r.Method),
				slog.String("route", x.route),
				slog.Int("status", status),
				slog.Int64("bytes", rec.bytes),
				slog.Float64("ms", float64(took.Microseconds())/1000),
			)
		}()
		next.ServeHTTP(rec, r.WithContext(ctx))
	})
}

// wellFormed says whether a caller's request id may stand in our logs and
// headers: 1 to 128 characters of letters, digits and "._:/=+-".
func wellFormed(id string) bool {
	if id == "" || len(id) > 128 {
		return false
	}
	for i := range len(id) {
		switch c := id[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '.' || c == '_' || c == ':' || c == '/' || c == '=' || c == '+' || c == '-':
		default:
			return false
		}
	}
	return true
}

// boundedMethod keeps made-up methods from becoming labels.
func boundedMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	default:
		return "other"
	}
}

// recorder notes the status and the size of an answer.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader notes the status; an informational one is not the answer yet.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Flush is here for handlers that stream and ask for an http.Flusher.
func (r *recorder) Flush() { _ = http.NewResponseController(r.ResponseWriter).Flush() }

// Unwrap gives http.ResponseController the writer below.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// Started says whether the answer has begun, so that it is too late for another status.
func Started(w http.ResponseWriter) bool {
	r, ok := w.(*recorder)
	return ok && r.status != 0
}
