package registry

import (
	"context"

	"augur/ent"
)

// Change is what a write of another room says of itself, for the audit trail and
// for webhooks.
type Change struct {
	// Action is what happened, as in predictionJobSubmit.
	Action string
	// Subject is the id of what was changed, and Model the name of its model.
	Subject, Model string
	Before, After  map[string]any
}

// Write runs a change of what another room owns (jobs: PredictionJob) in one
// transaction with its row in the audit trail. fn returns nil for what needs
// none. It may run more than once.
func (r *Registry) Write(ctx context.Context, fn func(ctx context.Context, tx *ent.Tx) (*Change, error)) error {
	return r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		c, err := fn(ctx, tx)
		if c == nil || err != nil {
			return nil, err
		}
		return &change{action: c.Action, subject: c.Subject, model: c.Model, before: c.Before, after: c.After}, nil
	})
}
