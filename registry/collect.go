package registry

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/artifact"
	"augur/ent/modelversion"
	"augur/ent/schema"
	"augur/registry/blob"
	"augur/store"

	"entgo.io/ent/dialect/sql"
)

// maxCollected is the most artifacts that one call may ask for, and
// collectedAtOnce how many are looked up with one statement.
const (
	maxCollected    = 10_000
	collectedAtOnce = 500
)

// ArtifactsCollect asks to remove the artifacts that nothing needs.
type ArtifactsCollect struct {
	// DryRun removes nothing, and says what would be removed.
	DryRun bool
	// First is the most artifacts of one call, 1 to 10,000.
	First int
}

// Garbage is an artifact that nothing needs.
type Garbage struct {
	Digest augur.Digest
	// Size in bytes.
	Size int64
	// UploadedAt is when it was last uploaded.
	UploadedAt time.Time
	// Versions are the deleted versions that it was of, as MODEL@VERSION.
	Versions []string
}

// ArtifactsCollected is what became of an ArtifactsCollect.
type ArtifactsCollected struct {
	// Artifacts were removed, or would be.
	Artifacts []Garbage
	// Bytes are the sum of their sizes.
	Bytes int64
	// HasMore says that another call finds more.
	HasMore bool
}

// ArtifactsCollect removes artifacts that were not uploaded lately
// (Config.KeepUnused) and that no version refers to, or only versions that were
// deleted long ago (Config.KeepDeleted). Those stay in the record, and can be
// restored when their artifact is uploaded again. Each artifact is removed by
// itself: what was done before an error is done. It may go on beside uploads,
// new versions and other collections. The error is InvalidArgument, or
// PermissionDenied for who may not see every model.
func (r *Registry) ArtifactsCollect(ctx context.Context, in ArtifactsCollect) (ArtifactsCollected, error) {
	if in.First < 1 || in.First > maxCollected {
		return ArtifactsCollected{}, augur.Errorf(augur.InvalidArgument, "expected 1 to %d, got %d", maxCollected, in.First).At("first")
	}
	if !augur.PrincipalFrom(ctx).AllModels() {
		return ArtifactsCollected{}, augur.Errorf(augur.PermissionDenied, "your key is for some models, and artifacts are shared by all")
	}
	at := now()
	age := ages{uploaded: at.Add(-r.cfg.KeepUnused), deleted: at.Add(-max(r.cfg.KeepDeleted, 0))}
	var out ArtifactsCollected
	var batch []blob.Info
	flush := func() error {
		found, err := r.garbage(ctx, batch, age)
		batch = batch[:0]
		for _, g := range found {
			if err != nil {
				return err
			}
			if len(out.Artifacts) == in.First {
				out.HasMore = true
				return errEnough
			}
			removed := in.DryRun
			if !in.DryRun {
				removed, err = r.collect(ctx, g, age)
			}
			if removed {
				out.Artifacts, out.Bytes = append(out.Artifacts, g), out.Bytes+g.Size
			}
		}
		return err
	}
	err := r.blobs.List(ctx, func(i blob.Info) error {
		if i.At.After(age.uploaded) {
			return nil
		}
		if batch = append(batch, i); len(batch) < collectedAtOnce {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	if errors.Is(err, errEnough) {
		err = nil
	}
	return out, err
}

var errEnough = errors.New("enough")

// ages are the instants before which an artifact was last uploaded, and its
// versions deleted, when it is garbage.
type ages struct{ uploaded, deleted time.Time }

// needs is the predicate on versions that keep their artifact. It is meant for a
// context in which deleted versions are found.
func (a ages) needs() *sql.Predicate {
	return sql.Or(sql.IsNull(modelversion.FieldDeletedAt), sql.GT(modelversion.FieldDeletedAt, a.deleted))
}

// garbage is what nothing needs of some artifacts, with the deleted versions
// that it was of.
func (r *Registry) garbage(ctx context.Context, of []blob.Info, age ages) ([]Garbage, error) {
	if len(of) == 0 {
		return nil, nil
	}
	ctx = schema.WithDeleted(ctx)
	digests := make([]string, len(of))
	for i := range of {
		digests[i] = string(of[i].Digest)
	}
	needed, err := r.store.Reader().Artifact.Query().Where(artifact.DigestIn(digests...), func(s *sql.Selector) {
		versions := sql.Dialect(s.Dialect()).Table(modelversion.Table)
		s.Where(sql.Exists(sql.Dialect(s.Dialect()).Select().From(versions).
			Where(sql.And(sql.ColumnsEQ(versions.C(modelversion.FieldArtifactID), s.C(artifact.FieldID)), age.needs()))))
	}).Select(artifact.FieldDigest).Strings(ctx)
	if err != nil {
		return nil, store.Error(err)
	}
	digests = slices.DeleteFunc(digests, func(d string) bool { return slices.Contains(needed, d) })
	if len(digests) == 0 {
		return nil, nil
	}
	versions, err := r.store.Reader().ModelVersion.Query().Where(modelversion.HasArtifactWith(artifact.DigestIn(digests...))).
		WithArtifact().WithModel().Order(modelversion.ByOrdinal()).All(ctx)
	if err != nil {
		return nil, store.Error(err)
	}
	var found []Garbage
	for _, info := range of {
		if !slices.Contains(digests, string(info.Digest)) {
			continue
		}
		g := Garbage{Digest: info.Digest, Size: info.Size, UploadedAt: info.At, Versions: []string{}}
		for _, v := range versions {
			if v.Edges.Artifact.Digest == string(g.Digest) {
				g.Versions = append(g.Versions, v.Edges.Model.Name+"@"+v.Version)
			}
		}
		found = append(found, g)
	}
	return found, nil
}

// collect removes one artifact unless it is needed by now.
func (r *Registry) collect(ctx context.Context, g Garbage, age ages) (removed bool, err error) {
	err = r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		// Whoever refers to an artifact holds its row too, and sees then whether it
		// is there: so the row is made where there is none.
		id, err := lockArtifact(ctx, tx, g.Digest, g.Size)
		if err != nil {
			return nil, err
		}
		versions := tx.ModelVersion.Query().Where(modelversion.ArtifactID(id))
		referred, err := versions.Clone().Exist(schema.WithDeleted(ctx))
		if err != nil {
			return nil, err
		}
		if !referred {
			if err := tx.Artifact.DeleteOneID(id).Exec(ctx); err != nil {
				return nil, err
			}
		} else if needed, err := versions.Where(func(s *sql.Selector) { s.Where(age.needs()) }).Exist(schema.WithDeleted(ctx)); needed || err != nil {
			return nil, err
		}
		// The file goes last, under the lock. When the commit fails after it, a file
		// that nothing needs is gone; when this runs again, it is gone already.
		gone, err := r.blobs.Remove(ctx, g.Digest, age.uploaded)
		removed = removed || gone
		if err != nil || !removed {
			return nil, err
		}
		return &change{action: "artifactsCollect", subject: id, before: map[string]any{"digest": g.Digest, "size": g.Size}}, nil
	})
	return removed, err
}

// lockArtifact returns the id of the artifact's row, which it makes when there
// is none, and keeps others from referring to the artifact or removing it until
// the transaction ends.
func lockArtifact(ctx context.Context, tx *ent.Tx, digest augur.Digest, size int64) (string, error) {
	err := tx.Artifact.Create().SetDigest(string(digest)).SetSize(size).
		OnConflictColumns(artifact.FieldDigest).
		Update(func(u *ent.ArtifactUpsert) { u.SetIgnore(artifact.FieldDigest) }). // changes nothing, and keeps the row
		Exec(ctx)
	if err != nil {
		return "", err
	}
	return tx.Artifact.Query().Where(artifact.Digest(string(digest))).OnlyID(ctx)
}

// haveArtifacts locks the artifacts of deleted versions and says which versions
// have lost theirs, as VERSION (DIGEST).
func (r *Registry) haveArtifacts(ctx context.Context, tx *ent.Tx, versions []*ent.ModelVersion) (lost []string, err error) {
	ids := make([]string, len(versions))
	for i, v := range versions {
		ids[i] = v.ArtifactID
	}
	for part := range slices.Chunk(ids, collectedAtOnce) {
		// In one order, so that nobody waits for another in a circle.
		artifacts, err := tx.Artifact.Query().Where(artifact.IDIn(part...), locked).Order(ent.Asc(artifact.FieldID)).All(ctx)
		if err != nil {
			return nil, err
		}
		for _, a := range artifacts {
			has, err := r.blobs.Has(ctx, augur.Digest(a.Digest))
			if err != nil {
				return nil, err
			}
			if i := slices.IndexFunc(versions, func(v *ent.ModelVersion) bool { return v.ArtifactID == a.ID }); !has {
				lost = append(lost, versions[i].Version+" ("+a.Digest+")")
			}
		}
	}
	return lost, nil
}

// collected is the error of a restore.
func collected(lost []string, err error) error {
	if err != nil {
		return err
	}
	return augur.Errorf(augur.FailedPrecondition, "the artifact is not there any more of %s: upload it again, then restore", strings.Join(lost, ", ")).At("id")
}
