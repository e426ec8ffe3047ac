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
	ts := httptest.NewServer(web.Playground())
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

func TestPageAndAllItsAssets(t *testing.T) {
	res, page := get(t, "GET", "/playground/")
	if res.StatusCode != 200 || !strings.Contains(page, "Augur Playground") || res.Header.Get("Cache-Control") != "no-cache" {
		t.Fatalf("%d %v", res.StatusCode, res.Header)
	}
	if strings.Contains(page, "http://") || strings.Contains(page, "https://") {
		t.Error("the page names another server")
	}
	assets := regexp.MustCompile(`(?:src|href)="\./([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(assets) < 3 {
		t.Fatalf("assets of the page: %v", assets)
	}
	for _, a := range assets {
		packed, _ := get(t, "GET", "/playground/"+a[1], "Accept-Encoding", "br, gzip")
		if packed.StatusCode != 200 || packed.Header.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s: %d, encoded as %q", a[1], packed.StatusCode, packed.Header.Get("Content-Encoding"))
		}
		plain, body := get(t, "GET", "/playground/"+a[1], "Accept-Encoding", "gzip;q=0")
		if plain.StatusCode != 200 || plain.Header.Get("Content-Encoding") != "" || body == "" {
			t.Errorf("%s: %d, encoded as %q", a[1], plain.StatusCode, plain.Header.Get("Content-Encoding"))
		}
		if strings.HasSuffix(a[1], ".js") && !strings.HasPrefix(plain.Header.Get("Content-Type"), "text/javascript") {
			t.Errorf("%s: Content-Type %q", a[1], plain.Header.Get("Content-Type"))
		}
	}
}

func TestHeaders(t *testing.T) {
	res, _ := get(t, "GET", "/playground/")
	if policy := res.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'self'") || strings.Contains(policy, "unsafe-eval") {
		t.Errorf("policy %q", policy)
	}
	again, _ := get(t, "GET", "/playground/", "If-None-Match", res.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("asked again with the ETag: %d", again.StatusCode)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	for path, status := range map[string]int{
		"/playground/none.js":            404,
		"/playground/assets/":            404,
		"/playground/assets":             404,
		"/playground/../embed.go":        404,
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
