package registry

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"augur"
)

const examples = "../examples/models"

func TestReadFolder(t *testing.T) {
	f, err := ReadFolder(filepath.Join(examples, "iris-random-forest", "v1.0.0"))
	if err != nil {
		t.Fatal(err)
	}
	if f.Model != "iris-random-forest" || f.Version != "v1.0.0" || f.Framework != "scikit-learn 1.2.1" || f.Lineage.DatasetName != "iris (150 rows)" {
		t.Errorf("%+v", f)
	}
	var columns []string
	for i, c := range f.Features {
		columns = append(columns, c.Name+" "+c.Unit)
		if c.Input != "float_input" || c.Column == nil || *c.Column != i {
			t.Errorf("feature %d: %+v", i, c)
		}
	}
	if want := []string{"sepal_length cm", "sepal_width cm", "petal_length cm", "petal_width cm"}; !slices.Equal(columns, want) {
		t.Errorf("features %q, want %q", columns, want)
	}
	if want := map[string][]string{"output_probability": {"setosa", "versicolor", "virginica"}}; !reflect.DeepEqual(f.Classes, want) {
		t.Errorf("classes %v, want %v", f.Classes, want)
	}
	var kept []string
	for key := range f.Metadata {
		kept = append(kept, key)
	}
	slices.Sort(kept)
	if want := []string{"algorithm", "created_at", "dataset", "licence", "task", "trained_with"}; !slices.Equal(kept, want) {
		t.Errorf("metadata %q, want %q", kept, want)
	}
	// Seven rows of history and the final metrics, three metrics each.
	if len(f.Points) != 24 {
		t.Errorf("%d points", len(f.Points))
	}
	points, err := checkPoints(f.Points, now())
	if err != nil || len(points) != 21 {
		t.Errorf("%d points without the repetition of the last, %v", len(points), err)
	}
	if p := points[len(points)-1]; p != (MetricPoint{Name: "val_log_loss", Step: 40, Value: 0.13458770751724083, At: day}) {
		t.Errorf("the last point: %+v", p)
	}

	f, err = ReadFolder(filepath.Join(examples, "road-risk", "v1.1.0"))
	if err != nil {
		t.Fatal(err)
	}
	if c := f.Features[2]; c.Name != "speed_limit" || c.Column != nil || *c.Range.Min != 5 || *c.Range.Max != 130 || c.Unit != "mph" || !*c.Required {
		t.Errorf("speed_limit: %+v", c)
	}
	if c := f.Features[1]; !reflect.DeepEqual(c.OneOf, []any{"day", "night", "dim"}) {
		t.Errorf("lighting: %+v", c)
	}
}

// folder writes MODEL/VERSION with a model.onnx and that metadata.json.
func folder(t testing.TB, dir, version, metadata string) string {
	t.Helper()
	path := filepath.Join(dir, version)
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(path, "model.onnx"), "model")
	if metadata != "" {
		writeFile(t, filepath.Join(path, "metadata.json"), metadata)
	}
	return path
}

func writeFile(t testing.TB, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestReadFolderForms(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "m")
	read := func(version, metadata string) *Folder {
		t.Helper()
		f, err := ReadFolder(folder(t, dir, version, metadata))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	if f := read("0.0.1", ""); f.Metadata == nil || len(f.Metadata) != 0 || f.Points != nil {
		t.Errorf("without metadata.json: %+v", f)
	}
	f := read("1.0.0", `{
  "framework": "pytorch", "description": "# card", "owner": "risk team", "author": "ann", "run_id": "r1", "git_commit": "abc",
  "dataset": {"name": "d", "digest": "sha256:1"}, "tags": {"b": "2", "a": ""}, "big": 9007199254740993,
  "history": [{"loss": NaN, "at": "2026-02-03T04:05:06Z"}, {"loss": -Infinity, "epoch": 7}, {"loss": 1, "note": null}],
  "metrics": {"f1": 0.5, "text": "NaN"}, "note": "NaN, \"Infinity\" and -Infinity stay in text"}`)
	if f.Framework != "pytorch" || f.Description != "# card" || f.Owner != "risk team" ||
		f.Lineage != (Lineage{RunID: "r1", GitCommit: "abc", DatasetName: "d", DatasetDigest: "sha256:1", Author: "ann"}) ||
		!slices.Equal(f.Tags, []Tag{{"a", ""}, {"b", "2"}}) {
		t.Errorf("%+v", f)
	}
	if f.Metadata["big"] != json.Number("9007199254740993") || f.Metadata["note"] != `NaN, "Infinity" and -Infinity stay in text` || f.Metadata["history"] != nil {
		t.Errorf("metadata %v", f.Metadata)
	}
	if len(f.Points) != 5 {
		t.Fatalf("points %+v", f.Points)
	}
	if p := f.Points[0]; p.Step != 1 || !math.IsNaN(p.Value) || !p.At.Equal(time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)) {
		t.Errorf("a row without a step and with a time: %+v", p)
	}
	if p := f.Points[1]; p.Step != 7 || !math.IsInf(p.Value, -1) {
		t.Errorf("a row with an epoch: %+v", p)
	}
	if p := f.Points[3]; p.Name != "f1" || p.Step != 7 {
		t.Errorf("final metrics without a step: %+v", p)
	}
	if f = read("1.0.1", `{"tags": ["x", "y"], "dataset": "iris"}`); len(f.Tags) != 2 || f.Tags[1].Key != "y" || f.Lineage.DatasetName != "iris" {
		t.Errorf("%+v", f)
	}
}

