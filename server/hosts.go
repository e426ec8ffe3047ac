package server

import (
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"

	"augur"
)

// guardHosts refuses requests that are addressed to a name the server does not
// go by. A web page can point a name of its own at 127.0.0.1 and then reach a
// server on loopback as its own origin (DNS rebinding); what it cannot do is
// change the Host header, which still has that name. Addresses and localhost
// need no listing, since no page can be served from them by a stranger.
func guardHosts(cfg HTTPConfig, log *slog.Logger, next http.Handler) http.Handler {
	if cfg.AllowAnonymous && len(cfg.Hosts) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
		if host == "" || host == "localhost" || strings.HasSuffix(host, ".localhost") || net.ParseIP(host) != nil || slices.Contains(cfg.Hosts, host) {
			next.ServeHTTP(w, r)
			return
		}
		writeProblem(w, r, log, augur.Errorf(augur.PermissionDenied, "the host name %q is not among http.hosts", host), http.StatusMisdirectedRequest)
	})
}
