package resolvers_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"augur/internal/augurtest"
)

const predictQuery = `mutation($input: PredictInput!) { predict(input: $input) {
	prediction { values rowIndex cache route { reason ref } modelVersion { version model { name } } outputs { name kind dtype shape data } }
	userErrors { code message field } } }`

func predict(t *testing.T, s *augurtest.Server, input map[string]any) map[string]any {
	t.Helper()
	return s.Query(t, predictQuery, map[string]any{"input": input})["predict"].(map[string]any)
}

func input(model string, data map[string]any) map[string]any {
	return map[string]any{"model": model, "data": data}
}

// TestOneInputInEveryForm gives the same input as a row, rows, columns and
// tensors: the answers are equal.
func TestOneInputInEveryForm(t *testing.T) {
	s := augurtest.Start(t, augurtest.WithModels())
	want := augurtest.At(t, predict(t, s, input("road-risk", map[string]any{"row": road})), "prediction.values.0").(map[string]any)
	if risk := want["accident_risk"].(float64); risk < 0.01 || risk > 0.99 || want["risk_band"] == "" {
		t.Fatalf("values: %v", want)
	}
	columns := map[string]any{}
	for name, value := range road {
		columns[name] = []any{value}
	}
	tensor := func(name, dtype string) map[string]any {
		return map[string]any{"name": name, "dtype": dtype, "shape": []int{1, 1}, "data": []any{road[name]}}
	}
	tensors := []any{
		tensor("curvature", "FLOAT32"), tensor("lighting", "STRING"), tensor("speed_limit", "INT64"), tensor("num_lanes", "INT64"),
		tensor("weather", "STRING"), tensor("road_type", "STRING"), tensor("holiday", "BOOL"), tensor("num_reported_accidents", "INT64"),
	}
	for form, data := range map[string]map[string]any{
		"rows":    {"rows": []any{road}},
		"columns": {"columns": columns},
		"tensors": {"tensors": tensors},
	} {
		got := augurtest.At(t, predict(t, s, input("road-risk", data)), "prediction.values.0").(map[string]any)
		if got["accident_risk"] != want["accident_risk"] || got["risk_band"] != want["risk_band"] {
			t.Errorf("%s: %v, as a row: %v", form, got, want)
		}
	}
}

