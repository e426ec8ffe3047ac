package server

import (
	"net/url"
	"os"
	"strings"

	"augur"
	"augur/auth"
)

// AuthConfig is the section auth.
type AuthConfig struct {
	Keys        bool         `name:"keys" default:"false" negatable:"" help:"Ask for credentials, and believe API keys. The first is made by: augur keys create --local --name NAME --scope admin." why:"To listen beyond loopback, or to tell callers apart."`
	Secret      augur.Secret `name:"secret" placeholder:"KEY" help:"Ask for credentials, and believe JSON Web Tokens signed with this secret (HS256): 32 bytes or more." why:"An issuer of tokens that shares a secret with this server."`
	KeyFile     string       `name:"key-file" placeholder:"FILE" help:"Ask for credentials, and believe JSON Web Tokens that a public key of this file verifies (RS, PS, ES, EdDSA): PEM, or a JSON Web Key Set. A file that changes is read again." why:"An issuer whose keys are handed over as a file."`
	KeySetURL   string       `name:"key-set-url" placeholder:"URL" help:"Ask for credentials, and believe JSON Web Tokens that a key of the JSON Web Key Set at this URL verifies. It is fetched again every ten minutes, and when a token names a key that is new." why:"An identity provider that rotates its keys."`
	Issuer      string       `name:"issuer" placeholder:"TEXT" help:"The issuer (iss) that tokens must have. Empty: any." why:"Keys that sign for several issuers."`
	Audience    string       `name:"audience" placeholder:"TEXT" help:"The audience (aud) that tokens must be for. Empty: any." why:"An identity provider of several programs: a token for another must not open this one."`
	ScopesClaim string       `name:"scopes-claim" default:"scope" help:"The claim of tokens with their scopes: a text with spaces, or a list." why:"Identity providers that write roles or permissions."`
	ModelsClaim string       `name:"models-claim" default:"augur_models" help:"The claim with the names of the models that a token is for, in which * stands for any text. A token without it is for all." why:"Another name at the identity provider."`
	Scopes      []string     `name:"scopes" placeholder:"WORD=SCOPE,…" help:"What the words of the scopes claim mean, as in data-team=registry:write: registry:read, registry:write, predict, rollout or admin. Those words mean themselves." why:"Roles that have names of their own."`
}

// auth is the configuration of who is believed. The error is InvalidArgument
// with the key in Field.
func (c *AuthConfig) auth() (auth.Config, error) {
	out := auth.Config{Keys: c.Keys, Tokens: auth.TokenConfig{
		Secret: c.Secret, KeyFile: c.KeyFile, KeySetURL: c.KeySetURL, Issuer: c.Issuer, Audience: c.Audience,
		ScopesClaim: c.ScopesClaim, ModelsClaim: c.ModelsClaim, Scopes: map[string]augur.Scope{},
	}}
	for _, pair := range c.Scopes {
		word, name, ok := strings.Cut(pair, "=")
		scope, err := augur.ParseScope(name)
		if !ok || word == "" || err != nil {
			return out, invalid("auth.scopes", "%q: expected WORD=SCOPE, with registry:read, registry:write, predict, rollout or admin", pair)
		}
		out.Tokens.Scopes[word] = scope
	}
	return out, nil
}

// enabled says whether credentials are asked for.
func (c *AuthConfig) enabled() bool {
	return c.Keys || c.Secret != "" || c.KeyFile != "" || c.KeySetURL != ""
}

// validate checks the section.
func (c *AuthConfig) validate() error {
	if _, err := c.auth(); err != nil {
		return err
	}
	if n := len(c.Secret.Reveal()); n > 0 && n < 32 {
		return invalid("auth.secret", "expected 32 bytes or more, got %d", n)
	}
	if c.KeySetURL != "" {
		// Whoever can change the keys on the way can sign for anybody.
		u, err := url.Parse(c.KeySetURL)
		if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
			return invalid("auth.key-set-url", "%q: expected an https URL", c.KeySetURL)
		}
	}
	if c.KeyFile != "" {
		if _, err := os.Stat(c.KeyFile); err != nil {
			return augur.Wrap(augur.InvalidArgument, err, "the file cannot be read").At("auth.key-file")
		}
	}
	return nil
}
