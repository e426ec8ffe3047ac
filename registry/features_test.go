package registry

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"augur"
	"augur/onnxfile"

	"github.com/google/go-cmp/cmp"
)

// example reads the report of an example model and what its metadata.json declares.
func example(t *testing.T, version string) (report *augur.ProbeReport, inputs, outputs []declared) {
	t.Helper()
	dir := filepath.Join("..", "examples", "models", version)
	f, closer, err := onnxfile.Open(filepath.Join(dir, "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = closer.Close() }()
	b, err := os.ReadFile(filepath.Join(dir, "metadata.json"))
	if err != nil {
		t.Fatal(err)
	}
	var m struct{ Inputs, Outputs []declared }
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return f.Report(), m.Inputs, m.Outputs
}

func f64(v float64) *float64 { return &v }
func ref[T any](v T) *T      { return &v }

func TestFeaturesOfExamples(t *testing.T) {
	scalar := func(name, input string, column int, dtype augur.DType) augur.Feature {
		return augur.Feature{Name: name, Input: input, Column: column, DType: dtype, Shape: []augur.Dim{}, Required: true}
	}
	cm := func(name string, column int) augur.Feature {
		f := scalar(name, "float_input", column, augur.Float32)
		f.Unit = "cm"
		return f
	}
	for version, want := range map[string][]augur.Feature{
		"iris-random-forest/v1.0.0": {cm("sepal_length", 0), cm("sepal_width", 1), cm("petal_length", 2), cm("petal_width", 3)},
		"digits-mlp/v1.0.0": {{
			Name: "pixels", Input: "pixels", Column: augur.Whole, DType: augur.Float32, Shape: []augur.Dim{{Size: 64}},
			Required: true, Range: &augur.Range{Min: f64(0), Max: f64(1)},
		}},
	} {
		report, inputs, outputs := example(t, version)
		s, err := signatureOf(report, inputs, outputs, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, s.Features); d != "" {
			t.Errorf("%s: (-want +got)\n%s", version, d)
		}
	}

	report, inputs, outputs := example(t, "road-risk/v1.1.0")
	s, err := signatureOf(report, inputs, outputs, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	curvature := scalar("curvature", "curvature", augur.Whole, augur.Float32)
	curvature.Range, curvature.Description = &augur.Range{Min: f64(0), Max: f64(1)}, "road curvature, 0 straight .. 1 sharpest"
	lighting := scalar("lighting", "lighting", augur.Whole, augur.String)
	lighting.OneOf = []any{"day", "night", "dim"}
	speed := scalar("speed_limit", "speed_limit", augur.Whole, augur.Int64)
	speed.Range, speed.Unit = &augur.Range{Min: f64(5), Max: f64(130)}, "mph"
	if d := cmp.Diff([]augur.Feature{curvature, lighting, speed}, s.Features[:3]); d != "" {
		t.Errorf("road-risk: (-want +got)\n%s", d)
	}
	if len(s.Features) != 8 {
		t.Errorf("road-risk has %d features", len(s.Features))
	}

	// The file alone says the ranges and allowed values too.
	alone, err := signatureOf(report, nil, nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := alone.Features[1].OneOf; !slices.Equal(got, []any{"day", "night", "dim"}) {
		t.Errorf("one_of from the file: %v", got)
	}
	if alone.Features[2].Range == nil || *alone.Features[2].Range.Max != 130 {
		t.Errorf("range from the file: %v", alone.Features[2].Range)
	}

	report, inputs, outputs = example(t, "iris-random-forest/v1.0.0")
	s, err = signatureOf(report, inputs, outputs, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Output("output_probability").Classes; !slices.Equal(got, []string{"setosa", "versicolor", "virginica"}) {
		t.Errorf("classes %v", got)
	}
	if report.Signature.Outputs[1].Classes != nil {
		t.Error("the report was changed")
	}
}

// threeInputs has a scalar number, a matrix of three columns and a vector of
// unknown width, and an output with two columns.
func threeInputs() *augur.ProbeReport {
	tensor := func(name string, dtype augur.DType, dims ...int64) augur.Spec {
		spec := augur.Spec{Name: name, Type: augur.Type{Kind: augur.KindTensor, DType: dtype, Shape: []augur.Dim{}}}
		for _, d := range dims {
			spec.Type.Shape = append(spec.Type.Shape, augur.Dim{Size: d})
		}
		return spec
	}
	return &augur.ProbeReport{Signature: &augur.Signature{
		Inputs:  []augur.Spec{tensor("n", augur.Int8, -1), tensor("m", augur.Float32, -1, 3), tensor("v", augur.Uint64, -1, -1), tensor("threshold", augur.Float32)},
		Outputs: []augur.Spec{tensor("p", augur.Float32, -1, 2), tensor("label", augur.Int64, -1)},
	}}
}

func TestFeatureInputs(t *testing.T) {
	s, err := signatureOf(threeInputs(), nil, nil, []FeatureInput{
		{Name: "n", OneOf: []any{int64(1), float64(2), int64(1)}, Range: &augur.Range{Min: f64(0)}, Default: int64(2)},
		{Name: "c", Input: "m", Column: ref(2), Unit: "kg"},
		{Name: "a", Input: "m", Column: ref(0), Required: ref(false)},
		{Name: "b", Input: "m", Column: ref(1)},
		{Name: "big", Input: "v", OneOf: []any{uint64(1<<63 + 1), int64(7)}},
	}, map[string][]string{"p": {"no", "yes"}, "label": {"no", "yes", "perhaps"}})
	if err != nil {
		t.Fatal(err)
	}
	feature := func(name, input string, column int, dtype augur.DType) augur.Feature {
		return augur.Feature{Name: name, Input: input, Column: column, DType: dtype, Shape: []augur.Dim{}, Required: true}
	}
	n := feature("n", "n", augur.Whole, augur.Int8)
	n.OneOf, n.Default, n.Required, n.Range = []any{int64(1), int64(2)}, int64(2), false, &augur.Range{Min: f64(0)}
	a, b, c := feature("a", "m", 0, augur.Float32), feature("b", "m", 1, augur.Float32), feature("c", "m", 2, augur.Float32)
	a.Required, c.Unit = false, "kg"
	big := feature("big", "v", augur.Whole, augur.Uint64)
	big.OneOf, big.Shape = []any{uint64(1<<63 + 1), int64(7)}, []augur.Dim{{Size: -1}}
	// threshold has no first dimension: rows cannot give it.
	if d := cmp.Diff([]augur.Feature{n, a, b, c, big}, s.Features); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	// The record keeps the Go types.
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back augur.Signature
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(*s, back); d != "" {
		t.Errorf("after a round trip: (-want +got)\n%s", d)
	}
}

func TestFeatureInputsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		in    []FeatureInput
		field string
		text  string
	}{
		"no such input":         {[]FeatureInput{{Name: "x"}}, "features.0.name", "the file has n, m, v, threshold"},
		"no such other input":   {[]FeatureInput{{Name: "x", Input: "y"}}, "features.0.input", "no input \"y\""},
		"scalar input":          {[]FeatureInput{{Name: "threshold"}}, "features.0.input", "tensors only"},
		"column beyond":         {[]FeatureInput{{Name: "x", Input: "m", Column: ref(3)}}, "features.0.column", "no column 3"},
		"column of a vector":    {[]FeatureInput{{Name: "x", Input: "n", Column: ref(0)}}, "features.0.column", "no column 0"},
		"columns left out":      {[]FeatureInput{{Name: "x", Input: "m", Column: ref(1)}}, "features", "column 0"},
		"last column left out":  {[]FeatureInput{{Name: "x", Input: "m", Column: ref(0)}, {Name: "y", Input: "m", Column: ref(1)}}, "features", "column 2"},
		"same name twice":       {[]FeatureInput{{Name: "n", Input: "v"}}, "features", "two features"},
		"empty name":            {[]FeatureInput{{Input: "n"}}, "features.0.name", "name"},
		"least above most":      {[]FeatureInput{{Name: "n"}, {Name: "n", Range: &augur.Range{Min: f64(2), Max: f64(1)}}}, "features.1.max", "above"},
		"one of another type":   {[]FeatureInput{{Name: "n", OneOf: []any{int64(1), "two"}}}, "features.0.oneOf.1", `expected int8, got "two"`},
		"one of too large":      {[]FeatureInput{{Name: "n", OneOf: []any{int64(128)}}}, "features.0.oneOf.0", "expected int8, got 128"},
		"one of not whole":      {[]FeatureInput{{Name: "n", OneOf: []any{1.5}}}, "features.0.oneOf.0", "got 1.5"},
		"one of outside":        {[]FeatureInput{{Name: "n", OneOf: []any{int64(5)}, Range: &augur.Range{Max: f64(4)}}}, "features.0.oneOf.0", "outside the range at most 4"},
		"one of nothing":        {[]FeatureInput{{Name: "n", OneOf: []any{}}}, "features.0.oneOf", "empty"},
		"negative unsigned":     {[]FeatureInput{{Name: "v", OneOf: []any{int64(-1)}}}, "features.0.oneOf.0", "expected uint64"},
		"default outside":       {[]FeatureInput{{Name: "n", Default: int64(9), Range: &augur.Range{Max: f64(4)}}}, "features.0.default", "outside"},
		"default not allowed":   {[]FeatureInput{{Name: "n", Default: int64(9), OneOf: []any{int64(4)}}}, "features.0.default", "none of the allowed"},
		"default of a vector":   {[]FeatureInput{{Name: "m", Default: int64(9)}}, "features.0.default", "expected a list of 3, got 9"},
		"default vector length": {[]FeatureInput{{Name: "m", Default: []any{1.0, 2.0}}}, "features.0.default", "expected a list of 3"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := signatureOf(threeInputs(), nil, nil, c.in, nil)
			wantError(t, err, augur.InvalidArgument, strings.Split(c.field, ".")...)
			if err != nil && !strings.Contains(err.Error(), c.text) {
				t.Errorf("message %q, want %q", err, c.text)
			}
		})
	}
	_, err := signatureOf(threeInputs(), nil, nil, nil, map[string][]string{"p": {"one"}})
	wantError(t, err, augur.InvalidArgument, "classes")
	_, err = signatureOf(threeInputs(), nil, nil, nil, map[string][]string{"q": {"one"}})
	wantError(t, err, augur.InvalidArgument, "classes")
}

func TestDeclaredRefused(t *testing.T) {
	for name, c := range map[string]struct{ inputs, outputs, text string }{
		"no such input":       {`[{"name":"x"}]`, `[]`, `no input "x"`},
		"no such output":      {`[]`, `[{"name":"x"}]`, `no output "x"`},
		"another type":        {`[{"name":"n","dtype":"int64"}]`, `[]`, "declared as int64, but is int8[?]"},
		"another shape":       {`[{"name":"m","shape":[-1,4]}]`, `[]`, "declared with the shape [-1 4]"},
		"another rank":        {`[{"name":"m","shape":[3]}]`, `[]`, "declared with the shape [3]"},
		"too few columns":     {`[{"name":"m","columns":["a","b"]}]`, `[]`, "2 names of columns"},
		"range of a flag":     {`[{"name":"n","range":[3,2]}]`, `[]`, `input "n": the least, 3, is above the most, 2`},
		"one of a wrong type": {`[{"name":"n","one_of":["day"]}]`, `[]`, `input "n": expected int8, got "day"`},
		"too few classes":     {`[]`, `[{"name":"p","classes":["a"]}]`, "2 columns, not 1 classes"},
	} {
		t.Run(name, func(t *testing.T) {
			var inputs, outputs []declared
			if err := json.Unmarshal([]byte(c.inputs), &inputs); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(c.outputs), &outputs); err != nil {
				t.Fatal(err)
			}
			_, err := signatureOf(threeInputs(), inputs, outputs, nil, nil)
			wantError(t, err, augur.InvalidArgument)
			if err != nil && !strings.Contains(err.Error(), c.text) {
				t.Errorf("message %q, want %q", err, c.text)
			}
		})
	}
	report := threeInputs()
	report.Metadata = map[string]string{"inputs": `{"of": "another tool"}`}
	if _, err := signatureOf(report, nil, nil, nil, nil); err != nil {
		t.Errorf("a property that is not ours: %v", err)
	}
}

func TestColumnName(t *testing.T) {
	for in, want := range map[string][2]string{
		"sepal length (cm)": {"sepal_length", "cm"},
		"Temp [°C]":         {"temp", "°C"},
		"alcohol":           {"alcohol", ""},
		"od280/od315":       {"od280_od315", ""},
		"(x)":               {"x", ""},
		" größe ":           {"größe", ""},
		"--":                {"", ""},
	} {
		if name, unit := columnName(in); name != want[0] || unit != want[1] {
			t.Errorf("%q: %q, %q, want %q", in, name, unit, want)
		}
	}
}
