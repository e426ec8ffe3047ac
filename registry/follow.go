package registry

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/auditevent"
	"augur/ent/metricpoint"

	"entgo.io/ent/dialect"
)

// channel is the channel of PostgreSQL on which replicas tell each other of
// changes: "EVENT REVISION", the id of the row in the audit trail and the
// catalog's revision, 0 when predictions do not see the change.
const channel = "augur_changes"

// How other replicas' events are found without a notice: those of the last
// overlap, each once, every betweenPolls.
const (
	betweenPolls = time.Second
	pollOverlap  = 15 * time.Second
	maxPolled    = 1000
)

// announce tells the other replicas of a change when its transaction commits,
// and not before.
func (r *Registry) announce(ctx context.Context, tx *ent.Tx, event string, revision int64) error {
	if r.store.Dialect() != dialect.Postgres {
		return nil // one process has a SQLite file
	}
	_, err := tx.ExecContext(ctx, "SELECT pg_notify($1, $2)", channel, event+" "+strconv.FormatInt(revision, 10))
	return err
}

// listen follows the notices of other replicas until ctx is done. A notice that
// is missed, since the connection was cut, is made up for by the polls.
func (r *Registry) listen(ctx context.Context) {
	ctx = augur.WithPrincipal(ctx, augur.System())
	r.store.Listen(ctx, channel, func(notice string) {
		event, number, _ := strings.Cut(notice, " ")
		if revision, err := strconv.ParseInt(number, 10, 64); err == nil && revision > r.catalog.current.Load().revision {
			if err := r.catalog.follow(ctx); err != nil && ctx.Err() == nil {
				r.log.DebugContext(ctx, "a notice of another server could not be followed", "err", err)
			}
		}
		if !r.bus.wants(event) {
			return
		}
		if row, err := r.store.Reader().AuditEvent.Get(ctx, event); err == nil {
			r.bus.publish(eventOf(row))
		}
	})
}

// pollEvents looks for events of other replicas, while somebody listens, until
// ctx is done.
func (r *Registry) pollEvents(ctx context.Context) {
	ctx = augur.WithPrincipal(ctx, augur.System())
	tick := time.NewTicker(betweenPolls)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if !r.bus.wants("") {
			continue
		}
		rows, err := r.store.Reader().AuditEvent.Query().Where(auditevent.CreatedAtGT(now().Add(-pollOverlap))).
			Order(ent.Desc(auditevent.FieldCreatedAt)).Limit(maxPolled).All(ctx)
		if err != nil {
			continue // the catalog's poll says so
		}
		for i := len(rows) - 1; i >= 0; i-- {
			r.bus.publish(eventOf(rows[i]))
		}
	}
}

// LogsMetrics says whether an event is that of points that were logged.
func LogsMetrics(e *augur.Event) bool { return e.Action == metricsEvent }

// PointsOf reads the points that an event of metricsLog tells of, those of
// some metrics, all of them when names is empty: in columns for each metric, by
// name and step. A principal who may not see the version gets none.
func (r *Registry) PointsOf(ctx context.Context, e *augur.Event, names []string) ([]Series, error) {
	first, _ := e.After["firstId"].(string)
	last, _ := e.After["lastId"].(string)
	query := r.store.Reader().MetricPoint.Query().Where(metricpoint.IDGTE(first), metricpoint.IDLTE(last), metricpoint.VersionID(e.SubjectID))
	if len(names) > 0 {
		query.Where(metricpoint.NameIn(names...))
	}
	points, err := query.Order(ent.Asc(metricpoint.FieldName, metricpoint.FieldStep, metricpoint.FieldAt)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read new points: %w", err)
	}
	var out []Series
	for _, p := range points {
		if len(out) == 0 || out[len(out)-1].Name != p.Name {
			out = append(out, Series{VersionID: p.VersionID, Name: p.Name})
		}
		s := &out[len(out)-1]
		s.Steps, s.Times, s.Values = append(s.Steps, p.Step), append(s.Times, p.At.UnixMilli()), append(s.Values, valueOf(p.Value))
		s.SampledFrom++
	}
	return out, nil
}

// valueOf is a value as people know it: NULL is NaN.
func valueOf(stored *float64) float64 {
	if stored == nil {
		return math.NaN()
	}
	return *stored
}
