package server

import (
	"context"
	"io"
	"net/http"

	"augur"
	"augur/resolvers"
	"augur/telemetry"
)

// StartWith starts a server that has nothing but a predictor behind /graphql.
func StartWith(ctx context.Context, cfg Config, logs io.Writer, p augur.Predictor) (*Server, error) {
	s, err := New(cfg, Deps{Logs: logs, Version: "test"})
	if err != nil {
		return nil, err
	}
	s.started = true
	tracing, err := telemetry.NewTracing(ctx, telemetry.TraceConfig{}, s.log)
	if err != nil {
		return nil, err
	}
	if err := s.listen(ctx, tracing); err != nil {
		return nil, err
	}
	graphQL, err := newGraphQL(s.stopping, cfg.GraphQL, nil, nil, resolvers.Deps{Predictor: p}, tracing, s.metrics.Registerer(), s.log)
	if err != nil {
		return nil, err
	}
	h := s.routes(nil, graphQL, http.NotFoundHandler(), &artifacts{log: s.log}, nil)
	s.handler.Store(&h)
	return s, nil
}
