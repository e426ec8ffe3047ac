package jobs_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"augur"
	"augur/internal/augurtest"
	"augur/internal/cases"
	"augur/internal/storetest"
	"augur/server"
	"augur/store"
)

const submitJob = `mutation($input: PredictionJobSubmitInput!) { predictionJobSubmit(input: $input) {
	created job { id state } userErrors { code message field } } }`

const showJob = `query($id: ID!) { predictionJob(id: $id) { id state attempts model version finishedAt
	progress { rowsDone rowsFailed rows fraction rowsPerSecond timeLeft }
	error { code message } rowErrors { row code message field } result { values outputs } download } }`

// jobView is a job as clients see it.
type jobView struct {
	ID, State, Version string
	Attempts           int
	Progress           struct {
		RowsDone, RowsFailed, Rows string
		Fraction                   float64
		RowsPerSecond              *float64
		TimeLeft                   *string
	}
	Error     *struct{ Code, Message string }
	RowErrors []struct {
		Row, Code, Message string
		Field              []string
	}
	Result *struct {
		Values  []map[string]any
		Outputs map[string]any
	}
	Download *string
}

// into reads a part of decoded JSON.
func into(t *testing.T, from, to any) {
	t.Helper()
	text, err := json.Marshal(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, to); err != nil {
		t.Fatal(err)
	}
}

// submitted is what predictionJobSubmit answers.
type submitted struct {
	Created bool
	Job     *struct{ ID, State string }

	UserErrors []struct {
		Code, Message string
		Field         []string
	}
}

func submit(t *testing.T, s *augurtest.Server, input map[string]any) submitted {
	t.Helper()
	var out submitted
	into(t, s.Query(t, submitJob, map[string]any{"input": input})["predictionJobSubmit"], &out)
	return out
}

// show reads a job.
func show(t *testing.T, s *augurtest.Server, id string) jobView {
	t.Helper()
	var out jobView
	into(t, s.Query(t, showJob, map[string]any{"id": id})["predictionJob"], &out)
	return out
}

// ended waits until a job has ended.
func ended(t *testing.T, s *augurtest.Server, id string) jobView {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		j := show(t, s, id)
		if augur.JobState(j.State).Ended() {
			return j
		}
		if time.Now().After(deadline) {
			t.Fatalf("the job is still %+v", j)
		}
	}
}

// roadRow is a row of road-risk whose answer depends on i.
func roadRow(i int) map[string]any {
	return map[string]any{
		"curvature": float64(i%100) / 100, "lighting": []string{"day", "night", "dim"}[i%3], "speed_limit": 25 + i%50, "num_lanes": 1 + i%4,
		"weather": []string{"clear", "rainy", "foggy", "snowy"}[i%4], "road_type": []string{"urban", "rural", "highway"}[i%3],
		"holiday": i%2 == 0, "num_reported_accidents": i % 5,
	}
}

// TestJob: rows are answered as predict answers them, errors stand with their
// rows, on each database.
func TestJob(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db store.Config) {
		s := augurtest.Start(t, augurtest.WithModels(), augurtest.WithDatabase(db.URL.Reveal()))
		rows := make([]map[string]any, 100)
		for i := range rows {
			rows[i] = roadRow(i)
		}
		rows[3]["curvature"] = "much"
		delete(rows[50], "curvature")
		rows[99]["curvature"] = 17
		in := map[string]any{"model": "road-risk", "data": map[string]any{"rows": rows}, "idempotencyKey": "one"}
		made := submit(t, s, in)
		if made.Job == nil || !made.Created {
			t.Fatalf("%+v", made)
		}
		j := ended(t, s, made.Job.ID)
		if j.State != "SUCCEEDED" || j.Progress.RowsDone != "100" || j.Progress.RowsFailed != "3" || j.Progress.Rows != "100" || j.Progress.Fraction != 1 {
			t.Fatalf("%+v", j)
		}
		var failed []string
		for _, e := range j.RowErrors {
			failed = append(failed, e.Row+" "+strings.Join(e.Field, "."))
		}
		if got := strings.Join(failed, ", "); got != "3 curvature, 50 curvature, 99 curvature" {
			t.Errorf("errors of %s", got)
		}
		direct := s.Query(t, `mutation($rows: [Row!]!) { predict(input: {model: "road-risk", data: {rows: $rows}}) { prediction { values } } }`, map[string]any{"rows": rows})
		want, _ := json.Marshal(augurtest.At(t, direct, "predict.prediction.values"))
		if got, _ := json.Marshal(j.Result.Values); string(got) != string(want) {
			t.Errorf("values\n%s\nwant\n%s", got, want)
		}
		if again := submit(t, s, in); again.Created || again.Job == nil || again.Job.ID != made.Job.ID {
			t.Errorf("the same key again: %+v", again)
		}
		in["subject"] = "somebody"
		if other := submit(t, s, in); other.Job != nil || other.UserErrors[0].Code != "ALREADY_EXISTS" {
			t.Errorf("the key for something else: %+v", other)
		}
		r := s.Send(t, "GET", *j.Download, nil, nil)
		lines := strings.Split(strings.TrimSpace(string(r.Body)), "\r\n")
		if r.Status != 200 || len(lines) != 101 || !strings.HasPrefix(lines[0], "row,error,") || !strings.HasPrefix(lines[4], "3,") || !strings.Contains(lines[4], "curvature") || !strings.HasPrefix(lines[100], "99,") {
			t.Errorf("status %d: %d lines, %s", r.Status, len(lines), r.Body)
		}
		for name, path := range map[string]string{"another format": strings.Replace(*j.Download, ".csv", ".jsonl", 1), "another job": strings.Replace(*j.Download, j.ID, augur.NewID(augur.JobID), 1), "later": strings.Replace(*j.Download, "expires=1", "expires=2", 1)} {
			if r := s.Send(t, "GET", path, nil, nil); r.Status != 403 {
				t.Errorf("%s: status %d", name, r.Status)
			}
		}
	})
}

