package inference

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"augur"
)

// fakeSink keeps what it is given, unless fail says otherwise.
type fakeSink struct {
	fail func(ctx context.Context, records []augur.PredictionRecord) error

	mu      sync.Mutex // guards what follows
	buckets []augur.ServingBucket
	records []augur.PredictionRecord
	calls   int
}

func (s *fakeSink) LogServing(ctx context.Context, buckets []augur.ServingBucket) error {
	if s.fail != nil {
		if err := s.fail(ctx, nil); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buckets = append(s.buckets, buckets...)
	return nil
}

func (s *fakeSink) LogPredictions(ctx context.Context, records []augur.PredictionRecord) error {
	if s.fail != nil {
		if err := s.fail(ctx, records); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records = append(s.records, records...)
	s.calls++
	return nil
}

// sum adds the figures of all buckets.
func (s *fakeSink) sum() (f augur.ServingFigures) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.buckets {
		f.Add(&s.buckets[i].Figures)
	}
	return f
}

// written are the buckets and records so far.
func (s *fakeSink) written() ([]augur.ServingBucket, []augur.PredictionRecord) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.buckets), slices.Clone(s.records)
}

// startLogged starts a house whose predictions go to sink.
func startLogged(t testing.TB, cfg LogConfig, sink Sink, versions ...*augur.CatalogVersion) (*house, *Log) {
	t.Helper()
	l, err := NewLog(cfg, sink, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Stop(context.Background()) }) // after the engine's
	return startWith(t, Config{}, Deps{Log: l}, versions...), l
}

// TestLogCounts has every request counted once, whatever became of it, and
// every bucket told once: by Live until the sink has it.
func TestLogCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(3 * time.Second) // the bucket is open for seven seconds more
		sink := &fakeSink{}
		h, l := startLogged(t, LogConfig{}, sink, road(), iris())
		ctx := augur.WithRequestID(t.Context(), "req_1")
		for range 3 {
			if _, err := h.Predict(ctx, rows("road-risk", roadRow, `{}`)); err != nil {
				t.Fatal(err)
			}
		}
		wrong := rows("road-risk", `{}`)
		wrong.Subject = "anna"
		if _, err := h.Predict(ctx, wrong); err == nil {
			t.Fatal("no error")
		}
		h.runtime.run = func(context.Context, []augur.NamedTensor, []string) ([]augur.Output, error) {
			time.Sleep(20 * time.Millisecond)
			return nil, errors.New("secret of the runtime")
		}
		bypass := rows("road-risk", roadRow)
		bypass.Options.Cache = augur.CacheBypass
		if _, err := h.Predict(ctx, bypass); err == nil {
			t.Fatal("no error")
		}
		_, _ = h.Predict(ctx, rows("nobody", roadRow)) // of no version: not logged

		check := func(where string, f augur.ServingFigures) {
			t.Helper()
			if f.Requests != 5 || f.Errors != 2 || f.Faults != 1 || f.Rows != 3 || f.RowErrors != 3 || f.Misses != 1 || f.MemoryHits != 2 || f.CachedRows != 2 || f.Latency.Count() != 5 {
				t.Errorf("%s: %+v", where, f)
			}
			if f.Total < 20*time.Millisecond || f.Latency.Quantile(1) < 19*time.Millisecond {
				t.Errorf("%s: total %v, slowest %v", where, f.Total, f.Latency.Quantile(1))
			}
		}
		version := road().ID
		live := l.Live([]string{version, iris().ID, "ver_x"})
		if len(live) != 1 || live[0].VersionID != version || live[0].Width != 10*time.Second || live[0].Start.Second()%10 != 0 {
			t.Fatalf("%+v", live)
		}
		check("live", live[0].Figures)
		if open, _ := sink.written(); len(open) != 0 {
			t.Error("an open bucket was written")
		}
		start := live[0].Start
		time.Sleep(8 * time.Second)
		synctest.Wait()
		buckets, records := sink.written()
		if len(buckets) != 1 || !buckets[0].Start.Equal(start) || len(l.Live([]string{version})) != 0 {
			t.Fatalf("%+v, live %+v", buckets, l.Live([]string{version}))
		}
		check("written", sink.sum())

		// The records, written a moment after the first of them.
		var got []string
		for _, r := range records {
			if kind, _ := augur.IDKind(r.ID); kind != augur.PredictionID || r.VersionID != version || r.RequestID != "req_1" || r.CreatedAt.IsZero() {
				t.Errorf("%+v", r)
			}
			got = append(got, strings.Join([]string{r.Code, string(r.Cache), string(r.Route.Reason), r.Subject, strings.Join(r.Field, "."), r.Message}, "|"))
		}
		want := []string{
			"OK|MISS|LIVE|||", "OK|MEMORY|LIVE|||", "OK|MEMORY|LIVE|||",
			"INVALID_ARGUMENT||LIVE|anna|data.rows.0.curvature|required and missing: expected 0 to 1",
			"INTERNAL||LIVE|||internal error",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if sink.calls != 1 {
			t.Errorf("%d calls for five records at one time", sink.calls)
		}
	})
}

