package registry

import (
	"context"
	"strings"

	"augur"
	"augur/ent"
	"augur/ent/alias"
	"augur/ent/artifact"
	"augur/ent/model"
	"augur/ent/modelversion"
	"augur/ent/schema"
	"augur/ent/tag"
	"augur/store"

	"entgo.io/ent/dialect/sql"
)

// Lineage says where a version comes from; "" where nothing is known.
type Lineage struct {
	RunID, GitCommit, DatasetName, DatasetDigest, Author string
}

// VersionCreate is a new version.
type VersionCreate struct {
	// Model is the name of its model.
	Model string
	// Version is a semantic version, kept as it is written.
	Version string
	// Digest names its artifact.
	Digest                 string
	Description, Framework string
	Lineage                Lineage
	Tags                   []Tag
	Metadata               map[string]any
	// Features are laid over those that the file itself declares.
	Features []FeatureInput
	// Classes are the names of classes by output.
	Classes map[string][]string
}

// VersionCreated says what became of a VersionCreate.
type VersionCreated struct {
	ID string
	// Created is false when this very version was there already.
	Created bool
}

// VersionUpdate changes what is said of a version; nil stays as it is.
type VersionUpdate struct {
	ID string
	// IfRevision refuses the change when the version has another revision.
	IfRevision             *int
	Description, Framework *string
	Lineage                *Lineage
	// Tags are all its tags from then on.
	Tags *[]Tag
	// Metadata are all its metadata from then on.
	Metadata map[string]any
}

// VersionCreate registers a version of a model from an artifact that was
// uploaded. The file is tried first, and then the version is written READY in
// one transaction: there is never half a version. Doing it again with the same
// artifact changes nothing. The first READY version of a model gets the alias
// live. The error is InvalidArgument, NotFound (the model, or the artifact),
// AlreadyExists when the version has another artifact, or what the probe says.
func (r *Registry) VersionCreate(ctx context.Context, in VersionCreate) (VersionCreated, error) {
	semver, digest, err := in.check()
	if err != nil {
		return VersionCreated{}, err
	}
	if created, err := r.sameVersion(ctx, in.Model, semver, digest); err != nil || created.ID != "" {
		return created, err
	}
	report, err := r.probe(ctx, digest)
	if err != nil {
		return VersionCreated{}, err
	}
	signature, err := signatureOf(report, nil, nil, in.Features, in.Classes)
	if err != nil {
		e := augur.AsError(err)
		if e.Field == nil { // it is what the file declares of itself that does not fit it
			e = augur.Errorf(augur.FailedPrecondition, "what the file says of its inputs does not fit it: %s", e.Message).At("digest")
		}
		return VersionCreated{}, e
	}
	size, err := r.blobs.Stat(ctx, digest)
	if err != nil {
		return VersionCreated{}, augur.AsError(err).At("digest")
	}
	var created VersionCreated
	err = r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		m, err := r.modelByName(ctx, tx, in.Model)
		if err != nil {
			return nil, err
		}
		created, err = findSame(ctx, tx.ModelVersion.Query(), m, semver, digest)
		if err != nil || created.ID != "" {
			return nil, err
		}
		v, err := r.insertVersion(ctx, tx, m, newVersion{VersionCreate: in, semver: semver, digest: digest, size: size, signature: signature, deterministic: report.Deterministic})
		if err != nil {
			return nil, err
		}
		created = VersionCreated{ID: v.ID, Created: true}
		return &change{action: "modelVersionCreate", subject: v.ID, model: m.Name, after: in.fields(), catalog: true}, nil
	})
	return created, err
}

// check checks what can be checked without the record.
func (in VersionCreate) check() (augur.Semver, augur.Digest, error) {
	semver, err := augur.ParseSemver(in.Version)
	if err != nil {
		return semver, "", augur.AsError(err).At("version")
	}
	digest, err := augur.ParseDigest(in.Digest)
	if err != nil {
		return semver, "", augur.AsError(err).At("digest")
	}
	return semver, digest, firstOf(
		checkText(in.Description, maxText, "description"),
		checkText(in.Framework, 250, "framework"),
		in.Lineage.check(),
		checkTags(in.Tags),
		checkMetadata(in.Metadata),
	)
}

func (l Lineage) check() error {
	err := firstOf(
		checkText(l.RunID, 250, "runId"),
		checkText(l.GitCommit, 64, "gitCommit"),
		checkText(l.DatasetName, 250, "datasetName"),
		checkText(l.DatasetDigest, 128, "datasetDigest"),
		checkText(l.Author, 250, "author"),
	)
	if err != nil {
		return augur.AsError(err).At("lineage")
	}
	return nil
}

