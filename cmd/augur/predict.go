package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"augur"
	"augur/client"
)

// predictCommand predicts from rows.
type predictCommand struct {
	connection
	output
	Model   string   `name:"model" short:"m" required:"" complete:"model" help:"The model."`
	Version string   `name:"version" help:"A version, an alias or latest; the live version when left out."`
	Only    []string `name:"only" placeholder:"OUTPUT" help:"Only these outputs."`
	File    string   `name:"file" short:"f" placeholder:"FILE" help:"Read rows from a file: JSON Lines, one object after another, or one array of objects."`
	Out     string   `name:"out" placeholder:"FILE" help:"Write the answers of --file to this file, as a job of the server that the same command goes on with when it was interrupted. Both end with .csv, .jsonl or .ndjson."`
	Rows    []string `arg:"" optional:"" help:"Rows as JSON objects. Without any, and without --file, they are read from standard input."`
}

// most is how many rows go into one request.
const most = 1000

// Run predicts in requests of at most 1,000 rows and prints as it goes. Rows
// that fail are said on stderr, the others are printed, and the exit status is
// that of the first mistake.
func (c *predictCommand) Run(t *terminal) error {
	api, err := c.dial()
	if err != nil {
		return err
	}
	defer api.Close()
	if c.Out != "" {
		return c.toFile(t, api)
	}
	next, done, err := c.rows(t)
	if err != nil {
		return err
	}
	defer done()
	var failed error
	table := &valueTable{w: t.stdout, json: c.json()}
	for start := 0; ; {
		rows, err := next(most)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			if start == 0 {
				return augur.Errorf(augur.InvalidArgument, `no rows: expected JSON objects such as '{"curvature": 0.3}'`)
			}
			break
		}
		p, err := api.Predict(t.ctx, client.PredictInput{Model: c.Model, Version: c.Version, Outputs: c.Only, Rows: rows})
		if err != nil {
			return err
		}
		for _, u := range p.RowErrors {
			e := u.Err()
			_, _ = fmt.Fprintf(t.stderr, "augur: %s\n", rowError(e, start))
			if failed == nil {
				failed = said(e.Code)
			}
		}
		if err := table.add(p, start); err != nil {
			return err
		}
		start += len(rows)
	}
	return failed
}

// rowError names the row by its place in the whole input, from 1.
func rowError(e *augur.Error, start int) string {
	path := e.Field
	if len(path) >= 3 && path[0] == "data" && path[1] == "rows" {
		if n, err := strconv.Atoi(path[2]); err == nil {
			at := "row " + strconv.Itoa(start+n+1)
			if len(path) > 3 {
				at += ", " + strings.Join(path[3:], ".")
			}
			return at + ": " + e.Message
		}
	}
	return strings.Join(append(slices.Clone(path), e.Message), ": ")
}

// rows returns a function that reads the next rows, at most n, and one that
// closes what they are read from.
func (c *predictCommand) rows(t *terminal) (next func(n int) ([]json.RawMessage, error), done func(), err error) {
	in, name := t.stdin, "standard input"
	done = func() {}
	switch {
	case len(c.Rows) > 0 && c.File != "":
		return nil, nil, augur.Errorf(augur.InvalidArgument, "rows come from the command line or from --file, not from both")
	case len(c.Rows) > 0:
		in, name = strings.NewReader(strings.Join(c.Rows, "\n")), "the row"
	case c.File != "" && c.File != "-":
		f, err := os.Open(c.File)
		if err != nil {
			return nil, nil, augur.Errorf(augur.InvalidArgument, "%w", err)
		}
		in, name, done = f, c.File, func() { _ = f.Close() }
	}
	buffered := bufio.NewReaderSize(in, 1<<16)
	dec := json.NewDecoder(buffered)
	wrong := func(err error) error {
		return augur.Errorf(augur.InvalidArgument, "%s: expected JSON objects: %w", name, err)
	}
	if array, err := skipBracket(buffered); err != nil {
		done()
		return nil, nil, wrong(err)
	} else if array {
		if _, err := dec.Token(); err != nil {
			done()
			return nil, nil, wrong(err)
		}
	}
	return func(n int) ([]json.RawMessage, error) {
		var rows []json.RawMessage
		for len(rows) < n && dec.More() {
			var row json.RawMessage
			if err := dec.Decode(&row); err != nil {
				if errors.Is(err, io.EOF) {
					break
				}
				return nil, wrong(err)
			}
			rows = append(rows, row)
		}
		return rows, nil
	}, done, nil
}

// skipBracket says whether the input is one array; it reads only white space.
func skipBracket(r *bufio.Reader) (bool, error) {
	for {
		b, err := r.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			return false, nil
		case err != nil:
			return false, err
		case b == ' ' || b == '\t' || b == '\n' || b == '\r':
		default:
			return b == '[', r.UnreadByte()
		}
	}
}

// valueTable prints values as they come, as a table whose columns are those of
// the first values, or as JSON Lines.
type valueTable struct {
	w       io.Writer
	json    bool
	columns []string
}

func (v *valueTable) add(p *client.Prediction, start int) error {
	if v.json {
		for _, value := range p.Values {
			if _, err := fmt.Fprintf(v.w, "%s\n", value); err != nil {
				return err
			}
		}
		return nil
	}
	tw := tabwriter.NewWriter(v.w, 0, 0, 2, ' ', 0)
	for i, value := range p.Values {
		names, cells := readObject(value)
		if names == nil {
			continue // its error is on stderr
		}
		if v.columns == nil {
			v.columns = names
			_, _ = fmt.Fprintf(tw, "row\t%s\n", strings.Join(names, "\t")) // the Flush below fails
		}
		line := []string{strconv.Itoa(start + i + 1)}
		for _, name := range v.columns {
			line = append(line, cells[name])
		}
		_, _ = fmt.Fprintln(tw, strings.Join(line, "\t"))
	}
	return tw.Flush()
}

// readObject returns the names of an object in their order and the text of its values.
func readObject(text json.RawMessage) (names []string, cells map[string]string) {
	dec := json.NewDecoder(bytes.NewReader(text))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return nil, nil
	}
	cells = map[string]string{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, nil
		}
		name, _ := key.(string) // keys are strings
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, nil
		}
		cell := string(value)
		var plain string
		if json.Unmarshal(value, &plain) == nil {
			cell = plain
		}
		names, cells[name] = append(names, name), cell
	}
	return names, cells
}
