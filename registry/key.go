package registry

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/apikey"
	"augur/store"
)

// maxKeys bounds the keys that are good at one time: all of them are in memory.
const maxKeys = 10_000

// KeyCreate is a new API key.
type KeyCreate struct {
	// Name is what it is for, and stands in the audit trail.
	Name   string
	Scopes []augur.Scope
	// Models are patterns, in which * stands for any text and ? for one
	// character; empty means all.
	Models []string
	// Expires is when it ends by itself; nil means never.
	Expires *time.Time
}

// mayKeys refuses principals who do not see every model: a key may be for any.
func mayKeys(ctx context.Context) error {
	if !augur.PrincipalFrom(ctx).AllModels() {
		return augur.Errorf(augur.PermissionDenied, "keys are for those who see every model")
	}
	return nil
}

// KeyCreate makes an API key and returns its id and its text, which is kept
// nowhere. The error is InvalidArgument, PermissionDenied for who does not see
// every model, or FailedPrecondition past 10,000 keys.
func (r *Registry) KeyCreate(ctx context.Context, in KeyCreate) (id, secret string, err error) {
	if err := firstOf(mayKeys(ctx), checkKey(in)); err != nil {
		return "", "", err
	}
	id = augur.NewID(augur.KeyID)
	secret = keyText(id)
	scopes := slices.Compact(slices.Sorted(slices.Values(in.Scopes)))
	err = r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		if n, err := tx.APIKey.Query().Where(apikey.RevokedAtIsNil()).Count(ctx); err != nil {
			return nil, err
		} else if n >= maxKeys {
			return nil, augur.Errorf(augur.FailedPrecondition, "there are %d keys already: revoke one", n)
		}
		create := tx.APIKey.Create().SetID(id).SetName(in.Name).SetCreator(augur.PrincipalFrom(ctx).Name).SetHash(hashOf(secret)).
			SetScopes(scopes).SetModels(orEmpty(in.Models))
		after := map[string]any{"name": in.Name, "scopes": scopes, "models": orEmpty(in.Models)}
		if in.Expires != nil {
			at := in.Expires.UTC().Truncate(time.Microsecond)
			create.SetExpiresAt(at)
			after["expiresAt"] = at
		}
		return &change{action: "apiKeyCreate", subject: id, catalog: true, after: after}, create.Exec(ctx)
	})
	if err == nil {
		err = r.keys.read(ctx)
	}
	if err != nil {
		return "", "", err
	}
	return id, secret, nil
}

// KeyRevoke ends an API key. One that is revoked already stays as it is. The
// error is NotFound, or PermissionDenied for who does not see every model.
func (r *Registry) KeyRevoke(ctx context.Context, id string) error {
	if err := mayKeys(ctx); err != nil {
		return err
	}
	err := r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
		k, err := tx.APIKey.Query().Where(apikey.ID(id), locked).Only(ctx)
		switch {
		case ent.IsNotFound(err):
			return nil, augur.Errorf(augur.NotFound, "there is no key with the id %q", id).At("id")
		case err != nil || k.RevokedAt != nil:
			return nil, err
		}
		at := now()
		return &change{
			action: "apiKeyRevoke", subject: id, catalog: true, before: map[string]any{"name": k.Name, "revokedAt": nil}, after: map[string]any{"revokedAt": at},
		}, k.Update().SetRevokedAt(at).Exec(ctx)
	})
	if err != nil {
		return err
	}
	return r.keys.read(ctx)
}

func checkKey(in KeyCreate) error {
	if strings.TrimSpace(in.Name) == "" {
		return augur.Errorf(augur.InvalidArgument, "expected a name, so that the audit trail can say who it was").At("name")
	}
	if len(in.Scopes) == 0 {
		return augur.Errorf(augur.InvalidArgument, "expected at least one scope").At("scopes")
	}
	for i, s := range in.Scopes {
		if s.Word() == "" {
			return augur.Errorf(augur.InvalidArgument, "%s is not for keys: expected READ, WRITE, PREDICT, ROLLOUT or ADMIN", s).At("scopes", strconv.Itoa(i))
		}
	}
	if in.Expires != nil && !in.Expires.After(now()) {
		return augur.Errorf(augur.InvalidArgument, "expected a time in the future").At("expiresAt")
	}
	return firstOf(checkText(in.Name, 100, "name"), checkPatterns(in.Models, "models"))
}

// A key reads augur_ULID_SECRET: the ULID of its id, by which it is found, and
// 32 random bytes in base64url. The prefix is what scanners of leaked secrets
// know it by.
const (
	keyPrefix = "augur_"
	ulidLen   = 26
	keyLen    = len(keyPrefix) + ulidLen + 1 + 43
)

// keyText makes the text of the key with that id.
func keyText(id string) string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails: see crypto/rand
	return keyPrefix + strings.TrimPrefix(id, augur.KeyID+"_") + "_" + base64.RawURLEncoding.EncodeToString(b[:])
}

// hashOf is what the record keeps of a key's text. It holds 256 random bits, so
// that no slow hash is needed: those are for passwords, which can be guessed.
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// keys are the API keys in memory, so that a request with a key asks no
// database, and predictions go on while that is away.
type keys struct {
	reader *ent.Client
	// reading is held by one reading at a time, so that none stores what is older.
	reading sync.Mutex
	// good holds the keys that are not revoked, by id; swapped whole.
	good atomic.Pointer[map[string]*key]
	// changed has a token when the keys must be read again.
	changed chan struct{}
}

