package server

import (
	"net/http"
	"strings"
	"testing"

	"augur"
)

func TestHealthAndReady(t *testing.T) {
	s := newSite(t, nil, nil)
	for path, want := range map[string]string{
		"/health":  `{"status":"ok"}`,
		"/ready":   `{"ready":true,"checks":{}}`,
		"/metrics": "augur_build_info",
	} {
		if res, body := s.send(t, http.MethodGet, path, nil, nil); res.StatusCode != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
		if res, body := s.send(t, http.MethodPost, path, nil, nil); res.StatusCode != http.StatusMethodNotAllowed || res.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("POST %s: %d %s", path, res.StatusCode, body)
		}
	}
}

func TestPaths(t *testing.T) {
	s := newSite(t, nil, nil)
	for path, want := range map[string]int{"/": 200, "/icon.svg": 200, "/playground": 307, "/playground/": 200, "/graphql": 200, "/nothing": 404, "/graphql/x": 404, "/%2e%2e/": 404} {
		res, body := s.send(t, http.MethodGet, path, nil, nil)
		if res.StatusCode != want {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
		if want == 404 {
			problemOf(t, body)
		}
	}
	for _, c := range []struct {
		dashboard, playground bool
		want                  map[string]int
	}{
		{true, false, map[string]int{"/": 200, "/playground/": 404, "/icon.svg": 200}},
		{false, true, map[string]int{"/": 302, "/playground/": 200, "/icon.svg": 200}},
		{false, false, map[string]int{"/": 404, "/playground/": 404, "/icon.svg": 404}},
	} {
		s := newSite(t, func(cfg *Config) { cfg.HTTP.Dashboard, cfg.GraphQL.Playground = c.dashboard, c.playground }, nil)
		for path, want := range c.want {
			if res, _ := s.send(t, http.MethodGet, path, nil, nil); res.StatusCode != want {
				t.Errorf("dashboard %v, playground %v: %s: %d, want %d", c.dashboard, c.playground, path, res.StatusCode, want)
			}
		}
	}
}

func TestPanicsBecomeProblems(t *testing.T) {
	s := newSite(t, nil, nil)
	res, body := s.send(t, http.MethodPost, "/graphql", http.Header{"X-Panic": {"1"}}, nil)
	if p := problemOf(t, body); res.StatusCode != http.StatusInternalServerError || p.Code != augur.Internal || strings.Contains(body, "secret") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	if log := s.log.String(); !strings.Contains(log, "a secret thing went wrong") || !strings.Contains(log, "routes_test.go") && !strings.Contains(log, "artifacts_test.go") {
		t.Errorf("the log lacks the panic and its stack: %s", log)
	}
	if res, _ := s.send(t, http.MethodGet, "/graphql", nil, nil); res.StatusCode != http.StatusOK {
		t.Errorf("afterwards: %d", res.StatusCode)
	}
}

// TestHosts: a page whose name was pointed at 127.0.0.1 is refused by its name.
func TestHosts(t *testing.T) {
	local := newSite(t, func(c *Config) { c.HTTP.Hosts = []string{"augur.lan"} }, nil)
	open := newSite(t, func(c *Config) { c.HTTP.AllowAnonymous = true }, nil)
	for host, want := range map[string]int{
		"127.0.0.1:8080": 200, "localhost": 200, "LOCALHOST:1": 200, "app.localhost:80": 200, "[::1]:8080": 200, "192.0.2.7": 200, "augur.lan:8080": 200, "localhost.": 200,
		"evil.example": 421, "evil.example:8080": 421, "localhost.evil.example": 421, "127.0.0.1.evil.example": 421,
	} {
		if res, body := local.send(t, http.MethodGet, "/graphql", http.Header{"Host": {host}}, nil); res.StatusCode != want {
			t.Errorf("%s: %d %s", host, res.StatusCode, body)
		}
		if res, _ := open.send(t, http.MethodGet, "/graphql", http.Header{"Host": {host}}, nil); res.StatusCode != http.StatusOK {
			t.Errorf("%s, any allowed: %d", host, res.StatusCode)
		}
	}
}

func TestOrigins(t *testing.T) {
	s := newSite(t, func(c *Config) { c.HTTP.TrustedOrigins = []string{"https://dash.example"} }, nil)
	for _, tc := range []struct {
		name, method string
		header       http.Header
		want         int
	}{
		{"a program", "POST", nil, 200},
		{"a page of another origin", "POST", http.Header{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}}, 403},
		{"an old browser", "POST", http.Header{"Origin": {"https://evil.example"}}, 403},
		{"our own page", "POST", http.Header{"Sec-Fetch-Site": {"same-origin"}}, 200},
		{"a trusted page", "POST", http.Header{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://dash.example"}}, 200},
		{"a link", "GET", http.Header{"Sec-Fetch-Site": {"cross-site"}, "Sec-Fetch-Mode": {"navigate"}}, 200},
		{"an image elsewhere", "GET", http.Header{"Sec-Fetch-Site": {"cross-site"}, "Sec-Fetch-Mode": {"no-cors"}}, 403},
	} {
		res, body := s.send(t, tc.method, "/graphql", tc.header, nil)
		if res.StatusCode != tc.want {
			t.Errorf("%s: %d %s", tc.name, res.StatusCode, body)
		}
		if tc.want == 403 && problemOf(t, body).Code != augur.PermissionDenied {
			t.Errorf("%s: %s", tc.name, body)
		}
	}
}

func TestExampleRowIsOneThatTheSignatureAccepts(t *testing.T) {
	num := func(f float64) *float64 { return &f }
	r := exampleRow(&augur.Signature{Features: []augur.Feature{
		{Name: "curvature", DType: augur.Float32, Range: &augur.Range{Min: num(0), Max: num(1)}},
		{Name: "lighting", DType: augur.String, OneOf: []any{"day", "it's night"}},
		{Name: "lanes", DType: augur.Int64, Range: &augur.Range{Min: num(1)}},
		{Name: "holiday", DType: augur.Bool},
		{Name: "depth", DType: augur.Float64, Range: &augur.Range{Max: num(-3)}},
		{Name: "pixels", DType: augur.Float32, Shape: []augur.Dim{{Size: 2}}},
	}})
	got := curl("http://h", "q", map[string]any{"row": r})
	want := `    curl -s http://h/graphql -H 'content-type: application/json' -d '{"query":"q","variables":{"row":{"curvature":0.5,"lighting":"day","lanes":1,"holiday":false,"depth":-3,"pixels":[0.5,0.5]}}}'`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
