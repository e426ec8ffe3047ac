package augur

import (
	"encoding/json"
	"time"
)

// ServingFigures are what the predictions of a version come to over a stretch
// of time. Figures of several servers and stretches add up.
type ServingFigures struct {
	// Requests counts all, Errors those without an answer, and Faults the errors
	// that the caller could not have avoided: see Code.Fault.
	Requests, Errors, Faults int64
	// Rows were answered; RowErrors are the rows that failed by themselves.
	Rows, RowErrors int64
	// MemoryHits, SharedHits and Misses count the answers by what the cache did;
	// those of which it took no part are in none of them. CachedRows are the
	// answered rows that nothing was run for.
	MemoryHits, SharedHits, Misses, CachedRows int64
	// Runs counts the runs of the runtime, and RunRows the rows in them: several
	// requests may share a run.
	Runs, RunRows int64
	// Total, Queue and Run are sums: of all requests from call to return, and of
	// the answered ones waiting for a run and running.
	Total, Queue, Run time.Duration
	// Latency holds the time of each request from call to return.
	Latency Sketch
}

// Add adds other to f.
func (f *ServingFigures) Add(other *ServingFigures) {
	f.Requests += other.Requests
	f.Errors += other.Errors
	f.Faults += other.Faults
	f.Rows += other.Rows
	f.RowErrors += other.RowErrors
	f.MemoryHits += other.MemoryHits
	f.SharedHits += other.SharedHits
	f.Misses += other.Misses
	f.CachedRows += other.CachedRows
	f.Runs += other.Runs
	f.RunRows += other.RunRows
	f.Total += other.Total
	f.Queue += other.Queue
	f.Run += other.Run
	f.Latency.Merge(&other.Latency)
}

// ServingBucket are the figures of one version on one server from Start for
// Width.
type ServingBucket struct {
	VersionID string
	// Arm is the arm of a rollout, "" outside of one.
	Arm     string
	Start   time.Time
	Width   time.Duration
	Figures ServingFigures
}

// BucketWidth is the width of the buckets in which a server counts.
const BucketWidth = 10 * time.Second

// PredictionRecord is one prediction as the log keeps it.
type PredictionRecord struct {
	// ID is the Response's; a prediction that failed gets one of its own.
	ID                 string
	VersionID, ModelID string
	CreatedAt          time.Time
	Route              Route
	// Code is "OK" or the code of the error; Message and Field are the error's.
	Code    string
	Message string
	Field   []string
	// Rows were in the request, as far as is known; RowErrors of them failed by themselves.
	Rows, RowErrors int
	Cache           CacheStatus
	Timing          Timing
	Subject         string
	RequestID       string
	// Inputs is the JSON of Data as it was sent, Values that of Response.Values,
	// and Outputs a list of {"name": …, "value": …} with each value in the form of
	// AppendValueJSON; nil when they are not kept.
	Inputs, Values, Outputs json.RawMessage
}

// The codes of a PredictionRecord that are no Code.
const (
	// OK: it was answered.
	OK = "OK"
	// Unknown: it was sampled out, and only its outcome is known.
	Unknown = "UNKNOWN"
)
