package inference

import (
	"context"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"augur"
)

// LogConfig says which predictions are kept of versions whose policy does not
// say otherwise. The zero value means the defaults.
type LogConfig struct {
	// Successes is how many answered predictions of one version are kept in one
	// second. Errors are all kept. Zero means 200; negative keeps none.
	Successes int
	// InputShare is the share of the kept predictions, 0 to 1, of which inputs
	// and answers are kept too. Zero means 0.01; negative keeps none.
	InputShare float64
	// InputBytes bounds the inputs and answers of one prediction that are kept,
	// as they are in memory; larger ones are left out. Zero means 64 KiB.
	InputBytes int
	// Redact names features and outputs whose values are never kept; those that
	// the policy of a version names are hidden beside them.
	Redact []string
	// Queue is how many records may wait to be written; more are dropped and
	// counted. Zero means 8,192.
	Queue int
}

// WithDefaults returns c with every zero field set to its default.
func (c LogConfig) WithDefaults() LogConfig {
	if c.Successes == 0 {
		c.Successes = 200
	}
	if c.InputShare == 0 {
		c.InputShare = 0.01
	}
	if c.InputBytes == 0 {
		c.InputBytes = 64 << 10
	}
	if c.Queue == 0 {
		c.Queue = 8192
	}
	return c
}

// Validate reports InvalidArgument for a field that makes no sense.
func (c LogConfig) Validate() error {
	if !(c.InputShare <= 1) || c.InputBytes < 0 || c.Queue < 0 {
		return augur.Errorf(augur.InvalidArgument, "inference log: expected a share of at most 1, and numbers that are not negative")
	}
	return nil
}

// What the log does at one time.
const (
	// recordsAtOnce bounds the records of one call of the sink.
	recordsAtOnce = 1000
	// recordWait is how long a record waits for others.
	recordWait = 100 * time.Millisecond
	// bucketsAtOnce bounds the buckets of one call of the sink, and maxBuckets
	// those that wait while the sink fails: an hour of 27 busy versions.
	bucketsAtOnce = 500
	maxBuckets    = 10_000
	// sinkTimeout bounds one call of the sink.
	sinkTimeout = 5 * time.Second
)

// Log counts predictions and keeps some of them. The engine calls it once for
// each prediction, and it never lets one wait: counters are kept in memory and
// written to the sink every ten seconds, and records are written by a goroutine
// of its own. Its methods may be called from any number of goroutines.
type Log struct {
	cfg     LogConfig
	sink    Sink
	logger  *slog.Logger
	hide    map[string]bool
	records *prometheus.CounterVec // by result
	lost    prometheus.Counter     // buckets

	tallies sync.Map // *tally by version id; none is removed
	queue   chan *logEntry
	syncs   chan chan struct{}

	mu sync.Mutex // guards what follows
	// start is when the open bucket began, and closed are those before it that
	// the sink does not have yet, the oldest first. Their figures do not change.
	start  time.Time
	closed []augur.ServingBucket
	// state tells what the engine has run; nil before follow.
	state func(versionID string) (augur.EngineState, bool)

	stopping chan struct{}
	stopOnce sync.Once
	stopCtx  context.Context // set before stopping is closed
	running  sync.WaitGroup
}

// NewLog returns a log that is not started. Logger and Registerer may be nil.
// The error is InvalidArgument, or AlreadyExists when the registerer has the
// instruments of another log.
func NewLog(cfg LogConfig, sink Sink, logger *slog.Logger, registerer prometheus.Registerer) (*Log, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if sink == nil {
		return nil, augur.Errorf(augur.InvalidArgument, "the prediction log needs a Sink")
	}
	if logger == nil {
		logger = slog.Default()
	}
	cfg = cfg.WithDefaults()
	l := &Log{
		cfg: cfg, sink: sink, logger: logger, hide: map[string]bool{},
		records: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "augur_prediction_log_records_total",
			Help: "Records of predictions, by result: written, dropped (the queue was full), failed (the record refused them).",
		}, []string{"result"}),
		lost: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "augur_serving_buckets_lost_total",
			Help: "Serving figures of ten seconds of one version that could not be written for so long that they were given up.",
		}),
		queue: make(chan *logEntry, cfg.Queue), syncs: make(chan chan struct{}), stopping: make(chan struct{}),
	}
	for _, name := range cfg.Redact {
		l.hide[name] = true
	}
	for _, result := range []string{"written", "dropped", "failed"} {
		l.records.WithLabelValues(result)
	}
	if registerer != nil {
		for _, c := range []prometheus.Collector{l.records, l.lost} {
			if err := registerer.Register(c); err != nil {
				return nil, augur.Wrap(augur.AlreadyExists, err, "the metrics of the prediction log are registered already")
			}
		}
	}
	return l, nil
}

