package inference

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"augur"
)

// poison is a value that no run survives.
const poison = -1

// doubler answers each row with twice its values, and counts.
type doubler struct {
	runs, most atomic.Int64
	running    atomic.Int64
	slow       func()
}

func (d *doubler) run(ctx context.Context, inputs []augur.NamedTensor, outputs []string) ran {
	now := d.running.Add(1)
	defer d.running.Add(-1)
	for old := d.most.Load(); now > old && !d.most.CompareAndSwap(old, now); old = d.most.Load() {
	}
	d.runs.Add(1)
	began := time.Now()
	if d.slow != nil {
		d.slow()
	}
	if err := ctx.Err(); err != nil {
		return ran{err: err, began: began}
	}
	in := inputs[0].Tensor
	twice := make([]float32, in.Len())
	for i, f := range augur.View[float32](in) {
		if f == poison {
			return ran{err: augur.Errorf(augur.InvalidArgument, "poison"), began: began}
		}
		twice[i] = 2 * f
	}
	list := make([]augur.Output, len(outputs))
	for i, name := range outputs {
		list[i] = augur.Output{Name: name, Value: augur.TensorValue(augur.TensorOf(augur.Float32, twice, slices.Clone(in.Shape)...))}
	}
	return ran{outputs: list, began: began, took: time.Since(began)}
}

// rowsThatFollow is a signature whose rows may run together.
func rowsThatFollow() *augur.Signature {
	return &augur.Signature{Inputs: []augur.Spec{spec("x", augur.Float32, "n", "w")}, Outputs: []augur.Spec{spec("y", augur.Float32, "n", "w")}}
}

func testBatcher(run func(context.Context, []augur.NamedTensor, []string) ran, p augur.ServingPolicy, state proofState) *batcher {
	proof := newProof(rowsThatFollow(), func(string) {})
	proof.now.Store(int32(state))
	b := newBatcher(run, p, 4, proof, &group{}, newMetrics().of(version("m", "1.0.0", rowsThatFollow())))
	b.pause = sleepy
	return b
}

func matrix(first float32, rows, width int) []augur.NamedTensor {
	f := make([]float32, rows*width)
	for i := range f {
		f[i] = first + float32(i)
	}
	return []augur.NamedTensor{{Name: "x", Tensor: augur.TensorOf(augur.Float32, f, int64(rows), int64(width))}}
}

// TestBatchProperty: whatever comes in whatever order, each caller gets exactly
// the answer to its own rows or its own error, and nothing is left.
func TestBatchProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type request struct {
			rows, width int
			poison      bool
			patience    time.Duration
			after       time.Duration
			outputs     []string
		}
		requests := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) request {
			return request{
				rows: rapid.IntRange(0, 20).Draw(t, "rows"), width: rapid.IntRange(1, 2).Draw(t, "width"),
				poison:   rapid.IntRange(0, 9).Draw(t, "poison") == 0,
				patience: rapid.SampledFrom([]time.Duration{time.Hour, time.Hour, time.Hour, 300 * time.Microsecond, 0}).Draw(t, "patience"),
				after:    time.Duration(rapid.IntRange(0, 500).Draw(t, "after")) * time.Microsecond,
				outputs:  rapid.SampledFrom([][]string{{"y"}, {"y"}, {"z"}, {"z", "y"}}).Draw(t, "outputs"),
			}
		}), 1, 60).Draw(t, "requests")
		d := &doubler{slow: func() { time.Sleep(50 * time.Microsecond) }}
		p := augur.ServingPolicy{
			MaxConcurrent: rapid.IntRange(0, 3).Draw(t, "places"), MaxBatchRows: rapid.SampledFrom([]int{0, 1, 7, 16}).Draw(t, "most"), MaxQueue: 1000,
		}
		b := testBatcher(d.run, p, rapid.SampledFrom([]proofState{unproven, trusted, refuted}).Draw(t, "proof"))
		var wg sync.WaitGroup
		for i, r := range requests {
			wg.Go(func() {
				time.Sleep(r.after)
				in := matrix(float32(100*i), r.rows, r.width)
				want := slices.Clone(augur.View[float32](in[0].Tensor))
				for k := range want {
					want[k] *= 2
				}
				spoiled := r.poison && r.rows > 0
				if spoiled {
					augur.View[float32](in[0].Tensor)[r.rows*r.width-1] = poison
				}
				ctx, cancel := context.WithTimeout(context.Background(), r.patience)
				defer cancel()
				got, _ := b.do(ctx, in, r.outputs)
				switch {
				case got.err != nil && errors.Is(got.err, ctx.Err()) && ctx.Err() != nil:
				case spoiled:
					if augur.CodeOf(got.err) != augur.InvalidArgument {
						t.Errorf("request %d: error %v, want its own", i, got.err)
					}
				case got.err != nil:
					t.Errorf("request %d: %v", i, got.err)
				case !slices.EqualFunc(got.outputs, r.outputs, func(o augur.Output, name string) bool {
					return o.Name == name && slices.Equal(o.Value.Tensor.Shape, in[0].Tensor.Shape) && slices.Equal(augur.View[float32](o.Value.Tensor), want)
				}):
					t.Errorf("request %d: got %v, want %v", i, got.outputs, want)
				}
			})
		}
		wg.Wait()
		<-b.group.ended()
		if most := d.most.Load(); p.MaxConcurrent > 0 && most > int64(p.MaxConcurrent) {
			t.Errorf("%d runs at one time, want at most %d", most, p.MaxConcurrent)
		}
		if b.waiting != 0 || b.rows != 0 || b.running != 0 || b.tuner.inside != 0 || b.head != nil || b.tail != nil {
			t.Errorf("left behind: %d waiting with %d rows, %d running, %d inside", b.waiting, b.rows, b.running, b.tuner.inside)
		}
	})
}

