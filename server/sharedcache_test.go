package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"augur"
	"augur/internal/augurtest"
	"augur/internal/redistest"
	"augur/server"
)

const roadRiskQuery = `mutation($rows: [Row!]!) { predict(input: {model: "road-risk", data: {rows: $rows}}) { prediction { values cache } } }`

var roadRiskRow = map[string]any{"rows": []json.RawMessage{json.RawMessage(
	`{"curvature":0.3,"lighting":"night","speed_limit":60,"num_lanes":2,"weather":"rainy","road_type":"urban","holiday":false,"num_reported_accidents":1}`)}}

// TestServersShareAnswers: what one server has computed, another knows, until
// Redis is gone; then it computes for itself and stays ready.
func TestServersShareAnswers(t *testing.T) {
	redis := redistest.Start(t)
	shared := augurtest.WithConfig(func(c *server.Config) { c.Inference.RedisURL = augur.Secret(redis.URL) })
	ask := func(s *augurtest.Server) (cache, values string) {
		t.Helper()
		data := s.Query(t, roadRiskQuery, roadRiskRow)
		text, err := json.Marshal(augurtest.At(t, data, "predict.prediction.values"))
		if err != nil {
			t.Fatal(err)
		}
		return augurtest.At(t, data, "predict.prediction.cache").(string), string(text)
	}
	first := augurtest.Start(t, shared)
	push(t, first, "road-risk", "v1.1.0")
	cache, want := ask(first)
	if cache != "MISS" {
		t.Errorf("first: %s", cache)
	}
	client := redis.Client(t)
	for until := time.Now().Add(10 * time.Second); client.DBSize(t.Context()).Val() == 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("the answer does not reach Redis")
		}
	}
	second := augurtest.Start(t, shared)
	push(t, second, "road-risk", "v1.1.0")
	if cache, got := ask(second); cache != "SHARED" || got != want {
		t.Errorf("second: %s %s, want SHARED %s", cache, got, want)
	}
	if r := second.Send(t, http.MethodGet, "/ready", nil, nil); r.Status != 200 || !strings.Contains(string(r.Body), `"shared cache":"ok"`) {
		t.Errorf("/ready: %d %s", r.Status, r.Body)
	}

	redis.Kill()
	third := augurtest.Start(t, shared)
	push(t, third, "road-risk", "v1.1.0")
	if cache, got := ask(third); cache != "MISS" || got != want {
		t.Errorf("without Redis: %s %s, want MISS %s", cache, got, want)
	}
	if r := third.Send(t, http.MethodGet, "/ready", nil, nil); r.Status != 200 || !strings.Contains(string(r.Body), "Redis does not answer") {
		t.Errorf("/ready without Redis: %d %s", r.Status, r.Body)
	}
}
