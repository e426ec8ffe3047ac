package resolvers_test

import (
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"augur"
	"augur/graph/transport"
	"augur/internal/augurtest"
	"augur/internal/storetest"
	"augur/resolvers"
	"augur/server"
	"augur/store"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/google/go-cmp/cmp"
)

// servingUpdate runs the mutation with the input as a variable.
func servingUpdate(t *testing.T, s *augurtest.Server, input map[string]any) map[string]any {
	t.Helper()
	return s.Query(t, `mutation($input: ModelServingUpdateInput!) { modelServingUpdate(input: $input) {
		model { servingPolicy { ...settings } } modelVersion { version servingPolicy { ...settings } } userErrors { code message field } } }
		fragment settings on ServingPolicy { cache cacheTtl maxQueue maxBytes timeout fallback fromModel fromVersion }`,
		map[string]any{"input": input})["modelServingUpdate"].(map[string]any)
}

// TestServingPolicy sets, inherits and resets over HTTP: a setting left out
// stays, one given as null is inherited again.
func TestServingPolicy(t *testing.T) {
	example, variables := example(t, "10-serving-policy")
	onEach(t, func(t *testing.T, s *augurtest.Server) {
		policy := func(version string) map[string]any {
			t.Helper()
			data := s.Query(t, `query($v: String!) { modelVersion(model: "road-risk", version: $v) { fallbackVersion { version archivedAt }
				servingPolicy { cache cacheTtl maxQueue maxBytes timeout fallback fromModel fromVersion } } }`, map[string]any{"v": version})
			return data["modelVersion"].(map[string]any)
		}
		want := func(what string, got, want map[string]any) {
			t.Helper()
			full := map[string]any{"cache": nil, "cacheTtl": nil, "maxQueue": nil, "maxBytes": nil, "timeout": nil, "fallback": nil, "fromModel": []any{}, "fromVersion": []any{}}
			for name, v := range want {
				full[name] = v
			}
			if d := cmp.Diff(full, got); d != "" {
				t.Errorf("%s: %s", what, d)
			}
		}
		list := func(names string) []any {
			out := []any{}
			for _, name := range strings.Fields(names) {
				out = append(out, name)
			}
			return out
		}
		want("nothing is set", policy("1.0.0")["servingPolicy"].(map[string]any), map[string]any{"cache": true})

		got := servingUpdate(t, s, map[string]any{"model": "road-risk", "timeout": "90s", "maxQueue": 0, "maxBytes": "1099511627776", "cache": false, "fallback": "1.0.0"})
		want("of the model", augurtest.At(t, got, "model.servingPolicy").(map[string]any), map[string]any{
			"timeout": "1m30s", "maxQueue": 0.0, "maxBytes": "1099511627776", "cache": false, "fallback": "1.0.0", "fromModel": list("cache maxQueue timeout maxBytes fallback"),
		})
		if got["modelVersion"] != nil || len(got["userErrors"].([]any)) != 0 {
			t.Errorf("%v", got)
		}
		if v := augurtest.At(t, policy("1.1.0"), "fallbackVersion.version"); v != "v1.0.0" {
			t.Errorf("the fallback is %v", v)
		}
		if v := policy("1.0.0")["fallbackVersion"]; v != nil {
			t.Errorf("a version that falls back to itself: %v", v)
		}
		got = servingUpdate(t, s, map[string]any{"model": "road-risk", "version": "live", "cache": true, "cacheTtl": "1h"})
		want("of the version", augurtest.At(t, got, "modelVersion.servingPolicy").(map[string]any), map[string]any{
			"timeout": "1m30s", "maxQueue": 0.0, "maxBytes": "1099511627776", "cache": true, "cacheTtl": "1h0m0s", "fallback": "1.0.0",
			"fromModel": list("maxQueue timeout maxBytes fallback"), "fromVersion": list("cache cacheTtl"),
		})
		servingUpdate(t, s, map[string]any{"model": "road-risk", "version": "1.1.0", "cache": nil})
		want("null is inherited, what is left out stays", policy("1.1.0")["servingPolicy"].(map[string]any), map[string]any{
			"timeout": "1m30s", "maxQueue": 0.0, "maxBytes": "1099511627776", "cache": false, "cacheTtl": "1h0m0s", "fallback": "1.0.0",
			"fromModel": list("cache maxQueue timeout maxBytes fallback"), "fromVersion": list("cacheTtl"),
		})

		// Two changes in one operation: each is followed by what it made.
		both := s.Query(t, `mutation { a: modelServingUpdate(input: {model: "road-risk", timeout: "1s", cache: null, maxQueue: null, maxBytes: null, fallback: null}) { model { servingPolicy { timeout fromModel } } }
			b: modelServingUpdate(input: {model: "road-risk", timeout: null}) { model { servingPolicy { timeout fromModel } } } }`, nil)
		if d := cmp.Diff(map[string]any{"timeout": "1s", "fromModel": list("timeout")}, augurtest.At(t, both, "a.model.servingPolicy")); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff(map[string]any{"timeout": nil, "fromModel": list("")}, augurtest.At(t, both, "b.model.servingPolicy")); d != "" {
			t.Error(d)
		}
		refused := func(path, want string, input map[string]any) {
			t.Helper()
			got := servingUpdate(t, s, input)
			if m := mistake(t, augurtest.At(t, got, "userErrors.0")); !strings.HasPrefix(m, want) || got["model"] != nil {
				t.Errorf("%s: %v, want %s", path, m, want)
			}
		}
		refused("model", "NOT_FOUND model:", map[string]any{"model": "road-rsk", "cache": true})
		refused("version", "NOT_FOUND version:", map[string]any{"model": "road-risk", "version": "9.9.9", "cache": true})
		refused("timeout", "INVALID_ARGUMENT timeout: expected 1ms to 1h0m0s, got 0s", map[string]any{"model": "road-risk", "timeout": "0s"})
		refused("queue", "INVALID_ARGUMENT maxQueue: expected 0 to 1000000, got -1", map[string]any{"model": "road-risk", "maxQueue": -1})
		refused("fallback", "INVALID_ARGUMENT fallback:", map[string]any{"model": "road-risk", "version": "1.0.0", "fallback": "1.1.0"})
		refused("fallback", "NOT_FOUND fallback:", map[string]any{"model": "road-risk", "fallback": "safe"})

		// What the log keeps of a version is its own affair.
		settings := `servingPolicy { logSuccesses logInputShare logRedact fromVersion }`
		logged := s.Query(t, `mutation { modelServingUpdate(input: {model: "road-risk", version: "1.1.0", logSuccesses: 1000, logInputShare: 1, logRedact: ["curvature", "accident_risk"]}) {
			modelVersion { `+settings+` } userErrors { message } } }`, nil)
		if d := cmp.Diff(map[string]any{"logSuccesses": 1000.0, "logInputShare": 1.0, "logRedact": list("curvature accident_risk"), "fromVersion": list("cacheTtl logSuccesses logInputShare logRedact")},
			augurtest.At(t, logged, "modelServingUpdate.modelVersion.servingPolicy")); d != "" {
			t.Error(d)
		}
		id := predictRoadRisk(t, s, road, "")
		s.Query(t, `mutation($id: ID!) { outcomeRecord(input: {predictionId: $id, outcome: 1}) { userErrors { message } } }`, map[string]any{"id": id})
		record := s.Query(t, `query($id: ID!) { node(id: $id) { ... on PredictionRecord { inputs values outputs { name } } } }`, map[string]any{"id": id})["node"].(map[string]any)
		if augurtest.At(t, record, "inputs.rows.0.curvature") != "REDACTED" || augurtest.At(t, record, "inputs.rows.0.lighting") == "REDACTED" ||
			augurtest.At(t, record, "values.0.accident_risk") != "REDACTED" || !cmp.Equal(record["outputs"], []any{map[string]any{"name": "risk_band"}}) {
			t.Errorf("%v", record)
		}
		off := s.Query(t, `mutation { modelServingUpdate(input: {model: "road-risk", version: "1.1.0", logSuccesses: null, logInputShare: 0, logRedact: []}) { modelVersion { `+settings+` } } }`, nil)
		if d := cmp.Diff(map[string]any{"logSuccesses": nil, "logInputShare": 0.0, "logRedact": list(""), "fromVersion": list("cacheTtl logInputShare logRedact")},
			augurtest.At(t, off, "modelServingUpdate.modelVersion.servingPolicy")); d != "" {
			t.Error(d)
		}
		refused("names", "INVALID_ARGUMENT logRedact:", map[string]any{"model": "road-risk", "logRedact": []any{"a", ""}})
		refused("share", "INVALID_ARGUMENT logInputShare: expected 0 to 1, got 2", map[string]any{"model": "road-risk", "logInputShare": 2})

		answer := s.Query(t, example, variables)
		if v := augurtest.At(t, answer, "modelServingUpdate.model.versions.nodes.0"); augurtest.At(t, v.(map[string]any), "servingPolicy.timeout") != "20s" {
			t.Errorf("the example: %v", v)
		}
		// The policy rules: a request of more rows than it allows is refused.
		s.Query(t, `mutation { modelServingUpdate(input: {model: "road-risk", version: "1.1.0", maxRows: 1}) { userErrors { message } } }`, nil)
		p := predict(t, s, input("road-risk", map[string]any{"rows": []any{road, road}}))
		if m := mistake(t, augurtest.At(t, p, "userErrors.0")); !strings.Contains(m, "at most 1 rows") {
			t.Errorf("two rows: %v", m)
		}
	}, augurtest.WithModels())
}

