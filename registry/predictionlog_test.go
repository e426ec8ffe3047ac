package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/auditevent"
	"augur/ent/predictionrecord"
	"augur/internal/storetest"
	"augur/store"

	"github.com/google/go-cmp/cmp"
)

// recordOf is a record of a version that was answered at an instant.
func recordOf(v *augur.CatalogVersion, at time.Time) augur.PredictionRecord {
	return augur.PredictionRecord{
		ID: augur.NewID(augur.PredictionID), VersionID: v.ID, ModelID: v.ModelID, CreatedAt: at, Code: augur.OK,
		Route: augur.Route{Reason: augur.RouteLive, Ref: augur.Live}, Rows: 1, Cache: augur.CacheMiss,
		Timing: augur.Timing{Total: 1500 * time.Microsecond, Queue: 10 * time.Microsecond, Run: time.Millisecond},
	}
}

func catalogVersion(t testing.TB, r *Registry, id string) *augur.CatalogVersion {
	t.Helper()
	v := r.catalog.current.Load().versions[id]
	if v == nil {
		t.Fatal("the catalog does not know", id)
	}
	return v.CatalogVersion
}

// TestLogPredictions keeps what comes as it came, once, in one transaction for
// up to a thousand.
func TestLogPredictions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		ctx := asAnna(t)
		v := catalogVersion(t, r, newVersion1(t, r, "a", "1.0.0"))
		at := now()
		wild := recordOf(v, at)
		wild.Code, wild.Message, wild.Field = "INVALID_ARGUMENT", "NUL \x00, no UTF-8 \xff, quote ' and \" "+longText(5000, 'é'), []string{"data", "rows", "3", "naïve\x00"}
		wild.Subject, wild.RequestID, wild.Route.Ref = "ann\x00a", "req_1", "champion"
		wild.Inputs = json.RawMessage(`{"rows":[{"id":9007199254740993,"text":"a\u0000b"}]}`)
		wild.Values, wild.Outputs = json.RawMessage(`[{"y":0.10}]`), json.RawMessage(`[{"name":"y"}]`)
		records := []augur.PredictionRecord{recordOf(v, at.Add(-time.Second)), wild}
		for range 2 { // a call that is made again adds nothing
			if err := r.LogPredictions(ctx, records); err != nil {
				t.Fatal(err)
			}
		}
		got, err := r.store.Reader().PredictionRecord.Query().Order(ent.Asc(predictionrecord.FieldCreatedAt)).All(ctx)
		if err != nil || len(got) != 2 {
			t.Fatalf("%d records, %v", len(got), err)
		}
		plain := got[0]
		if plain.ID != records[0].ID || plain.Code != "OK" || !plain.CreatedAt.Equal(at.Add(-time.Second)) || plain.TotalMs != 1.5 || plain.QueueMs != 0.01 || plain.RunMs != 1 ||
			plain.Rows != 1 || plain.Cache != "MISS" || plain.RouteReason != "LIVE" || plain.RouteRef != "live" || plain.Inputs != nil || plain.Answer != nil || plain.Path != nil || plain.Subject != nil {
			t.Errorf("%+v", plain)
		}
		w := got[1]
		if diff := cmp.Diff([]string{"data", "rows", "3", "naïve\uFFFD"}, w.Path); diff != "" {
			t.Error(diff)
		}
		if *w.Subject != "ann\uFFFDa" || w.RequestID != "req_1" || *w.Inputs != string(wild.Inputs) || *w.Answer != string(wild.Values) || *w.Outputs != string(wild.Outputs) ||
			!strings.HasPrefix(w.Message, "NUL \uFFFD, no UTF-8 \uFFFD, quote ' and \" é") || len(w.Message) > maxReason+10 {
			t.Errorf("%+v", w)
		}

		var many []augur.PredictionRecord
		for range 2500 {
			many = append(many, recordOf(v, at))
		}
		if err := r.LogPredictions(ctx, many); err != nil {
			t.Fatal(err)
		}
		if n := r.store.Reader().PredictionRecord.Query().CountX(ctx); n != 2502 {
			t.Errorf("%d records", n)
		}
	})
}

