package server

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"

	"augur"
	"augur/jobs"
	"augur/registry"
)

// newJobs makes the queue of jobs, which runs nothing before it is started.
func (s *Server) newJobs(record registry.Config, deps jobs.Deps) (*jobs.Queue, error) {
	key, err := s.cfg.sealingKey()
	if err != nil {
		return nil, err
	}
	c := s.cfg.Jobs
	return jobs.New(jobs.Config{
		Timeout: s.cfg.Webhooks.Timeout, Allow: record.Webhooks.Allow, UserAgent: "Augur/" + s.deps.Version,
		PredictionWorkers: c.Workers, MaxPerPrincipal: c.MaxPerPrincipal, MaxAttempts: c.MaxAttempts, RetryDelay: c.RetryDelay, Keep: c.Keep,
		LinkKey: key,
	}, deps)
}

// predictorFunc is a predictor made of a function.
type predictorFunc func(ctx context.Context, req *augur.Request) (*augur.Response, error)

// Predict of augur.Predictor.
func (f predictorFunc) Predict(ctx context.Context, req *augur.Request) (*augur.Response, error) {
	return f(ctx, req)
}

// jobResults is where the results of jobs come from: jobs.Queue.
type jobResults interface {
	// OpenLink checks an address that was given out. The error is NotFound or
	// PermissionDenied.
	OpenLink(id, file string, query url.Values) (augur.TableFormat, error)
	// WriteResult writes the result, at constant memory.
	WriteResult(ctx context.Context, id string, format augur.TableFormat, w io.Writer) error
}

// resultDownload serves GET /jobs/{id}/{file}. Whoever has an address that was
// given out may read what it leads to.
type resultDownload struct {
	jobs jobResults
	log  *slog.Logger
}

func (d *resultDownload) get(w http.ResponseWriter, r *http.Request) {
	id, file := r.PathValue("id"), r.PathValue("file")
	format, err := d.jobs.OpenLink(id, file, r.URL.Query())
	if err != nil {
		writeProblem(w, r, d.log, err, 0)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/x-ndjson")
	if format == augur.FormatCSV {
		h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	}
	h.Set("Content-Disposition", `attachment; filename="`+id+"-"+file+`"`)
	h.Set("Cache-Control", "private, no-store")
	if err := d.jobs.WriteResult(r.Context(), id, format, w); err != nil {
		// The status has been sent: only a connection that breaks off tells the
		// client that the file is not whole.
		d.log.WarnContext(r.Context(), "a download broke off", "job", id, "err", err)
		panic(http.ErrAbortHandler)
	}
}
