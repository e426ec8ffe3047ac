package augur

import (
	"context"
	"path"
	"slices"
	"strings"
	"time"
)

// Scope is one thing a principal may do. Admin includes every other; Write,
// Predict and Rollout include Read.
type Scope string

// The scopes, as they stand in @access(scope: …) in the schema.
const (
	// ScopePublic needs no principal: health-like facts.
	ScopePublic Scope = "PUBLIC"
	// ScopeRead sees models, versions, metrics and serving figures.
	ScopeRead Scope = "READ"
	// ScopePredict asks for predictions.
	ScopePredict Scope = "PREDICT"
	// ScopeWrite changes the registry.
	ScopeWrite Scope = "WRITE"
	// ScopeRollout moves traffic between versions.
	ScopeRollout Scope = "ROLLOUT"
	// ScopeAdmin does everything, keys and the audit trail included.
	ScopeAdmin Scope = "ADMIN"
)

// scopeWords are the scopes that a key or a token can hold, as people write them.
var scopeWords = []struct {
	word  string
	scope Scope
}{
	{"registry:read", ScopeRead},
	{"registry:write", ScopeWrite},
	{"predict", ScopePredict},
	{"rollout", ScopeRollout},
	{"admin", ScopeAdmin},
}

// ParseScope reads a scope as keys and tokens write it: registry:read,
// registry:write, predict, rollout or admin. The error is InvalidArgument.
func ParseScope(word string) (Scope, error) {
	for _, w := range scopeWords {
		if w.word == word {
			return w.scope, nil
		}
	}
	return "", Errorf(InvalidArgument, "%q: expected registry:read, registry:write, predict, rollout or admin", word)
}

// Word is the scope as keys and tokens write it; "" for what they cannot hold.
func (s Scope) Word() string {
	for _, w := range scopeWords {
		if w.scope == s {
			return w.word
		}
	}
	return ""
}

// Principal is who is calling. A principal is immutable once it is in a context.
type Principal struct {
	// Name is shown in the audit trail: "anonymous", a key's name, a subject.
	Name string
	// Key is the id of the API key that was shown, "" for every other principal.
	Key    string
	Scopes []Scope
	// Models are patterns of the model names the principal may see, in which *
	// stands for any text and ? for one character; empty means all models.
	Models []string
	// Expires is when the credentials end; zero when they do not.
	Expires time.Time
}

// Anonymous is the principal of a server without authentication, which listens
// on loopback only: it may do everything.
func Anonymous() *Principal {
	return &Principal{Name: "anonymous", Scopes: []Scope{ScopeAdmin}}
}

// System is the principal of the server's own work, such as the import at start.
func System() *Principal {
	return &Principal{Name: "system", Scopes: []Scope{ScopeAdmin}}
}

// Has says whether the principal holds scope. A nil principal holds only ScopePublic.
func (p *Principal) Has(scope Scope) bool {
	if scope == ScopePublic {
		return true
	}
	if p == nil {
		return false
	}
	return slices.ContainsFunc(p.Scopes, func(s Scope) bool {
		return s == scope || s == ScopeAdmin ||
			scope == ScopeRead && (s == ScopeWrite || s == ScopePredict || s == ScopeRollout)
	})
}

// AllModels says whether the principal may see every model.
func (p *Principal) AllModels() bool { return p != nil && len(p.Models) == 0 }

// Sees says whether the principal may see the model of that name. A nil
// principal sees nothing.
func (p *Principal) Sees(model string) bool {
	if p == nil {
		return false
	}
	return len(p.Models) == 0 || slices.ContainsFunc(p.Models, func(pattern string) bool {
		ok, err := path.Match(pattern, model) // names hold no '/', which * would not match
		return PatternValid(pattern) && err == nil && ok
	})
}

// PatternValid says whether a pattern of Principal.Models uses only * and ?:
// what both databases can match as Sees does. Any other pattern matches nothing.
func PatternValid(pattern string) bool {
	return pattern != "" && !strings.ContainsAny(pattern, `[]\`)
}

type principalKey struct{}

// WithPrincipal returns a context in which p is calling.
func WithPrincipal(ctx context.Context, p *Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// PrincipalFrom returns who is calling, nil when nobody is known.
func PrincipalFrom(ctx context.Context) *Principal {
	p, _ := ctx.Value(principalKey{}).(*Principal)
	return p
}

type requestIDKey struct{}

// WithRequestID returns a context that carries the id of the request, which
// stands in log lines and in the extensions of errors.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestIDFrom returns the id of the request, "" when there is none.
func RequestIDFrom(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

type userIDKey struct{}

// WithUserID returns a context that carries who the caller says it asks for: the
// header X-User-ID.
func WithUserID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, userIDKey{}, id)
}

// UserIDFrom returns who the caller says it asks for, "" when it does not say.
func UserIDFrom(ctx context.Context) string {
	id, _ := ctx.Value(userIDKey{}).(string)
	return id
}
