package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"augur"
	"augur/registry/blob"
)

// artifactStore is where uploads go and downloads come from: registry/blob.
type artifactStore interface {
	// Put stores what r holds unless its digest is another. created is false
	// when it was there already. After an error nothing is left.
	Put(ctx context.Context, digest augur.Digest, r io.Reader) (size int64, created bool, err error)
	// Append adds a part to an upload and stores the artifact with its last byte.
	// received is how much of it is there then. See blob.Store.
	Append(ctx context.Context, digest augur.Digest, part blob.Part, r io.Reader) (received int64, created bool, err error)
	// Received returns how much of an upload that was interrupted is there.
	Received(digest augur.Digest) (int64, error)
	// Check returns the size of an artifact that can be had.
	Check(ctx context.Context, digest augur.Digest) (size int64, err error)
	// Renew is an upload of what is there, without its bytes.
	Renew(ctx context.Context, digest augur.Digest) (size int64, err error)
	// Open is inference.Artifacts.
	Open(ctx context.Context, digest augur.Digest) (path string, release func(), err error)
}

// artifacts serves PUT, HEAD and GET of /artifacts/{digest} at constant memory;
// upload.go has the uploads in parts.
type artifacts struct {
	store artifactStore
	// visible says whether who calls may read an artifact: NotFound when not.
	visible func(ctx context.Context, digest augur.Digest) error
	maxSize int64
	log     *slog.Logger
}

// stored is what a PUT answers.
type stored struct {
	Digest  augur.Digest `json:"digest"`
	Size    int64        `json:"size"`
	Created bool         `json:"created"`
}

// put stores the body under the digest of the path: 201 when it is new, 200
// when it was there. The body is checked in both cases, unless the client asks
// with Expect: 100-continue whether to send it at all.
func (a *artifacts) put(w http.ResponseWriter, r *http.Request) {
	digest, ok := a.begin(w, r, augur.ScopeWrite)
	if !ok {
		return
	}
	if r.ContentLength > a.maxSize {
		a.tooLarge(w, r)
		return
	}
	if strings.EqualFold(r.Header.Get("Expect"), "100-continue") {
		// A file that is there and broken is not: the upload mends it.
		if size, err := a.store.Renew(r.Context(), digest); err == nil {
			writeJSON(w, http.StatusOK, stored{Digest: digest, Size: size})
			return
		}
	}
	body := &incoming{r: http.MaxBytesReader(w, r.Body, a.maxSize)}
	if r.Header.Get("Content-Range") != "" {
		a.putPart(w, r, digest, body)
		return
	}
	size, created, err := a.store.Put(r.Context(), digest, body)
	a.answer(w, r, body, err, stored{Digest: digest, Size: size, Created: created})
}

// answer says what became of an upload.
func (a *artifacts) answer(w http.ResponseWriter, r *http.Request, body *incoming, err error, s stored) {
	switch {
	case body.err != nil: // the client's side of it: what Put says of it is noise
		a.interrupted(w, r, body.err)
	case err != nil:
		writeProblem(w, r, a.log, err, 0)
	case s.Created:
		a.log.InfoContext(r.Context(), "artifact stored", "digest", s.Digest, "size", s.Size)
		w.Header().Set("Location", r.URL.Path)
		writeJSON(w, http.StatusCreated, s)
	default:
		writeJSON(w, http.StatusOK, s)
	}
}

// get answers GET and HEAD, with ranges. Where there is no artifact, the
// header Upload-Offset tells how much of an upload is there.
func (a *artifacts) get(w http.ResponseWriter, r *http.Request) {
	digest, ok := a.begin(w, r, augur.ScopeRead)
	if !ok {
		return
	}
	serve := func(content io.ReadSeeker) {
		h := w.Header()
		h.Set("ETag", `"`+string(digest)+`"`)
		h.Set("Content-Type", "application/octet-stream")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "private, max-age=31536000, immutable") // a digest never names other bytes
		http.ServeContent(w, r, "", time.Time{}, content)
	}
	if err := a.visible(r.Context(), digest); err != nil {
		writeProblem(w, r, a.log, err, 0)
		return
	}
	var err error
	if r.Method == http.MethodHead { // asks no object storage for the bytes
		var size int64
		if size, err = a.store.Check(r.Context(), digest); err == nil {
			serve(io.NewSectionReader(nil, 0, size)) // nothing is read of it
		}
	} else {
		err = a.open(r.Context(), digest, serve)
	}
	if err != nil {
		a.tellOffset(w, digest)
		writeProblem(w, r, a.log, err, 0)
	}
}

// begin checks the scope and the digest of the path.
func (a *artifacts) begin(w http.ResponseWriter, r *http.Request, scope augur.Scope) (augur.Digest, bool) {
	if !require(w, r, a.log, scope) {
		return "", false
	}
	digest, err := augur.ParseDigest(r.PathValue("digest"))
	if err != nil {
		writeProblem(w, r, a.log, augur.AsError(err).At("digest"), 0)
		return "", false
	}
	return digest, true
}

// open calls use with the artifact's file while it stays there.
func (a *artifacts) open(ctx context.Context, digest augur.Digest, use func(io.ReadSeeker)) error {
	path, release, err := a.store.Open(ctx, digest)
	if err != nil {
		return err
	}
	defer release()
	f, err := os.Open(path)
	if err != nil {
		return augur.Wrap(augur.Internal, err, "internal error")
	}
	defer func() { _ = f.Close() }()
	use(f)
	return nil
}

func (a *artifacts) tooLarge(w http.ResponseWriter, r *http.Request) {
	writeProblem(w, r, a.log, augur.Errorf(augur.InvalidArgument, "an artifact may have at most %s (artifacts.max-size)", Size(a.maxSize)), http.StatusRequestEntityTooLarge)
}

// interrupted answers a body that did not arrive; more often than not nobody
// reads it.
func (a *artifacts) interrupted(w http.ResponseWriter, r *http.Request, err error) {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		a.tooLarge(w, r)
		return
	}
	w.Header().Set("Connection", "close")
	if errors.Is(err, os.ErrDeadlineExceeded) {
		writeProblem(w, r, a.log, augur.Errorf(augur.DeadlineExceeded, "the upload stood still for too long (http.body-timeout)"), http.StatusRequestTimeout)
		return
	}
	writeProblem(w, r, a.log, augur.Wrap(augur.Canceled, err, "the upload was interrupted"), 0)
}

// incoming remembers why reading failed, so that a client that left is told
// apart from a store that did.
type incoming struct {
	r   io.Reader
	err error
}

func (i *incoming) Read(p []byte) (int, error) {
	n, err := i.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		i.err = err
	}
	return n, err
}
