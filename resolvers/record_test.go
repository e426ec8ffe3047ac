package resolvers_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"augur/internal/augurtest"
	"augur/internal/cases"

	"github.com/google/go-cmp/cmp"
)

// TestDashboardQuery lists models with everything a dashboard shows, in one
// operation, with the same answer on both databases.
func TestDashboardQuery(t *testing.T) {
	query, _ := example(t, "01-models")
	onEach(t, func(t *testing.T, s *augurtest.Server) {
		augurtest.Golden(t, "models", s.Query(t, query, nil))
	}, augurtest.WithModels())
}

// TestRegisterAndPredict follows a new model from its file to a prediction,
// without a restart.
func TestRegisterAndPredict(t *testing.T) {
	file, err := os.ReadFile(filepath.Join(augurtest.Root(), "examples", "models", "road-risk", "v1.0.0", "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	onEach(t, func(t *testing.T, s *augurtest.Server) {
		query, variables := example(t, "09-register")
		if got := s.Query(t, query, variables); !strings.Contains(mistake(t, augurtest.At(t, got, "modelVersionCreate.userErrors.0")), "PUT /artifacts/") {
			t.Errorf("before the upload: %v", got)
		}
		if digest := augurtest.Upload(t, s, file); string(digest) != variables["digest"] {
			t.Fatalf("the example speaks of %s, the file has %s", variables["digest"], digest)
		}
		data := s.Query(t, strings.Replace(query, "modelCreate(input", "again: modelCreate(input", 1), variables)
		if got := mistake(t, augurtest.At(t, data, "again.userErrors.0")); !strings.HasPrefix(got, "ALREADY_EXISTS name:") {
			t.Errorf("the second time: %s", got)
		}
		augurtest.Golden(t, "register", map[string]any{"modelVersionCreate": data["modelVersionCreate"], "aliasSet": data["aliasSet"]})

		in := input("road-risk-copy", map[string]any{"row": road})
		in["version"] = "champion"
		if p := predict(t, s, in); p["prediction"] == nil {
			t.Errorf("predict: %v", p)
		}
		id := augurtest.At(t, data, "modelVersionCreate.modelVersion.id").(string)
		log := `mutation($id: ID!) { metricsLog(input: {versionId: $id, points: [
			{name: "rmse", step: 1, value: 0.5, at: "2026-01-01T00:00:00Z"}, {name: "rmse", step: 2, value: "NaN", at: "2026-01-01T00:00:01Z"},
			{name: "rmse", step: "9007199254740993", value: 0.25, at: "2026-01-01T00:00:02Z"}, {name: "loss", step: 1, value: "Infinity", at: "2026-01-01T00:00:00Z"}
		]}) { accepted duplicates userErrors { message field } modelVersion { metrics { name last lastStep min max count } metricSeries { name steps times values count sampledFrom }
			metricPoints(name: "rmse", last: 1) { nodes { step value at } } } } }`
		first := s.Query(t, log, map[string]any{"id": id})
		augurtest.Golden(t, "metrics", first)
		again := s.Query(t, log, map[string]any{"id": id})
		if augurtest.At(t, again, "metricsLog.accepted").(float64) != 0 || augurtest.At(t, again, "metricsLog.duplicates").(float64) != 4 {
			t.Errorf("logged again: %v", again)
		}
		if diff := cmp.Diff(augurtest.At(t, first, "metricsLog.modelVersion"), augurtest.At(t, again, "metricsLog.modelVersion")); diff != "" {
			t.Errorf("logging again changed the metrics: %s", diff)
		}
	})
}

