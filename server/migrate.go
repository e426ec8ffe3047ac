package server

import (
	"context"

	"augur/store"
)

// Migrations are the steps of the record with this configuration.
func Migrations(ctx context.Context, cfg Config) ([]store.Migration, error) {
	return store.Migrations(ctx, cfg.store(nil))
}

// MigrateTo brings the record to a step, 0 to the newest. See store.MigrateTo.
func MigrateTo(ctx context.Context, cfg Config, version int64) ([]store.Migration, error) {
	if version == 0 {
		version = store.Newest
	}
	return store.MigrateTo(ctx, cfg.store(nil), version)
}
