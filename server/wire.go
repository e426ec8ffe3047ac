package server

import (
	"context"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/collectors"

	"augur"
	"augur/auth"
	"augur/inference"
	"augur/inference/onnx"
	"augur/inference/rediscache"
	"augur/jobs"
	"augur/registry"
	"augur/registry/blob"
	"augur/resolvers"
	"augur/store"
	"augur/telemetry"
	"augur/web"
)

// parts are the rooms, joined: each port below is given the one that satisfies it.
type parts struct {
	cfg      Config
	database *store.Store
	registry *registry.Registry
	engine   *inference.Engine
	// handler serves the routes that need the parts.
	handler http.Handler
	// failed counts the versions that could not be imported at start.
	failed int
	// watch looks at import.dir again and again; nil where that is not asked for.
	watch *watching
}

// open opens the parts from the bottom up, and notes how each is stopped.
func (s *Server) open(ctx context.Context, clock *phases, tracing *telemetry.Tracing) (*parts, error) {
	ctx = augur.WithPrincipal(ctx, augur.System())
	cfg, reg := s.cfg, s.metrics.Registerer()

	clock.enter("open the database")
	database, err := store.Open(ctx, cfg.store(tracing))
	if err != nil {
		return nil, err
	}
	s.add("database", func(context.Context) error { return database.Close() })
	// Not required: predictions go on without it, and were it required, a database
	// that is away would take every replica out of service.
	s.ready.report("database", database.Ping)
	reg.MustRegister(collectors.NewDBStatsCollector(database.SQLReader(), "reader"), collectors.NewDBStatsCollector(database.SQLWriter(), "writer"))

	clock.enter("open the artifacts")
	blobs, err := s.openArtifacts()
	if err != nil {
		return nil, err
	}
	s.ready.require("artifacts", func(context.Context) error { return usable(cfg.artifactsDir()) })

	clock.enter("open the runtime")
	runtime, err := onnx.New(onnx.Config{LibraryPath: cfg.ONNXRuntime.Lib})
	if err != nil {
		return nil, err
	}
	s.add("runtime", func(context.Context) error { return runtime.Close() })

	clock.enter("read the catalog")
	var engine *inference.Engine // made below, of the catalog; nothing is warmed before
	registryConfig, err := cfg.registry()
	if err != nil {
		return nil, err
	}
	records, err := registry.New(registryConfig, registry.Deps{
		Store: database,
		Blobs: blobs,
		Prober: onnx.Prober{
			Command:     s.deps.Probe,
			MemoryLimit: int64(cfg.ONNXRuntime.ProbeMemory),
			Timeout:     cfg.ONNXRuntime.ProbeTimeout,
			LibraryPath: cfg.ONNXRuntime.Lib,
		},
		Warmer: warmerFunc(func(ctx context.Context, versions []*augur.CatalogVersion) error { return engine.Warm(ctx, versions) }),
		Logger: s.log,
	})
	if err != nil {
		return nil, err
	}
	if err := records.Start(ctx); err != nil {
		return nil, err
	}
	s.add("registry", func(context.Context) error { records.Stop(); return nil })

	queue, err := s.newJobs(registryConfig, jobs.Deps{
		Store: database, Deliveries: records, Record: records, Catalog: records.Catalog(), Files: blobs,
		Predictor: predictorFunc(func(ctx context.Context, req *augur.Request) (*augur.Response, error) {
			return engine.Predict(ctx, req)
		}),
		Busy:     func() bool { return engine.Busy() },
		Logger:   s.log,
		Outgoing: tracing.Outgoing,
	})
	if err != nil {
		return nil, err
	}
	records.UseQueue(queue)

	var shared inference.SharedCache // stays nil where there is none
	if url := cfg.Inference.RedisURL; url != "" {
		clock.enter("look for Redis")
		cache, err := rediscache.New(rediscache.Config{URL: url}, rediscache.Deps{Logger: s.log, Registerer: reg, Tracer: tracing.Tracer("rediscache")})
		if err != nil {
			return nil, err
		}
		s.add("shared cache", cache.Stop)
		if err := cache.Start(ctx); err != nil {
			return nil, err
		}
		s.ready.report("shared cache", cache.Ping)
		shared = cache
	}
	log, err := inference.NewLog(cfg.predictionLog(), records, s.log, reg)
	if err != nil {
		return nil, err
	}
	if err := log.Start(ctx); err != nil {
		return nil, err
	}
	s.add("prediction log", log.Stop)
	records.FollowLive(log)
	engine, err = inference.New(cfg.inference(), inference.Deps{
		Catalog:    records.Catalog(),
		Artifacts:  blob.Models{Store: blobs},
		Runtimes:   map[string]inference.Runtime{"onnx": runtime},
		Shared:     shared,
		Log:        log,
		Rollouts:   records,
		Logger:     s.log,
		Registerer: reg,
		Tracer:     tracing.Tracer("inference"),
	})
	if err != nil {
		return nil, err
	}
	if err := engine.Start(ctx); err != nil {
		return nil, err
	}
	s.add("engine", engine.Stop)
	records.Catalog().OnChange(engine.CatalogChanged)
	records.Catalog().OnChange(engine.RolloutsChanged)
	follow := newFollower(engine, records.Catalog(), s.log)
	s.add("warming", follow.stop)
	records.Catalog().OnChange(follow.changed)

	clock.enter("start the jobs")
	if err := queue.Start(ctx); err != nil {
		return nil, err
	}
	s.add("jobs", queue.Stop)

	deps := resolvers.Deps{
		Jobs:      queue,
		Reader:    database.Reader(),
		Registry:  records,
		Predictor: engine,
		Engine:    engine,
		Info: resolvers.Info{
			Version:            s.deps.Version,
			OnnxruntimeVersion: runtime.Version(),
			Database:           database.Name(),
			StartedAt:          time.Now().UTC(),
		},
		Health: s.ready.health,
	}
	p := &parts{cfg: cfg, database: database, registry: records, engine: engine}
	if cfg.Import.Watch {
		p.watch = newWatching(records, cfg.Import, s.log)
		s.add("watching", p.watch.stop)
		s.ready.report("import", p.watch.check)
	}
	if s.deps.Worker {
		p.handler = s.workerRoutes()
		return p, nil
	}
	who, err := s.openAuth(records)
	if err != nil {
		return nil, err
	}
	graphQL, err := newGraphQL(s.stopping, cfg.GraphQL, cfg.HTTP.TrustedOrigins, credentials(who), deps, tracing, reg, s.log)
	if err != nil {
		return nil, err
	}
	p.handler = s.routes(who, graphQL, web.Pages(), &artifacts{store: blobs, visible: records.ArtifactVisible, maxSize: int64(cfg.Artifacts.MaxSize), log: s.log}, queue)
	return p, nil
}

