package cachetest_test

import (
	"bytes"
	"context"
	"sync"
	"testing"
	"time"

	"augur"
	"augur/inference"
	"augur/inference/cachetest"
)

// table is the plainest SharedCache: the suite must hold of it.
type table struct {
	mu     sync.Mutex // guards values
	values map[question]value
}

type question struct {
	artifact augur.Digest
	key      inference.Key
}

type value struct {
	bytes   []byte
	expires time.Time
}

func (c *table) GetMany(ctx context.Context, artifact augur.Digest, keys []inference.Key) [][]byte {
	values := make([][]byte, len(keys))
	for i, key := range keys {
		if ctx.Err() == nil {
			values[i], _ = c.Get(ctx, artifact, key)
		}
	}
	return values
}

func (c *table) Get(_ context.Context, artifact augur.Digest, key inference.Key) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, ok := c.values[question{artifact, key}]
	return bytes.Clone(v.bytes), ok && time.Now().Before(v.expires)
}

func (c *table) Set(_ context.Context, artifact augur.Digest, key inference.Key, b []byte, ttl time.Duration) {
	if ttl < time.Millisecond {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.values[question{artifact, key}] = value{bytes.Clone(b), time.Now().Add(ttl)}
}

func (c *table) Purge(_ context.Context, artifact augur.Digest) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for q := range c.values {
		if artifact == "" || q.artifact == artifact {
			delete(c.values, q)
		}
	}
	return nil
}

func TestTable(t *testing.T) {
	cachetest.Run(t, func(*testing.T) inference.SharedCache { return &table{values: map[question]value{}} })
}
