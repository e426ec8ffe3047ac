package resolvers_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"augur"
	"augur/graph/transport"
	"augur/internal/augurtest"
	"augur/internal/storetest"
	"augur/registry"
	"augur/registry/blob"
	"augur/resolvers"
	"augur/server"
	"augur/store"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/google/go-cmp/cmp"
)

const predictRoad = `mutation($row: Row!, $subject: String, $options: PredictOptions) {
	predict(input: {model: "road-risk", data: {row: $row}, subject: $subject, options: $options}) { prediction { id modelVersion { id } values } userErrors { code message } }
}`

func predictRoadRisk(t *testing.T, s *augurtest.Server, row map[string]any, subject string) (id string) {
	t.Helper()
	data := s.Query(t, predictRoad, map[string]any{"row": row, "subject": subject})
	p, _ := augurtest.At(t, data, "predict.prediction").(map[string]any)
	if p == nil {
		return ""
	}
	return p["id"].(string)
}

// keepAll has the log keep every input.
func keepAll(c *server.Config) { c.PredictionLog.InputShare = 1 }

// TestServing asks for figures right after predictions, on this server and,
// when it has stopped, on the next.
func TestServing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		on := augurtest.WithConfig(func(c *server.Config) { c.Database.URL = cfg.URL })
		s := augurtest.Start(t, on, augurtest.WithModels())
		for i := range 5 {
			predictRoadRisk(t, s, with(road, map[string]any{"curvature": 0.1 * float64(i%2+1)}), "")
		}
		predictRoadRisk(t, s, with(road, map[string]any{"curvature": 7}), "")
		s.Query(t, `mutation($row: Row!) { predict(input: {model: "road-risk", version: "1.0.0", data: {row: $row}}) { userErrors { code } } }`, map[string]any{"row": road})

		const figures = `requests errors faults rows errorRate faultRate memoryHits sharedHits misses cachedRows cacheHitRate`
		const query = `{ model(name: "road-risk") {
			serving { ` + figures + ` from to requestsPerSecond meanMs p50Ms p95Ms p99Ms meanRunMs runs meanBatchRows }
			v11: version(ref: "1.1.0") { serving(window: "10m") { ` + figures + ` } servingSeries { step count times requests errors p99Ms cacheHits } }
			v10: version(ref: "1.0.0") { serving { ` + figures + ` } }
			servingSeries { requests errors }
		} iris: model(name: "iris-random-forest") { serving { ` + figures + ` p50Ms requestsPerSecond } }
			serving { requests errors } servingSeries { requests errors count } }`
		check := func(s *augurtest.Server) {
			t.Helper()
			data := s.Query(t, query, nil)
			want := map[string]any{
				"requests": "6", "errors": "1", "faults": "0", "rows": "5", "errorRate": 1.0 / 6, "faultRate": 0.0,
				"memoryHits": "3", "sharedHits": "0", "misses": "2", "cachedRows": "3", "cacheHitRate": 0.6,
			}
			if diff := cmp.Diff(want, augurtest.At(t, data, "model.v11.serving")); diff != "" {
				t.Error(diff)
			}
			if got := augurtest.At(t, data, "model.v10.serving.requests"); got != "1" {
				t.Errorf("version 1.0.0: %v requests", got)
			}
			for _, series := range []string{"model.servingSeries", "servingSeries"} {
				if requests, errors := sum(t, data, series+".requests"), sum(t, data, series+".errors"); requests != 7 || errors != 1 {
					t.Errorf("%s: %v requests, %v errors", series, requests, errors)
				}
			}
			if d := cmp.Diff(map[string]any{"requests": "7", "errors": "1"}, augurtest.At(t, data, "serving")); d != "" {
				t.Errorf("of all: %s", d)
			}
			all := augurtest.At(t, data, "model.serving").(map[string]any)
			p50, p95, p99, mean := all["p50Ms"].(float64), all["p95Ms"].(float64), all["p99Ms"].(float64), all["meanMs"].(float64)
			if all["requests"] != "7" || all["errors"] != "1" || p50 <= 0 || p50 > p95 || p95 > p99 || mean <= 0 || all["meanRunMs"].(float64) <= 0 || all["meanBatchRows"].(float64) != 1 || len(all["runs"].(string)) != 1 || all["runs"].(string) < "3" || all["requestsPerSecond"].(float64) < 7.0/3700 {
				t.Errorf("the model: %v", all)
			}
			idle := augurtest.At(t, data, "iris.serving").(map[string]any)
			if idle["requests"] != "0" || idle["errorRate"] != nil || idle["p50Ms"] != nil || idle["requestsPerSecond"] != 0.0 {
				t.Errorf("a model without predictions: %v", idle)
			}
			series := augurtest.At(t, data, "model.v11.servingSeries").(map[string]any)
			var requests, hits float64
			for i, n := range series["requests"].([]any) {
				requests += n.(float64)
				hits += series["cacheHits"].([]any)[i].(float64)
				if _, isNumber := series["p99Ms"].([]any)[i].(float64); isNumber != (n.(float64) > 0) {
					t.Errorf("point %d: %v requests, p99 %v", i, n, series["p99Ms"].([]any)[i])
				}
			}
			if series["step"] != "20s" || requests != 6 || hits != 3 || series["count"].(float64) != float64(len(series["times"].([]any))) {
				t.Errorf("series: %v", series)
			}
		}
		check(s)
		s.Shutdown(t) // writes what is open
		check(augurtest.Start(t, on, augurtest.WithModels()))
	})
}

