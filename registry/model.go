package registry

import (
	"context"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/model"
	"augur/ent/modelversion"
	"augur/ent/predicate"
	"augur/ent/schema"
	"augur/ent/tag"
)

// ModelCreate is a new model.
type ModelCreate struct {
	Name, Description, Owner string
	Tags                     []Tag
}

// ModelUpdate changes what is said of a model; nil stays as it is.
type ModelUpdate struct {
	ID string
	// IfRevision refuses the change when the model has another revision.
	IfRevision        *int
	Name, Description *string
	// Owner is removed by "".
	Owner *string
	// Tags are all its tags from then on.
	Tags *[]Tag
}

// ModelCreate registers a model, still without versions, and returns its id.
// The error is InvalidArgument, AlreadyExists when the name is taken, or
// PermissionDenied when the principal may not see models of that name.
func (r *Registry) ModelCreate(ctx context.Context, in ModelCreate) (id string, err error) {
	if err := in.check(ctx); err != nil {
		return "", err
	}
	err = r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		m, err := insertModel(ctx, tx, in)
		if err != nil {
			return nil, err
		}
		id = m.ID
		return &change{action: "modelCreate", subject: m.ID, model: m.Name, after: in.fields(), catalog: true}, nil
	})
	return id, err
}

func (in ModelCreate) check(ctx context.Context) error {
	return firstOf(
		checkName(ctx, in.Name),
		checkText(in.Description, maxText, "description"),
		checkText(in.Owner, 250, "owner"),
		checkTags(in.Tags),
	)
}

// fields are what the audit trail says of a new model.
func (in ModelCreate) fields() map[string]any {
	d := diff{}
	d.add("name", nil, in.Name)
	d.add("description", "", in.Description)
	d.add("owner", "", in.Owner)
	d.addTags(nil, in.Tags)
	return d.after
}

// checkName checks the form of a model's name and that the principal may use it:
// otherwise it would be told of names that it may not see.
func checkName(ctx context.Context, name string) error {
	if err := augur.CheckModelName(name); err != nil {
		return augur.AsError(err).At("name")
	}
	if p := augur.PrincipalFrom(ctx); p != nil && !p.Sees(name) {
		return augur.Errorf(augur.PermissionDenied, "your key is for other models than %q", name).At("name")
	}
	return nil
}

// insertModel writes a checked model. The error is AlreadyExists when the name is taken.
func insertModel(ctx context.Context, tx *ent.Tx, in ModelCreate) (*ent.Model, error) {
	if err := freeName(ctx, tx, in.Name); err != nil {
		return nil, err
	}
	create := tx.Model.Create().SetName(in.Name).SetDescription(in.Description)
	if in.Owner != "" {
		create.SetOwner(in.Owner)
	}
	m, err := create.Save(ctx)
	if ent.IsConstraintError(err) { // another got there between the two lines
		return nil, taken(in.Name)
	}
	if err != nil {
		return nil, err
	}
	return m, setTags(ctx, tx, in.Tags, func(t *ent.TagCreate) { t.SetModelID(m.ID) })
}

func freeName(ctx context.Context, tx *ent.Tx, name string) error {
	exists, err := tx.Model.Query().Where(model.Name(name)).Exist(ctx)
	if exists {
		return taken(name)
	}
	return err
}

func taken(name string) error {
	return augur.Errorf(augur.AlreadyExists, "there is a model %q already", name).At("name")
}

// lockModel finds one model and keeps others from changing it or its versions
// and aliases until the transaction ends. The error is NotFound without a field.
func lockModel(ctx context.Context, tx *ent.Tx, where predicate.Model) (*ent.Model, error) {
	m, err := tx.Model.Query().Where(where, locked).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, augur.Errorf(augur.NotFound, "no such model")
	}
	return m, err
}

// modelByID is lockModel with the error that mutations give.
func modelByID(ctx context.Context, tx *ent.Tx, id string) (*ent.Model, error) {
	m, err := lockModel(ctx, tx, model.ID(id))
	if augur.CodeOf(err) == augur.NotFound {
		return nil, augur.Errorf(augur.NotFound, "no model with the id %q", id).At("id")
	}
	return m, err
}

// modelByName is lockModel with the error that mutations give.
func (r *Registry) modelByName(ctx context.Context, tx *ent.Tx, name string) (*ent.Model, error) {
	m, err := lockModel(ctx, tx, model.Name(name))
	if augur.CodeOf(err) == augur.NotFound {
		return nil, r.catalog.current.Load().noModel(ctx, name)
	}
	return m, err
}

// ModelUpdate changes what is said of a model. A rename keeps its id. The error
// is NotFound, InvalidArgument, AlreadyExists for a name that is taken, or
// Aborted when the revision is another.
func (r *Registry) ModelUpdate(ctx context.Context, in ModelUpdate) error {
	if in.Name != nil {
		if err := checkName(ctx, *in.Name); err != nil {
			return err
		}
	}
	err := firstOf(checkText(deref(in.Description), maxText, "description"), checkText(deref(in.Owner), 250, "owner"))
	if err == nil && in.Tags != nil {
		err = checkTags(*in.Tags)
	}
	if err != nil {
		return err
	}
	return r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		m, err := modelByID(ctx, tx, in.ID)
		if err != nil {
			return nil, err
		}
		if err := checkRevision(in.IfRevision, m.Revision); err != nil {
			return nil, err
		}
		d, name := diff{}, m.Name
		update := m.Update().AddRevision(1)
		renamed := in.Name != nil && d.add("name", m.Name, *in.Name)
		if renamed {
			name = *in.Name
			if err := freeName(ctx, tx, name); err != nil {
				return nil, err
			}
			update.SetName(name)
		}
		if in.Description != nil && d.add("description", m.Description, *in.Description) {
			update.SetDescription(*in.Description)
		}
		if in.Owner != nil && d.add("owner", deref(m.Owner), *in.Owner) {
			if *in.Owner == "" {
				update.ClearOwner()
			} else {
				update.SetOwner(*in.Owner)
			}
		}
		if in.Tags != nil {
			if err := replaceTags(ctx, tx, &d, tag.ModelID(m.ID), *in.Tags, func(t *ent.TagCreate) { t.SetModelID(m.ID) }); err != nil {
				return nil, err
			}
		}
		if d.empty() {
			return nil, nil
		}
		if err := update.Exec(ctx); err != nil {
			if renamed && ent.IsConstraintError(err) {
				return nil, taken(name)
			}
			return nil, err
		}
		return &change{action: "modelUpdate", subject: m.ID, model: name, before: d.before, after: d.after, catalog: renamed}, nil
	})
}

