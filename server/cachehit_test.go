package server_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/redis/go-redis/v9"

	"augur"
	"augur/internal/augurtest"
	"augur/internal/bench"
	"augur/internal/cases"
	"augur/internal/redistest"
	"augur/server"
)

const hitQuery = `{"query":"mutation($row: Row!) { predict(input: {model: \"wide\", data: {row: $row}}) { prediction { id cache values } } }",` +
	`"variables":{"row":{"x":[%d,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,1,1.1,1.2]}}}`

// TestCacheHits compares an answer from the cache, over GraphQL, with the same
// field of a server whose predictor returns a constant: for the cache in memory
// as it is, for the shared one after a GET of as many bytes from Redis.
func TestCacheHits(t *testing.T) {
	f := bench.FormOf(t)
	dir := t.TempDir()
	version := filepath.Join(dir, "wide", "v1.0.0")
	if err := os.MkdirAll(version, 0o750); err != nil {
		t.Fatal(err)
	}
	// Slow enough that asking Redis pays.
	if err := os.WriteFile(filepath.Join(version, "model.onnx"), cases.Dense(12, 2048, 2048, 1).Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	url := redistest.URL(t)
	quiet := augurtest.WithConfig(func(c *server.Config) { c.Log.Level = "warn" })
	inMemory := augurtest.Start(t, quiet, augurtest.WithImport(dir))
	inRedis := augurtest.Start(t, quiet, augurtest.WithImport(dir), augurtest.WithConfig(func(c *server.Config) {
		c.Inference.RedisURL, c.Inference.CacheSize = augur.Secret(url), 0
	}))
	options, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	if err := client.Set(t.Context(), "augur:bench", make([]byte, 128), 0).Err(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Del(context.Background(), "augur:bench") })
	constant := startConstant(t, inMemory.Config, func(context.Context) error { return nil })
	get := startConstant(t, inMemory.Config, func(ctx context.Context) error { return client.Get(ctx, "augur:bench").Err() })

	load := func(name, url, expect string) bench.Load {
		return bench.Load{Name: name, Callers: 32, Caller: func(i int) func() error { return hit(t, url, expect, i) }}
	}
	got := f.Measure(t,
		load("memory", inMemory.URL(), `"MEMORY"`), load("constant", constant, `"MEMORY"`),
		load("Redis", inRedis.URL(), `"SHARED"`), load("GET", get, `"MEMORY"`),
	)
	f.AtLeast(t, "hit in memory over GraphQL, of a constant field", got[0].Of(got[1]), 0.85)
	f.AtLeast(t, "hit in Redis over GraphQL, of a field that does one GET", got[2].Of(got[3]), 0.85)
}

// predictFunc is a Predictor.
type predictFunc func(context.Context, *augur.Request) (*augur.Response, error)

func (f predictFunc) Predict(ctx context.Context, req *augur.Request) (*augur.Response, error) {
	return f(ctx, req)
}

// startConstant starts a server whose predictions are always the same, and
// returns its URL.
func startConstant(t *testing.T, cfg server.Config, before func(context.Context) error) string {
	t.Helper()
	y := augur.Spec{Name: "y", Type: augur.Type{Kind: augur.KindTensor, DType: augur.Float32, Shape: []augur.Dim{{Size: -1}, {Size: 1}}}}
	answer := augur.Response{
		ID:      augur.NewID(augur.PredictionID),
		Version: &augur.CatalogVersion{ID: augur.NewID(augur.VersionID), Model: "wide", Version: "v1.0.0", Signature: &augur.Signature{Outputs: []augur.Spec{y}}},
		Outputs: []augur.Output{{Name: "y", Value: augur.TensorValue(augur.TensorOf(augur.Float32, []float32{0.123456}, 1, 1))}},
		Rows:    1, RowIndex: []int{0}, CachedRows: 1, Cache: augur.CacheMemory, Route: augur.Route{Reason: augur.RouteLive, Ref: augur.Live},
	}
	s, err := server.StartWith(t.Context(), cfg, io.Discard, predictFunc(func(ctx context.Context, _ *augur.Request) (*augur.Response, error) {
		if err := before(ctx); err != nil {
			return nil, err
		}
		return &answer, nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop(context.Background()) })
	return s.URL()
}

// hit asks for the same prediction again and again, on a connection of its own.
// Each caller has another, since equal ones at one time share an answer.
// The first answers come from elsewhere than expected, and one in twenty later
// ones may: a Redis that a busy machine keeps waiting is not waited for.
func hit(t *testing.T, url, expect string, caller int) func() error {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport}
	query := fmt.Appendf(nil, hitQuery, caller)
	asked, others := 0, 0
	var answer bytes.Buffer
	return func() error {
		res, err := client.Post(url+"/graphql", "application/json", bytes.NewReader(query))
		if err != nil {
			return err
		}
		answer.Reset()
		_, err = answer.ReadFrom(res.Body)
		if err := res.Body.Close(); err != nil {
			return err
		}
		asked++
		if !bytes.Contains(answer.Bytes(), []byte(expect)) {
			if others++; err == nil && others > 200+asked/20 {
				err = fmt.Errorf("status %d, %d of %d not %s: %s", res.StatusCode, others, asked, expect, answer.Bytes())
			}
		}
		return err
	}
}