// Start begins to write. The context bounds the start alone.
func (l *Log) Start(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.mu.Lock()
	l.start = time.Now().UTC().Truncate(augur.BucketWidth)
	l.mu.Unlock()
	l.running.Go(l.writeBuckets)
	l.running.Go(l.writeRecords)
	return nil
}

// Stop writes what there is and ends. What cannot be written until ctx is done
// is lost. Stop the engine first: predictions after it are neither counted nor kept.
func (l *Log) Stop(ctx context.Context) error {
	l.stopOnce.Do(func() {
		l.stopCtx = ctx
		close(l.stopping)
	})
	l.running.Wait() // the sink returns soon after ctx is done
	return ctx.Err()
}

// follow has the log count the runs that state tells of.
func (l *Log) follow(state func(versionID string) (augur.EngineState, bool)) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state = state
}

// done counts a prediction that ended, and keeps it when it is one to keep.
// Without a response or an error it panicked. A nil log does nothing.
func (l *Log) done(ctx context.Context, v *augur.CatalogVersion, route augur.Route, req *augur.Request, began time.Time, resp *augur.Response, err error) {
	if l == nil {
		return
	}
	t := l.tally(v)
	if err == nil && resp != nil {
		took := resp.Timing.Total
		t.add(took, resp, "")
		if most := or(v.Policy.LogSuccesses, l.cfg.Successes); most > 0 && t.keep(began, most) {
			l.keep(newLogEntry(ctx, v, route, req, began, took, resp, nil), req, resp)
		}
		return
	}
	if err == nil {
		err = augur.Errorf(augur.Internal, "panic")
	}
	took := time.Since(began)
	t.add(took, nil, augur.CodeOf(err))
	l.keep(newLogEntry(ctx, v, route, req, began, took, nil, err), req, nil)
}

// keep puts a record into the queue, or counts it where there is no room.
func (l *Log) keep(p *logEntry, req *augur.Request, resp *augur.Response) {
	if share := or(p.v.Policy.LogInputShare, l.cfg.InputShare); share > 0 && rand.Float64() < share {
		p.keep(&req.Data, resp, l.cfg.InputBytes)
	}
	select {
	case l.queue <- p:
	default:
		l.records.WithLabelValues("dropped").Inc()
	}
}

// hidden are the names of features and outputs of a version whose values are
// not kept.
func (l *Log) hidden(v *augur.CatalogVersion) map[string]bool {
	if v.Policy.LogRedact == "" {
		return l.hide
	}
	all := maps.Clone(l.hide)
	for name := range strings.SplitSeq(v.Policy.LogRedact, "\n") {
		all[name] = true
	}
	return all
}

// or is what is set, and otherwise where that is zero.
func or[T int | float64](set, otherwise T) T {
	if set == 0 {
		return otherwise
	}
	return set
}

func (l *Log) tally(v *augur.CatalogVersion) *tally {
	if t, ok := l.tallies.Load(v.ID); ok {
		return t.(*tally)
	}
	t, _ := l.tallies.LoadOrStore(v.ID, newTally(v))
	return t.(*tally)
}

// Live returns the figures of versions that the sink does not have yet: those
// of buckets that are closed, and of the open one so far. Their figures must
// not be changed.
func (l *Log) Live(versionIDs []string) []augur.ServingBucket {
	asked := make(map[string]bool, len(versionIDs))
	for _, id := range versionIDs {
		asked[id] = true
	}
	var out []augur.ServingBucket
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range l.closed {
		if asked[b.VersionID] {
			out = append(out, b)
		}
	}
	for _, id := range versionIDs {
		found, ok := l.tallies.Load(id)
		if !ok {
			continue
		}
		t := found.(*tally)
		f := t.read()
		f.Runs, f.RunRows, _, _ = l.ran(t)
		if f.Requests+f.Runs > 0 {
			out = append(out, augur.ServingBucket{VersionID: id, Start: l.start, Width: augur.BucketWidth, Figures: f})
		}
	}
	return out
}

// ran returns the runs of a version since the last turn, and all of them. l.mu is held.
func (l *Log) ran(t *tally) (runs, rows, allRuns, allRows int64) {
	if l.state == nil {
		return 0, 0, 0, 0
	}
	state, _ := l.state(t.v.ID)
	allRuns, allRows = state.Batching.Runs, state.Batching.Rows
	if allRuns < t.runs || allRows < t.runRows { // loaded anew, and counted anew
		return allRuns, allRows, allRuns, allRows
	}
	return allRuns - t.runs, allRows - t.runRows, allRuns, allRows
}

