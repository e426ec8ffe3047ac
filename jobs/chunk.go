package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"augur"
	"augur/ent"
	"augur/registry"
)

// How large chunks are.
const (
	// maxPiece is the most rows of one prediction of a job.
	maxPiece = 1000
	// pieceTime is about how long one prediction of a job may take: who predicts
	// beside it may have to wait for as long.
	pieceTime = 5 * time.Millisecond
	// chunkTime and chunkRows are when a chunk is written down, and so what a
	// worker that is killed repeats.
	chunkTime = 250 * time.Millisecond
	chunkRows = 20_000
	// chunkBytes bounds the answers of a chunk, and so the memory of a job.
	chunkBytes = 4 << 20
)

// chunk is what has come of some rows, and is not written down yet.
type chunk struct {
	first   int64 // the place of its first row
	rows    int
	failed  int
	answers []byte // one value a line
	errors  []augur.RowError
	outputs string
	began   time.Time
}

// full says whether it is time to write it down. The first rows of a job are
// written at once, so that whoever waits sees them.
func (c *chunk) full() bool {
	return c.rows > 0 && (c.first == 0 || c.rows >= chunkRows || len(c.answers) >= chunkBytes || time.Since(c.began) >= chunkTime)
}

// add adds the answers of a piece: nil for rows that failed.
func (c *chunk) add(values []json.RawMessage) {
	for _, v := range values {
		if v == nil {
			c.failed++
			v = json.RawMessage("null")
		}
		c.answers = append(append(c.answers, v...), '\n')
	}
	c.rows += len(values)
}

// fail notes that a row failed; row is its place in the chunk.
func (c *chunk) fail(row int, e *augur.Error, path []string) {
	message := e.Message
	if e.Code == augur.Internal {
		message = "internal error"
	}
	c.errors = append(c.errors, augur.RowError{Row: c.first + int64(row), Code: e.Code, Message: message, Field: path})
}

// piece predicts the rows of a piece and adds what comes of them to the chunk.
// The error is one of the whole piece; the chunk is as it was then.
func (q *Queue) piece(ctx context.Context, j *ent.PredictionJob, c *chunk, rows []row) error {
	values, asked, places := make([]json.RawMessage, len(rows)), make([]json.RawMessage, 0, len(rows)), make([]int, 0, len(rows))
	kept := len(c.errors)
	for i, r := range rows {
		if r.err != nil {
			c.fail(c.rows+i, r.err, nil)
			continue
		}
		asked, places = append(asked, r.text), append(places, i)
	}
	if len(asked) > 0 {
		if err := q.ask(ctx, j, c, asked, places, values); err != nil {
			c.errors = c.errors[:kept]
			return err
		}
	}
	c.add(values)
	return nil
}

// ask predicts rows, whose places in the piece are given, into values. Where
// one row is too much for all of them together, halves are asked for apart.
func (q *Queue) ask(ctx context.Context, j *ent.PredictionJob, c *chunk, rows []json.RawMessage, places []int, values []json.RawMessage) error {
	res, err := q.deps.Predictor.Predict(ctx, request(j, augur.Data{Rows: rows}))
	if err == nil {
		for i, v := range res.Values() {
			if string(v) != "null" {
				values[places[i]] = v
			}
		}
		for _, e := range res.RowErrors {
			if i, path, ok := rowOf(e); ok && i < len(places) {
				c.fail(c.rows+places[i], e, path)
			}
		}
		return nil
	}
	wrong := mistakes(err)
	if all := rowsOf(wrong); all == len(rows) {
		for _, e := range wrong {
			i, path, _ := rowOf(e)
			c.fail(c.rows+places[i], e, path)
		}
		return nil
	} else if all == 0 {
		return err
	}
	half := len(rows) / 2
	if err := q.ask(ctx, j, c, rows[:half], places[:half], values); err != nil {
		return err
	}
	return q.ask(ctx, j, c, rows[half:], places[half:], values)
}