// TestLifeOfAModel covers update, archive, delete, restore, aliases and the audit trail.
func TestLifeOfAModel(t *testing.T) {
	onEach(t, func(t *testing.T, s *augurtest.Server) {
		model := s.Query(t, `{ model(name: "road-risk") { id revision versions(orderBy: [{field: VERSION}]) { nodes { id version ordinal } } } }`, nil)["model"].(map[string]any)
		id := model["id"].(string)
		v1 := augurtest.At(t, model, "versions.nodes.0.id").(string)
		v2 := augurtest.At(t, model, "versions.nodes.1.id").(string)
		do := func(operation string) map[string]any {
			t.Helper()
			operation = strings.NewReplacer("$id", fmt.Sprintf("%q", id), "$v1", fmt.Sprintf("%q", v1), "$v2", fmt.Sprintf("%q", v2)).Replace(operation)
			for _, payload := range s.Query(t, operation, nil) {
				return payload.(map[string]any)
			}
			return nil
		}
		refused := func(operation, want string) {
			t.Helper()
			if got := mistake(t, augurtest.At(t, do(operation), "userErrors.0")); !strings.HasPrefix(got, want) {
				t.Errorf("%s\n%s\nwant %s", operation, got, want)
			}
		}
		const errs = " userErrors { code message field }"
		updated := do(`mutation { modelUpdate(input: {id: $id, ifRevision: 1, description: "# Roads", owner: "roads", tags: [{key: "team", value: "a"}, {key: "x"}]}) { model { description owner revision tags { key value } }` + errs + ` } }`)
		if augurtest.At(t, updated, "model.revision").(float64) != 2 || len(augurtest.At(t, updated, "model.tags").([]any)) != 2 {
			t.Errorf("updated: %v", updated)
		}
		refused(`mutation { modelUpdate(input: {id: $id, ifRevision: 1, owner: "late"}) { model { id }`+errs+` } }`, "ABORTED ifRevision:")
		refused(`mutation { modelUpdate(input: {id: $id, name: "Bad Name"}) { model { id }`+errs+` } }`, "INVALID_ARGUMENT name:")
		refused(`mutation { modelUpdate(input: {id: $id, tags: [{key: "a"}, {key: "a"}]}) { model { id }`+errs+` } }`, "INVALID_ARGUMENT tags.1.key:")
		refused(`mutation { modelVersionUpdate(input: {id: $v1, metadata: [1]}) { modelVersion { id }`+errs+` } }`, "INVALID_ARGUMENT metadata:")
		refused(`mutation { modelVersionDelete(input: {id: $v2}) { deletedId`+errs+` } }`, "FAILED_PRECONDITION")
		refused(`mutation { aliasSet(input: {model: "road-risk", alias: "latest", version: "1.0.0"}) { alias { id }`+errs+` } }`, "INVALID_ARGUMENT alias:")
		refused(`mutation { aliasSet(input: {model: "road-risk", alias: "1.0.0", version: "1.0.0"}) { alias { id }`+errs+` } }`, "INVALID_ARGUMENT alias:")
		refused(`mutation { aliasSet(input: {model: "road-risk", alias: "ok", version: "3.0.0"}) { alias { id }`+errs+` } }`, "NOT_FOUND version:")
		refused(`mutation { modelDelete(input: {id: $id}) { deletedId`+errs+` } }`, "FAILED_PRECONDITION")

		do(`mutation { aliasSet(input: {model: "road-risk", alias: "live", version: "1.0.0", reason: "roll back"}) { alias { id }` + errs + ` } }`)
		if got := augurtest.At(t, predict(t, s, input("road-risk", map[string]any{"row": road})), "prediction.modelVersion.version"); got != "v1.0.0" {
			t.Errorf("live moved, %v answers", got)
		}
		do(`mutation { aliasRemove(input: {model: "road-risk", alias: "live"}) { model { id }` + errs + ` } }`)
		if got := mistake(t, augurtest.At(t, predict(t, s, input("road-risk", map[string]any{"row": road})), "userErrors.0")); !strings.HasPrefix(got, "FAILED_PRECONDITION") {
			t.Errorf("without live: %s", got)
		}
		history := s.Query(t, `{ model(name: "road-risk") { aliasHistory { totalCount nodes { name reason version { version } previous { version } } } } }`, nil)
		moves := augurtest.At(t, history, "model.aliasHistory.nodes").([]any)
		if last := moves[len(moves)-1].(map[string]any); last["version"] != nil || augurtest.At(t, last, "previous.version") != "v1.0.0" {
			t.Errorf("the last move: %v", last)
		}

		do(`mutation { modelVersionDelete(input: {id: $v2}) { deletedId` + errs + ` } }`)
		if got := s.Query(t, `{ modelVersion(model: "road-risk", version: "1.1.0") { id } }`, nil); got["modelVersion"] != nil {
			t.Errorf("a deleted version: %v", got)
		}
		do(`mutation { modelVersionRestore(input: {id: $v2}) { modelVersion { version }` + errs + ` } }`)
		if got := s.Query(t, `{ modelVersion(model: "road-risk", version: "1.1.0") { id } }`, nil); got["modelVersion"] == nil {
			t.Error("the restored version is missing")
		}

		do(`mutation { modelArchive(input: {id: $id}) { model { archivedAt }` + errs + ` } }`)
		listed := func(where string) float64 {
			return augurtest.At(t, s.Query(t, `{ models`+where+` { totalCount } }`, nil), "models.totalCount").(float64)
		}
		if a, b, c := listed(""), listed("(where: {archivedAtNotNil: true})"), listed("(where: {or: [{archivedAtIsNil: true}, {archivedAtNotNil: true}]})"); a != 2 || b != 1 || c != 3 {
			t.Errorf("archived: %v in the list, %v archived, %v in all", a, b, c)
		}
		in := input("road-risk", map[string]any{"row": road})
		in["version"] = "1.0.0"
		if predict(t, s, in)["prediction"] == nil {
			t.Error("an archived model is still served")
		}
		do(`mutation { modelDelete(input: {id: $id}) { deletedId` + errs + ` } }`)
		if got := mistake(t, augurtest.At(t, predict(t, s, in), "userErrors.0")); !strings.HasPrefix(got, "NOT_FOUND model:") {
			t.Errorf("a deleted model: %s", got)
		}
		do(`mutation { modelRestore(input: {id: $id}) { model { name }` + errs + ` } }`)
		if predict(t, s, in)["prediction"] == nil {
			t.Error("a restored model is served again")
		}
		audit := s.Query(t, `{ auditEvents(where: {model: "road-risk"}, first: 100) { nodes { action principal } } }`, nil)
		var actions []string
		for _, e := range augurtest.At(t, audit, "auditEvents.nodes").([]any) {
			actions = append(actions, e.(map[string]any)["action"].(string))
		}
		if actions[0] != "modelRestore" || !strings.Contains(strings.Join(actions, " "), "aliasRemove aliasSet") {
			t.Errorf("audit, newest first: %v", actions)
		}
	}, augurtest.WithModels())
}

