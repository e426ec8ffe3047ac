package registry

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/catalogrevision"
	"augur/registry/blob"
	"augur/store"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
)

// Config says how the registry works.
type Config struct {
	// PollInterval is how often the catalog asks whether another replica changed
	// the record; zero means 300 ms.
	PollInterval time.Duration
	// Probes is how many files may be tried at one time, each in a process that
	// may take all the memory a probe is allowed; zero means 2.
	Probes int
	// KeepRecords is how long records of predictions are kept; zero means 7 days.
	KeepRecords time.Duration
	// MaxRecords is how many are kept; zero means 1,000,000.
	MaxRecords int
	// Webhooks says how webhooks are sent.
	Webhooks WebhookConfig
	// Sealer encrypts the secrets of webhooks; without it there are none.
	Sealer *Sealer
	// KeepUnused is how long an artifact is kept after its upload although no
	// version refers to it; zero means 24 hours.
	KeepUnused time.Duration
	// KeepDeleted is how long the artifacts of deleted versions are kept; zero
	// means 30 days, and a negative number that they are not.
	KeepDeleted time.Duration
	// ConductInterval is how often the gates of rollouts are asked; zero means 250 ms.
	ConductInterval time.Duration
}

// WithDefaults fills the zero fields.
func (c Config) WithDefaults() Config {
	if c.PollInterval == 0 {
		c.PollInterval = 300 * time.Millisecond
	}
	if c.Probes == 0 {
		c.Probes = 2
	}
	if c.KeepRecords == 0 {
		c.KeepRecords = 7 * 24 * time.Hour
	}
	if c.MaxRecords == 0 {
		c.MaxRecords = 1_000_000
	}
	c.Webhooks = c.Webhooks.WithDefaults()
	if c.KeepUnused == 0 {
		c.KeepUnused = 24 * time.Hour
	}
	if c.KeepDeleted == 0 {
		c.KeepDeleted = 30 * 24 * time.Hour
	}
	if c.ConductInterval == 0 {
		c.ConductInterval = 250 * time.Millisecond
	}
	return c
}

// Validate reports what cannot be meant.
func (c Config) Validate() error {
	if c.PollInterval < time.Millisecond {
		return augur.Errorf(augur.InvalidArgument, "catalog poll interval: expected at least 1ms, got %v", c.PollInterval)
	}
	if c.ConductInterval < time.Millisecond {
		return augur.Errorf(augur.InvalidArgument, "conduct interval: expected at least 1ms, got %v", c.ConductInterval)
	}
	if c.Probes < 1 {
		return augur.Errorf(augur.InvalidArgument, "probes at one time: expected at least 1, got %d", c.Probes)
	}
	if c.KeepRecords < 0 || c.MaxRecords < 0 {
		return augur.Errorf(augur.InvalidArgument, "records of predictions: expected to keep them for a length of time above zero, and at least one, got %v and %d", c.KeepRecords, c.MaxRecords)
	}
	if c.KeepUnused < 0 {
		return augur.Errorf(augur.InvalidArgument, "artifacts that nothing refers to: expected to keep them for a length of time above zero, got %v", c.KeepUnused)
	}
	return nil
}

// Prober says what a file is and that it can be served. The error is
// FailedPrecondition when the file cannot be loaded and Unimplemented when it
// needs what the runtime cannot carry. It may be called from any number of
// goroutines.
type Prober interface {
	Probe(ctx context.Context, path string) (*augur.ProbeReport, error)
}

// Warmer loads versions and runs each once, so that the first request after a
// switch waits for neither. It may be called from any number of goroutines.
type Warmer interface {
	Warm(ctx context.Context, versions []*augur.CatalogVersion) error
}

// Deps are what the registry works with.
type Deps struct {
	Store  *store.Store
	Blobs  *blob.Store
	Prober Prober
	// Warmer warms a version before traffic moves to it; nil means that nothing
	// is warmed.
	Warmer Warmer
	Logger *slog.Logger
}

// Registry is the one way to write to the record. Its methods may be called
// from any number of goroutines, take the principal and the request's id from
// the context, and return *augur.Error with Field relative to their input.
type Registry struct {
	cfg     Config
	store   *store.Store
	blobs   *blob.Store
	prober  Prober
	warmer  Warmer
	log     *slog.Logger
	catalog *Catalog
	// probes holds a token for each file that is being tried.
	probes chan struct{}
	// live is what this server has counted and not yet written; nil before FollowLive.
	live    atomic.Pointer[Live]
	rollups rollups
	// recordsAtOnce is how many records one transaction writes: fewer where they
	// take long.
	recordsAtOnce atomic.Int64
	// queue runs jobs; nil before UseQueue.
	queue atomic.Pointer[Queue]
	// bus tells of changes.
	bus *bus
	// keys are the API keys.
	keys *keys

	// stop ends the services and running are they; stop is nil before Start.
	stop    context.CancelFunc
	running sync.WaitGroup
}

