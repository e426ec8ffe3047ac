package client

import (
	"context"
	"time"

	"augur"
)

// APIKey is an API key without its text, which only its maker has seen.
type APIKey struct {
	ID      string        `json:"id"`
	Name    string        `json:"name"`
	Creator string        `json:"creator"`
	Scopes  []augur.Scope `json:"scopes"`
	// Models are patterns of the models it is for; empty means all.
	Models     []string   `json:"models"`
	CreatedAt  time.Time  `json:"createdAt"`
	ExpiresAt  *time.Time `json:"expiresAt"`
	RevokedAt  *time.Time `json:"revokedAt"`
	LastUsedAt *time.Time `json:"lastUsedAt"`
}

// State is good, expired or revoked.
func (k APIKey) State(now time.Time) string {
	switch {
	case k.RevokedAt != nil:
		return "revoked"
	case k.ExpiresAt != nil && !now.Before(*k.ExpiresAt):
		return "expired"
	default:
		return "good"
	}
}

// APIKeys lists every API key, the oldest first. The error is PermissionDenied
// for who is no admin.
func (c *Client) APIKeys(ctx context.Context) ([]APIKey, error) {
	const query = `query($after: Cursor) { apiKeys(first: 100, after: $after) { nodes { ` + keyFields + ` } pageInfo { hasNextPage endCursor } } }`
	all := []APIKey{}
	for variables := (map[string]any{}); ; {
		var page struct {
			APIKeys struct {
				Nodes    []APIKey
				PageInfo struct {
					HasNextPage bool
					EndCursor   *string
				}
			}
		}
		if err := c.Query(ctx, query, variables, &page); err != nil {
			return nil, err
		}
		all = append(all, page.APIKeys.Nodes...)
		if !page.APIKeys.PageInfo.HasNextPage {
			return all, nil
		}
		variables["after"] = page.APIKeys.PageInfo.EndCursor
	}
}
