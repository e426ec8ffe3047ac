package registry

import (
	"context"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"augur"
	"augur/ent"
	"augur/ent/aliasevent"
	entrollout "augur/ent/rollout"
)

// Outcome says what Import did with one version.
type Outcome string

// The outcomes.
const (
	// Imported: it is registered from now on.
	Imported Outcome = "IMPORTED"
	// Present: it was registered already, with the same artifact.
	Present Outcome = "PRESENT"
	// Skipped: it, or its model, was deleted in the record, and stays so.
	Skipped Outcome = "SKIPPED"
	// Failed: Err says why.
	Failed Outcome = "FAILED"
	// Waiting: a Watcher has not seen it settle yet.
	Waiting Outcome = "WAITING"
)

// ImportedVersion is what became of one version's folder, or of a link "latest"
// that points nowhere.
type ImportedVersion struct {
	Path, Model, Version string
	Outcome              Outcome
	// Err is an *augur.Error when Outcome is Failed.
	Err error
}

// ImportReport says what became of every version of a directory, by path.
type ImportReport struct{ Versions []ImportedVersion }

// Count returns how many versions had that outcome.
func (r ImportReport) Count(o Outcome) (n int) {
	for _, v := range r.Versions {
		if v.Outcome == o {
			n++
		}
	}
	return n
}

// Import registers the versions of a directory NAME/VERSION/{model.onnx,
// metadata.json} that are not registered yet, as the principal "system". Each
// becomes visible whole, with its metric history, or not at all; one that fails
// does not stop the others. Where a model's folder has a link or a file
// "latest", the alias live follows it while nobody but system ever moved that
// alias. What is registered is left alone, so that a second Import changes
// nothing; so is what was deleted. The error is FailedPrecondition when the
// directory cannot be read, and that of the record when it does not answer.
func (r *Registry) Import(ctx context.Context, dir string) (ImportReport, error) {
	ctx = augur.WithPrincipal(ctx, augur.System())
	found, err := findModels(dir)
	if err != nil {
		return ImportReport{}, err
	}
	return r.importFound(ctx, found)
}

