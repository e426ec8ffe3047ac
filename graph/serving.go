package graph

import "augur/ent"

// ServingPolicy is a policy as the schema shows it. Its settings are bound to
// the policy itself.
type ServingPolicy struct {
	*ent.ServingPolicy
	// FromModel and FromVersion name the settings that each sets.
	FromModel, FromVersion []string
	// Revision is that of the policy which a write would change.
	Revision int
}
