package inference

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"augur"
	"augur/rollout"
)

// metrics are the engine's instruments. Labels are bounded: models and versions
// are those of the catalog, codes and cache statuses closed lists.
type metrics struct {
	// predictions counts requests, by how they ended ("OK" or an augur.Code) and
	// what the cache did; model and version are "" where none was found.
	predictions *prometheus.CounterVec
	rows        *prometheus.CounterVec
	rowErrors   *prometheus.CounterVec
	seconds     *prometheus.HistogramVec
	queue       *prometheus.HistogramVec
	// runSeconds is the time in the runtime, of all the rows of a run together.
	runSeconds *prometheus.HistogramVec
	// runs counts runs by why they began with the rows they had, and runRows
	// those rows.
	runs    *prometheus.CounterVec
	runRows *prometheus.HistogramVec
	// openings counts how often breakers opened, fallbacks the requests that
	// another version answered in place of the labelled one.
	openings, fallbacks *prometheus.CounterVec
	// evictions counts how often versions were closed to make room for others.
	evictions *prometheus.CounterVec
	// sharedReads counts what the shared cache was asked for, by result: hit,
	// miss (a fault is one), foreign (bytes that are no answer) and skipped (it
	// is being purged). sharedWrites counts answers on their way to it: queued,
	// dropped (there was no room in the queue) and too_large.
	sharedReads, sharedWrites *prometheus.CounterVec
	// shadowDrops counts copies for shadow rollouts that did not run.
	shadowDrops prometheus.Counter
}

// ok is the code label of a prediction that was answered.
const ok = "OK"

func newMetrics() *metrics {
	labels := []string{"model", "version"}
	// From a hit in memory to the longest timeout that makes sense.
	buckets := []float64{25e-6, 50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, .1, .25, .5, 1, 2.5, 5, 10, 30}
	return &metrics{
		predictions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "augur_predictions_total",
			Help: "Requests for a prediction, by code (OK or an error code) and what the cache did.",
		}, []string{"model", "version", "code", "cache"}),
		rows: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "augur_prediction_rows_total",
			Help: "Rows that were answered.",
		}, labels),
		rowErrors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "augur_prediction_row_errors_total",
			Help: "Errors of single rows in requests that were answered.",
		}, labels),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "augur_prediction_seconds",
			Help: "How long predictions took from call to answer, errors included.", Buckets: buckets,
		}, labels),
		queue: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "augur_prediction_queue_seconds",
			Help: "How long requests waited for their run.", Buckets: buckets,
		}, labels),
		runSeconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "augur_run_seconds",
			Help: "How long runs took in the runtime, all their rows together.", Buckets: buckets,
		}, labels),
		runs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "augur_runs_total",
			Help: "Runs, by why they began with the rows they had: IDLE, FREE, FULL, RETURNED, LINGER, DEADLINE, SHAPE, SINGLE, AGAIN.",
		}, []string{"model", "version", "cut"}),
		runRows: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "augur_run_rows",
			Help: "Rows of a run.", Buckets: []float64{1, 2, 4, 8, 16, 32, 64, 128, 256, 1024, 4096},
		}, labels),
		openings: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "augur_breaker_opened_total",
			Help: "How often the version's circuit breaker opened.",
		}, labels),
		fallbacks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "augur_prediction_fallbacks_total",
			Help: "Requests that went to another version because this one was left alone.",
		}, labels),
		evictions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "augur_version_evictions_total",
			Help: "How often the version was closed to make room for others; its next request loaded it again.",
		}, labels),
		shadowDrops: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "augur_shadow_dropped_total",
			Help: "Copies of requests for the candidates of shadow rollouts that did not run, mostly since no core was free.",
		}),
		sharedReads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "augur_shared_cache_reads_total",
			Help: "Questions to the cache that servers share, by result: hit, miss, foreign (no answer of ours), skipped (being purged).",
		}, []string{"result"}),
		sharedWrites: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "augur_shared_cache_writes_total",
			Help: "Answers for the cache that servers share, by result: queued, dropped (the queue was full), too_large.",
		}, []string{"result"}),
	}
}