// TestJobOfTensors runs whole and keeps its outputs exactly.
func TestJobOfTensors(t *testing.T) {
	s := augurtest.Start(t, augurtest.WithModels())
	tensors := []any{map[string]any{"name": "float_input", "dtype": "FLOAT32", "shape": []int{2, 4}, "data": []float64{5.1, 3.5, 1.4, 0.2, 6.7, 3, 5.2, 2.3}}}
	made := submit(t, s, map[string]any{"model": "iris-random-forest", "data": map[string]any{"tensors": tensors}})
	if made.Job == nil {
		t.Fatalf("%+v", made)
	}
	j := ended(t, s, made.Job.ID)
	if j.State != "SUCCEEDED" || j.Progress.RowsDone != "2" || len(j.Result.Values) != 2 || len(j.Result.Outputs) == 0 {
		t.Errorf("%+v", j)
	}
}

// TestJobOfComposites keeps sequences, maps and the lack of an optional between
// submission and run.
func TestJobOfComposites(t *testing.T) {
	s := augurtest.Start(t)
	f := augur.Float32
	model := cases.Model{ML: 1, Opset: 18, IR: 8, Graph: cases.Graph{
		Nodes: []cases.Node{
			{Op: "ConcatFromSequence", In: []string{"s"}, Out: []string{"y"}, Attrs: []cases.Attr{cases.Int("axis", 0)}},
			{Op: "CastMap", Domain: "ai.onnx.ml", In: []string{"m"}, Out: []string{"z"}},
			{Op: "OptionalHasElement", In: []string{"o"}, Out: []string{"has"}},
		},
		Inputs:  []augur.Spec{cases.Port("s", cases.Sequence(cases.Tensor(f, "n"))), cases.Port("m", cases.Map(augur.Int64)), cases.Port("o", cases.Optional(cases.Tensor(f, "n")))},
		Outputs: []augur.Spec{cases.Port("y", cases.Tensor(f, "k")), cases.Port("z", cases.Tensor(f, 1, "l")), cases.Port("has", cases.Tensor(augur.Bool))},
	}}
	s.Query(t, `mutation($d: String!) { modelCreate(input: {name: "composed"}) { userErrors { message } }
		modelVersionCreate(input: {model: "composed", version: "1.0.0", digest: $d}) { userErrors { message } } }`, map[string]any{"d": augurtest.Upload(t, s, model.Bytes())})
	item := func(dtype string, data ...any) map[string]any {
		return map[string]any{"dtype": dtype, "shape": []int{len(data)}, "data": append([]any{}, data...)}
	}
	made := submit(t, s, map[string]any{"model": "composed", "data": map[string]any{"tensors": []any{
		map[string]any{"name": "s", "sequence": []any{item("FLOAT32", 1, 2), item("FLOAT32"), item("FLOAT32", 3)}},
		map[string]any{"name": "m", "map": map[string]any{"keys": item("INT64", 7, -1), "values": item("FLOAT32", 1.5, 2.5)}},
	}}})
	if made.Job == nil {
		t.Fatalf("%+v", made)
	}
	j := ended(t, s, made.Job.ID)
	if j.State != "SUCCEEDED" || len(j.Result.Values) != 1 {
		t.Fatalf("%+v", j)
	}
	if got := fmt.Sprint(j.Result.Values[0]); got != "map[has:false y:[1 2 3] z:[[2.5 1.5]]]" {
		t.Error(got)
	}
}

