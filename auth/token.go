package auth

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"augur"
)

// TokenConfig says which JSON Web Tokens are believed (RFC 7519). Several
// sources of keys may be named together.
type TokenConfig struct {
	// Secret verifies HS256; at least 32 bytes.
	Secret augur.Secret
	// KeyFile holds public keys in PEM, or a JSON Web Key Set (RFC 7517). A file
	// that changes is read again.
	KeyFile string
	// KeySetURL is where a JSON Web Key Set is fetched from.
	KeySetURL string
	// Issuer and Audience must be those of a token; "" asks for none.
	Issuer, Audience string
	// ScopesClaim names the claim with the scopes, a text with spaces or a list;
	// ModelsClaim the one with patterns of models.
	ScopesClaim, ModelsClaim string
	// Scopes maps words of the claim to scopes; words that it does not name and
	// that are no scopes are left out.
	Scopes map[string]augur.Scope
}

func (c TokenConfig) enabled() bool { return c.Secret != "" || c.KeyFile != "" || c.KeySetURL != "" }

// How key sets are kept.
const (
	// refreshEvery is how old a fetched set may become before it is fetched again.
	refreshEvery = 10 * time.Minute
	// refreshLeast is the least time between two fetches, whatever tokens ask for.
	refreshLeast = 10 * time.Second
	fetchTimeout = 5 * time.Second
	maxKeySet    = 1 << 20
	// leeway is how far clocks may be apart.
	leeway = 30 * time.Second
)

// asymmetric are the algorithms that public keys verify. "none" and HS256 with a
// public key as its secret are not among them: the key decides the algorithm.
var asymmetric = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}

// tokens verifies JSON Web Tokens.
type tokens struct {
	cfg    TokenConfig
	parser *jwt.Parser
	log    *slog.Logger
	client *http.Client

	mu sync.Mutex // guards what follows
	// file holds the keys of KeyFile as it was at fileTime.
	file     []publicKey
	fileTime time.Time
	fileSize int64
	// fetched holds the keys of KeySetURL; asked is when it was last asked.
	fetched []publicKey
	asked   time.Time
}

// publicKey is a key with the id that tokens name it by, "" for none.
type publicKey struct {
	id  string
	alg string
	key crypto.PublicKey
}

