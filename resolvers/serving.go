package resolvers

import (
	"context"
	"slices"
	"strings"

	"augur"
	"augur/ent"
	"augur/ent/servingpolicy"
	"augur/graph"
	"augur/registry"

	"github.com/99designs/gqlgen/graphql"
)

// policies finds what is set of models and of versions, by the id of either;
// nil where nothing is, or may be seen.
func (l Loaders) policies(ctx context.Context, ids []string) ([]*ent.ServingPolicy, []error) {
	rows, err := l.Reader.ServingPolicy.Query().Where(servingpolicy.Or(
		servingpolicy.VersionIDIn(ids...),
		servingpolicy.And(servingpolicy.ModelIDIn(ids...), servingpolicy.VersionIDIsNil()),
	)).All(ctx)
	if err != nil {
		return nil, []error{err}
	}
	byID := make(map[string]*ent.ServingPolicy, len(rows))
	for _, p := range rows {
		if p.VersionID != nil {
			byID[*p.VersionID] = p
		} else {
			byID[p.ModelID] = p
		}
	}
	return arrange(ids, byID), nil
}

// modelPolicy shows what a model sets.
func (r *Resolver) modelPolicy(ctx context.Context, m *ent.Model) (*graph.ServingPolicy, error) {
	own, err := load(ctx).policies.Load(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	return &graph.ServingPolicy{ServingPolicy: registry.ServingOf(own, nil), FromModel: registry.ServingSet(own), FromVersion: []string{}, Revision: revisionOf(own)}, nil
}

// versionPolicy shows how a version is served, and whence.
func (r *Resolver) versionPolicy(ctx context.Context, v *ent.ModelVersion) (*graph.ServingPolicy, error) {
	both, err := load(ctx).policies.LoadAll(ctx, []string{v.ModelID, v.ID})
	if err != nil {
		return nil, err
	}
	model, own := both[0], both[1]
	out := &graph.ServingPolicy{ServingPolicy: registry.ServingOf(model, own), FromModel: []string{}, FromVersion: registry.ServingSet(own), Revision: revisionOf(own)}
	for _, name := range registry.ServingSet(model) {
		if !slices.Contains(out.FromVersion, name) {
			out.FromModel = append(out.FromModel, name)
		}
	}
	if out.Cache == nil {
		out.Cache = &v.Deterministic
	}
	return out, nil
}

// revisionOf is 0 for a policy that has never set anything.
func revisionOf(p *ent.ServingPolicy) int {
	if p == nil {
		return 0
	}
	return p.Revision
}

// servingUpdate turns the input of a mutation into what registry takes: the
// settings that are given, each with its value or null.
func servingUpdate(in graph.ModelServingUpdateInput) registry.ServingUpdate {
	out := registry.ServingUpdate{Model: in.Model, Version: deref(in.Version), IfRevision: in.IfRevision}
	p, given := &out.Policy, &out.Fields
	give(in.Cache, "cache", &p.Cache, given)
	give(in.CacheTTL, "cacheTtl", &p.CacheTTL, given)
	give(in.Threads, "threads", &p.Threads, given)
	give(in.Instances, "instances", &p.Instances, given)
	give(in.MaxBatchRows, "maxBatchRows", &p.MaxBatchRows, given)
	give(in.MaxQueue, "maxQueue", &p.MaxQueue, given)
	give(in.Timeout, "timeout", &p.Timeout, given)
	give(in.MaxRows, "maxRows", &p.MaxRows, given)
	give(in.MaxBytes, "maxBytes", &p.MaxBytes, given)
	give(in.BreakerFailures, "breakerFailures", &p.BreakerFailures, given)
	give(in.BreakerDelay, "breakerDelay", &p.BreakerDelay, given)
	give(in.LogSuccesses, "logSuccesses", &p.LogSuccesses, given)
	give(in.LogInputShare, "logInputShare", &p.LogInputShare, given)
	if names, set := in.LogRedact.ValueOK(); set {
		if names != nil {
			lines := strings.Join(names, "\n")
			p.LogRedact = &lines
		}
		*given = append(*given, "logRedact")
	}
	give(in.Fallback, "fallback", &p.Fallback, given)
	return out
}

// give notes a setting that is not left out.
func give[T any](in graphql.Omittable[*T], name string, into **T, given *[]string) {
	if v, set := in.ValueOK(); set {
		*into, *given = v, append(*given, name)
	}
}

// servingUpdated reads what a mutation changed.
func (r *Resolver) servingUpdated(ctx context.Context, updated registry.ServingUpdated) (*graph.ModelServingUpdatePayload, error) {
	out := &graph.ModelServingUpdatePayload{UserErrors: []*augur.Error{}}
	// A mutation before this one may have loaded what it was then.
	load(ctx).policies.Clear(updated.ModelID)
	var err error
	if out.Model, err = r.modelByID(ctx, updated.ModelID); err != nil || updated.VersionID == "" {
		return out, err
	}
	load(ctx).policies.Clear(updated.VersionID)
	out.ModelVersion, err = r.versionByID(ctx, updated.VersionID)
	return out, err
}

// purge forgets the cached answers of artifacts.
func (r *Resolver) purge(digests []augur.Digest) (forgotten int) {
	for _, digest := range digests {
		forgotten += r.Engine.Purge(digest)
	}
	return forgotten
}
