package registry

import (
	"context"
	"database/sql"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/alias"
	"augur/ent/model"
	"augur/ent/modelversion"
)

// Catalog is what predictions may ask for: the READY versions and the aliases
// of all models, in memory. It is inference.Catalog.
type Catalog struct {
	reader *ent.Client

	// current is swapped whole.
	current atomic.Pointer[snapshot]

	// loading is held while a snapshot is read, so that an older one never
	// replaces a newer one.
	loading sync.Mutex

	mu sync.Mutex
	// hooks, guarded by mu, are called after every swap.
	hooks []func()
}

// snapshot is the catalog at one revision. It is immutable.
type snapshot struct {
	revision int64
	models   map[string]*entry // by name
	versions map[string]*item  // by id
	rollouts []*augur.LiveRollout
}

// entry is one model.
type entry struct {
	name     string
	versions map[string]*item // by canonical version
	aliases  map[string]*item
	latest   *item // the highest, archived ones aside unless there are no others; nil when there is none
	// fallback is what the model's policy says, "" for none.
	fallback string
	// lived are the versions that the alias live pointed at, the newest first;
	// known only where fallback is previous.
	lived []*item
}

// item is one READY version.
type item struct {
	*augur.CatalogVersion
	semver        augur.Semver
	archived      bool
	deterministic bool
	// standIn finds the version that answers for this one while its circuit
	// breaker is open; nil where the model has no fallback.
	standIn func() *augur.CatalogVersion
}

func newCatalog(reader *ent.Client) *Catalog {
	c := &Catalog{reader: reader}
	c.current.Store(&snapshot{revision: -1})
	return c
}

// OnChange has f called after every change of the catalog, in this replica or
// another. f must not block and must not write to the registry.
func (c *Catalog) OnChange(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hooks = append(c.hooks, f)
}

// Versions lists every version that may be asked for.
func (c *Catalog) Versions() []*augur.CatalogVersion {
	snap := c.current.Load()
	out := make([]*augur.CatalogVersion, 0, len(snap.versions))
	for _, v := range snap.versions {
		out = append(out, v.CatalogVersion)
	}
	return out
}

// poll follows the revision until ctx is done. While the database fails, the
// last snapshot stays.
func (c *Catalog) poll(ctx context.Context, interval time.Duration, log *slog.Logger) {
	ctx = augur.WithPrincipal(ctx, augur.System())
	tick := time.NewTicker(interval)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := c.follow(ctx)
		if ctx.Err() != nil {
			return
		}
		if failing != (err != nil) { // one line when it begins, one when it ends
			failing = err != nil
			if failing {
				log.WarnContext(ctx, "the catalog cannot be read; predictions go on with the last one", "err", err)
			} else {
				log.InfoContext(ctx, "the catalog can be read again")
			}
		}
	}
}

func (c *Catalog) follow(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	revision, err := revisionOf(ctx, c.reader.CatalogRevision.Query())
	if err != nil || revision <= c.current.Load().revision {
		return err
	}
	return c.reload(ctx, revision)
}

// reload reads the catalog unless it has reached revision already.
func (c *Catalog) reload(ctx context.Context, revision int64) error {
	c.loading.Lock()
	last := c.current.Load()
	if last.revision >= revision {
		c.loading.Unlock()
		return nil
	}
	next, err := c.read(augur.WithPrincipal(ctx, augur.System()), last)
	if err == nil {
		c.current.Store(next)
	}
	c.loading.Unlock()
	if err != nil {
		return augur.Wrap(augur.Unavailable, err, "the catalog cannot be read")
	}
	c.mu.Lock()
	hooks := c.hooks[:len(c.hooks):len(c.hooks)]
	c.mu.Unlock()
	for _, f := range hooks {
		f()
	}
	return nil
}

