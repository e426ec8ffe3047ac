package jobs

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/jobchunk"
)

// What may stand in an answer of the API.
const (
	inlineRows  = 1000
	inlineBytes = 1 << 20
)

// Progress is how far a job is.
func Progress(j *ent.PredictionJob) augur.JobProgress {
	p := augur.JobProgress{RowsDone: j.RowsDone, RowsFailed: j.RowsFailed, Rows: j.Rows}
	switch {
	case j.State == augur.JobSucceeded:
		p.Fraction = 1
	case j.File != nil && j.Size > 0:
		p.Fraction = float64(j.Position) / float64(j.Size)
	case j.Rows != nil && *j.Rows > 0:
		p.Fraction = float64(j.RowsDone) / float64(*j.Rows)
	}
	if j.RowsDone > 0 && j.WorkedUs > 0 {
		rate := float64(j.RowsDone) / (float64(j.WorkedUs) / 1e6)
		p.RowsPerSecond = &rate
	}
	if !j.State.Ended() && p.Fraction > 0 && j.WorkedUs > 0 {
		left := time.Duration(float64(j.WorkedUs) * (1/p.Fraction - 1) * float64(time.Microsecond))
		p.TimeLeft = &left
	}
	return p
}

// Result is what came of a small job.
type Result struct {
	// Values has one entry for each row, null for one that failed.
	Values []json.RawMessage
	// Outputs is a JSON object of exact values, nil for a job of rows.
	Outputs json.RawMessage
}

// ResultOf returns what came of a job, nil while it has not succeeded and when
// it is too large for an answer.
func (q *Queue) ResultOf(ctx context.Context, j *ent.PredictionJob) (*Result, error) {
	if j.State != augur.JobSucceeded || j.RowsDone > inlineRows || j.ResultBytes > inlineBytes {
		return nil, nil
	}
	out := &Result{Values: []json.RawMessage{}}
	err := q.eachChunk(ctx, j.ID, "", func(c *ent.JobChunk) (bool, error) {
		for line := range strings.Lines(c.Answers) {
			out.Values = append(out.Values, json.RawMessage(strings.TrimSuffix(line, "\n")))
		}
		if c.Outputs != "" {
			out.Outputs = json.RawMessage(c.Outputs)
		}
		return true, nil
	})
	return out, err
}

// RowErrors returns at most n errors of rows after a row, in their order.
func (q *Queue) RowErrors(ctx context.Context, j *ent.PredictionJob, after int64, n int) ([]augur.RowError, error) {
	out := []augur.RowError{}
	if j.RowsFailed == 0 {
		return out, nil
	}
	err := q.eachChunk(ctx, j.ID, "", func(c *ent.JobChunk) (bool, error) {
		for _, e := range c.Errors {
			if e.Row > after && len(out) < n {
				out = append(out, e)
			}
		}
		return len(out) < n, nil
	}, jobchunk.FieldID, jobchunk.FieldErrors)
	return out, err
}

// eachChunk calls use with the chunks of a job in their order, one in memory at
// a time, until it says false. fields are those that are wanted, all when none.
func (q *Queue) eachChunk(ctx context.Context, job, after string, use func(*ent.JobChunk) (bool, error), fields ...string) error {
	for {
		query := q.deps.Store.Reader().JobChunk.Query().Where(jobchunk.JobID(job), jobchunk.IDGT(after)).Order(jobchunk.ByID()).Limit(1)
		var list []*ent.JobChunk
		var err error
		if len(fields) > 0 {
			list, err = query.Select(fields...).All(ctx)
		} else {
			list, err = query.All(ctx)
		}
		if err != nil || len(list) == 0 {
			return err
		}
		if more, err := use(list[0]); err != nil || !more {
			return err
		}
		after = list[0].ID
	}
}

