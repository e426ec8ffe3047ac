package resolvers

import (
	"context"

	"augur"
	"augur/graph"
	"augur/registry"
)

// registryChanged streams the changes that the principal may know of.
func (r *Resolver) registryChanged(ctx context.Context, model *string) (<-chan *augur.Event, error) {
	p := augur.PrincipalFrom(ctx)
	s := r.Registry.Subscribe(ctx, func(e *augur.Event) bool {
		return (model == nil || e.Model == *model) && e.VisibleTo(p)
	})
	return stream(ctx, s, func(e *augur.Event) (*augur.Event, bool, error) { return e, true, nil }), nil
}

// metricsAppended streams the new points of a version.
func (r *Resolver) metricsAppended(ctx context.Context, versionID string, names []string) (<-chan []*graph.MetricSeries, error) {
	// Whoever may not see the version is told so now, and not left waiting. The
	// subscription begins first: a point that is logged meanwhile is told of.
	s := r.Registry.Subscribe(ctx, func(e *augur.Event) bool {
		return e.SubjectID == versionID && registry.LogsMetrics(e)
	})
	v, err := load(ctx).versions.Load(ctx, versionID)
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, augur.Errorf(augur.NotFound, "there is no version with the id %q", versionID).At("versionId")
	}
	return stream(ctx, s, func(e *augur.Event) ([]*graph.MetricSeries, bool, error) {
		found, err := r.Registry.PointsOf(ctx, e, names)
		out := make([]*graph.MetricSeries, len(found))
		for i := range found {
			out[i] = metricSeries(&found[i])
		}
		return out, len(out) > 0, err
	}), nil
}

// stream turns the events of a subscription into what a client gets, until the
// client leaves, the server stops, the client is too slow, or each fails. The
// last two it tells the client as an error.
func stream[T any](ctx context.Context, s *registry.Subscription, each func(*augur.Event) (value T, wanted bool, err error)) <-chan T {
	out := make(chan T)
	go func() {
		defer close(out)
		for e := range s.Events() {
			value, wanted, err := each(&e)
			if err != nil {
				augur.EndWith(ctx, err)
				return
			}
			if !wanted {
				continue
			}
			select {
			case out <- value:
			case <-ctx.Done():
				return
			}
		}
		if s.Lagged() {
			augur.EndWith(ctx, augur.Errorf(augur.ResourceExhausted, "the client is too slow: more than 256 events were waiting for it; subscribe again, and read what was missed"))
		}
	}()
	return out
}

// metricSeries is a series as clients get it.
func metricSeries(s *registry.Series) *graph.MetricSeries {
	return &graph.MetricSeries{
		Name:        s.Name,
		Steps:       graph.Column{Ints: s.Steps},
		Times:       graph.Column{Ints: s.Times},
		Values:      graph.Column{Floats: s.Values},
		Count:       len(s.Values),
		SampledFrom: s.SampledFrom,
	}
}