// turn closes the open bucket. No two buckets have one start, whatever the
// clock does: the sink takes a bucket that it has already for a repetition.
func (l *Log) turn() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, found := range l.tallies.Range {
		t := found.(*tally)
		f := t.take()
		f.Runs, f.RunRows, t.runs, t.runRows = l.ran(t)
		if f.Requests+f.Runs > 0 {
			l.closed = append(l.closed, augur.ServingBucket{VersionID: t.v.ID, Start: l.start, Width: augur.BucketWidth, Figures: f})
		}
	}
	if over := len(l.closed) - maxBuckets; over > 0 {
		l.closed = slices.Delete(l.closed, 0, over)
		l.lost.Add(float64(over))
	}
	next := l.start.Add(augur.BucketWidth)
	if now := time.Now().UTC().Truncate(augur.BucketWidth); now.After(next) {
		next = now
	}
	l.start = next
}

// writeBuckets turns the bucket when its time is over, and writes it.
func (l *Log) writeBuckets() {
	failing := false
	for {
		l.mu.Lock()
		wait := time.Until(l.start.Add(augur.BucketWidth))
		l.mu.Unlock()
		ctx, last := context.Background(), false
		select {
		case <-time.After(max(wait, time.Millisecond)):
		case <-l.stopping:
			ctx, last = l.stopCtx, true
		}
		l.turn()
		err := l.flush(ctx)
		if failing != (err != nil) { // one line when it begins, one when it ends
			if failing = err != nil; failing {
				l.logger.Warn("serving figures cannot be written; they are kept for now", "error", err)
			} else {
				l.logger.Info("serving figures can be written again")
			}
		}
		if last {
			return
		}
	}
}

// flush writes the closed buckets, the oldest first.
func (l *Log) flush(ctx context.Context) error {
	for {
		l.mu.Lock()
		part := l.closed[:min(len(l.closed), bucketsAtOnce):len(l.closed)]
		l.mu.Unlock()
		if len(part) == 0 {
			return nil
		}
		ctx, cancel := context.WithTimeout(ctx, sinkTimeout)
		err := l.sink.LogServing(ctx, part)
		cancel()
		if err != nil {
			return err
		}
		l.mu.Lock()
		l.closed = slices.Clone(l.closed[len(part):])
		l.mu.Unlock()
	}
}

// Sync returns when what was kept before the call has been written, or has
// failed for good. The error is ctx's, or Unavailable when the log has stopped.
func (l *Log) Sync(ctx context.Context) error {
	done := make(chan struct{})
	select {
	case l.syncs <- done:
	case <-l.stopping:
		return augur.Errorf(augur.Unavailable, "the prediction log has stopped")
	case <-ctx.Done():
		return augur.AsError(ctx.Err())
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return augur.AsError(ctx.Err())
	}
}

// writeRecords writes the records of the queue, many at a time.
func (l *Log) writeRecords() {
	batch := make([]augur.PredictionRecord, 0, recordsAtOnce)
	var due <-chan time.Time // nil while the batch is empty
	write := func() {
		l.write(batch)
		clear(batch)
		batch, due = batch[:0], nil
	}
	drain := func() {
		for {
			select {
			case p := <-l.queue:
				if batch = append(batch, p.finish(l.hidden(p.v), l.logger)); len(batch) == recordsAtOnce {
					write()
				}
			default:
				write()
				return
			}
		}
	}
	for {
		select {
		case p := <-l.queue:
			if batch = append(batch, p.finish(l.hidden(p.v), l.logger)); len(batch) == recordsAtOnce {
				write()
			} else if due == nil {
				due = time.After(recordWait)
			}
		case <-due:
			write()
		case done := <-l.syncs:
			drain()
			close(done)
		case <-l.stopping:
			drain()
			return
		}
	}
}

// write gives records to the sink, again while it may take them later; those
// that it refuses are sought by halves, so that one does not take the others
// with it.
func (l *Log) write(batch []augur.PredictionRecord) {
	if len(batch) == 0 {
		return
	}
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		parent, last := context.Background(), false
		select {
		case <-l.stopping:
			parent, last = l.stopCtx, true
		default:
		}
		ctx, cancel := context.WithTimeout(parent, sinkTimeout)
		err := l.sink.LogPredictions(ctx, batch)
		cancel()
		switch {
		case err == nil:
			l.records.WithLabelValues("written").Add(float64(len(batch)))
			return
		case !last && augur.CodeOf(err).Retryable():
		case len(batch) > 1 && !augur.CodeOf(err).Retryable() && parent.Err() == nil:
			l.write(batch[:len(batch)/2])
			l.write(batch[len(batch)/2:])
			return
		default:
			l.records.WithLabelValues("failed").Add(float64(len(batch)))
			l.logger.Error("records of predictions could not be written", "records", len(batch), "error", err)
			return
		}
		select {
		case <-l.stopping:
		case <-time.After(pause):
		}
	}
}
