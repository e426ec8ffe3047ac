package transport

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"augur"

	"github.com/99designs/gqlgen/graphql"
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
	// MaxErrors bounds the errors that are told of one request; zero means 50.
	MaxErrors int
	// Profile decides about statuses; "" means ProfileAudit.
	Profile Profile
	// Documents are what requests may name; nil knows none.
	Documents *Documents
	// Schema, Known and Raw let variables be read by their types: the scalars in
	// Raw stay text, once their document is among the checked ones. Nil reads
	// every variable as encoding/json does.
	Schema *ast.Schema
	Known  graphql.Cache[*ast.QueryDocument]
	Raw    map[string]bool
}

var _ graphql.Transport = HTTP{}

// Supports every GET and POST that does not ask for an upgrade.
func (HTTP) Supports(r *http.Request) bool {
	return r.Header.Get("Upgrade") == "" && (r.Method == http.MethodGet || r.Method == http.MethodPost)
}

type (
	getKey     struct{}
	trustedKey struct{}
)

func overGET(ctx context.Context) bool { return ctx.Value(getKey{}) != nil }

// trusted says whether the request's document is one of the manifest.
func trusted(ctx context.Context) bool { return ctx.Value(trustedKey{}) != nil }

// Do answers one request.
func (h HTTP) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	start := graphql.Now()
	w.Header().Set("Vary", "Accept")
	media := negotiate(r.Header.Get("Accept"))
	if media == "" {
		fail(w, mediaJSON, http.StatusNotAcceptable, augur.InvalidArgument, "Accept: expected "+mediaGraphQL+" or "+mediaJSON)
		return
	}
	ctx, op, ok := h.begin(w, r, exec, media, start)
	if !ok {
		return
	}
	switch {
	case op.Operation.Operation == ast.Subscription:
		fail(w, media, http.StatusNotAcceptable, augur.InvalidArgument, "a subscription streams: connect by WebSocket (graphql-transport-ws), or accept "+mediaEvents)
		return
	case defers(op):
		// The parts that come later have nowhere to go.
		fail(w, media, http.StatusNotAcceptable, augur.InvalidArgument, "@defer is answered in parts: accept "+mediaParts+" or "+mediaEvents)
		return
	}
	responses, ctx := exec.DispatchOperation(ctx, op)
	resp := responses(ctx)
	if resp == nil {
		resp = exec.DispatchError(ctx, gqlerror.List{ended(ctx)})
	}
	resp.Errors = h.few(resp.Errors)
	writeResponse(w, media, h.Profile.executed(resp), resp)
}

// begin reads a request and checks it. Where it reports false, the request has
// been answered.
func (h HTTP) begin(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor, media string, start time.Time) (context.Context, *graphql.OperationContext, bool) {
	var b body
	var status int
	var err error
	ctx := r.Context()
	if r.Method == http.MethodGet {
		ctx = context.WithValue(ctx, getKey{}, true)
		status = http.StatusBadRequest
		b, err = queryString(r.URL.RawQuery)
	} else {
		b, status, err = h.readBody(w, r)
	}
	if err != nil {
		e := augur.AsError(err)
		fail(w, media, status, e.Code, e.Message)
		return nil, nil, false
	}
	ctx, op, status, errs := h.operation(ctx, exec, b, r.Header, start)
	if len(errs) > 0 {
		if status == 0 {
			status = h.Profile.refused(media, errs)
		}
		resp := exec.DispatchError(graphql.WithOperationContext(ctx, op), h.few(errs))
		write(w, media, status, requestError{Errors: resp.Errors, Extensions: resp.Extensions})
		return nil, nil, false
	}
	if r.Method == http.MethodGet && op.Operation.Operation == ast.Mutation {
		w.Header().Set("Allow", http.MethodPost)
		fail(w, media, http.StatusMethodNotAllowed, augur.InvalidArgument, "GET is for queries: send a mutation by POST")
		return nil, nil, false
	}
	return ctx, op, true
}

// operation makes an operation of a request, of whichever transport. Where there
// are errors the operation is not nil, and the status is that of a request that
// is not well-formed HTTP, 0 for any other.
func (h HTTP) operation(ctx context.Context, exec graphql.GraphExecutor, b body, header http.Header, start time.Time) (context.Context, *graphql.OperationContext, int, gqlerror.List) {
	none := &graphql.OperationContext{}
	params := &graphql.RawParams{Query: b.query, OperationName: b.operationName, Extensions: b.extensions, Headers: header}
	isTrusted, refused := h.Documents.find(params, b.documentID)
	if refused != nil {
		return ctx, none, 0, gqlerror.List{refused}
	}
	if isTrusted {
		ctx = context.WithValue(ctx, trustedKey{}, true)
	} else if status, refused := checkQuery(params, h.MaxQuery); refused != nil {
		return ctx, none, status, gqlerror.List{refused}
	}
	var known *ast.OperationDefinition
	if h.Known != nil {
		if doc, ok := h.Known.Get(ctx, params.Query); ok {
			known = doc.Operations.ForName(params.OperationName)
		}
	}
	var err error
	if params.Variables, err = h.variables(b.variables, known); err != nil {
		return ctx, none, http.StatusBadRequest, gqlerror.List{refuse(nil, augur.InvalidArgument, augur.AsError(err).Message)}
	}
	params.ReadTime = graphql.TraceTiming{Start: start, End: graphql.Now()}
	op, errs := exec.CreateOperationContext(ctx, params)
	if augur.PrincipalFrom(ctx) == nil {
		for _, err := range errs { // names are for those who may see the schema
			err.Message, _, _ = strings.Cut(err.Message, " Did you mean")
		}
	}
	return ctx, op, 0, errs
}

