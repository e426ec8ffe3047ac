package inference

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"augur"
)

func mode(req *augur.Request, m augur.CacheMode) *augur.Request {
	copied := *req
	copied.Options.Cache = m
	return &copied
}

// ask predicts and returns what the cache did.
func (h *house) ask(t testing.TB, req *augur.Request) augur.CacheStatus {
	t.Helper()
	resp, err := h.Predict(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return resp.Cache
}

func TestCacheModes(t *testing.T) {
	off := iris()
	off.Policy.CacheOff = true
	h := start(t, Config{}, road(), off)
	req := rows("road-risk", roadRow)
	other := rows("iris", `{"sepal_length":1,"sepal_width":2,"petal_length":3,"petal_width":4}`)
	for i, step := range []struct {
		req  *augur.Request
		want augur.CacheStatus
		runs int64
	}{
		{mode(req, augur.CacheBypass), augur.CacheSkipped, 1}, // does not fill it
		{req, augur.CacheMiss, 2},
		{req, augur.CacheMemory, 2},
		{mode(req, augur.CacheDefault), augur.CacheMemory, 2},
		{mode(req, augur.CacheBypass), augur.CacheSkipped, 3},
		{mode(req, augur.CacheRefresh), augur.CacheMiss, 4},
		{req, augur.CacheMemory, 4},
		{other, augur.CacheSkipped, 5}, // the version does not want it
		{other, augur.CacheSkipped, 6},
	} {
		if got := h.ask(t, step.req); got != step.want || h.runtime.runs.Load() != step.runs {
			t.Errorf("step %d: %s after %d runs, want %s after %d", i, got, h.runtime.runs.Load(), step.want, step.runs)
		}
	}
	none := start(t, Config{CacheBytes: -1}, road())
	if none.ask(t, req); none.ask(t, req) != augur.CacheSkipped || none.Purge("") != 0 {
		t.Error("there is a cache")
	}
}

// Rows, columns and tensors that say the same are one question; another order
// of outputs, other rows or another artifact is another.
func TestCacheKnowsTheQuestion(t *testing.T) {
	two := iris()
	two.ID, two.Version, two.Digest = "ver_two", "2.0.0", augur.DigestOf(slices.Repeat([]byte("2"), 32))
	same := iris()
	same.ID, same.Version = "ver_same", "1.0.1" // of the same artifact
	h := start(t, Config{}, iris(), two, same)
	row := `{"sepal_length":1,"sepal_width":2,"petal_length":3,"petal_width":4}`
	exact := &augur.Request{Model: "iris", Data: augur.Data{Tensors: []augur.NamedTensor{named("float_input", float4(1, 4))}}}
	columns := &augur.Request{Model: "iris", Data: augur.Data{Columns: []byte(`{"petal_width":[4],"petal_length":[3.0],"sepal_width":[2],"sepal_length":[1]}`)}}
	v2 := rows("iris", row)
	v2.Version = "2.0.0"
	v101 := rows("iris", row)
	v101.Version = "1.0.1"
	for i, step := range []struct {
		req  *augur.Request
		want augur.CacheStatus
	}{
		{rows("iris", row), augur.CacheMiss}, {exact, augur.CacheMemory}, {columns, augur.CacheMemory},
		{rows("iris", `[]`, row), augur.CacheMemory}, // the wrong row is not asked
		{rows("iris", row, row), augur.CacheMiss}, {v2, augur.CacheMiss}, {v101, augur.CacheMemory},
	} {
		if got := h.ask(t, step.req); got != step.want {
			t.Errorf("step %d: %s, want %s", i, got, step.want)
		}
	}
}

func TestCacheTTL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := road()
		v.Policy.CacheTTL = time.Minute
		h := start(t, Config{}, v, iris())
		req, long := rows("road-risk", roadRow), rows("iris", `{"sepal_length":1,"sepal_width":2,"petal_length":3,"petal_width":4}`)
		h.ask(t, req)
		h.ask(t, long)
		time.Sleep(59 * time.Second)
		if h.ask(t, req) != augur.CacheMemory {
			t.Error("forgotten too soon")
		}
		time.Sleep(3 * time.Second)
		if h.ask(t, req) != augur.CacheMiss || h.ask(t, long) != augur.CacheMemory {
			t.Error("each version has its own time")
		}
		time.Sleep(time.Hour)
		if h.ask(t, long) != augur.CacheMiss {
			t.Error("an hour is the default")
		}
	})
}

func TestErrorsAreNotCached(t *testing.T) {
	h := start(t, Config{}, road())
	h.runtime.run = func(context.Context, []augur.NamedTensor, []string) ([]augur.Output, error) {
		return nil, errors.New("once")
	}
	req := rows("road-risk", roadRow)
	if _, err := h.Predict(t.Context(), req); augur.CodeOf(err) != augur.Internal {
		t.Fatal(err)
	}
	h.runtime.run = nil
	if h.ask(t, req) != augur.CacheMiss {
		t.Error("the error was kept")
	}
}

func TestPurge(t *testing.T) {
	h := start(t, Config{}, road(), iris())
	req, other := rows("road-risk", roadRow), rows("iris", `{"sepal_length":1,"sepal_width":2,"petal_length":3,"petal_width":4}`)
	h.ask(t, req)
	h.ask(t, other)
	if n := h.Purge(road().Digest); n != 1 || h.ask(t, req) != augur.CacheMiss || h.ask(t, other) != augur.CacheMemory {
		t.Errorf("%d purged", n)
	}
	if n := h.Purge(""); n != 2 || h.ask(t, other) != augur.CacheMiss {
		t.Errorf("%d purged", n)
	}
	// A run that began before a purge does not bring its answer back.
	h.Purge("")
	entered, letGo := h.runtime.hold()
	var wg sync.WaitGroup
	wg.Go(func() { h.ask(t, req) })
	<-entered
	h.Purge(road().Digest)
	close(letGo)
	wg.Wait()
	if h.ask(t, req) != augur.CacheMiss {
		t.Error("the answer came back")
	}
}