// New makes a registry. Its catalog is empty until Start or a first write.
func New(cfg Config, deps Deps) (*Registry, error) {
	cfg = cfg.WithDefaults()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if deps.Store == nil || deps.Blobs == nil || deps.Prober == nil {
		return nil, augur.Errorf(augur.Internal, "registry: expected a store, blobs and a prober")
	}
	if deps.Logger == nil {
		deps.Logger = slog.New(slog.DiscardHandler)
	}
	r := &Registry{
		cfg: cfg, store: deps.Store, blobs: deps.Blobs, prober: deps.Prober, warmer: deps.Warmer, log: deps.Logger,
		catalog: newCatalog(deps.Store.Reader()), probes: make(chan struct{}, cfg.Probes),
		bus:     newBus(),
		keys:    newKeys(deps.Store.Reader()),
		rollups: rollups{replica: augur.NewID(augur.ReplicaID), open: map[rollupKey]*augur.ServingFigures{}},
	}
	r.recordsAtOnce.Store(maxRecordsAtOnce)
	return r, nil
}

// Start reads the catalog, and until Stop follows the changes of other replicas,
// moves rollouts and deletes what is kept no longer.
// The error is Unavailable when the database does not answer. ctx bounds the
// first reading only.
func (r *Registry) Start(ctx context.Context) error {
	if err := firstOf(r.catalog.reload(ctx, 0), r.keys.read(ctx)); err != nil {
		return err
	}
	r.catalog.OnChange(func() {
		select {
		case r.keys.changed <- struct{}{}:
		default: // they are about to be read
		}
	})
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	r.stop = stop
	r.running.Go(func() { r.catalog.poll(running, r.cfg.PollInterval, r.log) })
	r.running.Go(func() { r.sweep(running) })
	if r.store.Dialect() == dialect.Postgres {
		r.running.Go(func() { r.listen(running) })
		r.running.Go(func() { r.pollEvents(running) })
	}
	r.running.Go(func() { r.conduct(running) })
	r.running.Go(func() { r.keepKeys(running) })
	return nil
}

// Stop ends every subscription and returns when the services have ended. The
// catalog keeps its last state.
func (r *Registry) Stop() {
	r.bus.close()
	if r.stop != nil {
		r.stop()
		r.running.Wait()
	}
}

// Catalog is what may be asked for, in memory.
func (r *Registry) Catalog() *Catalog { return r.catalog }

// change is what a write says of itself, for the audit trail.
type change struct {
	// action is the mutation's name.
	action string
	// subject is the id of what was changed, and model the name of its model.
	subject, model string
	before, after  map[string]any
	// catalog says that predictions see the change.
	catalog bool
}

// write runs one change in one transaction with its row in the audit trail and,
// last, the catalog's revision; then the catalog is read again. fn returns nil
// when there was nothing to change. It may run more than once.
func (r *Registry) write(ctx context.Context, fn func(ctx context.Context, tx *ent.Tx) (*change, error)) error {
	principal := augur.PrincipalFrom(ctx)
	if principal == nil {
		return augur.Errorf(augur.Unauthenticated, "nobody is known to be calling")
	}
	var revision int64
	var event augur.Event
	err := r.store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		revision, event = 0, augur.Event{}
		c, err := fn(ctx, tx)
		if c == nil || err != nil {
			return err
		}
		// Queries find no other models; this is for what would name one anyway.
		if c.model != "" && !principal.Sees(c.model) {
			return augur.Errorf(augur.PermissionDenied, "your key is for other models than %q", c.model)
		}
		create := tx.AuditEvent.Create().SetPrincipal(principal.Name).SetAction(c.action).
			SetSubjectID(c.subject).SetModel(c.model).SetRequestID(augur.RequestIDFrom(ctx))
		if c.before != nil {
			create.SetBefore(c.before)
		}
		if c.after != nil {
			create.SetAfter(c.after)
		}
		row, err := create.Save(ctx)
		if err != nil {
			return err
		}
		event = eventOf(row)
		if err := r.outbox(ctx, tx, &event); err != nil {
			return err
		}
		if c.catalog {
			if revision, err = bump(ctx, tx); err != nil {
				return err
			}
		}
		return r.announce(ctx, tx, event.ID, revision)
	})
	if err != nil {
		return store.Error(err)
	}
	if revision > 0 {
		// The change is made, whatever becomes of the caller; and when the
		// reading fails, the poller repeats it.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if err := r.catalog.reload(ctx, revision); err != nil {
			r.log.WarnContext(ctx, "the catalog could not be read after a change", "err", err)
		}
	}
	if event.ID != "" {
		r.bus.publish(event)
	}
	return nil
}

// catalogID is the id of the one row of CatalogRevision.
const catalogID = "catalog"

// bump counts the catalog's revision up. It comes last in a transaction: its
// row stays locked until the commit, so that revisions are committed in order
// and who sees one sees all changes before it.
func bump(ctx context.Context, tx *ent.Tx) (int64, error) {
	err := tx.CatalogRevision.Create().SetID(catalogID).SetRevision(1).
		OnConflictColumns(catalogrevision.FieldID).
		Update(func(u *ent.CatalogRevisionUpsert) { u.AddRevision(1) }).
		Exec(ctx)
	if err != nil {
		return 0, err
	}
	return revisionOf(ctx, tx.CatalogRevision.Query())
}

func revisionOf(ctx context.Context, query *ent.CatalogRevisionQuery) (int64, error) {
	row, err := query.Where(catalogrevision.ID(catalogID)).Only(ctx)
	if ent.IsNotFound(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return row.Revision, nil
}

// locked, as a predicate, keeps the found row for this transaction. SQLite has
// one writer at a time anyway.
func locked(s *sql.Selector) {
	if s.Dialect() == dialect.Postgres {
		s.ForUpdate()
	}
}

// now is the clock of the record: UTC with the microseconds that both databases keep.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