func (m *metrics) collectors() []prometheus.Collector {
	return []prometheus.Collector{m.predictions, m.rows, m.rowErrors, m.seconds, m.queue, m.runSeconds, m.runs, m.runRows, m.openings, m.fallbacks, m.evictions, m.shadowDrops}
}

// forget drops the series of a version that left the catalog.
func (m *metrics) forget(model, version string) {
	labels := prometheus.Labels{"model": model, "version": version}
	m.predictions.DeletePartialMatch(labels)
	m.rows.DeletePartialMatch(labels)
	m.rowErrors.DeletePartialMatch(labels)
	m.seconds.DeletePartialMatch(labels)
	m.queue.DeletePartialMatch(labels)
	m.runSeconds.DeletePartialMatch(labels)
	m.runs.DeletePartialMatch(labels)
	m.runRows.DeletePartialMatch(labels)
	m.openings.DeletePartialMatch(labels)
	m.fallbacks.DeletePartialMatch(labels)
	m.evictions.DeletePartialMatch(labels)
}

// series are the instruments of one version, looked up once.
type series struct {
	metrics         *metrics
	model, version  string
	rows, rowErrors prometheus.Counter
	openings        prometheus.Counter
	seconds, queue  prometheus.Observer
	runRows         prometheus.Observer
	runSeconds      prometheus.Observer
	cuts            [len(cuts)]atomic.Pointer[prometheus.Counter] // of runs, as answered below
	// answered are the counters of code OK, by cacheLabel, looked up when needed
	// so that no series says zero for a cache that the version does not use.
	answered [4]atomic.Pointer[prometheus.Counter]
	// cacheRows counts rows by what the cache did for them, by map4.
	cacheRows [4]atomic.Int64
}

func (m *metrics) of(v *augur.CatalogVersion) *series {
	return &series{
		metrics: m, model: v.Model, version: v.Version,
		rows: m.rows.WithLabelValues(v.Model, v.Version), rowErrors: m.rowErrors.WithLabelValues(v.Model, v.Version),
		seconds: m.seconds.WithLabelValues(v.Model, v.Version), queue: m.queue.WithLabelValues(v.Model, v.Version),
		runRows: m.runRows.WithLabelValues(v.Model, v.Version), runSeconds: m.runSeconds.WithLabelValues(v.Model, v.Version),
		openings: m.openings.WithLabelValues(v.Model, v.Version),
	}
}

// done counts a request that ended. Without a response or an error it panicked.
func (s *series) done(began time.Time, resp *augur.Response, err error) {
	s.seconds.Observe(time.Since(began).Seconds())
	if resp == nil && err == nil {
		err = augur.Errorf(augur.Internal, "panic")
	}
	if err != nil {
		s.metrics.predictions.WithLabelValues(s.model, s.version, string(augur.CodeOf(err)), "").Inc()
		return
	}
	count(&s.answered[map4(resp.Cache)], func() prometheus.Counter {
		return s.metrics.predictions.WithLabelValues(s.model, s.version, ok, string(resp.Cache))
	})
	s.rows.Add(float64(len(resp.RowIndex)))
	if len(resp.RowErrors) > 0 {
		s.rowErrors.Add(float64(len(resp.RowErrors)))
	}
}

// ran counts a run.
func (s *series) ran(cut augur.Cut, rows int, took time.Duration) {
	s.runRows.Observe(float64(rows))
	s.runSeconds.Observe(took.Seconds())
	for i := range cuts {
		if cuts[i] == cut {
			count(&s.cuts[i], func() prometheus.Counter { return s.metrics.runs.WithLabelValues(s.model, s.version, string(cut)) })
		}
	}
}

// cached counts the rows of an answer, of which some may have been in the cache
// though the answer as a whole was not.
func (s *series) cached(status augur.CacheStatus, rows, cached int) {
	if status == augur.CacheMiss && cached > 0 {
		s.cacheRows[map4(augur.CacheMemory)].Add(int64(cached))
		rows -= cached
	}
	s.cacheRows[map4(status)].Add(int64(rows))
}