// TestPredictions reads back what was predicted, and joins outcomes to it.
func TestPredictions(t *testing.T) {
	onEach(t, func(t *testing.T, s *augurtest.Server) {
		first := predictRoadRisk(t, s, road, "anna")
		second := predictRoadRisk(t, s, road, "ben")
		predictRoadRisk(t, s, with(road, map[string]any{"curvature": 7}), "anna")
		s.Query(t, `mutation($row: Row!) { predict(input: {model: "road-risk", version: "v1.0.0", data: {row: $row}}) { userErrors { code } } }`, map[string]any{"row": road})
		// An outcome of what may still be on its way waits for it.
		data := s.Query(t, `mutation($id: ID!, $outcome: JSON!) { outcomeRecord(input: {predictionId: $id, outcome: $outcome}) {
			predictionRecord { id subject outcome outcomeAt } userErrors { code message field } } }`, map[string]any{"id": first, "outcome": json.RawMessage(`{"accident": true, "weight": 12345678901234567890}`)})
		if got := augurtest.At(t, data, "outcomeRecord.predictionRecord.id"); got != first {
			t.Fatalf("%v", data)
		}
		if r := s.Do(t, `query($id: ID!) { node(id: $id) { ... on PredictionRecord { outcome } } }`, map[string]any{"id": first}); !strings.Contains(string(r.Body), `{"accident":true,"weight":12345678901234567890}`) {
			t.Errorf("%s", r.Body)
		}

		data = s.Query(t, `{ predictions { totalCount nodes {
			id code rows rowErrors subject cache inputs values outputs { name kind dtype shape data } outcome route { reason ref } error { code message field } timing { totalMs runMs } modelVersion { version model { name } }
		} } }`, nil)
		nodes := augurtest.At(t, data, "predictions.nodes").([]any)
		if len(nodes) != 4 || augurtest.At(t, data, "predictions.totalCount") != 4.0 {
			t.Fatalf("%v", data)
		}
		explicit, wrong, hit, miss := nodes[0].(map[string]any), nodes[1].(map[string]any), nodes[2].(map[string]any), nodes[3].(map[string]any)
		if hit["id"] != second || miss["id"] != first {
			t.Errorf("ids %v, %v; want %v, %v: newest first", hit["id"], miss["id"], second, first)
		}
		if diff := cmp.Diff(map[string]any{"code": "INVALID_ARGUMENT", "message": "expected 0 to 1, got 7", "field": []any{"data", "row", "curvature"}}, wrong["error"]); diff != "" {
			t.Error(diff)
		}
		if wrong["code"] != "INVALID_ARGUMENT" || wrong["cache"] != nil || wrong["values"] != nil || augurtest.At(t, wrong, "inputs.rows.0.curvature") != 7.0 || augurtest.At(t, wrong, "route.reason") != "LIVE" {
			t.Errorf("%v", wrong)
		}
		if miss["code"] != "OK" || miss["cache"] != "MISS" || hit["cache"] != "MEMORY" || miss["error"] != nil || miss["subject"] != "anna" || miss["rows"] != 1.0 ||
			augurtest.At(t, miss, "timing.runMs").(float64) <= 0 || augurtest.At(t, miss, "modelVersion.model.name") != "road-risk" || augurtest.At(t, miss, "inputs.rows.0.lighting") != "night" {
			t.Errorf("%v", miss)
		}
		if risk, ok := augurtest.At(t, miss, "values.0.accident_risk").(float64); !ok || risk <= 0 || augurtest.At(t, hit, "values.0.accident_risk") != risk {
			t.Errorf("values %v, %v", miss["values"], hit["values"])
		}
		exact := augurtest.At(t, miss, "outputs.0").(map[string]any)
		if exact["name"] != "accident_risk" || exact["kind"] != "TENSOR" || exact["dtype"] != "FLOAT32" || !cmp.Equal(exact["shape"], []any{1.0, 1.0}) ||
			!cmp.Equal(exact["data"], []any{augurtest.At(t, miss, "values.0.accident_risk")}) || wrong["outputs"] != nil {
			t.Errorf("outputs %v, %v", miss["outputs"], wrong["outputs"])
		}
		if diff := cmp.Diff(map[string]any{"reason": "EXPLICIT", "ref": "v1.0.0"}, explicit["route"]); diff != "" {
			t.Error(diff)
		}

		ids := s.Query(t, `{ model(name: "road-risk") { id version(ref: "1.0.0") { id } } }`, nil)
		version := augurtest.At(t, ids, "model.version.id")
		for where, want := range map[string]int{
			`model: "road-risk"`: 4, `model: "iris-random-forest"`: 0, `model: "road-risk", version: "1.0.0"`: 1, `model: "road-risk", version: "live"`: 3,
			`where: {code: "OK"}`: 3, `where: {codeNEQ: "OK"}`: 1, `where: {subject: "anna"}`: 2, `where: {cache: "MEMORY"}`: 1,
			`where: {totalMsGT: 60000}`: 0, `where: {totalMsLT: 60000}`: 4, `where: {outcomeAtNotNil: true}`: 1, `where: {versionId: "` + version.(string) + `"}`: 1,
			`where: {modelId: "` + augurtest.At(t, ids, "model.id").(string) + `"}`: 4, `where: {createdAtGT: "2100-01-01T00:00:00Z"}`: 0, `where: {routeReason: "EXPLICIT"}`: 1,
			`where: {or: [{id: "` + first + `"}, {id: "` + second + `"}]}`: 2,
		} {
			data := s.Query(t, `{ predictions(`+where+`) { nodes { id } } }`, nil)
			if got := augurtest.At(t, data, "predictions.nodes").([]any); len(got) != want {
				t.Errorf("%s: %d records, want %d", where, len(got), want)
			}
		}
		var seen []any
		var cursor any
		for range 4 {
			data := s.Query(t, `query($after: Cursor) { predictions(first: 1, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }`, map[string]any{"after": cursor})
			seen = append(seen, augurtest.At(t, data, "predictions.nodes.0.id"))
			cursor = augurtest.At(t, data, "predictions.pageInfo.endCursor")
		}
		if diff := cmp.Diff([]any{explicit["id"], wrong["id"], hit["id"], miss["id"]}, seen); diff != "" {
			t.Error(diff)
		}
		for call, code := range map[string]augur.Code{`model: "nobody"`: augur.NotFound, `model: "road-risk", version: "9.9.9"`: augur.NotFound, `version: "1.0.0"`: augur.InvalidArgument, `first: 101`: augur.InvalidArgument} {
			if r := s.Do(t, `{ predictions(`+call+`) { totalCount } }`, nil); len(r.Errors) != 1 || r.Errors[0].Code() != code {
				t.Errorf("%s: %s", call, r.Body)
			}
		}
		unknown := s.Query(t, `mutation($id: ID!) { outcomeRecord(input: {predictionId: $id, outcome: 1}) { predictionRecord { id } userErrors { code message field } } }`, map[string]any{"id": augur.NewID(augur.PredictionID)})
		if got := mistake(t, augurtest.At(t, unknown, "outcomeRecord.userErrors.0")); !strings.HasPrefix(got, "NOT_FOUND predictionId: no record of this prediction") {
			t.Error(got)
		}
		sampled := s.Query(t, `mutation($id: ID!, $v: ID!) { outcomeRecord(input: {predictionId: $id, outcome: 1, versionId: $v}) { predictionRecord { code error { code } route { ref } outcome modelVersion { version } } userErrors { code } } }`,
			map[string]any{"id": augur.NewID(augur.PredictionID), "v": version})
		if diff := cmp.Diff(map[string]any{"code": "UNKNOWN", "error": nil, "route": nil, "outcome": 1.0, "modelVersion": map[string]any{"version": "v1.0.0"}}, augurtest.At(t, sampled, "outcomeRecord.predictionRecord")); diff != "" {
			t.Error(diff)
		}
	}, augurtest.WithModels(), augurtest.WithConfig(keepAll))
}

