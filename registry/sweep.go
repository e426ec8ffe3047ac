package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"augur/ent"

	"entgo.io/ent/dialect"
)

// What the sweep deletes at one time, and how often it looks.
const (
	sweepEvery = time.Minute
	sweptRows  = 1000
	sweepPause = 20 * time.Millisecond
)

// sweep deletes, until ctx is done, records of predictions and serving figures
// that are kept no longer. Every replica does, at times of its own.
func (r *Registry) sweep(ctx context.Context) {
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(sweepEvery/2 + rand.N(sweepEvery)):
		}
		err := r.sweepOnce(ctx, now())
		if ctx.Err() != nil {
			return
		}
		if failing != (err != nil) { // one line when it begins, one when it ends
			if failing = err != nil; failing {
				r.log.WarnContext(ctx, "old records and figures cannot be deleted", "err", err)
			} else {
				r.log.InfoContext(ctx, "old records and figures can be deleted again")
			}
		}
	}
}

// sweepOnce deletes all that is too old or too many at an instant.
func (r *Registry) sweepOnce(ctx context.Context, at time.Time) error {
	before := at.Add(-r.cfg.KeepRecords)
	// The instant of the newest record of those that are too many.
	query := bind(r.store.Dialect(), "SELECT created_at FROM prediction_records ORDER BY created_at DESC LIMIT 1 OFFSET ?")
	var over time.Time
	switch err := r.store.SQLReader().QueryRowContext(ctx, query, r.cfg.MaxRecords).Scan(&over); {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return fmt.Errorf("look for too many records: %w", err)
	case !over.Before(before):
		before = over.Add(time.Microsecond)
	}
	if err := r.deleteOld(ctx, "prediction_records", "created_at < ?", "created_at", before.UTC()); err != nil {
		return err
	}
	kept := at.Add(-r.cfg.Webhooks.Keep).UTC()
	if err := r.deleteOld(ctx, "webhook_deliveries", "created_at < ?", "created_at", kept); err != nil {
		return err
	}
	err := r.deleteOld(ctx, "rollout_subjects", "rollout_id IN (SELECT id FROM rollouts WHERE ended_at IS NOT NULL)", "since")
	if err != nil {
		return err
	}
	for _, w := range rollupWidths {
		err := r.deleteOld(ctx, "serving_rollups", "seconds = ? AND start < ?", "start", int(w.width/time.Second), at.Add(-w.keep))
		if err != nil {
			return err
		}
	}
	return nil
}

// deleteOld deletes rows, the oldest first, a few at a time with pauses for
// other writers.
func (r *Registry) deleteOld(ctx context.Context, table, where, order string, args ...any) error {
	locked := ""
	if r.store.Dialect() == dialect.Postgres {
		locked = " FOR UPDATE SKIP LOCKED" // another replica is at it too
	}
	query := bind(r.store.Dialect(), fmt.Sprintf("DELETE FROM %s WHERE id IN (SELECT id FROM %s WHERE %s ORDER BY %s LIMIT %d%s)", table, table, where, order, sweptRows, locked))
	for {
		var n int64
		err := r.store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
			result, err := tx.ExecContext(ctx, query, args...)
			if err != nil {
				return err
			}
			n, err = result.RowsAffected()
			return err
		})
		if err != nil {
			return fmt.Errorf("delete from %s: %w", table, err)
		}
		if n < sweptRows {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(sweepPause):
		}
	}
}
