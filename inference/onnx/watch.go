package onnx

import (
	"context"
	"time"

	"augur"
)

// tick is how long after the end of its context a run is told to stop, at most.
const tick = 5 * time.Millisecond

// spareFrames bounds Session.spare.
const spareFrames = 16

// enter begins a run: it lends a frame, the one that is fit for inputs if there
// is one. While runs are at work a timer looks after their contexts, all of
// them at once: to have each context call us costs as much as a small run.
func (s *Session) enter(ctx context.Context, inputs []*augur.Tensor) (*frame, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, augur.Errorf(augur.Unavailable, "the session is closed")
	}
	s.running++ // from here on Close waits
	f := s.take(inputs)
	if f == nil {
		s.mu.Unlock()
		fresh, err := newFrame(s)
		s.mu.Lock()
		if err != nil {
			s.ended()
			return nil, err
		}
		f = fresh
	}
	f.ctx, f.at = ctx, len(s.busy)
	s.busy = append(s.busy, f)
	if !s.watching && ctx.Done() != nil {
		s.watching = true
		if s.timer == nil {
			s.timer = time.AfterFunc(tick, s.watch)
		} else {
			s.timer.Reset(tick)
		}
	}
	return f, nil
}

// take removes a frame from the spare ones: the last used that is fit for
// inputs, or else the first used if there are many.
func (s *Session) take(inputs []*augur.Tensor) *frame {
	at := len(s.spare) - 1
	for at >= 0 && !s.spare[at].fits(inputs) {
		at--
	}
	if at < 0 {
		if len(s.spare) < spareFrames {
			return nil
		}
		at = 0
	}
	f := s.spare[at]
	copy(s.spare[at:], s.spare[at+1:])
	s.spare[len(s.spare)-1] = nil
	s.spare = s.spare[:len(s.spare)-1]
	return f
}

// watch stops the runs whose context is done.
func (s *Session) watch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.busy {
		if !f.stopped && f.ctx.Err() != nil {
			f.stopped = true
			_ = f.options.Terminate()
		}
	}
	if s.watching = len(s.busy) > 0; s.watching {
		s.timer.Reset(tick)
	}
}

// leave ends a run and takes its frame back. One that was told to stop, or
// whose run failed, is not lent again.
func (s *Session) leave(f *frame, failed bool) {
	s.mu.Lock()
	last := s.busy[len(s.busy)-1]
	s.busy[f.at], last.at = last, f.at
	s.busy[len(s.busy)-1] = nil
	s.busy = s.busy[:len(s.busy)-1]
	f.ctx = nil
	drop := f
	if !failed && !f.stopped {
		drop = nil
		if s.spare = append(s.spare, f); len(s.spare) > spareFrames {
			drop = s.spare[0]
			s.spare = append(s.spare[:0], s.spare[1:]...)
		}
	}
	if drop != nil {
		// Its outputs may be of the session's memory, so that it goes first.
		s.mu.Unlock()
		drop.close()
		s.mu.Lock()
	}
	s.ended()
	s.mu.Unlock()
}

// ended counts a run out. Its caller holds s.mu.
func (s *Session) ended() {
	if s.running--; s.running == 0 && s.idle != nil {
		close(s.idle)
	}
}
