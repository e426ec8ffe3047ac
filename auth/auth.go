package auth

import (
	"context"
	"log/slog"
	"time"

	"augur"
)

// Keys are the API keys.
type Keys interface {
	// IsKey says whether a text has the form of a key.
	IsKey(text string) bool
	// KeyPrincipal returns who shows a key. The error is Unauthenticated.
	KeyPrincipal(text string) (*augur.Principal, error)
	// KeyHolds says whether the key with that id is still good.
	KeyHolds(id string) bool
}

// Config says what is believed.
type Config struct {
	// Keys says whether API keys are.
	Keys bool
	// Tokens says which JSON Web Tokens are; the zero value believes none.
	Tokens TokenConfig
}

// Enabled says whether anything is believed, and so credentials are asked for.
func (c Config) Enabled() bool { return c.Keys || c.Tokens.enabled() }

// Deps are what an Authenticator works with.
type Deps struct {
	Keys   Keys
	Logger *slog.Logger
}

// Authenticator finds who is calling. It may be used from any number of goroutines.
type Authenticator struct {
	cfg    Config
	keys   Keys
	tokens *tokens // nil where no tokens are believed
}

// New makes an Authenticator. The error is InvalidArgument, or
// FailedPrecondition when a file of keys cannot be read.
func New(cfg Config, deps Deps) (*Authenticator, error) {
	if cfg.Keys && deps.Keys == nil {
		return nil, augur.Errorf(augur.Internal, "auth: expected the keys")
	}
	if deps.Logger == nil {
		deps.Logger = slog.New(slog.DiscardHandler)
	}
	a := &Authenticator{cfg: cfg, keys: deps.Keys}
	if cfg.Tokens.enabled() {
		var err error
		if a.tokens, err = newTokens(cfg.Tokens, deps.Logger); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// Principal returns who shows a token: an API key or a JSON Web Token. The
// error is Unauthenticated, or Unavailable where an issuer's keys cannot be had.
func (a *Authenticator) Principal(ctx context.Context, token string) (*augur.Principal, error) {
	switch {
	case a.cfg.Keys && a.keys.IsKey(token):
		return a.keys.KeyPrincipal(token)
	case a.tokens != nil:
		return a.tokens.principal(ctx, token)
	default:
		return nil, augur.Errorf(augur.Unauthenticated, "the credentials are not known: expected an API key")
	}
}

// Holds says whether what the principal showed is still good: nothing of nobody,
// a key that was not revoked, a token that has not expired.
func (a *Authenticator) Holds(p *augur.Principal) bool {
	switch {
	case p == nil:
		return true
	case !p.Expires.IsZero() && !time.Now().Before(p.Expires):
		return false
	case p.Key != "":
		return a.keys.KeyHolds(p.Key)
	default:
		return true
	}
}
