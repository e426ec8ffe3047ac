package main

import (
	"fmt"
	"strings"
	"time"

	"augur/client"
)

// jobsCommand groups the verbs about prediction jobs.
type jobsCommand struct {
	List   jobsListCommand   `cmd:"" default:"withargs" help:"List jobs, newest first: your own, and all of them for administrators."`
	Show   jobsShowCommand   `cmd:"" help:"Show a job: how far it is, and what went wrong."`
	Cancel jobsCancelCommand `cmd:"" help:"End a job."`
	Retry  jobsRetryCommand  `cmd:"" help:"Queue a job again that failed, expired or was canceled. It goes on where it ended."`
}

type jobsListCommand struct {
	connection
	output
	Model string `name:"model" short:"m" complete:"model" help:"Only those of this model."`
	State string `name:"state" enum:",QUEUED,RUNNING,SUCCEEDED,FAILED,CANCELED,EXPIRED" default:"" help:"Only those in this state."`
	First int    `name:"first" default:"20" help:"How many, 1 to 100."`
}

// Run prints a line for each job.
func (c *jobsListCommand) Run(t *terminal) error {
	api, err := c.dial()
	if err != nil {
		return err
	}
	defer api.Close()
	where := map[string]any{}
	if c.Model != "" {
		where["model"] = c.Model
	}
	if c.State != "" {
		where["state"] = c.State
	}
	all, err := api.Jobs(t.ctx, where, c.First)
	if err != nil {
		return err
	}
	if c.json() {
		return printJSON(t, all)
	}
	var lines [][]string
	for _, j := range all {
		lines = append(lines, []string{
			j.ID, string(j.State), fmt.Sprintf("%.0f %%", 100*j.Progress.Fraction), j.Progress.RowsDone.String(), j.Progress.RowsFailed.String(),
			j.Model + "@" + j.Version, j.CreatedAt.UTC().Format(time.RFC3339),
		})
	}
	return table(t, "JOB STATE DONE ROWS ERRORS VERSION CREATED", lines)
}

// jobRef is the job that a verb is about.
type jobRef struct {
	connection
	output
	ID string `arg:"" name:"job" help:"The job's id."`
}

// do prints what came of a call.
func (c *jobRef) do(t *terminal, call func(api *client.Client) (*client.Job, error)) error {
	api, err := c.dial()
	if err != nil {
		return err
	}
	defer api.Close()
	j, err := call(api)
	if err != nil {
		return err
	}
	if c.json() {
		return printJSON(t, j)
	}
	return printJob(t, j)
}

type jobsShowCommand struct{ jobRef }

// Run prints one job.
func (c *jobsShowCommand) Run(t *terminal) error {
	return c.do(t, func(api *client.Client) (*client.Job, error) { return api.Job(t.ctx, c.ID) })
}

type jobsCancelCommand struct{ jobRef }

// Run ends the job.
func (c *jobsCancelCommand) Run(t *terminal) error {
	return c.do(t, func(api *client.Client) (*client.Job, error) { return api.CancelJob(t.ctx, c.ID) })
}

type jobsRetryCommand struct{ jobRef }

// Run queues the job again.
func (c *jobsRetryCommand) Run(t *terminal) error {
	return c.do(t, func(api *client.Client) (*client.Job, error) { return api.RetryJob(t.ctx, c.ID) })
}

func printJob(t *terminal, j *client.Job) error {
	_, err := fmt.Fprintf(t.stdout, "%s  %s@%s\n%s\n", j.ID, j.Model, j.Version, jobBar(j))
	for _, line := range [][2]string{
		{"submitted", j.CreatedAt.UTC().Format(time.RFC3339) + " by " + j.Principal},
		{"ended", ended(j)},
		{"failed attempts", fmt.Sprint(j.Attempts)},
		{"error", jobErrorText(j)},
	} {
		if line[1] != "" && err == nil {
			_, err = fmt.Fprintf(t.stdout, "%-16s %s\n", line[0], line[1])
		}
	}
	for _, e := range j.RowErrors {
		if err == nil {
			_, err = fmt.Fprintln(t.stdout, jobRowError(e))
		}
	}
	if more, _ := j.Progress.RowsFailed.Int64(); err == nil && more > int64(len(j.RowErrors)) {
		_, err = fmt.Fprintf(t.stdout, "and %d more rows\n", more-int64(len(j.RowErrors)))
	}
	return err
}

func ended(j *client.Job) string {
	if j.FinishedAt == nil {
		return ""
	}
	return j.FinishedAt.UTC().Format(time.RFC3339)
}

func jobErrorText(j *client.Job) string {
	if j.Error == nil {
		return ""
	}
	e := j.Error.Err()
	return strings.Join(append(append([]string{}, e.Field...), string(e.Code)+" "+e.Message), ": ")
}