// fields are what the audit trail says of a new version.
func (in VersionCreate) fields() map[string]any {
	d := diff{}
	d.add("version", nil, in.Version)
	d.add("digest", nil, in.Digest)
	d.add("description", "", in.Description)
	d.add("framework", "", in.Framework)
	d.add("lineage", Lineage{}, in.Lineage)
	d.addTags(nil, in.Tags)
	return d.after
}

// sameVersion looks for the version before the file is tried, which takes long.
func (r *Registry) sameVersion(ctx context.Context, name string, semver augur.Semver, digest augur.Digest) (VersionCreated, error) {
	m, err := r.store.Reader().Model.Query().Where(model.Name(name)).Only(ctx)
	if ent.IsNotFound(err) {
		return VersionCreated{}, r.catalog.current.Load().noModel(ctx, name)
	}
	if err != nil {
		return VersionCreated{}, store.Error(err)
	}
	created, err := findSame(ctx, r.store.Reader().ModelVersion.Query(), m, semver, digest)
	return created, store.Error(err)
}

// findSame returns the version with that number and artifact, none when the
// number is free, and AlreadyExists when it has another artifact.
func findSame(ctx context.Context, query *ent.ModelVersionQuery, m *ent.Model, semver augur.Semver, digest augur.Digest) (VersionCreated, error) {
	v, err := query.Where(modelversion.ModelID(m.ID), modelversion.Semver(semver.String())).WithArtifact().Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return VersionCreated{}, nil
	case err != nil:
		return VersionCreated{}, err
	case v.Edges.Artifact.Digest != string(digest):
		return VersionCreated{}, augur.Errorf(augur.AlreadyExists, "%s %s is there with another artifact, %s: a version never changes, so choose another number", m.Name, v.Version, v.Edges.Artifact.Digest).At("version")
	}
	return VersionCreated{ID: v.ID}, nil
}

// probe tries an artifact that was uploaded.
func (r *Registry) probe(ctx context.Context, digest augur.Digest) (*augur.ProbeReport, error) {
	path, release, err := r.blobs.Layout(ctx, digest)
	if augur.CodeOf(err) == augur.NotFound {
		return nil, notUploaded(digest)
	}
	if err != nil {
		return nil, augur.AsError(err).At("digest")
	}
	defer release()
	select {
	case r.probes <- struct{}{}:
		defer func() { <-r.probes }()
	case <-ctx.Done():
		return nil, augur.AsError(ctx.Err())
	}
	report, err := r.prober.Probe(ctx, path)
	if err != nil {
		return nil, augur.AsError(err).At("digest")
	}
	for _, warning := range report.Warnings {
		r.log.WarnContext(ctx, "about an artifact: "+warning, "digest", digest)
	}
	return report, nil
}

func notUploaded(digest augur.Digest) error {
	return augur.Errorf(augur.NotFound, "no artifact %s: upload it first: PUT /artifacts/%s", digest, digest).At("digest")
}

// newVersion is a checked version whose artifact was tried.
type newVersion struct {
	VersionCreate
	semver        augur.Semver
	digest        augur.Digest
	size          int64
	signature     *augur.Signature
	deterministic bool
}

