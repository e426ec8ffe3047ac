package registry

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"augur"
)

// Sealer encrypts what the record keeps of secrets that must be used again, as
// those that webhooks are signed with. It is safe for concurrent use.
type Sealer struct {
	aead cipher.AEAD
	// name tells keys apart without telling them.
	name string
}

// NewSealer makes a Sealer of a key of at least 16 bytes.
func NewSealer(key []byte) (*Sealer, error) {
	if len(key) < 16 {
		return nil, augur.Errorf(augur.InvalidArgument, "expected a key of at least 16 bytes, got %d", len(key))
	}
	derived := sha256.Sum256(append([]byte("augur seal 1\x00"), key...))
	block, err := aes.NewCipher(derived[:])
	if err != nil {
		return nil, augur.Wrap(augur.Internal, err, "internal error")
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, augur.Wrap(augur.Internal, err, "internal error")
	}
	named := sha256.Sum256(derived[:])
	return &Sealer{aead: aead, name: hex.EncodeToString(named[:4])}, nil
}

// Seal encrypts a text for one owner, the id of the row that keeps it: sealed
// text moved to another row does not open.
func (s *Sealer) Seal(owner, text string) string {
	nonce := make([]byte, s.aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails: see crypto/rand
	return "1." + s.name + "." + base64.RawStdEncoding.EncodeToString(s.aead.Seal(nonce, nonce, []byte(text), []byte(owner)))
}

// Open decrypts what Seal made. The error is FailedPrecondition when that was
// with another key.
func (s *Sealer) Open(owner, sealed string) (string, error) {
	version, rest, _ := strings.Cut(sealed, ".")
	name, text, _ := strings.Cut(rest, ".")
	if version == "1" && name != s.name {
		return "", augur.Errorf(augur.FailedPrecondition, "the secret was sealed with another key: every server of one record needs the same webhooks.key")
	}
	raw, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil || version != "1" || len(raw) < s.aead.NonceSize() {
		return "", augur.Errorf(augur.FailedPrecondition, "the sealed secret is damaged")
	}
	plain, err := s.aead.Open(nil, raw[:s.aead.NonceSize()], raw[s.aead.NonceSize():], []byte(owner))
	if err != nil {
		return "", augur.Errorf(augur.FailedPrecondition, "the sealed secret is damaged")
	}
	return string(plain), nil
}
