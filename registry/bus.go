package registry

import (
	"context"
	"sync"

	"augur"
)

// Bounds of the bus.
const (
	// maxWaiting is how many events a subscriber may be behind before it is cut.
	maxWaiting = 256
	// remembered is how many events are known to have been published already.
	remembered = 1 << 14
)

// bus tells subscribers in this process of every change, made here or on
// another replica. Publishing never blocks.
type bus struct {
	mu sync.Mutex
	// What follows is guarded by mu.
	subscribers map[*Subscription]bool
	closed      bool
	// seen are the ids of the events published last; the oldest stands in ring
	// at next.
	seen map[string]bool
	ring []string
	next int
}

// Subscription is a stream of events.
type Subscription struct {
	bus    *bus
	events chan augur.Event
	accept func(*augur.Event) bool
	lagged bool // guarded by bus.mu
}

func newBus() *bus {
	return &bus{subscribers: map[*Subscription]bool{}, seen: map[string]bool{}, ring: make([]string, remembered)}
}

// Subscribe returns the events that accept wants, from now on until ctx is done
// or the registry stops. accept must not block. A subscriber that is more than
// 256 events behind is cut: see Lagged.
func (r *Registry) Subscribe(ctx context.Context, accept func(*augur.Event) bool) *Subscription {
	s := &Subscription{bus: r.bus, events: make(chan augur.Event, maxWaiting), accept: accept}
	r.bus.mu.Lock()
	defer r.bus.mu.Unlock()
	if r.bus.closed {
		close(s.events)
		return s
	}
	r.bus.subscribers[s] = true
	context.AfterFunc(ctx, func() {
		r.bus.mu.Lock()
		defer r.bus.mu.Unlock()
		r.bus.drop(s)
	})
	return s
}

// Events are the events, closed at the end.
func (s *Subscription) Events() <-chan augur.Event { return s.events }

// Lagged says whether the end came since the subscriber was too slow.
func (s *Subscription) Lagged() bool {
	s.bus.mu.Lock()
	defer s.bus.mu.Unlock()
	return s.lagged
}

// drop ends a subscription. The caller holds mu.
func (b *bus) drop(s *Subscription) {
	if b.subscribers[s] {
		delete(b.subscribers, s)
		close(s.events)
	}
}

// publish tells of an event once, however often it is called with it.
func (b *bus) publish(e augur.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || b.seen[e.ID] {
		return
	}
	delete(b.seen, b.ring[b.next])
	b.ring[b.next], b.seen[e.ID] = e.ID, true
	b.next = (b.next + 1) % len(b.ring)
	for s := range b.subscribers {
		if !s.accept(&e) {
			continue
		}
		select {
		case s.events <- e:
		default:
			s.lagged = true
			b.drop(s)
		}
	}
}

// wants says whether somebody listens and has not been told of the event of this
// id; "" is one that nobody has been told of.
func (b *bus) wants(id string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.subscribers) > 0 && !b.seen[id]
}

// close ends every subscription, those to come too.
func (b *bus) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for s := range b.subscribers {
		b.drop(s)
	}
}
