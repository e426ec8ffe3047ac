package jobs

import (
	"context"
	"math/rand/v2"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/jobchunk"
	"augur/ent/predictionjob"

	"entgo.io/ent/dialect"
)

// How jobs are tended.
const (
	tendEvery = 30 * time.Second
	// forgotten is how long a job that goes on stands still before it is looked
	// whether there is anybody to work on it.
	forgotten = 90 * time.Second
	// tended is how many jobs, or chunks of one, are tended with one transaction.
	tended = 20
)

// tend queues, until ctx is done, jobs again that nobody would work on, and
// deletes those that are kept no longer. Every server does, at times of its own.
func (q *Queue) tend(ctx context.Context) {
	ctx = augur.WithPrincipal(ctx, augur.System())
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(tendEvery/2 + rand.N(tendEvery)):
		}
		if err := q.tendOnce(ctx, clock()); err != nil && ctx.Err() == nil {
			q.deps.Logger.WarnContext(ctx, "jobs cannot be tended", "err", err)
		}
	}
}

// tendOnce is one look at an instant.
func (q *Queue) tendOnce(ctx context.Context, at time.Time) error {
	if err := q.remember(ctx, at.Add(-forgotten)); err != nil {
		return err
	}
	return q.forget(ctx, at.Add(-q.cfg.Keep))
}

// remember queues the jobs that have stood still since an instant and that the
// queue does not know of: what a worker that was given up took along.
func (q *Queue) remember(ctx context.Context, since time.Time) error {
	still := predictionjob.And(predictionjob.StateIn(augur.JobQueued, augur.JobRunning), predictionjob.UpdatedAtLT(since),
		predictionjob.Or(predictionjob.NextAttemptAtIsNil(), predictionjob.NextAttemptAtLT(since)))
	if n, err := q.deps.Store.Reader().PredictionJob.Query().Where(still).Count(ctx); err != nil || n == 0 {
		return err
	}
	return q.deps.Store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		queued, err := q.queued(ctx, tx)
		if err != nil {
			return err
		}
		list, err := tx.PredictionJob.Query().Where(still, locked).Select(predictionjob.FieldID, predictionjob.FieldPriority).All(ctx)
		if err != nil {
			return err
		}
		for _, j := range list {
			if queued[j.ID] {
				continue
			}
			q.deps.Logger.WarnContext(ctx, "a job that nobody worked on is queued again", "job", j.ID)
			if err := q.enqueue(ctx, j.ID, j.Priority); err != nil {
				return err
			}
		}
		return nil
	})
}

// queued are the jobs that the queue knows of.
func (q *Queue) queued(ctx context.Context, tx *ent.Tx) (map[string]bool, error) {
	id := "json_extract(args, '$.job_id')"
	if q.deps.Store.Dialect() == dialect.Postgres {
		id = "args->>'job_id'"
	}
	rows, err := tx.QueryContext(ctx, "SELECT "+id+" FROM river_job WHERE kind = 'prediction_job' AND state IN ('available', 'running', 'retryable', 'scheduled', 'pending')")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	out := map[string]bool{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		out[id] = true
	}
	return out, rows.Err()
}

// forget deletes the jobs that ended before an instant, their chunks first, a
// few at a time.
func (q *Queue) forget(ctx context.Context, before time.Time) error {
	for {
		ids, err := q.deps.Store.Reader().PredictionJob.Query().Where(predictionjob.FinishedAtLT(before)).Limit(tended).IDs(ctx)
		if err != nil || len(ids) == 0 {
			return err
		}
		for {
			chunks, err := q.deps.Store.Reader().JobChunk.Query().Where(jobchunk.JobIDIn(ids...)).Limit(tended).IDs(ctx)
			if err != nil {
				return err
			}
			if len(chunks) == 0 {
				break
			}
			err = q.deps.Store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
				_, err := tx.JobChunk.Delete().Where(jobchunk.IDIn(chunks...)).Exec(ctx)
				return err
			})
			if err != nil {
				return err
			}
		}
		err = q.deps.Store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
			_, err := tx.PredictionJob.Delete().Where(predictionjob.IDIn(ids...), predictionjob.FinishedAtLT(before)).Exec(ctx)
			return err
		})
		if err != nil {
			return err
		}
	}
}
