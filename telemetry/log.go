package telemetry

import (
	"context"
	"io"
	"log/slog"
	"os"
	"strings"

	"go.opentelemetry.io/otel/trace"

	"augur"
)

// LogConfig says how much is logged and in which form.
type LogConfig struct {
	// Level is the least level that is written: debug, info, warn or error;
	// "" means info.
	Level string
	// Format is json, text or auto ("" too): text on a terminal, json elsewhere.
	Format string
	// Var, where it is given, is set to Level and decides from then on: setting it
	// changes the level while the program runs.
	Var *slog.LevelVar
}

// NewLogger returns a logger that writes lines to w. It fails with
// InvalidArgument for an unknown level or format.
func NewLogger(cfg LogConfig, w io.Writer) (*slog.Logger, error) {
	var level slog.Level
	if cfg.Level != "" {
		if err := level.UnmarshalText([]byte(cfg.Level)); err != nil {
			return nil, augur.Errorf(augur.InvalidArgument, "log level %q: expected debug, info, warn or error", cfg.Level)
		}
	}
	opts := &slog.HandlerOptions{Level: level}
	if cfg.Var != nil {
		cfg.Var.Set(level)
		opts.Level = cfg.Var
	}
	var h slog.Handler
	switch strings.ToLower(cfg.Format) {
	case "json":
		h = slog.NewJSONHandler(w, opts)
	case "text":
		h = slog.NewTextHandler(w, opts)
	case "", "auto":
		if terminal(w) {
			h = slog.NewTextHandler(w, opts)
		} else {
			h = slog.NewJSONHandler(w, opts)
		}
	default:
		return nil, augur.Errorf(augur.InvalidArgument, "log format %q: expected json, text or auto", cfg.Format)
	}
	return slog.New(contextHandler{h}), nil
}

// terminal says whether w is a character device, which is as close to "a
// person reads this" as the standard library comes.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// contextHandler adds what the context knows of the request to every record.
type contextHandler struct{ slog.Handler }

// Handle adds request_id and trace_id.
func (h contextHandler) Handle(ctx context.Context, r slog.Record) error {
	if id := augur.RequestIDFrom(ctx); id != "" {
		r.AddAttrs(slog.String("request_id", id))
	}
	if span := trace.SpanContextFromContext(ctx); span.IsSampled() {
		r.AddAttrs(slog.String("trace_id", span.TraceID().String()))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs keeps what Handle adds.
func (h contextHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return contextHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup keeps what Handle adds.
func (h contextHandler) WithGroup(name string) slog.Handler {
	return contextHandler{h.Handler.WithGroup(name)}
}
