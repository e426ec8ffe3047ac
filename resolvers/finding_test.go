package resolvers_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"augur"
	"augur/internal/augurtest"
	"augur/internal/storetest"
	"augur/server"
	"augur/store"
)

// TestVersionAt asks where an alias pointed at instants before, between and
// after its moves.
func TestVersionAt(t *testing.T) {
	onEach(t, func(t *testing.T, s *augurtest.Server) {
		move := func(operation string) {
			t.Helper()
			s.Query(t, `mutation { `+operation+` { userErrors { message } } }`, nil)
		}
		before := time.Now()
		move(`aliasSet(input: {model: "road-risk", alias: "champion", version: "1.0.0"})`)
		move(`aliasSet(input: {model: "road-risk", alias: "champion", version: "1.1.0"})`)
		move(`aliasRemove(input: {model: "road-risk", alias: "champion"})`)
		move(`aliasSet(input: {model: "road-risk", alias: "champion", version: "1.0.0"})`)
		history := s.Query(t, `{ model(name: "road-risk") { aliasHistory(where: {name: "champion"}, orderBy: {field: CREATED_AT}) { nodes { createdAt version { id version } } } } }`, nil)
		moves := augurtest.At(t, history, "model.aliasHistory.nodes").([]any)
		at := func(ref string, when any) *augurtest.Response {
			return s.Do(t, `query($ref: String!, $at: DateTime) { model(name: "road-risk") { version(ref: $ref, at: $at) { version } } }`, map[string]any{"ref": ref, "at": when})
		}
		for i, want := range []string{"v1.0.0", "v1.1.0", "", "v1.0.0"} {
			when := augurtest.At(t, moves, fmt.Sprint(i)+".createdAt")
			r := at("champion", when)
			if want == "" {
				if len(r.Errors) != 1 || r.Errors[0].Code() != augur.NotFound || !strings.Contains(r.Errors[0].Message, "removed it at") {
					t.Errorf("removed: %s", r.Body)
				}
				continue
			}
			if len(r.Errors) > 0 || augurtest.At(t, r.Data, "model.version.version") != want {
				t.Errorf("move %d: %s, want %s", i, r.Body, want)
			}
		}
		last, _ := time.Parse(time.RFC3339Nano, augurtest.At(t, moves, "3.createdAt").(string))
		if r := at("champion", last.Add(-time.Microsecond).Format(time.RFC3339Nano)); len(r.Errors) != 1 {
			t.Errorf("a microsecond before it was set again: %s", r.Body)
		}
		for _, c := range []struct {
			ref, at string
			code    augur.Code
			want    string
		}{
			{"champion", before.Format(time.RFC3339Nano), augur.NotFound, "first set at"},
			{"nobody", before.Format(time.RFC3339Nano), augur.NotFound, "never had an alias"},
			{"latest", before.Format(time.RFC3339Nano), augur.InvalidArgument, "only what an alias pointed at is kept"},
			{"1.0.0", before.Format(time.RFC3339Nano), augur.InvalidArgument, "only what an alias pointed at is kept"},
			{"champion", time.Now().Add(time.Hour).Format(time.RFC3339Nano), augur.InvalidArgument, "nobody knows"},
		} {
			if r := at(c.ref, c.at); len(r.Errors) != 1 || r.Errors[0].Code() != c.code || !strings.Contains(r.Errors[0].Message, c.want) {
				t.Errorf("%s at %s: %s", c.ref, c.at, r.Body)
			}
		}
		if v := augurtest.At(t, s.Query(t, `{ model(name: "road-risk") { version(ref: "champion") { version } } }`, nil), "model.version.version"); v != "v1.0.0" {
			t.Errorf("now: %v", v)
		}
		move(`aliasSet(input: {model: "road-risk", alias: "live", version: "1.0.0"})`)
		move(`modelVersionDelete(input: {id: "` + augurtest.At(t, moves, "1.version.id").(string) + `"})`)
		if r := at("champion", augurtest.At(t, moves, "1.createdAt")); len(r.Errors) != 1 || !strings.Contains(r.Errors[0].Message, "is deleted") {
			t.Errorf("a deleted version: %s", r.Body)
		}
	}, augurtest.WithModels())
}