func newTokens(cfg TokenConfig, log *slog.Logger) (*tokens, error) {
	if s := cfg.Secret.Reveal(); s != "" && len(s) < 32 {
		return nil, augur.Errorf(augur.InvalidArgument, "expected a secret of 32 bytes or more, got %d", len(s))
	}
	var methods []string
	if cfg.Secret != "" {
		methods = append(methods, "HS256")
	}
	if cfg.KeyFile != "" || cfg.KeySetURL != "" {
		methods = append(methods, asymmetric...)
	}
	options := []jwt.ParserOption{jwt.WithValidMethods(methods), jwt.WithLeeway(leeway), jwt.WithExpirationRequired()}
	if cfg.Issuer != "" {
		options = append(options, jwt.WithIssuer(cfg.Issuer))
	}
	if cfg.Audience != "" {
		options = append(options, jwt.WithAudience(cfg.Audience))
	}
	t := &tokens{cfg: cfg, parser: jwt.NewParser(options...), log: log, client: &http.Client{
		Timeout: fetchTimeout, Transport: &http.Transport{DisableKeepAlives: true, Proxy: http.ProxyFromEnvironment},
	}}
	if cfg.KeyFile != "" {
		if _, err := t.fromFile(); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// principal returns who a token is of.
func (t *tokens) principal(ctx context.Context, text string) (*augur.Principal, error) {
	claims := jwt.MapClaims{}
	var unavailable error
	_, err := t.parser.ParseWithClaims(text, claims, func(token *jwt.Token) (any, error) {
		keys, err := t.keysFor(ctx, token)
		if augur.CodeOf(err) == augur.Unavailable {
			unavailable = err
		}
		return keys, err
	})
	switch {
	case unavailable != nil:
		return nil, unavailable
	case errors.Is(err, jwt.ErrTokenExpired):
		return nil, augur.Errorf(augur.Unauthenticated, "the token has expired")
	case errors.Is(err, jwt.ErrTokenInvalidIssuer), errors.Is(err, jwt.ErrTokenInvalidAudience):
		return nil, augur.Errorf(augur.Unauthenticated, "the token is of another issuer or for another audience")
	case err != nil:
		// The cause may quote the token, which must not reach a log.
		return nil, augur.Errorf(augur.Unauthenticated, "the token is not valid")
	}
	subject, _ := claims.GetSubject() // "" is refused below
	expires, _ := claims.GetExpirationTime()
	if subject == "" || expires == nil {
		return nil, augur.Errorf(augur.Unauthenticated, "the token has no subject (sub) or no end (exp)")
	}
	p := &augur.Principal{Name: subject, Expires: expires.Add(leeway)}
	for _, word := range words(claims[t.cfg.ScopesClaim]) {
		scope, ok := t.cfg.Scopes[word]
		if !ok {
			var err error
			if scope, err = augur.ParseScope(word); err != nil {
				continue // of another program
			}
		}
		p.Scopes = append(p.Scopes, scope)
	}
	models, given := claims[t.cfg.ModelsClaim]
	if p.Models = words(models); given && len(p.Models) == 0 {
		p.Models = []string{""} // a claim that names none must not mean all
	}
	return p, nil
}

// words reads a claim that is a text with spaces or a list of texts.
func words(claim any) []string {
	switch claim := claim.(type) {
	case string:
		return strings.Fields(claim)
	case []any:
		var out []string
		for _, v := range claim {
			if s, ok := v.(string); ok {
				out = append(out, s)
			}
		}
		return out
	default:
		return nil
	}
}

// keysFor returns the keys that may have signed a token.
func (t *tokens) keysFor(ctx context.Context, token *jwt.Token) (any, error) {
	if token.Method.Alg() == "HS256" {
		return []byte(t.cfg.Secret.Reveal()), nil
	}
	id, _ := token.Header["kid"].(string)
	var set jwt.VerificationKeySet
	add := func(keys []publicKey) {
		for _, k := range keys {
			if (id == "" || k.id == "" || k.id == id) && (k.alg == "" || k.alg == token.Method.Alg()) {
				set.Keys = append(set.Keys, k.key)
			}
		}
	}
	if t.cfg.KeyFile != "" {
		keys, err := t.fromFile()
		if err != nil {
			t.log.WarnContext(ctx, "the file of token keys cannot be read; the keys before go on", "file", t.cfg.KeyFile, "err", err)
		}
		add(keys)
	}
	if t.cfg.KeySetURL != "" {
		keys, err := t.fromURL(ctx, false)
		add(keys)
		if len(set.Keys) == 0 { // a key that is new there
			keys, err = t.fromURL(ctx, true)
			add(keys)
		}
		if len(set.Keys) == 0 && err != nil {
			return nil, augur.Wrap(augur.Unavailable, err, "the keys of the tokens' issuer cannot be had")
		}
	}
	if len(set.Keys) == 0 {
		return nil, augur.Errorf(augur.Unauthenticated, "no key is known for the token")
	}
	return set, nil
}

// fromFile returns the keys of KeyFile, read again when it has changed. With an
// error come the keys that it had before.
func (t *tokens) fromFile() ([]publicKey, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	info, err := os.Stat(t.cfg.KeyFile)
	if err != nil {
		return t.file, augur.Wrap(augur.FailedPrecondition, err, "the file of token keys cannot be read")
	}
	if t.file != nil && info.ModTime().Equal(t.fileTime) && info.Size() == t.fileSize {
		return t.file, nil
	}
	text, err := os.ReadFile(t.cfg.KeyFile)
	if err != nil {
		return t.file, augur.Wrap(augur.FailedPrecondition, err, "the file of token keys cannot be read")
	}
	keys, err := parseKeys(text)
	if err != nil {
		return t.file, err
	}
	t.file, t.fileTime, t.fileSize = keys, info.ModTime(), info.Size()
	return keys, nil
}

// fromURL returns the keys of KeySetURL, fetched again when they are old, or,
// with now, when a token names one that is not among them. With an error come
// the keys that were fetched before.
func (t *tokens) fromURL(ctx context.Context, now bool) ([]publicKey, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	age := time.Since(t.asked)
	if age < refreshLeast || age < refreshEvery && !now && t.fetched != nil {
		if t.fetched == nil {
			return nil, augur.Errorf(augur.Unavailable, "the last fetch failed")
		}
		return t.fetched, nil
	}
	t.asked = time.Now()
	// Not by the request's end: others wait for the same keys.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchTimeout)
	defer cancel()
	text, err := fetch(ctx, t.client, t.cfg.KeySetURL)
	if err == nil {
		var keys []publicKey
		if keys, err = parseKeySet(text); err == nil {
			t.fetched = keys
		}
	}
	if err != nil {
		t.log.WarnContext(ctx, "the keys of tokens cannot be fetched; those known go on", "url", t.cfg.KeySetURL, "err", err)
	}
	return t.fetched, err
}

// parseKeys reads public keys or certificates in PEM, or a key set.
func parseKeys(text []byte) ([]publicKey, error) {
	if json.Valid(text) {
		return parseKeySet(text)
	}
	var out []publicKey
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		var key any
		var err error
		switch block.Type {
		case "PUBLIC KEY":
			key, err = x509.ParsePKIXPublicKey(block.Bytes)
		case "RSA PUBLIC KEY":
			key, err = x509.ParsePKCS1PublicKey(block.Bytes)
		case "CERTIFICATE":
			var certificate *x509.Certificate
			if certificate, err = x509.ParseCertificate(block.Bytes); err == nil {
				key = certificate.PublicKey
			}
		default: // a private key has no business here
			return nil, augur.Errorf(augur.InvalidArgument, "the file of token keys has a %s: expected public keys alone", block.Type)
		}
		if err != nil {
			return nil, augur.Wrap(augur.InvalidArgument, err, "the file of token keys has a broken %s", block.Type)
		}
		out = append(out, publicKey{key: key})
	}
	if len(out) == 0 {
		return nil, augur.Errorf(augur.InvalidArgument, "the file of token keys has none: expected public keys in PEM, or a JSON Web Key Set")
	}
	return out, nil
}
