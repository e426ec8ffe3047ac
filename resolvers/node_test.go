package resolvers_test

import (
	"slices"
	"testing"

	"augur/internal/augurtest"
	"augur/server"

	"github.com/google/go-cmp/cmp"
)

// TestNodes finds one object of each type that has an id for node.
func TestNodes(t *testing.T) {
	private := augurtest.WithConfig(func(c *server.Config) { c.Webhooks.Allow = []string{"127.0.0.0/8"} })
	onEach(t, func(t *testing.T, s *augurtest.Server) {
		prediction := predictRoadRisk(t, s, road, "")
		made := s.Query(t, `mutation($row: Row!, $prediction: ID!) {
			rolloutStart(input: {model: "road-risk", kind: SHADOW, candidates: [{version: "1.0.0"}]}) { rollout { id } userErrors { message } }
			webhookCreate(input: {url: "http://127.0.0.1:9/nobody"}) { webhook { id } userErrors { message } }
			apiKeyCreate(input: {name: "k", scopes: [READ]}) { apiKey { id } userErrors { message } }
			predictionJobSubmit(input: {model: "road-risk", data: {row: $row}}) { job { id } userErrors { message } }
			outcomeRecord(input: {predictionId: $prediction, outcome: 1}) { userErrors { message } }
		}`, map[string]any{"row": road, "prediction": prediction})
		webhook := augurtest.At(t, made, "webhookCreate.webhook.id")
		test := s.Query(t, `mutation($id: ID!) { webhookTest(input: {id: $id}) { delivery { id } } }`, map[string]any{"id": webhook})
		found := s.Query(t, `{ model(name: "road-risk") { id liveVersion { id } } __type(name: "Node") { possibleTypes { name } } }`, nil)
		ids := []any{
			augurtest.At(t, found, "model.id"), augurtest.At(t, found, "model.liveVersion.id"),
			prediction, augurtest.At(t, made, "rolloutStart.rollout.id"), augurtest.At(t, made, "predictionJobSubmit.job.id"), augurtest.At(t, made, "apiKeyCreate.apiKey.id"),
			webhook, augurtest.At(t, test, "webhookTest.delivery.id"),
		}
		var want, got []string
		for _, kind := range augurtest.At(t, found, "__type.possibleTypes").([]any) {
			want = append(want, kind.(map[string]any)["name"].(string))
		}
		nodes := s.Query(t, `query($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }`, map[string]any{"ids": ids})["nodes"].([]any)
		for i, n := range nodes {
			node, _ := n.(map[string]any)
			if node == nil || node["id"] != ids[i] {
				t.Errorf("%v: %v", ids[i], n)
				continue
			}
			got = append(got, node["__typename"].(string))
		}
		slices.Sort(want)
		slices.Sort(got)
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	}, augurtest.WithModels(), private)
}
