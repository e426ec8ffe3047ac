package jobs

import (
	"context"
	"errors"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/predictionjob"
	"augur/registry"
	"augur/store"

	"github.com/riverqueue/river"
)

// predictionArgs name a job to work on.
type predictionArgs struct {
	JobID string `json:"job_id"`
}

// Kind of river.JobArgs.
func (predictionArgs) Kind() string { return "prediction_job" }

// How jobs are worked on.
const (
	predictionQueue = "predictions"
	// slice is how long a worker stays with one job while others wait: after it
	// the job goes to the end of the queue of its priority.
	slice = 5 * time.Second
	// riverAttempts is no bound of ours: the record counts attempts.
	riverAttempts = 10_000
	// away is how long to wait for a database that does not answer.
	away = 2 * time.Second
	// breath is the longest that a job waits for room before its next piece, so
	// that it comes forward on a server that is always busy.
	breath = 50 * time.Millisecond
)

// predictionWorker works on jobs.
type predictionWorker struct {
	river.WorkerDefaults[predictionArgs]
	queue *Queue
}

// Work works on a job for one slice. What River counts as attempts means
// nothing here, so it is told of no errors.
func (w *predictionWorker) Work(ctx context.Context, job *river.Job[predictionArgs]) error {
	q := w.queue
	ctx = augur.WithRequestID(augur.WithPrincipal(ctx, augur.System()), job.Args.JobID)
	j, wait, err := q.begin(ctx, job.Args.JobID)
	switch {
	case err == nil && j == nil && wait == 0:
		return nil // it has ended
	case err == nil && j == nil:
		return river.JobSnooze(wait)
	case err == nil:
		err = q.work(ctx, j)
	}
	switch {
	case errors.Is(err, errDone), errors.Is(err, errLost):
		return nil
	case err == nil, ctx.Err() != nil:
		return river.JobSnooze(0)
	case isDatabase(err):
		q.deps.Logger.WarnContext(ctx, "a job waits for the database", "job", job.Args.JobID, "err", err)
		return river.JobSnooze(away)
	}
	wait, err = q.failed(ctx, j, augur.AsError(err))
	switch {
	case errors.Is(err, errLost), err == nil && wait == 0:
		return nil
	case err != nil:
		return river.JobSnooze(away)
	}
	return river.JobSnooze(wait)
}

// errDone says that a job has ended.
var errDone = errors.New("the job is done")

// databaseError marks an error of the record, which is not the job's.
type databaseError struct{ error }

func (e databaseError) Unwrap() error { return e.error }

func isDatabase(err error) bool {
	_, ok := errors.AsType[databaseError](err)
	return ok
}

// begin takes a job: from now on the workers before are refused. It returns nil
// for one that has ended, and with a wait for one whose next attempt is not due.
func (q *Queue) begin(ctx context.Context, id string) (j *ent.PredictionJob, wait time.Duration, err error) {
	err = q.deps.Record.Write(ctx, func(ctx context.Context, tx *ent.Tx) (*registry.Change, error) {
		j, wait = nil, 0
		found, err := tx.PredictionJob.Query().Where(predictionjob.ID(id), locked).Only(ctx)
		switch {
		case ent.IsNotFound(err), err == nil && found.State.Ended():
			return nil, nil
		case err != nil:
			return nil, err
		case clock().After(found.ExpiresAt):
			return q.end(ctx, found, augur.JobExpired, augur.Errorf(augur.DeadlineExceeded, "it was not done in its time"))
		case found.NextAttemptAt != nil && time.Until(*found.NextAttemptAt) > 0:
			wait = time.Until(*found.NextAttemptAt)
			return nil, nil
		}
		update := found.Update().SetState(augur.JobRunning).AddRun(1)
		if found.StartedAt == nil {
			update.SetStartedAt(clock())
		}
		j, err = update.Save(ctx)
		return nil, err
	})
	if err != nil {
		return nil, 0, databaseError{err}
	}
	return j, wait, nil
}

// held finds a job that is still this worker's.
func held(ctx context.Context, tx *ent.Tx, j *ent.PredictionJob) (*ent.PredictionJob, error) {
	now, err := tx.PredictionJob.Query().Where(predictionjob.ID(j.ID), locked).Only(ctx)
	if ent.IsNotFound(err) || err == nil && (now.State != augur.JobRunning || now.Run != j.Run) {
		return nil, augur.Wrap(augur.Aborted, errLost, "the job is another's")
	}
	return now, err
}