func TestClassifierByNamedColumns(t *testing.T) {
	s := augurtest.Start(t, augurtest.WithModels())
	data := predict(t, s, input("iris-random-forest", map[string]any{"rows": []any{
		map[string]any{"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2},
		map[string]any{"sepal_length": 6.3, "sepal_width": 3.3, "petal_length": 6.0, "petal_width": 2.5},
	}}))
	for i, class := range []string{"setosa", "virginica"} {
		row := augurtest.At(t, data, "prediction.values").([]any)[i].(map[string]any)
		probabilities, ok := row["output_probability"].(map[string]any)
		if !ok || probabilities[class].(float64) < 0.5 || len(probabilities) != 3 {
			t.Errorf("row %d: %v, want mostly %s", i, row, class)
		}
	}
	if kind := augurtest.At(t, data, "prediction.outputs.1.kind"); kind != "SEQUENCE" {
		t.Errorf("output_probability is a %v", kind)
	}
}

func TestWhichVersionAnswers(t *testing.T) {
	s := augurtest.Start(t, augurtest.WithModels())
	s.Query(t, `mutation { aliasSet(input: {model: "road-risk", alias: "champion", version: "1.0.0"}) { alias { name } userErrors { message } } }`, nil)
	for ref, want := range map[string]string{
		"": "v1.1.0 LIVE live", "v1.0.0": "v1.0.0 EXPLICIT v1.0.0", "1.0.0": "v1.0.0 EXPLICIT 1.0.0",
		"champion": "v1.0.0 ALIAS champion", "latest": "v1.1.0 ALIAS latest", "live": "v1.1.0 ALIAS live",
	} {
		in := input("road-risk", map[string]any{"row": road})
		if ref != "" {
			in["version"] = ref
		}
		p := predict(t, s, in)["prediction"]
		got := strings.Join([]string{
			augurtest.At(t, p, "modelVersion.version").(string), augurtest.At(t, p, "route.reason").(string), augurtest.At(t, p, "route.ref").(string),
		}, " ")
		if got != want {
			t.Errorf("ref %q: %s, want %s", ref, got, want)
		}
	}
}

// TestManyModelsInOneCall covers predictBatch and predictions as query fields.
func TestManyModelsInOneCall(t *testing.T) {
	s := augurtest.Start(t, augurtest.WithModels())
	query, variables := example(t, "06-predict-batch")
	inputs := variables["inputs"].([]any)
	variables["inputs"] = append(inputs, input("nobody", map[string]any{"row": road}))
	batch := s.Query(t, query, variables)["predictBatch"].(map[string]any)
	if batch["succeeded"].(float64) != 3 || batch["failed"].(float64) != 1 {
		t.Errorf("%v succeeded, %v failed", batch["succeeded"], batch["failed"])
	}
	for i, model := range []string{"road-risk", "iris-random-forest", "digits-mlp"} {
		if got := augurtest.At(t, batch["results"].([]any)[i], "prediction.modelVersion.model.name"); got != model {
			t.Errorf("result %d is of %v", i, got)
		}
	}
	if got := mistake(t, augurtest.At(t, batch, "results.3.userErrors.0")); !strings.HasPrefix(got, "NOT_FOUND model:") {
		t.Errorf("the fourth: %s", got)
	}

	query, variables = example(t, "07-predict-models")
	side := s.Query(t, query, variables)
	if augurtest.At(t, side, "road.live.prediction.values.0.risk_band") == nil || augurtest.At(t, side, "iris.predict.prediction.values.0.output_label") == nil {
		t.Errorf("side by side: %v", side)
	}
	if versions := augurtest.At(t, side, "road.versions.nodes").([]any); len(versions) != 2 {
		t.Errorf("%d versions answered, want 2", len(versions))
	}
}

// TestBadRowsFailAlone sends 1,000 rows of which 3 are wrong: 997 answers, 3 errors.
func TestBadRowsFailAlone(t *testing.T) {
	s := augurtest.Start(t, augurtest.WithModels())
	rows := make([]any, 1000)
	for i := range rows {
		rows[i] = with(road, map[string]any{"num_reported_accidents": i % 50})
	}
	bad := map[int]map[string]any{3: {"lighting": "noon"}, 500: {"curvature": 7.5}, 999: {"weather": nil}}
	for i, change := range bad {
		rows[i] = with(road, change)
	}
	in := input("road-risk", map[string]any{"rows": rows})
	p := predict(t, s, in)
	values := augurtest.At(t, p, "prediction.values").([]any)
	index := augurtest.At(t, p, "prediction.rowIndex").([]any)
	if len(values) != 1000 || len(index) != 997 || len(augurtest.At(t, p, "prediction.outputs.0.data").([]any)) != 997 {
		t.Fatalf("%d values, %d rows of outputs", len(values), len(index))
	}
	for i, v := range values {
		if (v == nil) != (bad[i] != nil) {
			t.Errorf("row %d: %v", i, v)
		}
	}
	want := []string{
		"INVALID_ARGUMENT data.rows.3.lighting:", "INVALID_ARGUMENT data.rows.500.curvature:", "INVALID_ARGUMENT data.rows.999.weather:",
	}
	for i, e := range p["userErrors"].([]any) {
		if !strings.HasPrefix(mistake(t, e), want[i]) {
			t.Errorf("error %d: %s, want %s", i, mistake(t, e), want[i])
		}
	}
	in["options"] = map[string]any{"onRowError": "REJECT"}
	if p := predict(t, s, in); p["prediction"] != nil || len(p["userErrors"].([]any)) != 3 {
		t.Errorf("REJECT: %v", p["userErrors"])
	}
}

// TestBadPredictions: each mistake gets a code, the path of the field, and what
// was expected; the server goes on serving.
func TestBadPredictions(t *testing.T) {
	s := augurtest.Start(t, augurtest.WithModels())
	row := func(changes map[string]any) map[string]any {
		return input("road-risk", map[string]any{"row": with(road, changes)})
	}
	iris := func(tensor map[string]any) map[string]any {
		base := map[string]any{"name": "float_input", "dtype": "FLOAT32", "shape": []int{1, 4}, "data": []any{5.1, 3.5, 1.4, 0.2}}
		return input("iris-random-forest", map[string]any{"tensors": []any{with(base, tensor)}})
	}
	versioned := func(ref string) map[string]any {
		in := row(nil)
		in["version"] = ref
		return in
	}
	for name, c := range map[string]struct {
		input map[string]any
		want  string // the beginning, then parts of the message
		says  []string
	}{
		"unknown model":        {input("road-rsk", map[string]any{"row": road}), "NOT_FOUND model:", []string{"road-risk"}},
		"unknown version":      {versioned("9.9.9"), "NOT_FOUND version:", []string{"9.9.9"}},
		"unknown alias":        {versioned("champoin"), "NOT_FOUND version:", []string{"champoin"}},
		"unknown feature":      {row(map[string]any{"weahter": "rainy"}), "INVALID_ARGUMENT data.row.weahter:", []string{"weather"}},
		"missing feature":      {row(map[string]any{"lighting": nil}), "INVALID_ARGUMENT data.row.lighting:", []string{"missing"}},
		"wrong type":           {row(map[string]any{"speed_limit": "fast"}), "INVALID_ARGUMENT data.row.speed_limit:", []string{"integer", "fast"}},
		"a fraction":           {row(map[string]any{"num_lanes": 2.5}), "INVALID_ARGUMENT data.row.num_lanes:", []string{"integer", "2.5"}},
		"out of range":         {row(map[string]any{"curvature": 7.5}), "INVALID_ARGUMENT data.row.curvature:", []string{"0 to 1", "7.5"}},
		"not one of":           {row(map[string]any{"lighting": "noon"}), "INVALID_ARGUMENT data.row.lighting:", []string{"day", "night", "dim", "noon"}},
		"NaN in a range":       {row(map[string]any{"curvature": "NaN"}), "INVALID_ARGUMENT data.row.curvature:", []string{"0 to 1", "NaN"}},
		"beyond 64 bits":       {row(map[string]any{"speed_limit": 1e30}), "INVALID_ARGUMENT data.row.speed_limit:", nil},
		"unknown tensor":       {iris(map[string]any{"name": "flaot_input"}), "INVALID_ARGUMENT data.tensors.0.name:", []string{"float_input"}},
		"wrong dtype":          {iris(map[string]any{"dtype": "FLOAT64"}), "INVALID_ARGUMENT data.tensors.0.dtype:", []string{"float32"}},
		"wrong rank":           {iris(map[string]any{"shape": []int{4}}), "INVALID_ARGUMENT data.tensors.0.shape:", nil},
		"wrong width":          {iris(map[string]any{"shape": []int{1, 3}, "data": []any{1, 2, 3}}), "INVALID_ARGUMENT data.tensors.0.shape:", []string{"4"}},
		"wrong length":         {iris(map[string]any{"data": []any{1, 2, 3}}), "INVALID_ARGUMENT data.tensors.0.data:", []string{"4", "3"}},
		"negative dimension":   {iris(map[string]any{"shape": []int{-1, 4}}), "INVALID_ARGUMENT data.tensors.0", nil},
		"a huge shape":         {iris(map[string]any{"shape": []int{2147483647, 2147483647}}), "INVALID_ARGUMENT data.tensors.0", nil},
		"text in a tensor":     {iris(map[string]any{"data": []any{1, 2, "x", 4}}), "INVALID_ARGUMENT data.tensors.0.data.2:", []string{"number"}},
		"bad base64":           {iris(map[string]any{"data": "AAAA*"}), "INVALID_ARGUMENT data.tensors.0.data:", []string{"base64"}},
		"no tensors":           {input("iris-random-forest", map[string]any{"tensors": []any{}}), "INVALID_ARGUMENT data.tensors:", []string{"float_input"}},
		"no rows":              {input("road-risk", map[string]any{"rows": []any{}}), "INVALID_ARGUMENT data.rows:", nil},
		"a row that is a list": {input("road-risk", map[string]any{"row": []any{1}}), "INVALID_ARGUMENT data.row:", []string{"object"}},
		"ragged columns":       {input("road-risk", map[string]any{"columns": map[string]any{"curvature": []any{0.1, 0.2}, "lighting": []any{"day"}}}), "INVALID_ARGUMENT data.columns", nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := predict(t, s, c.input)
			if p["prediction"] != nil {
				t.Fatalf("answered: %v", p["prediction"])
			}
			got := mistake(t, augurtest.At(t, p, "userErrors.0"))
			if !strings.HasPrefix(got, c.want) {
				t.Errorf("%s\nwant %s", got, c.want)
			}
			for _, part := range c.says {
				if !strings.Contains(got, part) {
					t.Errorf("%s\ndoes not say %q", got, part)
				}
			}
		})
	}
	in := row(nil)
	in["outputs"] = []string{"accident_riks"}
	if got := mistake(t, augurtest.At(t, predict(t, s, in), "userErrors.0")); !strings.HasPrefix(got, "INVALID_ARGUMENT outputs.0:") || !strings.Contains(got, "accident_risk") {
		t.Errorf("unknown output: %s", got)
	}
	if predict(t, s, row(nil))["prediction"] == nil {
		t.Error("the server no longer answers")
	}
}

