package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"augur/internal/augurtest"
	"augur/internal/storetest"
	"augur/store"
)

const (
	rolloutFields  = `rollout { id status step revision promoted pause arms { name weight modelVersion { version } } events { nodes { act principal why } } } userErrors { code message field }`
	startRollout   = `mutation($input: RolloutStartInput!) { rolloutStart(input: $input) { ` + rolloutFields + ` } }`
	promoteRollout = `mutation($id: ID!) { rolloutPromote(input: {id: $id, reason: "good"}) { ` + rolloutFields + ` } }`
	abortRollout   = `mutation($id: ID!) { rolloutAbort(input: {id: $id}) { ` + rolloutFields + ` } }`
	riskOf         = `mutation($row: Row!, $subject: String) { predict(input: {model: "road-risk", subject: $subject, data: {row: $row}, options: {cache: BYPASS}}) { prediction { modelVersion { version } route { reason ref rollout arm armReason } } userErrors { message } } }`
)

func riskRow() map[string]any {
	return map[string]any{"curvature": 0.15, "lighting": "dim", "speed_limit": 60, "num_lanes": 3, "weather": "clear", "road_type": "urban", "holiday": false, "num_reported_accidents": 0}
}

// TestCanary: subjects stay with their arms, a step moves nobody back, and
// promotion and abort say who answers from then on.
func TestCanary(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		s := augurtest.Start(t, augurtest.WithModels(), augurtest.WithDatabase(cfg.URL.Reveal()))
		live := augurtest.At(t, s.Query(t, `{ model(name: "road-risk") { version(ref: "live") { version } rollout { id } } }`, nil), "model.version.version")
		candidate := map[any]string{"v1.0.0": "v1.1.0", "v1.1.0": "v1.0.0"}[live]
		start := func(weight float64) map[string]any {
			t.Helper()
			return s.Query(t, startRollout, map[string]any{"input": map[string]any{
				"model": "road-risk", "candidates": []any{map[string]any{"version": candidate}},
				"steps": []any{map[string]any{"weight": weight, "duration": "1h"}, map[string]any{"weight": 100, "duration": "1h"}},
			}})
		}
		answers := func(n int) map[string]int {
			t.Helper()
			out := map[string]int{}
			for i := range n {
				subject := fmt.Sprintf("user-%d", i)
				for range 2 {
					r := augurtest.At(t, s.Query(t, riskOf, map[string]any{"row": riskRow(), "subject": subject}), "predict.prediction")
					out[fmt.Sprint(augurtest.At(t, r, "modelVersion.version"), " ", augurtest.At(t, r, "route.arm"), " ", augurtest.At(t, r, "route.armReason"))]++
				}
			}
			return out
		}

		started := start(50)
		id := augurtest.At(t, started, "rolloutStart.rollout.id")
		if w := augurtest.At(t, started, "rolloutStart.rollout.arms.1.weight"); w != 50.0 {
			t.Errorf("the candidate has %v percent: %v", w, started)
		}
		got := answers(60)
		base, cand := got[fmt.Sprint(live, " baseline SUBJECT")], got[candidate+" candidate SUBJECT"]
		if base+cand != 120 || base%2 != 0 || base < 30 || cand < 30 {
			t.Errorf("at 50 percent: %v", got)
		}
		// One rollout of a model at a time, and live stays where it is meanwhile.
		if again := start(10); augurtest.At(t, again, "rolloutStart.userErrors.0.code") != "FAILED_PRECONDITION" {
			t.Errorf("a second one: %v", again)
		}
		// A version that is asked for by name takes part in none.
		named := s.Query(t, `mutation($row: Row!) { predict(input: {model: "road-risk", version: "`+candidate+`", data: {row: $row}}) { prediction { route { reason rollout } } } }`, map[string]any{"row": riskRow()})
		if augurtest.At(t, named, "predict.prediction.route.reason") != "EXPLICIT" || augurtest.At(t, named, "predict.prediction.route.rollout") != "" {
			t.Errorf("%v", named)
		}

		aborted := s.Query(t, abortRollout, map[string]any{"id": id})
		if augurtest.At(t, aborted, "rolloutAbort.rollout.status") != "ROLLED_BACK" {
			t.Errorf("%v", aborted)
		}
		if got := answers(10); got[fmt.Sprint(live, "  <nil>")] != 20 {
			t.Errorf("after the abort: %v", got)
		}

		id = augurtest.At(t, start(10), "rolloutStart.rollout.id")
		promoted := s.Query(t, promoteRollout, map[string]any{"id": id})
		if augurtest.At(t, promoted, "rolloutPromote.rollout.promoted") != "candidate" || augurtest.At(t, promoted, "rolloutPromote.rollout.status") != "COMPLETED" {
			t.Errorf("%v", promoted)
		}
		if got := answers(10); got[candidate+"  <nil>"] != 20 {
			t.Errorf("after the promotion: %v", got)
		}
		all := s.Query(t, `{ rollouts { totalCount nodes { status events { nodes { act why } } } } model(name: "road-risk") { rollout { id } rollouts { totalCount } } }`, nil)
		// The conductor may have looked between the start and the promotion.
		events := augurtest.At(t, all, "rollouts.nodes.1.events.nodes").([]any)
		if augurtest.At(t, all, "rollouts.totalCount") != 2.0 || augurtest.At(t, events[len(events)-1], "act") != "PROMOTED" || augurtest.At(t, all, "model.rollout") != nil {
			t.Errorf("%v", all)
		}
	})
}

// TestCanaryByHeader: without a subject in the input the header X-User-ID says
// whom a prediction is for.
func TestCanaryByHeader(t *testing.T) {
	s := augurtest.Start(t, augurtest.WithModels())
	live := augurtest.At(t, s.Query(t, `{ model(name: "road-risk") { version(ref: "live") { version } } }`, nil), "model.version.version")
	candidate := map[any]string{"v1.0.0": "v1.1.0", "v1.1.0": "v1.0.0"}[live]
	started := s.Query(t, startRollout, map[string]any{"input": map[string]any{
		"model": "road-risk", "candidates": []any{map[string]any{"version": candidate}},
		"steps": []any{map[string]any{"weight": 50, "duration": "1h"}, map[string]any{"weight": 100, "duration": "1h"}},
	}})
	if augurtest.At(t, started, "rolloutStart.rollout.id") == nil {
		t.Fatalf("%v", started)
	}
	body, err := json.Marshal(map[string]any{"query": riskOf, "variables": map[string]any{"row": riskRow()}})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(user string) (arm, reason any) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+"/graphql", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-User-ID", user)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		var out map[string]any
		if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
			t.Fatal(err)
		}
		return augurtest.At(t, out, "data.predict.prediction.route.arm"), augurtest.At(t, out, "data.predict.prediction.route.armReason")
	}
	arms := map[any]int{}
	for i := range 40 {
		user := fmt.Sprintf("user-%d", i)
		first, why := ask(user)
		if again, _ := ask(user); why != "SUBJECT" || again != first {
			t.Errorf("%s: %v, then %v (%v)", user, first, again, why)
		}
		arms[first]++
	}
	if arms["baseline"] < 5 || arms["candidate"] < 5 {
		t.Errorf("%v", arms)
	}
	if _, why := ask(""); why != "DRAWN" {
		t.Errorf("without a user: %v", why)
	}
}
