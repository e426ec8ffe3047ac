package inference

import (
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	"augur"
)

// Config is how the engine works where a version's own ServingPolicy does not
// say otherwise. The zero value means the defaults.
type Config struct {
	// CacheBytes is how much memory answers are kept in. Raise it where inputs
	// repeat a lot. Zero means 64 MiB; negative keeps none in memory.
	CacheBytes int64
	// CacheTTL is how long an answer may be served again. An answer cannot become
	// wrong, so this bounds memory rather than staleness. Zero means one hour.
	CacheTTL time.Duration
	// SharedTimeout is how long a prediction asks the shared cache before it runs.
	// Zero means 20 ms.
	SharedTimeout time.Duration
	// SharedMaxBytes is the largest answer that is put into the shared cache.
	// Zero means 1 MiB.
	SharedMaxBytes int
	// Timeout bounds one prediction from call to return. Zero means 30 s.
	Timeout time.Duration
	// MaxRows bounds the rows of one request. Zero means 10,000.
	MaxRows int
	// MaxConcurrent bounds the runs of one version at one time. Zero means as
	// many as pay, one per core at most.
	MaxConcurrent int
	// MaxBatchRows bounds the rows that run together. Zero means as many as pay,
	// and one that requests run one by one.
	MaxBatchRows int
	// MaxQueue bounds the requests that wait for one version; the next one is
	// refused with ResourceExhausted. Zero means 1,024; negative lets none wait.
	MaxQueue int
	// MaxBytes bounds the input tensors of one request. Zero means 256 MiB.
	MaxBytes int64
	// Threads is how many intra-op threads one run uses. Zero means one.
	Threads int
	// LoadBackoff is how long a version that could not be loaded is left alone;
	// it doubles with every failure up to 64 times as much. Zero means 1 s.
	LoadBackoff time.Duration
	// BreakerFailures is how many failures of a version in a row open its circuit
	// breaker. Zero means 5; negative means that there is none.
	BreakerFailures int
	// BreakerDelay is how long an open breaker lets no request run. Zero means 60 s.
	BreakerDelay time.Duration
	// SessionBytes is how much memory the loaded versions may take together, as
	// estimated from their artifacts; those used least lately are closed for
	// others and loaded again when asked. Zero means no bound.
	SessionBytes int64
	// LogLines is how many answered predictions of one second get a line in the
	// log; those that failed all do. Zero means 10; negative none.
	LogLines int
	// Subjects says where the subject of a request is looked for, in this order;
	// the first that names one counts. Nil means SubjectInput, then SubjectHeader.
	Subjects []SubjectPlace
}

// SubjectPlace is a place where the subject of a request may stand.
type SubjectPlace string

// The places of a subject.
const (
	// SubjectInput is Request.Subject.
	SubjectInput SubjectPlace = "input"
	// SubjectHeader is the header X-User-ID of the request.
	SubjectHeader SubjectPlace = "header"
	// SubjectPrincipal is the name of who is calling.
	SubjectPrincipal SubjectPlace = "principal"
)

// WithDefaults returns c with every zero field set to its default.
func (c Config) WithDefaults() Config {
	def := func(v *int, to int) {
		if *v == 0 {
			*v = to
		}
	}
	defTime := func(v *time.Duration, to time.Duration) {
		if *v == 0 {
			*v = to
		}
	}
	if c.CacheBytes == 0 {
		c.CacheBytes = 64 << 20
	}
	defTime(&c.CacheTTL, time.Hour)
	defTime(&c.SharedTimeout, 20*time.Millisecond)
	def(&c.SharedMaxBytes, 1<<20)
	defTime(&c.Timeout, 30*time.Second)
	defTime(&c.LoadBackoff, time.Second)
	def(&c.MaxRows, 10_000)
	def(&c.MaxQueue, 1024)
	def(&c.LogLines, 10)
	def(&c.Threads, 1)
	def(&c.BreakerFailures, 5)
	defTime(&c.BreakerDelay, time.Minute)
	if c.MaxBytes == 0 {
		c.MaxBytes = 256 << 20
	}
	if c.Subjects == nil {
		c.Subjects = []SubjectPlace{SubjectInput, SubjectHeader}
	}
	return c
}

