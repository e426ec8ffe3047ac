package registry

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/modelversion"
)

// maxPoints bounds the points of one call of MetricsLog.
const maxPoints = 10_000

// pointsAtOnce is how many points one transaction writes, so that others wait
// about 10 ms at most for the one writer of SQLite.
const pointsAtOnce = 1000

// metricsEvent is the action of MetricsLog.
const metricsEvent = "metricsLog"

// MetricPoint is one value of one metric. Name, Step, At and DatasetDigest
// together are its key.
type MetricPoint struct {
	Name string
	Step int64
	// Value may be NaN or infinite.
	Value float64
	// At is when it was measured, kept to the microsecond; zero means now.
	At            time.Time
	DatasetDigest string
}

// MetricsLog are points of one version.
type MetricsLog struct {
	VersionID string
	// Points are at most 10,000.
	Points []MetricPoint
}

// MetricsLogged says what became of the points: Accepted are new, Duplicates
// were there already, or stand twice in the call.
type MetricsLogged struct{ Accepted, Duplicates int }

// MetricsLog adds points to the history of a version's metrics. A point whose
// key is there already is left as it is, so that a call whose points carry
// their time may be repeated. The summaries are kept in step. All points are
// checked before any is written; they are then written 1,000 at a time, each
// with its audit row, and when a database error comes in between, those written
// stay. The error is InvalidArgument, at ["points", "3", "name"], and NotFound
// when there is no such version.
func (r *Registry) MetricsLog(ctx context.Context, in MetricsLog) (MetricsLogged, error) {
	if len(in.Points) > maxPoints {
		return MetricsLogged{}, augur.Errorf(augur.InvalidArgument, "expected at most %d points, got %d", maxPoints, len(in.Points)).At("points")
	}
	points, err := checkPoints(in.Points, now())
	if err != nil {
		return MetricsLogged{}, err
	}
	var logged MetricsLogged
	// Once also for no points: the version must be there.
	for at := 0; at == 0 || at < len(points); at += pointsAtOnce {
		part := points[at:min(at+pointsAtOnce, len(points))]
		accepted, ids := 0, augur.NewIDs(augur.MetricID, len(part))
		err := r.write(ctx, func(ctx context.Context, tx *ent.Tx) (*change, error) {
			accepted = 0
			model, err := r.versionToLog(ctx, tx, in.VersionID)
			if err != nil {
				return nil, err
			}
			if accepted, err = insertPoints(ctx, tx, r.store.Dialect(), in.VersionID, part, ids); err != nil || accepted == 0 {
				return nil, err
			}
			// The ids stand in a row, with none of another call's between them: a
			// subscriber finds the new points by the first and the last.
			return &change{action: metricsEvent, subject: in.VersionID, model: model, after: map[string]any{
				"points": accepted, "metrics": metricNames(part), "firstId": ids[0], "lastId": ids[len(ids)-1],
			}}, nil
		})
		if err != nil {
			return logged, err
		}
		logged.Accepted += accepted
	}
	logged.Duplicates = len(in.Points) - logged.Accepted
	return logged, nil
}

// versionToLog returns the name of the model of a version.
func (r *Registry) versionToLog(ctx context.Context, tx *ent.Tx, id string) (model string, err error) {
	v, err := tx.ModelVersion.Query().Where(modelversion.ID(id)).WithModel().Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return "", augur.Errorf(augur.NotFound, "there is no version with the id %q", id).At("versionId")
	case err != nil:
		return "", err
	case v.Edges.Model == nil:
		return "", augur.Errorf(augur.NotFound, "the model of this version is deleted").At("versionId")
	}
	return v.Edges.Model.Name, nil
}

// checkPoints returns the points as they are stored: with times, in the order
// of their keys and each key once, the first winning. That order is the same for
// every writer, so that two who log the same points at one time wait for each
// other instead of each for the other.
func checkPoints(in []MetricPoint, at time.Time) ([]MetricPoint, error) {
	out := slices.Clone(in)
	for i := range out {
		p := &out[i]
		fail := func(err error) ([]MetricPoint, error) {
			return nil, augur.AsError(err).At("points", strconv.Itoa(i))
		}
		if err := augur.CheckMetricName(p.Name); err != nil {
			return fail(augur.AsError(err).At("name"))
		}
		if err := firstOf(checkText(p.Name, 250, "name"), checkText(p.DatasetDigest, 128, "datasetDigest")); err != nil {
			return fail(err)
		}
		if p.At.IsZero() {
			p.At = at
		}
		p.At = p.At.UTC().Truncate(time.Microsecond)
		if y := p.At.Year(); y < 1 || y > 9999 {
			return fail(augur.Errorf(augur.InvalidArgument, "expected a year from 1 to 9999, got %d", y).At("at"))
		}
	}
	slices.SortStableFunc(out, comparePoints)
	return slices.CompactFunc(out, func(a, b MetricPoint) bool { return comparePoints(a, b) == 0 }), nil
}

// comparePoints orders by key.
func comparePoints(a, b MetricPoint) int {
	return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.Step, b.Step), a.At.Compare(b.At), strings.Compare(a.DatasetDigest, b.DatasetDigest))
}

// metricNames lists the metrics of points, at most 20 of them, for the audit trail.
func metricNames(points []MetricPoint) []string {
	set := map[string]bool{}
	for _, p := range points {
		set[p.Name] = true
	}
	names := slices.Sorted(maps.Keys(set))
	return names[:min(len(names), 20)]
}
