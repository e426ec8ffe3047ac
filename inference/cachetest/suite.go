package cachetest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"augur"
	"augur/inference"
)

// soon is how long a call may go on after its context has ended.
const soon = time.Second

// Run runs the suite. open gives a SharedCache that is empty and stays usable
// for its test.
func Run(t *testing.T, open func(t *testing.T) inference.SharedCache) {
	for _, c := range []struct {
		name string
		test func(*testing.T, inference.SharedCache)
	}{
		{"Get returns what Set put there", keeps},
		{"Get misses what is not there", misses},
		{"Set puts over an earlier value", replaces},
		{"GetMany answers each question by itself", many},
		{"Get and Set carry any bytes, up to 1 MiB", carries},
		{"A value is gone after its time", expires},
		{"Set puts nothing for no time", noTime},
		{"The bytes of Get are the caller's, those of Set are not kept", shares},
		{"Purge forgets one artifact, or all", purges},
		{"A call returns soon after its context is done", stops},
		{"The methods may be called from any number of goroutines", concurrently},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

func artifact(b byte) augur.Digest { return augur.DigestOf(bytes.Repeat([]byte{b}, 32)) }

func key(b byte) inference.Key { return inference.Key{b, 0, '*', 0xff} }

func expect(t *testing.T, c inference.SharedCache, artifact augur.Digest, key inference.Key, want []byte) {
	t.Helper()
	got, ok := c.Get(t.Context(), artifact, key)
	if ok != (want != nil) || !bytes.Equal(got, want) && ok {
		t.Errorf("got %.40q, %v, want %.40q", got, ok, want)
	}
}

func keeps(t *testing.T, c inference.SharedCache) {
	for a := byte(1); a <= 2; a++ {
		for k := byte(1); k <= 2; k++ {
			c.Set(t.Context(), artifact(a), key(k), []byte{'v', a, k}, time.Minute)
		}
	}
	for a := byte(1); a <= 2; a++ {
		for k := byte(1); k <= 2; k++ {
			expect(t, c, artifact(a), key(k), []byte{'v', a, k})
		}
	}
}

func misses(t *testing.T, c inference.SharedCache) {
	expect(t, c, artifact(1), key(1), nil)
	c.Set(t.Context(), artifact(1), key(1), []byte("v"), time.Minute)
	expect(t, c, artifact(1), key(2), nil)
	expect(t, c, artifact(2), key(1), nil)
}

func many(t *testing.T, c inference.SharedCache) {
	if got := c.GetMany(t.Context(), artifact(1), nil); len(got) != 0 {
		t.Errorf("no questions: %q", got)
	}
	c.Set(t.Context(), artifact(1), key(1), []byte("one"), time.Minute)
	c.Set(t.Context(), artifact(1), key(3), []byte("three"), time.Minute)
	c.Set(t.Context(), artifact(2), key(2), []byte("another artifact's"), time.Minute)
	got := c.GetMany(t.Context(), artifact(1), []inference.Key{key(3), key(2), key(1), key(3)})
	if want := [][]byte{[]byte("three"), nil, []byte("one"), []byte("three")}; !slices.EqualFunc(got, want, bytes.Equal) || got[1] != nil {
		t.Errorf("got %q, want %q", got, want)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := c.GetMany(ctx, artifact(1), []inference.Key{key(1), key(3)}); len(got) != 2 || got[0] != nil || got[1] != nil {
		t.Errorf("after the end: %q", got)
	}
}

func replaces(t *testing.T, c inference.SharedCache) {
	c.Set(t.Context(), artifact(1), key(1), []byte("a long first value"), time.Minute)
	c.Set(t.Context(), artifact(1), key(1), []byte("second"), time.Minute)
	expect(t, c, artifact(1), key(1), []byte("second"))
}

func carries(t *testing.T, c inference.SharedCache) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for i, v := range [][]byte{{0}, []byte("\r\n$-1\r\n"), all, bytes.Repeat(all, 4096)} {
		c.Set(t.Context(), artifact(1), key(byte(i)), v, time.Minute)
		expect(t, c, artifact(1), key(byte(i)), v)
	}
}

func expires(t *testing.T, c inference.SharedCache) {
	c.Set(t.Context(), artifact(1), key(1), []byte("short"), 30*time.Millisecond)
	c.Set(t.Context(), artifact(1), key(2), []byte("long"), time.Minute)
	until := time.Now().Add(soon)
	for {
		if _, ok := c.Get(t.Context(), artifact(1), key(1)); !ok {
			break
		}
		if time.Now().After(until) {
			t.Fatal("still there")
		}
		time.Sleep(5 * time.Millisecond)
	}
	expect(t, c, artifact(1), key(2), []byte("long"))
}

func noTime(t *testing.T, c inference.SharedCache) {
	for i, ttl := range []time.Duration{0, -time.Second, time.Microsecond} {
		c.Set(t.Context(), artifact(1), key(byte(i)), []byte("v"), ttl)
		expect(t, c, artifact(1), key(byte(i)), nil)
	}
}

func shares(t *testing.T, c inference.SharedCache) {
	value := []byte("value")
	c.Set(t.Context(), artifact(1), key(1), value, time.Minute)
	value[0] = 'X'
	got, _ := c.Get(t.Context(), artifact(1), key(1))
	if len(got) > 0 {
		got[0] = 'Y'
	}
	expect(t, c, artifact(1), key(1), []byte("value"))
}

func purges(t *testing.T, c inference.SharedCache) {
	const many = 3000
	name := func(i int) (k inference.Key) { copy(k[:], fmt.Sprint(i)); return k }
	for i := range many {
		c.Set(t.Context(), artifact(1), name(i), []byte("one"), time.Minute)
	}
	c.Set(t.Context(), artifact(2), key(2), []byte("two"), time.Minute)
	if err := c.Purge(t.Context(), artifact(1)); err != nil {
		t.Fatal(err)
	}
	for i := range many {
		expect(t, c, artifact(1), name(i), nil)
	}
	expect(t, c, artifact(2), key(2), []byte("two"))
	if err := c.Purge(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	expect(t, c, artifact(2), key(2), nil)
	if err := c.Purge(t.Context(), artifact(3)); err != nil {
		t.Errorf("nothing to forget: %v", err)
	}
}

func stops(t *testing.T, c inference.SharedCache) {
	c.Set(t.Context(), artifact(1), key(1), []byte("v"), time.Minute)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	began := time.Now()
	c.Get(ctx, artifact(1), key(1))
	c.Set(ctx, artifact(1), key(2), []byte("v"), time.Minute)
	_ = c.Purge(ctx, artifact(2))
	if took := time.Since(began); took > soon {
		t.Errorf("took %s", took)
	}
	expect(t, c, artifact(1), key(1), []byte("v")) // nothing was broken by it
}

func concurrently(t *testing.T, c inference.SharedCache) {
	var wg sync.WaitGroup
	for g := range byte(8) {
		wg.Go(func() {
			for i := range byte(100) {
				k := key(i % 10)
				c.Set(t.Context(), artifact(1), k, []byte{i % 10}, time.Minute)
				if got, ok := c.Get(t.Context(), artifact(1), k); ok && !bytes.Equal(got, []byte{i % 10}) {
					t.Errorf("%d of %d: got %q", i, g, got)
				}
			}
		})
	}
	wg.Wait()
}