// tell fills in the counts of rows.
func (s *series) tell(c *augur.CacheCounts) {
	c.Missed, c.Memory, c.Shared, c.Skipped = s.cacheRows[0].Load(), s.cacheRows[1].Load(), s.cacheRows[2].Load(), s.cacheRows[3].Load()
}

// count adds one to a counter that is looked up when it is first needed.
func count(at *atomic.Pointer[prometheus.Counter], find func() prometheus.Counter) {
	counter := at.Load()
	if counter == nil {
		found := find()
		counter = &found
		at.Store(counter)
	}
	(*counter).Inc()
}

// map4 gives each cache status a place.
func map4(status augur.CacheStatus) int {
	switch status {
	case augur.CacheMiss:
		return 0
	case augur.CacheMemory:
		return 1
	case augur.CacheShared:
		return 2
	default:
		return 3
	}
}

// gauges tells, when it is asked, what the engine holds now, so that the way of
// a prediction need not keep count.
type gauges struct{ engine *Engine }

var (
	loadedDesc  = prometheus.NewDesc("augur_version_loaded", "1 where the version's session is open.", []string{"model", "version"}, nil)
	runningDesc = prometheus.NewDesc("augur_version_running", "Runs of the version now.", []string{"model", "version"}, nil)
	queuedDesc  = prometheus.NewDesc("augur_version_queued", "Requests that wait for a run of the version now.", []string{"model", "version"}, nil)
	breakerDesc = prometheus.NewDesc("augur_breaker_state", "The version's circuit breaker: 0 closed, 1 half open, 2 open.", []string{"model", "version"}, nil)
	takenDesc   = prometheus.NewDesc("augur_loaded_bytes", "Memory of the loaded versions, estimated from their artifacts.", nil, nil)
	cachedDesc  = prometheus.NewDesc("augur_cache_bytes", "Memory of the answers that are kept, roughly.", nil, nil)
	weightDesc  = prometheus.NewDesc("augur_rollout_weight", "The share of the model's requests, 0 to 1, that the arm of its rollout gets on this server: of a shadow's candidate, of copies.", []string{"model", "version", "arm"}, nil)
	entriesDesc = prometheus.NewDesc("augur_cache_entries", "Answers that are kept, roughly.", nil, nil)
)

// Describe implements prometheus.Collector.
func (g gauges) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{loadedDesc, runningDesc, queuedDesc, breakerDesc, takenDesc, cachedDesc, entriesDesc, weightDesc} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (g gauges) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	told := map[[2]string]bool{}
	for _, l := range *g.engine.lanes.Load() {
		// A version deleted and made again has two lanes until the catalog's
		// change is heard, and a gauge told twice fails the whole collection.
		if name := [2]string{l.v.Model, l.v.Version}; told[name] {
			continue
		} else {
			told[name] = true
		}
		state := l.state()
		loaded := 0.0
		if state.Loaded {
			loaded = 1
		}
		gauge(loadedDesc, loaded, l.v.Model, l.v.Version)
		gauge(runningDesc, float64(state.Running), l.v.Model, l.v.Version)
		gauge(queuedDesc, float64(state.Queued), l.v.Model, l.v.Version)
		switch state.Breaker.Status {
		case augur.BreakerClosed:
			gauge(breakerDesc, 0, l.v.Model, l.v.Version)
		case augur.BreakerHalfOpen:
			gauge(breakerDesc, 1, l.v.Model, l.v.Version)
		case augur.BreakerOpen:
			gauge(breakerDesc, 2, l.v.Model, l.v.Version)
		}
	}
	for _, t := range *g.engine.rollouts.traffics.Load() {
		for i, weight := range t.split.Load().Weights() {
			v := t.live.Versions[i]
			gauge(weightDesc, float64(weight)/rollout.Buckets, v.Model, v.Version, t.live.Plan.Arms[i].Name)
		}
	}
	gauge(takenDesc, float64(g.engine.pool.memory.taken()))
	if c := g.engine.answers; c != nil {
		gauge(cachedDesc, float64(c.store.WeightedSize()))
		gauge(entriesDesc, float64(c.store.EstimatedSize()))
	}
}