// read makes a snapshot of one instant of the record. What never changes of a
// version, its signature above all, is taken from the last snapshot.
func (c *Catalog) read(ctx context.Context, last *snapshot) (*snapshot, error) {
	tx, err := c.reader.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }() // it read only
	snap := &snapshot{models: map[string]*entry{}, versions: map[string]*item{}}
	if snap.revision, err = revisionOf(ctx, tx.CatalogRevision.Query()); err != nil {
		return nil, err
	}
	models, err := tx.Model.Query().Select(model.FieldID, model.FieldName).All(ctx)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*entry, len(models))
	for _, m := range models {
		e := &entry{name: m.Name, versions: map[string]*item{}, aliases: map[string]*item{}}
		snap.models[m.Name], byID[m.ID] = e, e
	}
	rows, err := tx.ModelVersion.Query().Where(modelversion.StatusEQ(modelversion.StatusREADY)).
		Select(modelversion.FieldID, modelversion.FieldModelID, modelversion.FieldVersion, modelversion.FieldSemver, modelversion.FieldFormat, modelversion.FieldArchivedAt).
		All(ctx)
	if err != nil {
		return nil, err
	}
	fixed, err := fixedParts(ctx, tx, rows, last)
	if err != nil {
		return nil, err
	}
	policies, err := readPolicies(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		e, known := byID[row.ModelID], fixed[row.ID]
		if e == nil || known == nil {
			continue // of a deleted model
		}
		v := &item{CatalogVersion: known.CatalogVersion, archived: row.ArchivedAt != nil, deterministic: known.deterministic}
		policy := servingPolicy(ServingOf(policies[row.ModelID], policies[row.ID]), v.deterministic)
		if known.Model != e.name || known.Policy != policy { // otherwise the pointer stays: the engine goes by it
			changed := *known.CatalogVersion
			changed.ID, changed.ModelID, changed.Model = row.ID, row.ModelID, e.name
			changed.Version, changed.Format, changed.Policy = row.Version, row.Format, policy
			v.CatalogVersion = &changed
		}
		if v.semver, err = augur.ParseSemver(row.Semver); err != nil {
			return nil, err
		}
		e.versions[row.Semver], snap.versions[row.ID] = v, v
		if e.latest == nil || higher(v, e.latest) {
			e.latest = v
		}
	}
	aliases, err := tx.Alias.Query().Select(alias.FieldModelID, alias.FieldVersionID, alias.FieldName).All(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range aliases {
		if e, v := byID[a.ModelID], snap.versions[a.VersionID]; e != nil && v != nil {
			e.aliases[a.Name] = v
		}
	}
	if err := snap.readRollouts(ctx, tx, last); err != nil {
		return nil, err
	}
	return snap, snap.readFallbacks(ctx, tx, byID, policies)
}

// higher says whether v goes before w as the latest: not archived, then by
// semantic-version precedence.
func higher(v, w *item) bool {
	if v.archived != w.archived {
		return w.archived
	}
	return v.semver.Compare(w.semver) > 0
}

// fixedParts gives what never changes of each version, by id: from the last
// snapshot, and from the record for those that are new.
func fixedParts(ctx context.Context, tx *ent.Tx, rows []*ent.ModelVersion, last *snapshot) (map[string]*item, error) {
	parts := make(map[string]*item, len(rows))
	var unknown []string
	for _, row := range rows {
		if v := last.versions[row.ID]; v != nil {
			parts[row.ID] = v
		} else {
			unknown = append(unknown, row.ID)
		}
	}
	const chunk = 500 // versions with their signatures in one statement
	for len(unknown) > 0 {
		ids := unknown[:min(chunk, len(unknown))]
		unknown = unknown[len(ids):]
		found, err := tx.ModelVersion.Query().Where(modelversion.IDIn(ids...)).
			Select(modelversion.FieldID, modelversion.FieldArtifactID, modelversion.FieldSignature, modelversion.FieldDeterministic).
			WithArtifact().All(ctx)
		if err != nil {
			return nil, err
		}
		for _, v := range found {
			parts[v.ID] = &item{deterministic: v.Deterministic, CatalogVersion: &augur.CatalogVersion{
				Digest: augur.Digest(v.Edges.Artifact.Digest), Size: v.Edges.Artifact.Size, Signature: v.Signature,
			}}
		}
	}
	return parts, nil
}
