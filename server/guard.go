package server

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"augur"
	"augur/telemetry"
)

// recoverPanics turns a panic of a handler into a 500 with the request's id and
// a line in the log with the stack. http.ErrAbortHandler passes: it asks net/http
// to cut the connection.
func recoverPanics(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			}
			log.ErrorContext(r.Context(), "panic in a handler", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			if telemetry.Started(w) {
				panic(http.ErrAbortHandler) // too late for a status: a cut connection is not mistaken for an answer
			}
			writeProblem(w, r, log, augur.Errorf(augur.Internal, "panic"), 0)
		}()
		next.ServeHTTP(w, r)
	})
}

// guardOrigins refuses changes that a web page of another origin asks a browser
// for (CSRF), by Sec-Fetch-Site and Origin.
func guardOrigins(cfg HTTPConfig, log *slog.Logger, next http.Handler) (http.Handler, error) {
	guard := http.NewCrossOriginProtection()
	for _, origin := range cfg.TrustedOrigins {
		if err := guard.AddTrustedOrigin(origin); err != nil {
			return nil, augur.Errorf(augur.InvalidArgument, "http.trusted-origins: %w", err)
		}
	}
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, r, log, augur.Errorf(augur.PermissionDenied, "a page of another origin may not do this: its origin is not among http.trusted-origins"), 0)
	}))
	return guard.Handler(next), nil
}

// userIDHeader says whom a request is for.
const userIDHeader = "X-User-ID"

// forUser notes whom a request says it is for.
func forUser(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user := r.Header.Get(userIDHeader); user != "" {
			r = r.WithContext(augur.WithUserID(r.Context(), user))
		}
		next.ServeHTTP(w, r)
	})
}

// require refuses a request whose principal lacks the scope, and reports whether it did not.
func require(w http.ResponseWriter, r *http.Request, log *slog.Logger, scope augur.Scope) bool {
	switch p := augur.PrincipalFrom(r.Context()); {
	case p.Has(scope):
		return true
	case p == nil:
		challenge(w)
		writeProblem(w, r, log, augur.Errorf(augur.Unauthenticated, "this needs credentials with the scope %s", scope), 0)
	default:
		writeProblem(w, r, log, augur.Errorf(augur.PermissionDenied, "this needs the scope %s", scope), 0)
	}
	return false
}
