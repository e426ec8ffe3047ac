package transport

import (
	"context"
	"net/http"
	"strings"
	"time"

	"augur"
)

// Credentials know who calls. Its methods may be called from any number of
// goroutines.
type Credentials interface {
	// Principal returns who shows a token. The error is Unauthenticated.
	Principal(ctx context.Context, token string) (*augur.Principal, error)
	// Holds says whether what the principal showed is still good; of nobody it
	// is, who may do next to nothing anyway.
	Holds(p *augur.Principal) bool
}

// credentialsEnded is what a client is told whose credentials end while it listens.
const credentialsEnded = "The credentials have expired or were revoked"

// identify finds who a client is by the payload of connection_init, which wins
// over the request's headers, and reports whether the connection goes on.
func (c *connection) identify(payload map[string]any) bool {
	if c.Credentials == nil {
		return true
	}
	if token := tokenOf(payload); token != "" {
		p, err := c.Credentials.Principal(c.ctx, token)
		if err != nil {
			c.close(closeForbidden, "Forbidden")
			return false
		}
		c.principal = p
	}
	if p := c.principal; p != nil && !p.Expires.IsZero() {
		expiry := time.AfterFunc(time.Until(p.Expires), func() { c.close(closeUnauthorized, credentialsEnded) })
		context.AfterFunc(c.ctx, func() { expiry.Stop() })
	}
	return true
}

// tokenOf reads the payload of connection_init, which follows the header: its
// key is authorization or Authorization, and the word Bearer may be left out.
func tokenOf(payload map[string]any) string {
	for _, name := range []string{"authorization", "Authorization"} {
		if text, ok := payload[name].(string); ok {
			return BearerToken(text)
		}
	}
	return ""
}

// BearerToken is the token of an Authorization header. Of another scheme it is
// the text itself, which no Credentials know.
func BearerToken(header string) string {
	const scheme = "bearer "
	if len(header) > len(scheme) && strings.EqualFold(header[:len(scheme)], scheme) {
		return strings.TrimSpace(header[len(scheme):])
	}
	return strings.TrimSpace(header)
}

// Refuse answers a GraphQL request whose credentials are wrong as GraphQL over
// HTTP answers.
func Refuse(w http.ResponseWriter, r *http.Request, err error) {
	e := augur.AsError(err)
	media := negotiate(r.Header.Get("Accept"))
	if media == "" {
		media = mediaJSON
	}
	status := http.StatusUnauthorized
	if e.Code == augur.Unavailable {
		status = http.StatusServiceUnavailable
	}
	fail(w, media, status, e.Code, e.Message)
}

// holds says whether who has connected may go on.
func (c *connection) holds() bool {
	return c.Credentials == nil || c.Credentials.Holds(c.principal)
}
