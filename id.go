package augur

import (
	"crypto/rand"
	"encoding/binary"
	"strings"
	"sync"
	"time"
)

// IDs are opaque, typed and sortable: a prefix that names the kind, then a
// ULID (48 bits of Unix milliseconds and 80 random bits in Crockford's base32),
// so "mdl_01J9Z3NDEKTSV4RRFFQ69G5FAV" sorts after every model made before it.
// https://github.com/ulid/spec
const (
	ModelID    = "mdl"
	VersionID  = "ver"
	AliasID    = "als"
	EventID    = "evt"
	TagID      = "tag"
	ArtifactID = "art"
	MetricID   = "met"
	AuditID    = "aud"
	RequestID  = "req"
	PolicyID   = "pol"
	// RollupID names serving figures over a stretch of time.
	RollupID = "srv"
	// RolloutID names a rollout.
	RolloutID = "rol"
	// ReplicaID names one server from its start to its end.
	ReplicaID = "rep"
	// WebhookID names an address that events are sent to.
	WebhookID = "whk"
	// DeliveryID names one event for one webhook.
	DeliveryID = "dlv"
	// KeyID names an API key.
	KeyID = "key"
	// PredictionID names a prediction.
	PredictionID = "prd"
	// JobID names a job.
	JobID = "job"
)

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// last is the number of the newest id, so that ids made in one millisecond sort
// in the order in which they were made.
var last struct {
	mu     sync.Mutex
	hi, lo uint64 // guarded by mu
}

// NewID returns a fresh id of the kind that prefix names, as in NewID(ModelID).
// It sorts after every id of the kind that this process made before.
func NewID(prefix string) string { return NewIDs(prefix, 1)[0] }

// NewIDs returns n fresh ids that follow one upon the other: no id that another
// call makes, in this process or another, sorts between them.
func NewIDs(prefix string, n int) []string {
	var b [10]byte
	_, _ = rand.Read(b[:]) // never fails: see crypto/rand
	hi := uint64(time.Now().UnixMilli())<<16 | uint64(binary.BigEndian.Uint16(b[:2]))
	lo := binary.BigEndian.Uint64(b[2:])
	ids := make([]string, n)
	last.mu.Lock()
	defer last.mu.Unlock()
	if hi>>16 <= last.hi>>16 { // the same millisecond, or a clock that was set back
		hi, lo = after(last.hi, last.lo)
	}
	for i := range ids {
		if i > 0 {
			hi, lo = after(hi, lo)
		}
		ids[i] = idOf(prefix, hi, lo)
		last.hi, last.lo = hi, lo
	}
	return ids
}

func after(hi, lo uint64) (uint64, uint64) {
	if lo++; lo == 0 {
		hi++
	}
	return hi, lo
}

func idOf(prefix string, hi, lo uint64) string {
	var out [26]byte
	for i := 25; i >= 0; i-- {
		out[i] = crockford[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return prefix + "_" + string(out[:])
}

// IDTime returns when an id was made, to the millisecond; the zero time for what
// has not the form of an id.
func IDTime(id string) time.Time {
	prefix, ok := IDKind(id)
	if !ok {
		return time.Time{}
	}
	var ms uint64
	for _, c := range id[len(prefix)+1:][:10] { // 50 bits, of which the first two are 0
		ms = ms<<5 | uint64(strings.IndexRune(crockford, c))
	}
	return time.UnixMilli(int64(ms & (1<<48 - 1))).UTC()
}

// IDKind returns the prefix of an id and whether id has the form of one.
func IDKind(id string) (prefix string, ok bool) {
	prefix, rest, found := strings.Cut(id, "_")
	if !found || len(rest) != 26 || prefix == "" {
		return "", false
	}
	for _, c := range rest {
		if !strings.ContainsRune(crockford, c) {
			return "", false
		}
	}
	return prefix, true
}