// TestOutcomes join their records, whichever comes first.
func TestOutcomes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		ctx := asAnna(t)
		v := catalogVersion(t, r, newVersion1(t, r, "a", "1.0.0"))
		other := newVersion1(t, r, "b", "1.0.0")
		get := func(id string) *ent.PredictionRecord {
			t.Helper()
			p, err := r.store.Reader().PredictionRecord.Get(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		kept := recordOf(v, now())
		if err := r.LogPredictions(ctx, []augur.PredictionRecord{kept}); err != nil {
			t.Fatal(err)
		}
		for _, outcome := range []string{`{"accident":true}`, `0.5`, `0.5`} {
			if err := r.OutcomeRecord(ctx, OutcomeRecord{PredictionID: kept.ID, Outcome: json.RawMessage(outcome)}); err != nil {
				t.Fatal(err)
			}
		}
		if p := get(kept.ID); *p.Outcome != `0.5` || p.OutcomeAt == nil || p.Code != "OK" {
			t.Errorf("%+v", p)
		}
		events := r.store.Reader().AuditEvent.Query().Where(auditevent.Action("outcomeRecord")).Order(ent.Asc(auditevent.FieldID)).AllX(ctx)
		if len(events) != 2 || events[1].Model != "a" || events[1].SubjectID != kept.ID || events[1].After["outcome"] != 0.5 || events[1].Before["outcome"] == nil {
			t.Errorf("audit: %v", events)
		}

		// One that was sampled out.
		out := recordOf(v, now())
		err := r.OutcomeRecord(ctx, OutcomeRecord{PredictionID: out.ID, Outcome: json.RawMessage(`1`)})
		wantError(t, err, augur.NotFound, "predictionId")
		if err := r.OutcomeRecord(ctx, OutcomeRecord{PredictionID: out.ID, Outcome: json.RawMessage(`1`), VersionID: v.ID}); err != nil {
			t.Fatal(err)
		}
		if p := get(out.ID); p.Code != "UNKNOWN" || *p.Outcome != `1` || p.ModelID != v.ModelID || p.CreatedAt.Sub(out.CreatedAt).Abs() > time.Minute {
			t.Errorf("%+v", p)
		}
		// Its record was late.
		if err := r.LogPredictions(ctx, []augur.PredictionRecord{out}); err != nil {
			t.Fatal(err)
		}
		if p := get(out.ID); p.Code != "OK" || p.Outcome == nil || *p.Outcome != `1` || !p.CreatedAt.Equal(out.CreatedAt) {
			t.Errorf("%+v", p)
		}

		// One that is on its way to the record.
		late := recordOf(v, now())
		r.FollowLive(syncFunc(func() { _ = r.LogPredictions(ctx, []augur.PredictionRecord{late}) }))
		if err := r.OutcomeRecord(ctx, OutcomeRecord{PredictionID: late.ID, Outcome: json.RawMessage(`2`)}); err != nil {
			t.Error(err)
		}

		for _, c := range []struct {
			in    OutcomeRecord
			code  augur.Code
			field string
		}{
			{OutcomeRecord{PredictionID: "mdl_x", Outcome: json.RawMessage(`1`)}, augur.InvalidArgument, "predictionId"},
			{OutcomeRecord{PredictionID: kept.ID, Outcome: json.RawMessage(`null`)}, augur.InvalidArgument, "outcome"},
			{OutcomeRecord{PredictionID: kept.ID, Outcome: json.RawMessage(`{`)}, augur.InvalidArgument, "outcome"},
			{OutcomeRecord{PredictionID: kept.ID, Outcome: json.RawMessage(`"` + longText(70_000, 'x') + `"`)}, augur.InvalidArgument, "outcome"},
			{OutcomeRecord{PredictionID: kept.ID, Outcome: json.RawMessage(`1`), VersionID: other}, augur.InvalidArgument, "versionId"},
			{OutcomeRecord{PredictionID: augur.NewID(augur.PredictionID), Outcome: json.RawMessage(`1`), VersionID: "ver_x"}, augur.NotFound, "versionId"},
		} {
			wantError(t, r.OutcomeRecord(ctx, c.in), c.code, c.field)
		}
		eve := augur.WithPrincipal(t.Context(), &augur.Principal{Name: "eve", Models: []string{"b"}})
		err = r.OutcomeRecord(eve, OutcomeRecord{PredictionID: kept.ID, Outcome: json.RawMessage(`3`)})
		wantError(t, err, augur.NotFound, "predictionId")
		err = r.OutcomeRecord(eve, OutcomeRecord{PredictionID: kept.ID, Outcome: json.RawMessage(`3`), VersionID: other})
		wantError(t, err, augur.AlreadyExists)
		if p := get(kept.ID); *p.Outcome != `0.5` || p.VersionID != v.ID {
			t.Errorf("eve changed %+v", p)
		}
	})
}

// syncFunc is a Live whose records come when it is asked to sync.
type syncFunc func()

func (syncFunc) Live([]string) []augur.ServingBucket { return nil }
func (f syncFunc) Sync(context.Context) error        { f(); return nil }

