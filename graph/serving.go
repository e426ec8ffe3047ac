package graph

import (
	"strings"

	"augur/ent"
)

// ServingPolicy is a policy as the schema shows it. Its settings are bound to
// the policy itself.
type ServingPolicy struct {
	*ent.ServingPolicy
	// FromModel and FromVersion name the settings that each sets.
	FromModel, FromVersion []string
	// Revision is that of the policy which a write would change.
	Revision int
}

// LogRedact lists the names whose values are not kept, nil where nothing is set.
func (p *ServingPolicy) LogRedact() []string {
	switch names := p.ServingPolicy.LogRedact; {
	case names == nil:
		return nil
	case *names == "":
		return []string{}
	default:
		return strings.Split(*names, "\n")
	}
}
