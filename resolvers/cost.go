package resolvers

import (
	"time"

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
	root.ModelVersion.ServingSeries = func(child int, _, _ *time.Time, maxPoints int) int {
		return servingCost + child + max(maxPoints, 0)/50
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

func predicted(child int, data *graph.PredictData) int {
	rows := 1
	if data != nil {
		rows += len(data.Rows)
	}
	return child + predictCost + rows
}
