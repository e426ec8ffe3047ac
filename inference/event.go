package inference

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"augur"
)

// events writes the log line "prediction". Every prediction that failed gets
// one; of those that were answered only so many in a second do, since a line
// costs as much as a small prediction.
type events struct {
	log *slog.Logger
	// most is how many answered ones get a line in one second.
	most   int64
	second atomic.Int64
	told   atomic.Int64 // in that second
}

// done writes the line of a prediction that ended, which says nothing of its
// inputs and its answer. Without a response or an error it panicked.
func (e *events) done(ctx context.Context, v *augur.CatalogVersion, route augur.Route, began time.Time, resp *augur.Response, err error) {
	level := slog.LevelInfo
	if resp == nil || err != nil {
		if err == nil || augur.CodeOf(err).Fault() {
			level = slog.LevelWarn
		}
	} else if !e.due(began) {
		return
	}
	if !e.log.Enabled(ctx, level) {
		return
	}
	code := ok
	if err != nil {
		code = string(augur.CodeOf(err))
	} else if resp == nil {
		code = string(augur.Internal)
	}
	attrs := make([]slog.Attr, 0, 12)
	attrs = append(attrs,
		slog.String("model", v.Model), slog.String("version", v.Version),
		slog.String("code", code), slog.String("route", string(route.Reason)),
		slog.Float64("ms", float64(time.Since(began).Microseconds())/1000),
	)
	if route.Arm != "" {
		attrs = append(attrs, slog.String("arm", route.Arm))
	}
	if resp != nil {
		attrs = append(attrs, slog.String("prediction", resp.ID), slog.String("cache", string(resp.Cache)), slog.Int("rows", len(resp.RowIndex)),
			slog.Float64("queue_ms", float64(resp.Timing.Queue.Microseconds())/1000),
			slog.Float64("run_ms", float64(resp.Timing.Run.Microseconds())/1000))
	}
	if level == slog.LevelWarn && err != nil {
		attrs = append(attrs, slog.String("error", augur.AsError(err).Message))
	}
	e.log.LogAttrs(ctx, level, "prediction", attrs...)
}

// due says whether there is room for another line in this second. At the
// turn of a second there may be a line too many.
func (e *events) due(now time.Time) bool {
	s := now.Unix()
	if old := e.second.Load(); old != s && e.second.CompareAndSwap(old, s) {
		e.told.Store(0)
	}
	return e.told.Load() < e.most && e.told.Add(1) <= e.most
}
