package resolvers

import (
	"augur/graph"
	"augur/registry"
)

func webhookUpdate(in graph.WebhookUpdateInput) registry.WebhookUpdate {
	out := registry.WebhookUpdate{
		ID: in.ID, IfRevision: in.IfRevision, URL: in.URL, Description: in.Description, Enabled: in.Enabled, NewSecret: in.NewSecret,
	}
	if in.Events != nil {
		out.Events = &in.Events
	}
	if in.Models != nil {
		out.Models = &in.Models
	}
	return out
}

// orNil is nil for "".
func orNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
