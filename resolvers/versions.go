package resolvers

import (
	"context"
	"strconv"

	"augur"
	"augur/ent"
	"augur/ent/model"
	"augur/ent/modelversion"

	"golang.org/x/sync/errgroup"
)

// modelName returns the name of a model that may have been selected without it.
func (r *Resolver) modelName(ctx context.Context, m *ent.Model) (string, error) {
	if m.Name != "" {
		return m.Name, nil
	}
	return r.Reader.Model.Query().Where(model.ID(m.ID)).Select(model.FieldName).String(ctx)
}

// versionByRef finds the version of a model that a ref names, nil when there is
// none. The catalog in memory knows every READY version, so that N models cost
// one statement for all their rows; the record is asked for the others.
func (r *Resolver) versionByRef(ctx context.Context, m *ent.Model, ref string) (*ent.ModelVersion, error) {
	name, err := r.modelName(ctx, m)
	if err != nil {
		return nil, err
	}
	if v, _, err := r.Registry.Catalog().Resolve(ctx, name, ref); err == nil {
		return load(ctx).versions.Load(ctx, v.ID)
	}
	if semver, err := augur.ParseSemver(ref); err == nil {
		v, err := r.Reader.ModelVersion.Query().
			Where(modelversion.ModelID(m.ID), modelversion.Semver(semver.String())).Only(ctx)
		return v, ent.MaskNotFound(err)
	}
	return nil, nil // an alias that points nowhere, or no READY version
}

// modelByID re-reads a model that a mutation wrote,
func (r *Resolver) modelByID(ctx context.Context, id string) (*ent.Model, error) {
	return r.Reader.Model.Get(ctx, id)
}

// modelByName finds a model, nil when there is none.
func (r *Resolver) modelByName(ctx context.Context, name string) (*ent.Model, error) {
	m, err := r.Reader.Model.Query().Where(model.Name(name)).Only(ctx)
	return m, ent.MaskNotFound(err)
}

// versionByID re-reads a version that a mutation wrote.
func (r *Resolver) versionByID(ctx context.Context, id string) (*ent.ModelVersion, error) {
	return r.Reader.ModelVersion.Get(ctx, id)
}

// versionsByID finds versions in the order of their ids; each must be there.
func (r *Resolver) versionsByID(ctx context.Context, ids []string) ([]*ent.ModelVersion, error) {
	versions, err := load(ctx).versions.LoadAll(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i, v := range versions {
		if v == nil {
			return nil, augur.Errorf(augur.NotFound, "no version has the id %q", ids[i]).At("ids", strconv.Itoa(i))
		}
	}
	return versions, nil
}

// node finds the object with an id, whose prefix says what it is; nil when
// there is none.
func (r *Resolver) node(ctx context.Context, id string) (ent.Noder, error) {
	switch kind, _ := augur.IDKind(id); kind {
	case augur.ModelID:
		m, err := load(ctx).models.Load(ctx, id)
		if m == nil || err != nil {
			return nil, err // not m: an interface that holds a nil pointer is not nil
		}
		return m, nil
	case augur.VersionID:
		v, err := load(ctx).versions.Load(ctx, id)
		if v == nil || err != nil {
			return nil, err
		}
		return v, nil
	case augur.PredictionID:
		p, err := load(ctx).records.Load(ctx, id)
		if p == nil || err != nil {
			return nil, err
		}
		return p, nil
	case augur.JobID:
		j, err := r.jobByID(ctx, id)
		if j == nil || err != nil {
			return nil, err
		}
		return j, nil
	case augur.RolloutID:
		o, err := r.Reader.Rollout.Get(ctx, id)
		if o == nil || err != nil {
			return nil, ent.MaskNotFound(err)
		}
		return o, nil
	case augur.WebhookID:
		w, err := r.Reader.Webhook.Get(ctx, id)
		if w == nil || err != nil {
			return nil, ent.MaskNotFound(err)
		}
		return w, nil
	case augur.KeyID:
		k, err := r.Reader.APIKey.Get(ctx, id)
		if k == nil || err != nil {
			return nil, ent.MaskNotFound(err)
		}
		return k, nil
	case augur.DeliveryID:
		d, err := r.Reader.WebhookDelivery.Get(ctx, id)
		if d == nil || err != nil {
			return nil, ent.MaskNotFound(err)
		}
		return d, nil
	default:
		return nil, nil
	}
}

// nodes finds the objects with these ids, in their order: one statement for
// each kind of object.
func (r *Resolver) nodes(ctx context.Context, ids []string) ([]ent.Noder, error) {
	out := make([]ent.Noder, len(ids))
	var group errgroup.Group
	for i, id := range ids {
		group.Go(func() (err error) {
			out[i], err = r.node(ctx, id)
			return err
		})
	}
	return out, group.Wait()
}

// checkIDs refuses a list of ids that is too long.
func checkIDs(ids []string, least, most int) error {
	if len(ids) < least || len(ids) > most {
		return augur.Errorf(augur.InvalidArgument, "expected %d to %d ids, got %d", least, most, len(ids)).At("ids")
	}
	return nil
}

// emptyNotNil makes a nil list empty: the schema's lists are never null.
func emptyNotNil[T any](list []T, err error) ([]T, error) {
	if list == nil && err == nil {
		list = []T{}
	}
	return list, err
}
