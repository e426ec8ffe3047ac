package server

import (
	"math"
	"net"
	"path/filepath"
	"strings"
	"time"

	"augur"
	"augur/inference/rediscache"
	"augur/registry"
)

// Config is the whole configuration: one tree, whose leaves are settings. Each
// setting says here, where it is declared, what it is (help), why one would
// change it (why) and its default. The flags of the command line, the AUGUR_*
// variables, the keys of the file, their help, docs/configuration.md and
// docs/augur.example.yaml are all made from these tags; see Settings.
type Config struct {
	HTTP          HTTPConfig          `embed:"" prefix:"http." name:"http" group:"http" help:"Where the server listens and what it accepts."`
	Auth          AuthConfig          `embed:"" prefix:"auth." name:"auth" group:"auth" help:"Who is believed. See docs/security.md."`
	Data          DataConfig          `embed:"" prefix:"data." name:"data" group:"data" help:"Where the server keeps what it must not lose."`
	Database      DatabaseConfig      `embed:"" prefix:"database." name:"database" group:"database" help:"The record: models, versions, aliases, metrics."`
	Artifacts     ArtifactsConfig     `embed:"" prefix:"artifacts." name:"artifacts" group:"artifacts" help:"The bytes of versions."`
	Import        ImportConfig        `embed:"" prefix:"import." name:"import" group:"import" help:"A directory of models that is registered at start."`
	ONNXRuntime   ONNXRuntimeConfig   `embed:"" prefix:"onnxruntime." name:"onnxruntime" group:"onnxruntime" help:"What runs the models."`
	Inference     InferenceConfig     `embed:"" prefix:"inference." name:"inference" group:"inference" help:"The prediction path."`
	PredictionLog PredictionLogConfig `embed:"" prefix:"prediction-log." name:"prediction-log" group:"prediction-log" help:"Which predictions are kept, and how long. Serving figures count all of them."`
	Webhooks      WebhooksConfig      `embed:"" prefix:"webhooks." name:"webhooks" group:"webhooks" help:"How events are sent to other systems. See docs/webhooks.md."`
	Jobs          JobsConfig          `embed:"" prefix:"jobs." name:"jobs" group:"jobs" help:"Predictions apart from requests. See docs/jobs.md."`
	GraphQL       GraphQLConfig       `embed:"" prefix:"graphql." name:"graphql" group:"graphql" help:"What one GraphQL request may be."`
	Log           LogConfig           `embed:"" prefix:"log." name:"log" group:"log" help:"Log lines, on standard error."`
	Telemetry     TelemetryConfig     `embed:"" prefix:"telemetry." name:"telemetry" group:"telemetry" help:"Traces. Metrics are always at /metrics."`
	Memory        MemoryConfig        `embed:"" prefix:"memory." name:"memory" group:"memory" help:"Memory against processor time."`
}

// HTTPConfig is the section http.
type HTTPConfig struct {
	Listen         string        `name:"listen" default:"127.0.0.1:8080" help:"Address and port to listen on; port 0 takes a free one." why:"To be reached from other machines, which also needs authentication (auth.keys and what follows) or http.allow-anonymous."`
	AllowAnonymous bool          `name:"allow-anonymous" default:"false" help:"Listen beyond loopback although anybody who reaches the port may do everything." why:"In a container, or behind a proxy that authenticates."`
	Hosts          []string      `name:"hosts" placeholder:"NAME,…" help:"Host names that requests may be addressed to, besides localhost and IP addresses. Empty with http.allow-anonymous: any." why:"A proxy in front passes on its own name. The check keeps web pages from reaching the server through a name that they point at it (DNS rebinding)."`
	TrustedOrigins []string      `name:"trusted-origins" placeholder:"ORIGIN,…" help:"Origins of web pages, as in https://dash.example.com, that may send changes from a browser." why:"A dashboard is served from another origin than the API."`
	HeaderTimeout  time.Duration `name:"header-timeout" default:"10s" help:"How long the headers of a request may take." why:"Clients behind very slow lines."`
	BodyTimeout    time.Duration `name:"body-timeout" default:"30s" help:"How long a GraphQL request may take to arrive, and how long an upload or download may stand still." why:"Large inputs over slow lines."`
	IdleTimeout    time.Duration `name:"idle-timeout" default:"2m" help:"How long an idle connection is kept." why:"Longer than the idle timeout of a load balancer in front, so that it never sends into a closing connection."`
	MaxHeaderSize  Size          `name:"max-header-size" default:"64KiB" help:"The most bytes of headers in a request." why:"Proxies that add large headers."`
	Dashboard      bool          `name:"dashboard" default:"true" negatable:"" help:"Serve the dashboard at /." why:"Off where people use a page of their own."`
	DrainDelay     time.Duration `name:"drain-delay" default:"0s" help:"How long /ready says no before the port closes at shutdown." why:"A load balancer needs that long to notice: a few seconds on Kubernetes."`
	DrainTimeout   time.Duration `name:"drain-timeout" default:"15s" help:"How long requests in flight may take at shutdown." why:"Predictions or uploads that take longer; keep it under the platform's own kill timeout."`
}

