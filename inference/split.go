package inference

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"augur"
)

// errWhole says that the pieces of a request do not make its answer.
var errWhole = errors.New("the pieces do not fit")

// split runs a request in even pieces of at most so many rows, as many at one
// time as there are places, so that smaller requests come in between. It is
// admitted or refused with its first piece, and fails with the first that does.
func (b *batcher) split(t *task, most int) (r ran, queued time.Duration) {
	n := (t.rows + most - 1) / most
	parts, began := make([][]augur.Output, n), make([]time.Time, n)
	ctx, cancel := context.WithCancelCause(t.ctx)
	defer cancel(nil)
	var next atomic.Int64
	work := func(admitted bool) {
		for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
			lo, hi := i*t.rows/n, (i+1)*t.rows/n
			piece, _ := b.one(&task{ctx: ctx, inputs: rowsOf(t.inputs, lo, hi), outputs: t.outputs, rows: hi - lo, asked: time.Now()}, admitted || i > 0)
			if piece.err == nil && !allFollow(piece.outputs, hi-lo) {
				piece.err = errWhole
			}
			if piece.err != nil {
				cancel(piece.err)
			}
			parts[i], began[i] = piece.outputs, piece.began
		}
	}
	var helpers sync.WaitGroup
	for range min(n, b.places()) - 1 {
		helpers.Go(func() { work(true) })
	}
	work(false)
	helpers.Wait()

	r.err = context.Cause(ctx)
	if r.err == nil {
		var fit bool
		if r.outputs, fit = concat(parts); !fit {
			r.err = errWhole
		}
	}
	if errors.Is(r.err, errWhole) {
		b.proof.refute(notRows)
		return b.one(t, true)
	}
	for _, at := range began {
		if r.began.IsZero() || !at.IsZero() && at.Before(r.began) {
			r.began = at
		}
	}
	if r.began.IsZero() {
		return r, time.Since(t.asked)
	}
	r.took = time.Since(r.began)
	r.share = r.took
	return r, r.began.Sub(t.asked)
}
