package resolvers

import (
	"time"

	"augur"
	"augur/ent"
	"augur/graph"
)

// The page size that a connection has when none is asked for: ent/page.go.
const defaultPage = 20

// predictCost is what a prediction counts for, in fields.
const predictCost = 20

// servingCost is what reading serving figures counts for, in fields.
const servingCost = 5

// costs says what a field costs where it is more than one value and its
// children: a page costs its objects, a series its points, a prediction a run.
// The server's limit (graphql.max-complexity) is about these sums.
func costs(root *graph.ComplexityRoot) {
	root.Query.Models = func(child int, first *int, _ *ent.Cursor, last *int, _ *ent.Cursor, _ *ent.ModelWhereInput, _ []*ent.ModelOrder) int {
		return page(child, first, last)
	}
	root.Query.AuditEvents = func(child int, first *int, _ *ent.Cursor, last *int, _ *ent.Cursor, _ *ent.AuditEventWhereInput) int {
		return page(child, first, last)
	}
	root.Query.Webhooks = func(child int, first *int, _ *ent.Cursor, last *int, _ *ent.Cursor, _ *ent.WebhookWhereInput) int {
		return page(child, first, last)
	}
	root.Query.WebhookDeliveries = func(child int, first *int, _ *ent.Cursor, last *int, _ *ent.Cursor, _ *ent.WebhookDeliveryWhereInput) int {
		return page(child, first, last)
	}
	root.Query.PredictionJobs = func(child int, first *int, _ *ent.Cursor, last *int, _ *ent.Cursor, _ *ent.PredictionJobWhereInput) int {
		return page(child, first, last)
	}
	root.Query.Rollouts = func(child int, first *int, _ *ent.Cursor, last *int, _ *ent.Cursor, _ *ent.RolloutWhereInput) int {
		return page(child, first, last)
	}
	root.Model.Rollouts = func(child int, _ *ent.Cursor, first *int, _ *ent.Cursor, last *int, _ *ent.RolloutOrder, _ *ent.RolloutWhereInput) int {
		return page(child, first, last)
	}
	root.Rollout.Events = func(child int, _ *ent.Cursor, first *int, _ *ent.Cursor, last *int, _ *ent.RolloutEventOrder, _ *ent.RolloutEventWhereInput) int {
		return page(child, first, last)
	}
	root.Webhook.Deliveries = func(child int, _ *ent.Cursor, first *int, _ *ent.Cursor, last *int, _ *ent.WebhookDeliveryOrder, _ *ent.WebhookDeliveryWhereInput) int {
		return page(child, first, last)
	}
	root.Query.Predictions = func(child int, first *int, _ *ent.Cursor, last *int, _ *ent.Cursor, _, _ *string, _ *ent.PredictionRecordWhereInput) int {
		return page(child, first, last)
	}
	root.Query.MetricRanking = func(child int, _ string, first *int, _ *ent.Cursor, last *int, _ *ent.Cursor, _ *ent.ModelVersionWhereInput, _ ent.MetricSummaryOrder) int {
		return page(child, first, last)
	}
	root.VersionComparison.Serving = func(child int, _ time.Duration) int { return 10*servingCost + child }
	root.Query.Nodes = func(child int, ids []string) int { return 1 + child*len(ids) }
	root.Model.Versions = func(child int, _ *ent.Cursor, first *int, _ *ent.Cursor, last *int, _ []*ent.ModelVersionOrder, _ *ent.ModelVersionWhereInput) int {
		return page(child, first, last)
	}
	root.Model.AliasHistory = func(child int, _ *ent.Cursor, first *int, _ *ent.Cursor, last *int, _ *ent.AliasEventOrder, _ *ent.AliasEventWhereInput) int {
		return page(child, first, last)
	}
	root.ModelVersion.MetricPoints = func(child int, _ string, first *int, _ *ent.Cursor, last *int, _ *ent.Cursor) int {
		return page(child, first, last)
	}
	root.ModelVersion.MetricSeries = func(child int, _ []string, _, _ *time.Time, _ *graph.Axis, maxPoints *int) int {
		points := 500
		if maxPoints != nil {
			points = *maxPoints
		}
		return 1 + child + max(points, 0)/50 // columns are cheap
	}
	root.Model.Serving = func(child int, _ time.Duration) int { return servingCost + child }
	root.ModelVersion.Serving = func(child int, _ time.Duration) int { return servingCost + child }
	root.Query.Serving = func(child int, _ time.Duration) int { return servingCost + child }
	overTime := func(child int, _, _ *time.Time, maxPoints int) int { return servingCost + child + max(maxPoints, 0)/50 }
	root.Query.ServingSeries, root.Model.ServingSeries, root.ModelVersion.ServingSeries = overTime, overTime, overTime
	root.Mutation.Predict = func(child int, input graph.PredictInput) int { return predicted(child, input.Data) }
	root.Mutation.PredictBatch = func(child int, inputs []*graph.PredictInput) int {
		sum := 1
		for _, in := range inputs {
			sum = min(sum+predicted(child, in.Data), mostRows)
		}
		return sum
	}
	root.Model.Predict = func(child int, input graph.ModelPredictInput) int { return predicted(child, input.Data) }
	root.ModelVersion.Predict = func(child int, input graph.ModelPredictInput) int { return predicted(child, input.Data) }
}

func page(child int, first, last *int) int {
	n := defaultPage
	for _, asked := range []*int{first, last} {
		if asked != nil && *asked > 0 {
			n = *asked
		}
	}
	return 1 + child*n
}

// mostRows keeps sums of rows from overflowing; no limit allows as many.
const mostRows = 1 << 30

func predicted(child int, data *graph.PredictData) int {
	return child + predictCost + min(rowsOf(data), mostRows)
}

// rowsOf is how many rows a prediction has, by what its input says of itself.
func rowsOf(data *graph.PredictData) int {
	switch {
	case data == nil:
		return 1
	case len(data.Tensors) > 0 && len(data.Tensors[0].Shape) > 0 && data.Tensors[0].Data != nil:
		// A shape may claim what its data cannot hold; the engine says so.
		return max(min(data.Tensors[0].Shape[0], len(data.Tensors[0].Data.Text)), 1)
	case data.Columns != nil:
		rows, s := 0, augur.NewScanner(data.Columns)
		if s.Kind() == augur.JSONObject && s.OpenObject() { // columns are of one length
			s.Key()
			if s.Kind() == augur.JSONArray {
				for more := s.OpenArray(); more; more = s.NextElement() {
					s.Skip()
					rows++
				}
			}
		}
		return max(rows, 1)
	default:
		return max(len(data.Rows), 1)
	}
}
