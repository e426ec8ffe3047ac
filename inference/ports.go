package inference

import (
	"context"
	"time"

	"augur"
)

// Catalog says which version answers. Its methods read a snapshot in memory and
// never block; what they return is immutable.
type Catalog interface {
	// Resolve finds the version that ref names: an exact version, an alias,
	// "latest", or "" for the live version. The error is an *augur.Error with
	// Field ["model"] or ["version"]: NotFound when there is no such model,
	// version or alias or the principal in ctx may not see the model, and
	// FailedPrecondition when the model has no live version.
	Resolve(ctx context.Context, model, ref string) (*augur.CatalogVersion, augur.Route, error)
	// Fallback is the version that answers in place of another that is left alone
	// after failures; nil when there is none. It accepts every input that the
	// other accepts and gives the same outputs.
	Fallback(versionID string) *augur.CatalogVersion
	// Rollouts lists the rollouts that go on, one of a model at most. One that has
	// not changed is the same pointer each time.
	Rollouts() []*augur.LiveRollout
	// Versions lists every version that may be asked for, for warming at start.
	Versions() []*augur.CatalogVersion
}

// Artifacts gives the bytes of a version as a local file.
type Artifacts interface {
	// Open returns the path of a local, verified file with the content that
	// digest names. The file stays there, unchanged, until release is called.
	// The error is NotFound when there is no such artifact, and
	// FailedPrecondition when its bytes no longer match the digest.
	Open(ctx context.Context, digest augur.Digest) (path string, release func(), err error)
}

// Runtime loads artifacts of one format. Every adapter runs the suite in runtimetest.
type Runtime interface {
	// Load opens the artifact of v, whose bytes are the file at path. It may be
	// called from any number of goroutines. The error is FailedPrecondition when
	// the file cannot be loaded and Unimplemented when it needs what the runtime
	// cannot carry.
	Load(ctx context.Context, path string, v *augur.CatalogVersion) (Session, error)
}

// Session is one loaded version.
type Session interface {
	// Run computes the named outputs, in that order, from all required inputs.
	// It may be called from any number of goroutines and returns soon after ctx
	// is done, with its error. Inputs must fit the version's signature in name,
	// dtype and rank; a value that the model itself refuses is InvalidArgument.
	// Outputs of more than ServingPolicy.MaxBytes together are ResourceExhausted:
	// before the run as far as their size follows from the signature and the
	// shapes of the inputs, and otherwise after it.
	// The outputs do not share memory with the inputs or with other runs.
	Run(ctx context.Context, inputs []augur.NamedTensor, outputs []string) ([]augur.Output, error)
	// Close frees the session after the runs in flight have ended; a run that
	// comes later is Unavailable. It may be called more than once.
	Close() error
}

// SharedCache is the tier of the cache that servers share. It keeps bytes under
// an artifact and a question. Its methods may be called from any number of
// goroutines and return soon after ctx is done. Every adapter runs the suite in
// cachetest.
type SharedCache interface {
	// Get returns what was put there. A fault is a miss: no prediction fails for
	// the cache's sake. The bytes are the caller's.
	Get(ctx context.Context, artifact augur.Digest, key Key) (value []byte, ok bool)
	// GetMany is Get for several questions in one round trip: values has one
	// entry for each key, nil for a miss.
	GetMany(ctx context.Context, artifact augur.Digest, keys []Key) (values [][]byte)
	// Set puts a value there for ttl, over an earlier one. It does so when it
	// can, and keeps no reference to value. A ttl below a millisecond and a
	// value that is larger than the adapter allows put nothing.
	Set(ctx context.Context, artifact augur.Digest, key Key, value []byte, ttl time.Duration)
	// Purge forgets what was put under an artifact before the call, "" for all
	// artifacts. After an error some may be left.
	Purge(ctx context.Context, artifact augur.Digest) error
}

// Sink keeps what Log has gathered. Its methods are called from one goroutine
// each and return soon after ctx is done. After an error whose code is Retryable
// the same call is made again; then, and after an error that hid a success, what
// the sink has already must not count twice: a bucket is known by its version,
// arm and start, a record by its ID.
type Sink interface {
	// LogServing keeps figures of this server, oldest first, each whole.
	LogServing(ctx context.Context, buckets []augur.ServingBucket) error
	// LogPredictions keeps records. After an error some may be kept.
	LogPredictions(ctx context.Context, records []augur.PredictionRecord) error
}
