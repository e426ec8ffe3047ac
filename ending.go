package augur

import (
	"context"
	"sync/atomic"
)

// Ending is how a subscription ends: by itself, or with an error that its
// client is told.
type Ending struct{ err atomic.Pointer[Error] }

type endingKey struct{}

// WithEnding gives a subscription that is begun with the context an Ending.
func WithEnding(ctx context.Context) (context.Context, *Ending) {
	e := &Ending{}
	return context.WithValue(ctx, endingKey{}, e), e
}

// EndWith says with which error a subscription ends, before its channel is
// closed. The first of several holds, and without an Ending in ctx none.
func EndWith(ctx context.Context, err error) {
	if e, ok := ctx.Value(endingKey{}).(*Ending); ok && err != nil {
		e.err.CompareAndSwap(nil, AsError(err))
	}
}

// Err is the error that the subscription ended with, nil for none.
func (e *Ending) Err() *Error { return e.err.Load() }
