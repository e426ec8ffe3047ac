package augur

import "time"

// EngineState is what the prediction path knows about one version now, on the
// server that is asked.
type EngineState struct {
	VersionID string
	// Loaded says whether a session is open; LoadTime how long opening took.
	Loaded   bool
	LoadTime time.Duration
	// LoadError says why it could not be loaded, "" otherwise.
	LoadError string
	// Queued counts the requests that wait for a run now, Running the runs.
	Queued, Running int
	Batching        BatchState
	Breaker         BreakerState
	Cache           CacheCounts
}

// BatchState says how the rows of requests are put together into runs, and what
// has been learned of them since the version was loaded.
type BatchState struct {
	// On says whether rows of several requests may run together now; Why says
	// what decided that, for a person.
	On  bool
	Why string
	// MaxRows is the most rows of one run, and Runners the most runs at one
	// time, as they are now.
	MaxRows, Runners int
	// FixedCost is the time of a run whatever its rows and RowCost that of each
	// row more, fitted to the runs so far; both 0 until there is enough to fit.
	FixedCost, RowCost time.Duration
	// Runs and Rows count what has been run.
	Runs, Rows int64
	// Sizes counts runs by their number of rows, in ascending classes; classes
	// that no run fell into are left out.
	Sizes []BatchSize
	// Cuts counts the runs by why they began with the rows they had.
	Cuts []CutCount
}

// BatchSize counts the runs of at most UpTo rows that no smaller class counts.
type BatchSize struct {
	UpTo int
	Runs int64
}

// CutCount counts the runs that began for a reason.
type CutCount struct {
	Cut  Cut
	Runs int64
}

// Cut says why a run began with the rows it had rather than waiting for more.
type Cut string

// The cuts.
const (
	// CutIdle: nobody else was there; it began at once.
	CutIdle Cut = "IDLE"
	// CutFree: a run ended and this one took whoever waited.
	CutFree Cut = "FREE"
	// CutFull: no more rows may run together.
	CutFull Cut = "FULL"
	// CutReturned: as many rows waited as could be expected after the last run.
	CutReturned Cut = "RETURNED"
	// CutLinger: the short wait after the last run was over.
	CutLinger Cut = "LINGER"
	// CutDeadline: a request would have missed its deadline.
	CutDeadline Cut = "DEADLINE"
	// CutShape: the next request has another shape, or asks for other outputs.
	CutShape Cut = "SHAPE"
	// CutSingle: the version's requests run one by one.
	CutSingle Cut = "SINGLE"
	// CutAgain: the requests of a run that failed, each alone.
	CutAgain Cut = "AGAIN"
)

// BreakerStatus says whether a version is being asked.
type BreakerStatus string

// The breaker's statuses.
const (
	// BreakerClosed: requests run.
	BreakerClosed BreakerStatus = "CLOSED"
	// BreakerOpen: the version failed too often in a row and is left alone.
	BreakerOpen BreakerStatus = "OPEN"
	// BreakerHalfOpen: after a while one request tries whether it is well again.
	BreakerHalfOpen BreakerStatus = "HALF_OPEN"
	// BreakerOff: the version has none.
	BreakerOff BreakerStatus = "OFF"
)

// BreakerState is the circuit breaker of one version.
type BreakerState struct {
	Status BreakerStatus
	// Failures counts failures in a row.
	Failures int
	// RetryAt is when an open breaker lets a request try; zero otherwise.
	RetryAt time.Time
	// LastError is the failure that opened it, "" for none.
	LastError string
	// Opened counts how often it opened.
	Opened int64
}

// CacheCounts count the rows of requests by what the cache did for them.
type CacheCounts struct {
	// Memory and Shared were found there; Missed were not; Skipped were not
	// looked for, since somebody wanted no cache or it does not pay.
	Memory, Shared, Missed, Skipped int64
}