// TestIfRevision reaches every write that takes it, through GraphQL.
func TestIfRevision(t *testing.T) {
	onEach(t, func(t *testing.T, s *augurtest.Server) {
		data := s.Query(t, `{ model(name: "road-risk") { id revision aliases { name revision } servingPolicy { revision } version(ref: "1.0.0") { id revision servingPolicy { revision } } } }`, nil)["model"]
		if augurtest.At(t, data, "aliases.0.revision").(float64) < 1 || augurtest.At(t, data, "servingPolicy.revision") != 0.0 {
			t.Errorf("%v", data)
		}
		model, version := augurtest.At(t, data, "id"), augurtest.At(t, data, "version.id")
		for _, operation := range []string{
			`modelUpdate(input: {id: "$m", ifRevision: 77, owner: "x"})`, `modelArchive(input: {id: "$m", ifRevision: 77})`,
			`modelRestore(input: {id: "$m", ifRevision: 77})`, `modelDelete(input: {id: "$m", ifRevision: 77})`,
			`modelVersionUpdate(input: {id: "$v", ifRevision: 77, description: "x"})`, `modelVersionArchive(input: {id: "$v", ifRevision: 77})`,
			`modelVersionRestore(input: {id: "$v", ifRevision: 77})`, `modelVersionDelete(input: {id: "$v", ifRevision: 77})`,
			`aliasSet(input: {model: "road-risk", alias: "live", version: "1.0.0", ifRevision: 77})`,
			`aliasRemove(input: {model: "road-risk", alias: "live", ifRevision: 77})`,
			`modelServingUpdate(input: {model: "road-risk", ifRevision: 77, maxRows: 5})`,
			`modelServingUpdate(input: {model: "road-risk", version: "1.0.0", ifRevision: 77, maxRows: 5})`,
		} {
			operation = strings.NewReplacer("$m", model.(string), "$v", version.(string)).Replace(operation)
			for _, payload := range s.Query(t, `mutation { `+operation+` { userErrors { code message field } } }`, nil) {
				if got := mistake(t, augurtest.At(t, payload, "userErrors.0")); !strings.HasPrefix(got, "ABORTED ifRevision: it was changed meanwhile: its revision is ") {
					t.Errorf("%s: %s", operation, got)
				}
			}
		}
	}, augurtest.WithModels())
}

// TestSearch finds words in names, descriptions and tags, with the same answer
// on both databases.
func TestSearch(t *testing.T) {
	onEach(t, func(t *testing.T, s *augurtest.Server) {
		for _, m := range []string{
			`name: "übung" `, // refused: no such name
			`name: "credit-scores", description: "Übersicht der Kredite, 100% geprüft", tags: [{key: "team", value: "Risk"}]`,
			`name: "fraud", owner: "risk", description: "Finds fraud in card_payments", tags: [{key: "PII"}]`,
			`name: "churn", description: "Who leaves; see C:\\data"`,
		} {
			s.Query(t, `mutation { modelCreate(input: {`+m+`}) { userErrors { message } } }`, nil)
		}
		for search, want := range map[string]string{
			"":             "churn credit-scores fraud",
			"FRAUD":        "fraud",
			"übersicht":    "credit-scores",
			"ÜBERSICHT":    "credit-scores",
			"risk":         "credit-scores", // a tag; the owner is no text to search
			"pii card":     "fraud",
			"card pii xyz": "",
			"100%":         "credit-scores",
			"1%0":          "",
			"card_pay":     "fraud",
			"card%pay":     "",
			"c_rd":         "",
			`c:\data`:      "churn",
			`c:\\data`:     "",
		} {
			data := s.Query(t, `query($s: String) { models(orderBy: [{field: NAME}], where: {search: $s}) { nodes { name } } }`, map[string]any{"s": search})
			if got := strings.Join(names(t, data, "models.nodes", "name"), " "); got != want {
				t.Errorf("%q: %q, want %q", search, got, want)
			}
		}
		data := s.Query(t, `{ models(where: {or: [{search: "fraud"}, {not: {search: "e"}}]}) { nodes { name } } }`, nil)
		if got := names(t, data, "models.nodes", "name"); !slices.Equal(got, []string{"fraud", "churn"}) && !slices.Equal(got, []string{"fraud"}) {
			t.Errorf("within or and not: %v", got)
		}
		r := s.Do(t, `query($s: String) { models(where: {search: $s}) { nodes { name } } }`, map[string]any{"s": strings.Repeat("x ", 21)})
		if len(r.Errors) != 1 || r.Errors[0].Code() != augur.InvalidArgument {
			t.Errorf("21 words: %s", r.Body)
		}
	})
}

