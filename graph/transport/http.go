package transport

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"augur"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// The two media types of a response. https://graphql.github.io/graphql-over-http/draft/
const (
	mediaGraphQL = "application/graphql-response+json"
	mediaJSON    = "application/json"
)

// HTTP is GraphQL over HTTP: POST with a JSON body, and GET for queries. It
// follows the specification where gqlgen's own transports do not: the status
// depends on the media type that was negotiated, an error of the request has no
// data, a mutation over GET is 405, and bodies are bounded.
type HTTP struct {
	// MaxBody bounds the body of a POST in bytes; zero means 32 MiB.
	MaxBody int64
	// MaxQuery bounds the text of a query in bytes; zero means 64 KiB.
	MaxQuery int
}

var _ graphql.Transport = HTTP{}

// Supports every GET and POST that does not ask for an upgrade.
func (HTTP) Supports(r *http.Request) bool {
	return r.Header.Get("Upgrade") == "" && (r.Method == http.MethodGet || r.Method == http.MethodPost)
}

type getKey struct{}

func overGET(ctx context.Context) bool { return ctx.Value(getKey{}) != nil }

// Do answers one request.
func (h HTTP) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	start := graphql.Now()
	w.Header().Set("Vary", "Accept")
	media := negotiate(r.Header.Get("Accept"))
	if media == "" {
		fail(w, mediaJSON, http.StatusNotAcceptable, augur.InvalidArgument, "Accept: expected "+mediaGraphQL+" or "+mediaJSON)
		return
	}
	params, status, err := h.read(w, r)
	if err != nil {
		fail(w, media, status, augur.CodeOf(err), augur.AsError(err).Message)
		return
	}
	ctx := r.Context()
	if r.Method == http.MethodGet {
		ctx = context.WithValue(ctx, getKey{}, true)
	}
	params.Headers = r.Header
	params.ReadTime = graphql.TraceTiming{Start: start, End: graphql.Now()}

	op, errs := exec.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		resp := exec.DispatchError(graphql.WithOperationContext(ctx, op), errs)
		write(w, media, requestStatus(media, errs), requestError{Errors: resp.Errors, Extensions: resp.Extensions})
		return
	}
	if op.Operation.Operation == ast.Subscription {
		fail(w, media, http.StatusNotAcceptable, augur.InvalidArgument, "a subscription streams: connect by WebSocket (graphql-transport-ws), or accept "+mediaEvents)
		return
	}
	if r.Method == http.MethodGet && op.Operation.Operation != ast.Query {
		w.Header().Set("Allow", http.MethodPost)
		fail(w, media, http.StatusMethodNotAllowed, augur.InvalidArgument, "GET is for queries: send a "+string(op.Operation.Operation)+" by POST")
		return
	}
	responses, ctx := exec.DispatchOperation(ctx, op)
	resp := responses(ctx)
	if resp == nil {
		resp = exec.DispatchError(ctx, gqlerror.List{{Message: "the request was cancelled", Extensions: map[string]any{"code": string(augur.Canceled)}}})
	}
	write(w, media, http.StatusOK, resp)
}

// requestError is a response to a request that did not execute: without data.
type requestError struct {
	Errors     gqlerror.List  `json:"errors"`
	Extensions map[string]any `json:"extensions,omitempty"`
}

// read decodes the parameters. The error is an *augur.Error for the status.
func (h HTTP) read(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, int, error) {
	params := &graphql.RawParams{}
	var err error
	status := http.StatusBadRequest
	if r.Method == http.MethodGet {
		err = readQueryString(r.URL.RawQuery, params)
	} else {
		status, err = h.readBody(w, r, params)
	}
	if err != nil {
		return nil, status, err
	}
	if status, err := checkQuery(params, h.MaxQuery); err != nil {
		return nil, status, err
	}
	return params, 0, nil
}

// checkQuery refuses a request without a document, or one of more than so many
// bytes; zero means 64 KiB. The status is for the error.
func checkQuery(params *graphql.RawParams, most int) (int, error) {
	if most == 0 {
		most = 64 << 10
	}
	switch {
	case strings.TrimSpace(params.Query) == "":
		return http.StatusBadRequest, augur.Errorf(augur.InvalidArgument, "query: expected the text of a GraphQL document")
	case len(params.Query) > most:
		return http.StatusRequestEntityTooLarge, augur.Errorf(augur.InvalidArgument, "query: at most %d bytes are accepted, got %d; send data as variables", most, len(params.Query))
	}
	return 0, nil
}