// TestCachePurge: what was answered before is computed again.
func TestCachePurge(t *testing.T) {
	onEach(t, func(t *testing.T, s *augurtest.Server) {
		cached := func() any {
			t.Helper()
			p := s.Query(t, `mutation($input: PredictInput!) { predict(input: $input) { prediction { cache cachedRows } userErrors { message } } }`,
				map[string]any{"input": input("road-risk", map[string]any{"row": road})})
			return augurtest.At(t, p, "predict.prediction.cache")
		}
		purge := func(args string) map[string]any {
			t.Helper()
			return s.Query(t, `mutation { cachePurge(input: {`+args+`}) { forgotten userErrors { code message field } } }`, nil)["cachePurge"].(map[string]any)
		}
		if a, b := cached(), cached(); a != "MISS" || b != "MEMORY" {
			t.Fatalf("%v, then %v", a, b)
		}
		if got := purge(`model: "road-risk", version: "1.0.0"`); got["forgotten"] != 0.0 {
			t.Errorf("the answers of a version that gave none: %v", got)
		}
		if got := cached(); got != "MEMORY" {
			t.Errorf("after the purge of another version: %v", got)
		}
		if got := purge(`model: "road-risk"`); got["forgotten"] != 1.0 {
			t.Errorf("%v", got)
		}
		if got := cached(); got != "MISS" {
			t.Errorf("after the purge: %v", got)
		}
		if got := purge(`model: "none"`); got["forgotten"] != nil || !strings.HasPrefix(mistake(t, augurtest.At(t, got, "userErrors.0")), "NOT_FOUND model:") {
			t.Errorf("%v", got)
		}
		events := s.Query(t, `{ auditEvents(where: {action: "cachePurge"}) { nodes { principal after } } }`, nil)
		if got := augurtest.At(t, events, "auditEvents.nodes").([]any); len(got) != 2 {
			t.Errorf("audit: %v", got)
		}
	}, augurtest.WithModels())
}

