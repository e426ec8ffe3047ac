package server

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/pprof"
	"strings"

	"augur"
)

// debugging serves /debug/ to administrators: profiles of the running program,
// and the level of its log, which can be changed while it runs.
func (s *Server) debugging() http.Handler {
	mux := http.NewServeMux()
	// Without the write deadline of other routes: a profile takes as long as is asked.
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	mux.Handle("/debug/log-level", methods{http.MethodGet: s.getLogLevel, http.MethodPut: s.putLogLevel}.handler(s))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if require(w, r, s.log, augur.ScopeAdmin) {
			w.Header().Set("Cache-Control", "no-store")
			mux.ServeHTTP(w, r)
		}
	})
}

func (s *Server) getLogLevel(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"level": strings.ToLower(s.level.Level().String())})
}

// putLogLevel takes the level as plain text: debug, info, warn or error. It
// lasts until the server stops.
func (s *Server) putLogLevel(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 64))
	if err != nil {
		return // the client is gone
	}
	text := strings.ToLower(strings.TrimSpace(string(body)))
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}
	level, known := levels[text]
	if !known {
		writeProblem(w, r, s.log, augur.Errorf(augur.InvalidArgument, "log level %q: expected debug, info, warn or error", text), 0)
		return
	}
	before := s.level.Level()
	s.level.Set(level)
	// At a level that every setting but the highest shows.
	s.log.WarnContext(r.Context(), "the log level was changed", "from", strings.ToLower(before.String()), "to", text, "by", augur.PrincipalFrom(r.Context()).Name)
	s.getLogLevel(w, r)
}