// insertVersion writes a version READY, with its artifact, its tags, and the
// alias live when it is the first. The caller holds the model's lock and knows
// that the number is free. The error is NotFound when the artifact was collected
// since it was tried.
func (r *Registry) insertVersion(ctx context.Context, tx *ent.Tx, m *ent.Model, in newVersion) (*ent.ModelVersion, error) {
	artifactID, err := lockArtifact(ctx, tx, in.digest, in.size)
	if err != nil {
		return nil, err
	}
	if has, err := r.blobs.Has(ctx, in.digest); err != nil {
		return nil, err
	} else if !has {
		return nil, notUploaded(in.digest)
	}
	all := schema.WithDeleted(ctx) // a number is never given twice
	last, err := tx.ModelVersion.Query().Where(modelversion.ModelID(m.ID)).Order(modelversion.ByOrdinal(sql.OrderDesc())).First(all)
	ordinal := 1
	switch {
	case err == nil:
		ordinal = last.Ordinal + 1
	case !ent.IsNotFound(err):
		return nil, err
	}
	create := tx.ModelVersion.Create().SetModelID(m.ID).SetArtifactID(artifactID).
		SetVersion(in.Version).SetSemver(in.semver.String()).SetSortKey(in.semver.SortKey()).SetOrdinal(ordinal).
		SetStatus(modelversion.StatusREADY).SetSignature(in.signature).SetDeterministic(in.deterministic).
		SetDescription(in.Description).SetFramework(in.Framework).
		SetRunID(in.Lineage.RunID).SetGitCommit(in.Lineage.GitCommit).SetDatasetName(in.Lineage.DatasetName).
		SetDatasetDigest(in.Lineage.DatasetDigest).SetAuthor(in.Lineage.Author)
	if in.Metadata != nil {
		create.SetMetadata(in.Metadata)
	}
	others, err := tx.ModelVersion.Query().Where(readyVersion(m)).Exist(ctx)
	if err != nil {
		return nil, err
	}
	v, err := create.Save(ctx)
	if err != nil {
		return nil, err
	}
	if err := setTags(ctx, tx, in.Tags, func(t *ent.TagCreate) { t.SetVersionID(v.ID) }); err != nil {
		return nil, err
	}
	if !others {
		live, err := findAlias(ctx, tx, m, augur.Live)
		if err != nil {
			return nil, err
		}
		if live == nil {
			if _, err := pointAlias(ctx, tx, m, nil, augur.Live, v, "first READY version"); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

// lockVersion finds one version and its model, and keeps others from changing
// them until the transaction ends. The model comes first, as everywhere, so that
// nobody waits for another in a circle. The error is NotFound at ["id"].
func lockVersion(ctx context.Context, tx *ent.Tx, id string) (*ent.Model, *ent.ModelVersion, error) {
	notFound := augur.Errorf(augur.NotFound, "no version with the id %q", id).At("id")
	v, err := tx.ModelVersion.Query().Where(modelversion.ID(id)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil, notFound
	}
	if err != nil {
		return nil, nil, err
	}
	m, err := lockModel(ctx, tx, model.ID(v.ModelID))
	if augur.CodeOf(err) == augur.NotFound {
		return nil, nil, notFound
	}
	if err != nil {
		return nil, nil, err
	}
	v, err = tx.ModelVersion.Query().Where(modelversion.ID(id), locked).Only(ctx)
	if ent.IsNotFound(err) { // deleted before we had the lock
		return nil, nil, notFound
	}
	return m, v, err
}

// VersionUpdate changes what is said of a version. The error is NotFound,
// InvalidArgument, or Aborted when the revision is another.
func (r *Registry) VersionUpdate(ctx context.Context, in VersionUpdate) error {
	err := firstOf(checkText(deref(in.Description), maxText, "description"), checkText(deref(in.Framework), 250, "framework"), checkMetadata(in.Metadata))
	if err == nil && in.Lineage != nil {
		err = in.Lineage.check()
	}
	if err == nil && in.Tags != nil {
		err = checkTags(*in.Tags)
	}
	if err != nil {
		return err
	}
	return r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		m, v, err := lockVersion(ctx, tx, in.ID)
		if err != nil {
			return nil, err
		}
		if err := checkRevision(in.IfRevision, v.Revision); err != nil {
			return nil, err
		}
		d := diff{}
		update := v.Update().AddRevision(1)
		if in.Description != nil && d.add("description", v.Description, *in.Description) {
			update.SetDescription(*in.Description)
		}
		if in.Framework != nil && d.add("framework", v.Framework, *in.Framework) {
			update.SetFramework(*in.Framework)
		}
		if l := in.Lineage; l != nil && d.add("lineage", lineageOf(v), *l) {
			update.SetRunID(l.RunID).SetGitCommit(l.GitCommit).SetDatasetName(l.DatasetName).SetDatasetDigest(l.DatasetDigest).SetAuthor(l.Author)
		}
		if in.Metadata != nil && d.addJSON("metadata", v.Metadata, in.Metadata) {
			update.SetMetadata(in.Metadata)
		}
		if in.Tags != nil {
			if err := replaceTags(ctx, tx, &d, tag.VersionID(v.ID), *in.Tags, func(t *ent.TagCreate) { t.SetVersionID(v.ID) }); err != nil {
				return nil, err
			}
		}
		if d.empty() {
			return nil, nil
		}
		if err := update.Exec(ctx); err != nil {
			return nil, err
		}
		return &change{action: "modelVersionUpdate", subject: v.ID, model: m.Name, before: d.before, after: d.after}, nil
	})
}

func lineageOf(v *ent.ModelVersion) Lineage {
	return Lineage{RunID: v.RunID, GitCommit: v.GitCommit, DatasetName: v.DatasetName, DatasetDigest: v.DatasetDigest, Author: v.Author}
}

// VersionArchive hides a version from lists; it is still served. Doing it again
// changes nothing. The error is NotFound, or Aborted when its revision is not
// ifRevision.
func (r *Registry) VersionArchive(ctx context.Context, id string, ifRevision ...*int) error {
	return r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		m, v, err := lockVersion(ctx, tx, id)
		if err == nil {
			err = checkRevisions(ifRevision, v.Revision)
		}
		if err != nil || v.ArchivedAt != nil {
			return nil, err
		}
		at := now()
		if err := v.Update().SetArchivedAt(at).AddRevision(1).Exec(ctx); err != nil {
			return nil, err
		}
		return &change{action: "modelVersionArchive", subject: v.ID, model: m.Name, before: times("archivedAt", nil), after: times("archivedAt", &at), catalog: true}, nil
	})
}

