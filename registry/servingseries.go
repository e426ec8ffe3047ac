package registry

import (
	"context"
	"time"

	"augur"
)

// ServingSeriesQuery asks for the figures of versions over time.
type ServingSeriesQuery struct {
	VersionIDs []string
	// All asks for all versions that the principal may see, as one series without
	// a VersionID.
	All bool
	// From and To bound the time; nil are an hour before To, and now.
	From, To *time.Time
	// MaxPoints bounds the points of one series, 2 to 10,000; zero means 300.
	MaxPoints int
}

// ServingSeries are the figures of one version over time, one point for each
// Step from From on, nil where there were no predictions.
type ServingSeries struct {
	VersionID string
	From, To  time.Time
	Step      time.Duration
	Points    []*augur.ServingFigures
}

// seriesSteps are the steps of a series, each a multiple of some width of rows.
var seriesSteps = []time.Duration{
	10 * time.Second, 20 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
	24 * time.Hour, 2 * 24 * time.Hour, 7 * 24 * time.Hour, 14 * 24 * time.Hour,
}

// ServingSeries reads the figures of any number of versions over time, of all
// servers, with one statement. The step is the least of seriesSteps with which
// there are at most MaxPoints and whose rows are still kept, and From is taken
// down to a whole step. The series come in the order of the ids, one for each
// version that the principal may see. The error is InvalidArgument for bounds
// that make no sense.
func (r *Registry) ServingSeries(ctx context.Context, q ServingSeriesQuery) ([]ServingSeries, error) {
	return r.servingSeriesAt(ctx, q, now())
}

func (r *Registry) servingSeriesAt(ctx context.Context, q ServingSeriesQuery, at time.Time) ([]ServingSeries, error) {
	if q.MaxPoints == 0 {
		q.MaxPoints = 300
	}
	if q.MaxPoints < 2 || q.MaxPoints > maxPoints {
		return nil, augur.Errorf(augur.InvalidArgument, "expected 2 to %d points, got %d", maxPoints, q.MaxPoints).At("maxPoints")
	}
	to := at
	if q.To != nil {
		to = q.To.UTC()
	}
	from := to.Add(-time.Hour)
	if q.From != nil {
		from = q.From.UTC()
	}
	if !from.Before(to) || to.Sub(from) > maxWindow || from.Year() < 1970 || to.After(at.Add(maxWindow)) {
		return nil, augur.Errorf(augur.InvalidArgument, "expected from before to, and no more than %d days between them", maxWindow/(24*time.Hour)).At("from")
	}
	asked, err := r.askedVersions(ctx, q.VersionIDs, q.All)
	if err != nil {
		return nil, err
	}
	step := seriesStep(from, to, at, q.MaxPoints)
	from = from.Truncate(step)
	n := int((to.Sub(from) + step - 1) / step)
	ids := asked.ids
	if q.All {
		ids = []string{""}
	}
	out := make([]ServingSeries, len(ids))
	place := make(map[string]int, len(ids))
	for i, id := range ids {
		out[i] = ServingSeries{VersionID: id, From: from, To: to, Step: step, Points: make([]*augur.ServingFigures, n)}
		place[id] = i
	}
	live, settled := r.liveBuckets(asked.ids, at)
	spans, _ := cover(from, to, settled, at, widestIn(step))
	err = r.readRollups(ctx, asked, spans, false, live, func(row *rollupRow) {
		// Of all versions there is one series: place has none of theirs, and says 0.
		points, i := out[place[row.version]].Points, int(row.start.Sub(from)/step)
		if points[i] == nil {
			points[i] = &augur.ServingFigures{}
		}
		points[i].Add(&row.figures)
	})
	return out, err
}

// seriesStep chooses the step.
func seriesStep(from, to, now time.Time, maxPoints int) time.Duration {
	least := finest(from, now)
	for _, step := range seriesSteps {
		// Taking from down to a whole step may add one.
		if step >= least && int((to.Sub(from)+step-1)/step)+1 <= maxPoints {
			return step
		}
	}
	day := 24 * time.Hour
	return (to.Sub(from)/time.Duration(maxPoints-1)/day + 1) * day
}

// widestIn is the widest row of which a step is a multiple.
func widestIn(step time.Duration) time.Duration {
	width := augur.BucketWidth
	for _, w := range rollupWidths {
		if step%w.width == 0 {
			width = w.width
		}
	}
	return width
}
