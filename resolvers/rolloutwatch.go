package resolvers

import (
	"context"
	"strings"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/model"
	"augur/ent/rollout"
)

// rolloutLook is how often a rollout that somebody watches is looked at. Its
// moves are told at once; what its gates say in between makes no event.
const rolloutLook = time.Second

// rolloutUpdated streams the newest rollout of a model, until the client leaves
// or the server stops. A rename of the model does not end it.
func (r *Resolver) rolloutUpdated(ctx context.Context, name string) (<-chan *ent.Rollout, error) {
	m, err := r.Reader.Model.Query().Where(model.Name(name)).Only(ctx)
	if ent.IsNotFound(err) {
		err = augur.Errorf(augur.NotFound, "model %q: there is none of that name", name).At("model")
	}
	if err != nil {
		return nil, err
	}
	// The subscription begins before the first look: a move in between is seen.
	s := r.Registry.Subscribe(ctx, func(e *augur.Event) bool {
		return strings.HasPrefix(e.Action, "rollout") && strings.HasPrefix(e.SubjectID, augur.RolloutID)
	})
	newest := func() (*ent.Rollout, error) {
		row, err := r.Reader.Rollout.Query().Where(rollout.ModelID(m.ID)).Order(ent.Desc(rollout.FieldCreatedAt, rollout.FieldID)).First(ctx)
		return row, ent.MaskNotFound(err)
	}
	row, err := newest()
	if err != nil {
		return nil, err
	}
	out := make(chan *ent.Rollout)
	go func() {
		defer close(out)
		look := time.NewTicker(rolloutLook)
		defer look.Stop()
		for told := (*ent.Rollout)(nil); ; {
			if row != nil && (told == nil || told.ID != row.ID || !told.UpdatedAt.Equal(row.UpdatedAt)) {
				select {
				case out <- row:
					told = row
				case <-ctx.Done():
					return
				}
			}
			select {
			case <-look.C:
			case _, open := <-s.Events():
				if !open {
					return // the client has left, or the server stops
				}
			}
			var err error
			if row, err = newest(); err != nil {
				augur.EndWith(ctx, err)
				return
			}
		}
	}()
	return out, nil
}