// VersionDelete deletes a version and stops serving it. The error is NotFound,
// FailedPrecondition while an alias points at it or it is an arm of a rollout,
// or Aborted when its revision is not ifRevision.
func (r *Registry) VersionDelete(ctx context.Context, id string, ifRevision ...*int) error {
	return r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		m, v, err := lockVersion(ctx, tx, id)
		if err == nil {
			err = checkRevisions(ifRevision, v.Revision)
		}
		if err != nil {
			return nil, err
		}
		aliases, err := tx.Alias.Query().Where(alias.VersionID(v.ID)).Order(ent.Asc(alias.FieldName)).Select(alias.FieldName).Strings(ctx)
		if err != nil {
			return nil, err
		}
		if len(aliases) > 0 {
			return nil, augur.Errorf(augur.FailedPrecondition, "%s %s is what %s points at: move or remove the alias first", m.Name, v.Version, strings.Join(aliases, ", ")).At("id")
		}
		if err := notAnArm(ctx, tx, m, v); err != nil {
			return nil, err
		}
		at := now()
		if err := v.Update().SetDeletedAt(at).AddRevision(1).Exec(ctx); err != nil {
			return nil, err
		}
		return &change{action: "modelVersionDelete", subject: v.ID, model: m.Name, before: times("deletedAt", nil), after: times("deletedAt", &at), catalog: true}, nil
	})
}

// VersionRestore brings an archived or deleted version back. The error is
// NotFound, AlreadyExists when another version has its number by now,
// FailedPrecondition while its model is deleted or when its artifact was
// collected, or Aborted when its revision is not ifRevision.
func (r *Registry) VersionRestore(ctx context.Context, id string, ifRevision ...*int) error {
	return r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		m, v, err := lockVersion(schema.WithDeleted(ctx), tx, id)
		if err == nil {
			err = checkRevisions(ifRevision, v.Revision)
		}
		switch {
		case err != nil || v.ArchivedAt == nil && v.DeletedAt == nil:
			return nil, err
		case m.DeletedAt != nil:
			return nil, augur.Errorf(augur.FailedPrecondition, "its model %q is deleted: restore that first", m.Name).At("id")
		}
		if v.DeletedAt != nil {
			exists, err := tx.ModelVersion.Query().Where(modelversion.ModelID(m.ID), modelversion.Semver(v.Semver)).Exist(ctx)
			if err != nil {
				return nil, err
			}
			if exists {
				return nil, augur.Errorf(augur.AlreadyExists, "there is another version %s of %q by now", v.Version, m.Name).At("id")
			}
			lost, err := r.haveArtifacts(ctx, tx, []*ent.ModelVersion{v})
			if err != nil || len(lost) > 0 {
				return nil, collected(lost, err)
			}
		}
		if err := v.Update().ClearArchivedAt().ClearDeletedAt().AddRevision(1).Exec(ctx); err != nil {
			return nil, err
		}
		d := diff{}
		d.add("archivedAt", timeText(v.ArchivedAt), nil)
		d.add("deletedAt", timeText(v.DeletedAt), nil)
		return &change{action: "modelVersionRestore", subject: v.ID, model: m.Name, before: d.before, after: d.after, catalog: true}, nil
	})
}

// ArtifactVisible returns nil when the principal may read the artifact of that
// digest: who sees every model may read all of them, and others those of the
// versions that they see. The error is NotFound.
func (r *Registry) ArtifactVisible(ctx context.Context, digest augur.Digest) error {
	if augur.PrincipalFrom(ctx).AllModels() {
		return nil
	}
	found, err := r.store.Reader().ModelVersion.Query().Where(modelversion.HasArtifactWith(artifact.Digest(string(digest)))).Exist(ctx)
	if err != nil {
		return store.Error(err)
	}
	if !found {
		return augur.Errorf(augur.NotFound, "there is no artifact %s", digest)
	}
	return nil
}
