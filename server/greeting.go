package server

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"augur"
)

// greet prints the first lines: where the server is, and one thing to try at
// each address that works as it stands.
func (s *Server) greet(ctx context.Context, p *parts, took time.Duration) {
	url := s.URL()
	if s.deps.Worker {
		_, _ = fmt.Fprintf(s.deps.Out, "\nAugur %s works on jobs after %d ms: %s\n\n  Ready        %s/ready\n  Metrics      %s/metrics\n\n",
			s.deps.Version, took.Milliseconds(), p.summary(), url, url) // nobody may be reading
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\nAugur %s is ready after %d ms: %s\n\n", s.deps.Version, took.Milliseconds(), p.summary())
	if p.failed > 0 {
		fmt.Fprintf(&b, "  %s of %s could not be imported: the log says why.\n\n", count(p.failed, "version"), s.cfg.Import.Dir)
	}
	if s.cfg.HTTP.Dashboard {
		fmt.Fprintf(&b, "  Dashboard    %s/\n", url)
	}
	if s.cfg.GraphQL.Playground {
		fmt.Fprintf(&b, "  Playground   %s/playground/\n", url)
	}
	fmt.Fprintf(&b, "  Ready        %s/ready\n  Metrics      %s/metrics\n", url, url)
	fmt.Fprintf(&b, "\n  What is there:\n%s\n", curl(url, `{ models { nodes { name liveVersion { version signature { features { name dtype } } } } } }`, nil))
	if v := p.example(ctx); v != nil {
		fmt.Fprintf(&b, "\n  A prediction from %s %s:\n%s\n", v.Model, v.Version,
			curl(url, `mutation($row: Row!) { predict(input: {model: "`+v.Model+`", data: {row: $row}}) { prediction { values modelVersion { version } } userErrors { field message } } }`,
				map[string]any{"row": exampleRow(v.Signature)}))
	} else {
		fmt.Fprintf(&b, "\n  There are no models yet. Register one with:\n    augur push models/NAME/VERSION --server %s\n", url)
	}
	b.WriteByte('\n')
	_, _ = s.deps.Out.Write([]byte(b.String())) // nobody may be reading
}

// summary says what stands, in one line.
func (p *parts) summary() string {
	versions := p.registry.Catalog().Versions()
	models := map[string]bool{}
	for _, v := range versions {
		models[v.Model] = true
	}
	database := "PostgreSQL"
	if path, ok := strings.CutPrefix(p.cfg.store(nil).URL.Reveal(), "sqlite://"); ok {
		database = path
	}
	return fmt.Sprintf("%s, %s, %s", count(len(models), "model"), count(len(versions), "version"), database)
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// example is the live version that shows most: the one with the most features
// of single values, as long as a person can still read them; nil when there is none.
func (p *parts) example(ctx context.Context) *augur.CatalogVersion {
	var best *augur.CatalogVersion
	most := 0
	for _, v := range live(augur.WithPrincipal(ctx, augur.System()), p.registry.Catalog()) {
		n := 0
		for _, f := range v.Signature.Features {
			if len(f.Shape) == 0 {
				n++
			}
		}
		if n == len(v.Signature.Features) && n <= 12 && (n > most || n == most && best != nil && v.Model < best.Model) {
			best, most = v, n
		}
	}
	return best
}

// curl writes a request that can be pasted into a shell.
func curl(url, query string, variables any) string {
	body := map[string]any{"query": query}
	if variables != nil {
		body["variables"] = variables
	}
	text, _ := json.Marshal(body) // plain values always marshal
	return "    curl -s " + url + "/graphql -H 'content-type: application/json' -d '" + strings.ReplaceAll(string(text), "'", `'\''`) + "'"
}

// row keeps the order of features in JSON.
type row []struct {
	name  string
	value any
}

// MarshalJSON writes an object.
func (r row) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	b.WriteByte('{')
	for i, f := range r {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(f.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(f.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return []byte(b.String()), nil
}

// exampleRow makes a row that the signature accepts.
func exampleRow(s *augur.Signature) row {
	var r row
	for _, f := range s.Features {
		n := int64(1)
		for _, d := range f.Shape {
			n *= max(d.Size, 1)
		}
		value := exampleValue(f)
		if len(f.Shape) > 0 {
			list := make([]any, n)
			for i := range list {
				list[i] = value
			}
			value = list
		}
		r = append(r, struct {
			name  string
			value any
		}{f.Name, value})
	}
	return r
}

func exampleValue(f augur.Feature) any {
	low, high := 0.0, 1.0
	if f.Range != nil && f.Range.Min != nil {
		low, high = *f.Range.Min, *f.Range.Min+1
	}
	if f.Range != nil && f.Range.Max != nil {
		high = *f.Range.Max
		low = min(low, high)
	}
	switch {
	case len(f.OneOf) > 0:
		return f.OneOf[0]
	case f.Default != nil:
		return f.Default
	case f.DType == augur.Bool:
		return false
	case f.DType == augur.String:
		return ""
	case f.DType.Integer():
		return int64(low)
	default:
		return (low + high) / 2
	}
}
