package jobs

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"augur"
	"augur/registry"
	"augur/store"

	"github.com/riverqueue/river"
)

// Config says how jobs run.
type Config struct {
	// Timeout is how long one attempt to deliver a webhook may take; zero means
	// 10 s.
	Timeout time.Duration
	// Workers is how many jobs run at one time; zero means 8.
	Workers int
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
	return c
}

// Validate reports what cannot be meant.
func (c Config) Validate() error {
	if c.Timeout < 0 || c.Workers < 0 {
		return augur.Errorf(augur.InvalidArgument, "jobs: expected a timeout above zero and at least one worker, got %v and %d", c.Timeout, c.Workers)
	}
	return nil
}

// Deliveries is what the attempts to deliver webhooks ask and tell:
// *registry.Registry.
type Deliveries interface {
	DeliveryToSend(ctx context.Context, id string) (*registry.Delivery, error)
	DeliveryAttempted(ctx context.Context, id string, result registry.DeliveryResult) (wait time.Duration, err error)
}

// Deps are what jobs work with.
type Deps struct {
	Store      *store.Store
	Deliveries Deliveries
	Logger     *slog.Logger
}

// Queue queues jobs and, between Start and Stop, runs them.
type Queue struct {
	cfg     Config
	deps    Deps
	client  client
	http    *http.Client
	started bool
}

var _ registry.Queue = (*Queue)(nil)

// New makes a queue. Jobs can be queued before Start.
func New(cfg Config, deps Deps) (*Queue, error) {
	cfg = cfg.WithDefaults()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if deps.Store == nil || deps.Deliveries == nil {
		return nil, augur.Errorf(augur.Internal, "jobs: expected a store and deliveries")
	}
	if deps.Logger == nil {
		deps.Logger = slog.New(slog.DiscardHandler)
	}
	q := &Queue{cfg: cfg, deps: deps, http: newClient(cfg)}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &deliveryWorker{queue: q}); err != nil {
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
	q.started = true
	return nil
}

// Stop lets running jobs end, for ten seconds at most, and returns when they
// have. What has not ended runs again later.
func (q *Queue) Stop(ctx context.Context) error {
	if !q.started {
		return nil
	}
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