// DataConfig is the section data.
type DataConfig struct {
	Dir string `name:"dir" default:"./data" help:"The directory of everything that is kept on disk: the SQLite database and the artifacts. Made when missing." why:"To keep data on a volume of its own."`
}

// DatabaseConfig is the section database.
type DatabaseConfig struct {
	URL     augur.Secret `name:"url" placeholder:"URL" help:"postgres://user:password@host:5432/name, or sqlite:///path/to/file, or the path of a SQLite file. Empty: augur.db in data.dir." why:"Several servers on one record need PostgreSQL."`
	Migrate bool         `name:"migrate" default:"true" negatable:"" help:"Bring an older database up to date at start." why:"Off where migrations are a step of their own; the server then refuses to start on an older database."`
}

// ArtifactsConfig is the section artifacts.
type ArtifactsConfig struct {
	Dir       string       `name:"dir" placeholder:"DIR" help:"The directory of artifacts, or of copies of them where artifacts.url is set. Empty: artifacts in data.dir." why:"Models are large and want another disk."`
	URL       augur.Secret `name:"url" placeholder:"URL" help:"Object storage that keeps the artifacts: s3://KEY:SECRET@BUCKET/PREFIX?endpoint=URL&region=NAME for anything that speaks the S3 protocol, or gs://KEY:SECRET@BUCKET/PREFIX for Google's. Without a key: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, ~/.aws/credentials, or the machine's role. Empty: artifacts.dir keeps them." why:"Several servers, or disks that do not last."`
	Key       augur.Secret `name:"key" placeholder:"KEY" help:"What artifacts are encrypted with in object storage: 16 bytes or more of any text, such as 32 random bytes in base64. Copies in artifacts.dir are plain. Empty: they are not encrypted." why:"A storage that others can read. Whoever loses the key loses the artifacts."`
	CacheSize Size         `name:"cache-size" default:"20GiB" help:"How many bytes of copies artifacts.dir holds where artifacts.url is set. What is loaded stays, whatever its size." why:"A small disk, or many models that are loaded in turns."`
	MaxSize   Size         `name:"max-size" default:"4GiB" help:"The largest artifact that may be uploaded." why:"Larger models, or a small disk."`

	KeepUploads time.Duration `name:"keep-uploads" default:"24h" help:"How long an upload that was interrupted may be continued." why:"A small disk, or clients that come back later."`
	KeepUnused  time.Duration `name:"keep-unused" default:"24h" help:"How long an artifact is kept after its upload, at least, although no version refers to it: garbage collection leaves it alone." why:"Pushes that register long after they upload."`
	KeepDeleted time.Duration `name:"keep-deleted" default:"720h" help:"How long the artifacts of deleted versions are kept, so that those can be restored." why:"A small disk, or mistakes that are noticed late."`
}

// ImportConfig is the section import.
type ImportConfig struct {
	Dir      string        `name:"dir" aliases:"import" placeholder:"DIR" help:"A directory NAME/VERSION/{model.onnx, metadata.json} whose versions are registered at start. What is registered already is left alone." why:"A plain deployment without pushes, and demos: examples/models."`
	Watch    bool          `name:"watch" aliases:"watch" default:"false" help:"Go on looking at import.dir: versions that appear are registered while the server runs. A folder that is still being written waits." why:"Training writes its models to a shared directory."`
	Interval time.Duration `name:"interval" default:"2s" help:"How often import.watch looks, and how long a folder must stay the same before it is read." why:"Copies that stall for longer, or a file system that is slow to list."`
}

