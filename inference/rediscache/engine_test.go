package rediscache_test

import (
	"context"
	"encoding/binary"
	"log/slog"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"augur"
	"augur/inference"
	"augur/inference/rediscache"
	"augur/internal/redistest"
)

var double = &augur.CatalogVersion{
	ID: "ver_1", ModelID: "mdl_1", Model: "double", Version: "1.0.0", Format: "onnx",
	Digest: augur.DigestOf(make([]byte, 32)),
	Signature: &augur.Signature{
		Inputs:  []augur.Spec{{Name: "x", Type: augur.Type{Kind: augur.KindTensor, DType: augur.Float64, Shape: []augur.Dim{{Size: 1}}}}},
		Outputs: []augur.Spec{{Name: "y", Type: augur.Type{Kind: augur.KindTensor, DType: augur.Float64, Shape: []augur.Dim{{Size: 1}}}}},
	},
}

// model is everything that an engine needs for one version, whose output is
// twice its input.
type model struct{ runs atomic.Int64 }

func (*model) Rollouts() []*augur.LiveRollout { return nil }

func (m *model) Fallback(string) *augur.CatalogVersion { return nil }

func (m *model) Versions() []*augur.CatalogVersion { return []*augur.CatalogVersion{double} }
func (m *model) Resolve(context.Context, string, string) (*augur.CatalogVersion, augur.Route, error) {
	return double, augur.Route{Reason: augur.RouteLive, Ref: augur.Live}, nil
}
func (m *model) Open(context.Context, augur.Digest) (string, func(), error) {
	return "", func() {}, nil
}
func (m *model) Load(context.Context, string, *augur.CatalogVersion) (inference.Session, error) {
	return m, nil
}
func (m *model) Close() error { return nil }
func (m *model) Run(_ context.Context, in []augur.NamedTensor, _ []string) ([]augur.Output, error) {
	m.runs.Add(1)
	time.Sleep(2 * time.Millisecond) // what is faster than Redis is not shared
	x := augur.View[float64](in[0].Tensor)[0]
	return []augur.Output{{Name: "y", Value: augur.TensorValue(augur.TensorOf(augur.Float64, []float64{2 * x}, 1))}}, nil
}

// house is an engine with its cache.
type house struct {
	*inference.Engine
	model *model
	cache *rediscache.Cache
}

