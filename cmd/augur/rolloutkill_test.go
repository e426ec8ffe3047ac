package main

import (
	"path/filepath"
	"testing"
	"time"

	"augur/client"
	"augur/internal/augurtest"
	"augur/internal/storetest"
)

// TestKilledConductorIsReplaced kills, with SIGKILL, the server that decides
// about a rollout; another on the same PostgreSQL takes it to its end.
func TestKilledConductorIsReplaced(t *testing.T) {
	database := storetest.Postgres(t)
	dir := t.TempDir()
	start := func(name string) (*daemon, *client.Client) {
		d := startDaemon(t.Fatalf, augurCommand(t), dir, []string{"AUGUR_ONNXRUNTIME_LIB=" + library(t)},
			"--database.url", database.URL.Reveal(), "--data.dir", filepath.Join(dir, name), "--artifacts.dir", filepath.Join(dir, "artifacts"), "--webhooks.key", "the same on every server",
			"--import.dir", filepath.Join(augurtest.Root(), "examples", "models"))
		t.Cleanup(d.kill)
		c, err := client.New(client.Config{URL: d.url})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		return d, c
	}
	type state struct {
		Model struct {
			Rollouts struct {
				Nodes []struct {
					Status    string
					DecidedAt *string
				}
			}
		}
	}
	look := func(c *client.Client) (s state) {
		t.Helper()
		if err := c.Query(t.Context(), `{ model(name: "road-risk") { rollouts { nodes { status decidedAt } } } }`, nil, &s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	leader, first := start("first")
	var out any
	if err := first.Mutate(t.Context(), `mutation { aliasSet(input: {model: "road-risk", alias: "live", version: "v1.0.0"}) { userErrors { message } } }`, nil, &out); err != nil {
		t.Fatal(err)
	}
	if _, err := first.Change(t.Context(), "rolloutStart", map[string]any{
		"model": "road-risk", "candidates": []any{map[string]any{"version": "v1.1.0"}}, "gates": []any{},
		"steps": []any{map[string]any{"weight": 10, "duration": "15s"}, map[string]any{"weight": 100}},
	}); err != nil {
		t.Fatal(err)
	}
	wait := func(what string, c *client.Client, is func(state) bool) {
		t.Helper()
		for begin := time.Now(); !is(look(c)); time.Sleep(50 * time.Millisecond) {
			if time.Since(begin) > time.Minute {
				t.Fatalf("%s: not after a minute: %+v", what, look(c))
			}
		}
	}
	wait("the only server decides", first, func(s state) bool { return s.Model.Rollouts.Nodes[0].DecidedAt != nil })
	_, second := start("second")
	if got := look(second).Model.Rollouts.Nodes[0].Status; got != "RUNNING" {
		t.Fatalf("it is %s before the kill: the machine is too slow to tell who ended it", got)
	}
	leader.kill()
	killed := time.Now()
	wait("the second server ends it", second, func(s state) bool { return s.Model.Rollouts.Nodes[0].Status == "COMPLETED" })
	t.Logf("completed %v after the kill", time.Since(killed))
	if err := second.Query(t.Context(), `{ model(name: "road-risk") { liveVersion { version } } }`, nil, &out); err != nil {
		t.Fatal(err)
	}
	if v := augurtest.At(t, out.(map[string]any), "model.liveVersion.version"); v != "v1.1.0" {
		t.Errorf("live is %v", v)
	}
}
