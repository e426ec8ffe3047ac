// Package web serves the pages that are built from this folder and embedded in
// the binary: the dashboard and the Playground. They load nothing from anywhere
// else.
//
// It imports the standard library alone. make web builds dist from src; make
// verify proves that dist is current.
package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// The policies let a page load from this server alone. In the Playground styles
// may be inline: its editor measures text through style attributes that it
// writes itself.
const (
	policy = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
		"script-src 'self'; worker-src 'self'; connect-src 'self'; font-src 'self' data:; img-src 'self' data: blob:; "
	dashboardPolicy  = policy + "style-src 'self'"
	playgroundPolicy = policy + "style-src 'self' 'unsafe-inline'"
)

// types are named here and not by the machine, whose list may lack one.
var types = map[string]string{
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".svg":  "image/svg+xml",
	".ttf":  "font/ttf",
}

// Pages serves the dashboard at /, the Playground at /playground/, and what both
// need under /assets/ and at /icon.svg. It answers GET and HEAD; the pages speak
// to /graphql of the same server.
func Pages() http.Handler {
	pages, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // dist is embedded above
	}
	return http.StripPrefix("/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
			return
		}
		h := w.Header()
		h.Set("Content-Security-Policy", dashboardPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		name := r.URL.Path
		if strings.HasPrefix(name, "playground/") {
			h.Set("Content-Security-Policy", playgroundPolicy)
		}
		if name == "" || strings.HasSuffix(name, "/") {
			name += "index.html"
		}
		serve(w, r, pages, name)
	}))
}

func serve(w http.ResponseWriter, r *http.Request, pages fs.FS, name string) {
	h := w.Header()
	if content, err := fs.ReadFile(pages, name); err == nil && !strings.HasSuffix(name, ".gz") {
		// A page names the assets of its own build, so it must be asked for again.
		h.Set("Cache-Control", "no-cache")
		sum := sha256.Sum256(content)
		h.Set("ETag", `"`+hex.EncodeToString(sum[:8])+`"`)
		if r.Header.Get("If-None-Match") == h.Get("ETag") {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		send(w, name, content)
		return
	}
	content, err := fs.ReadFile(pages, name+".gz")
	if err != nil {
		http.NotFound(w, r)
		return
	}
	h.Set("Vary", "Accept-Encoding")
	if strings.HasPrefix(name, "assets/") { // their names hold a hash of their content
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if acceptsGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		send(w, name, content)
		return
	}
	plain, err := gunzip(content)
	if err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	send(w, name, plain)
}

func send(w http.ResponseWriter, name string, content []byte) {
	ext := path.Ext(name)
	kind := types[ext]
	if kind == "" {
		kind = mime.TypeByExtension(ext)
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	_, _ = w.Write(content) // net/http leaves the body out of HEAD
}

func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if coding == "gzip" || coding == "*" {
			q = strings.ReplaceAll(q, " ", "")
			return q != "q=0" && q != "q=0.0"
		}
	}
	return false
}

func gunzip(content []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