func open(t *testing.T, url string) *house {
	t.Helper()
	h := &house{model: &model{}, cache: start(t, url)}
	var err error
	h.Engine, err = inference.New(inference.Config{}, inference.Deps{
		Catalog: h.model, Artifacts: h.model, Runtimes: map[string]inference.Runtime{"onnx": h.model},
		Shared: h.cache, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return h
}

// ask asks for twice x, checks that this is the answer, and returns where it
// came from and how long it took.
func (h *house) ask(t *testing.T, x float64) (augur.CacheStatus, time.Duration) {
	t.Helper()
	began := time.Now()
	resp, err := h.Predict(t.Context(), &augur.Request{Model: "double", Data: augur.Data{Tensors: []augur.NamedTensor{
		{Name: "x", Tensor: augur.TensorOf(augur.Float64, []float64{x}, 1)},
	}}})
	took := time.Since(began)
	if err != nil {
		t.Errorf("%v: %v", x, err)
		return "", took
	}
	data := resp.Outputs[0].Value.Tensor.Data
	if y := math.Float64frombits(binary.LittleEndian.Uint64(data)); y != 2*x {
		t.Errorf("%v gave %v", x, y)
	}
	return resp.Cache, took
}

// keys counts what stands in Redis under our prefix.
func keys(t *testing.T, c *redis.Client) []string {
	t.Helper()
	all, err := c.Keys(t.Context(), "augur:p1:*").Result()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (h *house) expect(t *testing.T, x float64, want augur.CacheStatus) {
	t.Helper()
	if got, _ := h.ask(t, x); got != want {
		t.Errorf("%v: %s, want %s", x, got, want)
	}
}

// put asks for twice 0 to n-1 until all of that is in Redis: a put that Redis
// does not take in time is not made again by itself.
func (h *house) put(t *testing.T, c *redis.Client, n int) {
	t.Helper()
	wait(t, "all answers are in Redis", func() bool {
		for x := range n {
			h.ask(t, float64(x))
		}
		for until := time.Now().Add(200 * time.Millisecond); time.Now().Before(until); time.Sleep(time.Millisecond) {
			if len(keys(t, c)) == n {
				return true
			}
		}
		h.Purge("") // of memory too
		return false
	})
}

func TestEnginesShareAnswers(t *testing.T) {
	s := redistest.Start(t)
	client := s.Client(t)
	a, b := open(t, s.URL), open(t, s.URL)
	a.put(t, client, 100)
	for x := range 100 {
		b.expect(t, float64(x), augur.CacheShared)
		b.expect(t, float64(x), augur.CacheMemory)
	}
	if n := b.model.runs.Load(); n != 0 {
		t.Errorf("%d runs", n)
	}
	if ttl := client.PTTL(t.Context(), keys(t, client)[0]).Val(); ttl < 59*time.Minute || ttl > time.Hour {
		t.Errorf("kept for %s", ttl)
	}
	a.Purge(double.Digest)
	wait(t, "nothing is in Redis", func() bool { return len(keys(t, client)) == 0 })
	wait(t, "the tier is used again", func() bool {
		a.ask(t, 1000)
		return len(keys(t, client)) > 0
	})
}

// Whatever stands under our keys, answers are right.
func TestForeignValues(t *testing.T) {
	s := redistest.Start(t)
	client := s.Client(t)
	a := open(t, s.URL)
	a.put(t, client, 7)
	all := keys(t, client)
	whole := client.Get(t.Context(), all[0]).Val()
	ctx := t.Context()
	client.Set(ctx, all[1], "hello", 0)
	client.Set(ctx, all[2], whole, 0) // another question's
	client.Set(ctx, all[3], whole[:len(whole)-3], 0)
	client.Del(ctx, all[4], all[5])
	client.LPush(ctx, all[4], "a list")
	client.HSet(ctx, all[5], "a", "hash")
	client.Set(ctx, all[6], string(make([]byte, 8<<20)), 0)
	b := open(t, s.URL)
	shared := 0
	for x := range 7 {
		if status, _ := b.ask(t, float64(x)); status == augur.CacheShared {
			shared++
		}
	}
	if shared != 1 || b.cache.Ping(ctx) != nil {
		t.Errorf("%d shared, %v", shared, b.cache.Ping(ctx))
	}
	wait(t, "what is wrong is put right", func() bool {
		c := open(t, s.URL)
		status, _ := c.ask(t, 3)
		return status == augur.CacheShared
	})
}

// Redis is not there at the start, comes, is killed, comes back.
func TestRedisDown(t *testing.T) {
	s := redistest.Reserve(t)
	h := open(t, s.URL)
	if err := h.cache.Ping(t.Context()); augur.CodeOf(err) != augur.Unavailable {
		t.Error(err)
	}
	x := 0.0
	fresh := func() float64 { x++; return x }
	late := 0 // as far as the machine's own load allows to say
	for range 100 {
		if _, took := h.ask(t, fresh()); took > 15*time.Millisecond {
			late++
		}
	}
	if late > 10 {
		t.Errorf("%d of 100 were late", late)
	}
	for range 2 {
		s.Run(t)
		wait(t, "Redis is asked again", func() bool { return h.cache.Ping(t.Context()) == nil })
		client := s.Client(t)
		wait(t, "answers reach Redis", func() bool {
			h.ask(t, fresh())
			return len(keys(t, client)) > 0
		})
		var wg sync.WaitGroup
		stop := make(chan struct{})
		for g := range 4 { // predictions go on while Redis dies
			wg.Go(func() {
				for i := 0; ; i++ {
					select {
					case <-stop:
						return
					default:
						h.ask(t, x+float64(1e6*(g+1)+i))
						time.Sleep(time.Millisecond)
					}
				}
			})
		}
		s.Kill()
		until := time.Now().Add(10 * time.Second)
		for h.cache.Ping(t.Context()) == nil && time.Now().Before(until) {
			time.Sleep(time.Millisecond)
		}
		close(stop)
		wg.Wait()
		if h.cache.Ping(t.Context()) == nil {
			t.Error("the cache did not notice")
		}
	}
}

// Redis that stands still costs a few predictions their 20 ms and the others nothing.
func TestRedisPaused(t *testing.T) {
	s := redistest.Start(t)
	h := open(t, s.URL)
	h.ask(t, 0)
	s.Pause(t)
	late := 0
	began := time.Now()
	for x := range 400 {
		_, took := h.ask(t, float64(x+1))
		if took > 15*time.Millisecond {
			late++
		}
		if took > time.Second {
			t.Errorf("a prediction took %s", took)
		}
	}
	if late > 40 {
		t.Errorf("%d of 400 were late, in %s", late, time.Since(began))
	}
	s.Resume(t)
	wait(t, "Redis is asked again", func() bool { return h.cache.Ping(t.Context()) == nil })
	// What another server puts there is found again.
	other := open(t, s.URL)
	other.expect(t, 5000, augur.CacheMiss)
	wait(t, "answers are shared", func() bool {
		status, _ := open(t, s.URL).ask(t, 5000)
		return status == augur.CacheShared
	})
}

// A full Redis refuses to write and is still read.
func TestRedisFull(t *testing.T) {
	s := redistest.Start(t, "--maxmemory-policy", "noeviction")
	client := s.Client(t)
	a := open(t, s.URL)
	a.put(t, client, 2)
	if err := client.ConfigSet(t.Context(), "maxmemory", "1mb").Err(); err != nil {
		t.Fatal(err)
	}
	if err := client.Set(t.Context(), "x", "y", 0).Err(); err == nil {
		t.Fatal("it is not full")
	}
	for x := range 200 {
		a.ask(t, float64(x))
	}
	b := open(t, s.URL)
	b.expect(t, 1, augur.CacheShared)
	b.expect(t, 2, augur.CacheMiss)
	if err := b.cache.Ping(t.Context()); err != nil || len(keys(t, client)) != 2 {
		t.Errorf("%v, %s", err, keys(t, client))
	}
}

// A Redis that wants a password is a Redis that does not answer.
func TestRedisRefuses(t *testing.T) {
	s := redistest.Start(t)
	client := s.Client(t)
	if err := client.ConfigSet(t.Context(), "requirepass", "secret").Err(); err != nil {
		t.Fatal(err)
	}
	h := open(t, s.URL)
	h.expect(t, 1, augur.CacheMiss)
	if err := h.cache.Ping(t.Context()); augur.CodeOf(err) != augur.Unavailable {
		t.Error(err)
	}
}
