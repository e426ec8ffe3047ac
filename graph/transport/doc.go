// Package transport is what GraphQL over HTTP must do before gqlgen executes an
// operation: read the request within its limits, answer with the status that
// the specification asks for, check the principal's scopes (Access), enforce
// @oneOf on variables (OneOf) and bound the shape of operations (Limits).
//
// It may import augur, gqlgen and gqlparser; it knows no resolver and no entity.
// Start reading at http.go.
package transport
