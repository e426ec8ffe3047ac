package client

import (
	"context"
	"encoding/json"
	"time"

	"augur"
)

// CollectedArtifact is an artifact that nothing needs.
type CollectedArtifact struct {
	Digest     augur.Digest `json:"digest"`
	Size       json.Number  `json:"size"`
	UploadedAt time.Time    `json:"uploadedAt"`
	// Versions are the deleted versions that it was of, as MODEL@VERSION.
	Versions []string `json:"versions"`
}

// CollectArtifacts removes, or in a dry run only lists, up to most artifacts
// that nothing needs; more says that there are others.
func (c *Client) CollectArtifacts(ctx context.Context, dryRun bool, most int) (artifacts []CollectedArtifact, more bool, err error) {
	const document = `mutation Collect($dryRun: Boolean!, $first: Int!) { artifactsCollect(dryRun: $dryRun, first: $first) {
  artifacts { digest size uploadedAt versions } hasMore userErrors { code message field } } }`
	var out struct {
		ArtifactsCollect struct {
			Artifacts  []CollectedArtifact
			HasMore    bool
			UserErrors []UserError
		}
	}
	if err := c.Mutate(ctx, document, map[string]any{"dryRun": dryRun, "first": most}, &out); err != nil {
		return nil, false, err
	}
	return out.ArtifactsCollect.Artifacts, out.ArtifactsCollect.HasMore, first(out.ArtifactsCollect.UserErrors)
}