// busy fills a batcher's one place until let go.
func busy(b *batcher, d *doubler) (letGo func()) {
	gate, entered := make(chan struct{}), make(chan struct{})
	d.slow = sync.OnceFunc(func() { close(entered); <-gate })
	go b.do(context.Background(), matrix(0, 1, 1), []string{"y"})
	<-entered
	return func() { close(gate) }
}

func TestBatchCuts(t *testing.T) {
	for name, c := range map[string]struct {
		ask  func(ask func(rows, width int, patience time.Duration))
		want augur.Cut
		runs int64
	}{
		"all who wait":            {func(ask func(int, int, time.Duration)) { ask(1, 1, 0); ask(2, 1, 0); ask(1, 1, 0) }, augur.CutFree, 1},
		"no more than fit":        {func(ask func(int, int, time.Duration)) { ask(4, 1, 0); ask(3, 1, 0); ask(4, 1, 0) }, augur.CutFull, 2},
		"exactly as many":         {func(ask func(int, int, time.Duration)) { ask(4, 1, 0); ask(4, 1, 0) }, augur.CutFull, 1},
		"not of another shape":    {func(ask func(int, int, time.Duration)) { ask(1, 1, 0); ask(1, 2, 0); ask(1, 1, 0) }, augur.CutShape, 2},
		"one that is too large":   {func(ask func(int, int, time.Duration)) { ask(20, 1, 0) }, augur.CutFree, 3},
		"not who has gone before": {func(ask func(int, int, time.Duration)) { ask(1, 1, time.Millisecond); ask(1, 1, 0); ask(1, 1, 0) }, augur.CutFree, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &doubler{}
				b := testBatcher(d.run, augur.ServingPolicy{MaxConcurrent: 1, MaxBatchRows: 8, MaxQueue: 10}, trusted)
				letGo := busy(b, d)
				c.ask(func(rows, width int, patience time.Duration) {
					ctx, cancel := context.Background(), func() {}
					if patience > 0 {
						ctx, cancel = context.WithTimeout(ctx, patience)
					}
					go func() {
						defer cancel()
						b.do(ctx, matrix(0, rows, width), []string{"y"})
					}()
					synctest.Wait()
				})
				time.Sleep(time.Second)
				letGo()
				synctest.Wait()
				var state augur.EngineState
				b.tell(&state)
				got := int64(0)
				for _, cut := range state.Batching.Cuts {
					if cut.Cut == c.want {
						got = cut.Runs
					}
				}
				if got == 0 || state.Batching.Runs-1 != c.runs {
					t.Errorf("cuts %v, want %d runs with %s after the first", state.Batching.Cuts, c.runs, c.want)
				}
			})
		})
	}
}

func TestBatchQueueIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &doubler{}
		b := testBatcher(d.run, augur.ServingPolicy{MaxConcurrent: 1, MaxBatchRows: 8, MaxQueue: 2}, trusted)
		letGo := busy(b, d)
		for range 2 {
			go b.do(context.Background(), matrix(0, 1, 1), []string{"y"})
		}
		synctest.Wait()
		r, _ := b.do(t.Context(), matrix(0, 1, 1), []string{"y"})
		if err := augur.AsError(r.err); err.Code != augur.ResourceExhausted || err.RetryAfter < 10*time.Millisecond {
			t.Errorf("error %v with retry after %s", err, err.RetryAfter)
		}
		letGo()
	})
}

// TestBatchEndsWithItsCallers: a run goes on while somebody waits for it, and
// is stopped when nobody does; who leaves is told at once.
func TestBatchEndsWithItsCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, stopped := make(chan struct{}), make(chan time.Duration, 1)
		asked := time.Now()
		b := testBatcher(func(ctx context.Context, inputs []augur.NamedTensor, outputs []string) ran {
			if inputs[0].Tensor.Shape[0] == 1 {
				<-first
				return (&doubler{}).run(ctx, inputs, outputs)
			}
			<-ctx.Done()
			stopped <- time.Since(asked)
			return ran{err: ctx.Err(), began: asked}
		}, augur.ServingPolicy{MaxConcurrent: 1, MaxBatchRows: 8, MaxQueue: 10}, trusted)
		go b.do(context.Background(), matrix(0, 1, 1), []string{"y"})
		synctest.Wait()
		var told [2]atomic.Int64
		for i, patience := range []time.Duration{time.Second, 3 * time.Second} {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			go func() {
				defer cancel()
				r, _ := b.do(ctx, matrix(0, 2, 1), []string{"y"})
				if !errors.Is(r.err, context.DeadlineExceeded) {
					t.Errorf("error %v", r.err)
				}
				told[i].Store(int64(time.Since(asked)))
			}()
			synctest.Wait()
		}
		close(first)
		if d := <-stopped; d != 3*time.Second {
			t.Errorf("the run was stopped after %s, want 3 s: when the last caller left", d)
		}
		synctest.Wait()
		if told[0].Load() != int64(time.Second) || told[1].Load() != int64(3*time.Second) {
			t.Errorf("callers were told after %v and %v", told[0].Load(), told[1].Load())
		}
	})
}

