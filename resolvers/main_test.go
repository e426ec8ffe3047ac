package resolvers_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"augur/internal/augurtest"
	"augur/internal/storetest"
	"augur/server"
	"augur/store"
)

func TestMain(m *testing.M) { augurtest.Main(m) }

// onEach runs test against a server on each database.
func onEach(t *testing.T, test func(t *testing.T, s *augurtest.Server), options ...augurtest.Option) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		onDatabase := augurtest.WithConfig(func(c *server.Config) { c.Database.URL = cfg.URL })
		test(t, augurtest.Start(t, append([]augurtest.Option{onDatabase}, options...)...))
	})
}

// example reads an operation of examples/graphql and its variables.
func example(t *testing.T, name string) (query string, variables map[string]any) {
	t.Helper()
	base := filepath.Join(augurtest.Root(), "examples", "graphql", name)
	text, err := os.ReadFile(base + ".graphql")
	if err != nil {
		t.Fatal(err)
	}
	if vars, err := os.ReadFile(base + ".json"); err == nil {
		if err := json.Unmarshal(vars, &variables); err != nil {
			t.Fatal(err)
		}
	}
	return string(text), variables
}

// register makes a model, when there is none of the name, and a version from a file.
func register(t *testing.T, s *augurtest.Server, model, version string, file []byte) {
	t.Helper()
	digest := augurtest.Upload(t, s, file)
	data := s.Query(t, `mutation($m: String!, $v: String!, $d: String!) {
		modelCreate(input: {name: $m}) { userErrors { code message field } }
		modelVersionCreate(input: {model: $m, version: $v, digest: $d}) { modelVersion { id } userErrors { code message field } }
	}`, map[string]any{"m": model, "v": version, "d": digest})
	if augurtest.At(t, data, "modelVersionCreate.modelVersion") == nil {
		t.Fatalf("register %s %s: %v", model, version, data)
	}
}

// mistake is one userError, in short.
func mistake(t *testing.T, v any) string {
	t.Helper()
	e, ok := v.(map[string]any)
	if !ok {
		t.Fatalf("no userError: %v", v)
	}
	var path []string
	field, _ := e["field"].([]any)
	for _, part := range field {
		path = append(path, fmt.Sprint(part))
	}
	return fmt.Sprintf("%s %s: %s", e["code"], strings.Join(path, "."), e["message"])
}

var road = map[string]any{
	"curvature": 0.3, "lighting": "night", "speed_limit": 60, "num_lanes": 2,
	"weather": "rainy", "road_type": "urban", "holiday": false, "num_reported_accidents": 1,
}

// with returns a copy of a row with changes; a nil value takes the feature away.
func with(row map[string]any, changes map[string]any) map[string]any {
	out := map[string]any{}
	for name, value := range row {
		out[name] = value
	}
	for name, value := range changes {
		if value == nil {
			delete(out, name)
		} else {
			out[name] = value
		}
	}
	return out
}