// importFound imports the candidates for which nothing is decided yet.
func (r *Registry) importFound(ctx context.Context, found []*modelFolder) (ImportReport, error) {
	if err := r.findKnown(ctx, found); err != nil {
		return ImportReport{}, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ahead := make(chan struct{}, maxAhead)
	workers := r.prepareAll(ctx, found, ahead)
	defer workers.Wait()
	defer cancel()

	var report ImportReport
	for _, m := range found {
		for _, c := range m.candidates {
			select {
			case <-c.ready:
			case <-ctx.Done():
				return report, augur.AsError(ctx.Err())
			}
			v := ImportedVersion{Path: c.path, Model: m.name, Version: c.version, Outcome: c.outcome}
			if c.err == nil && c.outcome == Imported {
				v.Outcome, c.err = r.register(ctx, c)
			}
			if err := ctx.Err(); err != nil {
				return report, augur.AsError(err)
			}
			if c.err != nil {
				v.Outcome, v.Err = Failed, augur.AsError(c.err)
			}
			report.Versions = append(report.Versions, v)
			c.folder, c.create, c.points = nil, newVersion{}, nil
			<-ahead
		}
		if err := r.followLatest(ctx, m); err != nil {
			report.Versions = append(report.Versions, ImportedVersion{Path: filepath.Join(m.path, augur.Latest), Model: m.name, Version: m.latest, Outcome: Failed, Err: augur.AsError(err)})
		}
	}
	return report, nil
}

// maxAhead is how many versions may be prepared and not yet written, since each
// holds its metric history in memory.
const maxAhead = 4

// prepareAll has a worker for each core, and two at most, prepare the
// candidates in order, with a token in ahead for each until it is written. The
// group is done when the workers have ended: after the last, or with ctx.
func (r *Registry) prepareAll(ctx context.Context, found []*modelFolder, ahead chan<- struct{}) *sync.WaitGroup {
	queue := make(chan *candidate)
	done := &sync.WaitGroup{}
	done.Go(func() {
		defer close(queue)
		for _, m := range found {
			for _, c := range m.candidates {
				select {
				case ahead <- struct{}{}:
				case <-ctx.Done():
					return
				}
				queue <- c // the workers take all there are
			}
		}
	})
	for range min(2, runtime.GOMAXPROCS(0)) {
		done.Go(func() {
			for c := range queue {
				if c.err == nil {
					c.outcome, c.err = r.prepare(ctx, c)
				}
				close(c.ready)
			}
		})
	}
	return done
}

// prepare does what needs no transaction: it reads the folder, puts the file
// among the artifacts and tries it.
func (r *Registry) prepare(ctx context.Context, c *candidate) (outcome Outcome, err error) {
	if err := ctx.Err(); err != nil || c.decided != "" {
		return c.decided, err
	}
	known, there := c.model.known[c.semver.String()]
	if c.model.deleted || known.deleted {
		return Skipped, nil
	}
	if c.folder, err = ReadFolder(c.path); err != nil {
		return "", err
	}
	digest, size, err := digestFile(ctx, c.folder.File)
	if err != nil {
		return "", err
	}
	if c.folder.Digest != "" && c.folder.Digest != digest {
		return "", augur.Errorf(augur.InvalidArgument, "model.onnx has %s, but metadata.json says %s", digest, c.folder.Digest)
	}
	if there && known.digest == digest {
		return Present, nil
	}
	file, remove, err := PackModel(ctx, c.folder.File)
	if err != nil {
		return "", err
	}
	defer remove()
	if file != c.folder.File {
		if digest, size, err = digestFile(ctx, file); err != nil {
			return "", err
		}
	}
	switch {
	case there && known.digest == digest:
		return Present, nil
	case there:
		return "", augur.Errorf(augur.AlreadyExists, "%s %s is registered with another artifact, %s: a version never changes, so choose another number", c.model.name, c.version, known.digest)
	}
	if c.points, err = checkPoints(c.folder.Points, now()); err != nil {
		return "", err
	}
	c.create = newVersion{VersionCreate: c.folder.version(digest), semver: c.semver, digest: digest, size: size}
	if _, _, err := c.create.check(); err != nil {
		return "", err
	}
	if err := r.putFile(ctx, digest, file); err != nil {
		return "", err
	}
	probed, err := r.probe(ctx, digest)
	if err != nil {
		return "", err
	}
	c.create.deterministic = probed.Deterministic
	c.create.signature, err = signatureOf(probed, c.folder.inputs, c.folder.outputs, nil, nil)
	return Imported, err
}

// version is the folder as a caller would register it.
func (f *Folder) version(digest augur.Digest) VersionCreate {
	return VersionCreate{
		Model: f.Model, Version: f.Version, Digest: string(digest), Description: f.Description, Framework: f.Framework,
		Lineage: f.Lineage, Tags: f.Tags, Metadata: f.Metadata, Features: f.Features, Classes: f.Classes,
	}
}

// register writes a prepared version with its metric history in one transaction.
func (r *Registry) register(ctx context.Context, c *candidate) (Outcome, error) {
	_, err := r.ModelCreate(ctx, ModelCreate{Name: c.model.name, Description: c.folder.about(), Owner: c.folder.Owner})
	if err != nil && augur.CodeOf(err) != augur.AlreadyExists {
		return "", err
	}
	outcome := Imported
	err = r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		m, err := r.modelByName(ctx, tx, c.model.name)
		if err != nil {
			return nil, err
		}
		same, err := findSame(ctx, tx.ModelVersion.Query(), m, c.semver, c.create.digest)
		if err != nil || same.ID != "" { // another replica imports the same directory
			outcome = Present
			return nil, err
		}
		v, err := r.insertVersion(ctx, tx, m, c.create)
		if err != nil {
			return nil, err
		}
		for part := range slices.Chunk(c.points, pointsAtOnce) {
			if _, err := insertPoints(ctx, tx, r.store.Dialect(), v.ID, part, augur.NewIDs(augur.MetricID, len(part))); err != nil {
				return nil, err
			}
		}
		return &change{action: "modelVersionCreate", subject: v.ID, model: m.Name, after: c.create.fields(), catalog: true}, nil
	})
	return outcome, err
}

