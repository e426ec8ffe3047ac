package deploy

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestNginx: nginx itself takes its file. Only what stands on this machine
// elsewhere, or is not there, is another: the certificate, temporary files, and
// the servers' names.
func TestNginx(t *testing.T) {
	dir := t.TempDir()
	certificate(t, dir)
	text := strings.NewReplacer(
		"/etc/nginx/tls/", dir+"/", "/tmp/", dir+"/", "/dev/stdout", dir+"/access.log",
		"augur-1:", "127.0.0.1:1", "augur-2:", "127.0.0.1:2", "augur-3:", "127.0.0.1:3",
	).Replace(string(read(t, at("nginx", "nginx.conf"))))
	path := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), need(t, "nginx"), "-t", "-p", dir, "-c", path).CombinedOutput()
	if err != nil || strings.Contains(string(out), "[warn]") {
		t.Errorf("%v\n%s", err, out)
	}
}

// certificate writes one for localhost: tls.crt and tls.key.
func certificate(t *testing.T, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"tls.crt": {Type: "CERTIFICATE", Bytes: der}, "tls.key": {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
