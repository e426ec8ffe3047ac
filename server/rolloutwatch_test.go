package server_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"augur/internal/augurtest"
	"augur/internal/storetest"
)

const watchRollout = `subscription($model: String!) { rolloutUpdated(model: $model) { id status step why arms { name weight } events { nodes { act } } } }`

// TestRolloutUpdated: whoever watches a model on one server is told where its
// rollout stands and of each move that is made on another, and then of the next
// rollout.
func TestRolloutUpdated(t *testing.T) {
	one, other := replicas(t, storetest.Postgres(t), augurtest.WithModels())
	if out := one.Query(t, `mutation { aliasSet(input: {model: "road-risk", alias: "live", version: "v1.0.0"}) { userErrors { message } } }`, nil); len(augurtest.At(t, out, "aliasSet.userErrors").([]any)) > 0 {
		t.Fatal(out)
	}
	start := func() string {
		t.Helper()
		out := one.Query(t, startRollout, map[string]any{"input": map[string]any{
			"model": "road-risk", "candidates": []any{map[string]any{"version": "v1.1.0"}}, "gates": []any{},
			"steps": []any{map[string]any{"weight": 10, "duration": "1h"}, map[string]any{"weight": 100, "duration": "1h"}},
		}})
		id, ok := augurtest.At(t, out, "rolloutStart.rollout.id").(string)
		if !ok {
			t.Fatal(out)
		}
		return id
	}
	e := listen(t, other, watchRollout, map[string]any{"model": "road-risk"})
	// until reads what comes until the rollout of that id has that status; what
	// its gates say may come in between.
	until := func(id, status string) map[string]any {
		t.Helper()
		for {
			got := augurtest.At(t, e.next(t), "data.rolloutUpdated").(map[string]any)
			if got["id"] == id && got["status"] == status {
				return got
			}
		}
	}
	id := start()
	if got := until(id, "RUNNING"); augurtest.At(t, got, "arms.1.weight") != 10.0 {
		t.Errorf("as it begins: %v", got)
	}
	ref := map[string]any{"id": id}
	one.Query(t, `mutation($id: ID!) { rolloutPause(input: {id: $id}) { rollout { id } } }`, ref)
	until(id, "PAUSED")
	one.Query(t, `mutation($id: ID!) { rolloutApprove(input: {id: $id}) { rollout { id } } }`, ref)
	if got := until(id, "RUNNING"); augurtest.At(t, got, "arms.1.weight") != 100.0 {
		t.Errorf("at the second step: %v", got)
	}
	one.Query(t, abortRollout, ref)
	until(id, "ROLLED_BACK")
	next := start()
	until(next, "RUNNING")
	// Who comes later is told at once where it stands.
	late := listen(t, one, watchRollout, map[string]any{"model": "road-risk"})
	if got := augurtest.At(t, late.next(t), "data.rolloutUpdated.id"); got != next {
		t.Errorf("a late subscriber is told of %v, want %s", got, next)
	}
	nobody := listen(t, one, watchRollout, map[string]any{"model": "nobody"})
	if got := augurtest.At(t, nobody.next(t), "errors.0.extensions.code"); got != "NOT_FOUND" {
		t.Errorf("of a model that is not: %v", got)
	}
}

// TestRolloutExamples runs the example operations about rollouts as they stand.
func TestRolloutExamples(t *testing.T) {
	s := augurtest.Start(t, augurtest.WithModels())
	s.Query(t, `mutation { aliasSet(input: {model: "road-risk", alias: "live", version: "v1.1.0"}) { userErrors { message } } }`, nil)
	base := filepath.Join(augurtest.Root(), "examples", "graphql")
	read := func(name string) []byte {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(base, name))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	var variables map[string]any
	if err := json.Unmarshal(read("14-rollout.json"), &variables); err != nil {
		t.Fatal(err)
	}
	started := s.Query(t, string(read("14-rollout.graphql")), variables)
	id := augurtest.At(t, started, "rolloutStart.rollout.id")
	if id == nil || augurtest.At(t, started, "rolloutStart.rollout.arms.1.weight") != 10.0 {
		t.Fatalf("%v", started)
	}
	all := s.Query(t, string(read("15-rollouts.graphql")), nil)
	if augurtest.At(t, all, "rollouts.nodes.0.id") != id || augurtest.At(t, all, "rollouts.nodes.0.events.nodes.0.act") != "STARTED" {
		t.Errorf("%v", all)
	}
}
