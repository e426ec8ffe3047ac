// Package auth answers who is calling: an API key of the registry or a JSON Web
// Token of somebody else's identity provider becomes an augur.Principal. What
// principals may do is checked elsewhere: the scopes of an operation in
// graph/transport, the models that are visible in ent/schema and registry.
//
// It imports augur alone. Where it needs the registry it has a port, Keys, which
// server joins to it.
//
// What holds: whatever cannot be verified is Unauthenticated, never anonymous;
// and no error or log line has a credential in it.
//
// Start reading at Authenticator in auth.go.
package auth
