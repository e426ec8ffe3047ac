package server

import (
	"context"
	"errors"

	"augur"
	"augur/inference/onnx"
	"augur/registry"
	"augur/store"
)

// CreateKey makes an API key in the record of a configuration, without a server
// and whoever asks: the first key, or one for who has lost theirs. Who may read
// and write the record may do everything anyway. The errors are those of
// registry.KeyCreate.
func CreateKey(ctx context.Context, cfg Config, in registry.KeyCreate) (id, secret string, err error) {
	database, err := store.Open(ctx, cfg.store(nil))
	if err != nil {
		return "", "", err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	files, closeFiles, err := cfg.openFiles()
	if err != nil {
		return "", "", err
	}
	defer func() { err = errors.Join(err, closeFiles()) }()
	c, err := cfg.registry()
	if err != nil {
		return "", "", err
	}
	records, err := registry.New(c, registry.Deps{Store: database, Blobs: files, Prober: onnx.Prober{}})
	if err != nil {
		return "", "", err
	}
	ctx = augur.WithPrincipal(ctx, &augur.Principal{Name: "local", Scopes: []augur.Scope{augur.ScopeAdmin}})
	return records.KeyCreate(ctx, in)
}

// NewKey is a key as a command line asks for it: scopes are words such as
// registry:read.
type NewKey = registry.KeyCreate