// ONNXRuntimeConfig is the section onnxruntime.
type ONNXRuntimeConfig struct {
	Lib          string        `name:"lib" placeholder:"FILE" help:"The shared library of ONNX Runtime 1.27. Empty: beside the program, then .build/onnxruntime, then where the system looks." why:"An installed library, or a build with other execution providers."`
	ProbeMemory  Size          `name:"probe-memory" default:"4GiB" help:"How much memory a new file may take while a child process tries whether it loads." why:"Larger models, or a small machine."`
	ProbeTimeout time.Duration `name:"probe-timeout" default:"1m" help:"How long that may take." why:"Models that load slowly."`
}

// InferenceConfig is the section inference.
type InferenceConfig struct {
	CacheSize       Size          `name:"cache-size" default:"64MiB" help:"How much memory answers are kept in; 0 keeps none there." why:"Inputs that repeat a lot, or memory that is short."`
	CacheTTL        time.Duration `name:"cache-ttl" default:"1h" help:"How long an answer may be served again, unless the version says otherwise." why:"Rarely: an answer cannot become wrong, since its key holds the artifact's digest and the whole input."`
	RedisURL        augur.Secret  `name:"redis-url" placeholder:"URL" help:"A Redis in which servers share their answers, behind the memory of each: redis://user:password@host:6379/0, rediss:// with TLS, host:6379,host:6379 of a cluster, or redis+sentinel://host:26379,host:26379/NAME/0. Empty: none." why:"Several servers on one record: an answer that one has computed is known to all, and outlives a restart. A Redis that is down makes predictions run, never fail."`
	Subjects        []string      `name:"subjects" default:"input,header" help:"Where the subject of a prediction is looked for, in this order: input (subject of the request), header (X-User-ID), principal (the name of who calls). It stays with one arm of a rollout." why:"Callers that are not believed: principal alone."`
	Timeout         time.Duration `name:"timeout" default:"30s" help:"How long one prediction may take, unless the version says otherwise." why:"Large models."`
	MaxRows         int           `name:"max-rows" default:"10000" help:"The most rows of one request, unless the version says otherwise." why:"Larger batches, or memory that is short."`
	MaxBytes        Size          `name:"max-bytes" default:"256MiB" help:"The most memory that the input tensors of one request may take, unless the version says otherwise." why:"Larger inputs, or memory that is short: a request is refused before the memory is taken."`
	MaxConcurrent   int           `name:"max-concurrent" default:"0" help:"How many runs of one version go on at one time; 0 means as many as are measured to pay, one for each core at most." why:"Models that use several threads themselves."`
	MaxBatchRows    int           `name:"max-batch-rows" default:"0" help:"How many rows, of several requests too, one run takes at most; 0 means as many as are measured to pay, and 1 runs requests one by one." why:"An accelerator that is at its best with a certain number of rows."`
	MaxQueue        int           `name:"max-queue" default:"1024" help:"How many requests may wait for one version before it answers RESOURCE_EXHAUSTED." why:"Bursts that are worth waiting for."`
	Threads         int           `name:"threads" default:"1" help:"How many threads one run uses." why:"Few, large requests: more threads shorten one run and cost throughput."`
	ModelMemory     Size          `name:"model-memory" default:"0" help:"How much memory the loaded versions may take together, estimated as three times their files. Those used least lately are closed for others and loaded again when asked, the live ones last. 0 takes three eighths of what the machine or container has: half is the collector's (memory.limit), and the last eighth for what runs take." why:"A machine that does nothing else, or one that is shared."`
	BreakerFailures int           `name:"breaker-failures" default:"5" help:"How many failures of a version in a row open its circuit breaker, unless the version says otherwise; 0: there is none. An open breaker answers UNAVAILABLE at once, or lets the version's fallback answer." why:"Versions that are known to fail now and then."`
	BreakerDelay    time.Duration `name:"breaker-delay" default:"1m" help:"How long an open breaker lets nothing run before one request tries the version again." why:"Faults that pass sooner, or versions whose every failure is dear."`
}