// names are one field of each object of a list.
func names(t *testing.T, data any, list, field string) []string {
	t.Helper()
	out := []string{}
	for i := range augurtest.At(t, data, list).([]any) {
		out = append(out, fmt.Sprint(augurtest.At(t, data, fmt.Sprintf("%s.%d.%s", list, i, field))))
	}
	return out
}

// logRMSE gives both versions of both road-risk and iris a metric.
func logRMSE(t *testing.T, s *augurtest.Server, model, version string, values ...any) {
	t.Helper()
	id := augurtest.At(t, s.Query(t, `query($m: String!, $v: String!) { modelVersion(model: $m, version: $v) { id } }`, map[string]any{"m": model, "v": version}), "modelVersion.id")
	var points []any
	for i, v := range values {
		points = append(points, map[string]any{"name": "score", "step": i, "value": v})
	}
	data := s.Query(t, `mutation($id: ID!, $p: [MetricPointInput!]!) { metricsLog(input: {versionId: $id, points: $p}) { accepted userErrors { message } } }`, map[string]any{"id": id, "p": points})
	if augurtest.At(t, data, "metricsLog.accepted").(float64) != float64(len(values)) {
		t.Fatalf("log: %v", data)
	}
}

// TestMetrics finds and ranks versions by their metrics, across models.
func TestMetrics(t *testing.T) {
	onEach(t, func(t *testing.T, s *augurtest.Server) {
		logRMSE(t, s, "road-risk", "1.0.0", 0.5, 0.04, 0.06)
		logRMSE(t, s, "road-risk", "1.1.0", 0.2, 0.03)
		logRMSE(t, s, "iris-random-forest", "1.0.0", 0.9, "Infinity")
		logRMSE(t, s, "digits-mlp", "1.0.0", 0.01, "NaN")
		const of = `{ totalCount nodes { last min version { version model { name } } } pageInfo { hasNextPage hasPreviousPage } }`
		for args, want := range map[string]string{
			`name: "score"`: "road-risk:v1.1.0 road-risk:v1.0.0 iris-random-forest:v1.0.0",
			`name: "score", orderBy: {field: LAST, direction: DESC}`:                                        "iris-random-forest:v1.0.0 road-risk:v1.0.0 road-risk:v1.1.0",
			`name: "score", orderBy: {field: MIN}`:                                                          "digits-mlp:v1.0.0 road-risk:v1.1.0 road-risk:v1.0.0 iris-random-forest:v1.0.0",
			`name: "score", orderBy: {field: MAX, direction: DESC}, first: 1`:                               "iris-random-forest:v1.0.0",
			`name: "score", last: 2`:                                                                        "road-risk:v1.0.0 iris-random-forest:v1.0.0",
			`name: "score", where: {hasAliasesWith: {name: "live"}, hasModelWith: {nameHasPrefix: "road"}}`: "road-risk:v1.1.0",
			`name: "score", where: {hasMetricSummariesWith: {name: "score", lastLT: 0.05}}`:                 "road-risk:v1.1.0",
			`name: "score", where: {hasMetricSummariesWith: {name: "score", minLT: 0.05, lastGTE: 0.06}}`:   "road-risk:v1.0.0",
			`name: "score", where: {archivedAtNotNil: true}`:                                                "",
			`name: "nothing"`: "",
		} {
			data := s.Query(t, `{ metricRanking(`+args+`) `+of+` }`, nil)
			var got []string
			for i, model := range names(t, data, "metricRanking.nodes", "version.model.name") {
				got = append(got, model+":"+augurtest.At(t, data, fmt.Sprintf("metricRanking.nodes.%d.version.version", i)).(string))
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s: %v, want %s", args, got, want)
			}
		}
		for _, order := range []string{"LAST", "MIN", "MAX"} {
			all := names(t, s.Query(t, `{ metricRanking(name: "score", orderBy: {field: `+order+`, direction: DESC}) { nodes { version { id } } } }`, nil), "metricRanking.nodes", "version.id")
			for args, cursor := range map[string]string{"first: 1, after": "endCursor", "last: 1, before": "startCursor"} {
				var walked []string
				var at any
				for range all {
					data := s.Query(t, `query($c: Cursor) { metricRanking(name: "score", orderBy: {field: `+order+`, direction: DESC}, `+args+`: $c) { nodes { version { id } } pageInfo { `+cursor+` } } }`, map[string]any{"c": at})
					walked = append(walked, names(t, data, "metricRanking.nodes", "version.id")...)
					at = augurtest.At(t, data, "metricRanking.pageInfo."+cursor)
				}
				if cursor == "startCursor" {
					slices.Reverse(walked)
				}
				if !slices.Equal(walked, all) {
					t.Errorf("%s, %s: %v, want %v", order, args, walked, all)
				}
			}
		}
		// Models by what their versions reached, and the histories of one metric
		// of all of them.
		data := s.Query(t, `{ models(orderBy: [{field: NAME}], where: {hasVersionsWith: {hasMetricSummariesWith: {name: "score", minLT: 0.05}}}) { nodes { name versions { nodes { metricSeries(names: ["score"]) { count } } } } } }`, nil)
		if got := strings.Join(names(t, data, "models.nodes", "name"), " "); got != "digits-mlp road-risk" {
			t.Errorf("models: %s", got)
		}
		for _, wrong := range []string{`first: 101`, `after: "xx"`, `where: {search: "` + strings.Repeat("x ", 30) + `"}`, `where: {not: {}}`} {
			if r := s.Do(t, `{ metricRanking(name: "score", `+wrong+`) { nodes { id } } }`, nil); len(r.Errors) != 1 || r.Errors[0].Code() != augur.InvalidArgument {
				t.Errorf("%s: %s", wrong, r.Body)
			}
		}
		// What is put away is not ranked.
		id := augurtest.At(t, s.Query(t, `{ model(name: "road-risk") { id } }`, nil), "model.id")
		s.Query(t, `mutation($id: ID!) { modelArchive(input: {id: $id}) { userErrors { message } } }`, map[string]any{"id": id})
		if n := augurtest.At(t, s.Query(t, `{ metricRanking(name: "score") { totalCount } }`, nil), "metricRanking.totalCount"); n != 1.0 {
			t.Errorf("%v versions of models that are not archived", n)
		}
	}, augurtest.WithModels())
}

