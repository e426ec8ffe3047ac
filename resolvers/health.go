package resolvers

import (
	"context"
	"maps"
	"slices"

	"augur/graph"
)

// health shows the state of the server and its backends.
func (r *Resolver) health(ctx context.Context) *graph.ServerHealth {
	h := r.Deps.Health(ctx)
	out := &graph.ServerHealth{Ready: h.Ready, Missing: []string{}, Failed: []string{}, Backends: []*graph.BackendHealth{}}
	out.Missing = append(out.Missing, h.Missing...)
	for _, version := range slices.Sorted(maps.Keys(h.Failed)) {
		out.Failed = append(out.Failed, version+": "+h.Failed[version])
	}
	for _, b := range h.Backends {
		state := &graph.BackendHealth{Name: b.Name, Up: b.Up, Required: b.Required}
		if !b.Up {
			state.Problem = &b.Problem
		}
		out.Backends = append(out.Backends, state)
	}
	return out
}