// PredictionLogConfig is the section prediction-log.
type PredictionLogConfig struct {
	Successes  int           `name:"successes" default:"200" help:"How many answered predictions of one version are kept in one second; 0 keeps none. Errors are all kept." why:"More to look at, or a smaller database."`
	InputShare float64       `name:"input-share" default:"0.01" help:"The share of the kept predictions, 0 to 1, of which inputs and answers are kept too." why:"More to debug and to compare with outcomes; 0 where inputs must not be kept."`
	InputSize  Size          `name:"input-size" default:"64KiB" help:"The largest inputs and answers of one prediction that are kept, as they are in memory." why:"Larger inputs that are worth keeping."`
	Redact     []string      `name:"redact" placeholder:"NAME,…" help:"Features and outputs whose values are never kept. With any named here, neither are those of unknown names, nor error messages that may quote them." why:"Personal data."`
	Keep       time.Duration `name:"keep" default:"168h" help:"How long records are kept." why:"Outcomes that are known later, or rules that ask for less."`
	MaxRecords int           `name:"max-records" default:"1000000" help:"The most records that are kept, the newest of all." why:"A database that may be larger, or must be smaller."`
}

// WebhooksConfig is the section webhooks.
type WebhooksConfig struct {
	Allow        []string      `name:"allow" placeholder:"NETWORK,…" help:"Addresses and networks, as in 10.0.0.0/8, that webhooks may be sent to although they are not public." why:"Receivers in your own network. Keep it narrow: whoever may create webhooks can reach what stands here."`
	Key          augur.Secret  `name:"key" placeholder:"KEY" help:"What the secrets of webhooks are encrypted with in the database: 16 bytes or more of any text. Empty: a key that is made at the first start and kept in webhooks.key in data.dir." why:"Several servers on one record need the same."`
	Timeout      time.Duration `name:"timeout" default:"10s" help:"How long one attempt may take." why:"Slow receivers."`
	MaxAttempts  int           `name:"max-attempts" default:"12" help:"How often one delivery is tried." why:"With the default delay, twelve attempts span about eight hours."`
	RetryDelay   time.Duration `name:"retry-delay" default:"15s" help:"How long the second attempt waits; each further one waits twice as long, six hours at most." why:"Receivers that are down for long, or that must hear soon."`
	DisableAfter int           `name:"disable-after" default:"100" help:"How many attempts in a row fail before a webhook is disabled." why:"Receivers that are known to be down for days."`
	Keep         time.Duration `name:"keep" default:"720h" help:"How long deliveries stay in the log." why:"A database that must be smaller, or rules that ask for more."`
}

