package registry

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"augur"
	"augur/ent"
	"augur/store"
)

// maxRecordsAtOnce and recordsTime bound one transaction of LogPredictions, so
// that others wait about 10 ms at most for the one writer of SQLite.
const (
	maxRecordsAtOnce = 1000
	recordsTime      = 10 * time.Millisecond
)

// recordColumn is a column that LogPredictions writes: of one record, and of
// many as a list that PostgreSQL reads as an array of kind.
type recordColumn struct {
	name, kind string
	one        func(*augur.PredictionRecord) any
	many       func([]augur.PredictionRecord) any
}

func column[T any](name, kind string, of func(*augur.PredictionRecord) T) recordColumn {
	return recordColumn{
		name, kind,
		func(p *augur.PredictionRecord) any { return of(p) },
		func(records []augur.PredictionRecord) any {
			out := make([]T, len(records))
			for i := range records {
				out[i] = of(&records[i])
			}
			return out
		},
	}
}

var recordColumns = []recordColumn{
	column("id", "text", func(p *augur.PredictionRecord) string { return p.ID }),
	column("created_at", "timestamptz", func(p *augur.PredictionRecord) time.Time { return p.CreatedAt.UTC().Truncate(time.Microsecond) }),
	column("model_id", "text", func(p *augur.PredictionRecord) string { return p.ModelID }),
	column("version_id", "text", func(p *augur.PredictionRecord) string { return p.VersionID }),
	column("rollout_id", "text", func(p *augur.PredictionRecord) *string { return orNull(p.Route.Rollout) }),
	column("arm", "text", func(p *augur.PredictionRecord) string { return p.Route.Arm }),
	column("arm_reason", "text", func(p *augur.PredictionRecord) *string { return orNull(string(p.Route.ArmReason)) }),
	column("code", "text", func(p *augur.PredictionRecord) string { return p.Code }),
	column("answered", "boolean", func(p *augur.PredictionRecord) bool { return p.Code == augur.OK }),
	column("message", "text", func(p *augur.PredictionRecord) string { return plainText(p.Message, maxReason) }),
	column("path", "jsonb", errorPath),
	column("route_reason", "text", func(p *augur.PredictionRecord) string { return string(p.Route.Reason) }),
	column("route_ref", "text", func(p *augur.PredictionRecord) string { return plainText(p.Route.Ref, 250) }),
	column("rows", "bigint", func(p *augur.PredictionRecord) int64 { return int64(p.Rows) }),
	column("row_errors", "bigint", func(p *augur.PredictionRecord) int64 { return int64(p.RowErrors) }),
	column("cache", "text", func(p *augur.PredictionRecord) string { return string(p.Cache) }),
	column("total_ms", "double precision", func(p *augur.PredictionRecord) float64 { return p.Timing.TotalMs() }),
	column("queue_ms", "double precision", func(p *augur.PredictionRecord) float64 { return p.Timing.QueueMs() }),
	column("run_ms", "double precision", func(p *augur.PredictionRecord) float64 { return p.Timing.RunMs() }),
	column("subject", "text", func(p *augur.PredictionRecord) *string {
		if p.Subject == "" {
			return nil
		}
		s := plainText(p.Subject, 250)
		return &s
	}),
	column("request_id", "text", func(p *augur.PredictionRecord) string { return p.RequestID }),
	column("inputs", "text", func(p *augur.PredictionRecord) *string { return optionalText(p.Inputs) }),
	column("answer", "text", func(p *augur.PredictionRecord) *string { return optionalText(p.Values) }),
	column("outputs", "text", func(p *augur.PredictionRecord) *string { return optionalText(p.Outputs) }),
}

// LogPredictions keeps records of predictions. One that is there already gets
// what is given and keeps its outcome, so that a call may be made again, and an
// outcome may come before its record. After an error some may be kept. It is
// inference.Sink's, and no change of the registry: nothing of it stands in the
// audit trail.
//
// The rows go in by the fastest form of each database (BenchmarkLogPredictions):
// many rows of placeholders on SQLite; on PostgreSQL an array for each column,
// in a statement whose text never changes.
func (r *Registry) LogPredictions(ctx context.Context, records []augur.PredictionRecord) error {
	for len(records) > 0 {
		most := int(r.recordsAtOnce.Load())
		part := records[:min(most, len(records))]
		records = records[len(part):]
		statement, args := insertRecords(r.store.Dialect(), part)
		var began time.Time // in the transaction: waiting for the writer holds up nobody
		err := r.store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
			began = time.Now()
			_, err := tx.ExecContext(ctx, statement, args...)
			return err
		})
		if err != nil {
			return store.Error(err)
		}
		switch took := time.Since(began); {
		case took > recordsTime:
			r.recordsAtOnce.Store(int64(max(most/2, 50)))
		case took < recordsTime/4:
			r.recordsAtOnce.Store(int64(min(most*2, maxRecordsAtOnce)))
		}
	}
	return nil
}

// insertRecords writes the statement and its arguments.
func insertRecords(database string, records []augur.PredictionRecord) (string, []any) {
	var names, arrays, set []string
	for i, c := range recordColumns {
		name := `"` + c.name + `"`
		names = append(names, name)
		switch array := "unnest($" + strconv.Itoa(i+1) + "::"; c.kind {
		case "jsonb":
			arrays = append(arrays, array+"text[])::jsonb")
		default:
			arrays = append(arrays, array+c.kind+"[])")
		}
		if c.name != "id" {
			set = append(set, name+" = excluded."+name)
		}
	}
	insert := "INSERT INTO prediction_records (" + strings.Join(names, ", ") + ") "
	update := " ON CONFLICT (id) DO UPDATE SET " + strings.Join(set, ", ")
	var args []any
	if database != sqliteDialect {
		for _, c := range recordColumns {
			args = append(args, c.many(records))
		}
		return insert + "SELECT " + strings.Join(arrays, ", ") + update, args
	}
	args = make([]any, 0, len(records)*len(recordColumns))
	for i := range records {
		for _, c := range recordColumns {
			args = append(args, c.one(&records[i]))
		}
	}
	return insert + "VALUES " + rows(len(records), len(recordColumns)) + update, args
}

// errorPath is the field of an error as JSON, nil where there is none.
func errorPath(p *augur.PredictionRecord) *string {
	if len(p.Field) == 0 {
		return nil
	}
	field := make([]string, len(p.Field))
	for i, part := range p.Field {
		field[i] = plainText(part, 250)
	}
	text, err := json.Marshal(field)
	if err != nil { // not reached: a list of strings
		return nil
	}
	return optionalText(text)
}

// orNull is nil for an empty text.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func optionalText(text json.RawMessage) *string {
	if text == nil {
		return nil
	}
	s := string(text)
	return &s
}

// plainText makes what anybody may have sent fit a column: at most so many
// bytes, in UTF-8, without NUL, which PostgreSQL cannot store.
func plainText(s string, most int) string {
	s = strings.ReplaceAll(s, "\x00", "\uFFFD")
	if len(s) > most {
		s = s[:most]
		for len(s) > 0 && !utf8.RuneStart(s[len(s)-1]) { // a rune was cut: its start goes too
			s = s[:len(s)-1]
		}
		if len(s) > 0 && s[len(s)-1] >= utf8.RuneSelf {
			s = s[:len(s)-1]
		}
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