// TestLogKeepsSuccessesPerSecond: successes are kept up to the limit of each
// second, and errors always.
func TestLogKeepsSuccessesPerSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := &fakeSink{}
		h, l := startLogged(t, LogConfig{Successes: 10}, sink, road())
		for range 2 {
			for range 50 {
				_, _ = h.Predict(t.Context(), rows("road-risk", roadRow))
				_, _ = h.Predict(t.Context(), rows("road-risk", `{}`))
			}
			time.Sleep(time.Second)
		}
		if err := l.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		kept := map[string]int{}
		_, records := sink.written()
		for _, r := range records {
			kept[r.Code]++
		}
		if kept["OK"] != 20 || kept["INVALID_ARGUMENT"] != 100 {
			t.Errorf("%v", kept)
		}
	})
}

// TestLogNeverWaits: a sink that hangs fills the queue, what finds no room is
// dropped and counted, and predictions and figures go on.
func TestLogNeverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var open sync.Mutex
		hang := make(chan struct{})
		sink := &fakeSink{fail: func(ctx context.Context, _ []augur.PredictionRecord) error {
			open.Lock()
			wait := hang
			open.Unlock()
			select {
			case <-wait:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}}
		h, l := startLogged(t, LogConfig{Queue: 5, Successes: 1000}, sink, road())
		first := rows("road-risk", roadRow)
		if _, err := h.Predict(t.Context(), first); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second) // the writer holds it
		synctest.Wait()
		began := time.Now()
		for range 100 {
			if _, err := h.Predict(t.Context(), first); err != nil {
				t.Fatal(err)
			}
		}
		if time.Since(began) != 0 {
			t.Errorf("predictions waited %v", time.Since(began))
		}
		if got := counted(t, l.records, "dropped"); got != 95 {
			t.Errorf("%v dropped, want 95", got)
		}
		time.Sleep(time.Minute)
		close(hang)
		time.Sleep(30 * time.Second)
		synctest.Wait()
		buckets, records := sink.written()
		if f := sink.sum(); f.Requests != 101 || len(records) != 6 {
			t.Errorf("after the sink came back: %d requests, %d records", f.Requests, len(records))
		}
		seen := map[time.Time]bool{}
		for _, b := range buckets {
			if seen[b.Start] {
				t.Errorf("two buckets of %v", b.Start)
			}
			seen[b.Start] = true
		}
	})
}