// TestPredictionsAreOfVisibleModels: the log shows nobody what the registry
// would not.
func TestPredictionsAreOfVisibleModels(t *testing.T) {
	cfg := storetest.SQLite(t)
	s := augurtest.Start(t, augurtest.WithModels(), augurtest.WithConfig(func(c *server.Config) { c.Database.URL = cfg.URL }))
	id := predictRoadRisk(t, s, road, "")
	s.Shutdown(t)
	ask, _ := asking(t, cfg)
	for principal, want := range map[*augur.Principal]int{
		nil: 0, {Name: "eve", Models: []string{"iris*"}}: 0, {Name: "anna", Models: []string{"road-*"}}: 1,
	} {
		data := ask(principal, fmt.Sprintf(`{ predictions { totalCount nodes { id } } node(id: %q) { id } }`, id))
		if len(augurtest.At(t, data, "predictions.nodes").([]any)) != want || augurtest.At(t, data, "predictions.totalCount") != float64(want) || (data["node"] != nil) != (want == 1) {
			t.Errorf("%v: %v", principal, data)
		}
	}
}

// TestServingOfManyModelsIsOneStatement: the elements of a list ask together.
// Loaders gather what is asked within a fraction of a millisecond; on a busy
// machine a list may take a few statements, never one for each of its elements.
func TestServingOfManyModelsIsOneStatement(t *testing.T) {
	cfg := storetest.SQLite(t)
	s := augurtest.Start(t, augurtest.WithModels(), augurtest.WithConfig(func(c *server.Config) { c.Database.URL = cfg.URL }))
	for i := range 100 {
		s.Query(t, `mutation($n: String!) { modelCreate(input: {name: $n}) { model { id } } }`, map[string]any{"n": fmt.Sprintf("model-%03d", i)})
	}
	s.Shutdown(t)
	ask, reads := asking(t, cfg)
	data := ask(augur.System(), `{ models(first: 100) { nodes { serving { requests } versions(first: 1) { nodes { serving { requests } } } } } }`)
	if n := len(augurtest.At(t, data, "models.nodes").([]any)); n != 100 {
		t.Fatalf("%d models", n)
	}
	if n := reads(); n < 1 || n > 10 {
		t.Errorf("the figures of 100 models were read %d times", n)
	}
}

