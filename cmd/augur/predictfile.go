package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"augur"
	"augur/client"
)

// formats are what the names of files of rows end with.
var formats = map[string]augur.TableFormat{
	".csv": augur.FormatCSV, ".jsonl": augur.FormatJSONLines, ".ndjson": augur.FormatJSONLines,
}

func formatOf(path string) (augur.TableFormat, error) {
	format, ok := formats[strings.ToLower(filepath.Ext(path))]
	if !ok {
		return "", augur.Errorf(augur.InvalidArgument, "%s: expected a name that ends with .csv, .jsonl or .ndjson", path)
	}
	return format, nil
}

// toFile predicts a file into another, of any size, as a job of the server. The
// job is known by the file, the version and the outputs: a command that was
// interrupted, or whose server was, is repeated and goes on with it.
func (c *predictCommand) toFile(t *terminal, api *client.Client) (err error) {
	if c.File == "" || c.File == "-" || len(c.Rows) > 0 {
		return augur.Errorf(augur.InvalidArgument, "--out is for the rows of a file: name it with --file")
	}
	in := client.JobInput{Model: c.Model, Outputs: c.Only}
	if in.Format, err = formatOf(c.File); err != nil {
		return err
	}
	format, err := formatOf(c.Out)
	if err != nil {
		return err
	}
	file := &pushed{file: c.File}
	if file.create.Digest, file.size, err = digest(c.File); err != nil {
		return err
	}
	in.File = file.create.Digest
	part, err := openPart(c.Out) // before the work: a place that cannot be written to is known at once
	if err != nil {
		return err
	}
	defer part.remove()
	job, err := c.submit(t, api, in, file)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(t.stderr, "job %s: %s %s\n", job.ID, job.Model, job.Version)
	if job, err = c.follow(t, api, job); err != nil {
		if t.ctx.Err() != nil {
			_, _ = fmt.Fprintf(t.stderr, "the job goes on: the same command waits for it, augur jobs cancel %s ends it\n", job.ID)
		}
		return err
	}
	if job.State != augur.JobSucceeded {
		if job.Error != nil {
			return job.Error.Err()
		}
		return augur.Errorf(augur.FailedPrecondition, "the job is %s; the same command goes on with it", job.State)
	}
	if err := api.DownloadJob(t.ctx, job.ID, format, part.begin); err != nil {
		return err
	}
	if err := part.keep(); err != nil {
		return err
	}
	if c.json() {
		err = printJSON(t, job)
	} else {
		_, err = fmt.Fprintf(t.stdout, "wrote %s: %s rows, %s with an error\n", c.Out, job.Progress.RowsDone, job.Progress.RowsFailed)
	}
	if err != nil || len(job.RowErrors) == 0 {
		return err
	}
	for _, e := range job.RowErrors {
		_, _ = fmt.Fprintf(t.stderr, "augur: %s\n", jobRowError(e))
	}
	return said(job.RowErrors[0].Code)
}

// jobRowError names the row by its place in the file, from 1.
func jobRowError(e client.JobRowError) string {
	n, _ := e.Row.Int64() // the server's own figure
	at := fmt.Sprintf("row %d", n+1)
	if len(e.Field) > 0 {
		at += ", " + strings.Join(e.Field, ".")
	}
	return at + ": " + e.Message
}

// submit uploads the file unless the server has it, and queues the job unless
// it is known. One that has ended without a result is queued again.
func (c *predictCommand) submit(t *terminal, api *client.Client, in client.JobInput, file *pushed) (*client.Job, error) {
	ref := c.Version
	if ref == "" {
		ref = augur.Live
	}
	raw, err := api.Version(t.ctx, c.Model, ref, "id version")
	if err != nil {
		return nil, err
	}
	var v client.ModelVersionName
	if err := read(raw, &v); err != nil {
		return nil, err
	}
	in.Version = v.Version // what the key speaks of, also when the alias moves now
	name, err := json.Marshal([]any{v.ID, in.File, in.Format, in.Outputs})
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(name)
	in.IdempotencyKey = "augur predict " + hex.EncodeToString(sum[:])
	if err := upload(t, api, file, t.stderr); err != nil {
		return nil, err
	}
	job, created, err := api.SubmitJob(t.ctx, in)
	if err == nil && !created && job.State.Ended() && job.State != augur.JobSucceeded {
		return api.RetryJob(t.ctx, job.ID)
	}
	return job, err
}

// How often a job that is waited for is looked at, and how long a server may be
// away meanwhile.
const (
	firstLook = 50 * time.Millisecond
	lastLook  = time.Second
	awayFor   = 2 * time.Minute
)

// follow waits for the end of a job and draws how far it is. With an error, it
// returns the job as it was seen last.
func (c *predictCommand) follow(t *terminal, api *client.Client, job *client.Job) (*client.Job, error) {
	line := &progress{w: t.stderr}
	defer line.end()
	seen := time.Now()
	for pause := firstLook; !job.State.Ended(); pause = min(2*pause, lastLook) {
		line.show(func() string { return jobBar(job) })
		select {
		case <-time.After(pause):
		case <-t.ctx.Done():
			return job, augur.AsError(t.ctx.Err())
		}
		now, err := api.Job(t.ctx, job.ID)
		switch {
		case err == nil:
			job, seen = now, time.Now()
		case augur.CodeOf(err) != augur.Unavailable || time.Since(seen) > awayFor:
			return job, err
		}
	}
	return job, nil
}

// jobBar draws how far a job is.
func jobBar(j *client.Job) string {
	p := j.Progress
	text := fmt.Sprintf("%s %s %3.0f %%, %s rows", strings.ToLower(string(j.State)), gauge(p.Fraction), 100*p.Fraction, p.RowsDone)
	if p.Rows != "" {
		text += " of " + p.Rows.String()
	}
	if p.RowsPerSecond != nil {
		text += fmt.Sprintf(", %.0f/s", *p.RowsPerSecond)
	}
	if p.TimeLeft != nil {
		if left, err := time.ParseDuration(*p.TimeLeft); err == nil {
			text += ", " + left.Round(time.Second).String() + " left"
		}
	}
	return text
}

// part is a file that is there under its name when it is whole.
type part struct {
	path string
	file *os.File
}

func openPart(path string) (*part, error) {
	f, err := os.OpenFile(path+".part", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o644)
	if err != nil {
		return nil, augur.Errorf(augur.InvalidArgument, "%w", err)
	}
	return &part{path: path, file: f}, nil
}

// begin empties the file.
func (p *part) begin() (io.Writer, error) {
	if err := p.file.Truncate(0); err != nil {
		return nil, err
	}
	_, err := p.file.Seek(0, io.SeekStart)
	return p.file, err
}

// keep gives it its name.
func (p *part) keep() error {
	if err := p.file.Close(); err != nil {
		return augur.Errorf(augur.FailedPrecondition, "write %s: %w", p.path, err)
	}
	return os.Rename(p.file.Name(), p.path)
}

// remove removes what keep has not named.
func (p *part) remove() {
	_ = p.file.Close()
	_ = os.Remove(p.file.Name()) // gone after keep
}