// TestLogFindsTheBadRecord: one record that the sink refuses does not take the
// others with it.
func TestLogFindsTheBadRecord(t *testing.T) {
	sink := &fakeSink{fail: func(_ context.Context, records []augur.PredictionRecord) error {
		for _, r := range records {
			if r.Subject == "bad" {
				return augur.Errorf(augur.Internal, "refused")
			}
		}
		return nil
	}}
	h, l := startLogged(t, LogConfig{}, sink, road())
	for i := range 20 {
		req := rows("road-risk", roadRow)
		if i == 13 {
			req.Subject = "bad"
		}
		if _, err := h.Predict(t.Context(), req); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if failed := counted(t, l.records, "failed"); len(sink.records) != 19 || failed != 1 {
		t.Errorf("%d records, %v failed", len(sink.records), failed)
	}
}

// TestLogStopWrites what is there: the open bucket and the queue.
func TestLogStopWrites(t *testing.T) {
	sink := &fakeSink{}
	h, l := startLogged(t, LogConfig{}, sink, road())
	for range 7 {
		if _, err := h.Predict(t.Context(), rows("road-risk", roadRow)); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := l.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f := sink.sum(); f.Requests != 7 || len(sink.records) != 7 {
		t.Errorf("%d requests, %d records", f.Requests, len(sink.records))
	}
	if err := l.Sync(t.Context()); augur.CodeOf(err) != augur.Unavailable {
		t.Error(err)
	}
	if err := l.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestLogRedacts keeps the values of the named features out of every part of a
// record, misspelt ones too.
func TestLogRedacts(t *testing.T) {
	sink := &fakeSink{}
	h, l := startLogged(t, LogConfig{InputShare: 1, Redact: []string{"curvature", "sepal_width", "output_label"}}, sink, road(), iris())
	tensor := &augur.Tensor{DType: augur.Float32, Shape: []int64{1, 4}, Data: make([]byte, 16)}
	secret := strings.Replace(roadRow, "0.1529", "0.4242", 1)
	for _, req := range []*augur.Request{
		rows("road-risk", secret, `{"Curvature":4242}`, `[4242]`),
		rows("road-risk", strings.Replace(roadRow, "0.1529", "4242", 1)), // an error that quotes it
		rows("road-risk", strings.Replace(roadRow, "60", "600", 1)),      // an error that quotes another
		{Model: "road-risk", Data: augur.Data{Columns: json.RawMessage(`{"curvature":[0.4242],"holiday":[true]}`)}},
		{Model: "iris", Data: augur.Data{Tensors: []augur.NamedTensor{{Name: "float_input", Tensor: tensor}}}},
	} {
		_, _ = h.Predict(t.Context(), req)
	}
	if err := l.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(sink.records) != 5 {
		t.Fatalf("%d records", len(sink.records))
	}
	for _, r := range sink.records {
		if text := string(r.Inputs) + r.Message; strings.Contains(text, "4242") || !strings.Contains(string(r.Inputs), "REDACTED") {
			t.Errorf("%s %s", r.Inputs, r.Message)
		}
	}
	if r := sink.records[0]; !strings.Contains(string(r.Inputs), `"lighting":"dim"`) || !strings.Contains(string(r.Values), "accident_risk") {
		t.Errorf("too much is hidden: %s %s", r.Inputs, r.Values)
	}
	if r := sink.records[1]; r.Message != "REDACTED" || r.Field[3] != "curvature" {
		t.Errorf("%+v", r)
	}
	if r := sink.records[2]; r.Message != "expected 20 to 130, got 600" {
		t.Errorf("%+v", r)
	}
	if r := sink.records[4]; string(r.Values) != `[{"output_label":"REDACTED"}]` || string(r.Outputs) != "[]" {
		t.Errorf("%s %s", r.Values, r.Outputs)
	}
	if r := sink.records[0]; string(r.Outputs) != `[{"name":"accident_risk","value":{"kind":"tensor","dtype":"float32","shape":[1,1],"data":[0.4242]}}]` {
		t.Errorf("%s", r.Outputs)
	}
}

// TestLogRedactsNested: a hidden name is hidden however deep it stands, in what
// was sent by rows and columns and in what was answered.
func TestLogRedactsNested(t *testing.T) {
	sink := &fakeSink{}
	h, l := startLogged(t, LogConfig{InputShare: 1, Redact: []string{"ssn", "disease"}}, sink, road())
	deep := strings.Replace(roadRow, "0.1529", `[{"s\u0073n":"4242","ok":[[{"ssn":{"a":4242}}]]},"{4"]`, 1)
	for _, data := range []augur.Data{
		{Rows: []json.RawMessage{json.RawMessage(deep)}},
		{Columns: json.RawMessage(`{"curvature":[` + `{"ssn":4242},{"ok":1,"x":{"ssn":[4242]}}` + `],"holiday":[true,false]}`)},
	} {
		if _, err := h.Predict(t.Context(), &augur.Request{Model: "road-risk", Data: data}); err != nil {
			t.Log(err) // of rows that are wrong inputs are kept too
		}
	}
	if err := l.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(sink.records) != 2 {
		t.Fatalf("%d records", len(sink.records))
	}
	for _, r := range sink.records {
		if text := string(r.Inputs) + r.Message; strings.Contains(text, "4242") || !strings.Contains(text, `"ok":`) || !strings.Contains(text, `"ssn":"REDACTED"`) {
			t.Errorf("%s %s", r.Inputs, r.Message)
		}
	}

	v := road()
	sig := *v.Signature
	sig.Outputs = []augur.Spec{{Name: "probabilities"}, {Name: "label"}}
	v.Signature = &sig
	strs := func(list ...string) *augur.Tensor {
		return &augur.Tensor{DType: augur.String, Shape: []int64{int64(len(list))}, Strings: list}
	}
	probabilities := augur.Value{Kind: augur.KindSequence, Items: []augur.Value{{Kind: augur.KindMap, Keys: strs("flu", "disease"), Values: strs("4", "4242")}}}
	p := &logEntry{v: v, resp: &augur.Response{Version: v, Rows: 1, RowIndex: []int{0}, Outputs: []augur.Output{
		{Name: "probabilities", Value: probabilities}, {Name: "label", Value: augur.TensorValue(strs("flu"))},
	}}}
	r := p.finish(l.hidden(v), slog.New(slog.DiscardHandler))
	if text := string(r.Values) + string(r.Outputs); strings.Contains(text, "4242") || !strings.Contains(text, `"disease":"REDACTED"`) || !strings.Contains(text, `"flu"`) {
		t.Errorf("%s %s", r.Values, r.Outputs)
	}
}

// TestLogFollowsThePolicy of the version: how many successes are kept, of how
// many inputs too, and what of them is hidden.
func TestLogFollowsThePolicy(t *testing.T) {
	for name, c := range map[string]struct {
		cfg             LogConfig
		policy          augur.ServingPolicy
		records, inputs int
		hidden          bool
	}{
		"the server's":         {LogConfig{Successes: 3, InputShare: 1}, augur.ServingPolicy{}, 3, 3, false},
		"fewer, no inputs":     {LogConfig{Successes: 3, InputShare: 1}, augur.ServingPolicy{LogSuccesses: 2, LogInputShare: -1}, 2, 0, false},
		"none":                 {LogConfig{}, augur.ServingPolicy{LogSuccesses: -1}, 0, 0, false},
		"all that none keeps":  {LogConfig{Successes: -1, InputShare: -1}, augur.ServingPolicy{LogSuccesses: 5, LogInputShare: 1}, 5, 5, false},
		"hidden":               {LogConfig{InputShare: 1}, augur.ServingPolicy{LogRedact: "curvature\nsubject"}, 8, 8, true},
		"hidden by the server": {LogConfig{InputShare: 1, Redact: []string{"curvature"}}, augur.ServingPolicy{LogRedact: "holiday"}, 8, 8, true},
	} {
		sink, v := &fakeSink{}, road()
		v.Policy = c.policy
		l, err := NewLog(c.cfg, sink, slog.New(slog.DiscardHandler), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		req, began := rows("road-risk", roadRow), time.Now() // of one second
		for range 8 {
			l.done(t.Context(), v, augur.Route{}, req, began, &augur.Response{ID: augur.NewID(augur.PredictionID), Version: v, Rows: 1, RowIndex: []int{0}}, nil)
		}
		if err := l.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		inputs := 0
		for _, r := range sink.records {
			if r.Inputs != nil {
				inputs++
				if hidden := !strings.Contains(string(r.Inputs), "0.1529"); hidden != c.hidden {
					t.Errorf("%s: %s", name, r.Inputs)
				}
			}
		}
		if len(sink.records) != c.records || inputs != c.inputs {
			t.Errorf("%s: %d records, %d with inputs; want %d and %d", name, len(sink.records), inputs, c.records, c.inputs)
		}
	}
}

// TestLogInputs keeps inputs and answers as they were, unless they are too large
// or not sampled.
func TestLogInputs(t *testing.T) {
	for name, c := range map[string]struct {
		cfg    LogConfig
		inputs string
	}{
		"all":       {LogConfig{InputShare: 1}, `{"rows":[` + roadRow + `]}`},
		"none":      {LogConfig{InputShare: -1}, ""},
		"too large": {LogConfig{InputShare: 1, InputBytes: 30}, ""},
	} {
		sink := &fakeSink{}
		h, l := startLogged(t, c.cfg, sink, road())
		row := json.RawMessage(roadRow)
		if _, err := h.Predict(t.Context(), &augur.Request{Model: "road-risk", Data: augur.Data{Rows: []json.RawMessage{row}}}); err != nil {
			t.Fatal(err)
		}
		clear(row) // the transport uses its buffer again
		if err := l.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(sink.records) != 1 || string(sink.records[0].Inputs) != c.inputs || (sink.records[0].Values != nil) != (c.inputs != "") {
			t.Errorf("%s: %+v", name, sink.records)
		}
	}
}

// TestLogSurvivesWhatItCannotWrite: a value against the rules of its dtype costs
// its own record inputs and answer.
func TestLogSurvivesWhatItCannotWrite(t *testing.T) {
	sink := &fakeSink{}
	h, l := startLogged(t, LogConfig{InputShare: 1}, sink, road())
	h.runtime.run = func(_ context.Context, _ []augur.NamedTensor, out []string) ([]augur.Output, error) {
		broken := &augur.Tensor{DType: augur.Float32, Shape: []int64{1, 1}, Data: []byte{1}} // too short
		return []augur.Output{{Name: out[0], Value: augur.TensorValue(broken)}}, nil
	}
	resp, err := h.Predict(t.Context(), rows("road-risk", roadRow))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, records := sink.written(); len(records) != 1 || records[0].ID != resp.ID || records[0].Inputs != nil || records[0].Values != nil || records[0].Outputs != nil {
		t.Errorf("%+v", records)
	}
}

// TestLogNamesWhoAnswered: of a fallback the version that answered and the
// reason; of one that refuses too, the version that was asked.
func TestLogNamesWhoAnswered(t *testing.T) {
	v, before := road(), next(road())
	sink := &fakeSink{}
	l, err := NewLog(LogConfig{}, sink, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Stop(context.Background()) })
	h := startWith(t, Config{BreakerFailures: 1}, Deps{Log: l}, v, before)
	h.catalog.instead = before
	h.broken()
	h.fails(t, 1, augur.Internal)
	h.ask(t, distinct(250000))
	h.runtime.runOf = func(context.Context, *augur.CatalogVersion, []augur.NamedTensor, []string) ([]augur.Output, error) {
		return nil, errBroken
	}
	_, _ = h.Predict(t.Context(), distinct(3)) // opens the breaker of the other too
	_, _ = h.Predict(t.Context(), distinct(4))
	if err := l.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, records := sink.written()
	var got []string
	for _, r := range records {
		got = append(got, r.VersionID+" "+string(r.Route.Reason)+" "+r.Code)
	}
	want := []string{v.ID + " LIVE INTERNAL", before.ID + " FALLBACK OK", before.ID + " FALLBACK INTERNAL", v.ID + " LIVE UNAVAILABLE"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestLogBackwards: a clock that is set back gives no two buckets one start.
func TestLogBackwards(t *testing.T) {
	l, err := NewLog(LogConfig{}, &fakeSink{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	ahead := time.Now().UTC().Truncate(augur.BucketWidth).Add(time.Hour)
	l.start = ahead
	l.turn()
	if !l.start.Equal(ahead.Add(augur.BucketWidth)) {
		t.Errorf("after %v comes %v", ahead, l.start)
	}
}

// TestLogRuns counts the runs that the engine tells of, also after it begins anew.
func TestLogRuns(t *testing.T) {
	l, err := NewLog(LogConfig{}, &fakeSink{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	v := road()
	state := augur.EngineState{Batching: augur.BatchState{Runs: 3, Rows: 30}}
	l.follow(func(string) (augur.EngineState, bool) { return state, true })
	l.tally(v)
	var got [][2]int64
	turn := func(runs, rows int64) {
		state.Batching.Runs, state.Batching.Rows = runs, rows
		l.closed = nil
		l.turn()
		for _, b := range l.closed {
			got = append(got, [2]int64{b.Figures.Runs, b.Figures.RunRows})
		}
	}
	turn(3, 30)
	turn(5, 34)
	turn(5, 34) // nothing
	turn(1, 9)  // loaded anew
	if diff := cmp.Diff([][2]int64{{3, 30}, {2, 4}, {1, 9}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestNewLogRefuses(t *testing.T) {
	if _, err := NewLog(LogConfig{InputShare: 2}, &fakeSink{}, nil, nil); augur.CodeOf(err) != augur.InvalidArgument {
		t.Error(err)
	}
	if _, err := NewLog(LogConfig{}, nil, nil, nil); augur.CodeOf(err) != augur.InvalidArgument {
		t.Error(err)
	}
}

// TestLogAllocations: counting takes no memory, and a success that is kept its
// record alone.
func TestLogAllocations(t *testing.T) {
	l, err := NewLog(LogConfig{Successes: 1 << 20, InputShare: -1, Queue: 1 << 12}, discard{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	v, req, began := road(), rows("road-risk", roadRow), time.Now()
	resp := &augur.Response{Version: v, RowIndex: []int{0}, Timing: augur.Timing{Total: time.Millisecond}}
	call := func() { l.done(t.Context(), v, augur.Route{}, req, began, resp, nil) }
	if n := testing.AllocsPerRun(1000, call); n > 1 {
		t.Errorf("%.0f allocations for one that is kept", n)
	}
	l.cfg.Successes = -1
	if n := testing.AllocsPerRun(1000, call); n > 0 {
		t.Errorf("%.0f allocations for one that is not kept", n)
	}
}

// BenchmarkLog shows what the log costs a prediction of the fake runtime: off,
// counted alone, and with every success kept.
func BenchmarkLog(b *testing.B) {
	for _, c := range []struct {
		name string
		cfg  *LogConfig
	}{
		{"off", nil},
		{"counted", &LogConfig{Successes: -1}},
		{"defaults", &LogConfig{}},
		{"kept", &LogConfig{Successes: 1 << 30, InputShare: -1, Queue: 1 << 16}},
	} {
		b.Run(c.name, func(b *testing.B) {
			deps := Deps{}
			if c.cfg != nil {
				l, err := NewLog(*c.cfg, discard{}, nil, nil)
				if err != nil {
					b.Fatal(err)
				}
				if err := l.Start(b.Context()); err != nil {
					b.Fatal(err)
				}
				b.Cleanup(func() { _ = l.Stop(context.Background()) })
				deps.Log = l
			}
			h := startWith(b, Config{}, deps, road())
			req := rows("road-risk", roadRow)
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := h.Predict(b.Context(), req); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}

// BenchmarkLogDone is the call itself for a success that is not kept.
func BenchmarkLogDone(b *testing.B) {
	l, err := NewLog(LogConfig{Successes: -1}, discard{}, nil, nil)
	if err != nil {
		b.Fatal(err)
	}
	v, req, began := road(), rows("road-risk", roadRow), time.Now()
	resp := &augur.Response{Version: v, RowIndex: []int{0}, Cache: augur.CacheMiss, Timing: augur.Timing{Total: time.Millisecond}}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			l.done(b.Context(), v, augur.Route{}, req, began, resp, nil)
		}
	})
}

// discard is a sink that keeps nothing.
type discard struct{}

func (discard) LogServing(context.Context, []augur.ServingBucket) error        { return nil }
func (discard) LogPredictions(context.Context, []augur.PredictionRecord) error { return nil }
