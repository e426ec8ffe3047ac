package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"augur/web"
)

func get(t *testing.T, method, path string, header ...string) (*http.Response, string) {
	t.Helper()
	ts := httptest.NewServer(web.Pages())
	t.Cleanup(ts.Close)
	req, err := http.NewRequest(method, ts.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	// A transport of our own: the default one adds Accept-Encoding and unpacks.
	res, err := (&http.Transport{DisableCompression: true}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res, string(body)
}

func TestPagesAndAllTheirAssets(t *testing.T) {
	for path, title := range map[string]string{"/": "<title>Augur</title>", "/playground/": "Augur Playground"} {
		res, page := get(t, "GET", path)
		if res.StatusCode != 200 || !strings.Contains(page, title) || res.Header.Get("Cache-Control") != "no-cache" {
			t.Fatalf("%s: %d %v", path, res.StatusCode, res.Header)
		}
		if strings.Contains(page, "http://") || strings.Contains(page, "https://") {
			t.Errorf("%s names another server", path)
		}
		assets := regexp.MustCompile(`(?:src|href)="\.{1,2}/([^"]+)"`).FindAllStringSubmatch(page, -1)
		if len(assets) < 3 {
			t.Fatalf("assets of %s: %v", path, assets)
		}
		for _, a := range assets {
			packed, _ := get(t, "GET", "/"+a[1], "Accept-Encoding", "br, gzip")
			if packed.StatusCode != 200 || packed.Header.Get("Content-Encoding") != "gzip" {
				t.Errorf("%s: %d, encoded as %q", a[1], packed.StatusCode, packed.Header.Get("Content-Encoding"))
			}
			plain, body := get(t, "GET", "/"+a[1], "Accept-Encoding", "gzip;q=0")
			if plain.StatusCode != 200 || plain.Header.Get("Content-Encoding") != "" || body == "" {
				t.Errorf("%s: %d, encoded as %q", a[1], plain.StatusCode, plain.Header.Get("Content-Encoding"))
			}
			if strings.HasSuffix(a[1], ".js") && !strings.HasPrefix(plain.Header.Get("Content-Type"), "text/javascript") {
				t.Errorf("%s: Content-Type %q", a[1], plain.Header.Get("Content-Type"))
			}
		}
	}
}

// TestFirstPageIsSmall: all that the dashboard's first page loads, compressed.
func TestFirstPageIsSmall(t *testing.T) {
	_, page := get(t, "GET", "/")
	size := len(page)
	for _, a := range regexp.MustCompile(`(?:src|href)="\./([^"]+)"`).FindAllStringSubmatch(page, -1) {
		_, body := get(t, "GET", "/"+a[1], "Accept-Encoding", "gzip")
		size += len(body)
	}
	t.Logf("%d bytes", size)
	if size > 200_000 {
		t.Errorf("the first page is %d bytes, want no more than 200,000", size)
	}
}

func TestHeaders(t *testing.T) {
	for path, inline := range map[string]bool{"/": false, "/playground/": true} {
		res, _ := get(t, "GET", path)
		policy := res.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'self'") || strings.Contains(policy, "unsafe-eval") || strings.Contains(policy, "unsafe-inline") != inline {
			t.Errorf("%s: policy %q", path, policy)
		}
		again, _ := get(t, "GET", path, "If-None-Match", res.Header.Get("ETag"))
		if again.StatusCode != http.StatusNotModified {
			t.Errorf("%s asked again with the ETag: %d", path, again.StatusCode)
		}
	}
}

func TestWhatIsNotThere(t *testing.T) {
	for path, status := range map[string]int{
		"/playground/none.js":            404,
		"/playground/assets/":            404,
		"/playground/assets":             404,
		"/playground/../embed.go":        404,
		"/assets/":                       404,
		"/assets/none.js":                404,
		"/embed.go":                      404,
		"/index.html.gz":                 404,
		"/playground/%2e%2e/embed.go":    404,
		"/playground/index.html.gz":      404,
		"/playground/assets/../../x":     404,
		"/playground/index.html":         200,
		"/playground/%00":                404,
		"/playground//etc/passwd":        404,
		"/playground/assets/%2e%2e%2f..": 404,
	} {
		if res, _ := get(t, "GET", path); res.StatusCode != status {
			t.Errorf("%s: %d, want %d", path, res.StatusCode, status)
		}
	}
	if res, _ := get(t, "POST", "/playground/"); res.StatusCode != 405 {
		t.Errorf("POST: %d", res.StatusCode)
	}
	if res, body := get(t, "HEAD", "/playground/"); res.StatusCode != 200 || body != "" {
		t.Errorf("HEAD: %d %q", res.StatusCode, body)
	}
}