// TestSweepDeletesRecords that are too old, and the oldest of too many.
func TestSweepDeletesRecords(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRegistry(t, cfg)
		r.cfg.KeepRecords, r.cfg.MaxRecords = 24*time.Hour, 1500
		ctx := asAnna(t)
		v := catalogVersion(t, r, newVersion1(t, r, "a", "1.0.0"))
		at := now()
		count := func() int { return r.store.Reader().PredictionRecord.Query().CountX(ctx) }
		var records []augur.PredictionRecord
		for i := range 2000 {
			records = append(records, recordOf(v, at.Add(-time.Duration(i)*time.Minute)))
		}
		if err := r.LogPredictions(ctx, records); err != nil {
			t.Fatal(err)
		}
		if err := r.sweepOnce(ctx, at); err != nil {
			t.Fatal(err)
		}
		if n := count(); n != 1441 { // a day of minutes, both ends
			t.Errorf("%d records after those too old are gone", n)
		}
		r.cfg.MaxRecords = 100
		if err := r.sweepOnce(ctx, at); err != nil {
			t.Fatal(err)
		}
		if n := count(); n != 100 {
			t.Errorf("%d records, want 100", n)
		}
		oldest := r.store.Reader().PredictionRecord.Query().Order(ent.Asc(predictionrecord.FieldCreatedAt)).FirstX(ctx)
		if oldest.ID != records[99].ID {
			t.Errorf("the oldest kept is %v", oldest.CreatedAt)
		}
	})
}

// TestSweepUnderLoad: records are deleted while two servers write them, to the
// number that may stay, the newest, and neither is refused.
func TestSweepUnderLoad(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		const most, batches, many = 500, 15, 100
		one, two := newRegistry(t, cfg), newRegistry(t, cfg)
		ctx := asAnna(t)
		v := catalogVersion(t, one, newVersion1(t, one, "a", "1.0.0"))
		at := now()
		var newest atomic.Int64 // how many records were written, of all
		var writing sync.WaitGroup
		ended := make(chan struct{})
		for _, r := range []*Registry{one, two} {
			r.cfg.MaxRecords = most
			writing.Go(func() {
				for range batches {
					records := make([]augur.PredictionRecord, many)
					for i := range records {
						records[i] = recordOf(v, at.Add(-time.Hour+time.Duration(newest.Add(1))*time.Millisecond))
					}
					if err := r.LogPredictions(ctx, records); err != nil {
						t.Error(err)
					}
				}
			})
		}
		go func() { writing.Wait(); close(ended) }()
		sweeps := 0
		for done := false; !done; sweeps++ {
			select {
			case <-ended:
				done = true
			default:
			}
			for _, r := range []*Registry{one, two} {
				if err := r.sweepOnce(ctx, at); err != nil {
					t.Fatal(err)
				}
			}
		}
		left := one.store.Reader().PredictionRecord.Query().Order(ent.Asc(predictionrecord.FieldCreatedAt)).AllX(ctx)
		if len(left) != most {
			t.Fatalf("%d records after %d sweeps, want %d", len(left), sweeps, most)
		}
		for i, p := range left {
			if want := at.Add(-time.Hour + time.Duration(2*batches*many-most+1+i)*time.Millisecond).Truncate(time.Microsecond); !p.CreatedAt.Equal(want) {
				t.Fatalf("record %d is of %v, want %v: not the newest stay", i, p.CreatedAt, want)
			}
		}
	})
}

// BenchmarkLogPredictions writes records, a thousand in one call.
func BenchmarkLogPredictions(b *testing.B) {
	r, id := benchRegistry(b)
	v := catalogVersion(b, r, id)
	const many = 1000
	at := now()
	b.ReportAllocs()
	for range b.N {
		records := make([]augur.PredictionRecord, many)
		for i := range records {
			records[i] = recordOf(v, at)
		}
		if err := r.LogPredictions(b.Context(), records); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*many), "µs/record")
}

// BenchmarkServing reads the figures of 100 versions over an hour and a day.
func BenchmarkServing(b *testing.B) {
	r, id := benchRegistry(b)
	v := catalogVersion(b, r, id)
	at := time.Date(2026, 3, 3, 14, 27, 43, 0, time.UTC)
	var ids []string
	snap := *r.catalog.current.Load()
	versions := map[string]*item{}
	for i := range 100 {
		copied := *v
		copied.ID = fmt.Sprintf("ver_%03d", i)
		ids = append(ids, copied.ID)
		versions[copied.ID] = &item{CatalogVersion: &copied}
	}
	snap.versions = versions
	r.catalog.current.Store(&snap)
	for age := 26 * time.Hour; age > 0; age -= 10 * time.Minute { // every version every ten minutes
		var buckets []augur.ServingBucket
		for _, id := range ids {
			f := augur.ServingFigures{}
			for i := range 100 {
				f.Requests++
				f.Latency.Add(time.Duration(i+1) * 50 * time.Microsecond)
			}
			buckets = append(buckets, bucketAt(id, at.Add(-age).Truncate(augur.BucketWidth), f))
		}
		if err := r.LogServing(b.Context(), buckets); err != nil {
			b.Fatal(err)
		}
	}
	ctx := augur.WithPrincipal(b.Context(), augur.System())
	for _, window := range []time.Duration{time.Hour, 24 * time.Hour} {
		b.Run(window.String(), func(b *testing.B) {
			for range b.N {
				s, err := r.servingAt(ctx, askedVersions{ids: ids}, window, at)
				if err != nil || len(s.Versions) != 100 {
					b.Fatal(len(s.Versions), err)
				}
			}
		})
	}
}
