package server

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"augur"
	"augur/internal/s3test"
	"augur/registry/blob"
)

func contentRange(from, to, total int64) http.Header {
	return http.Header{"Content-Range": {fmt.Sprintf("bytes %d-%d/%d", from, to-1, total)}}
}

func TestUploadInParts(t *testing.T) {
	s := newSite(t, nil, nil)
	const text = "the bytes of a model"
	path, total := "/artifacts/"+string(digestOf(text)), int64(len(text))

	res, body := s.send(t, http.MethodPut, path, contentRange(0, 9, total), strings.NewReader(text[:9]))
	if res.StatusCode != http.StatusAccepted || res.Header.Get("Upload-Offset") != "9" || !strings.Contains(body, `"received":9,"size":20`) {
		t.Errorf("the first part: %d %v %s", res.StatusCode, res.Header, body)
	}
	res, _ = s.send(t, http.MethodHead, path, nil, nil)
	if res.StatusCode != http.StatusNotFound || res.Header.Get("Upload-Offset") != "9" {
		t.Errorf("HEAD: %d %v", res.StatusCode, res.Header)
	}
	res, body = s.send(t, http.MethodPut, path, contentRange(12, total, total), strings.NewReader(text[12:]))
	if res.StatusCode != http.StatusConflict || res.Header.Get("Upload-Offset") != "9" || !strings.Contains(problemOf(t, body).Message, "stands at 9 bytes") {
		t.Errorf("a gap: %d %v %s", res.StatusCode, res.Header, body)
	}
	res, body = s.send(t, http.MethodPut, path, contentRange(9, total, total), strings.NewReader(text[9:]))
	if res.StatusCode != http.StatusCreated || !strings.Contains(body, `"size":20,"created":true`) {
		t.Errorf("the rest: %d %s", res.StatusCode, body)
	}
	if res, body = s.send(t, http.MethodGet, path, nil, nil); res.StatusCode != http.StatusOK || body != text || res.Header.Get("Upload-Offset") != "" {
		t.Errorf("GET: %d %q %v", res.StatusCode, body, res.Header)
	}
}

func TestUploadInPartsRefuses(t *testing.T) {
	s := newSite(t, func(c *Config) { c.Artifacts.MaxSize = 64 }, nil)
	path := "/artifacts/" + string(digestOf("x"))
	for _, tc := range []struct {
		header, body string
		status       int
	}{
		{"bytes 0-0/1", "y", 400},
		{"bytes 0-1/2", "x", 400},
		{"bytes 0-0/65", "x", 413},
		{"bytes 0-0/*", "x", 400},
		{"bytes 1-0/2", "", 400},
		{"bytes 0-2/2", "xyz", 400},
		{"bytes */1", "", 409},
		{"bytes */-1", "", 400},
		{"lines 0-0/1", "x", 400},
		{"bytes 0-99999999999999999999/99999999999999999999", "x", 400},
		{"bytes", "x", 400},
	} {
		res, body := s.send(t, http.MethodPut, path, http.Header{"Content-Range": {tc.header}}, strings.NewReader(tc.body))
		if problemOf(t, body); res.StatusCode != tc.status {
			t.Errorf("%s: %d %s", tc.header, res.StatusCode, body)
		}
	}
}

// noise is endless pseudo-random bytes that take no memory.
func noise() io.Reader { return rand.NewChaCha8([32]byte{2}) }

// TestLargeUploadTakesLittleMemory sends 300 MB, or as many bytes as
// AUGUR_TEST_UPLOAD_BYTES says, cuts the connection half way, and continues.
// The memory is that of the whole process, by the system's own account.
func TestLargeUploadTakesLittleMemory(t *testing.T) {
	total := int64(300 << 20)
	if text := os.Getenv("AUGUR_TEST_UPLOAD_BYTES"); text != "" {
		var err error
		if total, err = strconv.ParseInt(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	if testing.Short() {
		t.Skip("writes 300 MB")
	}
	t.Run("directory", func(t *testing.T) { largeUpload(t, total, nil) })
	for name, key := range map[string]augur.Secret{"object storage": "", "encrypted object storage": "a key of the tests"} {
		t.Run(name, func(t *testing.T) {
			remote, err := blob.OpenRemote(augur.Secret(s3test.Start(t).URL))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = remote.Close() }()
			if key != "" {
				if remote, err = blob.Seal(remote, key); err != nil {
					t.Fatal(err)
				}
			}
			store, err := blob.Open(blob.Config{Dir: t.TempDir(), MaxSize: total, Remote: remote})
			if err != nil {
				t.Fatal(err)
			}
			largeUpload(t, total, store)
		})
	}
}

func largeUpload(t *testing.T, total int64, store artifactStore) {
	s := newSite(t, func(c *Config) { c.Artifacts.MaxSize = Size(total) }, store)
	sum := sha256.New()
	if _, err := io.CopyN(sum, noise(), total); err != nil {
		t.Fatal(err)
	}
	path := "/artifacts/" + string(augur.DigestOf(sum.Sum(nil)))
	debug.FreeOSMemory()
	// 5 sets the peak back to what is resident now: proc_pid_clear_refs(5).
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		t.Skipf("the system does not say how much memory was used at most: %v", err)
	}
	before := memory(t, "VmRSS")

	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_, _ = fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: localhost\r\nContent-Range: bytes 0-%d/%d\r\nContent-Length: %d\r\n\r\n", path, total-1, total, total)
	_, err = io.CopyN(conn, noise(), total/2)
	_ = conn.Close()
	if err != nil {
		t.Fatal(err)
	}
	// The server has yet to notice that the client went away.
	var res *http.Response
	var body string
	for until := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		res, _ = s.send(t, http.MethodHead, path, nil, nil)
		offset, _ := strconv.ParseInt(res.Header.Get("Upload-Offset"), 10, 64)
		rest := noise()
		if _, err := io.CopyN(io.Discard, rest, offset); err != nil {
			t.Fatal(err)
		}
		r := contentRange(offset, total, total)
		r.Set("Expect", "100-continue")
		res, body = s.send(t, http.MethodPut, path, r, sized{io.LimitReader(rest, total-offset), total - offset})
		if res.StatusCode == http.StatusCreated {
			if offset < total/4 {
				t.Errorf("only %d bytes of the first request were kept", offset)
			}
			break
		}
		if time.Now().After(until) {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
	}
	grown := memory(t, "VmHWM") - before
	t.Logf("%d MB uploaded: the process grew by %d MB at most", total/1e6, grown/1e6)
	if grown > 100e6 {
		t.Errorf("the process grew by %d MB", grown/1e6)
	}
}

// sized is a body whose length is known.
type sized struct {
	io.Reader
	n int64
}

// memory reads one figure of /proc/self/status, in bytes.
func memory(t *testing.T, name string) int64 {
	t.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(name + `:\s+(\d+) kB`).FindSubmatch(text)
	if found == nil {
		t.Fatalf("no %s in %s", name, bytes.TrimSpace(text))
	}
	kb, _ := strconv.ParseInt(string(found[1]), 10, 64)
	return kb << 10
}
