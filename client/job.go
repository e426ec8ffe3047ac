package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"augur"
)

// Job is a prediction that is made apart from the request that asked for it.
type Job struct {
	ID         string            `json:"id"`
	Model      string            `json:"model"`
	Version    string            `json:"version"`
	State      augur.JobState    `json:"state"`
	Priority   augur.JobPriority `json:"priority"`
	Principal  string            `json:"principal"`
	CreatedAt  time.Time         `json:"createdAt"`
	FinishedAt *time.Time        `json:"finishedAt"`
	ExpiresAt  time.Time         `json:"expiresAt"`
	// Attempts have failed.
	Attempts int         `json:"attempts"`
	Progress JobProgress `json:"progress"`
	// Error is the last one, nil when there was none.
	Error *UserError `json:"error"`
	// RowErrors are the first ten; Progress has their number. A list of jobs
	// leaves them out.
	RowErrors []JobRowError `json:"rowErrors,omitempty"`
}

// JobRowError says why one row has no answer. Row is its place in the input, from
// 0 on; the field is the path within the row.
type JobRowError struct {
	Row json.Number `json:"row"`
	UserError
}

// JobProgress is how far a job is. Rows is "" while it is not known.
type JobProgress struct {
	RowsDone      json.Number `json:"rowsDone"`
	RowsFailed    json.Number `json:"rowsFailed"`
	Rows          json.Number `json:"rows,omitempty"`
	Fraction      float64     `json:"fraction"`
	RowsPerSecond *float64    `json:"rowsPerSecond"`
	// TimeLeft is as in 1m30s; nil when it is not known.
	TimeLeft *string `json:"timeLeft"`
}

// JobInput is a job over a file that was uploaded before.
type JobInput struct {
	Model, Version string
	File           augur.Digest
	Format         augur.TableFormat
	Outputs        []string
	// IdempotencyKey names the submission: another with the same key gives the
	// same job. "" means none.
	IdempotencyKey string
}

const (
	jobsFields = `id model version state priority principal createdAt finishedAt expiresAt attempts
  progress { rowsDone rowsFailed rows fraction rowsPerSecond timeLeft } error { code message field }`
	jobFields = jobsFields + ` rowErrors(first: 10) { row code message field }`
)

// SubmitJob queues a job. created is false when the key was known.
func (c *Client) SubmitJob(ctx context.Context, in JobInput) (job *Job, created bool, err error) {
	input := map[string]any{
		"model": in.Model,
		"file":  map[string]any{"digest": in.File, "format": in.Format},
	}
	if in.Version != "" {
		input["version"] = in.Version
	}
	if len(in.Outputs) > 0 {
		input["outputs"] = in.Outputs
	}
	if in.IdempotencyKey != "" {
		input["idempotencyKey"] = in.IdempotencyKey
	}
	var out struct {
		PredictionJobSubmit struct {
			Job        *Job
			Created    bool
			UserErrors []UserError
		}
	}
	const document = `mutation Submit($input: PredictionJobSubmitInput!) { predictionJobSubmit(input: $input) {
  job { ` + jobFields + ` } created userErrors { code message field } } }`
	// With a key, another attempt finds the job of the first.
	if err := c.graphQL(ctx, document, map[string]any{"input": input}, &out, in.IdempotencyKey != ""); err != nil {
		return nil, false, err
	}
	p := out.PredictionJobSubmit
	if p.Job == nil {
		return nil, false, first(p.UserErrors)
	}
	return p.Job, p.Created, nil
}

// Job returns a job. It fails with NotFound.
func (c *Client) Job(ctx context.Context, id string) (*Job, error) {
	var out struct{ PredictionJob *Job }
	if err := c.Query(ctx, `query Job($id: ID!) { predictionJob(id: $id) { `+jobFields+` } }`, map[string]any{"id": id}, &out); err != nil {
		return nil, err
	}
	if out.PredictionJob == nil {
		return nil, noJob(id)
	}
	return out.PredictionJob, nil
}

func noJob(id string) error {
	return augur.Errorf(augur.NotFound, "there is no job with the id %q", id)
}

