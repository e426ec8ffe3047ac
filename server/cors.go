package server

import (
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"augur"
)

// crossOrigin is what pages of other origins may do at the routes of the API:
// those of http.trusted-origins everything that credentials allow, and see the
// answers (CORS); all others may link there, and nothing else, not even fetch by
// GET. Credentials are headers, so browsers are not asked to send cookies along.
func crossOrigin(origins []string, log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Origin")
		origin := r.Header.Get("Origin")
		switch {
		case origin != "" && slices.Contains(origins, origin):
			w.Header().Set("Access-Control-Allow-Origin", origin)
			w.Header().Set("Access-Control-Expose-Headers", "Retry-After, X-Request-Id, RateLimit, RateLimit-Policy")
			if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
				w.Header().Set("Access-Control-Allow-Methods", "GET, POST")
				w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Accept, X-API-Key, X-User-ID, X-Request-Id, Traceparent, Tracestate")
				w.Header().Set("Access-Control-Max-Age", "7200")
				w.WriteHeader(http.StatusNoContent)
				return
			}
		case foreign(r, origin):
			writeProblem(w, r, log, augur.Errorf(augur.PermissionDenied, "a page of another origin may not do this: its origin is not among http.trusted-origins"), 0)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// foreign says whether a page of another origin asks, which browsers say by
// Sec-Fetch-Site or, old ones and those that upgrade to WebSocket, by Origin.
func foreign(r *http.Request, origin string) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "cross-site", "same-site":
		return r.Method != http.MethodGet || r.Header.Get("Sec-Fetch-Mode") != "navigate"
	case "same-origin", "none":
		return false
	}
	if origin == "" {
		return false // no browser
	}
	u, err := url.Parse(origin)
	return err != nil || !strings.EqualFold(u.Host, r.Host)
}
