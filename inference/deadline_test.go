package inference

import (
	"context"
	"errors"
	"testing"
	"time"
)

// TestLimited: whichever comes first ends it, whether somebody waited before,
// waits only then, or only asks.
func TestLimited(t *testing.T) {
	cause := errors.New("the caller left")
	later, past := time.Now().Add(time.Hour), time.Now().Add(-time.Second)
	for _, c := range []struct {
		name     string
		deadline time.Time
		end      func(*limited, context.CancelCauseFunc)
		want     error
		cause    error
	}{
		{"its deadline", past, func(*limited, context.CancelCauseFunc) {}, context.DeadlineExceeded, context.DeadlineExceeded},
		{"the other context", later, func(_ *limited, leave context.CancelCauseFunc) { leave(cause) }, context.Canceled, cause},
		{"end", later, func(l *limited, _ context.CancelCauseFunc) { l.end() }, context.Canceled, context.Canceled},
	} {
		for _, waits := range []string{"before", "after", "never"} {
			t.Run(c.name+", waited for "+waits, func(t *testing.T) {
				parent, leave := context.WithCancelCause(t.Context())
				defer leave(nil)
				l := limit(parent, c.deadline)
				defer l.end()
				if c.deadline.Equal(later) && l.Err() != nil {
					t.Fatalf("ended at once: %v", l.Err())
				}
				if waits == "before" {
					l.Done()
				}
				c.end(l, leave)
				if waits != "never" {
					<-l.Done()
				}
				if !errors.Is(l.Err(), c.want) || !errors.Is(context.Cause(l), c.cause) {
					t.Errorf("%v because of %v, want %v because of %v", l.Err(), context.Cause(l), c.want, c.cause)
				}
			})
		}
	}
	soon := limit(t.Context(), time.Now().Add(5*time.Millisecond))
	defer soon.end()
	<-soon.Done()
	if d, ok := soon.Deadline(); !ok || time.Until(d) > 0 || !errors.Is(soon.Err(), context.DeadlineExceeded) {
		t.Errorf("%v, %v", d, soon.Err())
	}
	parent, cancel := context.WithDeadline(t.Context(), past)
	defer cancel()
	if d, _ := limit(parent, later).Deadline(); !d.Equal(past) {
		t.Errorf("the deadline is %v, want that of the other context", d)
	}
}