// TestFindingCosts: everything is found by the database, in a number of
// statements that does not grow, and only for who may see it.
func TestFindingCosts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		ask := counted(t, cfg)
		for query, want := range map[string]int64{
			`{ models(where: {search: "road risk"}) { nodes { name } } }`:                                                                                   1,
			`{ models(where: {hasVersionsWith: {hasMetricSummariesWith: {name: "val_rmse", lastLT: 0.05}}}, orderBy: [{field: NAME}]) { nodes { name } } }`: 1,
			`{ metricRanking(name: "val_rmse") { nodes { last } } }`:                                                                                        1,
			`{ metricRanking(name: "val_rmse") { totalCount nodes { last version { version model { name } } } } }`:                                          4,
		} {
			if _, n := ask(query); n != want {
				t.Errorf("%s took %d statements, want %d", query, n, want)
			}
		}
	})
	cfg := storetest.SQLite(t)
	augurtest.Start(t, augurtest.WithModels(), augurtest.WithConfig(func(c *server.Config) { c.Database.URL = cfg.URL })).Shutdown(t)
	ask, _ := asking(t, cfg)
	for principal, want := range map[*augur.Principal]int{
		nil: 0, {Name: "eve", Models: []string{"iris*"}}: 0, {Name: "anna", Models: []string{"road-*"}}: 2,
	} {
		data := ask(principal, `{ metricRanking(name: "val_rmse") { totalCount nodes { last } } models(where: {search: "road"}) { nodes { name } } }`)
		if got := len(augurtest.At(t, data, "metricRanking.nodes").([]any)); got != want || augurtest.At(t, data, "metricRanking.totalCount") != float64(want) {
			t.Errorf("%v: %v", principal, data)
		}
		if got := len(augurtest.At(t, data, "models.nodes").([]any)); (got > 0) != (want > 0) {
			t.Errorf("%v searches: %v", principal, data)
		}
	}
}
