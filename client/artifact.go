package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"augur"
)

// HasArtifact says whether the server holds the artifact with that digest.
func (c *Client) HasArtifact(ctx context.Context, digest augur.Digest) (bool, error) {
	var has bool
	err := c.attempt(ctx, true, func() (err error) {
		has, _, err = c.artifact(ctx, digest)
		return err
	})
	return has, err
}

// artifact asks once whether the server holds an artifact and, if not, how many
// bytes of an interrupted upload it has.
func (c *Client) artifact(ctx context.Context, digest augur.Digest) (has bool, received int64, err error) {
	req, err := c.request(ctx, http.MethodHead, "artifacts/"+string(digest), nil)
	if err != nil {
		return false, 0, err
	}
	res, err := c.cfg.HTTP.Do(req)
	if err != nil {
		return false, 0, unreachable(c, err)
	}
	_ = res.Body.Close()
	switch res.StatusCode {
	case http.StatusOK:
		return true, 0, nil
	case http.StatusNotFound, http.StatusPreconditionFailed: // the second: it is broken, and an upload mends it
		received, _ = strconv.ParseInt(res.Header.Get("Upload-Offset"), 10, 64) // absent is 0
		return false, max(received, 0), nil
	default:
		return false, 0, problem(res, nil)
	}
}

// UploadArtifact streams size bytes to the server, which checks that they have
// that digest, and continues an upload that was interrupted where it stands.
// open opens them from an offset on, again for each attempt. progress, when not
// nil, is told how many bytes of the artifact have been sent. created is false
// when the server held the artifact already.
func (c *Client) UploadArtifact(ctx context.Context, digest augur.Digest, size int64, open func(offset int64) (io.ReadCloser, error), progress func(sent int64)) (created bool, err error) {
	u := &upload{client: c, digest: digest, size: size, open: open, progress: progress}
	for last := int64(-1); last < u.offset; {
		last = u.offset
		err = c.attempt(ctx, true, func() (err error) {
			created, err = u.send(ctx)
			return err
		})
		switch code := augur.CodeOf(err); {
		case err == nil || ctx.Err() != nil:
			return created, err
		case code == augur.InvalidArgument && u.offset > 0 && !u.fromStart:
			// What was there may be another's mistake, which the server has dropped.
			u.fromStart, u.offset, last = true, 0, -1
		case code != augur.Unavailable:
			return created, err
		}
		// An upload that gets on is not given up, however often it is interrupted.
	}
	return created, err
}

// upload is one artifact on its way.
type upload struct {
	client   *Client
	digest   augur.Digest
	size     int64
	open     func(offset int64) (io.ReadCloser, error)
	progress func(sent int64)
	// offset is where the last attempt began.
	offset int64
	// fromStart says that the upload was begun again.
	fromStart bool
}

// send makes one attempt, from where the server stands.
func (u *upload) send(ctx context.Context) (created bool, err error) {
	c := u.client
	has, received, err := c.artifact(ctx, u.digest)
	if err != nil || has {
		return false, err
	}
	if received > u.size {
		received = 0 // of something else: all of this is sent beside it
	}
	u.offset = received
	body, err := u.open(u.offset)
	if err != nil {
		return false, augur.Errorf(augur.InvalidArgument, "the file cannot be read: %w", err)
	}
	req, err := c.request(ctx, http.MethodPut, "artifacts/"+string(u.digest), &counter{ReadCloser: body, n: u.offset, tell: u.progress})
	if err != nil {
		_ = body.Close()
		return false, err
	}
	switch req.ContentLength = u.size - u.offset; {
	case req.ContentLength > 0:
		req.Header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", u.offset, u.size-1, u.size))
		// The server may refuse before the bytes travel.
		req.Header.Set("Expect", "100-continue")
	case u.size > 0:
		req.Header.Set("Content-Range", fmt.Sprintf("bytes */%d", u.size))
		fallthrough
	default:
		req.Body = http.NoBody
		_ = body.Close()
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	res, err := c.cfg.HTTP.Do(req)
	if err != nil {
		return false, unreachable(c, err)
	}
	defer func() { _ = res.Body.Close() }()
	text, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10)) // it only adds to the error
	switch res.StatusCode {
	case http.StatusCreated, http.StatusOK:
		return res.StatusCode == http.StatusCreated, nil
	case http.StatusConflict:
		return false, augur.Wrap(augur.Unavailable, problem(res, text), "the upload stands elsewhere by now") // and the next attempt asks where
	default:
		return false, problem(res, text)
	}
}

// counter tells how much has been read, beginning at n.
type counter struct {
	io.ReadCloser
	n    int64
	tell func(int64)
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.n += int64(n)
	if c.tell != nil && n > 0 {
		c.tell(c.n)
	}
	return n, err
}
