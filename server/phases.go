package server

import (
	"log/slog"
	"time"
)

// phases measures what the start is spent on, and tells readiness what it is at.
type phases struct {
	ready *readiness
	begin time.Time
	since time.Time
	name  string
	took  []slog.Attr
}

func newPhases(r *readiness) *phases {
	now := time.Now()
	return &phases{ready: r, begin: now, since: now}
}

// enter ends the phase before and begins the next; "" ends the start.
func (p *phases) enter(name string) {
	now := time.Now()
	if p.name != "" {
		p.took = append(p.took, slog.Float64(p.name, float64(now.Sub(p.since).Microseconds())/1000))
	}
	p.name, p.since = name, now
	p.ready.enter(name)
}

func (p *phases) total() time.Duration { return time.Since(p.begin) }

// LogValue writes the milliseconds of each phase.
func (p *phases) LogValue() slog.Value { return slog.GroupValue(p.took...) }
