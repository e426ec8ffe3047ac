package server

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"augur"
	"augur/auth"
	"augur/graph/transport"
	"augur/telemetry"
)

// outer is what every request passes, and the routes that answer from the
// first moment on. The outermost stands first:
//
//	trace → id, metrics, access line → panics → stopping → host names → origins → route
func (s *Server) outer(tracing *telemetry.Tracing) (http.Handler, error) {
	mux := http.NewServeMux()
	timeout := s.cfg.HTTP.BodyTimeout
	s.mount(mux, "/health", withTimeouts(timeout, false, methods{http.MethodGet: serveHealth}.handler(s)))
	s.mount(mux, "/ready", withTimeouts(timeout, false, methods{http.MethodGet: s.ready.serveReady}.handler(s)))
	s.mount(mux, "/metrics", withTimeouts(timeout, false, methods{http.MethodGet: s.metrics.Handler(s.log).ServeHTTP}.handler(s)))
	mux.Handle("/", http.HandlerFunc(s.inner))

	h, err := guardOrigins(s.cfg.HTTP, s.log, mux)
	if err != nil {
		return nil, err
	}
	h = guardHosts(s.cfg.HTTP, s.log, h)
	h = s.closeWhileStopping(h)
	h = recoverPanics(s.log, h)
	h = s.metrics.Middleware(s.log, h)
	return tracing.Middleware(h), nil
}

// closeWhileStopping has clients and proxies let go of their connections while
// /ready says no, so that none sends into one that closes when the server does.
func (s *Server) closeWhileStopping(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.ready.draining.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// startPatience is how long a request waits for a server that starts: a proxy that
// does not ask /ready sends some.
const startPatience = 5 * time.Second

// inner answers with the routes that need the parts, once they stand.
func (s *Server) inner(w http.ResponseWriter, r *http.Request) {
	if s.handler.Load() == nil {
		select {
		case <-s.standing:
		case <-s.stopping.Done():
		case <-r.Context().Done():
		case <-time.After(startPatience):
		}
	}
	if h := s.handler.Load(); h != nil {
		(*h).ServeHTTP(w, r)
		return
	}
	w.Header().Set("Retry-After", "1")
	writeProblem(w, r, s.log, augur.Errorf(augur.Unavailable, "the server is starting"), 0)
}

// routes mounts what needs the parts.
func (s *Server) routes(who *auth.Authenticator, graphQL, pages http.Handler, files *artifacts, results jobResults) http.Handler {
	mux := http.NewServeMux()
	timeout := s.cfg.HTTP.BodyTimeout
	s.mount(mux, "/graphql", withTimeouts(timeout, false, crossOrigin(s.cfg.HTTP.TrustedOrigins, s.log, s.identifyOr(who, transport.Refuse, methods{
		http.MethodGet:  graphQL.ServeHTTP,
		http.MethodPost: graphQL.ServeHTTP,
	}.exactly(s)))))
	if s.cfg.GraphQL.Introspection {
		s.mount(mux, "/schema.graphqls", withTimeouts(timeout, false, crossOrigin(s.cfg.HTTP.TrustedOrigins, s.log, s.identify(who, methods{http.MethodGet: s.serveSDL()}.handler(s)))))
	}

	s.mount(mux, "/artifacts/{digest}", withTimeouts(timeout, true, s.identify(who, methods{
		http.MethodPut: files.put,
		http.MethodGet: files.get, // HEAD too: net/http drops the body
	}.handler(s))))

	download := &resultDownload{jobs: results, log: s.log}
	s.mount(mux, "/jobs/{id}/{file}", withTimeouts(timeout, true, methods{http.MethodGet: download.get}.exactly(s)))

	s.mount(mux, "/debug/", s.identify(who, s.debugging()))
	pages = withTimeouts(timeout, false, pages)
	if s.cfg.GraphQL.Playground {
		s.mount(mux, "/playground/", pages)
	}
	switch {
	case s.cfg.HTTP.Dashboard:
		s.mount(mux, "/{$}", pages)
	case s.cfg.GraphQL.Playground:
		s.mount(mux, "/{$}", http.RedirectHandler("/playground/", http.StatusFound))
	}
	if s.cfg.HTTP.Dashboard || s.cfg.GraphQL.Playground {
		s.mount(mux, "/assets/", pages)
		s.mount(mux, "/icon.svg", pages)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, r, s.log, augur.Errorf(augur.NotFound, "there is nothing at this path"), 0)
	})
	return mux
}

// mount registers a route under its name in metrics and the access log.
func (s *Server) mount(mux *http.ServeMux, pattern string, h http.Handler) {
	mux.Handle(pattern, telemetry.Route(strings.TrimSuffix(pattern, "{$}"), h))
}

// methods answers by method.
type methods map[string]http.HandlerFunc

// handler answers HEAD as GET; net/http leaves the body out.
func (m methods) handler(s *Server) http.Handler {
	if get, ok := m[http.MethodGet]; ok {
		m[http.MethodHead] = get
	}
	return m.exactly(s)
}

// exactly answers these methods, and the others with 405.
func (m methods) exactly(s *Server) http.Handler {
	allow := strings.Join(slices.Sorted(maps.Keys(m)), ", ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h, ok := m[r.Method]; ok {
			h(w, r)
			return
		}
		w.Header().Set("Allow", allow)
		writeProblem(w, r, s.log, augur.Errorf(augur.InvalidArgument, "%s is not for %s: expected %s", r.URL.Path, r.Method, allow), http.StatusMethodNotAllowed)
	})
}