// TestMalformedOperations: what GraphQL itself refuses has a code and says nothing of our insides.
func TestMalformedOperations(t *testing.T) {
	s := augurtest.Start(t, augurtest.WithModels())
	for name, c := range map[string]struct {
		query     string
		variables map[string]any
		says      string
	}{
		"two forms":        {predictQuery, map[string]any{"input": input("road-risk", map[string]any{"row": road, "rows": []any{road}})}, "exactly one"},
		"no form":          {predictQuery, map[string]any{"input": input("road-risk", map[string]any{})}, "exactly one"},
		"a null form":      {predictQuery, map[string]any{"input": input("road-risk", map[string]any{"row": nil})}, "exactly one"},
		"unknown field":    {`{ modles { totalCount } }`, nil, "models"},
		"syntax":           {`{ models {`, nil, ""},
		"unknown variable": {`query($x: Nope) { models { totalCount } }`, nil, "Nope"},
		"wrong variable":   {`query($n: Int) { models(first: $n) { totalCount } }`, map[string]any{"n": "x"}, ""},
		"too much":         {`{ models(first: 100) { nodes { versions(first: 100) { nodes { id version status ordinal framework description } } } } }`, nil, "complexity"},
		"wrong scalar":     {`query($d: DateTime) { modelVersion(model: "road-risk", version: "live") { metricSeries(from: $d) { name } } }`, map[string]any{"d": "yesterday"}, "RFC 3339"},
	} {
		t.Run(name, func(t *testing.T) {
			r := s.Do(t, c.query, c.variables)
			if len(r.Errors) == 0 {
				t.Fatalf("accepted: %s", r.Body)
			}
			if r.Errors[0].Code() == "" || r.Errors[0].Code() == "INTERNAL" || !strings.Contains(string(r.Body), c.says) {
				t.Errorf("%s", r.Body)
			}
			for _, inside := range []string{"sql", "ent:", "goroutine", "augur/", ".go:"} {
				if strings.Contains(string(r.Body), inside) {
					t.Errorf("shows %q: %s", inside, r.Body)
				}
			}
		})
	}
}

