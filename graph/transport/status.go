package transport

import (
	"net/http"

	"augur"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Profile is which edition of GraphQL over HTTP decides about statuses.
type Profile string

// The profiles.
const (
	// ProfileAudit is the edition that the published audits of graphql-http ask
	// for: a client that accepts only application/json gets 200 for what is
	// well-formed HTTP, and any other 400.
	ProfileAudit Profile = "audit"
	// ProfileDraft is the newer draft: a document that does not parse is 400, one
	// that is not valid, or whose variables are not, 422, whatever the client
	// accepts; and data with errors beside it is 294.
	ProfileDraft Profile = "draft"
)

// statusPartial is what the draft recommends for data with errors beside it.
const statusPartial = 294

// Codes of persisted queries, which Apollo's clients look for.
const (
	codeNotFound     = "PERSISTED_QUERY_NOT_FOUND"
	codeNotSupported = "PERSISTED_QUERY_NOT_SUPPORTED"
)

// refused is the status of a request that did not execute.
func (p Profile) refused(media string, errs gqlerror.List) int {
	code, _ := errs[0].Extensions["code"].(string)
	switch augur.Code(code) {
	case augur.Unauthenticated:
		return http.StatusUnauthorized
	case augur.PermissionDenied:
		return http.StatusForbidden
	case augur.ResourceExhausted:
		return http.StatusTooManyRequests
	case augur.Unavailable:
		return http.StatusServiceUnavailable
	case augur.DeadlineExceeded:
		return http.StatusGatewayTimeout
	case augur.Internal:
		return http.StatusInternalServerError
	}
	switch {
	case p == ProfileDraft && code == errcode.ParseFailed:
		return http.StatusBadRequest
	case p == ProfileDraft && code != codeNotFound && code != codeNotSupported:
		return http.StatusUnprocessableEntity
	case media == mediaJSON:
		return http.StatusOK
	default:
		return http.StatusBadRequest
	}
}

// executed is the status of a request that did.
func (p Profile) executed(resp *graphql.Response) int {
	if p == ProfileDraft && len(resp.Errors) > 0 {
		return statusPartial
	}
	return http.StatusOK
}
