package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/predictionjob"
	"augur/registry"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/riverqueue/river"
)

// Submit is a new job.
type Submit struct {
	Model, Version string
	// Data is the input, or File and Format name it.
	Data    augur.Data
	File    augur.Digest
	Format  augur.TableFormat
	Outputs []string
	Subject string
	// IdempotencyKey names the submission among those of the principal; "" means none.
	IdempotencyKey string
	Priority       augur.JobPriority
	// ExpiresIn is how long the job may take.
	ExpiresIn time.Duration
}

// maxKey bounds an idempotency key.
const maxKey = 250

// Submit makes a job and queues it, in one transaction. created is false when
// the idempotency key was known. The error is InvalidArgument, NotFound or
// FailedPrecondition for an input that no version takes, AlreadyExists when the
// key was used for another submission, and ResourceExhausted when the principal
// has too many jobs already.
func (q *Queue) Submit(ctx context.Context, in Submit) (id string, created bool, err error) {
	principal := augur.PrincipalFrom(ctx)
	if principal == nil {
		return "", false, augur.Errorf(augur.Unauthenticated, "nobody is known to be calling")
	}
	v, err := q.check(ctx, &in)
	if err != nil {
		return "", false, err
	}
	id = augur.NewID(augur.JobID)
	create := func(tx *ent.Tx) (*ent.PredictionJobCreate, error) {
		c := tx.PredictionJob.Create().SetID(id).SetModelID(v.ModelID).SetVersionID(v.ID).SetModel(v.Model).SetVersion(v.Version).
			SetPrincipal(principal.Name).SetPriority(in.Priority).SetExpiresAt(clock().Add(in.ExpiresIn)).SetOutputs(in.Outputs)
		if in.Subject != "" {
			c.SetSubject(in.Subject)
		}
		if in.IdempotencyKey != "" {
			c.SetIdempotencyKey(in.IdempotencyKey)
		}
		switch {
		case in.File != "":
			size, err := q.deps.Files.Check(ctx, in.File)
			if err != nil {
				return nil, augur.AsError(err).At("file", "digest")
			}
			c.SetFile(in.File).SetFormat(in.Format).SetSize(size)
		case in.Data.Rows != nil:
			text, err := json.Marshal(in.Data.Rows)
			if err != nil {
				return nil, augur.Wrap(augur.InvalidArgument, err, "expected rows as JSON").At("data", "rows")
			}
			c.SetInput(string(text)).SetRows(int64(len(in.Data.Rows)))
		default:
			c.SetInput(writeWhole(in.Data)).SetWhole(true)
		}
		return c, nil
	}
	digest := in.digest(v)
	err = q.deps.Record.Write(ctx, func(ctx context.Context, tx *ent.Tx) (*registry.Change, error) {
		if err := q.inTurn(ctx, tx, principal.Name); err != nil {
			return nil, err
		}
		created = false
		if in.IdempotencyKey != "" {
			known, err := tx.PredictionJob.Query().Where(predictionjob.Principal(principal.Name), predictionjob.IdempotencyKey(in.IdempotencyKey)).Only(ctx)
			switch {
			case ent.IsNotFound(err):
			case err != nil:
				return nil, err
			case known.RequestDigest != digest:
				return nil, augur.Errorf(augur.AlreadyExists, "this key was used for another submission: %s", known.ID).At("idempotencyKey")
			default:
				id = known.ID
				return nil, nil
			}
		}
		n, err := tx.PredictionJob.Query().Where(predictionjob.Principal(principal.Name), predictionjob.StateIn(augur.JobQueued, augur.JobRunning)).Count(ctx)
		if err != nil {
			return nil, err
		}
		if n >= q.cfg.MaxPerPrincipal {
			e := augur.Errorf(augur.ResourceExhausted, "you have %d jobs that have not ended (jobs.max-per-principal)", n)
			e.RetryAfter = 5 * time.Second
			return nil, e
		}
		c, err := create(tx)
		if err != nil {
			return nil, err
		}
		if err := c.SetRequestDigest(digest).Exec(ctx); err != nil {
			return nil, err
		}
		created = true
		return &registry.Change{Action: "predictionJobSubmit", Subject: id, Model: v.Model, After: map[string]any{"version": v.Version, "priority": string(in.Priority)}},
			q.enqueue(ctx, id, in.Priority)
	})
	if err != nil {
		return "", false, err
	}
	return id, created, nil
}

