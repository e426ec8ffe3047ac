package registry

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"augur"
	"augur/store"

	"entgo.io/ent/dialect"
)

const sqliteDialect = dialect.SQLite

// The stretches of time that serving figures are told of.
const (
	minWindow = augur.BucketWidth
	maxWindow = 730 * 24 * time.Hour
)

// settling is how long rows wider than ten seconds are left to settle before
// figures are read from them: all servers have written by then, unless the
// database fails.
const settling = time.Minute

// Live is what this server has counted and not yet given to LogServing:
// inference.Log.
type Live interface {
	// Live returns such figures of versions. They are not changed.
	Live(versionIDs []string) []augur.ServingBucket
	// Sync returns when the predictions so far are in the record.
	Sync(ctx context.Context) error
}

// FollowLive has the figures that are read include those of live.
func (r *Registry) FollowLive(live Live) { r.live.Store(&live) }

// Serving are the figures of versions from one instant to another.
type Serving struct {
	From, To time.Time
	// Versions are by id. A version without predictions has none.
	Versions map[string]*augur.ServingFigures
}

// Serving reads the figures of the last window of any number of versions, of
// all servers, with one statement; those of this server up to this moment.
// From is at most one row of the record (ten seconds for windows of up to a
// day) before now less the window. Versions that are deleted or that the
// principal may not see have no figures. The error is InvalidArgument for a
// window that is not from ten seconds to two years.
func (r *Registry) Serving(ctx context.Context, ids []string, window time.Duration) (Serving, error) {
	asked, err := r.askedVersions(ctx, ids, false)
	if err != nil {
		return Serving{}, err
	}
	return r.servingAt(ctx, asked, window, now())
}

// ServingOfAll is Serving of all versions that the principal may see.
func (r *Registry) ServingOfAll(ctx context.Context, window time.Duration) (Serving, error) {
	asked, err := r.askedVersions(ctx, nil, true)
	if err != nil {
		return Serving{}, err
	}
	return r.servingAt(ctx, asked, window, now())
}

// askedVersions are the versions whose figures are read.
type askedVersions struct {
	// ids are theirs. Of all there may be more in the record than these: versions
	// that are archived.
	ids []string
	// all has every row read, whatever its version.
	all bool
	// sees, unless nil, chooses among these.
	sees map[string]bool
}

// askedVersions finds out which of the versions, or of all, the principal may see.
func (r *Registry) askedVersions(ctx context.Context, ids []string, all bool) (askedVersions, error) {
	if !all {
		ids, err := r.visibleVersions(ctx, ids)
		return askedVersions{ids: ids}, store.Error(err)
	}
	p := augur.PrincipalFrom(ctx)
	out := askedVersions{all: true}
	if !p.AllModels() {
		out.sees = map[string]bool{}
	}
	for id, v := range r.catalog.current.Load().versions {
		if !p.Sees(v.Model) {
			continue
		}
		out.ids = append(out.ids, id)
		if out.sees != nil {
			out.sees[id] = true
		}
	}
	return out, nil
}

func (r *Registry) servingAt(ctx context.Context, asked askedVersions, window time.Duration, to time.Time) (Serving, error) {
	if window < minWindow || window > maxWindow {
		return Serving{}, augur.Errorf(augur.InvalidArgument, "expected a window of %v to %d days, got %v", minWindow, maxWindow/(24*time.Hour), window).At("window")
	}
	out := Serving{To: to, Versions: map[string]*augur.ServingFigures{}}
	live, settled := r.liveBuckets(asked.ids, to)
	var spans []span
	spans, out.From = cover(to.Add(-window), to, settled, to, 24*time.Hour)
	err := r.readRollups(ctx, asked, spans, true, live, func(row *rollupRow) {
		f := out.Versions[row.version]
		if f == nil {
			f = &augur.ServingFigures{}
			out.Versions[row.version] = f
		}
		f.Add(&row.figures)
	})
	return out, err
}

// liveBuckets returns the figures of this server that may not be in the record,
// and up to when rows wider than ten seconds can be relied upon.
func (r *Registry) liveBuckets(ids []string, now time.Time) (live []augur.ServingBucket, settled time.Time) {
	settled = now.Add(-settling)
	if l := r.live.Load(); l != nil {
		live = (*l).Live(ids)
	}
	for i := range live {
		if live[i].Start.Before(settled) {
			settled = live[i].Start
		}
	}
	return live, settled
}

// rollupRow is one row as it is read.
type rollupRow struct {
	version string
	start   time.Time
	figures augur.ServingFigures
}

// readRollups calls f for each row of the spans, or for sums of such rows, and
// for each live bucket in them. The figures are f's until it returns. The live ones
// were read before the rows: those that came into the record between are told
// from their rows, and skipped.
func (r *Registry) readRollups(ctx context.Context, asked askedVersions, spans []span, summed bool, live []augur.ServingBucket, f func(*rollupRow)) error {
	if len(asked.ids) == 0 && (!asked.all || asked.sees != nil) || len(spans) == 0 {
		return nil
	}
	query, args := rollupStatement(r.store.Dialect(), asked, spans, summed)
	found, err := r.store.SQLReader().QueryContext(ctx, query, args...)
	if err != nil {
		return store.Error(fmt.Errorf("read serving figures: %w", err))
	}
	defer func() { _ = found.Close() }()
	var (
		row     rollupRow
		replica string
		seconds int
		start   dbTime
		sketch  sql.RawBytes
	)
	places := append([]any{&row.version, &replica, &seconds, &start}, rollupNumbers(&row.figures)...)
	places = append(places, &sketch)
	for found.Next() {
		row.figures.Latency = augur.Sketch{}
		if err := found.Scan(places...); err != nil {
			return store.Error(fmt.Errorf("read serving figures: %w", err))
		}
		if err := mergeSketches(&row.figures.Latency, sketch); err != nil {
			return augur.Wrap(augur.Internal, err, "internal error")
		}
		if row.start, err = start.instant(); err != nil {
			return augur.Wrap(augur.Internal, err, "internal error")
		}
		if replica == r.rollups.replica && seconds == int(augur.BucketWidth/time.Second) {
			live = slices.DeleteFunc(live, func(b augur.ServingBucket) bool { return b.VersionID == row.version && b.Start.Equal(row.start) })
		}
		if asked.sees == nil || asked.sees[row.version] {
			f(&row)
		}
	}
	if err := found.Err(); err != nil {
		return store.Error(fmt.Errorf("read serving figures: %w", err))
	}
	from, to := spans[0].from, spans[len(spans)-1].to
	for i := range live {
		b := &live[i]
		if !b.Start.Before(from) && b.Start.Before(to) {
			f(&rollupRow{version: b.VersionID, start: b.Start, figures: b.Figures})
		}
	}
	return nil
}
