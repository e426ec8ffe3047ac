package resolvers

import (
	"context"
	"math"
	"slices"
	"time"

	"augur"
	"augur/graph"
	"augur/registry"
)

// servingKey is one question for figures: of a version, of all versions of a
// model, or of all that the caller sees.
type servingKey struct {
	version, model string
	window         time.Duration
}

// served are the figures of one version or model.
type served struct {
	from, to time.Time
	augur.ServingFigures
}

// serving finds figures: one statement for all that ask for the same window.
func (l Loaders) serving(ctx context.Context, keys []servingKey) ([]*served, []error) {
	byModel := map[string][]string{}
	for _, v := range l.Registry.Catalog().Versions() {
		byModel[v.ModelID] = append(byModel[v.ModelID], v.ID)
	}
	versions := func(key servingKey) []string {
		if key.version != "" {
			return []string{key.version}
		}
		return byModel[key.model]
	}
	asked := map[time.Duration]map[string]bool{}
	out := make([]*served, len(keys))
	for i, key := range keys {
		if key.version+key.model == "" {
			s, err := l.Registry.ServingOfAll(ctx, key.window)
			if err != nil {
				return nil, []error{err}
			}
			out[i] = &served{from: s.From, to: s.To}
			for _, f := range s.Versions {
				out[i].Add(f)
			}
			continue
		}
		if asked[key.window] == nil {
			asked[key.window] = map[string]bool{}
		}
		for _, id := range versions(key) {
			asked[key.window][id] = true
		}
	}
	found := map[time.Duration]registry.Serving{}
	for window, set := range asked {
		ids := make([]string, 0, len(set))
		for id := range set {
			ids = append(ids, id)
		}
		s, err := l.Registry.Serving(ctx, ids, window)
		if err != nil {
			return nil, []error{err}
		}
		found[window] = s
	}
	for i, key := range keys {
		if out[i] != nil {
			continue
		}
		s := found[key.window]
		out[i] = &served{from: s.From, to: s.To}
		for _, id := range versions(key) {
			if f := s.Versions[id]; f != nil {
				out[i].Add(f)
			}
		}
	}
	return out, nil
}

// stats shows figures.
func (s *served) stats() *graph.ServingStats {
	out := &graph.ServingStats{
		From: s.from, To: s.to, Requests: s.Requests, Errors: s.Errors, Faults: s.Faults, Rows: s.Rows, RowErrors: s.RowErrors,
		ErrorRate: share(s.Errors, s.Requests), FaultRate: share(s.Faults, s.Requests),
		MeanMs: meanMs(s.Total, s.Requests), Runs: s.Runs, MeanBatchRows: share(s.RunRows, s.Runs),
		MemoryHits: s.MemoryHits, SharedHits: s.SharedHits, Misses: s.Misses, CachedRows: s.CachedRows,
		CacheHitRate: share(s.MemoryHits+s.SharedHits, s.MemoryHits+s.SharedHits+s.Misses),
	}
	computed := s.Requests - s.Errors - s.MemoryHits - s.SharedHits
	out.MeanQueueMs, out.MeanRunMs = meanMs(s.Queue, computed), meanMs(s.Run, computed)
	if length := s.to.Sub(s.from).Seconds(); length > 0 {
		out.RequestsPerSecond = float64(s.Requests) / length
	}
	for q, into := range map[float64]**float64{0.5: &out.P50Ms, 0.95: &out.P95Ms, 0.99: &out.P99Ms} {
		if s.Latency.Count() > 0 {
			ms := inMs(s.Latency.Quantile(q))
			*into = &ms
		}
	}
	return out
}

// servingSeriesKey is one question for figures over time: of a version, of all
// versions of a model, or of all that the caller sees. Times are in microseconds
// since 1970, 0 for none.
type servingSeriesKey struct {
	version   string
	model     string
	from, to  int64
	maxPoints int
}

// servingSeries finds figures over time: one statement for all versions and
// models that ask the same, and one for all together.
func (l Loaders) servingSeries(ctx context.Context, keys []servingSeriesKey) ([]*graph.ServingSeries, []error) {
	groups := map[servingSeriesKey][]servingSeriesKey{}
	for _, key := range keys {
		group := servingSeriesKey{from: key.from, to: key.to, maxPoints: key.maxPoints}
		groups[group] = append(groups[group], key)
	}
	byKey := make(map[servingSeriesKey]*graph.ServingSeries, len(keys))
	for group, asked := range groups {
		q := registry.ServingSeriesQuery{From: instant(group.from), To: instant(group.to), MaxPoints: group.maxPoints}
		if err := l.seriesOf(ctx, q, asked, byKey); err != nil {
			return nil, []error{err}
		}
	}
	return arrange(keys, byKey), nil
}

