package rediscache

import (
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"augur"
	"augur/inference"
)

// Cache is inference.SharedCache over Redis. Its methods may be called from any
// number of goroutines, between Start and Stop.
type Cache struct {
	cfg    Config
	client redis.UniversalClient
	*breaker
}

var _ inference.SharedCache = (*Cache)(nil)

// The package's log goes to standard error past ours; what it says is in the
// errors that it returns.
var silence = sync.OnceFunc(func() { redis.SetLogger(quiet{}) })

type quiet struct{}

// Printf implements redis' logger.
func (quiet) Printf(context.Context, string, ...any) {}

// New returns a cache that is not started and has not spoken to Redis. The
// error is InvalidArgument for a URL that names none, and AlreadyExists when
// Deps.Registerer has the instruments of another cache.
func New(cfg Config, deps Deps) (*Cache, error) {
	silence()
	cfg = cfg.withDefaults()
	options, err := cfg.options()
	if err != nil {
		return nil, err
	}
	if deps.Logger == nil {
		deps.Logger = slog.Default()
	}
	c := &Cache{cfg: cfg, breaker: newBreaker(deps.Logger)}
	if deps.Registerer != nil {
		for _, collector := range []prometheus.Collector{c.faults, c.skipped, c.up} {
			if err := deps.Registerer.Register(collector); err != nil {
				return nil, augur.Wrap(augur.AlreadyExists, err, "the shared cache's metrics are registered already")
			}
		}
	}
	c.client = redis.NewUniversalClient(options)
	if deps.Tracer != nil {
		c.client.AddHook(spans{deps.Tracer})
	}
	c.ping = c.pong
	return c, nil
}

// Start looks once whether Redis answers, and from then on as often as it
// does not. That it does not answer is no error.
func (c *Cache) Start(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.watch()
	if err := c.pong(ctx); err != nil {
		c.fault("ping", err, true)
	}
	return ctx.Err()
}

// Stop ends what Start began and closes the connections.
func (c *Cache) Stop(context.Context) error {
	c.halt()
	return c.client.Close()
}

// Ping returns Unavailable when Redis does not answer; predictions then run
// without it. It takes no longer than one exchange with Redis, and none while
// Redis is left alone.
func (c *Cache) Ping(ctx context.Context) error {
	err := c.broken()
	if err == nil {
		if err = c.pong(ctx); err != nil && ctx.Err() == nil {
			c.fault("ping", err, true)
		}
	}
	if err != nil {
		return augur.Wrap(augur.Unavailable, err, "Redis does not answer; predictions run without the shared cache")
	}
	return nil
}

func (c *Cache) pong(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.DialTimeout)
	defer cancel()
	return c.client.Ping(ctx).Err()
}

// prefix begins every key; the number is that of the layout of keys.
const prefix = "augur:p1:"

// under is the prefix of an artifact's keys.
func under(artifact augur.Digest) string {
	hex := artifact.Hex()
	return prefix + hex[:min(len(hex), 16)] + ":"
}

// place is the key of an answer.
func place(artifact augur.Digest, key inference.Key) string {
	return under(artifact) + base64.RawURLEncoding.EncodeToString(key[:])
}

// patience is the shortest time in which Redis must have answered.
const patience = 10 * time.Millisecond

// Get implements inference.SharedCache.
func (c *Cache) Get(ctx context.Context, artifact augur.Digest, key inference.Key) ([]byte, bool) {
	if c.skip("get") || ctx.Err() != nil {
		return nil, false
	}
	began := time.Now()
	// A range, so that no more than it is worth is read of a value that is not
	// ours; of one that is not there it is empty.
	value, err := c.client.GetRange(ctx, place(artifact, key), 0, int64(c.cfg.MaxValue)).Bytes()
	if err != nil {
		c.fault("get", err, !redis.HasErrorPrefix(err, "WRONGTYPE") && blame(ctx, began))
		return nil, false
	}
	return value, 0 < len(value) && len(value) <= c.cfg.MaxValue
}

// GetMany implements inference.SharedCache. It is one pipeline: the keys of an
// artifact may lie on several servers of a cluster, so no MGET.
func (c *Cache) GetMany(ctx context.Context, artifact augur.Digest, keys []inference.Key) [][]byte {
	values := make([][]byte, len(keys))
	if len(keys) == 0 || ctx.Err() != nil || c.skip("get") {
		return values
	}
	began := time.Now()
	asked := make([]*redis.StringCmd, len(keys))
	_, err := c.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, key := range keys {
			asked[i] = p.GetRange(ctx, place(artifact, key), 0, int64(c.cfg.MaxValue))
		}
		return nil
	})
	if err != nil {
		c.fault("get", err, !redis.HasErrorPrefix(err, "WRONGTYPE") && blame(ctx, began))
	}
	for i, cmd := range asked {
		if value, err := cmd.Bytes(); err == nil && 0 < len(value) && len(value) <= c.cfg.MaxValue {
			values[i] = value
		}
	}
	return values
}

// Set implements inference.SharedCache.
func (c *Cache) Set(ctx context.Context, artifact augur.Digest, key inference.Key, value []byte, ttl time.Duration) {
	if len(value) == 0 || len(value) > c.cfg.MaxValue || ttl < time.Millisecond || ctx.Err() != nil || c.skip("set") {
		return
	}
	began := time.Now()
	if err := c.client.Set(ctx, place(artifact, key), value, ttl.Truncate(time.Millisecond)).Err(); err != nil {
		// A Redis that refuses to write, being full, may still be read.
		_, refused := errors.AsType[redis.Error](err)
		c.fault("set", err, !refused && blame(ctx, began))
	}
}

// blame says whether a call that failed speaks against Redis: one whose caller
// gave up or gave it hardly any time does not.
func blame(ctx context.Context, began time.Time) bool {
	deadline, limited := ctx.Deadline()
	return !errors.Is(ctx.Err(), context.Canceled) && (!limited || deadline.Sub(began) >= patience)
}

// Purge implements inference.SharedCache.
func (c *Cache) Purge(ctx context.Context, artifact augur.Digest) error {
	if err := c.broken(); err != nil {
		return augur.Wrap(augur.Unavailable, err, "Redis does not answer")
	}
	pattern := prefix + "*"
	if artifact != "" {
		pattern = under(artifact) + "*"
	}
	var err error
	if cluster, ok := c.client.(*redis.ClusterClient); ok {
		err = cluster.ForEachMaster(ctx, func(ctx context.Context, one *redis.Client) error { return purge(ctx, one, pattern) })
	} else {
		err = purge(ctx, c.client, pattern)
	}
	if err != nil {
		c.fault("purge", err, false)
		return augur.Wrap(augur.Unavailable, err, "Redis was not purged")
	}
	return nil
}

// purge unlinks what matches on one server.
func purge(ctx context.Context, one redis.Cmdable, pattern string) error {
	cursor := uint64(0)
	for {
		keys, next, err := one.Scan(ctx, cursor, pattern, 1000).Result()
		if err != nil {
			return err
		}
		if len(keys) > 0 {
			// One command a key: in a cluster, those of one command must be neighbours.
			if _, err := one.Pipelined(ctx, func(p redis.Pipeliner) error {
				for _, key := range keys {
					p.Unlink(ctx, key)
				}
				return nil
			}); err != nil {
				return err
			}
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}
