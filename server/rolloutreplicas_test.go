package server_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"augur/internal/augurtest"
	"augur/internal/storetest"
	"augur/rollout"
)

// armOf predicts for a subject and returns the arm that answered, "" without a rollout.
func armOf(t *testing.T, s *augurtest.Server, subject string) any {
	t.Helper()
	out := s.Query(t, riskOf, map[string]any{"row": riskRow(), "subject": subject})
	p := augurtest.At(t, out, "predict.prediction")
	if p == nil {
		t.Fatal(out)
	}
	return augurtest.At(t, p, "route.arm")
}

// until asks until what is asked for is so, and returns how long that took.
func until(t *testing.T, what string, is func() bool) time.Duration {
	t.Helper()
	begin := time.Now()
	for !is() {
		if time.Since(begin) > wait {
			t.Fatalf("%s: not after %v", what, wait)
		}
		time.Sleep(5 * time.Millisecond)
	}
	return time.Since(begin)
}

// TestRolloutOnTwoServers: both send the same subjects to the same arms, obey
// what is done on the other, and the gates read the figures of both.
func TestRolloutOnTwoServers(t *testing.T) {
	one, other := replicas(t, storetest.Postgres(t), augurtest.WithModels())
	if out := one.Query(t, `mutation { aliasSet(input: {model: "road-risk", alias: "live", version: "v1.0.0"}) { userErrors { message } } }`, nil); len(augurtest.At(t, out, "aliasSet.userErrors").([]any)) > 0 {
		t.Fatal(out)
	}
	// enough is how many answers of each arm the gate wants. Each server gives
	// fewer, and both together exactly as many.
	const enough, each = 80, 40
	started := one.Query(t, startRollout, map[string]any{"input": map[string]any{
		"model": "road-risk", "candidates": []any{map[string]any{"version": "v1.1.0"}}, "quiet": "HOLD",
		"steps": []any{map[string]any{"weight": 50, "duration": "1s"}, map[string]any{"weight": 100, "duration": "1h"}},
		"gates": []any{map[string]any{"measure": "ERROR_RATE", "limit": 0.5, "minRequests": enough}},
	}})
	if augurtest.At(t, started, "rolloutStart.rollout") == nil {
		t.Fatal(started)
	}
	id := augurtest.At(t, started, "rolloutStart.rollout.id").(string)
	// Subjects of the candidate, found on paper: asking would count.
	var subjects []string
	for i := 0; len(subjects) < enough; i++ {
		if s := fmt.Sprintf("user-%d", i); rollout.Bucket(id, s) < 5000 {
			subjects = append(subjects, s)
		}
	}
	status := func() (step, counted any) {
		out := one.Query(t, `{ model(name: "road-risk") { rollout { step evidence { candidateCount } } } }`, nil)
		if list := augurtest.At(t, out, "model.rollout.evidence").([]any); len(list) > 0 {
			counted = augurtest.At(t, list[0], "candidateCount")
		}
		return augurtest.At(t, out, "model.rollout.step"), counted
	}
	for _, s := range subjects[:each] {
		if arm := armOf(t, one, s); arm != "candidate" {
			t.Fatalf("%s went to %v", s, arm)
		}
	}
	until(t, "the figures of one server are seen", func() bool { _, n := status(); return fmt.Sprint(n) == strconv.Itoa(each) })
	if step, _ := status(); step != 0.0 {
		t.Fatalf("step %v after the figures of one server", step)
	}
	for _, s := range subjects[each:] {
		if arm := armOf(t, other, s); arm != "candidate" {
			t.Fatalf("%s went to %v on the other server", s, arm)
		}
	}
	until(t, "the figures of both move it", func() bool { step, _ := status(); return step == 1.0 })
	for _, s := range []*augurtest.Server{one, other} {
		took := until(t, "all traffic is the candidate's", func() bool {
			for i := range 20 {
				if armOf(t, s, fmt.Sprintf("late-%d", i)) != "candidate" {
					return false
				}
			}
			return true
		})
		t.Logf("the second step is obeyed after %v", took)
	}
	// What a person does on one server the other does too.
	other.Query(t, abortRollout, map[string]any{"id": id})
	back := until(t, "the baseline answers", func() bool { return armOf(t, one, "user-0") == "" })
	t.Logf("the abort is obeyed after %v", back)
}
