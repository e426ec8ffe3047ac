package inference

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"augur"
)

// tracing makes spans under what is traced already, and none of its own: the
// edges decide what is. A prediction that is not traced pays for one look at its
// context.
type tracing struct{ tracer trace.Tracer } // nil makes none

// start begins a span under that of ctx.
func (t tracing) start(ctx context.Context, name string, attrs ...attribute.KeyValue) (context.Context, trace.Span) {
	if t.tracer == nil || !trace.SpanContextFromContext(ctx).IsSampled() {
		return ctx, noop.Span{}
	}
	return t.tracer.Start(ctx, name, trace.WithAttributes(attrs...))
}

// end ends the span of a prediction and says what became of it. Of the inputs
// and the answer it says nothing.
func end(span trace.Span, req *augur.Request, resp *augur.Response, err error) {
	if !span.IsRecording() {
		return
	}
	span.SetAttributes(attribute.String("augur.model", req.Model))
	if resp != nil {
		span.SetAttributes(
			attribute.String("augur.version", resp.Version.Version),
			attribute.String("augur.route", string(resp.Route.Reason)),
			attribute.String("augur.cache", string(resp.Cache)),
			attribute.Int("augur.rows", len(resp.RowIndex)),
			attribute.Float64("augur.queue_ms", float64(resp.Timing.Queue.Microseconds())/1000),
		)
	}
	failed(span, err)
	span.End()
}

// failed notes an error by its code: its text may repeat what was sent.
func failed(span trace.Span, err error) {
	if err != nil {
		span.SetStatus(codes.Error, string(augur.CodeOf(err)))
	}
}

// sharedRun is what a run of several requests knows of those that are traced.
type sharedRun struct {
	tasks  int
	traced []context.Context
}

type sharedRunKey struct{}

// tracedRun is the context of a run of several tasks, whose callers may leave
// before it ends. Its span stands in the trace of the first that is traced.
func tracedRun(tasks []*task) context.Context {
	run := sharedRun{tasks: len(tasks)}
	for _, t := range tasks {
		if trace.SpanContextFromContext(t.ctx).IsSampled() {
			run.traced = append(run.traced, t.ctx)
		}
	}
	if len(run.traced) == 0 {
		return context.Background()
	}
	ctx := trace.ContextWithSpanContext(context.Background(), trace.SpanContextFromContext(run.traced[0]))
	return context.WithValue(ctx, sharedRunKey{}, run)
}

// startRun begins the span of a run. One that serves several requests links to
// those of the others, and they to it.
func (t tracing) startRun(ctx context.Context, v *augur.CatalogVersion, inputs []augur.NamedTensor) (context.Context, trace.Span) {
	ctx, span := t.start(ctx, "run")
	if !span.IsRecording() {
		return ctx, span
	}
	span.SetAttributes(
		attribute.String("augur.model", v.Model),
		attribute.String("augur.version", v.Version),
		attribute.Int("augur.rows", max(commonRows(inputs), 1)),
	)
	if run, ok := ctx.Value(sharedRunKey{}).(sharedRun); ok {
		span.SetAttributes(attribute.Int("augur.requests", run.tasks))
		for _, other := range run.traced[1:] {
			asker := trace.SpanFromContext(other)
			span.AddLink(trace.Link{SpanContext: asker.SpanContext()})
			asker.AddLink(trace.Link{SpanContext: span.SpanContext()})
		}
	}
	return ctx, span
}
