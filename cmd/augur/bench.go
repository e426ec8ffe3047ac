package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"augur"
	"augur/client"
)

// benchCommand measures how much a server carries.
type benchCommand struct {
	Against string `name:"against" env:"AUGUR_URL" default:"http://127.0.0.1:8080" placeholder:"URL" help:"The server. It gets as much load as it answers."`
	output
	Model  string        `name:"model" help:"The model whose live version is asked; the first one with features when left out."`
	Rows   int           `name:"rows" default:"1" help:"Rows of one request."`
	For    time.Duration `name:"for" default:"5s" help:"How long each step lasts."`
	Most   int           `name:"most" default:"256" help:"The most requests at one time."`
	Cached bool          `name:"cached" help:"Ask the same again and again, so that the cache answers; otherwise it is left out."`
}

// Help says what the flags cannot.
func (benchCommand) Help() string {
	return "Doubles the requests that are sent at one time, each when the one before is answered, until that answers hardly more: " +
		"the point of saturation. The rows are made from the model's features. Run it on another machine than the server's."
}

// benchStep is what was measured with so many requests at one time.
type benchStep struct {
	Concurrency int     `json:"concurrency"`
	Requests    int     `json:"requests"`
	Failed      int     `json:"failed"`
	PerSecond   float64 `json:"perSecond"`
	P50MS       float64 `json:"p50Ms"`
	P95MS       float64 `json:"p95Ms"`
	P99MS       float64 `json:"p99Ms"`
	MaxMS       float64 `json:"maxMs"`
	// Error is the first failure.
	Error string `json:"error,omitempty"`
}

// benchResult is what the verb prints as JSON.
type benchResult struct {
	Model   string      `json:"model"`
	Version string      `json:"version"`
	Rows    int         `json:"rows"`
	Cached  bool        `json:"cached"`
	Steps   []benchStep `json:"steps"`
	// Saturation is the fewest requests at one time that answer nearly as many as
	// any more do; 0 when the load was not enough to see it.
	Saturation int `json:"saturation"`
}

// saturated: so much more load must answer that much more, or it is enough.
const saturated = 1.10

// Run raises the load until it pays no more.
func (c *benchCommand) Run(t *terminal) error {
	if c.Rows < 1 || c.For <= 0 || c.Most < 1 {
		return augur.Errorf(augur.InvalidArgument, "--rows, --for and --most must be above zero")
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost, transport.MaxIdleConns = c.Most, c.Most
	api, err := client.New(client.Config{URL: c.Against, Attempts: 1, HTTP: &http.Client{Transport: transport}, UserAgent: "augur/" + version()})
	if err != nil {
		return err
	}
	defer api.Close()
	all, err := samples(t.ctx, api)
	if err != nil {
		return err
	}
	of, err := find(all, c.Model)
	if err != nil {
		return err
	}
	if len(of.Features) == 0 {
		return augur.Errorf(augur.FailedPrecondition, "model %q has no features to make rows of", of.Model)
	}
	out := benchResult{Model: of.Model, Version: of.Version, Rows: c.Rows, Cached: c.Cached}
	if !c.json() {
		_, _ = fmt.Fprintf(t.stdout, "%s %s, %d rows a request, %s a step\n%5s %10s %9s %9s %9s %9s %8s\n",
			of.Model, of.Version, c.Rows, c.For, "at once", "per second", "p50 ms", "p95 ms", "p99 ms", "max ms", "failed")
	}
	c.step(t.ctx, api, of, 1, c.For/5) // what is loaded at the first request is no part of it
	for n := 1; n <= c.Most && t.ctx.Err() == nil; n *= 2 {
		s := c.step(t.ctx, api, of, n, c.For)
		if s.Requests+s.Failed == 0 {
			break
		}
		out.Steps = append(out.Steps, s)
		if !c.json() {
			_, _ = fmt.Fprintf(t.stdout, "%7d %10.0f %9.2f %9.2f %9.2f %9.2f %8d\n", s.Concurrency, s.PerSecond, s.P50MS, s.P95MS, s.P99MS, s.MaxMS, s.Failed)
		}
		if s.Requests == 0 {
			return augur.Errorf(augur.Unavailable, "no request was answered: %s", s.Error)
		}
		if out.Saturation = saturation(out.Steps); out.Saturation != 0 {
			break
		}
	}
	return c.conclude(t, &out)
}

// saturation is the number of requests after which two doublings gave less than
// saturated times as much, 0 where there is none yet.
func saturation(steps []benchStep) int {
	if len(steps) < 3 {
		return 0
	}
	at := steps[len(steps)-3]
	for _, s := range steps[len(steps)-2:] {
		if s.PerSecond > at.PerSecond*saturated {
			return 0
		}
	}
	return at.Concurrency
}

func (c *benchCommand) conclude(t *terminal, out *benchResult) error {
	if c.json() {
		return printJSON(t, out)
	}
	failed := 0
	for _, s := range out.Steps {
		if failed == 0 && s.Failed > 0 {
			_, _ = fmt.Fprintf(t.stdout, "the first failure, of %d at once: %s\n", s.Concurrency, s.Error)
		}
		failed += s.Failed
	}
	for _, s := range out.Steps {
		if s.Concurrency == out.Saturation {
			_, err := fmt.Fprintf(t.stdout, "saturated at %d requests at once: %.0f per second, p99 %.2f ms; more load waits longer and is answered no faster\n", s.Concurrency, s.PerSecond, s.P99MS)
			return err
		}
	}
	_, err := fmt.Fprintln(t.stdout, "not saturated: raise --most")
	return err
}

// step keeps so many requests in flight for a time.
func (c *benchCommand) step(ctx context.Context, api *client.Client, of *sampled, concurrency int, lasts time.Duration) benchStep {
	var mu sync.Mutex // guards what follows
	var took []time.Duration
	out := benchStep{Concurrency: concurrency}
	began := time.Now()
	end := began.Add(lasts)
	var callers sync.WaitGroup
	for range concurrency {
		callers.Go(func() {
			var mine []time.Duration
			failed, first := 0, ""
			rows := c.rows(of)
			for time.Now().Before(end) && ctx.Err() == nil {
				in := client.PredictInput{Model: of.Model, Version: of.Version, Rows: rows}
				if !c.Cached {
					in.Cache = "BYPASS"
				}
				asked := time.Now()
				answer, err := api.Predict(ctx, in)
				if err == nil && len(answer.RowErrors) > 0 {
					err = augur.Errorf(augur.InvalidArgument, "%s", answer.RowErrors[0].Message)
				}
				if err != nil {
					if ctx.Err() == nil {
						failed, first = failed+1, augur.AsError(err).Message
						time.Sleep(time.Millisecond) // a server that refuses is not hammered
					}
					continue
				}
				mine = append(mine, time.Since(asked))
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, mine...)
			out.Failed += failed
			if out.Error == "" {
				out.Error = first
			}
		})
	}
	callers.Wait()
	out.Requests, out.PerSecond = len(took), float64(len(took))/time.Since(began).Seconds()
	if len(took) > 0 {
		slices.Sort(took)
		ms := func(q float64) float64 {
			return float64(took[min(int(q*float64(len(took))), len(took)-1)].Microseconds()) / 1000
		}
		out.P50MS, out.P95MS, out.P99MS, out.MaxMS = ms(.5), ms(.95), ms(.99), ms(1)
	}
	return out
}

func (c *benchCommand) rows(of *sampled) []json.RawMessage {
	rows := make([]json.RawMessage, c.Rows)
	for i := range rows {
		rows[i] = of.row()
	}
	return rows
}
