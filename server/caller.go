package server

import (
	"net/http"

	"augur"
	"augur/auth"
	"augur/graph/transport"
)

// identify finds who calls, by Authorization: Bearer or X-API-Key. Without
// credentials a request goes on as nobody, who is refused where a scope is asked
// for; with wrong ones it is refused here. Where no authentication is configured
// everybody is augur.Anonymous.
func (s *Server) identify(who *auth.Authenticator, next http.Handler) http.Handler {
	return s.identifyOr(who, func(w http.ResponseWriter, r *http.Request, err error) {
		challenge(w)
		writeProblem(w, r, s.log, err, 0)
	}, next)
}

// identifyOr is identify with a way of its own to refuse.
func (s *Server) identifyOr(who *auth.Authenticator, refuse func(http.ResponseWriter, *http.Request, error), next http.Handler) http.Handler {
	if who == nil {
		p := augur.Anonymous()
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(augur.WithPrincipal(r.Context(), p)))
		})
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := r.Header.Get("X-API-Key")
		if header := r.Header.Get("Authorization"); header != "" {
			token = transport.BearerToken(header)
		}
		if token != "" {
			p, err := who.Principal(r.Context(), token)
			if err != nil {
				refuse(w, r, err)
				return
			}
			r = r.WithContext(augur.WithPrincipal(r.Context(), p))
		}
		next.ServeHTTP(w, r)
	})
}

// challenge says how to authenticate (RFC 6750). It is for answers with 401.
func challenge(w http.ResponseWriter) { w.Header().Set("WWW-Authenticate", `Bearer realm="augur"`) }

// credentials are an Authenticator for the streams, nil where there is none.
func credentials(who *auth.Authenticator) transport.Credentials {
	if who == nil {
		return nil
	}
	return who
}