func TestReadFolderRefuses(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "m")
	for name, c := range map[string]struct{ metadata, want string }{
		"not JSON":      {`{"a":`, "metadata.json: unexpected"},
		"null":          {`null`, "expected an object"},
		"list":          {`[]`, "metadata.json: "},
		"other model":   {`{"name": "n"}`, `of the model "n"`},
		"other version": {`{"version": "2.0.0"}`, `of the version "2.0.0"`},
		"other file":    {`{"model_file": "../../secret"}`, "expected model.onnx"},
		"sha256":        {`{"sha256": "xyz"}`, "expected 64"},
		"range":         {`{"inputs": [{"name": "a", "range": [1]}]}`, "range"},
		"step":          {`{"history": [{"step": 1.5, "loss": 1}]}`, "history[0].step: expected a 64-bit integer"},
		"value":         {`{"history": [{"loss": 1}, {"loss": "low"}]}`, `history[1].loss: expected a number, got "low"`},
		"at":            {`{"metrics": {"loss": 1, "at": "today"}}`, "metrics.at: expected a time"},
		"tags":          {`{"tags": 7}`, "tags: expected an object"},
		"created_at":    {`{"created_at": "yesterday"}`, "metadata.json: "},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadFolder(folder(t, dir, "1.0.0", c.metadata))
			wantError(t, err, augur.InvalidArgument)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	_, err := ReadFolder(folder(t, dir, "one", ""))
	wantError(t, err, augur.InvalidArgument)
	_, err = ReadFolder(folder(t, filepath.Join(t.TempDir(), "No Name"), "1.0.0", ""))
	wantError(t, err, augur.InvalidArgument)
	_, err = ReadFolder(filepath.Join(dir, "9.9.9"))
	wantError(t, err, augur.NotFound)
	if err := os.MkdirAll(filepath.Join(dir, "3.0.0", "model.onnx"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err = ReadFolder(filepath.Join(dir, "3.0.0"))
	wantError(t, err, augur.InvalidArgument)
}

// FuzzMetadata reads any metadata.json without a panic, and JSON without bare
// words as it is.
func FuzzMetadata(f *testing.F) {
	f.Add([]byte(`{"history": [{"loss": NaN, "step": 1}], "inputs": [{"name": "a", "columns": ["x (cm)"], "one_of": [1, -Infinity]}]}`))
	f.Add([]byte(`{"a\"": "NaN\\", "tags": {"k": "v"}, "dataset": {"name": 3}, "metrics": {"x": 1e999}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if json.Valid(b) && string(quoteBare(b)) != string(b) {
			t.Errorf("%q became %q", b, quoteBare(b))
		}
		m, err := parseMetadata(quoteBare(b))
		if err != nil {
			return
		}
		folder := &Folder{Model: "m", Version: "1.0.0"}
		if folder.take(m) != nil {
			return
		}
		if _, err := pointsOfFile(m.History, m.Metrics, day); err != nil && augur.CodeOf(err) != augur.InvalidArgument {
			t.Error(err)
		}
	})
}
