package augur

import (
	"crypto/rand"
	"encoding/binary"
	"strings"
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
	// PredictionID names a prediction.
	PredictionID = "prd"
)

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewID returns a fresh id of the kind that prefix names, as in NewID(ModelID).
func NewID(prefix string) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(time.Now().UnixMilli())<<16)
	_, _ = rand.Read(b[6:]) // never fails: see crypto/rand
	hi, lo := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	var out [26]byte
	for i := 25; i >= 0; i-- {
		out[i] = crockford[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return prefix + "_" + string(out[:])
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
