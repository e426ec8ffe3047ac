package inference

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"augur"
)

// memory bounds what the open sessions of a pool take together. A load that
// does not fit closes idle sessions first, those used least lately, and the
// live versions of models last. A session that is in use is never closed: a load
// that finds all of them busy waits a moment for one, then goes beyond the
// bound, and sessions are closed as soon as they are idle until it holds again.
// No request fails for want of this memory.
type memory struct {
	limit     int64 // 0 for none
	log       *slog.Logger
	evictions *prometheus.CounterVec
	// live gives the digests of the live versions.
	live func() map[augur.Digest]bool

	// pressed says that idle sessions are wanted, so that others need no lock.
	pressed atomic.Bool
	// uses counts the uses of sessions: the clock of which was used last.
	uses atomic.Int64
	// closings and reloads are when a line last told of one, in Unix nanoseconds.
	closings, reloads atomic.Int64

	mu      sync.Mutex // guards what follows; nothing else is locked under it
	used    int64
	open    int           // sessions, and loads that have their room
	waiting int           // loads that have not
	freed   chan struct{} // closed when there may be room; nil when nobody waits
}

// patience is how long a load waits for a busy session to become idle.
const patience = time.Second

// sessionCost estimates the memory of a session from the size of its artifact.
// Measured with ONNX Runtime 1.27, in resident memory: dense networks take 1.0
// to 1.7 times their file, small models 3 to 7 times, ensembles of trees 7
// times. Three times lies between the networks, which are the large files, and
// the trees; the mebibyte is for what every session takes.
func sessionCost(artifact int64) int64 { return 3*artifact + 1<<20 }

// take takes room for a session of that cost and reports whether there is. A
// session that is alone always has it.
func (m *memory) take(cost int64) (free <-chan struct{}, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.limit == 0 || m.open == 0 || m.used+cost <= m.limit {
		m.add(cost, 1)
		return nil, true
	}
	if m.freed == nil {
		m.freed = make(chan struct{})
	}
	return m.freed, false
}

// add counts a session that opens, or with -1 one that was closed. mu is held.
func (m *memory) add(cost int64, sessions int) {
	m.used += int64(sessions) * cost
	m.open += sessions
	m.press()
}

// press tells those who leave a session whether idle ones are wanted. mu is held.
func (m *memory) press() {
	m.pressed.Store(m.limit > 0 && (m.waiting > 0 || m.used > m.limit && m.open > 1))
}

// tell wakes the loads that wait. mu is held.
func (m *memory) tell() {
	if m.freed != nil {
		close(m.freed)
		m.freed = nil
	}
}

// give gives back what take took.
func (m *memory) give(cost int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.add(cost, -1)
	m.tell()
}

// await counts the loads that wait for room.
func (m *memory) await(loads int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.waiting += loads
	m.press()
}

// over says whether the open sessions take more than they should, and not
// because there is only one.
func (m *memory) over() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.limit > 0 && m.used > m.limit && m.open > 1
}

// seldom is the level of a line that may come with every request: level once a
// second, and debug otherwise.
func seldom(last *atomic.Int64, level slog.Level) slog.Level {
	now, then := time.Now().UnixNano(), last.Load()
	if now-then < int64(time.Second) || !last.CompareAndSwap(then, now) {
		return slog.LevelDebug
	}
	return level
}

// taken is what the open sessions take.
func (m *memory) taken() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.used
}

// room takes room for the session of s, and closes others for it.
func (p *pool) room(s *slot) {
	m := p.memory
	if m.limit > 0 && s.cost > m.limit {
		m.logOf(s).Warn("a version needs more memory than all loaded versions may take; it is loaded alone")
	}
	if _, ok := m.take(s.cost); ok {
		return
	}
	m.await(1)
	defer m.await(-1)
	late := time.NewTimer(patience)
	defer late.Stop()
	for live := m.live(); ; {
		free, ok := m.take(s.cost)
		switch {
		case ok:
			return
		case p.evict(live, s):
			continue
		}
		select {
		case <-free:
			continue
		case <-late.C:
			m.logOf(s).Warn("a version is loaded beyond the memory for versions, since all others are in use")
		case <-p.ctx.Done(): // nothing will be loaded
		}
		m.mu.Lock()
		m.add(s.cost, 1)
		m.mu.Unlock()
		return
	}
}

func (m *memory) logOf(s *slot) *slog.Logger {
	return m.log.With("model", s.v.Model, "version", s.v.Version, "bytes", s.cost, "limit", m.limit)
}

// evict closes the idle session that is needed least and reports whether there
// was one. It is closed for another, or nil when the bound alone asks for it.
func (p *pool) evict(live map[augur.Digest]bool, other *slot) bool {
	p.mu.Lock()
	slots := make([]*slot, 0, len(p.slots))
	for _, s := range p.slots {
		slots = append(slots, s)
	}
	p.mu.Unlock()
	for { // again when the one chosen has come into use
		var least *slot
		var last int64
		for _, s := range slots {
			used, idle := s.idle()
			if idle && (least == nil || live[least.v.Digest] && !live[s.v.Digest] || live[least.v.Digest] == live[s.v.Digest] && used < last) {
				least, last = s, used
			}
		}
		if least == nil {
			return false
		}
		if !least.closeIf(func() bool { return least.users == 0 && least.last == last }) {
			continue
		}
		p.memory.evictions.WithLabelValues(least.v.Model, least.v.Version).Inc()
		log := p.memory.logOf(least).With("live", live[least.v.Digest])
		if other != nil {
			log = log.With("for", other.v.Model+" "+other.v.Version)
		}
		log.Log(p.ctx, seldom(&p.memory.closings, slog.LevelInfo), "a version was closed to make room; its next request loads it again")
		return true
	}
}

// trim closes idle sessions until the bound holds, and tells loads that wait.
func (p *pool) trim() {
	m := p.memory
	m.mu.Lock()
	m.tell()
	m.mu.Unlock()
	if !m.over() {
		return
	}
	for live := m.live(); m.over() && p.evict(live, nil); {
	}
}