// GraphQLConfig is the section graphql.
type GraphQLConfig struct {
	MaxBody          Size          `name:"max-body" default:"32MiB" help:"The largest body of a request; more is answered with 413." why:"Larger tensors."`
	MaxQuery         Size          `name:"max-query" default:"64KiB" help:"The longest text of a query, variables aside." why:"Generated queries."`
	MaxTokens        int           `name:"max-tokens" default:"2000" help:"The most tokens of a query." why:"Generated queries. Checking a query costs the square of its repeated fields, so keep it low."`
	MaxDepth         int           `name:"max-depth" default:"12" help:"How deep fields may nest." why:"Generated queries."`
	MaxFields        int           `name:"max-fields" default:"1000" help:"The most fields an operation may select, fragments counted each time." why:"Dashboards with many panels in one query."`
	MaxRootFields    int           `name:"max-root-fields" default:"20" help:"The most fields at the top of an operation." why:"Dashboards that ask for many models by name."`
	MaxComplexity    int           `name:"max-complexity" default:"50000" help:"The most an operation may cost: about the number of values in its answer." why:"Pages that are larger than they should be."`
	MaxAliases       int           `name:"max-aliases" default:"100" help:"The most aliases of a document." why:"Dashboards that ask for the same field of many models by name."`
	MaxDuplicates    int           `name:"max-duplicates" default:"30" help:"How often a document may select one place of its answer." why:"Generated queries of many fragments that repeat each other's fields. Checking costs the square of it."`
	MaxDirectives    int           `name:"max-directives" default:"50" help:"The most directives of a document." why:"Generated queries with many @include and @skip."`
	MaxErrors        int           `name:"max-errors" default:"50" help:"The most errors that are told of one request." why:"More to see at once, or less to send."`
	Timeout          time.Duration `name:"timeout" default:"1m" help:"How long a query or mutation may take, predictions and statements of the database included; 0: no bound." why:"Slow models, which also need inference.timeout, or a proxy in front that waits less."`
	StatusProfile    string        `name:"status-profile" default:"audit" enum:"audit,draft" help:"audit: HTTP statuses as the audits of graphql-http ask for. draft: those of the newer draft, 422 for documents and variables that are not valid, and 294 for data with errors." why:"Clients that follow the draft."`
	TrustedDocuments string        `name:"trusted-documents" default:"off" enum:"off,prefer,only" help:"off: all documents are sent. prefer: those of graphql.documents may be named by id or hash, and are not bounded in shape. only: no others are accepted." why:"Clients of one's own, whose documents are known when they are built."`
	Documents        string        `name:"documents" placeholder:"FILE" help:"The manifest of trusted documents: {id: text}, or Apollo's {operations: [{id, body}]}. Read again when it changes." why:"graphql.trusted-documents is prefer or only."`
	PersistedQueries Size          `name:"persisted-queries" default:"1MiB" help:"How much text of queries is kept that clients send with their hash, to name it from then on (Apollo's automatic persisted queries); 0: none." why:"Clients with more queries than that, or none that do so."`
	QueryCache       Size          `name:"query-cache" default:"1MiB" help:"How much text of checked queries is kept, so that the next request need not check them again. Their parsed form takes some ten times as much." why:"Clients that send more different queries than that."`
	Plans            bool          `name:"plans" default:"true" negatable:"" help:"Write what resolvers return by compiled plans, for documents that are sent again." why:"Off to rule them out where an answer is in doubt: it is the same, and slower."`
	Introspection    bool          `name:"introspection" default:"true" negatable:"" help:"Answer questions about the schema, and suggest names in errors." why:"Off where the schema should not be known."`
	Playground       bool          `name:"playground" default:"true" negatable:"" help:"Serve the page at /playground, where people explore the API." why:"Off where nobody should."`
}

// LogConfig is the section log.
type LogConfig struct {
	Level       string `name:"level" default:"info" enum:"debug,info,warn,error" help:"The least level that is written: debug, info, warn or error." why:"debug also shows probes and scrapes; warn leaves out the line for each request."`
	Format      string `name:"format" default:"auto" enum:"auto,json,text" help:"json, text, or auto: text on a terminal and json elsewhere." why:"What collects the logs reads another form."`
	Predictions int    `name:"predictions" default:"10" help:"How many answered predictions of one second get the line prediction; those that failed all do." why:"More to follow single requests: a line costs as much as a small prediction. 0 shows failures alone."`
}

// TelemetryConfig is the section telemetry.
type TelemetryConfig struct {
	Endpoint    string  `name:"endpoint" placeholder:"URL" help:"The base URL of an OTLP/HTTP collector, as in http://localhost:4318, that traces are sent to. Empty: none are made." why:"To see where the time of a request went."`
	SampleRatio float64 `name:"sample-ratio" default:"0.01" help:"The share of requests, 0 to 1, that is traced when the caller has not decided." why:"More while looking for something; each trace costs time."`
}

// MemoryConfig is the section memory.
type MemoryConfig struct {
	GCPercent int  `name:"gc-percent" default:"400" help:"How far the heap grows between two collections, in percent of what is live. The variable GOGC, when set, wins over the default." why:"Lower saves memory, higher saves processor time."`
	Limit     Size `name:"limit" default:"0" help:"The memory at which the collector works harder; 0 takes half of what the machine or container has, since models stand outside the collector's memory. The variable GOMEMLIMIT, when set, wins over the default." why:"Models that take most of the memory."`
}

// DefaultConfig returns the tree with every setting at its default.
func DefaultConfig() Config {
	var cfg Config
	for _, s := range Settings() {
		if s.Default == "" {
			continue
		}
		if err := cfg.Set(s.Key, s.Default); err != nil {
			panic("server: the default of " + err.Error()) // a test reads every default
		}
	}
	return cfg
}