func checkRevision(want *int, is int) error {
	if want != nil && *want != is {
		return augur.Errorf(augur.Aborted, "it was changed meanwhile: its revision is %d, not %d; read it again", is, *want).At("ifRevision")
	}
	return nil
}

// checkRevisions is checkRevision for writes that take nothing but an id, and
// at most one revision that it must have.
func checkRevisions(want []*int, is int) error {
	for _, w := range want {
		if err := checkRevision(w, is); err != nil {
			return err
		}
	}
	return nil
}

// ModelArchive hides a model from lists; it is still served. Doing it again
// changes nothing. The error is NotFound, or Aborted when its revision is not
// ifRevision.
func (r *Registry) ModelArchive(ctx context.Context, id string, ifRevision ...*int) error {
	return r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		m, err := modelByID(ctx, tx, id)
		if err == nil {
			err = checkRevisions(ifRevision, m.Revision)
		}
		if err != nil || m.ArchivedAt != nil {
			return nil, err
		}
		at := now()
		if err := m.Update().SetArchivedAt(at).AddRevision(1).Exec(ctx); err != nil {
			return nil, err
		}
		return &change{action: "modelArchive", subject: m.ID, model: m.Name, before: times("archivedAt", nil), after: times("archivedAt", &at)}, nil
	})
}

// ModelDelete deletes an archived model with its versions and stops serving
// them. The error is NotFound, FailedPrecondition when it is not archived or a
// rollout goes on, or Aborted when its revision is not ifRevision.
func (r *Registry) ModelDelete(ctx context.Context, id string, ifRevision ...*int) error {
	return r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		m, err := modelByID(ctx, tx, id)
		if err == nil {
			err = checkRevisions(ifRevision, m.Revision)
		}
		if err != nil {
			return nil, err
		}
		if m.ArchivedAt == nil {
			return nil, augur.Errorf(augur.FailedPrecondition, "the model %q is in use: archive it first", m.Name).At("id")
		}
		if err := noRollout(ctx, tx, m, "id"); err != nil {
			return nil, err
		}
		at := now() // the same on the versions, so that a restore knows which went with it
		if err := tx.ModelVersion.Update().Where(modelversion.ModelID(m.ID), modelversion.DeletedAtIsNil()).SetDeletedAt(at).Exec(ctx); err != nil {
			return nil, err
		}
		if err := m.Update().SetDeletedAt(at).AddRevision(1).Exec(ctx); err != nil {
			return nil, err
		}
		return &change{action: "modelDelete", subject: m.ID, model: m.Name, before: times("deletedAt", nil), after: times("deletedAt", &at), catalog: true}, nil
	})
}

// ModelRestore brings an archived or deleted model back, the latter with the
// versions that were deleted with it. The error is NotFound, AlreadyExists when
// another model has its name by now, FailedPrecondition when the artifact of one
// of those versions was collected, or Aborted when its revision is not
// ifRevision.
func (r *Registry) ModelRestore(ctx context.Context, id string, ifRevision ...*int) error {
	return r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		m, err := modelByID(schema.WithDeleted(ctx), tx, id)
		if err == nil {
			err = checkRevisions(ifRevision, m.Revision)
		}
		if err != nil || m.ArchivedAt == nil && m.DeletedAt == nil {
			return nil, err
		}
		if m.DeletedAt != nil {
			if err := freeName(ctx, tx, m.Name); err != nil {
				return nil, augur.Errorf(augur.AlreadyExists, "there is another model %q by now: rename that one first", m.Name).At("id")
			}
			with := modelversion.And(modelversion.ModelID(m.ID), modelversion.DeletedAt(*m.DeletedAt))
			versions, err := tx.ModelVersion.Query().Where(with).All(schema.WithDeleted(ctx))
			if err != nil {
				return nil, err
			}
			lost, err := r.haveArtifacts(ctx, tx, versions)
			if err != nil || len(lost) > 0 {
				return nil, collected(lost, err)
			}
			if err := tx.ModelVersion.Update().Where(with).ClearDeletedAt().Exec(ctx); err != nil {
				return nil, err
			}
		}
		if err := m.Update().ClearArchivedAt().ClearDeletedAt().AddRevision(1).Exec(ctx); err != nil {
			return nil, err
		}
		d := diff{}
		d.add("archivedAt", timeText(m.ArchivedAt), nil)
		d.add("deletedAt", timeText(m.DeletedAt), nil)
		return &change{action: "modelRestore", subject: m.ID, model: m.Name, before: d.before, after: d.after, catalog: m.DeletedAt != nil}, nil
	})
}

// times is one field of the audit trail that holds an instant or null.
func times(field string, at *time.Time) map[string]any { return map[string]any{field: timeText(at)} }

// timeText writes a time for the audit trail.
func timeText(at *time.Time) any {
	if at == nil {
		return nil
	}
	return at.UTC().Format(time.RFC3339Nano)
}
