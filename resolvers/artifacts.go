package resolvers

import (
	"augur/graph"
	"augur/registry"
)

func collected(in []registry.Garbage) []*graph.CollectedArtifact {
	out := make([]*graph.CollectedArtifact, len(in))
	for i, g := range in {
		out[i] = &graph.CollectedArtifact{Digest: string(g.Digest), Size: g.Size, UploadedAt: g.UploadedAt.UTC(), Versions: g.Versions}
	}
	return out
}
