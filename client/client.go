package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"augur"
)

// DefaultURL is where a server with default settings listens.
const DefaultURL = "http://127.0.0.1:8080"

// Config says which server to speak to.
type Config struct {
	// URL is the server's base, as in http://127.0.0.1:8080; "" means DefaultURL.
	URL string
	// HTTP sends the requests; nil means a client of its own with the standard
	// library's transport. Deadlines come from contexts.
	HTTP *http.Client
	// Attempts is how often a request that may be repeated is sent at most;
	// zero means 4.
	Attempts int
	// Pause is the pause before the second attempt, doubled before each further
	// one; zero means 200 ms. A hint of the server is heeded instead.
	Pause time.Duration
	// Token is sent with every request: an API key or a JWT. "" sends none.
	Token augur.Secret
	// UserAgent names the program to the server; "" means augur-client.
	UserAgent string
}

// Client speaks to one server. It may be used from any number of goroutines.
type Client struct {
	cfg  Config
	base *url.URL
}

// New returns a client; it connects to nothing yet. It fails with
// InvalidArgument for a URL that is not http or https.
func New(cfg Config) (*Client, error) {
	if cfg.URL == "" {
		cfg.URL = DefaultURL
	}
	base, err := url.Parse(cfg.URL)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return nil, augur.Errorf(augur.InvalidArgument, "server %q: expected a URL such as %s", cfg.URL, DefaultURL)
	}
	if cfg.HTTP == nil {
		cfg.HTTP = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
	}
	if cfg.Attempts == 0 {
		cfg.Attempts = 4
	}
	if cfg.Pause == 0 {
		cfg.Pause = 200 * time.Millisecond
	}
	if cfg.UserAgent == "" {
		cfg.UserAgent = "augur-client"
	}
	return &Client{cfg: cfg, base: base}, nil
}

// URL returns the server's base.
func (c *Client) URL() string { return strings.TrimSuffix(c.base.String(), "/") }

// Close closes the connections that are idle.
func (c *Client) Close() { c.cfg.HTTP.CloseIdleConnections() }

// Query sends an operation that may be repeated without harm: a query, or a
// mutation that only predicts. out, a pointer or nil, gets the data. When the
// answer has errors the first is returned, and out holds what data there is.
func (c *Client) Query(ctx context.Context, document string, variables map[string]any, out any) error {
	return c.graphQL(ctx, document, variables, out, true)
}

// Mutate sends an operation that changes something. See Query.
func (c *Client) Mutate(ctx context.Context, document string, variables map[string]any, out any) error {
	return c.graphQL(ctx, document, variables, out, false)
}

func (c *Client) graphQL(ctx context.Context, document string, variables map[string]any, out any, repeat bool) error {
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		return augur.Errorf(augur.InvalidArgument, "the variables cannot be written as JSON: %w", err)
	}
	return c.attempt(ctx, repeat, func() error {
		req, err := c.request(ctx, http.MethodPost, "graphql", bytes.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Accept", "application/graphql-response+json, application/json;q=0.9")
		res, err := c.cfg.HTTP.Do(req)
		if err != nil {
			return unreachable(c, err)
		}
		defer func() { _ = res.Body.Close() }()
		text, err := io.ReadAll(res.Body)
		if err != nil {
			return unreachable(c, err)
		}
		var answer struct {
			Data   json.RawMessage `json:"data"`
			Errors []graphQLError  `json:"errors"`
		}
		if err := json.Unmarshal(text, &answer); err != nil || answer.Data == nil && len(answer.Errors) == 0 {
			return problem(res, text)
		}
		if out != nil && len(answer.Data) > 0 && string(answer.Data) != "null" {
			dec := json.NewDecoder(bytes.NewReader(answer.Data))
			dec.UseNumber()
			if err := dec.Decode(out); err != nil {
				return augur.Wrap(augur.Internal, err, "the server's answer has an unexpected form")
			}
		}
		if len(answer.Errors) > 0 {
			return answer.Errors[0].error(res)
		}
		return nil
	})
}

// Health asks GET /health. A nil error means that the server is alive.
func (c *Client) Health(ctx context.Context) error {
	req, err := c.request(ctx, http.MethodGet, "health", nil)
	if err != nil {
		return err
	}
	res, err := c.cfg.HTTP.Do(req)
	if err != nil {
		return unreachable(c, err)
	}
	defer func() { _ = res.Body.Close() }()
	text, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10)) // it only adds to the error
	if res.StatusCode != http.StatusOK {
		return problem(res, text)
	}
	return nil
}

func (c *Client) request(ctx context.Context, method, path string, body io.Reader) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base.JoinPath(path).String(), body)
	if err != nil {
		return nil, augur.Wrap(augur.InvalidArgument, err, "the request cannot be made")
	}
	req.Header.Set("User-Agent", c.cfg.UserAgent)
	if c.cfg.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.cfg.Token.Reveal())
	}
	if id := augur.RequestIDFrom(ctx); id != "" {
		req.Header.Set("X-Request-Id", id)
	}
	return req, nil
}

// attempt calls send until it succeeds, fails for good, or has failed often
// enough. Without repeat it is called again only after a refused connection.
func (c *Client) attempt(ctx context.Context, repeat bool, send func() error) error {
	pause := c.cfg.Pause
	for n := 1; ; n++ {
		err := send()
		if err == nil || n >= c.cfg.Attempts || ctx.Err() != nil {
			return err
		}
		again := errors.Is(err, syscall.ECONNREFUSED)
		if repeat {
			code := augur.CodeOf(err)
			again = again || code == augur.Unavailable || code == augur.ResourceExhausted
		}
		if !again {
			return err
		}
		wait := pause/2 + rand.N(pause) // spread, so that clients do not come back together
		if hint := augur.AsError(err).RetryAfter; hint > 0 {
			wait = hint
		}
		select {
		case <-time.After(wait):
			pause *= 2
		case <-ctx.Done():
			return err
		}
	}
}

// unreachable is the error of a request that got no answer.
func unreachable(c *Client, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return augur.AsError(err)
	}
	cause := err
	if u, ok := errors.AsType[*url.Error](err); ok {
		cause = u.Err
	}
	if _, ok := errors.AsType[*net.OpError](err); ok && errors.Is(err, syscall.ECONNREFUSED) {
		return augur.Wrap(augur.Unavailable, cause, "nothing listens at %s", c.URL())
	}
	return augur.Wrap(augur.Unavailable, cause, "the server at %s cannot be reached", c.URL())
}
