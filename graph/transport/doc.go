// Package transport is what GraphQL over HTTP must do before gqlgen executes an
// operation: read the request within its limits (HTTP, Stream, Parts, Socket),
// find the document that it names (Documents), bound its shape before it is
// checked (Limits), check the principal's scopes (Access), enforce @oneOf on
// variables (OneOf), bound its time (Timeout), and answer with the status that
// the specification asks for (Profile). Plans writes what resolvers return.
//
// It may import augur, gqlgen and gqlparser; it knows no resolver and no entity.
// Start reading at http.go.
package transport