// few keeps the first of many errors, and says how many more there are.
func (h HTTP) few(errs gqlerror.List) gqlerror.List {
	most := orDefault(h.MaxErrors, 50)
	if len(errs) <= most {
		return errs
	}
	more := refuse(nil, augur.InvalidArgument, strconv.Itoa(len(errs)-most)+" more errors are not shown")
	return append(errs[:most:most], more)
}

// ended is the error of an operation that ended before its answer was there.
func ended(ctx context.Context) *gqlerror.Error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err := refuse(nil, augur.DeadlineExceeded, "the operation took longer than graphql.timeout")
		err.Extensions["retryable"] = true
		return err
	}
	return refuse(nil, augur.Canceled, "the request was cancelled")
}

// requestError is a response to a request that did not execute: without data.
type requestError struct {
	Errors     gqlerror.List  `json:"errors"`
	Extensions map[string]any `json:"extensions,omitempty"`
}

// checkQuery refuses a request without a document, or one of more than so many
// bytes; zero means 64 KiB. The status is for the error.
func checkQuery(params *graphql.RawParams, most int) (int, *gqlerror.Error) {
	most = orDefault(most, 64<<10)
	switch {
	case strings.TrimSpace(params.Query) == "":
		return http.StatusBadRequest, refuse(nil, augur.InvalidArgument, "query: expected the text of a GraphQL document")
	case len(params.Query) > most:
		return http.StatusRequestEntityTooLarge, refuse(nil, augur.InvalidArgument, augur.AsError(queryTooLong(most)).Message)
	}
	return 0, nil
}

// queryString reads a request from the URL of a GET.
func queryString(raw string) (body, error) {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return body{}, augur.Errorf(augur.InvalidArgument, "the query string of the URL is malformed")
	}
	b := body{query: query.Get("query"), operationName: query.Get("operationName"), documentID: query.Get("documentId")}
	if text := query.Get("variables"); text != "" {
		b.variables = []byte(text)
		s := augur.NewScanner(b.variables)
		switch s.Kind() {
		case augur.JSONObject:
		case augur.JSONNull:
			b.variables = nil
		default:
			return b, augur.Errorf(augur.InvalidArgument, "variables: expected a JSON object")
		}
		if s.Skip(); s.End() != nil {
			return b, augur.Errorf(augur.InvalidArgument, "variables: expected a JSON object")
		}
	}
	if text := query.Get("extensions"); text != "" {
		s := augur.NewScanner([]byte(text))
		value := anyValue(&s)
		object, ok := value.(map[string]any)
		if s.End() != nil || !ok && value != nil {
			return b, augur.Errorf(augur.InvalidArgument, "extensions: expected a JSON object")
		}
		b.extensions = object
	}
	return b, nil
}

func fail(w http.ResponseWriter, media string, status int, code augur.Code, message string) {
	write(w, media, status, requestError{Errors: gqlerror.List{{Message: message, Extensions: map[string]any{"code": string(code)}}}})
}

// writeResponse writes a response without encoding its data once more.
func writeResponse(w http.ResponseWriter, media string, status int, resp *graphql.Response) {
	if len(resp.Errors) > 0 || len(resp.Extensions) > 0 || resp.HasNext != nil || len(resp.Data) == 0 {
		write(w, media, status, resp)
		return
	}
	head(w, media, status, len(resp.Data)+len(`{"data":}`))
	_, _ = io.WriteString(w, `{"data":`) // the client may be gone
	_, _ = w.Write(resp.Data)
	_, _ = io.WriteString(w, "}")
}

func head(w http.ResponseWriter, media string, status, length int) {
	w.Header().Set("Content-Type", media+"; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(length))
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="augur"`) // RFC 6750
	}
	w.WriteHeader(status)
}

func write(w http.ResponseWriter, media string, status int, response any) {
	body, err := json.Marshal(response)
	if err != nil { // a resolver wrote broken JSON
		status, body = http.StatusInternalServerError, []byte(`{"errors":[{"message":"internal error","extensions":{"code":"INTERNAL"}}]}`)
	}
	head(w, media, status, len(body))
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
