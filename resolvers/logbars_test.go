package resolvers_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"augur"
	"augur/ent"
	"augur/internal/augurtest"
	"augur/internal/bench"
	"augur/internal/storetest"
	"augur/registry"
	"augur/registry/blob"
	"augur/store"

	"entgo.io/ent/dialect"
)

// logBar is how many milliseconds a page of the log may take, whatever it is
// asked by.
const logBar = 20

// logQuestions are what the log may be asked by; each finds the few records that
// fillLog hides behind all others.
var logQuestions = []struct {
	name, call string
	// models that the caller may see; "" all.
	models string
	// walks: no index finds it.
	walks bool
}{
	{name: "nothing"},
	{name: "model", call: `model: "quiet"`},
	{name: "version", call: `where: {versionId: "ver_rare"}`},
	{name: "time", call: `where: {createdAtLT: "$OLD"}`},
	{name: "error", call: `where: {codeNEQ: "OK"}`},
	{name: "code", call: `where: {code: "INTERNAL"}`},
	{name: "codes", call: `where: {codeIn: ["INTERNAL", "UNAVAILABLE"]}`},
	{name: "latency", call: `where: {totalMsGT: 1000}`},
	{name: "a usual latency", call: `where: {totalMsGT: 1}`},
	{name: "subject", call: `where: {subject: "anna"}`},
	{name: "route", call: `where: {routeReason: "FALLBACK"}`},
	{name: "row errors", call: `where: {rowErrorsGT: 0}`},
	{name: "outcome", call: `where: {outcomeAtNotNil: true}`},
	{name: "request", call: `where: {requestId: "req_rare"}`},
	{name: "model and error", call: `model: "busy", where: {codeNEQ: "OK"}`},
	{name: "model and latency", call: `model: "busy", where: {totalMsGTE: 1000}`},
	{name: "version and error", call: `where: {versionId: "ver_often", codeNEQ: "OK"}`},
	{name: "version and latency", call: `where: {and: [{versionId: "ver_often"}, {totalMsGT: 1000}]}`},
	{name: "caller who sees little", models: "qui*"},
	{name: "caller who sees much", models: "b*"},
	{name: "caller who sees two models", models: "?u*"},
	{name: "cache", call: `where: {cache: "SHARED"}`},
	{name: "a usual cache", call: `where: {cache: "MISS"}`},
	{name: "a usual code", call: `where: {code: "OK"}`},
	{name: "a usual number", call: `where: {rows: 1, rowErrors: 0}`},
	{name: "model and a usual code", call: `model: "quiet", where: {code: "OK"}`},
	{name: "model and cache", call: `model: "busy", where: {cache: "SHARED"}`},
	{name: "two of anything", call: `where: {or: [{code: "INTERNAL"}, {totalMsGT: 1000}]}`},
	{name: "many of anything", call: `model: "busy", where: {or: [{subject: "anna"}, {requestId: "req_rare"}, {cache: "SHARED"}, {versionId: "ver_rare"}, {rowErrorsGT: 0}, {createdAtLT: "$OLD"}]}`},
	{name: "rare or usual", call: `where: {or: [{code: "INTERNAL"}, {cache: "MISS"}]}`},
	{name: "two alternatives at once", call: `where: {or: [{code: "INTERNAL"}, {cache: "SHARED"}], and: [{or: [{totalMsGT: 0}, {subject: "anna"}]}]}`},
	{name: "neither of two", call: `where: {not: {cacheIn: ["MISS", "MEMORY"]}}`, walks: true},
}