// TestHostileFiles: a file that cannot be a version gets a clear error at
// registration, and the server goes on serving.
func TestHostileFiles(t *testing.T) {
	s := augurtest.Start(t, augurtest.WithModels())
	for i, h := range cases.Hostiles() {
		t.Run(h.Name, func(t *testing.T) {
			if len(h.File) == 0 {
				t.Skip("an empty file cannot be uploaded in parts; the probe's own test has it")
			}
			if h.Slow {
				t.Skip("takes ten seconds here; the probe's own test gives it less")
			}
			digest := augurtest.Upload(t, s, h.File)
			data := s.Query(t, `mutation($d: String!, $m: String!) { modelCreate(input: {name: $m}) { userErrors { message } }
				modelVersionCreate(input: {model: $m, version: "1.0.0", digest: $d}) { modelVersion { id } userErrors { code message field } } }`,
				map[string]any{"d": digest, "m": fmt.Sprintf("hostile-%d", i)})
			if augurtest.At(t, data, "modelVersionCreate.modelVersion") != nil {
				t.Fatalf("registered")
			}
			got := mistake(t, augurtest.At(t, data, "modelVersionCreate.userErrors.0"))
			if !strings.Contains(got, " digest:") || strings.HasPrefix(got, "INTERNAL") || len(got) < 40 {
				t.Errorf("%s", got)
			}
			t.Log(got)
		})
	}
	if predict(t, s, input("road-risk", map[string]any{"row": road}))["prediction"] == nil {
		t.Error("the server no longer answers")
	}
}

// TestNUL: PostgreSQL cannot hold the character, SQLite can; neither is our fault.
func TestNUL(t *testing.T) {
	onEach(t, func(t *testing.T, s *augurtest.Server) {
		r := s.Do(t, `query($n: String!) { model(name: $n) { id } }`, map[string]any{"n": "a\u0000"})
		if len(r.Errors) > 0 && r.Errors[0].Code() != "INVALID_ARGUMENT" {
			t.Errorf("%s", r.Body)
		}
	})
}

func TestNodesAndComparison(t *testing.T) {
	s := augurtest.Start(t, augurtest.WithModels())
	data := s.Query(t, `{ model(name: "road-risk") { id versions(orderBy: [{field: VERSION}]) { nodes { id } } } }`, nil)
	ids := []any{
		augurtest.At(t, data, "model.id"), "mdl_00000000000000000000000000", "nonsense",
		augurtest.At(t, data, "model.versions.nodes.0.id"), augurtest.At(t, data, "model.versions.nodes.1.id"),
	}
	nodes := s.Query(t, `query($ids: [ID!]!) { nodes(ids: $ids) { id __typename ... on Model { name } ... on ModelVersion { version model { name } } } }`, map[string]any{"ids": ids})["nodes"].([]any)
	if augurtest.At(t, nodes, "0.name") != "road-risk" || nodes[1] != nil || nodes[2] != nil || augurtest.At(t, nodes, "4.version") != "v1.1.0" {
		t.Errorf("nodes: %v", nodes)
	}
	comparison := s.Query(t, `query($ids: [ID!]!) { versionComparison(ids: $ids) { versions { version } signature { path } metadata { path values } metrics { name summaries { last } } } }`, map[string]any{"ids": ids[3:]})
	if got := augurtest.At(t, comparison, "versionComparison.signature").([]any); len(got) != 0 {
		t.Errorf("the signatures are equal, got %v", got)
	}
	var algorithm bool
	for _, d := range augurtest.At(t, comparison, "versionComparison.metadata").([]any) {
		algorithm = algorithm || d.(map[string]any)["path"] == "metadata.algorithm"
	}
	if !algorithm || len(augurtest.At(t, comparison, "versionComparison.metrics").([]any)) < 4 {
		t.Errorf("comparison: %v", comparison)
	}
}