// Validate reports InvalidArgument for a field that makes no sense.
func (c Config) Validate() error {
	for _, f := range []struct {
		name string
		bad  bool
	}{
		{"CacheTTL", c.CacheTTL < 0}, {"SharedTimeout", c.SharedTimeout < 0}, {"SharedMaxBytes", c.SharedMaxBytes < 0},
		{"Timeout", c.Timeout < 0}, {"LoadBackoff", c.LoadBackoff < 0},
		{"MaxRows", c.MaxRows < 0}, {"MaxConcurrent", c.MaxConcurrent < 0}, {"MaxBatchRows", c.MaxBatchRows < 0}, {"Threads", c.Threads < 0},
		{"MaxBytes", c.MaxBytes < 0}, {"BreakerDelay", c.BreakerDelay < 0}, {"SessionBytes", c.SessionBytes < 0},
	} {
		if f.bad {
			return augur.Errorf(augur.InvalidArgument, "inference %s: expected zero (the default) or more", f.name)
		}
	}
	for _, p := range c.Subjects {
		if p != SubjectInput && p != SubjectHeader && p != SubjectPrincipal {
			return augur.Errorf(augur.InvalidArgument, "inference Subjects: expected %s, %s or %s, got %q", SubjectInput, SubjectHeader, SubjectPrincipal, p)
		}
	}
	return nil
}

// Deps are what the engine calls.
type Deps struct {
	// Catalog says which version answers. Required.
	Catalog Catalog
	// Artifacts gives the bytes of versions. Required.
	Artifacts Artifacts
	// Runtimes load artifacts, by format ("onnx"). At least one is required.
	Runtimes map[string]Runtime
	// Shared is the cache behind the one in memory; nil means there is none.
	Shared SharedCache
	// Log counts and keeps predictions; nil means that nobody does. It is started
	// before the engine and stopped after it.
	Log *Log
	// Rollouts keeps what is counted of rollouts; nil means that nobody does.
	Rollouts Rollouts
	// Logger gets what nobody else is told, loads and their failures, and the
	// lines of predictions. Nil means slog.Default.
	Logger *slog.Logger
	// Tracer makes spans of predictions and runs under what is traced already; nil
	// makes none.
	Tracer trace.Tracer
	// Registerer gets the instruments of metrics.go; nil means none are exported.
	Registerer prometheus.Registerer
}

func (d Deps) validate() error {
	switch {
	case d.Catalog == nil:
		return augur.Errorf(augur.InvalidArgument, "inference needs a Catalog")
	case d.Artifacts == nil:
		return augur.Errorf(augur.InvalidArgument, "inference needs Artifacts")
	case len(d.Runtimes) == 0:
		return augur.Errorf(augur.InvalidArgument, "inference needs at least one Runtime")
	}
	return nil
}

// policy returns how v is served: its own policy, with the engine's defaults
// where it says nothing.
func (c *Config) policy(v *augur.CatalogVersion) augur.ServingPolicy {
	p := v.Policy
	if p.CacheTTL <= 0 {
		p.CacheTTL = c.CacheTTL
	}
	if p.Threads <= 0 {
		p.Threads = c.Threads
	}
	if p.MaxConcurrent <= 0 {
		p.MaxConcurrent = c.MaxConcurrent
	}
	if p.MaxBatchRows <= 0 {
		p.MaxBatchRows = c.MaxBatchRows
	}
	if p.MaxQueue == 0 {
		p.MaxQueue = c.MaxQueue
	}
	if p.Timeout <= 0 {
		p.Timeout = c.Timeout
	}
	if p.MaxRows <= 0 {
		p.MaxRows = c.MaxRows
	}
	if p.MaxBytes <= 0 {
		p.MaxBytes = c.MaxBytes
	}
	if p.BreakerFailures == 0 {
		p.BreakerFailures = c.BreakerFailures
	}
	if p.BreakerDelay <= 0 {
		p.BreakerDelay = c.BreakerDelay
	}
	return p
}
