package registry

import (
	"context"
	"time"

	"augur/ent"
	"augur/ent/lease"
)

const (
	// beatEvery is how often who holds a lease says so, and others look.
	beatEvery = time.Second
	// leaseLost is how long a beat stands still until others take the lease. It
	// is measured by the clock of who looks, so that no two clocks need to agree.
	leaseLost = 3 * time.Second
)

// leaseholder is this server's view of a lease. It is used by one goroutine.
//
// A lease keeps two servers from doing the same work, no more: who was held up
// may believe in it for a moment after another took it. What must not be done
// twice is guarded by revisions.
type leaseholder struct {
	name, replica string
	lost          time.Duration

	// holds is set while this server holds it, renewed at.
	holds bool
	at    time.Time
	// holder and beat are what was seen last, and seen is since when.
	holder string
	beat   int64
	seen   time.Time
}

// hold says whether this server holds the lease, and takes it when nobody does.
func (l *leaseholder) hold(ctx context.Context, r *Registry) (bool, error) {
	if time.Since(l.at) < beatEvery && (l.holds || l.holder != "") {
		return l.holds, nil
	}
	row, err := r.store.Reader().Lease.Query().Where(lease.ID(l.name)).Only(ctx)
	if err != nil && !ent.IsNotFound(err) {
		l.holds = false
		return false, err
	}
	l.at = time.Now()
	if row == nil {
		// Of two who insert, the second waits and then finds the row.
		err := r.store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
			return tx.Lease.Create().SetID(l.name).SetHolder("").OnConflictColumns(lease.FieldID).Ignore().Exec(ctx)
		})
		if err != nil {
			return false, err
		}
		row = &ent.Lease{ID: l.name}
	}
	if row.Holder != l.holder || row.Beat != l.beat {
		l.holder, l.beat, l.seen = row.Holder, row.Beat, l.at
	}
	if l.holder != "" && l.holder != l.replica && l.at.Sub(l.seen) < l.lost {
		l.holds = false
		return false, nil
	}
	var n int
	err = r.store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) (err error) {
		n, err = tx.Lease.Update().Where(lease.ID(l.name), lease.Holder(row.Holder), lease.Beat(row.Beat)).
			SetHolder(l.replica).AddBeat(1).Save(ctx)
		return err
	})
	if l.holds = err == nil && n == 1; l.holds {
		l.holder, l.beat, l.seen = l.replica, row.Beat+1, l.at
	}
	return l.holds, err
}

// release lets others have the lease at once.
func (l *leaseholder) release(ctx context.Context, r *Registry) error {
	if !l.holds {
		return nil
	}
	l.holds = false
	return r.store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		return tx.Lease.Update().Where(lease.ID(l.name), lease.Holder(l.replica)).SetHolder("").AddBeat(1).Exec(ctx)
	})
}
