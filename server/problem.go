package server

import (
	"encoding/json"
	"log/slog"
	"math"
	"net/http"
	"strconv"

	"augur"
)

// httpStatus maps every augur.Code; a test holds it against the full list.
var httpStatus = map[augur.Code]int{
	augur.InvalidArgument:    http.StatusBadRequest,
	augur.NotFound:           http.StatusNotFound,
	augur.AlreadyExists:      http.StatusConflict,
	augur.FailedPrecondition: http.StatusPreconditionFailed,
	augur.Aborted:            http.StatusConflict,
	augur.Unauthenticated:    http.StatusUnauthorized,
	augur.PermissionDenied:   http.StatusForbidden,
	augur.ResourceExhausted:  http.StatusTooManyRequests,
	augur.DeadlineExceeded:   http.StatusGatewayTimeout,
	augur.Canceled:           499, // nginx's word for a client that went away; there is no standard one
	augur.Unavailable:        http.StatusServiceUnavailable,
	augur.Unimplemented:      http.StatusNotImplemented,
	augur.Internal:           http.StatusInternalServerError,
}

// problemBody is the form of every error outside GraphQL.
type problemBody struct {
	Error problemDetail `json:"error"`
}

type problemDetail struct {
	Code      augur.Code `json:"code"`
	Message   string     `json:"message"`
	Field     []string   `json:"field,omitempty"`
	RequestID string     `json:"requestId"`
}

// writeProblem answers with an error and its status, and logs what is the
// server's fault. The cause stays in the log. A status of 0 means the code's own.
func writeProblem(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error, status int) {
	e := augur.AsError(err)
	message := e.Message
	if e.Code == augur.Internal {
		log.ErrorContext(r.Context(), "request failed", "error", err)
		message = "internal error; the server's log says more under the request's id"
	}
	if status == 0 {
		status = httpStatus[e.Code]
	}
	body, _ := json.Marshal(problemBody{problemDetail{e.Code, message, e.Field, augur.RequestIDFrom(r.Context())}}) // strings always marshal
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	for _, name := range []string{"ETag", "Last-Modified", "Accept-Ranges", "Content-Range"} {
		h.Del(name) // of the answer that was meant
	}
	if e.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
	}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the client may be gone
	}
}
