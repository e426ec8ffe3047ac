package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"augur/internal/augurtest"
	"augur/internal/storetest"
	"augur/server"
	"augur/store"
)

// replicas starts two servers at once on one record and one directory of
// artifacts, both of which are empty at first.
func replicas(t *testing.T, cfg store.Config, options ...augurtest.Option) (one, other *augurtest.Server) {
	t.Helper()
	dir, servers := t.TempDir(), make([]*augurtest.Server, 2)
	var starting sync.WaitGroup
	for i := range servers {
		starting.Go(func() {
			servers[i] = augurtest.Start(t, append([]augurtest.Option{augurtest.WithDatabase(cfg.URL.Reveal()), func(c *server.Config) {
				c.Artifacts.Dir, c.Webhooks.Key = dir, "the same on every server"
			}}, options...)...)
		})
	}
	starting.Wait()
	if servers[0] == nil || servers[1] == nil {
		t.FailNow() // Start has said why
	}
	return servers[0], servers[1]
}

const (
	predictVersion = `mutation($rows: [Row!]!) { predict(input: {model: "road-risk", version: "champion", data: {rows: $rows}}) { prediction { values modelVersion { version } } userErrors { code } } }`
	predictLive    = `mutation($rows: [Row!]!) { predict(input: {model: "road-risk", data: {rows: $rows}, options: {cache: BYPASS}}) { prediction { values modelVersion { version } } userErrors { code } } }`
	moveChampion   = `mutation($version: String!) { aliasSet(input: {model: "road-risk", alias: "champion", version: $version}) { userErrors { code message } } }`
)

// TestReplicasSeeWrites: what is written on one server is what the other predicts
// with at once, in both directions.
func TestReplicasSeeWrites(t *testing.T) {
	one, other := replicas(t, storetest.Postgres(t))
	for _, version := range []string{"v1.0.0", "v1.1.0"} {
		push(t, one, "road-risk", version)
	}
	var took []time.Duration
	for i := range 20 {
		from, to := one, other
		if i%4 >= 2 {
			from, to = other, one
		}
		want := []string{"v1.0.0", "v1.1.0"}[i%2]
		if out := from.Query(t, moveChampion, map[string]any{"version": want}); len(augurtest.At(t, out, "aliasSet.userErrors").([]any)) > 0 {
			t.Fatal(out)
		}
		begin := time.Now()
		for {
			out := to.Query(t, predictVersion, roadRiskRow)
			if p := augurtest.At(t, out, "predict.prediction"); p != nil && augurtest.At(t, p, "modelVersion.version") == want {
				break
			}
			if time.Since(begin) > wait {
				t.Fatalf("move %d is not seen: %v", i, out)
			}
		}
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	t.Logf("a write on one server is seen by predictions on the other after %v (median), %v (longest)", took[len(took)/2], took[len(took)-1])
	if took[len(took)/2] > 500*time.Millisecond {
		t.Errorf("seen after %v, want at most 500 ms", took)
	}
}

// outage is a predictor that goes on all the time and notes what goes wrong.
type outage struct {
	answered atomic.Int64
	mu       sync.Mutex // guards wrong
	wrong    []string
}

func (o *outage) predict(t *testing.T, s *augurtest.Server, stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(5 * time.Millisecond):
		}
		r := s.Do(t, predictLive, roadRiskRow)
		if p, ok := r.Data["predict"].(map[string]any); ok && len(r.Errors) == 0 && p["prediction"] != nil {
			o.answered.Add(1)
			continue
		}
		o.mu.Lock()
		o.wrong = append(o.wrong, string(r.Body))
		o.mu.Unlock()
	}
}

// TestPostgresRestarts in the middle of traffic: predictions of loaded versions
// go on, writes and reads fail with a code that says to try again, and all of it
// recovers by itself: writes, what one server tells the other, and jobs.
func TestPostgresRestarts(t *testing.T) {
	postgres := storetest.StartServer(t)
	one, other := replicas(t, postgres.Config)
	push(t, one, "road-risk", "v1.1.0")
	servers := []*augurtest.Server{one, other}
	for _, s := range servers { // loaded
		for begin := time.Now(); ; {
			if p, ok := s.Do(t, roadRiskQuery, roadRiskRow).Data["predict"].(map[string]any); ok && p["prediction"] != nil {
				break
			}
			if time.Since(begin) > wait {
				t.Fatal("the model is not seen")
			}
		}
	}
	changes := listen(t, other, changed, map[string]any{"model": "after"})
	var o outage
	var running sync.WaitGroup
	stop := make(chan struct{})
	for _, s := range servers {
		running.Go(func() { o.predict(t, s, stop) })
	}
	create := func(s *augurtest.Server, name string) *augurtest.Response {
		return s.Do(t, `mutation($name: String!) { modelCreate(input: {name: $name}) { model { id } userErrors { code message } } }`, map[string]any{"name": name})
	}
	for round := range 2 {
		postgres.Kill()
		before := o.answered.Load()
		for _, s := range servers {
			for i := range 3 {
				for what, r := range map[string]*augurtest.Response{"write": create(s, fmt.Sprintf("lost-%d-%d", round, i)), "read": s.Do(t, `{ models { totalCount } }`, nil)} {
					if len(r.Errors) != 1 || r.Errors[0].Code() != "UNAVAILABLE" || r.Errors[0].Extensions["retryable"] != true || r.Errors[0].Extensions["retryAfterMs"] == nil {
						t.Errorf("%s without PostgreSQL: %s", what, r.Body)
					}
				}
			}
			// A load balancer must not take every server out of service.
			if r := s.Send(t, http.MethodGet, "/ready", nil, nil); r.Status != http.StatusOK || !strings.Contains(string(r.Body), `"database":"the database does not answer"`) {
				t.Errorf("/ready without PostgreSQL: %d %s", r.Status, r.Body)
			}
		}
		for begin := time.Now(); o.answered.Load() < before+50; time.Sleep(10 * time.Millisecond) {
			if time.Since(begin) > wait {
				t.Fatal("predictions do not go on without PostgreSQL")
			}
		}
		postgres.Run(t)
		for i, s := range servers {
			for begin := time.Now(); ; time.Sleep(50 * time.Millisecond) {
				r := create(s, fmt.Sprintf("kept-%d-%d", round, i))
				if len(r.Errors) == 0 && len(augurtest.At(t, r.Data, "modelCreate.userErrors").([]any)) == 0 {
					break
				}
				if time.Since(begin) > wait {
					t.Fatalf("writes do not recover: %s", r.Body)
				}
			}
		}
	}
	close(stop)
	running.Wait()
	if len(o.wrong) > 0 {
		t.Errorf("%d of %d predictions failed: %s", len(o.wrong), o.answered.Load(), o.wrong[0])
	}
	if r := create(one, "after"); len(r.Errors) > 0 {
		t.Fatalf("%s", r.Body)
	}
	if got := augurtest.At(t, changes.next(t), "data.registryChanged.action"); got != "modelCreate" {
		t.Errorf("the other server tells of %v", got)
	}
	text, _ := json.Marshal(other.Query(t, `{ models { nodes { name } } }`, nil))
	for _, name := range []string{"kept-0-0", "kept-0-1", "kept-1-0", "kept-1-1", "after"} {
		if !slices.Contains(names(t, text), name) {
			t.Errorf("%s is missing in %s", name, text)
		}
	}
}

func names(t *testing.T, data []byte) (out []string) {
	t.Helper()
	var v struct {
		Models struct{ Nodes []struct{ Name string } }
	}
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	for _, n := range v.Models.Nodes {
		out = append(out, n.Name)
	}
	return out
}