// work predicts chunk after chunk until the slice is over (nil) or the job is
// (errDone).
func (q *Queue) work(ctx context.Context, j *ent.PredictionJob) error {
	model, err := q.deps.Store.Reader().Model.Get(ctx, j.ModelID)
	if ent.IsNotFound(err) {
		return augur.Errorf(augur.NotFound, "the model is gone")
	} else if err != nil {
		return databaseError{err}
	}
	j.Model = model.Name
	if j.Whole {
		c := &chunk{began: time.Now()}
		q.room(ctx)
		if err := q.whole(ctx, j, c); err != nil {
			return err
		}
		return q.written(ctx, j, c, 0, true)
	}
	v, _, err := q.deps.Catalog.Resolve(ctx, j.Model, j.Version)
	if err != nil {
		return err
	}
	from, err := q.open(ctx, j, v.Signature)
	if err != nil {
		return err
	}
	defer from.close()
	until := time.Now().Add(slice)
	most := maxPiece
	if v.Policy.MaxRows > 0 {
		most = min(most, v.Policy.MaxRows)
	}
	size := min(64, most)
	for time.Now().Before(until) {
		c, last := &chunk{first: j.RowsDone, began: time.Now()}, false
		for !c.full() && !last {
			rows, err := from.next(size)
			if err != nil {
				return err
			}
			if last = len(rows) < size; len(rows) == 0 {
				break
			}
			q.room(ctx)
			began := time.Now()
			if err := q.piece(ctx, j, c, rows); err != nil {
				return err
			}
			size = pieceSize(size, most, time.Since(began))
		}
		if err := q.written(ctx, j, c, from.position(), last); err != nil {
			return err
		}
		if clock().After(j.ExpiresAt) {
			return augur.Wrap(augur.DeadlineExceeded, errExpired, "it was not done in its time")
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

var errExpired = errors.New("expired")

// pieceSize is how many rows the next piece has: twice as many after a quick
// one, half as many after a slow one.
func pieceSize(size, most int, took time.Duration) int {
	switch {
	case took < pieceTime/2:
		return min(2*size, most)
	case took > pieceTime:
		return max(size/2, 1)
	default:
		return size
	}
}

// written commits, and says errDone after the last chunk.
func (q *Queue) written(ctx context.Context, j *ent.PredictionJob, c *chunk, position int64, last bool) error {
	err := q.commit(ctx, j, c, position, last)
	switch {
	case errors.Is(err, errLost):
		return errLost
	case err != nil:
		return databaseError{err}
	case last:
		return errDone
	}
	return nil
}

// room waits until the predictions that people wait for leave room, for a
// breath at most.
func (q *Queue) room(ctx context.Context) {
	const look = 500 * time.Microsecond
	for waited := time.Duration(0); waited < breath && ctx.Err() == nil && q.deps.Busy(); waited += look {
		time.Sleep(look)
	}
}

// failed writes down that an attempt failed, and returns how long to wait for
// the next one, zero when there is none.
func (q *Queue) failed(ctx context.Context, j *ent.PredictionJob, e *augur.Error) (wait time.Duration, err error) {
	err = q.deps.Record.Write(ctx, func(ctx context.Context, tx *ent.Tx) (*registry.Change, error) {
		wait = 0
		now, err := held(ctx, tx, j)
		if err != nil {
			return nil, err
		}
		attempts := now.Attempts + 1
		switch {
		case errors.Is(e, errExpired):
			return q.end(ctx, now, augur.JobExpired, e)
		case e.Code == augur.ResourceExhausted: // others fill the server: it is not the job's failure
			wait, attempts = max(e.RetryAfter, 200*time.Millisecond), now.Attempts
		case !e.Code.Retryable() && e.Code != augur.Internal, attempts >= q.cfg.MaxAttempts:
			ended, err := q.end(ctx, now, augur.JobFailed, e)
			if err != nil {
				return nil, err
			}
			return ended, tx.PredictionJob.UpdateOneID(now.ID).SetAttempts(attempts).Exec(ctx)
		default:
			wait = min(q.cfg.RetryDelay<<min(attempts-1, 16), 5*time.Minute)
		}
		update := now.Update().SetState(augur.JobQueued).SetAttempts(attempts).SetNextAttemptAt(clock().Add(wait))
		setError(update, e)
		return nil, update.Exec(ctx)
	})
	if err != nil && !errors.Is(err, errLost) {
		err = store.Error(err)
	}
	return wait, err
}