// openAuth makes what finds out who calls; nil where everybody is anonymous.
func (s *Server) openAuth(records *registry.Registry) (*auth.Authenticator, error) {
	cfg, err := s.cfg.Auth.auth()
	if err != nil || !cfg.Enabled() {
		return nil, err
	}
	return auth.New(cfg, auth.Deps{Keys: records, Logger: s.log})
}

// openArtifacts opens the directory of artifacts, and the object storage behind it
// where there is one; a server starts without its answer.
func (s *Server) openArtifacts() (*blob.Store, error) {
	c := s.cfg.Artifacts
	cfg := blob.Config{Dir: s.cfg.artifactsDir(), MaxSize: int64(c.MaxSize), KeepUploads: c.KeepUploads, CacheSize: int64(c.CacheSize)}
	if c.URL != "" {
		remote, err := blob.OpenRemote(c.URL)
		if err != nil {
			return nil, augur.AsError(err).At("artifacts.url")
		}
		s.add("object storage", func(context.Context) error { return remote.Close() })
		cfg.Remote = remote
	}
	if c.Key != "" {
		if cfg.Remote == nil {
			return nil, augur.Errorf(augur.InvalidArgument, "artifacts are encrypted in object storage alone: set artifacts.url, or encrypt the disk of artifacts.dir").At("artifacts.key")
		}
		var err error
		if cfg.Remote, err = blob.Seal(cfg.Remote, c.Key); err != nil {
			return nil, augur.AsError(err).At("artifacts.key")
		}
	}
	blobs, err := blob.Open(cfg)
	if err == nil && cfg.Remote != nil {
		s.ready.report("object storage", blobs.Ping)
	}
	return blobs, err
}

