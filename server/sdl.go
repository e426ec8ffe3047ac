package server

import (
	"bytes"
	"net/http"
	"strconv"

	"augur"
	"augur/graph"

	"github.com/vektah/gqlparser/v2/formatter"
)

// serveSDL answers with the schema in its own language, for code generators.
func (s *Server) serveSDL() http.HandlerFunc {
	var text bytes.Buffer
	formatter.NewFormatter(&text, formatter.WithIndent("  ")).FormatSchema(graph.NewExecutableSchema(graph.Config{}).Schema())
	return func(w http.ResponseWriter, r *http.Request) {
		if !require(w, r, s.log, augur.ScopeRead) {
			return
		}
		w.Header().Set("Content-Type", "application/graphql; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(text.Len()))
		_, _ = w.Write(text.Bytes()) // the client may be gone
	}
}
