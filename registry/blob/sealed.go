package blob

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"augur"

	"github.com/tink-crypto/tink-go/v2/streamingaead/subtle"
)

// The form of a sealed artifact: Tink's AES256_GCM_HKDF_1MB, with the digest as
// associated data, so that one cannot stand for another.
// https://developers.google.com/tink/streaming-aead/aes_gcm_hkdf_streaming
const (
	sealedSegment = 1 << 20
	sealedHeader  = 1 + 32 + 7
	sealedTag     = subtle.AESGCMHKDFTagSizeInBytes
)

// minKey is the least length of a key, in bytes.
const minKey = 16

// Seal returns a remote in which artifacts are encrypted. Digests and sizes stay
// those of the plain bytes. The error is InvalidArgument for a key of less than
// 16 bytes. Get reports FailedPrecondition, at its first read at the latest, for
// what cannot be decrypted with this key.
func Seal(to Remote, key augur.Secret) (Remote, error) {
	text := key.Reveal()
	if len(text) < minKey {
		return nil, augur.Errorf(augur.InvalidArgument, "expected a key of at least %d bytes, got %d", minKey, len(text))
	}
	main, err := hkdf.Key(sha256.New, []byte(text), nil, "augur artifacts", 32)
	if err != nil {
		return nil, augur.Wrap(augur.Internal, err, "the key of artifacts cannot be derived")
	}
	aead, err := subtle.NewAESGCMHKDF(main, "SHA256", 32, sealedSegment, 0)
	if err != nil {
		return nil, augur.Wrap(augur.Internal, err, "the encryption of artifacts cannot be set up")
	}
	return &sealed{Remote: to, aead: aead}, nil
}

// sealed is a remote behind an encryption.
type sealed struct {
	Remote
	aead *subtle.AESGCMHKDF
}

// sealedSize is how many bytes size plain ones become, and plainSize the inverse.
func sealedSize(size int64) int64 {
	const each = sealedSegment - sealedTag
	segments := max((size+sealedHeader+each-1)/each, 1)
	return size + sealedHeader + segments*sealedTag
}

func plainSize(size int64) int64 {
	segments := (size + sealedSegment - 1) / sealedSegment
	return max(size-sealedHeader-segments*sealedTag, 0)
}

// Put encrypts on the way.
func (s *sealed) Put(ctx context.Context, digest augur.Digest, r io.Reader, size int64) error {
	out, in := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		w, err := s.aead.NewEncryptingWriter(in, []byte(digest))
		if err == nil {
			_, err = io.Copy(struct{ io.Writer }{w}, struct{ io.Reader }{r})
		}
		if err == nil {
			err = w.Close()
		}
		_ = in.CloseWithError(err) // never fails; nil is the end
	}()
	err := s.Remote.Put(ctx, digest, out, sealedSize(size))
	_ = out.CloseWithError(io.ErrClosedPipe) // never fails; ends the goroutine
	<-done
	return err
}

// Get decrypts on the way.
func (s *sealed) Get(ctx context.Context, digest augur.Digest) (io.ReadCloser, error) {
	body, err := s.Remote.Get(ctx, digest)
	if err != nil {
		return nil, err
	}
	from := &source{r: body}
	plain, err := s.aead.NewDecryptingReader(from, []byte(digest))
	if err != nil {
		_ = body.Close()
		return nil, unsealed(digest, from, err)
	}
	return &unsealing{Closer: body, plain: plain, from: from, digest: digest}, nil
}

// Stat tells the size of the plain bytes.
func (s *sealed) Stat(ctx context.Context, digest augur.Digest) (Info, error) {
	info, err := s.Remote.Stat(ctx, digest)
	info.Size = plainSize(info.Size)
	return info, err
}

// List tells the sizes of the plain bytes.
func (s *sealed) List(ctx context.Context, each func(Info) error) error {
	return s.Remote.List(ctx, func(i Info) error {
		i.Size = plainSize(i.Size)
		return each(i)
	})
}

// unsealing is an artifact that is decrypted while it is read.
type unsealing struct {
	io.Closer
	plain  io.Reader
	from   *source
	digest augur.Digest
}

func (u *unsealing) Read(p []byte) (int, error) {
	n, err := u.plain.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = unsealed(u.digest, u.from, err)
	}
	return n, err
}

// unsealed is why decrypting failed: the storage's fault, or the key's.
func unsealed(digest augur.Digest, from *source, err error) error {
	if from.err != nil {
		return from.err
	}
	return &sealError{fmt.Errorf("the artifact %s cannot be decrypted: artifacts.key is not what it was encrypted with, or its bytes have changed: %w", digest, err)}
}

// sealError tells what cannot be decrypted from a connection that broke.
type sealError struct{ error }
