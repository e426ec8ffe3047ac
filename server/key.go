package server

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"augur"
)

// sealingKey is the setting webhooks.key, or what is kept in its place in
// webhooks.key of data.dir, which is made when it is missing. The error is
// FailedPrecondition.
func (c *Config) sealingKey() ([]byte, error) {
	if key := c.Webhooks.Key.Reveal(); key != "" {
		return []byte(key), nil
	}
	path := filepath.Join(c.Data.Dir, "webhooks.key")
	key, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		key, err = makeKey(path)
	}
	if err != nil {
		return nil, augur.Wrap(augur.FailedPrecondition, err, "the key file %s can be neither read nor made", path)
	}
	return key, nil
}

// makeKey writes a new key in one step, so that a file that is there is whole;
// of two servers that start together the first wins.
func makeKey(path string) (key []byte, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails: see crypto/rand
	file, err := os.CreateTemp(filepath.Dir(path), ".key-*")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(file.Name()) }()
	_, err = file.WriteString(base64.StdEncoding.EncodeToString(raw) + "\n")
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(file.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return os.ReadFile(path)
}