// TestPredictionsBars asks the log of 400,000 records by everything that it can
// be asked by, where what is sought is rare and the oldest of all.
func TestPredictionsBars(t *testing.T) {
	f := bench.FormOf(t)
	n := 400_000
	if !f.Full {
		n = 4_000
	}
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		old := fillLog(t, cfg, n)
		ask, _ := asking(t, cfg)
		for _, q := range logQuestions {
			who := augur.System()
			if q.models != "" {
				who = &augur.Principal{Name: "eve", Models: []string{q.models}}
			}
			call := strings.ReplaceAll(q.call, "$OLD", old.Format(time.RFC3339))
			arguments := "(first: 20)"
			if call != "" {
				arguments = "(first: 20, " + call + ")"
			}
			query := `{ predictions` + arguments + ` { nodes { id createdAt code subject timing { totalMs } } pageInfo { hasNextPage } } }`
			var ms []float64
			for range f.Rounds + 1 {
				began := time.Now()
				data := ask(who, query)
				ms = append(ms, float64(time.Since(began).Microseconds())/1000)
				if found := len(augurtest.At(t, data, "predictions.nodes").([]any)); found == 0 {
					t.Fatalf("%s found nothing", q.name)
				}
			}
			name := fmt.Sprintf("%s, predictions by %s of %d, ms", filepath.Base(t.Name()), q.name, n)
			if q.walks {
				bench.Note(name, bench.SpreadOf(ms[1:]))
			} else {
				f.AtMost(t, name, bench.SpreadOf(ms[1:]), logBar)
			}
		}
	})
}

// fillLog writes n records of a model that is busy, over six days, and behind
// them twenty of each kind that is rare. It returns when the first of those
// that are not rare was made.
func fillLog(t *testing.T, cfg store.Config, n int) (old time.Time) {
	t.Helper()
	record := storetest.Open(t, cfg)
	blobs, err := blob.Open(blob.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	records, err := registry.New(registry.Config{}, registry.Deps{Store: record, Blobs: blobs, Prober: noProber{}})
	if err != nil {
		t.Fatal(err)
	}
	ctx := augur.WithPrincipal(t.Context(), augur.System())
	models := map[string]string{}
	for _, name := range []string{"busy", "quiet"} {
		if models[name], err = records.ModelCreate(ctx, registry.ModelCreate{Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	usual := func(at time.Time) augur.PredictionRecord {
		took := time.Duration(random.ExpFloat64() * float64(2*time.Millisecond))
		return augur.PredictionRecord{
			ID: augur.NewID(augur.PredictionID), ModelID: models["busy"], VersionID: "ver_often", CreatedAt: at, Code: augur.OK, Rows: 1,
			Route: augur.Route{Reason: augur.RouteLive, Ref: augur.Live}, Cache: augur.CacheMiss, Timing: augur.Timing{Total: took, Run: took / 2},
			Subject: fmt.Sprintf("subject %d", random.IntN(100_000)), RequestID: augur.NewID("req"),
		}
	}
	end := time.Now().UTC()
	old = end.Add(-6 * 24 * time.Hour)
	step := end.Sub(old) / time.Duration(n)
	write := func(list []augur.PredictionRecord) {
		if err := records.LogPredictions(ctx, list); err != nil {
			t.Fatal(err)
		}
	}
	var rare []augur.PredictionRecord
	for i, change := range []func(*augur.PredictionRecord){
		func(p *augur.PredictionRecord) { p.ModelID, p.VersionID = models["quiet"], "ver_quiet" },
		func(p *augur.PredictionRecord) { p.VersionID = "ver_rare" },
		func(p *augur.PredictionRecord) { p.Code = "INTERNAL" },
		func(p *augur.PredictionRecord) { p.Timing.Total = 2 * time.Second },
		func(p *augur.PredictionRecord) { p.Subject = "anna" },
		func(p *augur.PredictionRecord) { p.Cache = augur.CacheShared },
		func(p *augur.PredictionRecord) { p.Route.Reason = augur.RouteFallback },
		func(p *augur.PredictionRecord) { p.RowErrors = 1 },
		func(p *augur.PredictionRecord) { p.RequestID = "req_rare" },
	} {
		for range 20 {
			p := usual(old.Add(-time.Duration(i+1) * time.Second))
			change(&p)
			rare = append(rare, p)
		}
	}
	write(rare)
	for i := range 20 {
		if err := records.OutcomeRecord(ctx, registry.OutcomeRecord{PredictionID: rare[i].ID, Outcome: []byte("1")}); err != nil {
			t.Fatal(err)
		}
	}
	for from := 0; from < n; from += 1000 {
		var list []augur.PredictionRecord
		for i := from; i < min(from+1000, n); i++ {
			list = append(list, usual(old.Add(step*time.Duration(i))))
		}
		write(list)
	}
	if record.Dialect() == dialect.Postgres { // as it does by itself within a minute
		err := record.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
			_, err := tx.ExecContext(ctx, "ANALYZE prediction_records")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return old
}
