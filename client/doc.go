// Package client speaks Augur's public API from Go: GraphQL over HTTP, and the
// upload of artifacts. The command line uses nothing else, and other programs may.
//
// It imports the root room alone. Every error is an *augur.Error underneath,
// with the code that the server gave; *Error adds the request's id, by which
// the server's log can be searched.
//
// # Retries
//
// A read, a prediction and an upload may be sent again without harm, so they
// are, a few times and with growing pauses, when the server cannot be reached,
// or answers with a code that augur.Code.Retryable calls retryable. A change is
// sent again only when it certainly did not arrive: the connection was refused.
//
// Start reading at client.go.
package client