// store is the configuration of the record.
func (c *Config) store(tracing *telemetry.Tracing) store.Config {
	url := c.Database.URL
	if url == "" {
		url = augur.Secret("sqlite://" + filepath.Join(c.Data.Dir, "augur.db"))
	}
	if !strings.Contains(url.Reveal(), "://") {
		url = "sqlite://" + url
	}
	out := store.Config{URL: url, RefuseMigration: !c.Database.Migrate}
	if tracing.Enabled() {
		out.Traces = tracing.Provider()
	}
	return out
}

// registry is the configuration of the registry. The error is InvalidArgument,
// or FailedPrecondition when the key of secrets cannot be read or made.
func (c *Config) registry() (registry.Config, error) {
	out := registry.Config{
		KeepRecords: c.PredictionLog.Keep, MaxRecords: c.PredictionLog.MaxRecords,
		KeepUnused: c.Artifacts.KeepUnused, KeepDeleted: c.Artifacts.KeepDeleted,
	}
	if out.KeepDeleted == 0 {
		out.KeepDeleted = -1 // zero is the default
	}
	allow, err := registry.ParseNetworks(c.Webhooks.Allow)
	if err != nil {
		return out, augur.AsError(err).At("webhooks.allow")
	}
	key, err := c.sealingKey()
	if err != nil {
		return out, err
	}
	if out.Sealer, err = registry.NewSealer(key); err != nil {
		return out, augur.AsError(err).At("webhooks.key")
	}
	out.Webhooks = registry.WebhookConfig{
		Allow: allow, MaxAttempts: c.Webhooks.MaxAttempts, RetryDelay: c.Webhooks.RetryDelay,
		DisableAfter: c.Webhooks.DisableAfter, Keep: c.Webhooks.Keep,
	}
	return out, nil
}

// subjects are the places where subjects are looked for.
func (c *InferenceConfig) subjects() []inference.SubjectPlace {
	out := make([]inference.SubjectPlace, len(c.Subjects))
	for i, s := range c.Subjects {
		out[i] = inference.SubjectPlace(s)
	}
	return out
}

// inference is the configuration of the engine, in which zero means the
// default and a negative number none.
func (c *Config) inference() inference.Config {
	none := func(n int64) int64 {
		if n == 0 {
			return -1
		}
		return n
	}
	sessions := int64(c.Inference.ModelMemory)
	if sessions == 0 {
		sessions = memoryTotal() / 8 * 3
	}
	return inference.Config{
		CacheBytes:      none(int64(c.Inference.CacheSize)),
		CacheTTL:        c.Inference.CacheTTL,
		Timeout:         c.Inference.Timeout,
		MaxRows:         c.Inference.MaxRows,
		MaxConcurrent:   c.Inference.MaxConcurrent,
		MaxBatchRows:    c.Inference.MaxBatchRows,
		MaxQueue:        int(none(int64(c.Inference.MaxQueue))),
		Threads:         c.Inference.Threads,
		MaxBytes:        int64(c.Inference.MaxBytes),
		BreakerFailures: int(none(int64(c.Inference.BreakerFailures))),
		BreakerDelay:    c.Inference.BreakerDelay,
		SessionBytes:    sessions,
		LogLines:        int(none(int64(c.Log.Predictions))),
		Subjects:        c.Inference.subjects(),
	}
}

// predictionLog is the configuration of the prediction log.
func (c *Config) predictionLog() inference.LogConfig {
	cfg := inference.LogConfig{
		Successes: c.PredictionLog.Successes, InputShare: c.PredictionLog.InputShare,
		InputBytes: int(c.PredictionLog.InputSize), Redact: c.PredictionLog.Redact,
	}
	if cfg.Successes == 0 {
		cfg.Successes = -1
	}
	if cfg.InputShare == 0 {
		cfg.InputShare = -1
	}
	return cfg
}

// load imports the models and loads the live versions: those that are known
// already while the import still goes on.
func (p *parts) load(ctx context.Context, clock *phases, ready *readiness, log *slog.Logger) error {
	ctx = augur.WithPrincipal(ctx, augur.System())
	clock.enter("import and load the models")
	warm := newWarming(ctx, p.engine, ready, log)
	warm.add(live(ctx, p.registry.Catalog()))
	err := p.importDir(ctx, log)
	warm.add(live(ctx, p.registry.Catalog()))
	warm.wait()
	return err
}