// about describes a new model: by the card of its first version, or by what its
// metadata says of the task and the algorithm, whose parameters may differ from
// version to version.
func (f *Folder) about() string {
	if f.Description != "" {
		return f.Description
	}
	task, _ := f.Metadata["task"].(string)
	algorithm, _ := f.Metadata["algorithm"].(string)
	algorithm, _, _ = strings.Cut(algorithm, "(")
	if task == "" || algorithm == "" {
		return task + algorithm
	}
	return task + ": " + algorithm
}

// followLatest points live at the version that the link names, unless somebody
// but system ever moved it.
func (r *Registry) followLatest(ctx context.Context, m *modelFolder) error {
	if m.latest == "" || m.deleted {
		return nil
	}
	at := slices.IndexFunc(m.candidates, func(c *candidate) bool { return c.version == m.latest })
	if at < 0 {
		return augur.Errorf(augur.NotFound, "latest names %q, which is no version folder", m.latest)
	}
	c := m.candidates[at]
	if !c.registered() { // and the report says why
		return nil
	}
	if e := r.catalog.current.Load().models[m.name]; e != nil {
		if live := e.aliases[augur.Live]; live != nil && live.semver == c.semver {
			return nil
		}
	}
	return r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		row, err := r.modelByName(ctx, tx, m.name)
		if err != nil {
			return nil, err
		}
		chosen, err := tx.AliasEvent.Query().Where(aliasevent.ModelID(row.ID), aliasevent.Name(augur.Live), aliasevent.PrincipalNEQ(augur.System().Name)).Exist(ctx)
		if err != nil || chosen {
			return nil, err
		}
		// A rollout was started by a person, whoever moved the alias for it.
		rolled, err := tx.Rollout.Query().Where(entrollout.ModelID(row.ID)).Exist(ctx)
		if err != nil || rolled {
			return nil, err
		}
		v, err := versionByRef(ctx, tx, row, c.semver.String())
		if err != nil {
			return nil, err
		}
		was, err := findAlias(ctx, tx, row, augur.Live)
		if err != nil {
			return nil, err
		}
		_, c, err := setAlias(ctx, tx, row, was, augur.Live, v, "the link latest of the imported directory")
		return c, err
	})
}

// registered says whether the record has the version by now.
func (c *candidate) registered() bool {
	return c.err == nil && (c.outcome == Imported || c.outcome == Present)
}

// putFile puts a file among the artifacts.
func (r *Registry) putFile(ctx context.Context, digest augur.Digest, path string) error {
	if there, err := r.blobs.Has(ctx, digest); there || err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return augur.Wrap(augur.FailedPrecondition, err, "model.onnx cannot be read: %s", reason(err))
	}
	defer func() { _ = f.Close() }()
	_, _, err = r.blobs.Put(ctx, digest, f)
	return err
}

// digestFile hashes a file, at constant memory.
func digestFile(ctx context.Context, path string) (augur.Digest, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, augur.Wrap(augur.FailedPrecondition, err, "model.onnx cannot be read: %s", reason(err))
	}
	defer func() { _ = f.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = f.Close() })
	defer stop()
	sum := sha256.New()
	size, err := io.CopyBuffer(struct{ io.Writer }{sum}, struct{ io.Reader }{f}, make([]byte, 256<<10))
	if ctx.Err() != nil {
		return "", 0, ctx.Err()
	}
	if err != nil {
		return "", 0, augur.Wrap(augur.FailedPrecondition, err, "model.onnx cannot be read: %s", reason(err))
	}
	return augur.DigestOf(sum.Sum(nil)), size, nil
}
