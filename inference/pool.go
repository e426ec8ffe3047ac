package inference

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"augur"
)

// pool holds the open sessions. A session is opened by its first use, once for
// all who wait for it, and closed after its last run when it was retired.
type pool struct {
	artifacts Artifacts
	runtimes  map[string]Runtime
	log       *slog.Logger
	backoff   time.Duration
	memory    *memory

	ctx    context.Context // of loads; ends when the pool closes
	cancel context.CancelFunc

	mu     sync.Mutex // guards what follows; may be taken while a slot's is held, not the other way round
	closed bool
	slots  map[slotKey]*slot
	// open counts the goroutines of loads and the sessions that are open.
	open sync.WaitGroup
}

// slotKey is what a session depends on: two versions of one artifact share one.
type slotKey struct {
	digest  augur.Digest
	format  string
	threads int
}

// slot is the place of one session.
type slot struct {
	pool *pool
	v    *augur.CatalogVersion // with its policy filled in
	cost int64                 // of the session's memory, in bytes, roughly

	mu sync.Mutex // guards what follows
	// loading is closed when the load under way ends; nil when there is none.
	loading chan struct{}
	session Session
	release func() // of the artifact
	took    time.Duration
	// err says why the last load failed; nobody tries again before retryAt.
	err      error
	failures int
	attempt  int64 // counts loads
	// before is the slot that answers until this one has loaded: the same
	// artifact under other settings. It is nil when there is none, else held
	// open. A session that follows is tried before it is used.
	before  *slot
	try     func(context.Context, Session)
	retryAt time.Time
	users   int       // runs, and requests that wait for the load
	last    int64     // the last use, by memory.uses
	evicted time.Time // when the session was last closed for another
	// retired says that no version in the catalog needs the session: whoever
	// leaves last closes it. A late request may still open it again.
	retired bool
}

func newPool(deps Deps, backoff time.Duration, m *memory) *pool {
	p := &pool{artifacts: deps.Artifacts, runtimes: deps.Runtimes, log: deps.Logger, backoff: backoff, memory: m, slots: map[slotKey]*slot{}}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	return p
}

// slot returns the place of the session that v needs under policy p.
func (p *pool) slot(v *augur.CatalogVersion, policy augur.ServingPolicy) *slot {
	key := slotKey{digest: v.Digest, format: v.Format, threads: policy.Threads}
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.slots[key]
	if s == nil {
		s = newSlot(p, v, policy)
		p.slots[key] = s
	}
	return s
}

func newSlot(p *pool, v *augur.CatalogVersion, policy augur.ServingPolicy) *slot {
	copied := *v
	copied.Policy = policy
	return &slot{pool: p, v: &copied, cost: sessionCost(v.Size)}
}

// retain retires every slot that is not among those wanted.
func (p *pool) retain(wanted map[*slot]bool) {
	p.mu.Lock()
	var gone []*slot
	for key, s := range p.slots {
		if !wanted[s] {
			delete(p.slots, key)
			gone = append(gone, s)
		}
	}
	p.mu.Unlock()
	for _, s := range gone {
		s.retire()
	}
}