func readQueryString(raw string, params *graphql.RawParams) error {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return augur.Errorf(augur.InvalidArgument, "the query string of the URL is malformed")
	}
	params.Query = query.Get("query")
	params.OperationName = query.Get("operationName")
	for name, into := range map[string]*map[string]any{"variables": &params.Variables, "extensions": &params.Extensions} {
		if text := query.Get(name); text != "" {
			if err := decode(strings.NewReader(text), into); err != nil {
				return augur.Errorf(augur.InvalidArgument, "%s: expected a JSON object", name)
			}
		}
	}
	return nil
}

func (h HTTP) readBody(w http.ResponseWriter, r *http.Request, params *graphql.RawParams) (int, error) {
	media, args, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != mediaJSON {
		return http.StatusUnsupportedMediaType, augur.Errorf(augur.InvalidArgument, "Content-Type: expected %s", mediaJSON)
	}
	if charset := args["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return http.StatusUnsupportedMediaType, augur.Errorf(augur.InvalidArgument, "Content-Type: expected the charset utf-8")
	}
	limit := h.MaxBody
	if limit == 0 {
		limit = 32 << 20
	}
	var body bytes.Buffer
	if n := r.ContentLength; n > 0 && n <= limit {
		body.Grow(int(n) + bytes.MinRead)
	}
	if _, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, limit)); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return http.StatusRequestEntityTooLarge, augur.Errorf(augur.InvalidArgument, "the body is larger than %d bytes", limit)
		}
		return http.StatusBadRequest, augur.Errorf(augur.InvalidArgument, "the body could not be read")
	}
	if err := decodeParams(&body, params); err != nil {
		return http.StatusBadRequest, err
	}
	return 0, nil
}

// decodeParams reads a request from its JSON.
func decodeParams(r io.Reader, params *graphql.RawParams) error {
	var in struct {
		Query         *string        `json:"query"`
		OperationName *string        `json:"operationName"`
		Variables     map[string]any `json:"variables"`
		Extensions    map[string]any `json:"extensions"`
	}
	if err := decode(r, &in); err != nil {
		return augur.Errorf(augur.InvalidArgument, "a request must be a JSON object with query, and optionally operationName, variables and extensions")
	}
	if in.Query != nil {
		params.Query = *in.Query
	}
	if in.OperationName != nil {
		params.OperationName = *in.OperationName
	}
	params.Variables, params.Extensions = in.Variables, in.Extensions
	return nil
}

// decode reads exactly one JSON value and keeps the width of its integers.
func decode(r io.Reader, into any) error {
	dec := json.NewDecoder(r)
	dec.UseNumber()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one JSON value")
	}
	return nil
}

// requestStatus is the status of a request that did not execute. A client that
// accepts only application/json gets 200 for a document that is well-formed
// HTTP, as the specification asks for the sake of old clients.
func requestStatus(media string, errs gqlerror.List) int {
	switch code, _ := errs[0].Extensions["code"].(string); augur.Code(code) {
	case augur.Unauthenticated:
		return http.StatusUnauthorized
	case augur.PermissionDenied:
		return http.StatusForbidden
	case augur.ResourceExhausted:
		return http.StatusTooManyRequests
	case errcode.ParseFailed, errcode.ValidationFailed, augur.InvalidArgument, augur.FailedPrecondition:
		if media == mediaJSON {
			return http.StatusOK
		}
		return http.StatusBadRequest
	default:
		return http.StatusOK
	}
}

func fail(w http.ResponseWriter, media string, status int, code augur.Code, message string) {
	write(w, media, status, requestError{Errors: gqlerror.List{{Message: message, Extensions: map[string]any{"code": string(code)}}}})
}

func write(w http.ResponseWriter, media string, status int, response any) {
	body, err := json.Marshal(response)
	if err != nil { // a resolver wrote broken JSON
		status, body = http.StatusInternalServerError, []byte(`{"errors":[{"message":"internal error","extensions":{"code":"INTERNAL"}}]}`)
	}
	w.Header().Set("Content-Type", media+"; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may be gone
}

// negotiate chooses the media type of the response: "" when the client accepts neither.
func negotiate(accept string) string {
	if strings.TrimSpace(accept) == "" {
		return mediaJSON
	}
	best, quality := "", 0.0
	for part := range strings.SplitSeq(accept, ",") {
		media, args, err := mime.ParseMediaType(strings.TrimSpace(part))
		if err != nil {
			continue
		}
		q := 1.0
		if text, ok := args["q"]; ok {
			if q, err = strconv.ParseFloat(text, 64); err != nil {
				continue
			}
		}
		switch media {
		case mediaGraphQL, mediaJSON:
		case "application/*", "*/*":
			media = mediaJSON
		default:
			continue
		}
		if charset := args["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
			continue
		}
		if q > quality {
			best, quality = media, q
		}
	}
	return best
}
