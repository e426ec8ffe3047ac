package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"augur"
	"augur/client"
	"augur/server"
)

// smoke checks a running server from outside: what a release must pass before
// and after it. It changes nothing but what predictions count.
func smoke(ctx context.Context, url string) []server.Finding {
	var out []server.Finding
	note := func(name, detail string, err error, advice string) bool {
		out = append(out, server.Finding{Name: name, Detail: detail, Err: err, Advice: advice})
		return err == nil
	}
	api, err := client.New(client.Config{URL: url, Attempts: 1, UserAgent: "augur/" + version()})
	if !note("address", url, err, "name the server as in https://augur.example.com") {
		return out
	}
	defer api.Close()
	began := time.Now()
	err = api.Health(ctx)
	if !note("alive", "answers in "+time.Since(began).Round(100*time.Microsecond).String(), err, "is it running, and is this its address?") {
		return out
	}
	ready, err := get(ctx, api.URL()+"/ready")
	if err == nil && ready.status != http.StatusOK {
		err = augur.Errorf(augur.Unavailable, "not ready: %s", missing(ready.text))
	}
	note("ready", "gets requests", err, "it says what is missing; docs/runbook.md, AugurNotReady")
	if !ready.until.IsZero() {
		left := time.Until(ready.until)
		var err error
		if left < 7*24*time.Hour {
			err = augur.Errorf(augur.FailedPrecondition, "the certificate ends in %s", left.Round(time.Hour))
		}
		note("certificate", fmt.Sprintf("lasts another %d days", int(left.Hours()/24)), err, "renew it")
	}
	out = append(out, clock(ready.date)...)

	var info struct {
		Server struct {
			Version, OnnxruntimeVersion, Database string
			Health                                struct {
				Failed   []string
				Backends []struct {
					Name    string
					Up      bool
					Problem *string
				}
			}
		}
	}
	err = api.Query(ctx, `{ server { version onnxruntimeVersion database health { failed backends { name up problem } } } }`, nil, &info)
	if !note("graph", fmt.Sprintf("Augur %s, ONNX Runtime %s, %s", info.Server.Version, info.Server.OnnxruntimeVersion, info.Server.Database), err, "does /graphql reach the server, and do you have the right to read?") {
		return out
	}
	for _, b := range info.Server.Health.Backends {
		var err error
		if !b.Up {
			err = augur.Errorf(augur.Unavailable, "%s", *b.Problem)
		}
		note(b.Name, "answers", err, "docs/runbook.md, AugurBackendDown")
	}
	for _, f := range info.Server.Health.Failed {
		note("live version", "", augur.Errorf(augur.FailedPrecondition, "%s", f), "docs/runbook.md, AugurLiveVersionFailed")
	}
	return append(out, answers(ctx, api)...)
}

// answers asks the live version of every model for one prediction.
func answers(ctx context.Context, api *client.Client) []server.Finding {
	all, err := samples(ctx, api)
	if err != nil {
		return []server.Finding{{Name: "models", Err: err, Advice: "do you have the right to read?"}}
	}
	out := []server.Finding{{Name: "models", Detail: fmt.Sprintf("%d with a live version", len(all))}}
	for _, m := range all {
		f := server.Finding{Name: m.Model, Advice: "augur predict " + m.Model + " says more, and docs/runbook.md, AugurPredictionErrors"}
		if len(m.Features) == 0 {
			f.Detail = m.Version + " has no features to make a row of: not asked"
			out = append(out, f)
			continue
		}
		began := time.Now()
		answer, err := api.Predict(ctx, client.PredictInput{Model: m.Model, Rows: []json.RawMessage{m.row()}, Cache: "BYPASS"})
		switch {
		case err != nil:
			f.Err = err
		case len(answer.RowErrors) > 0:
			f.Err = augur.Errorf(augur.InvalidArgument, "%s", answer.RowErrors[0].Message)
		default:
			f.Detail = fmt.Sprintf("%s answers in %s", answer.Version, time.Since(began).Round(100*time.Microsecond))
			if answer.Reason == string(augur.RouteFallback) {
				f.Err = augur.Errorf(augur.FailedPrecondition, "%s does not answer, and %s stands in for it", m.Version, answer.Version)
			}
		}
		out = append(out, f)
	}
	return out
}

// clock says how far the server's clock is from ours. A proxy may leave the date out.
func clock(date string) []server.Finding {
	theirs, err := http.ParseTime(date)
	if err != nil {
		return nil
	}
	f := server.Finding{Name: "clock", Detail: "as here", Advice: "set the clock of the server or of this machine: figures and tokens have times"}
	if apart := time.Since(theirs).Abs(); apart > 10*time.Second {
		f.Err = augur.Errorf(augur.FailedPrecondition, "%s from ours", apart.Round(time.Second))
	}
	return []server.Finding{f}
}

func missing(text []byte) string {
	var answer struct{ Missing []string }
	if json.Unmarshal(text, &answer) != nil || len(answer.Missing) == 0 {
		return strings.TrimSpace(string(text[:min(len(text), 200)]))
	}
	return strings.Join(answer.Missing, "; ")
}

// answer is what came for a plain GET.
type answer struct {
	status int
	date   string
	// until is when the server's certificate ends; zero without TLS.
	until time.Time
	text  []byte
}

func get(ctx context.Context, url string) (a answer, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return a, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return a, err
	}
	defer func() { _ = res.Body.Close() }()
	a.status, a.date = res.StatusCode, res.Header.Get("Date")
	if res.TLS != nil {
		a.until = res.TLS.PeerCertificates[0].NotAfter
	}
	a.text, err = io.ReadAll(io.LimitReader(res.Body, 1<<20))
	return a, err
}
