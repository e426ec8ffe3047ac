package jobs

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"augur"
	"augur/ent"
	"augur/registry"
	"augur/store"

	"github.com/riverqueue/river"
)

// Config says how jobs run.
type Config struct {
	// Timeout is how long one attempt to deliver a webhook may take; zero means
	// 10 s.
	Timeout time.Duration
	// Workers is how many deliveries are attempted at one time; zero means 8.
	Workers int
	// PredictionWorkers is how many prediction jobs are worked on at one time;
	// zero means none.
	PredictionWorkers int
	// MaxPerPrincipal is how many jobs of one principal may go on; zero means 100.
	MaxPerPrincipal int
	// MaxAttempts is how often a job is tried; zero means 8.
	MaxAttempts int
	// RetryDelay is how long the second attempt waits; every further one waits
	// twice as long, five minutes at most. Zero means 1 s.
	RetryDelay time.Duration
	// Keep is how long jobs are kept after their end; zero means 7 days.
	Keep time.Duration
	// LinkKey signs the addresses of downloads.
	LinkKey []byte
	// Allow are the private networks that webhooks may be sent to.
	Allow registry.Networks
	// UserAgent is what receivers see; "" means "Augur".
	UserAgent string
}

// WithDefaults fills the zero fields.
func (c Config) WithDefaults() Config {
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	if c.Workers == 0 {
		c.Workers = 8
	}
	if c.UserAgent == "" {
		c.UserAgent = "Augur"
	}
	if c.MaxPerPrincipal == 0 {
		c.MaxPerPrincipal = 100
	}
	if c.MaxAttempts == 0 {
		c.MaxAttempts = 8
	}
	if c.RetryDelay == 0 {
		c.RetryDelay = time.Second
	}
	if c.Keep == 0 {
		c.Keep = 7 * 24 * time.Hour
	}
	return c
}

// Validate reports what cannot be meant.
func (c Config) Validate() error {
	if c.Timeout < 0 || c.Workers < 0 || c.PredictionWorkers < 0 {
		return augur.Errorf(augur.InvalidArgument, "jobs: expected a timeout above zero and no negative number of workers, got %v, %d and %d", c.Timeout, c.Workers, c.PredictionWorkers)
	}
	if c.MaxPerPrincipal < 0 || c.MaxAttempts < 0 || c.RetryDelay < 0 || c.Keep < 0 {
		return augur.Errorf(augur.InvalidArgument, "jobs: expected no negative bound")
	}
	return nil
}

// Deliveries is what the attempts to deliver webhooks ask and tell:
// *registry.Registry.
type Deliveries interface {
	DeliveryToSend(ctx context.Context, id string) (*registry.Delivery, error)
	DeliveryAttempted(ctx context.Context, id string, result registry.DeliveryResult) (wait time.Duration, err error)
}

// Record is where prediction jobs are written: *registry.Registry.
type Record interface {
	Write(ctx context.Context, fn func(ctx context.Context, tx *ent.Tx) (*registry.Change, error)) error
}

// Catalog says what a version is: *registry.Catalog.
type Catalog interface {
	Resolve(ctx context.Context, model, ref string) (*augur.CatalogVersion, augur.Route, error)
}

// Files are where the files of jobs are: *blob.Store.
type Files interface {
	// Check returns the size of a file. The error is NotFound.
	Check(ctx context.Context, digest augur.Digest) (size int64, err error)
	// Open returns the path of a local file with this content, which stays there
	// until release is called.
	Open(ctx context.Context, digest augur.Digest) (path string, release func(), err error)
}

// Deps are what jobs work with.
type Deps struct {
	Store      *store.Store
	Deliveries Deliveries
	Record     Record
	Catalog    Catalog
	Files      Files
	// Predictor answers the predictions of jobs.
	Predictor augur.Predictor
	// Busy says whether predictions that people wait for take every core but one.
	Busy   func() bool
	Logger *slog.Logger
	// Outgoing wraps what sends webhooks, such as with traces; nil leaves it as it is.
	Outgoing func(http.RoundTripper) http.RoundTripper
}

// Queue queues jobs and, between Start and Stop, runs them.
type Queue struct {
	cfg     Config
	deps    Deps
	client  client
	http    *http.Client
	started bool
	// stopTending ends the service that tends jobs, and tending is it.
	stopTending context.CancelFunc
	tending     sync.WaitGroup
}

var _ registry.Queue = (*Queue)(nil)

