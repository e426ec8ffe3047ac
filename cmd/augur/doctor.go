package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/alecthomas/kong"

	"augur"
	"augur/client"
	"augur/server"
)

// doctorCommand checks what a server needs.
type doctorCommand struct {
	output
	Server  string `name:"server" env:"AUGUR_URL" placeholder:"URL" help:"Also check that this server answers."`
	Against string `name:"against" placeholder:"URL" help:"Check this running server instead, as its clients see it: ready, its backends, and a prediction from every live version."`
	settings
}

// Run prints a line for each check, with what to do about those that failed,
// and changes nothing. It exits with 5 (FAILED_PRECONDITION) when one failed.
func (c *doctorCommand) Run(t *terminal, parsed *kong.Context) error {
	var findings []server.Finding
	if c.Against != "" {
		findings = smoke(t.ctx, c.Against)
	} else {
		l, err := c.load(t, parsed)
		if err != nil {
			return err
		}
		findings = server.Diagnose(t.ctx, l.Config)
		findings = append(findings, port(t.ctx, l.Config.HTTP.Listen))
		if c.Server != "" {
			findings = append(findings, reach(t.ctx, c.Server))
		}
	}
	failed := false
	var found []finding
	for _, f := range findings {
		failed = failed || f.Err != nil
		x := finding{Name: f.Name, OK: f.Err == nil, Text: f.Text()}
		if f.Err != nil {
			x.Advice = f.Advice
		}
		found = append(found, x)
	}
	if err := c.print(t, found); err != nil {
		return err
	}
	if failed {
		return said(augur.FailedPrecondition)
	}
	return nil
}

// finding is one check as it is printed.
type finding struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Text   string `json:"text"`
	Advice string `json:"advice,omitempty"`
}

func (c *doctorCommand) print(t *terminal, found []finding) error {
	if c.json() {
		return printJSON(t, found)
	}
	for _, f := range found {
		mark := "ok  "
		if !f.OK {
			mark = "FAIL"
		}
		if _, err := fmt.Fprintf(t.stdout, "%s  %-13s  %s\n", mark, f.Name, f.Text); err != nil {
			return err
		}
		if f.Advice != "" {
			_, _ = fmt.Fprintf(t.stdout, "      %-13s  → %s\n", "", f.Advice) // the next write fails too
		}
	}
	return nil
}

// port says whether the server could listen, or does already.
func port(ctx context.Context, listen string) server.Finding {
	f := server.Finding{Name: "port", Detail: listen + " is free"}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", listen)
	if err == nil {
		f.Err = l.Close()
		return f
	}
	if _, p, split := net.SplitHostPort(listen); split == nil {
		if reach(ctx, "http://127.0.0.1:"+p).Err == nil {
			f.Detail = "a server answers at " + listen + " already"
			return f
		}
	}
	f.Err = err
	f.Advice = "another program has the port: stop it, or choose another with --http.listen"
	return f
}

func reach(ctx context.Context, url string) server.Finding {
	f := server.Finding{Name: "server", Detail: url + " answers", Advice: "start it with: augur serve"}
	api, err := client.New(client.Config{URL: url, Attempts: 1})
	if err != nil {
		f.Err = err
		return f
	}
	defer api.Close()
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	f.Err = api.Health(ctx)
	return f
}
