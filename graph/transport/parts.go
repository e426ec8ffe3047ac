package transport

import (
	"encoding/json"
	"net/http"
	"strings"

	"augur"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

const mediaParts = "multipart/mixed"

// Parts is incremental delivery over HTTP: an operation with @defer is answered
// in parts, the deferred ones when they are there. A client that does not
// accept parts is told so, rather than never sent what it deferred.
// https://github.com/graphql/graphql-over-http/blob/main/rfcs/IncrementalDelivery.md
type Parts struct {
	// HTTP bounds the request.
	HTTP
}

var _ graphql.Transport = Parts{}

// Supports POST requests that accept parts.
func (p Parts) Supports(r *http.Request) bool {
	return p.HTTP.Supports(r) && r.Method == http.MethodPost && strings.Contains(r.Header.Get("Accept"), mediaParts)
}

// Do answers one request, in one piece where nothing is deferred.
func (p Parts) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	start := graphql.Now()
	w.Header().Set("Vary", "Accept")
	media := negotiate(r.Header.Get("Accept"))
	if media == "" {
		media = mediaJSON
	}
	ctx, op, ok := p.begin(w, r, exec, media, start)
	if !ok {
		return
	}
	if op.Operation.Operation == ast.Subscription {
		fail(w, media, http.StatusNotAcceptable, augur.InvalidArgument, "a subscription streams: connect by WebSocket (graphql-transport-ws), or accept "+mediaEvents)
		return
	}
	responses, ctx := exec.DispatchOperation(ctx, op)
	resp := responses(ctx)
	if resp == nil {
		resp = exec.DispatchError(ctx, gqlerror.List{ended(ctx)})
	}
	resp.Errors = p.few(resp.Errors)
	if resp.HasNext == nil || !*resp.HasNext {
		resp.HasNext = nil
		writeResponse(w, media, p.Profile.executed(resp), resp)
		return
	}
	w.Header().Set("Content-Type", mediaParts+`; boundary="-"; deferSpec=20220824`)
	w.WriteHeader(http.StatusOK)
	rc := http.NewResponseController(w)
	send := func(part any, more bool) bool {
		text, err := json.Marshal(part)
		if err != nil { // a resolver wrote broken JSON
			text, more = []byte(`{"errors":[{"message":"internal error","extensions":{"code":"INTERNAL"}}],"hasNext":false}`), false
		}
		end := "\r\n---\r\n" // the boundary comes at once: a reader need not wait for the next part
		if !more {
			end = "\r\n-----\r\n"
		}
		_, _ = w.Write([]byte("Content-Type: application/json; charset=utf-8\r\n\r\n"))
		_, _ = w.Write(text)
		_, err = w.Write([]byte(end))
		return err == nil && rc.Flush() == nil && more
	}
	_, _ = w.Write([]byte("\r\n---\r\n"))
	for more := send(resp, true); more; {
		later := responses(ctx)
		if later == nil {
			later = exec.DispatchError(ctx, gqlerror.List{ended(ctx)})
			later.HasNext = nil
		}
		hasNext := later.HasNext != nil && *later.HasNext
		later.HasNext = nil
		later.Errors = p.few(later.Errors)
		more = send(incremental{[]*graphql.Response{later}, hasNext}, hasNext)
	}
}

// incremental is a part after the first.
type incremental struct {
	Incremental []*graphql.Response `json:"incremental"`
	HasNext     bool                `json:"hasNext"`
}

// defers says whether an operation asks for later parts.
func defers(op *graphql.OperationContext) bool {
	if op.Operation.Operation == ast.Subscription {
		return false
	}
	return deferred(op.Operation.SelectionSet, op.Variables, map[*ast.FragmentDefinition]bool{})
}

func deferred(set ast.SelectionSet, variables map[string]any, seen map[*ast.FragmentDefinition]bool) bool {
	for _, sel := range set {
		var directives ast.DirectiveList
		var below ast.SelectionSet
		switch sel := sel.(type) {
		case *ast.Field:
			below = sel.SelectionSet
		case *ast.InlineFragment:
			directives, below = sel.Directives, sel.SelectionSet
		case *ast.FragmentSpread:
			directives = sel.Directives
			if !seen[sel.Definition] {
				seen[sel.Definition] = true
				below = sel.Definition.SelectionSet
			}
		}
		if d := directives.ForName("defer"); d != nil && d.ArgumentMap(variables)["if"] != false {
			return true
		}
		if deferred(below, variables, seen) {
			return true
		}
	}
	return false
}