// New makes a queue. Jobs can be queued before Start.
func New(cfg Config, deps Deps) (*Queue, error) {
	cfg = cfg.WithDefaults()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if deps.Store == nil || deps.Deliveries == nil || deps.Record == nil || deps.Catalog == nil || deps.Files == nil || deps.Predictor == nil || deps.Busy == nil {
		return nil, augur.Errorf(augur.Internal, "jobs: a dependency is missing")
	}
	if deps.Logger == nil {
		deps.Logger = slog.New(slog.DiscardHandler)
	}
	q := &Queue{cfg: cfg, deps: deps, http: newClient(cfg)}
	if deps.Outgoing != nil {
		q.http.Transport = deps.Outgoing(q.http.Transport)
	}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &deliveryWorker{queue: q}); err != nil {
		return nil, augur.Wrap(augur.Internal, err, "internal error")
	}
	if err := river.AddWorkerSafely(workers, &predictionWorker{queue: q}); err != nil {
		return nil, augur.Wrap(augur.Internal, err, "internal error")
	}
	var err error
	if q.client, err = newRiver(deps.Store, q.river(workers)); err != nil {
		return nil, augur.Wrap(augur.Internal, err, "the queue of jobs cannot be made")
	}
	return q, nil
}

// How River works.
const (
	// jobMargin is what a job takes besides the attempt: the database.
	jobMargin = 20 * time.Second
	// rescueAfter is how long after its timeout a job that still runs counts as
	// one whose server is gone.
	rescueAfter = 30 * time.Second
	// pollInterval is how often SQLite is asked for jobs, one small statement
	// each time: River would ask every 50 ms otherwise.
	pollInterval = 200 * time.Millisecond
	// promptly is how often it is asked for prediction jobs.
	promptly = 75 * time.Millisecond
	// softStop is how long jobs may go on when the server stops.
	softStop = 10 * time.Second
)

func (q *Queue) river(workers *river.Workers) *river.Config {
	cfg := &river.Config{
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: q.cfg.Workers}},
		Workers:              workers,
		Logger:               slog.New(quiet{q.deps.Logger.Handler()}),
		JobTimeout:           q.cfg.Timeout + jobMargin,
		RescueStuckJobsAfter: q.cfg.Timeout + jobMargin + rescueAfter,
		SoftStopTimeout:      softStop,
		FetchCooldown:        50 * time.Millisecond,
	}
	if n := q.cfg.PredictionWorkers; n > 0 {
		queue := river.QueueConfig{MaxWorkers: n, FetchCooldown: 20 * time.Millisecond}
		if q.deps.Store.Pool() == nil {
			queue.FetchPollInterval = promptly
		}
		cfg.Queues[predictionQueue] = queue
	}
	if q.deps.Store.Pool() == nil {
		cfg.PollOnly, cfg.FetchPollInterval = true, pollInterval
	}
	return cfg
}

// Start runs jobs until Stop. ctx bounds the start alone. The error is
// Unavailable when the database does not answer.
func (q *Queue) Start(ctx context.Context) error {
	if q.deps.Store.Pool() == nil {
		// One server has a SQLite file: what runs there ran in a process that is gone.
		if _, err := q.deps.Store.SQLWriter().ExecContext(ctx, "UPDATE river_job SET state = 'available' WHERE state = 'running'"); err != nil {
			return store.Error(err)
		}
	}
	if err := q.client.start(context.WithoutCancel(ctx)); err != nil {
		return augur.Wrap(augur.Unavailable, err, "the queue of jobs cannot be started")
	}
	tending, stop := context.WithCancel(context.WithoutCancel(ctx))
	q.stopTending = stop
	q.tending.Go(func() { q.tend(tending) })
	q.started = true
	return nil
}

// Stop lets running jobs end, for ten seconds at most, and returns when they
// have. What has not ended runs again later.
func (q *Queue) Stop(ctx context.Context) error {
	if !q.started {
		return nil
	}
	q.stopTending()
	q.tending.Wait()
	err := q.client.stop(ctx)
	q.http.CloseIdleConnections()
	return err
}

// Deliver of registry.Queue.
func (q *Queue) Deliver(ctx context.Context, deliveryIDs []string) error {
	params := make([]river.InsertManyParams, len(deliveryIDs))
	for i, id := range deliveryIDs {
		params[i] = river.InsertManyParams{Args: deliveryArgs{DeliveryID: id}}
	}
	return q.client.insert(ctx, params)
}
