package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"augur"
)

const secret = "a secret of thirty-two bytes, or so"

func sign(t *testing.T, method jwt.SigningMethod, key any, kid string, claims jwt.MapClaims) string {
	t.Helper()
	token := jwt.NewWithClaims(method, claims)
	if kid != "" {
		token.Header["kid"] = kid
	}
	text, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// claimed are good claims with changes; nil removes one.
func claimed(changes jwt.MapClaims) jwt.MapClaims {
	claims := jwt.MapClaims{"sub": "anna", "iss": "https://id.example", "aud": "augur", "exp": time.Now().Add(time.Hour).Unix(), "scope": "predict other registry:read"}
	for name, v := range changes {
		if claims[name] = v; v == nil {
			delete(claims, name)
		}
	}
	return claims
}

func verifier(t *testing.T, cfg TokenConfig) *Authenticator {
	t.Helper()
	cfg.ScopesClaim, cfg.ModelsClaim = "scope", "augur_models"
	a, err := New(Config{Tokens: cfg}, Deps{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestClaims: what a token's claims make of it, and that a token that is wrong
// in one thing is nobody.
func TestClaims(t *testing.T) {
	a := verifier(t, TokenConfig{Secret: secret, Issuer: "https://id.example", Audience: "augur", Scopes: map[string]augur.Scope{"team": augur.ScopeWrite}})
	for name, c := range map[string]struct {
		changes jwt.MapClaims
		scopes  []augur.Scope
		models  []string
		wrong   string
	}{
		"good":                        {nil, []augur.Scope{augur.ScopePredict, augur.ScopeRead}, nil, ""},
		"a list of scopes":            {jwt.MapClaims{"scope": []any{"admin", 7, "team"}}, []augur.Scope{augur.ScopeAdmin, augur.ScopeWrite}, nil, ""},
		"no scopes":                   {jwt.MapClaims{"scope": nil}, nil, nil, ""},
		"models":                      {jwt.MapClaims{"augur_models": []any{"iris-*", "road"}}, []augur.Scope{augur.ScopePredict, augur.ScopeRead}, []string{"iris-*", "road"}, ""},
		"models that name none":       {jwt.MapClaims{"augur_models": []any{}}, []augur.Scope{augur.ScopePredict, augur.ScopeRead}, []string{""}, ""},
		"several audiences":           {jwt.MapClaims{"aud": []string{"x", "augur"}}, []augur.Scope{augur.ScopePredict, augur.ScopeRead}, nil, ""},
		"expired":                     {jwt.MapClaims{"exp": time.Now().Add(-time.Minute).Unix()}, nil, nil, "expired"},
		"without an end":              {jwt.MapClaims{"exp": nil}, nil, nil, "not valid"},
		"not yet":                     {jwt.MapClaims{"nbf": time.Now().Add(time.Hour).Unix()}, nil, nil, "not valid"},
		"of another issuer":           {jwt.MapClaims{"iss": "https://other"}, nil, nil, "another issuer"},
		"for another audience":        {jwt.MapClaims{"aud": "other"}, nil, nil, "another audience"},
		"for no audience":             {jwt.MapClaims{"aud": nil}, nil, nil, ""},
		"without a subject":           {jwt.MapClaims{"sub": nil}, nil, nil, "no subject"},
		"with an end of another type": {jwt.MapClaims{"exp": "soon"}, nil, nil, "not valid"},
	} {
		if name == "for no audience" {
			c.wrong = "not valid"
		}
		p, err := a.Principal(t.Context(), sign(t, jwt.SigningMethodHS256, []byte(secret), "", claimed(c.changes)))
		if c.wrong != "" {
			if augur.CodeOf(err) != augur.Unauthenticated || !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("%s: %v, want %q", name, err, c.wrong)
			}
			continue
		}
		if err != nil || p.Name != "anna" || !slices.Equal(p.Scopes, c.scopes) || !slices.Equal(p.Models, c.models) || p.Expires.IsZero() {
			t.Errorf("%s: %+v %v", name, p, err)
		}
	}
}

// TestForgeries: signatures that verify nothing.
func TestForgeries(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "keys.pem")
	public := pemOf(t, &key.PublicKey)
	write(t, file, public)
	a := verifier(t, TokenConfig{KeyFile: file})
	good := sign(t, jwt.SigningMethodRS256, key, "", claimed(nil))
	if _, err := a.Principal(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(good, ".")
	none, err := jwt.NewWithClaims(jwt.SigningMethodNone, claimed(nil)).SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		t.Fatal(err)
	}
	for name, token := range map[string]string{
		"none":                           none,
		"the public key as a secret":     sign(t, jwt.SigningMethodHS256, public, "", claimed(nil)),
		"no signature":                   parts[0] + "." + parts[1] + ".",
		"another payload":                parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"root","exp":9999999999,"scope":"admin"}`)) + "." + parts[2],
		"two parts":                      parts[0] + "." + parts[1],
		"not a token":                    "x",
		"nothing":                        "",
		"HS256 with an empty secret":     sign(t, jwt.SigningMethodHS256, []byte{}, "", claimed(nil)),
		"a header that is not JSON":      "e30x." + parts[1] + "." + parts[2],
		"somebody's key in the header":   sign(t, jwt.SigningMethodRS256, other(t), "", claimed(nil)),
		"a token of a hundred kilobytes": sign(t, jwt.SigningMethodRS256, other(t), "", claimed(jwt.MapClaims{"x": strings.Repeat("x", 100_000)})),
	} {
		if p, err := a.Principal(t.Context(), token); augur.CodeOf(err) != augur.Unauthenticated || p != nil {
			t.Errorf("%s: %+v %v", name, p, err)
		} else if len(token) > 20 && strings.Contains(err.Error(), token[:20]) {
			t.Errorf("%s: the error holds the token", name)
		}
	}
}

func other(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func pemOf(t *testing.T, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func write(t *testing.T, file string, content []byte) {
	t.Helper()
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestKeyFile: every kind of key, and a file that changes while tokens come.
func TestKeyFile(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "keys.pem")
	write(t, file, slices.Concat(pemOf(t, &ec.PublicKey), pemOf(t, public)))
	a := verifier(t, TokenConfig{KeyFile: file})
	byEC, byEd := sign(t, jwt.SigningMethodES256, ec, "", claimed(nil)), sign(t, jwt.SigningMethodEdDSA, ed, "", claimed(nil))
	for _, token := range []string{byEC, byEd} {
		if _, err := a.Principal(t.Context(), token); err != nil {
			t.Error(err)
		}
	}
	write(t, file, pemOf(t, public))
	if _, err := a.Principal(t.Context(), byEC); augur.CodeOf(err) != augur.Unauthenticated {
		t.Errorf("a key that was taken out: %v", err)
	}
	// A file that breaks leaves the keys before.
	write(t, file, []byte("-----BEGIN PUBLIC KEY-----\nbroken"))
	if _, err := a.Principal(t.Context(), byEd); err != nil {
		t.Error(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Principal(t.Context(), byEd); err != nil {
		t.Error(err)
	}
	if _, err := New(Config{Tokens: TokenConfig{KeyFile: file}}, Deps{}); augur.CodeOf(err) != augur.FailedPrecondition {
		t.Errorf("a file that is not there: %v", err)
	}
}

// jwk writes a public key as RFC 7517 does.
func jwk(kid string, key crypto.PublicKey) map[string]any {
	b64 := base64.RawURLEncoding.EncodeToString
	switch k := key.(type) {
	case *rsa.PublicKey:
		return map[string]any{"kty": "RSA", "kid": kid, "use": "sig", "n": b64(k.N.Bytes()), "e": b64(big.NewInt(int64(k.E)).Bytes())}
	case ed25519.PublicKey:
		return map[string]any{"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": b64(k)}
	default:
		panic("another kind")
	}
}

// TestKeySet: an issuer rotates its keys, and then is away.
func TestKeySet(t *testing.T) {
	first, second := other(t), other(t)
	var set atomic.Pointer[[]map[string]any]
	set.Store(&[]map[string]any{jwk("one", &first.PublicKey), {"kty": "unknown"}, {"kty": "RSA", "n": "AQAB", "e": "AQAB"}})
	var fetches atomic.Int32
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fetches.Add(1)
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": *set.Load()})
	}))
	defer issuer.Close()
	a := verifier(t, TokenConfig{KeySetURL: issuer.URL})
	old, fresh := sign(t, jwt.SigningMethodRS256, first, "one", claimed(nil)), sign(t, jwt.SigningMethodPS256, second, "two", claimed(nil))
	for range 20 {
		if _, err := a.Principal(t.Context(), old); err != nil {
			t.Fatal(err)
		}
	}
	if n := fetches.Load(); n != 1 {
		t.Errorf("%d fetches for 20 tokens", n)
	}
	// Tokens that name unknown keys do not make it ask again and again.
	for range 20 {
		if _, err := a.Principal(t.Context(), fresh); augur.CodeOf(err) != augur.Unauthenticated {
			t.Fatalf("%v", err)
		}
	}
	if n := fetches.Load(); n > 2 {
		t.Errorf("%d fetches for unknown keys", n)
	}
	set.Store(&[]map[string]any{jwk("two", &second.PublicKey)})
	a.tokens.asked = a.tokens.asked.Add(-refreshLeast)
	if _, err := a.Principal(t.Context(), fresh); err != nil {
		t.Errorf("after a rotation: %v", err)
	}
	if _, err := a.Principal(t.Context(), old); augur.CodeOf(err) != augur.Unauthenticated {
		t.Errorf("a key that was rotated out: %v", err)
	}
	issuer.Close()
	a.tokens.asked = a.tokens.asked.Add(-refreshEvery)
	if _, err := a.Principal(t.Context(), fresh); err != nil {
		t.Errorf("while the issuer is away: %v", err)
	}
	cold := verifier(t, TokenConfig{KeySetURL: issuer.URL})
	if _, err := cold.Principal(t.Context(), fresh); augur.CodeOf(err) != augur.Unavailable {
		t.Errorf("an issuer that never answered: %v", err)
	}
}

// FuzzParseKeys: no text makes it fail otherwise than with an error.
func FuzzParseKeys(f *testing.F) {
	f.Add([]byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`))
	f.Add([]byte("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		keys, err := parseKeys(text)
		if err == nil && len(keys) == 0 {
			t.Error("no keys and no error")
		}
	})
}
