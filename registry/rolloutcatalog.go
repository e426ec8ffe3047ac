package registry

import (
	"context"
	"slices"

	"augur"
	"augur/ent"
	entrollout "augur/ent/rollout"
)

// Rollouts lists the rollouts that go on. It is inference.Catalog's.
func (c *Catalog) Rollouts() []*augur.LiveRollout { return c.current.Load().rollouts }

// readRollouts reads the rollouts that go on. One that has not changed stays the
// same pointer, and so does the plan of one that has.
func (s *snapshot) readRollouts(ctx context.Context, tx *ent.Tx, last *snapshot) error {
	rows, err := tx.Rollout.Query().Where(entrollout.EndedAtIsNil()).Order(ent.Asc(entrollout.FieldID)).
		Select(entrollout.FieldID, entrollout.FieldModelID, entrollout.FieldPlan, entrollout.FieldStatus, entrollout.FieldStep,
			entrollout.FieldSince, entrollout.FieldQuietSince, entrollout.FieldPause, entrollout.FieldPromoted).All(ctx)
	if err != nil {
		return err
	}
	for _, row := range rows {
		l := &augur.LiveRollout{ID: row.ID, ModelID: row.ModelID, Plan: row.Plan, State: StateOf(row)}
		for _, arm := range l.Plan.Arms {
			if v := s.versions[arm.VersionID]; v != nil {
				l.Versions = append(l.Versions, v.CatalogVersion)
			}
		}
		if len(l.Versions) < len(l.Plan.Arms) {
			continue // of a model that is deleted
		}
		if at := slices.IndexFunc(last.rollouts, func(o *augur.LiveRollout) bool { return o.ID == l.ID }); at >= 0 {
			old := last.rollouts[at]
			l.Plan = old.Plan
			if old.State == l.State && slices.Equal(old.Versions, l.Versions) {
				l = old
			}
		}
		s.rollouts = append(s.rollouts, l)
	}
	return nil
}

// notAnArm refuses with FailedPrecondition while a version takes part in a rollout.
func notAnArm(ctx context.Context, tx *ent.Tx, m *ent.Model, v *ent.ModelVersion) error {
	row, err := tx.Rollout.Query().Where(entrollout.ModelID(m.ID), entrollout.EndedAtIsNil()).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil
	case err != nil:
		return err
	}
	if at := slices.IndexFunc(row.Plan.Arms, func(a augur.Arm) bool { return a.VersionID == v.ID }); at >= 0 {
		return augur.Errorf(augur.FailedPrecondition, "%s %s is the arm %q of the rollout %s: promote another arm or abort it first", m.Name, v.Version, row.Plan.Arms[at].Name, row.ID).At("id")
	}
	return nil
}