// Jobs returns the newest n jobs that match where, a PredictionJobWhereInput; n
// is 1 to 100.
func (c *Client) Jobs(ctx context.Context, where map[string]any, n int) ([]Job, error) {
	var out struct {
		PredictionJobs struct{ Edges []struct{ Node Job } }
	}
	const document = `query Jobs($where: PredictionJobWhereInput, $first: Int!) { predictionJobs(first: $first, where: $where) { edges { node { ` + jobsFields + ` } } } }`
	if err := c.Query(ctx, document, map[string]any{"where": where, "first": n}, &out); err != nil {
		return nil, err
	}
	all := make([]Job, 0, len(out.PredictionJobs.Edges))
	for _, e := range out.PredictionJobs.Edges {
		all = append(all, e.Node)
	}
	return all, nil
}

// CancelJob ends a job.
func (c *Client) CancelJob(ctx context.Context, id string) (*Job, error) {
	return c.changeJob(ctx, "predictionJobCancel", id)
}

// RetryJob queues a job again that has FAILED, EXPIRED or was CANCELED.
func (c *Client) RetryJob(ctx context.Context, id string) (*Job, error) {
	return c.changeJob(ctx, "predictionJobRetry", id)
}

func (c *Client) changeJob(ctx context.Context, mutation, id string) (*Job, error) {
	var out map[string]struct {
		Job        *Job
		UserErrors []UserError
	}
	document := `mutation Change($input: PredictionJobRefInput!) { ` + mutation + `(input: $input) { job { ` + jobFields + ` } userErrors { code message field } } }`
	if err := c.Mutate(ctx, document, map[string]any{"input": map[string]any{"id": id}}, &out); err != nil {
		return nil, err
	}
	return out[mutation].Job, first(out[mutation].UserErrors)
}

// DownloadJob writes the answers of a job that has SUCCEEDED, one line for each
// row. begin is called for each attempt and returns an empty place to write to.
func (c *Client) DownloadJob(ctx context.Context, id string, format augur.TableFormat, begin func() (io.Writer, error)) error {
	const document = `query Download($id: ID!, $format: TableFormat!) { predictionJob(id: $id) { state download(format: $format) } }`
	var out struct {
		PredictionJob *struct {
			State    augur.JobState
			Download *string
		}
	}
	if err := c.Query(ctx, document, map[string]any{"id": id, "format": format}, &out); err != nil {
		return err
	}
	if out.PredictionJob == nil {
		return noJob(id)
	}
	if out.PredictionJob.Download == nil {
		return augur.Errorf(augur.FailedPrecondition, "the job is %s and has no result", out.PredictionJob.State)
	}
	link, err := url.Parse(*out.PredictionJob.Download)
	if err != nil {
		return augur.Wrap(augur.Internal, err, "the server's answer has an unexpected form")
	}
	return c.attempt(ctx, true, func() error {
		w, err := begin()
		if err != nil {
			return err
		}
		return c.download(ctx, link, w)
	})
}

func (c *Client) download(ctx context.Context, link *url.URL, w io.Writer) error {
	req, err := c.request(ctx, http.MethodGet, link.Path, nil)
	if err != nil {
		return err
	}
	req.URL.RawQuery = link.RawQuery
	res, err := c.cfg.HTTP.Do(req)
	if err != nil {
		return unreachable(c, err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10)) // it only adds to the error
		return problem(res, text)
	}
	place := &place{w: w}
	if _, err := io.Copy(place, res.Body); place.err != nil {
		return augur.Errorf(augur.FailedPrecondition, "the result cannot be written: %w", place.err)
	} else if err != nil {
		if errors.Is(err, context.Canceled) {
			return augur.AsError(err)
		}
		return augur.Wrap(augur.Unavailable, err, "the download broke off")
	}
	return nil
}

// place remembers what went wrong on its side of a copy.
type place struct {
	w   io.Writer
	err error
}

func (p *place) Write(b []byte) (int, error) {
	n, err := p.w.Write(b)
	p.err = err
	return n, err
}
