package registry

import (
	"context"
	"slices"
	"testing"
	"time"

	"augur"
	"augur/internal/storetest"
	"augur/registry/blob"
	"augur/store"
)

// replicaOf makes a registry on a record that another one writes to; run says how
// it follows the other.
func replicaOf(t *testing.T, cfg store.Config, interval time.Duration, run func(ctx context.Context, r *Registry)) *Registry {
	t.Helper()
	blobs, err := blob.Open(blob.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(Config{PollInterval: interval}, Deps{Store: storetest.Open(t, cfg), Blobs: blobs, Prober: proberFunc(nil)})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.catalog.reload(asAnna(t), 0); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r.running.Go(func() { run(ctx, r) })
	t.Cleanup(func() { cancel(); r.bus.close(); r.running.Wait() })
	return r
}

// seen moves an alias on one registry, again and again, and returns how long the
// catalog of the other took to know of it, the shortest first.
func seen(t *testing.T, one, other *Registry, moves int) (took []time.Duration) {
	t.Helper()
	first := newVersion1(t, one, "m", "1.0.0")
	changed := make(chan struct{}, 1)
	other.catalog.OnChange(func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	for i := range moves {
		name := "a" + string(rune('a'+i))
		if _, err := one.AliasSet(asAnna(t), AliasSet{Model: "m", Alias: name, Version: "1.0.0"}); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		for {
			if v, _, err := other.catalog.Resolve(asAnna(t), "m", name); err == nil && v.ID == first {
				break
			}
			select {
			case <-changed:
			case <-time.After(30 * time.Second):
				t.Fatal("the move is not seen")
			}
		}
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	return took
}

// TestNoticesAlone: on PostgreSQL a write is seen by notices, when polls would
// take an hour, and so are events.
func TestNoticesAlone(t *testing.T) {
	cfg := storetest.Postgres(t)
	one := newRegistry(t, cfg)
	other := replicaOf(t, cfg, time.Hour, func(ctx context.Context, r *Registry) { r.listen(ctx) })
	ctx, cancel := context.WithCancel(asAnna(t))
	defer cancel()
	events := other.Subscribe(ctx, func(e *augur.Event) bool { return e.Action == "aliasSet" })
	untilListening(t, one, other)
	took := seen(t, one, other, 20)
	t.Logf("by notices: %v (median), %v (longest)", took[len(took)/2], took[len(took)-1])
	if took[len(took)/2] > 500*time.Millisecond {
		t.Errorf("seen after %v, want at most 500 ms", took)
	}
	for i := range 20 {
		select {
		case e := <-events.Events():
			if e.Model != "m" || e.After["alias"] != "a"+string(rune('a'+i)) {
				t.Errorf("event %d: %+v", i, e)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("event %d is missing", i)
		}
	}
}

// untilListening waits until a notice has come: LISTEN begins some time after the
// start, and what is sent before is not heard.
func untilListening(t *testing.T, one, other *Registry) {
	t.Helper()
	ctx, cancel := context.WithCancel(asAnna(t))
	defer cancel()
	heard := other.Subscribe(ctx, func(e *augur.Event) bool { return e.Action == "modelCreate" })
	for i := range 1000 {
		if _, err := one.ModelCreate(ctx, ModelCreate{Name: "knock-" + string(rune('a'+i%26)) + string(rune('a'+i/26))}); err != nil {
			t.Fatal(err)
		}
		select {
		case <-heard.Events():
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Fatal("no notice comes")
}

// TestPollsAlone: without notices a write is seen within a second by polling, and
// so are events.
func TestPollsAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		one := newRegistry(t, cfg)
		other := replicaOf(t, cfg, 0, func(ctx context.Context, r *Registry) {
			r.running.Go(func() { r.pollEvents(ctx) })
			r.catalog.poll(ctx, r.cfg.PollInterval, r.log)
		})
		ctx, cancel := context.WithCancel(asAnna(t))
		defer cancel()
		events := other.Subscribe(ctx, func(e *augur.Event) bool { return e.Action == "aliasSet" })
		took := seen(t, one, other, 5)
		t.Logf("by polls: %v (median), %v (longest)", took[len(took)/2], took[len(took)-1])
		if took[len(took)/2] > time.Second {
			t.Errorf("seen after %v, want at most 1 s", took)
		}
		for i := range 5 {
			select {
			case e := <-events.Events():
				if e.After["alias"] != "a"+string(rune('a'+i)) {
					t.Errorf("event %d: %+v", i, e)
				}
			case <-time.After(30 * time.Second):
				t.Fatalf("event %d is missing", i)
			}
		}
	})
}
