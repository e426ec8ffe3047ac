package augur

import (
	"encoding/hex"
	"regexp"
	"strings"
	"time"
)

// Names of models, aliases and metrics. A model's name is also a folder of the
// import layout and a path segment of the REST API, hence the narrow form.
var (
	modelName  = regexp.MustCompile(`^[a-z0-9]([a-z0-9._-]{0,126}[a-z0-9])?$`)
	aliasName  = regexp.MustCompile(`^[a-z]([a-z0-9_-]{0,62}[a-z0-9])?$`)
	metricName = regexp.MustCompile(`^[^\x00-\x1f]{1,250}$`)
)

// The references that are no ordinary alias.
const (
	// Live is the reserved alias that predictions without a version use.
	Live = "live"
	// Latest is computed, the highest READY version, and cannot be set.
	Latest = "latest"
	// Previous, as a fallback, is the version that live pointed at before it
	// pointed at the one that is to be replaced. It cannot be set.
	Previous = "previous"
)

// CheckModelName reports InvalidArgument for a name that no model may have.
func CheckModelName(name string) error {
	if !modelName.MatchString(name) {
		return Errorf(InvalidArgument, "model name %q: expected 1 to 128 of a-z, 0-9, '.', '_' and '-', beginning and ending with a letter or digit", name)
	}
	return nil
}

// CheckAliasName reports InvalidArgument for a name that no alias may have. A
// name that reads like a version is refused too, since a ref must be clear.
func CheckAliasName(name string) error {
	switch name {
	case Latest:
		return Errorf(InvalidArgument, "alias %q is computed (the highest READY version) and cannot be set", Latest)
	case Previous:
		return Errorf(InvalidArgument, "alias %q is the name of a fallback (the version that live pointed at before) and cannot be set", Previous)
	}
	if _, err := ParseSemver(name); err == nil || !aliasName.MatchString(name) {
		return Errorf(InvalidArgument, "alias %q: expected 1 to 64 of a-z, 0-9, '_' and '-', beginning with a letter, and not in the form of a version", name)
	}
	return nil
}

// CheckMetricName reports InvalidArgument for a name that no metric may have.
func CheckMetricName(name string) error {
	if !metricName.MatchString(name) || strings.TrimSpace(name) != name {
		return Errorf(InvalidArgument, "metric name %q: expected 1 to 250 printable characters without spaces around them", name)
	}
	return nil
}

// Digest names an artifact by its content: "sha256:" and 64 hex digits.
type Digest string

// ParseDigest checks the form of a digest.
func ParseDigest(s string) (Digest, error) {
	rest, ok := strings.CutPrefix(s, "sha256:")
	if raw, err := hex.DecodeString(rest); !ok || err != nil || len(raw) != 32 || strings.ToLower(rest) != rest {
		return "", Errorf(InvalidArgument, "digest %q: expected sha256: and 64 lower-case hex digits", s)
	}
	return Digest(s), nil
}

// DigestOf makes a digest from the 32 bytes of a SHA-256.
func DigestOf(sum []byte) Digest { return Digest("sha256:" + hex.EncodeToString(sum)) }

// Hex returns the 64 hex digits.
func (d Digest) Hex() string { return strings.TrimPrefix(string(d), "sha256:") }

// CatalogVersion is one READY version as the prediction path sees it: enough to
// check, run and answer without the database. It is immutable.
type CatalogVersion struct {
	ID      string
	ModelID string
	Model   string
	Version string
	Digest  Digest
	// Format is the artifact's format, "onnx".
	Format string
	// Size is the artifact's size in bytes.
	Size      int64
	Signature *Signature
	Policy    ServingPolicy
}

// ServingPolicy is how a version is served. The zero value of a field is its
// default, which the server's configuration gives where it has such a setting.
type ServingPolicy struct {
	// CacheOff switches the prediction cache off for the version.
	CacheOff bool
	// CacheTTL is how long an answer may be served again; zero means one hour.
	CacheTTL time.Duration
	// Threads is how many intra-op threads one run uses; zero means one.
	Threads int
	// MaxConcurrent bounds the runs at one time (the instances); zero means as
	// many as pay, one per core at most.
	MaxConcurrent int
	// MaxBatchRows bounds the rows that run together; zero means as many as
	// pay, and one that requests run one by one.
	MaxBatchRows int
	// MaxQueue bounds the requests that wait for a run; zero means 1,024, and
	// a negative number that none may wait.
	MaxQueue int
	// Timeout bounds one prediction; zero means 30 s.
	Timeout time.Duration
	// MaxRows bounds the rows of one request; zero means 10,000.
	MaxRows int
	// MaxBytes bounds the input tensors of a request, and likewise its output
	// tensors; zero means 256 MiB.
	MaxBytes int64
	// BreakerFailures is how many failures in a row open the circuit breaker;
	// zero means 5, and a negative number that there is none.
	BreakerFailures int
	// BreakerDelay is how long an open breaker stays open; zero means 60 s.
	BreakerDelay time.Duration
	// LogSuccesses is how many answered predictions are kept in the log in one
	// second; zero means 200, and a negative number none.
	LogSuccesses int
	// LogInputShare is the share of the kept predictions, 0 to 1, of which
	// inputs and answers are kept too; zero means 0.01, and a negative number none.
	LogInputShare float64
	// LogRedact names features and outputs whose values are not kept, besides
	// those that are kept of no version. Each is on a line, so that policies can
	// be compared.
	LogRedact string
}
