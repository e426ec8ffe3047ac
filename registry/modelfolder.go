package registry

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"augur"
	"augur/ent"
	"augur/ent/model"
	"augur/ent/modelversion"
	"augur/ent/schema"
)

// modelFolder is one model's folder.
type modelFolder struct {
	name, path string
	// latest is the folder that the link "latest" names, "" without one.
	latest string
	// deleted says that the record has only a deleted model of the name.
	deleted bool
	// known are the versions of the record, by canonical form.
	known map[string]knownVersion
	// candidates are its version folders, lowest version first.
	candidates []*candidate
}

type knownVersion struct {
	digest  augur.Digest
	deleted bool
}

// candidate is one version's folder on its way into the record. A worker
// prepares it and closes ready; the rest is then the importer's.
type candidate struct {
	path, version string
	semver        augur.Semver
	model         *modelFolder
	// decided, unless "", is the outcome without looking at the folder.
	decided Outcome

	ready   chan struct{}
	outcome Outcome
	err     error
	folder  *Folder
	create  newVersion
	points  []MetricPoint
}

// findModels lists the folders of a directory that hold versions: those named
// like a version and those with a model.onnx in them.
func findModels(dir string) ([]*modelFolder, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, augur.Wrap(augur.FailedPrecondition, err, "the directory of models %s cannot be read: %s", dir, reason(err))
	}
	var found []*modelFolder
	for _, e := range entries {
		m := &modelFolder{name: e.Name(), path: filepath.Join(dir, e.Name()), known: map[string]knownVersion{}}
		if strings.HasPrefix(m.name, ".") || !isDir(m.path) {
			continue
		}
		versions, err := os.ReadDir(m.path)
		if err != nil {
			m.candidates = []*candidate{{path: m.path, err: augur.Wrap(augur.FailedPrecondition, err, "the folder cannot be read: %s", reason(err))}}
		}
		for _, e := range versions {
			c := &candidate{path: filepath.Join(m.path, e.Name()), version: e.Name()}
			if strings.HasPrefix(c.version, ".") || c.version == augur.Latest || !isDir(c.path) {
				continue
			}
			if c.semver, err = augur.ParseSemver(c.version); err != nil {
				if _, err := os.Stat(filepath.Join(c.path, "model.onnx")); err != nil {
					continue
				}
				c.err = err
			}
			m.candidates = append(m.candidates, c)
		}
		if len(m.candidates) == 0 {
			continue
		}
		slices.SortStableFunc(m.candidates, func(a, b *candidate) int { return a.semver.Compare(b.semver) })
		for _, c := range m.candidates {
			c.model, c.ready = m, make(chan struct{})
		}
		m.latest = latestOf(m.path)
		found = append(found, m)
	}
	return found, nil
}

// isDir follows links: mounted volumes are full of them.
func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// latestOf reads the link or file "latest" of a model's folder.
func latestOf(path string) string {
	path = filepath.Join(path, augur.Latest)
	if target, err := os.Readlink(path); err == nil {
		return filepath.Base(target)
	}
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || info.Size() > 256 {
		return ""
	}
	b, _ := os.ReadFile(path)
	return strings.TrimSpace(string(b))
}

// reason is the system's word on a file, without the path.
func reason(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}

// findKnown reads what the record has of the models, deleted ones included.
func (r *Registry) findKnown(ctx context.Context, found []*modelFolder) error {
	byName := map[string]*modelFolder{}
	names := make([]string, len(found))
	for i, m := range found {
		byName[m.name], names[i] = m, m.name
	}
	rows, err := r.store.Writer().Model.Query().Where(model.NameIn(names...)).
		WithVersions(func(q *ent.ModelVersionQuery) {
			q.Select(modelversion.FieldModelID, modelversion.FieldArtifactID, modelversion.FieldSemver, modelversion.FieldDeletedAt).WithArtifact()
		}).All(schema.WithDeleted(ctx))
	if err != nil {
		return augur.AsError(err)
	}
	// Deleted ones first, so that one that is not goes over them.
	slices.SortStableFunc(rows, func(a, b *ent.Model) int { return deletedFirst(a.DeletedAt == nil, b.DeletedAt == nil) })
	for _, row := range rows {
		m := byName[row.Name]
		m.deleted, m.known = row.DeletedAt != nil, map[string]knownVersion{}
		slices.SortStableFunc(row.Edges.Versions, func(a, b *ent.ModelVersion) int {
			return deletedFirst(a.DeletedAt == nil, b.DeletedAt == nil)
		})
		for _, v := range row.Edges.Versions {
			m.known[v.Semver] = knownVersion{digest: augur.Digest(v.Edges.Artifact.Digest), deleted: v.DeletedAt != nil}
		}
	}
	return nil
}

func deletedFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}