// TestServingPolicyStatements: the policies of a list are read together.
func TestServingPolicyStatements(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		ask := counted(t, cfg)
		// The models and then all versions ask; on a busy machine a list may ask
		// twice, never each of the 3 models and 4 versions for itself.
		if _, n := ask(`{ models { nodes { servingPolicy { timeout fromModel } versions { nodes { servingPolicy { timeout cache fromVersion } } } } } }`); n < 3 || n >= 2+3+4 {
			t.Errorf("policies took %d statements", n)
		}
	})
}

// engineFunc is an engine made of a function.
type engineFunc func(id string) (augur.EngineState, bool)

func (f engineFunc) State(id string) (augur.EngineState, bool) { return f(id) }
func (f engineFunc) Purge(augur.Digest) int                    { return 0 }

// TestEngineState shows everything that an engine may know.
func TestEngineState(t *testing.T) {
	cfg := storetest.SQLite(t)
	augurtest.Start(t, augurtest.WithModels(), augurtest.WithDatabase(cfg.URL.Reveal())).Shutdown(t)
	var state augur.EngineState
	deps := resolvers.Deps{
		Reader: storetest.Open(t, cfg).Reader(),
		Engine: engineFunc(func(string) (augur.EngineState, bool) { return state, state.Loaded }),
	}
	gql := handler.New(resolvers.New(deps))
	gql.AddTransport(transport.HTTP{})
	gql.Use(resolvers.Loaders{Deps: deps})
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		gql.ServeHTTP(w, r.WithContext(augur.WithPrincipal(r.Context(), augur.Anonymous())))
	}))
	defer ts.Close()
	golden := func(name string) {
		t.Helper()
		body, _ := json.Marshal(map[string]string{"query": `{ models(where: {name: "iris-random-forest"}) { nodes { versions { nodes { engine {
			loaded loadMs loadError queued running
			batching { on why maxRows runners fixedCostMs rowCostMs runs rows sizes { upTo runs } cuts { cut runs } }
			breaker { status failures retryAt lastError opened }
			cache { memory shared missed skipped } } } } } } }`})
		res, err := ts.Client().Post(ts.URL, "application/json", strings.NewReader(string(body)))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		text, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		var answer map[string]any
		if err := json.Unmarshal(text, &answer); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		augurtest.Golden(t, name, answer)
	}
	golden("engine-unknown")
	state = augur.EngineState{
		Loaded: true, LoadTime: 12_345_678 * time.Nanosecond, LoadError: "the last time it could not", Queued: 3, Running: 2,
		Batching: augur.BatchState{
			On: true, Why: "runs cost 0.1 ms and rows 250 ns", MaxRows: 64, Runners: 2, FixedCost: 100 * time.Microsecond, RowCost: 250 * time.Nanosecond,
			Runs: 1 << 40, Rows: 1 << 41, Sizes: []augur.BatchSize{{UpTo: 1, Runs: 7}, {UpTo: 64, Runs: 8}},
			Cuts: []augur.CutCount{
				{Cut: augur.CutIdle, Runs: 1}, {Cut: augur.CutFull, Runs: 2}, {Cut: augur.CutReturned, Runs: 3}, {Cut: augur.CutLinger, Runs: 4},
				{Cut: augur.CutDeadline, Runs: 5}, {Cut: augur.CutShape, Runs: 6}, {Cut: augur.CutSingle, Runs: 7}, {Cut: augur.CutAgain, Runs: 8},
			},
		},
		Breaker: augur.BreakerState{Status: augur.BreakerHalfOpen, Failures: 5, RetryAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600)), LastError: "out of memory", Opened: 2},
		Cache:   augur.CacheCounts{Memory: 1, Shared: 2, Missed: 3, Skipped: 4},
	}
	golden("engine")
}

