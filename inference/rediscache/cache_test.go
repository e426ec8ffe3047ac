package rediscache_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"go.uber.org/goleak"

	"augur"
	"augur/inference"
	"augur/inference/cachetest"
	"augur/inference/rediscache"
	"augur/internal/redistest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start starts a cache on url and stops it when the test ends.
func start(t *testing.T, url string) *rediscache.Cache {
	t.Helper()
	return startWith(t, rediscache.Config{URL: augur.Secret(url)})
}

func startWith(t *testing.T, cfg rediscache.Config) *rediscache.Cache {
	t.Helper()
	c, err := rediscache.New(cfg, rediscache.Deps{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return c
}

// patient lets a busy machine lose no put.
const patient = 5 * time.Second

func TestConformance(t *testing.T) {
	url := redistest.URL(t)
	cachetest.Run(t, func(t *testing.T) inference.SharedCache {
		c := startWith(t, rediscache.Config{URL: augur.Secret(url), Timeout: patient})
		if err := c.Purge(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		return c
	})
}

// A cluster of one server that has every slot.
func TestConformanceOfACluster(t *testing.T) {
	s := redistest.Start(t, "--cluster-enabled", "yes")
	client := s.Client(t)
	if err := client.ClusterAddSlotsRange(t.Context(), 0, 16383).Err(); err != nil {
		t.Fatal(err)
	}
	wait(t, "the cluster is up", func() bool {
		info, err := client.ClusterInfo(t.Context()).Result()
		return err == nil && len(info) > 0 && info[:16] == "cluster_state:ok"
	})
	cachetest.Run(t, func(t *testing.T) inference.SharedCache {
		c := startWith(t, rediscache.Config{URL: augur.Secret("redis+cluster" + s.URL[len("redis"):]), Timeout: patient})
		if err := c.Purge(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		return c
	})
}

// wait waits until something holds.
func wait(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for until := time.Now().Add(15 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("it did not come to this: %s", what)
		}
	}
}

func TestURLs(t *testing.T) {
	for _, url := range []string{
		"redis://localhost", "redis://user:p%40ss@host:6379/3", "rediss://host:6380/0?skip_verify=true", "unix:///run/redis.sock",
		"redis://a:1,b:2,c", "redis+cluster://a", "rediss+cluster://u:p@a:1,b:2", "redis://[::1]:6379,[::2]:6379",
		"redis+sentinel://a:26379,b/main", "redis+sentinel://:secret@a/main/2?sentinel_password=x",
	} {
		if err := rediscache.CheckURL(augur.Secret(url)); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
	for _, url := range []string{
		"", "localhost:6379", "http://host", "redis://", "redis://host/none", "redis://a,,b", "redis+sentinel://a:1",
		"redis://host?read_timeout=1s", "redis+other://host", "unix+cluster:///x", "redis://a:1,b:1/2", "redis://ho st", "redis://a:x",
	} {
		if err := rediscache.CheckURL(augur.Secret(url)); augur.CodeOf(err) != augur.InvalidArgument {
			t.Errorf("%q: %v", url, err)
		}
	}
}