// whole predicts a job of columns or tensors, which runs in one piece.
func (q *Queue) whole(ctx context.Context, j *ent.PredictionJob, c *chunk) error {
	data, err := readWhole(j.Input)
	if err != nil {
		return err
	}
	res, err := q.deps.Predictor.Predict(ctx, request(j, data))
	if err != nil {
		return err
	}
	values := res.Values()
	for i, v := range values {
		if string(v) == "null" && len(res.RowErrors) > 0 {
			values[i] = nil
		}
	}
	c.add(values)
	for _, e := range res.RowErrors {
		if len(e.Field) > 1 {
			if i, err := strconv.Atoi(e.Field[len(e.Field)-1]); err == nil {
				c.fail(i, e, e.Field[:len(e.Field)-1])
			}
		}
	}
	out := []byte{'{'}
	for i, o := range res.Outputs {
		if i > 0 {
			out = append(out, ',')
		}
		out = augur.AppendValueJSON(append(augur.AppendQuoted(out, o.Name), ':'), o.Value)
	}
	c.outputs = string(append(out, '}'))
	return nil
}

// request is a prediction of a job. It takes no part in the cache, which the
// rows of a job would fill with what nobody asks again.
func request(j *ent.PredictionJob, data augur.Data) *augur.Request {
	return &augur.Request{
		Model: j.Model, Version: j.Version, Data: data, Outputs: j.Outputs, Subject: deref(j.Subject),
		Options: augur.Options{Cache: augur.CacheBypass},
	}
}

// mistakes are the errors of a prediction that failed as a whole.
func mistakes(err error) augur.Errors {
	if many, ok := errors.AsType[augur.Errors](err); ok {
		return many
	}
	return augur.Errors{augur.AsError(err)}
}

// rowsOf is how many different rows the errors are of; 0 when one is of none.
func rowsOf(errs augur.Errors) int {
	seen := map[int]bool{}
	for _, e := range errs {
		i, _, ok := rowOf(e)
		if !ok || e.Code != augur.InvalidArgument && e.Code != augur.ResourceExhausted {
			return 0
		}
		seen[i] = true
	}
	return len(seen)
}

// rowOf is the row that an error is of, and the path within it.
func rowOf(e *augur.Error) (row int, path []string, ok bool) {
	if len(e.Field) < 3 || e.Field[0] != "data" || e.Field[1] != "rows" {
		return 0, nil, false
	}
	i, err := strconv.Atoi(e.Field[2])
	return i, e.Field[3:], err == nil
}

// errLost says that the job is no longer this worker's: somebody ended it, or
// another worker has it.
var errLost = errors.New("the job is another's")

// commit writes a chunk down with the job's progress in one transaction, and
// with the last chunk the job's end. The error is errLost, or one of the
// database.
func (q *Queue) commit(ctx context.Context, j *ent.PredictionJob, c *chunk, position int64, last bool) error {
	var saved *ent.PredictionJob
	err := q.deps.Record.Write(ctx, func(ctx context.Context, tx *ent.Tx) (*registry.Change, error) {
		now, err := held(ctx, tx, j)
		if err != nil {
			return nil, err
		}
		update := now.Update()
		if c.rows > 0 {
			err := tx.JobChunk.Create().SetID(chunkID(j.ID, now.Chunks)).SetJobID(j.ID).SetFirstRow(c.first).SetRows(c.rows).
				SetAnswers(storable(string(c.answers))).SetErrors(c.errors).SetOutputs(storable(c.outputs)).Exec(ctx)
			if err != nil {
				return nil, err
			}
			update.AddChunks(1).AddRowsDone(int64(c.rows)).AddRowsFailed(int64(c.failed)).SetPosition(position).
				AddResultBytes(int64(len(c.answers) + len(c.outputs))).AddWorkedUs(time.Since(c.began).Microseconds())
		}
		if !last {
			saved, err = update.Save(ctx)
			return nil, err
		}
		saved, err = update.SetState(augur.JobSucceeded).SetRows(now.RowsDone + int64(c.rows)).SetFinishedAt(clock()).
			SetCode("").SetMessage("").ClearPath().ClearNextAttemptAt().Save(ctx)
		if err != nil {
			return nil, err
		}
		return ended(saved), nil
	})
	if err == nil {
		model := j.Model // as the model is called now
		*j = *saved
		j.Model = model
	}
	return err
}

// chunkID sorts by number.
func chunkID(job string, number int) string { return fmt.Sprintf("%s.%08d", job, number) }

// storable leaves out of a text what PostgreSQL cannot store: a NUL in JSON is
// written as an escape, so there is none but in what a model made wrong.
func storable(text string) string { return strings.ReplaceAll(text, "\x00", "\uFFFD") }

func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// clock is the clock of the record: UTC with the microseconds that both databases keep.
func clock() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
