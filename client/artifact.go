package client

import (
	"context"
	"io"
	"net/http"

	"augur"
)

// HasArtifact says whether the server holds the artifact with that digest.
func (c *Client) HasArtifact(ctx context.Context, digest augur.Digest) (bool, error) {
	var has bool
	err := c.attempt(ctx, true, func() error {
		req, err := c.request(ctx, http.MethodHead, "artifacts/"+string(digest), nil)
		if err != nil {
			return err
		}
		res, err := c.cfg.HTTP.Do(req)
		if err != nil {
			return unreachable(c, err)
		}
		_ = res.Body.Close()
		switch res.StatusCode {
		case http.StatusOK, http.StatusNotFound, http.StatusPreconditionFailed: // the last: it is broken, and an upload mends it
			has = res.StatusCode == http.StatusOK
			return nil
		default:
			return problem(res, nil)
		}
	})
	return has, err
}

// UploadArtifact streams size bytes to the server, which checks that they have
// that digest. open is called again for another attempt. progress, when not
// nil, is told how many bytes of the attempt have been sent. created is false
// when the server held the artifact already.
func (c *Client) UploadArtifact(ctx context.Context, digest augur.Digest, size int64, open func() (io.ReadCloser, error), progress func(sent int64)) (created bool, err error) {
	err = c.attempt(ctx, true, func() error {
		body, err := open()
		if err != nil {
			return augur.Errorf(augur.InvalidArgument, "the file cannot be read: %w", err)
		}
		req, err := c.request(ctx, http.MethodPut, "artifacts/"+string(digest), &counter{ReadCloser: body, tell: progress})
		if err != nil {
			_ = body.Close()
			return err
		}
		req.ContentLength = size
		if size == 0 {
			req.Body = http.NoBody
			_ = body.Close()
		}
		req.Header.Set("Content-Type", "application/octet-stream")
		// The server may refuse before the bytes travel.
		req.Header.Set("Expect", "100-continue")
		res, err := c.cfg.HTTP.Do(req)
		if err != nil {
			return unreachable(c, err)
		}
		defer func() { _ = res.Body.Close() }()
		text, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10)) // it only adds to the error
		switch res.StatusCode {
		case http.StatusCreated, http.StatusOK:
			created = res.StatusCode == http.StatusCreated
			return nil
		default:
			return problem(res, text)
		}
	})
	return created, err
}

// counter tells how much has been read.
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
