package inference

import (
	"context"
	"slices"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"augur"
)

// TestRunLinksToThoseItServed: a run of three requests, two of them traced,
// stands in the trace of the first and links to the other, and back; one that
// is not traced is seen nowhere.
func TestRunLinksToThoseItServed(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder))
	traces := tracing{provider.Tracer("test")}
	v := version("m", "1.0.0", rowsThatFollow())
	gate, entered := make(chan struct{}), make(chan struct{})
	d := &doubler{slow: sync.OnceFunc(func() { close(entered); <-gate })}
	b := testBatcher(func(ctx context.Context, in []augur.NamedTensor, out []string) ran {
		ctx, span := traces.startRun(ctx, v, in)
		defer span.End()
		return d.run(ctx, in, out)
	}, augur.ServingPolicy{MaxConcurrent: 1, MaxBatchRows: 8, MaxQueue: 10}, trusted)

	var asked []trace.Span
	var wg sync.WaitGroup
	ask := func(ctx context.Context) {
		wg.Go(func() {
			if r, _ := b.do(ctx, matrix(1, 1, 1), []string{"y"}); r.err != nil {
				t.Error(r.err)
			}
		})
	}
	ask(t.Context()) // takes the only place
	<-entered
	for i := range 3 {
		ctx := t.Context()
		if i != 1 {
			var span trace.Span
			ctx, span = provider.Tracer("test").Start(ctx, "predict")
			asked = append(asked, span)
		}
		ask(ctx)
		for b.queued() <= i {
		}
	}
	close(gate)
	wg.Wait()
	<-b.group.ended()
	for _, span := range asked {
		span.End()
	}

	var run sdktrace.ReadOnlySpan
	predicts := map[trace.SpanID]sdktrace.ReadOnlySpan{}
	for _, span := range recorder.Ended() {
		if span.Name() == "run" {
			if run != nil {
				t.Fatal("more than one run is traced")
			}
			run = span
		} else {
			predicts[span.SpanContext().SpanID()] = span
		}
	}
	first, second := predicts[asked[0].SpanContext().SpanID()], predicts[asked[1].SpanContext().SpanID()]
	if run.Parent().SpanID() != first.SpanContext().SpanID() {
		t.Errorf("the run's parent is %s, want the first that is traced", run.Parent().SpanID())
	}
	links := func(s sdktrace.ReadOnlySpan) (ids []trace.SpanID) {
		for _, l := range s.Links() {
			ids = append(ids, l.SpanContext.SpanID())
		}
		return ids
	}
	if got := links(run); !slices.Equal(got, []trace.SpanID{second.SpanContext().SpanID()}) {
		t.Errorf("the run links to %v", got)
	}
	if got := links(second); !slices.Equal(got, []trace.SpanID{run.SpanContext().SpanID()}) {
		t.Errorf("the other request links to %v", got)
	}
	if !slices.Contains(run.Attributes(), attribute.Int("augur.requests", 3)) || !slices.Contains(run.Attributes(), attribute.Int("augur.rows", 3)) {
		t.Errorf("the run says %v", run.Attributes())
	}
}

// TestNothingIsTracedByItself: the engine begins no trace of its own.
func TestNothingIsTracedByItself(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder))
	h := startWith(t, Config{}, Deps{Tracer: provider.Tracer("test")}, road())
	if _, err := h.Predict(t.Context(), rows("road-risk", roadRow)); err != nil {
		t.Fatal(err)
	}
	if n := len(recorder.Started()); n != 0 {
		t.Errorf("%d spans", n)
	}
	ctx, span := provider.Tracer("test").Start(t.Context(), "asker")
	if _, err := h.Predict(ctx, &augur.Request{Model: "nobody"}); err == nil {
		t.Fatal("no error")
	}
	span.End()
	var names []string
	for _, s := range recorder.Ended() {
		names = append(names, s.Name()+" "+s.Status().Description)
	}
	if !slices.Equal(names, []string{"predict NOT_FOUND", "asker "}) {
		t.Errorf("got %q", names)
	}
}