// check refuses what can be seen to be wrong at once, and finds the version.
func (q *Queue) check(ctx context.Context, in *Submit) (*augur.CatalogVersion, error) {
	inline := in.Data.Rows != nil || in.Data.Columns != nil || in.Data.Tensors != nil
	switch {
	case inline == (in.File != ""):
		return nil, augur.Errorf(augur.InvalidArgument, "expected either data or a file")
	case in.Data.Rows != nil && len(in.Data.Rows) == 0:
		return nil, augur.Errorf(augur.InvalidArgument, "expected at least one row").At("data", "rows")
	case len(in.IdempotencyKey) > maxKey:
		return nil, augur.Errorf(augur.InvalidArgument, "expected at most %d bytes", maxKey).At("idempotencyKey")
	case len(in.Subject) > 250:
		return nil, augur.Errorf(augur.InvalidArgument, "expected at most 250 bytes").At("subject")
	case in.ExpiresIn <= 0 || in.ExpiresIn > q.cfg.Keep:
		return nil, augur.Errorf(augur.InvalidArgument, "expected a length of time above zero, and at most %v (jobs.keep)", q.cfg.Keep).At("expiresIn")
	}
	v, _, err := q.deps.Catalog.Resolve(ctx, in.Model, in.Version)
	if err != nil {
		return nil, err
	}
	for _, name := range in.Outputs {
		if v.Signature.Output(name) == nil {
			return nil, augur.Errorf(augur.InvalidArgument, "the version has no output %q", name).At("outputs")
		}
	}
	if in.File != "" {
		s, err := q.openFile(ctx, in.File, in.Format, v.Signature, 0)
		if err != nil {
			return nil, err
		}
		s.close()
	}
	return v, nil
}