// TestProof: a version that takes any number of rows, but whose rows depend on
// each other, answers every request as it does alone.
func TestProof(t *testing.T) {
	mean := func(_ context.Context, inputs []augur.NamedTensor, outputs []string) ran {
		in := inputs[0].Tensor
		sum := float32(0)
		for _, f := range augur.View[float32](in) {
			sum += f
		}
		less := make([]float32, in.Len())
		for i, f := range augur.View[float32](in) {
			less[i] = f - sum/float32(in.Len())
		}
		return ran{outputs: []augur.Output{{Name: outputs[0], Value: augur.TensorValue(augur.TensorOf(augur.Float32, less, slices.Clone(in.Shape)...))}}, began: time.Now(), took: time.Microsecond}
	}
	for name, c := range map[string]struct {
		run  func(context.Context, []augur.NamedTensor, []string) ran
		want proofState
		rows int
	}{
		"rows apart":           {(&doubler{}).run, trusted, 1},
		"many rows apart":      {(&doubler{}).run, trusted, 3},
		"rows mixed":           {mean, refuted, 1},
		"rows mixed, together": {mean, refuted, 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				slow := func(ctx context.Context, in []augur.NamedTensor, out []string) ran {
					time.Sleep(time.Millisecond)
					return c.run(ctx, in, out)
				}
				b := testBatcher(slow, augur.ServingPolicy{MaxConcurrent: 1, MaxBatchRows: 64, MaxQueue: 100}, unproven)
				for i := range 50 {
					go func() {
						in := matrix(float32(7*i*i), c.rows, 1)
						got, _ := b.do(context.Background(), in, []string{"y"})
						if want := c.run(context.Background(), in, []string{"y"}); got.err != nil || !same(got.outputs, want.outputs) {
							t.Errorf("request %d: %v, %v, want %v", i, got.outputs, got.err, want.outputs)
						}
					}()
					time.Sleep(300 * time.Microsecond)
				}
				time.Sleep(time.Second)
				if got := b.proof.state(); got != c.want {
					t.Errorf("the proof is %d (%s), want %d", got, b.proof.reason(), c.want)
				}
			})
		})
	}
}

func TestRuledOut(t *testing.T) {
	x := spec("x", augur.Float32, "n", 3)
	for want, sig := range map[string]*augur.Signature{
		"":                              {Inputs: []augur.Spec{x, spec("s", augur.String, "n")}, Outputs: []augur.Spec{spec("y", augur.Float32, "")}},
		"fixed number of rows":          {Inputs: []augur.Spec{spec("x", augur.Float32, 1, 3)}, Outputs: []augur.Spec{spec("y", augur.Float32, "n")}},
		"has no rows":                   {Inputs: []augur.Spec{x, spec("s", augur.Int64)}, Outputs: []augur.Spec{spec("y", augur.Float32, "n")}},
		"(seq(float32[n])) has no rows": {Inputs: []augur.Spec{x, {Name: "s", Type: sequenceType("n")}}, Outputs: []augur.Spec{spec("y", augur.Float32, "n")}},
		"(optional(seq(float32[n]))) has no rows": {
			Inputs:  []augur.Spec{x, {Name: "s", Type: optionalType(sequenceType("n"))}},
			Outputs: []augur.Spec{spec("y", augur.Float32, "n")},
		},
		"count their rows":       {Inputs: []augur.Spec{x, spec("z", augur.Int64, "m")}, Outputs: []augur.Spec{spec("y", augur.Float32, "n")}},
		"also another dimension": {Inputs: []augur.Spec{spec("x", augur.Float32, "n", "n")}, Outputs: []augur.Spec{spec("y", augur.Float32, "n")}},
		"does not follow":        {Inputs: []augur.Spec{x}, Outputs: []augur.Spec{spec("y", augur.Float32, 1)}},
		"no required input":      {Outputs: []augur.Spec{spec("y", augur.Float32, "n")}},
		"smaller than a byte":    {Inputs: []augur.Spec{spec("x", augur.Int4, "n", 3)}, Outputs: []augur.Spec{spec("y", augur.Float32, "n")}},
	} {
		if got := ruledOut(sig); !strings.Contains(got, want) || (got == "") != (want == "") {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
