package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/jobchunk"
	"augur/internal/storetest"
	"augur/registry"
	"augur/store"

	"pgregory.net/rapid"
)

// plainRecord writes without an audit trail.
type plainRecord struct{ *store.Store }

func (r plainRecord) Write(ctx context.Context, fn func(ctx context.Context, tx *ent.Tx) (*registry.Change, error)) error {
	return r.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error { _, err := fn(ctx, tx); return err })
}

// newStateQueue is a queue whose workers are the test.
func newStateQueue(t *testing.T, cfg store.Config) *Queue {
	t.Helper()
	s := storetest.Open(t, cfg)
	q, err := New(Config{MaxAttempts: 2, RetryDelay: time.Nanosecond}, Deps{
		Store: s, Record: plainRecord{s}, Deliveries: &registry.Registry{}, Catalog: &registry.Catalog{}, Files: noFiles{}, Predictor: noPredictor{}, Busy: func() bool { return false },
	})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

type noFiles struct{ Files }

type noPredictor struct{ augur.Predictor }

// TestStates: whatever people and any number of workers do to a job, in whatever
// order, its states follow one another as augur.JobState says, and its chunks
// hold each row once.
func TestStates(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		q := newStateQueue(t, cfg)
		ctx := augur.WithPrincipal(t.Context(), augur.System())
		rapid.Check(t, func(t *rapid.T) {
			const total = 5
			j, err := q.deps.Store.Writer().PredictionJob.Create().SetModelID("mdl_1").SetVersionID("ver_1").SetModel("m").SetVersion("1.0.0").
				SetPrincipal("system").SetRequestDigest("").SetInput("[]").SetRows(total).SetExpiresAt(clock().Add(time.Hour)).Save(ctx)
			if err != nil {
				t.Fatal(err)
			}
			state, rows, owner := augur.JobQueued, int64(0), -1
			workers := make([]*ent.PredictionJob, 3)
			become := func(next augur.JobState) {
				if next != state && !state.MayBecome(next) {
					t.Fatalf("%s became %s", state, next)
				}
				state = next
			}
			refused := func(err error, wrong bool) bool {
				if (err != nil) != wrong {
					t.Fatalf("in %s: %v", state, err)
				}
				return err != nil
			}
			worker := rapid.IntRange(0, len(workers)-1)
			t.Repeat(map[string]func(*rapid.T){
				"begin": func(t *rapid.T) {
					w := worker.Draw(t, "worker")
					got, wait, err := q.begin(ctx, j.ID)
					if err != nil || wait > 0 || (got == nil) != state.Ended() {
						t.Fatalf("%v, %v, %v in %s", got, wait, err, state)
					}
					if got != nil {
						become(augur.JobRunning)
						workers[w], owner = got, w
					}
				},
				"chunk": func(t *rapid.T) {
					w := worker.Draw(t, "worker")
					if workers[w] == nil {
						t.Skip("it has not begun")
					}
					last := workers[w].RowsDone == total-1
					c := &chunk{first: workers[w].RowsDone, began: time.Now()}
					c.add([]json.RawMessage{json.RawMessage("1")})
					err := q.commit(ctx, workers[w], c, 0, last)
					if !refused(err, state != augur.JobRunning || w != owner) {
						if rows++; last {
							become(augur.JobSucceeded)
						}
					} else if !errors.Is(err, errLost) {
						t.Fatal(err)
					}
				},
				"fail": func(t *rapid.T) {
					w := worker.Draw(t, "worker")
					if workers[w] == nil {
						t.Skip("it has not begun")
					}
					code := rapid.SampledFrom([]augur.Code{augur.Unavailable, augur.NotFound, augur.ResourceExhausted}).Draw(t, "code")
					e := augur.Errorf(code, "as drawn")
					if _, err := q.failed(ctx, workers[w], e); !refused(err, state != augur.JobRunning || w != owner) {
						now := q.deps.Store.Reader().PredictionJob.GetX(ctx, j.ID)
						become(now.State)
						if ended := now.State == augur.JobFailed; now.State != augur.JobQueued && !ended || code == augur.NotFound && !ended || code == augur.ResourceExhausted && ended {
							t.Fatalf("%s after %s", now.State, code)
						}
						// The pause of a full queue is over.
						q.deps.Store.Writer().PredictionJob.UpdateOneID(j.ID).ClearNextAttemptAt().ExecX(ctx)
					}
				},
				"cancel": func(*rapid.T) {
					if !refused(q.Cancel(ctx, j.ID), state.Ended() && state != augur.JobCanceled) {
						become(augur.JobCanceled)
					}
				},
				"retry": func(*rapid.T) {
					may := state.Ended() && state != augur.JobSucceeded
					if !refused(q.Retry(ctx, j.ID), !may) {
						become(augur.JobQueued)
					}
				},
				"": func(t *rapid.T) {
					now := q.deps.Store.Reader().PredictionJob.GetX(ctx, j.ID)
					if now.State != state || now.RowsDone != rows || now.State.Ended() != (now.FinishedAt != nil) {
						t.Fatalf("%s with %d rows, want %s with %d; ended %v", now.State, now.RowsDone, state, rows, now.FinishedAt)
					}
					var firsts []int64
					for _, c := range q.deps.Store.Reader().JobChunk.Query().Where(jobchunk.JobID(j.ID)).Order(jobchunk.ByID()).AllX(ctx) {
						firsts = append(firsts, c.FirstRow)
					}
					var want []int64
					for i := range rows {
						want = append(want, i)
					}
					if !slices.Equal(firsts, want) {
						t.Fatalf("rows %v", firsts)
					}
				},
			})
		})
	})
}