// TestFallbackAnswers: while the live version cannot be loaded, its fallback
// answers. A server that starts after its file is gone cannot load it.
func TestFallbackAnswers(t *testing.T) {
	s := augurtest.Start(t, augurtest.WithModels())
	digest := augurtest.At(t, s.Query(t, `{ modelVersion(model: "road-risk", version: "1.1.0") { artifact { digest } } }`, nil), "modelVersion.artifact.digest").(string)
	var files []string
	err := filepath.WalkDir(s.Config.Data.Dir, func(path string, _ fs.DirEntry, err error) error {
		if strings.Contains(path, augur.Digest(digest).Hex()) {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) != 1 {
		t.Fatalf("the artifact's files are %v, %v", files, err)
	}
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
	if payload := servingUpdate(t, s, map[string]any{"model": "road-risk", "fallback": "1.0.0"}); len(payload["userErrors"].([]any)) > 0 {
		t.Fatal(payload)
	}
	s.Shutdown(t)
	s = augurtest.Start(t, augurtest.WithConfig(func(c *server.Config) { c.Data.Dir = s.Config.Data.Dir }))
	ask := func(version any) map[string]any {
		t.Helper()
		in := input("road-risk", map[string]any{"row": road})
		in["version"] = version
		return s.Query(t, `mutation($input: PredictInput!) { predict(input: $input) { prediction { route { reason ref } modelVersion { version fallbackVersion { version } } } userErrors { code message } } }`,
			map[string]any{"input": in})["predict"].(map[string]any)
	}
	want := map[string]any{"route": map[string]any{"reason": "FALLBACK", "ref": "live"}, "modelVersion": map[string]any{"version": "v1.0.0", "fallbackVersion": nil}}
	// The first request may be the one that finds out.
	for range 3 {
		if got := ask(nil)["prediction"]; got != nil {
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		}
	}
	if got := ask(nil)["prediction"]; got == nil {
		t.Error("nobody answers")
	}
	if got := ask("1.1.0"); got["prediction"] != nil {
		t.Errorf("a version that is named is not replaced: %v", got)
	}
}