// seriesOf puts the answers to questions of one stretch of time into found.
func (l Loaders) seriesOf(ctx context.Context, q registry.ServingSeriesQuery, asked []servingSeriesKey, found map[servingSeriesKey]*graph.ServingSeries) error {
	byModel := map[string][]string{}
	for _, v := range l.Registry.Catalog().Versions() {
		byModel[v.ModelID] = append(byModel[v.ModelID], v.ID)
	}
	var ids []string
	for _, key := range asked {
		switch {
		case key.version != "":
			ids = append(ids, key.version)
		case key.model != "":
			ids = append(ids, byModel[key.model]...)
		default:
			all := q
			all.All = true
			series, err := l.Registry.ServingSeries(ctx, all)
			if err != nil {
				return err
			}
			found[key] = columns(series[0])
		}
	}
	slices.Sort(ids)
	q.VersionIDs = slices.Compact(ids)
	series, err := l.Registry.ServingSeries(ctx, q)
	if err != nil {
		return err
	}
	byVersion := make(map[string]registry.ServingSeries, len(series))
	for _, s := range series {
		byVersion[s.VersionID] = s
	}
	for _, key := range asked {
		switch {
		case key.version != "":
			if s, ok := byVersion[key.version]; ok {
				found[key] = columns(s)
			}
		case key.model != "":
			if s, ok := together(byModel[key.model], byVersion); ok {
				found[key] = columns(s)
			}
		}
	}
	return nil
}

// together adds the series of versions up; not ok when there is none.
func together(ids []string, byVersion map[string]registry.ServingSeries) (sum registry.ServingSeries, ok bool) {
	for _, id := range ids {
		s, found := byVersion[id]
		if !found {
			continue
		}
		if !ok {
			sum, ok = s, true
			sum.Points = make([]*augur.ServingFigures, len(s.Points))
		}
		for i, p := range s.Points {
			if p == nil {
				continue
			}
			if sum.Points[i] == nil {
				sum.Points[i] = &augur.ServingFigures{}
			}
			sum.Points[i].Add(p)
		}
	}
	return sum, ok
}

// columns shows figures over time.
func columns(s registry.ServingSeries) *graph.ServingSeries {
	n := len(s.Points)
	out := &graph.ServingSeries{From: s.From, To: s.To, Step: s.Step, Count: n}
	for _, c := range []*graph.Column{&out.Times, &out.Requests, &out.Errors, &out.Faults, &out.Rows, &out.CacheHits} {
		c.Ints = make([]int64, n)
	}
	for _, c := range []*graph.Column{&out.MeanMs, &out.P50Ms, &out.P95Ms, &out.P99Ms} {
		c.Floats = make([]float64, n)
	}
	for i, p := range s.Points {
		out.Times.Ints[i] = s.From.Add(time.Duration(i) * s.Step).UnixMilli()
		if p == nil || p.Requests == 0 {
			for _, c := range []*graph.Column{&out.MeanMs, &out.P50Ms, &out.P95Ms, &out.P99Ms} {
				c.Floats[i] = math.NaN()
			}
			continue
		}
		out.Requests.Ints[i], out.Errors.Ints[i], out.Faults.Ints[i], out.Rows.Ints[i] = p.Requests, p.Errors, p.Faults, p.Rows
		out.CacheHits.Ints[i] = p.MemoryHits + p.SharedHits
		out.MeanMs.Floats[i] = *meanMs(p.Total, p.Requests)
		out.P50Ms.Floats[i] = inMs(p.Latency.Quantile(0.5))
		out.P95Ms.Floats[i] = inMs(p.Latency.Quantile(0.95))
		out.P99Ms.Floats[i] = inMs(p.Latency.Quantile(0.99))
	}
	return out
}

func inMs(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// share is part of whole, nil of nothing.
func share(part, whole int64) *float64 {
	if whole <= 0 {
		return nil
	}
	f := float64(part) / float64(whole)
	return &f
}

func meanMs(sum time.Duration, n int64) *float64 {
	if n <= 0 {
		return nil
	}
	f := inMs(sum) / float64(n)
	return &f
}
