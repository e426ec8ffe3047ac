package server

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"augur"
)

// readiness knows whether the server should get requests, and if not, why.
type readiness struct {
	log *slog.Logger
	// draining is set when Stop has begun.
	draining atomic.Bool

	mu sync.Mutex // guards what follows
	// checks are what is asked now: the database, the artifacts, the shared cache.
	checks []check
	// phase is what the start is at, "" once it is over.
	phase string
	// loading are the live versions that are still to be loaded.
	loading []string
	// failed are the live versions that could not be loaded, with the reason.
	// They do not keep the server from serving the others: one broken artifact
	// must not take every replica out of service.
	failed map[string]string
}

// check is one thing that must work for the server to be ready.
type check struct {
	name string
	ask  func(context.Context) error
	// spare is a part without which the server still serves, if less well.
	spare bool
}

// checkOK is what is said of a part that answers.
const checkOK = "ok"

// checkTimeout bounds one check; a probe that hangs is a probe that fails.
const checkTimeout = 2 * time.Second

// readyAnswer is what /ready says.
type readyAnswer struct {
	Ready bool `json:"ready"`
	// Missing says in words what is missing.
	Missing []string `json:"missing,omitempty"`
	// Checks says of each part "ok" or what is wrong.
	Checks map[string]string `json:"checks"`
	// Failed are live versions that could not be loaded, with the reason.
	Failed map[string]string `json:"failed,omitempty"`
}

// require adds a check.
func (s *readiness) require(name string, ask func(context.Context) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.checks = append(s.checks, check{name: name, ask: ask})
}

// report adds a check that is told of and does not decide.
func (s *readiness) report(name string, ask func(context.Context) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.checks = append(s.checks, check{name: name, ask: ask, spare: true})
}

// enter notes the phase of the start; "" ends it.
func (s *readiness) enter(phase string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.phase = phase
}

// await notes which live versions are to be loaded.
func (s *readiness) await(versions []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loading = append(s.loading, versions...)
}

// loaded notes that a version is loaded, or why it cannot be.
func (s *readiness) loaded(version string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loading = slices.DeleteFunc(s.loading, func(v string) bool { return v == version })
	if err != nil {
		if s.failed == nil {
			s.failed = map[string]string{}
		}
		s.failed[version] = augur.AsError(err).Message
	}
}

// drain says no from now on.
func (s *readiness) drain() { s.draining.Store(true) }

// list is what is checked.
func (s *readiness) list() []check {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.checks)
}

func (s *readiness) answer(ctx context.Context) readyAnswer {
	out := readyAnswer{Checks: map[string]string{}}
	s.mu.Lock()
	switch {
	case s.draining.Load():
		out.Missing = append(out.Missing, "the server is stopping")
	case s.phase != "":
		out.Missing = append(out.Missing, "the server is starting: "+s.phase)
	}
	for _, v := range s.loading {
		out.Missing = append(out.Missing, v+" is being loaded")
	}
	if len(s.failed) > 0 {
		out.Failed = map[string]string{}
		for v, why := range s.failed {
			out.Failed[v] = why
		}
	}
	s.mu.Unlock()
	checks := s.list()

	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	for _, c := range checks {
		out.Checks[c.name] = checkOK
		if err := c.ask(ctx); err != nil {
			out.Checks[c.name] = augur.AsError(err).Message
			if c.spare {
				continue
			}
			s.log.WarnContext(ctx, "not ready", "check", c.name, "error", err)
			out.Missing = append(out.Missing, "the "+c.name+" does not answer")
		}
	}
	out.Ready = len(out.Missing) == 0
	return out
}

// serveReady answers 200, or 503 and what is missing.
func (s *readiness) serveReady(w http.ResponseWriter, r *http.Request) {
	answer := s.answer(r.Context())
	status := http.StatusOK
	if !answer.Ready {
		status = http.StatusServiceUnavailable
		w.Header().Set("Retry-After", "1")
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, status, answer)
}

// serveHealth answers 200 as long as the process can answer at all: a database
// that is down is no reason to restart the server.
func serveHealth(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}