// TestNumbersKeepTheirWidth sends what a double cannot hold through values,
// outputs and rows.
func TestNumbersKeepTheirWidth(t *testing.T) {
	s := augurtest.Start(t, augurtest.WithModels())
	p := predict(t, s, input("road-risk", map[string]any{"row": with(road, map[string]any{"speed_limit": int64(math.MaxInt64)})}))
	if got := mistake(t, augurtest.At(t, p, "userErrors.0")); !strings.Contains(got, "9223372036854775807") {
		t.Errorf("the number was rounded on its way: %s", got)
	}
}

func TestEngineAndCache(t *testing.T) {
	s := augurtest.Start(t, augurtest.WithModels())
	in := input("road-risk", map[string]any{"row": road})
	var seen []string
	for range 2 {
		seen = append(seen, augurtest.At(t, predict(t, s, in), "prediction.cache").(string))
	}
	for _, mode := range []string{"BYPASS", "REFRESH"} {
		in["options"] = map[string]any{"cache": mode}
		seen = append(seen, augurtest.At(t, predict(t, s, in), "prediction.cache").(string))
	}
	if want := []string{"MISS", "MEMORY", "BYPASSED", "MISS"}; !slices.Equal(seen, want) {
		t.Errorf("cache: %v, want %v", seen, want)
	}
	engine := s.Query(t, `{ model(name: "road-risk") { liveVersion { engine { loaded loadMs loadError queued running } } } }`, nil)
	if augurtest.At(t, engine, "model.liveVersion.engine.loaded") != true {
		t.Errorf("engine: %v", engine)
	}
}
