package store

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"github.com/XSAM/otelsql"
	"github.com/jackc/pgx/v5"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// Spans are made for statements of what is traced already, and show the
// statement without its arguments.

// openSQLiteDB opens a database whose statements are traced, where spans are made at all.
func (c Config) openSQLiteDB(connector driver.Connector) *sql.DB {
	if c.Traces == nil {
		return sql.OpenDB(connector)
	}
	return otelsql.OpenDB(connector,
		otelsql.WithTracerProvider(c.Traces),
		otelsql.WithAttributes(attribute.String("db.system.name", "sqlite")),
		otelsql.WithSpanOptions(otelsql.SpanOptions{
			OmitConnResetSession: true, OmitConnPrepare: true, OmitRows: true, OmitConnectorConnect: true, DisableErrSkip: true,
			SpanFilter: func(ctx context.Context, _ otelsql.Method, _ string, _ []driver.NamedValue) bool { return traced(ctx) },
		}))
}

// traceQueries has pgx trace its statements.
func (c Config) traceQueries(cfg *pgx.ConnConfig) {
	if c.Traces != nil {
		cfg.Tracer = queryTracer{c.Traces.Tracer("augur/store")}
	}
}

func traced(ctx context.Context) bool { return trace.SpanContextFromContext(ctx).IsSampled() }

// queryTracer implements pgx.QueryTracer.
type queryTracer struct{ tracer trace.Tracer }

type querySpanKey struct{}

// TraceQueryStart begins the span of a statement.
func (t queryTracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	if !traced(ctx) {
		return ctx
	}
	ctx, span := t.tracer.Start(ctx, "sql.query", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		attribute.String("db.system.name", "postgresql"), attribute.String("db.query.text", data.SQL)))
	return context.WithValue(ctx, querySpanKey{}, span)
}

// TraceQueryEnd ends it. An error's text may hold values, and is not shown.
func (queryTracer) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	span, ok := ctx.Value(querySpanKey{}).(trace.Span)
	if !ok {
		return
	}
	if data.Err != nil {
		span.SetStatus(codes.Error, "the statement failed")
	}
	span.End()
}