// digest tells submissions apart.
func (in *Submit) digest(v *augur.CatalogVersion) string {
	h := sha256.New()
	text, _ := json.Marshal([]any{v.Model, in.Version, in.File, in.Format, in.Outputs, in.Subject, in.Priority, in.Data.Rows, in.Data.Columns})
	h.Write(text) // a hash takes everything
	if in.Data.Tensors != nil {
		h.Write([]byte(writeWhole(in.Data)))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// inTurn has the submissions of one principal follow one another, so that none
// is counted past the bound. SQLite has one writer at a time anyway.
func (q *Queue) inTurn(ctx context.Context, tx *ent.Tx, principal string) error {
	if q.deps.Store.Dialect() != dialect.Postgres {
		return nil
	}
	_, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtext('augur jobs of ' || $1))", principal)
	return err
}

// Cancel ends a job that has not ended. The error is NotFound, or
// FailedPrecondition for one that has.
func (q *Queue) Cancel(ctx context.Context, id string) error {
	return q.deps.Record.Write(ctx, func(ctx context.Context, tx *ent.Tx) (*registry.Change, error) {
		j, err := ofCaller(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		if j.State == augur.JobCanceled {
			return nil, nil
		}
		return q.end(ctx, j, augur.JobCanceled, nil)
	})
}

// Retry queues a job that has failed, expired or was canceled again. The error
// is NotFound, or FailedPrecondition for one that has not.
func (q *Queue) Retry(ctx context.Context, id string) error {
	return q.deps.Record.Write(ctx, func(ctx context.Context, tx *ent.Tx) (*registry.Change, error) {
		j, err := ofCaller(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		if !j.State.MayBecome(augur.JobQueued) || !j.State.Ended() {
			return nil, augur.Errorf(augur.FailedPrecondition, "the job is %s: there is nothing to retry", j.State).At("id")
		}
		expires := clock().Add(j.ExpiresAt.Sub(j.CreatedAt))
		err = j.Update().SetState(augur.JobQueued).SetAttempts(0).SetCode("").SetMessage("").ClearPath().
			ClearFinishedAt().ClearNextAttemptAt().SetExpiresAt(expires).Exec(ctx)
		if err != nil {
			return nil, err
		}
		return &registry.Change{Action: "predictionJobRetry", Subject: j.ID, Model: j.Model, Before: map[string]any{"state": string(j.State)}, After: map[string]any{"state": string(augur.JobQueued)}},
			q.enqueue(ctx, j.ID, j.Priority)
	})
}

// ofCaller finds a job that the caller may change: its own, or any for
// administrators.
func ofCaller(ctx context.Context, tx *ent.Tx, id string) (*ent.PredictionJob, error) {
	j, err := tx.PredictionJob.Query().Where(predictionjob.ID(id), locked).Only(ctx)
	if ent.IsNotFound(err) || err == nil && !Visible(augur.PrincipalFrom(ctx), j) {
		return nil, augur.Errorf(augur.NotFound, "there is no job with the id %q", id).At("id")
	}
	return j, err
}

// Visible says whether a principal may see a job whose model it may see: its
// own, and all of them for administrators.
func Visible(p *augur.Principal, j *ent.PredictionJob) bool {
	return p.Has(augur.ScopeAdmin) || p != nil && p.Name == j.Principal
}

// end writes down how a job ended. The error is FailedPrecondition where its
// state does not allow it.
func (q *Queue) end(ctx context.Context, j *ent.PredictionJob, state augur.JobState, why *augur.Error) (*registry.Change, error) {
	if !j.State.MayBecome(state) {
		return nil, augur.Errorf(augur.FailedPrecondition, "the job has ended: it is %s", j.State).At("id")
	}
	update := j.Update().SetState(state).SetFinishedAt(clock()).ClearNextAttemptAt()
	if why != nil {
		setError(update, why)
	}
	j, err := update.Save(ctx)
	if err != nil {
		return nil, err
	}
	return ended(j), nil
}

func setError(update *ent.PredictionJobUpdateOne, e *augur.Error) {
	message := e.Message
	if e.Code == augur.Internal {
		message = "internal error"
	}
	update.SetCode(string(e.Code)).SetMessage(message).SetPath(e.Field)
}

// ended is what the audit trail, and so webhooks, are told of a job that ended.
func ended(j *ent.PredictionJob) *registry.Change {
	after := map[string]any{"state": string(j.State), "rowsDone": j.RowsDone, "rowsFailed": j.RowsFailed}
	if j.Code != "" {
		after["code"], after["message"] = j.Code, j.Message
	}
	return &registry.Change{Action: EndAction, Subject: j.ID, Model: j.Model, After: after}
}

// EndAction is the event of a job that ended, whichever way.
const EndAction = "predictionJobEnd"

// enqueue has a job worked on once the transaction has committed.
func (q *Queue) enqueue(ctx context.Context, id string, priority augur.JobPriority) error {
	opts := &river.InsertOpts{Queue: predictionQueue, MaxAttempts: riverAttempts, Priority: 2}
	switch priority {
	case augur.PriorityHigh:
		opts.Priority = 1
	case augur.PriorityLow:
		opts.Priority = 3
	}
	return q.client.insert(ctx, []river.InsertManyParams{{Args: predictionArgs{JobID: id}, InsertOpts: opts}})
}

// locked, as a predicate, keeps the found row for this transaction.
func locked(s *sql.Selector) {
	if s.Dialect() == dialect.Postgres {
		s.ForUpdate()
	}
}