// WriteResult writes the answers of a job that has succeeded, at constant
// memory: one line for each row, in their order.
//
//   - CSV has the columns row, error and one for each output.
//   - JSON Lines are the values, and {"error": …} for rows that failed.
func (q *Queue) WriteResult(ctx context.Context, id string, format augur.TableFormat, w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<16)
	t := &resultTable{out: out, csv: format == augur.FormatCSV}
	err := q.eachChunk(ctx, id, "", func(c *ent.JobChunk) (bool, error) {
		errs := map[int64][]augur.RowError{}
		for _, e := range c.Errors {
			errs[e.Row] = append(errs[e.Row], e)
		}
		at := c.FirstRow
		for line := range strings.Lines(c.Answers) {
			if err := t.add(at, strings.TrimSuffix(line, "\n"), errs[at]); err != nil {
				return false, err
			}
			at++
		}
		return true, nil
	})
	if err != nil {
		return err
	}
	t.begin(nil)
	return out.Flush()
}

// resultTable writes answers in a format.
type resultTable struct {
	out   *bufio.Writer
	csv   bool
	begun bool
	// names are the columns of outputs: those of the first answer. held are the
	// failed rows before it.
	names []string
	held  []heldRow
	scan  augur.Scanner
	buf   []byte
}

type heldRow struct {
	row  int64
	errs []augur.RowError
}

// maxHeld bounds the failed rows at the beginning that wait for the first answer.
const maxHeld = 100_000

func (t *resultTable) add(row int64, value string, errs []augur.RowError) error {
	if !t.csv {
		if len(errs) > 0 {
			text, err := json.Marshal(map[string]any{"error": errs[0]})
			if err != nil {
				return err
			}
			value = string(text)
		}
		_, _ = t.out.WriteString(value) // Flush fails
		return t.out.WriteByte('\n')
	}
	if len(errs) > 0 {
		if !t.begun && len(t.held) < maxHeld {
			t.held = append(t.held, heldRow{row, errs})
			return nil
		}
		t.begin(nil)
		return t.failed(row, errs)
	}
	t.scan.Reset([]byte(value))
	t.begin(func() (names []string) {
		for more := t.scan.OpenObject(); more; more = t.scan.NextMember() {
			names = append(names, string(t.scan.Key()))
			t.scan.Skip()
		}
		return names
	})
	t.buf = append(strconv.AppendInt(t.buf[:0], row, 10), ',')
	t.scan.Reset([]byte(value))
	for more := t.scan.OpenObject(); more; more = t.scan.NextMember() {
		t.scan.Key() // every row has the outputs in one order
		t.buf = append(t.buf, ',')
		if t.scan.Kind() == augur.JSONString {
			t.buf = appendCell(t.buf, string(t.scan.Bytes()))
		} else {
			t.buf = appendCell(t.buf, string(t.scan.Skip()))
		}
	}
	t.buf = append(t.buf, "\r\n"...)
	_, err := t.out.Write(t.buf)
	return err
}

// begin writes the line of names, once.
func (t *resultTable) begin(names func() []string) {
	if t.begun || !t.csv {
		return
	}
	t.begun = true
	if names != nil {
		t.names = names()
	}
	line := []byte("row,error")
	for _, name := range t.names {
		line = appendCell(append(line, ','), name)
	}
	_, _ = t.out.Write(append(line, "\r\n"...)) // Flush fails
	for _, h := range t.held {
		_ = t.failed(h.row, h.errs)
	}
	t.held = nil
}

func (t *resultTable) failed(row int64, errs []augur.RowError) error {
	texts := make([]string, len(errs))
	for i, e := range errs {
		texts[i] = strings.Join(append(append([]string{}, e.Field...), e.Message), ": ")
	}
	line := append(strconv.AppendInt(nil, row, 10), ',')
	line = appendCell(line, strings.Join(texts, "; "))
	for range t.names {
		line = append(line, ',')
	}
	_, err := t.out.Write(append(line, "\r\n"...))
	return err
}

// appendCell appends a cell of CSV (RFC 4180).
func appendCell(dst []byte, text string) []byte {
	if !strings.ContainsAny(text, "\",\r\n") {
		return append(dst, text...)
	}
	return append(append(append(dst, '"'), strings.ReplaceAll(text, `"`, `""`)...), '"')
}
