package augurtest

import (
	"bytes"
	"crypto/sha256"
	"io"
	"testing"

	"augur"
)

// Digest is the digest of some bytes.
func Digest(content []byte) augur.Digest {
	sum := sha256.Sum256(content)
	return augur.DigestOf(sum[:])
}

// Upload uploads an artifact and returns its digest.
func Upload(t testing.TB, s *Server, content []byte) augur.Digest {
	t.Helper()
	digest := Digest(content)
	_, err := s.Client.UploadArtifact(t.Context(), digest, int64(len(content)), func(offset int64) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(content[offset:])), nil
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return digest
}