// asking serves the resolvers over a record, to any principal, and counts how
// often serving figures are read: each time is one statement.
func asking(t *testing.T, cfg store.Config) (ask func(p *augur.Principal, query string) map[string]any, reads func() int) {
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
	if err := records.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(records.Stop)
	live := &countingLive{}
	records.FollowLive(live)
	deps := resolvers.Deps{Reader: record.Reader(), Registry: records}
	gql := handler.New(resolvers.New(deps))
	gql.AddTransport(transport.HTTP{})
	gql.Use(resolvers.Loaders{Deps: deps})
	gql.SetErrorPresenter(resolvers.Presenter(slog.New(slog.DiscardHandler)))
	return func(p *augur.Principal, query string) map[string]any {
		t.Helper()
		body, _ := json.Marshal(map[string]string{"query": query})
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(string(body)))
		r.Header.Set("Content-Type", "application/json")
		gql.ServeHTTP(w, r.WithContext(augur.WithPrincipal(r.Context(), p)))
		var answer struct {
			Data   map[string]any
			Errors []any
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || len(answer.Errors) > 0 {
			t.Fatalf("%s\n%v %s", query, err, w.Body)
		}
		return answer.Data
	}, live.reads
}

type noProber struct{}

func (noProber) Probe(context.Context, string) (*augur.ProbeReport, error) {
	return nil, augur.Errorf(augur.Unimplemented, "no probes")
}

// countingLive has no figures and counts how often it is asked.
type countingLive struct {
	mu sync.Mutex // guards n
	n  int
}

func (l *countingLive) Live([]string) []augur.ServingBucket {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n++
	return nil
}

func (l *countingLive) Sync(context.Context) error { return nil }

func (l *countingLive) reads() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.n
}

// sum adds a column up.
func sum(t *testing.T, data map[string]any, path string) (total float64) {
	t.Helper()
	for _, n := range augurtest.At(t, data, path).([]any) {
		total += n.(float64)
	}
	return total
}