// Validate checks what concerns more than the form of one setting. The error
// is InvalidArgument with the key in Field.
func (c *Config) Validate() error {
	host, _, err := net.SplitHostPort(c.HTTP.Listen)
	if err != nil {
		return invalid("http.listen", "%q: expected an address and a port, as in 127.0.0.1:8080 or :8080", c.HTTP.Listen)
	}
	if err := c.Auth.validate(); err != nil {
		return err
	}
	if !loopback(host) && !c.HTTP.AllowAnonymous && !c.Auth.enabled() {
		return invalid("http.listen", "%s can be reached from other machines, and without authentication anybody who reaches it may do everything: listen on 127.0.0.1, ask for credentials (--auth.keys), or say --http.allow-anonymous (AUGUR_HTTP_ALLOW_ANONYMOUS=true) if that is meant", c.HTTP.Listen)
	}
	scheme, _, found := strings.Cut(c.Database.URL.Reveal(), "://")
	if found && scheme != "postgres" && scheme != "postgresql" && scheme != "sqlite" || !found && strings.Contains(scheme, "=") {
		// Not shown: it may hold a password in a form that we do not know.
		return invalid("database.url", "expected postgres://user:password@host:5432/name, sqlite:///path/to/file, or the path of a SQLite file")
	}
	if url := c.Inference.RedisURL; url != "" {
		if err := rediscache.CheckURL(url); err != nil {
			return augur.AsError(err).At("inference.redis-url")
		}
	}
	if c.Import.Watch && c.Import.Dir == "" {
		return invalid("import.watch", "expected import.dir (--import) beside it: the directory to look at")
	}
	for _, origin := range c.HTTP.TrustedOrigins {
		if !strings.Contains(origin, "://") || strings.HasSuffix(origin, "/") {
			return invalid("http.trusted-origins", "%q: expected an origin such as https://dash.example.com", origin)
		}
	}
	for _, d := range []struct {
		key   string
		value time.Duration
	}{
		{"http.header-timeout", c.HTTP.HeaderTimeout},
		{"http.body-timeout", c.HTTP.BodyTimeout},
		{"http.idle-timeout", c.HTTP.IdleTimeout},
		{"http.drain-timeout", c.HTTP.DrainTimeout},
		{"artifacts.keep-uploads", c.Artifacts.KeepUploads},
		{"artifacts.keep-unused", c.Artifacts.KeepUnused},
		{"import.interval", c.Import.Interval},
		{"onnxruntime.probe-timeout", c.ONNXRuntime.ProbeTimeout},
		{"inference.cache-ttl", c.Inference.CacheTTL},
		{"inference.timeout", c.Inference.Timeout},
		{"inference.breaker-delay", c.Inference.BreakerDelay},
		{"prediction-log.keep", c.PredictionLog.Keep},
		{"webhooks.timeout", c.Webhooks.Timeout},
		{"webhooks.retry-delay", c.Webhooks.RetryDelay},
		{"webhooks.keep", c.Webhooks.Keep},
	} {
		if d.value <= 0 {
			return invalid(d.key, "%s: expected a length of time above zero", d.value)
		}
	}
	for _, n := range []struct {
		key               string
		value, least, max int64
	}{
		{"http.max-header-size", int64(c.HTTP.MaxHeaderSize), 1 << 10, 1 << 24},
		{"artifacts.cache-size", int64(c.Artifacts.CacheSize), 1 << 20, math.MaxInt64},
		{"artifacts.keep-deleted", int64(c.Artifacts.KeepDeleted), 0, math.MaxInt64},
		{"http.drain-delay", int64(c.HTTP.DrainDelay), 0, int64(time.Hour)},
		{"artifacts.max-size", int64(c.Artifacts.MaxSize), 1, math.MaxInt64},
		{"onnxruntime.probe-memory", int64(c.ONNXRuntime.ProbeMemory), 64 << 20, math.MaxInt64},
		{"inference.cache-size", int64(c.Inference.CacheSize), 0, math.MaxInt64},
		{"inference.max-rows", int64(c.Inference.MaxRows), 1, augur.MaxElements},
		{"inference.max-concurrent", int64(c.Inference.MaxConcurrent), 0, 1 << 16},
		{"inference.max-batch-rows", int64(c.Inference.MaxBatchRows), 0, augur.MaxElements},
		{"inference.max-queue", int64(c.Inference.MaxQueue), 0, 1 << 24},
		{"inference.threads", int64(c.Inference.Threads), 1, 1 << 10},
		{"inference.max-bytes", int64(c.Inference.MaxBytes), 1 << 10, math.MaxInt64},
		{"inference.model-memory", int64(c.Inference.ModelMemory), 0, math.MaxInt64},
		{"inference.breaker-failures", int64(c.Inference.BreakerFailures), 0, 1 << 16},
		{"prediction-log.successes", int64(c.PredictionLog.Successes), 0, 1 << 24},
		{"prediction-log.input-size", int64(c.PredictionLog.InputSize), 1, 1 << 24},
		{"prediction-log.max-records", int64(c.PredictionLog.MaxRecords), 1, math.MaxInt32},
		{"webhooks.max-attempts", int64(c.Webhooks.MaxAttempts), 1, 1000},
		{"webhooks.disable-after", int64(c.Webhooks.DisableAfter), 1, math.MaxInt32},
		{"jobs.workers", int64(c.Jobs.Workers), 0, 1 << 10},
		{"jobs.max-per-principal", int64(c.Jobs.MaxPerPrincipal), 1, 1 << 24},
		{"jobs.max-attempts", int64(c.Jobs.MaxAttempts), 1, 1000},
		{"graphql.max-body", int64(c.GraphQL.MaxBody), 1 << 10, math.MaxInt32},
		{"graphql.max-query", int64(c.GraphQL.MaxQuery), 1 << 8, 1 << 24},
		{"graphql.max-tokens", int64(c.GraphQL.MaxTokens), 100, 1 << 20},
		{"graphql.max-depth", int64(c.GraphQL.MaxDepth), 1, 1000},
		{"graphql.max-fields", int64(c.GraphQL.MaxFields), 1, 1 << 20},
		{"graphql.max-root-fields", int64(c.GraphQL.MaxRootFields), 1, 1 << 20},
		{"graphql.max-complexity", int64(c.GraphQL.MaxComplexity), 1, math.MaxInt32},
		{"graphql.max-aliases", int64(c.GraphQL.MaxAliases), 1, 1 << 20},
		{"graphql.max-duplicates", int64(c.GraphQL.MaxDuplicates), 1, 1 << 20},
		{"graphql.max-directives", int64(c.GraphQL.MaxDirectives), 1, 1 << 20},
		{"graphql.max-errors", int64(c.GraphQL.MaxErrors), 1, 1 << 20},
		{"graphql.timeout", int64(c.GraphQL.Timeout), 0, int64(24 * time.Hour)},
		{"graphql.persisted-queries", int64(c.GraphQL.PersistedQueries), 0, 1 << 30},
		{"graphql.query-cache", int64(c.GraphQL.QueryCache), 0, 1 << 30},
		{"log.predictions", int64(c.Log.Predictions), 0, 1 << 24},
		{"memory.gc-percent", int64(c.Memory.GCPercent), 10, 10_000},
		{"memory.limit", int64(c.Memory.Limit), 0, math.MaxInt64},
	} {
		if n.value < n.least || n.value > n.max {
			return invalid(n.key, "%d: expected %d to %d", n.value, n.least, n.max)
		}
	}
	if _, err := registry.ParseNetworks(c.Webhooks.Allow); err != nil {
		return augur.AsError(err).At("webhooks.allow")
	}
	if key := c.Webhooks.Key.Reveal(); key != "" && len(key) < 16 {
		return invalid("webhooks.key", "expected 16 bytes or more, got %d", len(key))
	}
	for key, share := range map[string]float64{"telemetry.sample-ratio": c.Telemetry.SampleRatio, "prediction-log.input-share": c.PredictionLog.InputShare} {
		if !(share >= 0 && share <= 1) {
			return invalid(key, "%v: expected 0 to 1", share)
		}
	}
	return nil
}

func invalid(key, format string, args ...any) error {
	return augur.Errorf(augur.InvalidArgument, format, args...).At(key)
}

// loopback says whether only this machine reaches host.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// artifactsDir and databaseURL say where the defaults lead.
func (c *Config) artifactsDir() string {
	if c.Artifacts.Dir != "" {
		return c.Artifacts.Dir
	}
	return filepath.Join(c.Data.Dir, "artifacts")
}