// key is immutable but for its use.
type key struct {
	hash      string
	principal *augur.Principal
	// used is when it was last used, and noted when the record was told, in Unix
	// seconds; shared by the key's copies in later snapshots.
	used, noted *atomic.Int64
}

func newKeys(reader *ent.Client) *keys {
	k := &keys{reader: reader, changed: make(chan struct{}, 1)}
	k.good.Store(&map[string]*key{})
	return k
}

// read reads the keys that are not revoked.
func (k *keys) read(ctx context.Context) error {
	k.reading.Lock()
	defer k.reading.Unlock()
	rows, err := k.reader.APIKey.Query().Where(apikey.RevokedAtIsNil()).All(augur.WithPrincipal(ctx, augur.System()))
	if err != nil {
		return augur.Wrap(augur.Unavailable, err, "the keys cannot be read")
	}
	before, next := *k.good.Load(), make(map[string]*key, len(rows))
	for _, row := range rows {
		p := &augur.Principal{Name: row.Name, Key: row.ID, Scopes: row.Scopes, Models: row.Models}
		if row.ExpiresAt != nil {
			p.Expires = *row.ExpiresAt
		}
		item := &key{hash: row.Hash, principal: p, used: new(atomic.Int64), noted: new(atomic.Int64)}
		if old := before[row.ID]; old != nil {
			item.used, item.noted = old.used, old.noted
		}
		next[row.ID] = item
	}
	k.good.Store(&next)
	return nil
}

// KeyPrincipal returns who shows an API key. The error is Unauthenticated, and
// says whether the key has expired to who has it, but not why it is unknown.
// A key that another server has just made is known within a second.
func (r *Registry) KeyPrincipal(text string) (*augur.Principal, error) {
	unknown := augur.Errorf(augur.Unauthenticated, "the API key is not known: it was revoked, or never made")
	if len(text) != keyLen || !strings.HasPrefix(text, keyPrefix) {
		return nil, unknown
	}
	k := (*r.keys.good.Load())[augur.KeyID+"_"+text[len(keyPrefix):len(keyPrefix)+ulidLen]]
	if k == nil || subtle.ConstantTimeCompare([]byte(k.hash), []byte(hashOf(text))) != 1 {
		return nil, unknown
	}
	at := time.Now()
	if !k.principal.Expires.IsZero() && !at.Before(k.principal.Expires) {
		return nil, augur.Errorf(augur.Unauthenticated, "the API key %q has expired", k.principal.Name)
	}
	k.used.Store(at.Unix())
	return k.principal, nil
}

// KeyHolds says whether the key with that id is still good.
func (r *Registry) KeyHolds(id string) bool {
	k := (*r.keys.good.Load())[id]
	return k != nil && (k.principal.Expires.IsZero() || time.Now().Before(k.principal.Expires))
}

// IsKey says whether a text has the form of an API key.
func (r *Registry) IsKey(text string) bool { return strings.HasPrefix(text, keyPrefix) }

// keepKeys reads the keys again after changes and notes when they were used,
// until ctx is done.
func (r *Registry) keepKeys(ctx context.Context) {
	ctx = augur.WithPrincipal(ctx, augur.System())
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	stale := false
	for {
		select {
		case <-ctx.Done():
			r.noteLastUse(ctx)
			return
		case <-r.keys.changed:
			stale = true
		case <-tick.C:
			r.noteUse(ctx, time.Minute)
		}
		if !stale {
			continue
		}
		if err := r.keys.read(ctx); err != nil && ctx.Err() == nil {
			r.log.WarnContext(ctx, "the API keys cannot be read; those known go on", "err", err)
			continue
		}
		stale = false
	}
}

// noteLastUse is noteUse of everything, when ctx is done.
func (r *Registry) noteLastUse(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	r.noteUse(ctx, 0)
}

// noteUse writes when keys were last used, of those of which it was not written
// within the last age.
func (r *Registry) noteUse(ctx context.Context, age time.Duration) {
	due := map[string]*key{}
	for id, k := range *r.keys.good.Load() {
		if used, noted := k.used.Load(), k.noted.Load(); used > noted && time.Duration(used-noted)*time.Second >= age {
			due[id] = k
		}
	}
	if len(due) == 0 {
		return
	}
	written := map[string]int64{}
	err := r.store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		for _, id := range slices.Sorted(maps.Keys(due)) { // in one order: two servers may note the same keys
			at := due[id].used.Load()
			// Another server may have noted a later use.
			err := tx.APIKey.Update().Where(apikey.ID(id), apikey.Or(apikey.LastUsedAtIsNil(), apikey.LastUsedAtLT(time.Unix(at, 0).UTC()))).
				SetLastUsedAt(time.Unix(at, 0).UTC()).Exec(ctx)
			if err != nil {
				return err
			}
			written[id] = at
		}
		return nil
	})
	if err != nil {
		r.log.DebugContext(ctx, "the use of keys could not be noted; it will be with the next", "err", store.Error(err))
		return
	}
	for id, at := range written {
		due[id].noted.Store(at)
	}
}
