package server

import (
	"net/http"
	"strconv"
	"strings"

	"augur"
	"augur/registry/blob"
)

// offsetHeader tells how many bytes of an upload the server has on its disk.
const offsetHeader = "Upload-Offset"

// incomplete is what a PUT answers while bytes are missing.
type incomplete struct {
	Digest   augur.Digest `json:"digest"`
	Received int64        `json:"received"`
	Size     int64        `json:"size"`
}

// putPart adds a part to an upload: 202 while bytes are missing, and then what
// put answers. A part that does not begin where the upload stands is a 409 that
// says where that is.
func (a *artifacts) putPart(w http.ResponseWriter, r *http.Request, digest augur.Digest, body *incoming) {
	part, err := parsePart(r.Header.Get("Content-Range"))
	if err == nil && r.ContentLength != part.Size {
		err = augur.Errorf(augur.InvalidArgument, "Content-Range speaks of %d bytes, and the body's length is %d", part.Size, r.ContentLength)
	}
	if err != nil {
		writeProblem(w, r, a.log, err, 0)
		return
	}
	if part.Total > a.maxSize {
		a.tooLarge(w, r)
		return
	}
	received, created, err := a.store.Append(r.Context(), digest, part, body)
	switch {
	case err == nil && received < part.Total:
		w.Header().Set(offsetHeader, strconv.FormatInt(received, 10))
		writeJSON(w, http.StatusAccepted, incomplete{Digest: digest, Received: received, Size: part.Total})
		return
	case err != nil:
		a.tellOffset(w, digest)
	}
	a.answer(w, r, body, err, stored{Digest: digest, Size: received, Created: created})
}

// tellOffset sets the header that says how much of an upload is there, if any.
func (a *artifacts) tellOffset(w http.ResponseWriter, digest augur.Digest) {
	if n, err := a.store.Received(digest); err == nil && n > 0 { // it only adds to an error
		w.Header().Set(offsetHeader, strconv.FormatInt(n, 10))
	}
}

// parsePart reads a Content-Range (RFC 9110, section 14.4) whose total is known:
// bytes FIRST-LAST/TOTAL, or bytes */TOTAL for no bytes at the end.
func parsePart(text string) (blob.Part, error) {
	wrong := augur.Errorf(augur.InvalidArgument, "Content-Range %q: expected bytes FIRST-LAST/TOTAL, or bytes */TOTAL to finish", text)
	unit, rest, _ := strings.Cut(text, " ")
	span, total, ok := strings.Cut(rest, "/")
	if !ok || !strings.EqualFold(unit, "bytes") {
		return blob.Part{}, wrong
	}
	size, err := strconv.ParseUint(total, 10, 63)
	if err != nil {
		return blob.Part{}, wrong
	}
	if span == "*" {
		return blob.Part{Offset: int64(size), Total: int64(size)}, nil
	}
	from, to, _ := strings.Cut(span, "-")
	first, err1 := strconv.ParseUint(from, 10, 63)
	last, err2 := strconv.ParseUint(to, 10, 63)
	if err1 != nil || err2 != nil || first > last || last >= size {
		return blob.Part{}, wrong
	}
	return blob.Part{Offset: int64(first), Size: int64(last - first + 1), Total: int64(size)}, nil
}