// close ends loads, closes every session after its last run and waits for that.
func (p *pool) close(ctx context.Context) error {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.cancel()
	p.retain(nil)
	done := make(chan struct{})
	go func() { // ends with the last run, whether or not it is waited for
		p.open.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// follow loads s while old goes on to answer for it, if old can. A load that
// fails is tried again by those who come, who do not notice.
func (s *slot) follow(old *slot, try func(context.Context, Session)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s == old || s.session != nil || s.before != nil {
		return
	}
	old.mu.Lock()
	for old.session == nil && old.before != nil {
		next := old.before
		next.mu.Lock()
		old.mu.Unlock()
		old = next
	}
	defer old.mu.Unlock()
	if old.session == nil {
		return
	}
	old.users++
	s.before, s.try = old, try
	if s.loading == nil {
		_ = s.start() // those who come try again
	}
}

// enter returns a session, and the slot that keeps it open until its leave is
// called: s, or while s follows another, that one. It waits for a load no longer
// than ctx. The error is the load's, or Unavailable when the engine has stopped;
// leave must not be called after it.
func (s *slot) enter(ctx context.Context) (Session, *slot, error) {
	s.mu.Lock()
	before := s.before
	if before == nil {
		s.mu.Unlock()
		session, err := s.open(ctx)
		return session, s, err
	}
	if s.loading == nil {
		_ = s.start()
	}
	before.mu.Lock() // before s lets go of it
	session := before.session
	before.users++
	before.last = s.pool.memory.uses.Add(1)
	before.mu.Unlock()
	s.mu.Unlock()
	return session, before, nil
}

// open is enter for the session of s itself.
func (s *slot) open(ctx context.Context) (Session, error) {
	s.mu.Lock()
	s.users++
	s.last = s.pool.memory.uses.Add(1)
	for s.session == nil {
		if s.loading == nil {
			if err := s.start(); err != nil {
				s.mu.Unlock()
				s.leave()
				return nil, err
			}
		}
		loading := s.loading
		s.mu.Unlock()
		select {
		case <-loading:
		case <-ctx.Done():
			s.leave()
			return nil, ctx.Err()
		}
		s.mu.Lock()
	}
	session := s.session
	s.mu.Unlock()
	return session, nil
}

// start begins a load, unless one failed a moment ago. s.mu is held.
func (s *slot) start() error {
	if wait := time.Until(s.retryAt); s.err != nil && wait > 0 {
		err := *augur.AsError(s.err)
		err.RetryAfter = wait.Round(time.Millisecond)
		return refused{&err, s.attempt}
	}
	p := s.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return errStopped()
	}
	s.loading = make(chan struct{})
	s.attempt++
	p.open.Go(s.load)
	return nil
}

// errStopped is one and the same error each time.
func errStopped() *augur.Error { return stopped }

var stopped = augur.Errorf(augur.Unavailable, "the server is starting or stopping")

// load opens the session. It runs on a goroutine of the pool, which p.open
// counts, so that a caller who gives up fails nobody else.
func (s *slot) load() {
	s.pool.room(s)
	began := time.Now()
	session, release, err := s.pool.load(s.v)
	took := time.Since(began)
	if err != nil {
		s.pool.memory.give(s.cost)
	}
	s.mu.Lock()
	try := s.try
	s.mu.Unlock()
	if err == nil && try != nil {
		try(s.pool.ctx, session)
	}
	log := s.pool.log.With("model", s.v.Model, "version", s.v.Version, "digest", string(s.v.Digest))
	s.mu.Lock()
	if err != nil {
		s.failures++
		s.err = err
		s.retryAt = time.Now().Add(s.pool.backoff << min(s.failures-1, 6))
	} else {
		s.pool.open.Add(1)
		s.session, s.release, s.took, s.err, s.failures = session, release, took, nil, 0
	}
	again := !s.evicted.IsZero() && time.Since(s.evicted) < time.Minute
	close(s.loading)
	s.loading = nil
	var before *slot
	if err == nil || s.retired {
		before = s.alone()
	}
	s.mu.Unlock()
	if before != nil {
		before.leave()
	}
	switch {
	case err == nil && again:
		log.Log(s.pool.ctx, seldom(&s.pool.memory.reloads, slog.LevelWarn), "version loaded again, soon after it was closed to make room: the memory for versions is too small for those in use", "load_ms", took.Milliseconds())
	case err == nil:
		log.Info("version loaded", "load_ms", took.Milliseconds())
	case s.pool.ctx.Err() == nil:
		log.Warn("version could not be loaded", "error", err, "load_ms", took.Milliseconds())
	}
	if !s.closeIfDone() && s.pool.memory.pressed.Load() { // it may be idle: who asked for it has gone
		s.pool.trim()
	}
}

// load opens the artifact of v and a session on it.
func (p *pool) load(v *augur.CatalogVersion) (session Session, release func(), err error) {
	defer func() {
		if r := recover(); r != nil {
			err = augur.Wrap(augur.Internal, fmt.Errorf("panic: %v", r), "the version could not be loaded")
		}
		if err != nil && release != nil {
			release()
		}
		if err != nil && p.ctx.Err() != nil {
			err = errStopped()
		}
	}()
	runtime := p.runtimes[v.Format]
	if runtime == nil {
		return nil, nil, augur.Errorf(augur.Unimplemented, "no runtime here loads the format %q", v.Format)
	}
	path, release, err := p.artifacts.Open(p.ctx, v.Digest)
	if err != nil {
		return nil, nil, err
	}
	session, err = runtime.Load(p.ctx, path, v)
	return session, release, err
}

// alone ends that s follows another, which the caller leaves. s.mu is held.
func (s *slot) alone() (before *slot) {
	before, s.before, s.try = s.before, nil, nil
	return before
}

// leave ends what enter began.
func (s *slot) leave() {
	s.mu.Lock()
	s.users--
	idle, retired := s.users == 0, s.retired
	s.mu.Unlock()
	switch {
	case !idle:
	case retired:
		s.closeIfDone()
	case s.pool.memory.pressed.Load():
		s.pool.trim()
	}
}

func (s *slot) retire() {
	s.mu.Lock()
	s.retired = true
	before := s.alone()
	s.mu.Unlock()
	if before != nil {
		before.leave()
	}
	s.closeIfDone()
}

// idle says when the session was last used, and whether it is open and nobody
// uses it now.
func (s *slot) idle() (last int64, idle bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last, s.session != nil && s.users == 0
}

// closeIfDone closes the session of a retired slot that nobody uses.
func (s *slot) closeIfDone() bool {
	return s.closeIf(func() bool { return s.retired && s.users == 0 })
}

// closeIf closes the session, if there is one and may, which is called with
// s.mu held, says so.
func (s *slot) closeIf(may func() bool) bool {
	s.mu.Lock()
	if s.session == nil || !may() {
		s.mu.Unlock()
		return false
	}
	session, release := s.session, s.release
	s.session, s.release = nil, nil
	if !s.retired {
		s.evicted = time.Now()
	}
	s.mu.Unlock()
	if err := session.Close(); err != nil {
		s.pool.log.Warn("a session did not close", "model", s.v.Model, "version", s.v.Version, "error", err)
	}
	if release != nil {
		release()
	}
	s.pool.memory.give(s.cost)
	s.pool.open.Done()
	return true
}