// TestJobIsRefused says at once what can be known at once.
func TestJobIsRefused(t *testing.T) {
	s := augurtest.Start(t, augurtest.WithModels(), augurtest.WithConfig(func(c *server.Config) { c.Jobs.Workers, c.Jobs.MaxPerPrincipal = 0, 2 }))
	rows := map[string]any{"rows": []any{roadRow(1)}}
	digest := augurtest.Upload(t, s, []byte("curvatur,speed_limit\n1,2\n"))
	for want, in := range map[string]map[string]any{
		"NOT_FOUND model":                 {"model": "nothing", "data": rows},
		"INVALID_ARGUMENT ":               {"model": "road-risk"},
		"INVALID_ARGUMENT outputs":        {"model": "road-risk", "data": rows, "outputs": []string{"none"}},
		"INVALID_ARGUMENT data.rows":      {"model": "road-risk", "data": map[string]any{"rows": []any{}}},
		"INVALID_ARGUMENT expiresIn":      {"model": "road-risk", "data": rows, "expiresIn": "0s"},
		"INVALID_ARGUMENT idempotencyKey": {"model": "road-risk", "data": rows, "idempotencyKey": ""},
		"INVALID_ARGUMENT file":           {"model": "road-risk", "file": map[string]any{"digest": digest, "format": "CSV"}},
		"NOT_FOUND file.digest":           {"model": "road-risk", "file": map[string]any{"digest": augurtest.Digest([]byte("none")), "format": "CSV"}},
	} {
		got := submit(t, s, in)
		if got.Job != nil || len(got.UserErrors) != 1 || got.UserErrors[0].Code+" "+strings.Join(got.UserErrors[0].Field, ".") != want {
			t.Errorf("want %s, got %+v", want, got)
		}
	}
	for range 2 {
		if got := submit(t, s, map[string]any{"model": "road-risk", "data": rows}); got.Job == nil || got.Job.State != "QUEUED" {
			t.Fatalf("%+v", got)
		}
	}
	r := s.Do(t, submitJob, map[string]any{"input": map[string]any{"model": "road-risk", "data": rows}})
	if len(r.Errors) != 1 || r.Errors[0].Code() != augur.ResourceExhausted {
		t.Errorf("the third: %s", r.Body)
	}
}

// TestJobEnds: cancel, retry and expiry, with no worker and with one.
func TestJobEnds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db store.Config) {
		dir := t.TempDir()
		start := func(workers int) *augurtest.Server {
			return augurtest.Start(t, augurtest.WithModels(), augurtest.WithDatabase(db.URL.Reveal()), augurtest.WithConfig(func(c *server.Config) { c.Jobs.Workers, c.Data.Dir = workers, dir }))
		}
		idle := start(0)
		rows := map[string]any{"rows": []any{roadRow(1)}}
		canceled := submit(t, idle, map[string]any{"model": "road-risk", "data": rows}).Job.ID
		expired := submit(t, idle, map[string]any{"model": "road-risk", "data": rows, "expiresIn": "1ms"}).Job.ID
		act := func(s *augurtest.Server, what, id string) string {
			data := s.Query(t, `mutation($id: ID!) { predictionJob`+what+`(input: {id: $id}) { job { state } userErrors { code } } }`, map[string]any{"id": id})
			return fmt.Sprint(data["predictionJob"+what])
		}
		if got := act(idle, "Retry", canceled); !strings.Contains(got, "FAILED_PRECONDITION") {
			t.Errorf("retry of one that waits: %s", got)
		}
		if got := act(idle, "Cancel", canceled); !strings.Contains(got, "state:CANCELED") {
			t.Errorf("cancel: %s", got)
		}
		idle.Shutdown(t)
		busy := start(1)
		if j := ended(t, busy, expired); j.State != "EXPIRED" || j.Error == nil || j.Error.Code != "DEADLINE_EXCEEDED" {
			t.Errorf("%+v", j)
		}
		if j := show(t, busy, canceled); j.State != "CANCELED" || j.Progress.RowsDone != "0" {
			t.Errorf("a job that was canceled went on: %+v", j)
		}
		if got := act(busy, "Retry", canceled); !strings.Contains(got, "state:QUEUED") && !strings.Contains(got, "state:RUNNING") && !strings.Contains(got, "state:SUCCEEDED") {
			t.Errorf("retry: %s", got)
		}
		if j := ended(t, busy, canceled); j.State != "SUCCEEDED" || j.Progress.RowsDone != "1" {
			t.Errorf("after the retry: %+v", j)
		}
		if got := act(busy, "Cancel", canceled); !strings.Contains(got, "FAILED_PRECONDITION") {
			t.Errorf("cancel of one that has succeeded: %s", got)
		}
	})
}