// The cache stays within its bytes, and what is too large is not kept at all.
func TestCacheIsBounded(t *testing.T) {
	h := start(t, Config{CacheBytes: 64 << 10}, iris())
	for i := range 2000 {
		h.ask(t, &augur.Request{Model: "iris", Data: augur.Data{Tensors: []augur.NamedTensor{named("float_input", augur.TensorOf(augur.Float32, []float32{float32(i), 2, 3, 4}, 1, 4))}}})
	}
	h.answers.store.CleanUp()
	if size, n := h.answers.store.WeightedSize(), h.answers.store.EstimatedSize(); size > 64<<10 || n < 50 {
		t.Errorf("%d bytes of %d answers", size, n)
	}
	large := &augur.Request{Model: "iris", Data: augur.Data{Tensors: []augur.NamedTensor{named("float_input", augur.TensorOf(augur.Float32, make([]float32, 8000), 2000, 4))}}}
	first, second := h.ask(t, large), h.ask(t, large)
	if first == augur.CacheMemory || second == augur.CacheMemory {
		t.Error("half of the cache is one answer")
	}
}

// A thousand equal requests at one time are one run.
func TestOneRunForEqualRequests(t *testing.T) {
	h := start(t, Config{}, road())
	_, letGo := h.runtime.hold()
	const callers = 1000
	statuses := make([]augur.CacheStatus, callers)
	ids := make([]string, callers)
	var wg, ready sync.WaitGroup
	ready.Add(callers)
	for i := range callers {
		wg.Go(func() {
			ready.Done()
			resp, err := h.Predict(t.Context(), rows("road-risk", roadRow))
			if err != nil {
				t.Error(err)
				return
			}
			statuses[i], ids[i] = resp.Cache, resp.ID
		})
	}
	ready.Wait()
	close(letGo)
	wg.Wait()
	if n := h.runtime.runs.Load(); n != 1 {
		t.Errorf("%d runs", n)
	}
	slices.Sort(ids)
	if n := len(slices.Compact(ids)); n != callers {
		t.Errorf("%d ids", n)
	}
	misses := 0
	for _, s := range statuses {
		if s == augur.CacheMiss {
			misses++
		}
	}
	if misses != 1 {
		t.Errorf("%d callers were told that they ran", misses)
	}
}

// A leader who gives up leaves the question to those who wait with it.
func TestLeaderGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := start(t, Config{}, road())
		entered, letGo := h.runtime.hold()
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := h.Predict(ctx, rows("road-risk", roadRow)); augur.CodeOf(err) != augur.Canceled {
				t.Error(err)
			}
		})
		<-entered
		for range 5 {
			wg.Go(func() {
				if _, err := h.Predict(t.Context(), rows("road-risk", roadRow)); err != nil {
					t.Error(err)
				}
			})
		}
		impatient, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		wg.Go(func() {
			if _, err := h.Predict(impatient, rows("road-risk", roadRow)); augur.CodeOf(err) != augur.DeadlineExceeded {
				t.Error(err)
			}
		})
		synctest.Wait() // all six wait for the leader
		cancel()
		<-entered // one of them leads now
		time.Sleep(2 * time.Second)
		close(letGo)
		wg.Wait()
		if n := h.runtime.runs.Load(); n < 2 || n > 3 {
			t.Errorf("%d runs", n) // the impatient one may have led between
		}
	})
}

// A run that panics is Internal for those who wait for it, and for nobody after.
func TestPanicInARun(t *testing.T) {
	h := start(t, Config{}, road())
	h.runtime.run = func(context.Context, []augur.NamedTensor, []string) ([]augur.Output, error) { panic("a bug") }
	_, err := h.Predict(t.Context(), rows("road-risk", roadRow))
	if e := augur.AsError(err); e.Code != augur.Internal || e.Message != "internal error" {
		t.Error(err)
	}
	h.runtime.run = nil
	if h.ask(t, rows("road-risk", roadRow)) != augur.CacheMiss {
		t.Error("the flight did not land")
	}
	if state, _ := h.State(road().ID); state.Running != 0 {
		t.Errorf("%+v", state)
	}
}

// Equal requests give equal bytes with and without the cache.
func TestAnswersAreTheSame(t *testing.T) {
	h := start(t, Config{}, road())
	show := func(m augur.CacheMode) string {
		resp, err := h.Predict(t.Context(), mode(rows("road-risk", roadRow, `{}`, strings.Replace(roadRow, "60", "70", 1)), m))
		if err != nil {
			t.Fatal(err)
		}
		var b []byte
		for _, o := range resp.Outputs {
			b = augur.AppendValueJSON(append(b, o.Name...), o.Value)
		}
		for _, v := range resp.Values() {
			b = append(b, v...)
		}
		return string(b)
	}
	want := show(augur.CacheBypass)
	for _, m := range []augur.CacheMode{augur.CacheDefault, augur.CacheDefault, augur.CacheRefresh, augur.CacheDefault} {
		if got := show(m); got != want {
			t.Errorf("%s: %s, want %s", m, got, want)
		}
	}
}
