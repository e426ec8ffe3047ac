package registry

import (
	"context"
	"slices"

	"augur"
	"augur/ent"
	"augur/ent/artifact"
	"augur/ent/modelversion"
)

// CachePurge names answers that are to be forgotten.
type CachePurge struct {
	// Model is the model's name.
	Model string
	// Version is a version, an alias or latest; "" means all versions.
	Version string
}

// CachePurge writes down that the answers of a model or of one version are
// forgotten, and returns the digests of the artifacts that gave them, each once.
// The engine, which keeps the answers, forgets them. The error is NotFound.
func (r *Registry) CachePurge(ctx context.Context, in CachePurge) ([]augur.Digest, error) {
	var digests []string
	err := r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		m, err := r.modelByName(ctx, tx, in.Model)
		if err != nil {
			return nil, err
		}
		c := &change{action: "cachePurge", subject: m.ID, model: m.Name}
		which := readyVersion(m)
		if in.Version != "" {
			v, err := versionByRef(ctx, tx, m, in.Version)
			if err != nil {
				return nil, err
			}
			c.subject, c.after = v.ID, map[string]any{"version": v.Version}
			which = modelversion.ID(v.ID)
		}
		digests, err = tx.ModelVersion.Query().Where(which).QueryArtifact().Select(artifact.FieldDigest).Strings(ctx)
		return c, err
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(digests)
	out := []augur.Digest{}
	for _, d := range slices.Compact(digests) {
		out = append(out, augur.Digest(d))
	}
	return out, nil
}
