package server

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/prometheus/client_golang/prometheus"
)

// operations counts and times answers of GraphQL, where HTTP's status says
// little: an answer with errors in it is mostly a 200.
type operations struct {
	total   *prometheus.CounterVec
	seconds *prometheus.HistogramVec
}

var (
	_ graphql.HandlerExtension    = operations{}
	_ graphql.ResponseInterceptor = operations{}
)

func newOperations(reg prometheus.Registerer) (operations, error) {
	o := operations{
		total: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "augur_graphql_responses_total",
			Help: "Answers of GraphQL, by kind of operation (query, mutation, subscription: one for each event; none: it was refused) and code: OK, or that of the first error.",
		}, []string{"operation", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "augur_graphql_response_seconds",
			Help:    "How long answers of GraphQL took to make, by kind of operation; of a subscription, from when its event was there.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"operation"}),
	}
	for _, c := range []prometheus.Collector{o.total, o.seconds} {
		if err := reg.Register(c); err != nil {
			return o, err
		}
	}
	return o, nil
}

// ExtensionName of graphql.HandlerExtension.
func (operations) ExtensionName() string { return "Operations" }

// Validate accepts every schema.
func (operations) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptResponse counts an answer.
func (o operations) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	began := time.Now()
	resp := next(ctx)
	if resp == nil { // a subscription has ended
		return nil
	}
	kind, code := "none", "OK"
	if op := graphql.GetOperationContext(ctx); op != nil && op.Operation != nil {
		kind = string(op.Operation.Operation)
	}
	if len(resp.Errors) > 0 {
		// The codes are those of augur.Code and a few of GraphQL itself: a closed list.
		code, _ = resp.Errors[0].Extensions["code"].(string)
	}
	o.total.WithLabelValues(kind, code).Inc()
	o.seconds.WithLabelValues(kind).Observe(time.Since(began).Seconds())
	return resp
}
