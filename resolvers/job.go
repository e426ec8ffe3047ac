package resolvers

import (
	"context"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/predicate"
	"augur/ent/predictionjob"
	"augur/graph"
	"augur/jobs"
)

// jobSubmit decodes and submits.
func (r *Resolver) jobSubmit(ctx context.Context, in graph.PredictionJobSubmitInput) (*graph.PredictionJobSubmitPayload, error) {
	submit, err := jobOf(in)
	created := false
	var id string
	if err == nil {
		id, created, err = r.Jobs.Submit(ctx, submit)
	}
	id, mistakes, err := outcome(id, err)
	if err != nil || id == "" {
		return &graph.PredictionJobSubmitPayload{UserErrors: mistakes}, err
	}
	job, err := r.jobByID(ctx, id)
	return &graph.PredictionJobSubmitPayload{Job: job, Created: created, UserErrors: mistakes}, err
}

func jobOf(in graph.PredictionJobSubmitInput) (jobs.Submit, error) {
	out := jobs.Submit{
		Model: in.Model, Version: deref(in.Version), Outputs: in.Outputs, Subject: deref(in.Subject),
		IdempotencyKey: deref(in.IdempotencyKey), Priority: in.Priority, ExpiresIn: in.ExpiresIn,
	}
	if in.IdempotencyKey != nil && *in.IdempotencyKey == "" {
		return out, augur.Errorf(augur.InvalidArgument, "expected a text").At("idempotencyKey")
	}
	if in.Data != nil {
		req, err := request(in.Model, out.Version, graph.ModelPredictInput{Data: in.Data})
		if err != nil {
			return out, err
		}
		out.Data = req.Data
	}
	if in.File != nil {
		digest, err := augur.ParseDigest(in.File.Digest)
		if err != nil {
			return out, augur.AsError(err).At("file", "digest")
		}
		out.File, out.Format = digest, in.File.Format
	}
	return out, nil
}

// jobByID returns a job that the principal may see, nil for none.
func (r *Resolver) jobByID(ctx context.Context, id string) (*ent.PredictionJob, error) {
	j, err := r.Reader.PredictionJob.Query().Where(predictionjob.ID(id)).Where(ownJobs(ctx)...).Only(ctx)
	return j, ent.MaskNotFound(err)
}

// ownJobs are the jobs that a principal may see: its own, and all of them for
// administrators.
func ownJobs(ctx context.Context) []predicate.PredictionJob {
	p := augur.PrincipalFrom(ctx)
	if p.Has(augur.ScopeAdmin) {
		return nil
	}
	if p == nil {
		p = &augur.Principal{}
	}
	return []predicate.PredictionJob{predictionjob.Principal(p.Name)}
}

func jobError(j *ent.PredictionJob) *augur.Error {
	if j.Code == "" {
		return nil
	}
	return &augur.Error{Code: augur.Code(j.Code), Message: j.Message, Field: j.Path}
}

// maxRowErrors is the most errors of rows in one answer.
const maxRowErrors = 1000

func (r *Resolver) rowErrors(ctx context.Context, j *ent.PredictionJob, first int, after int64) ([]*augur.RowError, error) {
	if first < 1 || first > maxRowErrors {
		return nil, augur.Errorf(augur.InvalidArgument, "expected 1 to %d, got %d", maxRowErrors, first).At("first")
	}
	list, err := r.Jobs.RowErrors(ctx, j, after, first)
	out := make([]*augur.RowError, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out, err
}

func (r *Resolver) jobResult(ctx context.Context, j *ent.PredictionJob) (*graph.JobResult, error) {
	result, err := r.Jobs.ResultOf(ctx, j)
	if result == nil || err != nil {
		return nil, err
	}
	out := &graph.JobResult{Values: make([]any, len(result.Values))}
	for i, v := range result.Values {
		if string(v) != "null" {
			out.Values[i] = v
		}
	}
	if result.Outputs != nil {
		out.Outputs = result.Outputs
	}
	return out, nil
}

func (r *Resolver) jobDownload(j *ent.PredictionJob, format augur.TableFormat) *string {
	if j.State != augur.JobSucceeded {
		return nil
	}
	link := r.Jobs.Link(j.ID, format)
	return &link
}

// jobLook is how often a job that somebody watches is looked at. Its end is told
// at once.
const jobLook = 250 * time.Millisecond

// jobUpdated streams a job until it has ended.
func (r *Resolver) jobUpdated(ctx context.Context, id string) (<-chan *ent.PredictionJob, error) {
	s := r.Registry.Subscribe(ctx, func(e *augur.Event) bool { return e.SubjectID == id })
	j, err := r.jobByID(ctx, id)
	if err != nil {
		return nil, err
	}
	if j == nil {
		return nil, augur.Errorf(augur.NotFound, "there is no job with the id %q", id).At("id")
	}
	out := make(chan *ent.PredictionJob)
	go func() {
		defer close(out)
		look := time.NewTicker(jobLook)
		defer look.Stop()
		for {
			select {
			case out <- j:
			case <-ctx.Done():
				return
			}
			for seen := j; j.UpdatedAt.Equal(seen.UpdatedAt); {
				if seen.State.Ended() {
					return
				}
				select {
				case <-look.C:
				case _, open := <-s.Events():
					if !open {
						return // the client has left, or the server stops
					}
				}
				now, err := r.jobByID(ctx, id)
				if err == nil && now == nil {
					err = augur.Errorf(augur.NotFound, "the job is gone").At("id")
				}
				if err != nil {
					augur.EndWith(ctx, err)
					return
				}
				j = now
			}
		}
	}()
	return out, nil
}
