package resolvers

import (
	"time"

	"augur"
	"augur/graph"
)

// engineState shows what the engine knows of a version. One that it has not met
// is neither loaded nor left alone.
func engineState(s *augur.EngineState) *graph.EngineState {
	out := &graph.EngineState{
		Loaded: s.Loaded, Queued: s.Queued, Running: s.Running,
		Batching: batchState(&s.Batching), Breaker: breakerState(&s.Breaker), Cache: &s.Cache,
	}
	if s.Loaded {
		out.LoadMs = milliseconds(s.LoadTime)
	}
	if s.LoadError != "" {
		out.LoadError = &s.LoadError
	}
	return out
}

func batchState(s *augur.BatchState) *graph.BatchState {
	out := &graph.BatchState{
		On: s.On, Why: s.Why, MaxRows: s.MaxRows, Runners: s.Runners, Runs: s.Runs, Rows: s.Rows,
		Sizes: make([]*augur.BatchSize, len(s.Sizes)), Cuts: make([]*augur.CutCount, len(s.Cuts)),
	}
	if s.FixedCost > 0 || s.RowCost > 0 {
		out.FixedCostMs, out.RowCostMs = milliseconds(s.FixedCost), milliseconds(s.RowCost)
	}
	for i := range s.Sizes {
		out.Sizes[i] = &s.Sizes[i]
	}
	for i := range s.Cuts {
		out.Cuts[i] = &s.Cuts[i]
	}
	return out
}

func breakerState(s *augur.BreakerState) *graph.BreakerState {
	out := &graph.BreakerState{Status: s.Status, Failures: s.Failures, Opened: s.Opened}
	if s.Status == "" {
		out.Status = augur.BreakerClosed
	}
	if !s.RetryAt.IsZero() {
		at := s.RetryAt.UTC()
		out.RetryAt = &at
	}
	if s.LastError != "" {
		out.LastError = &s.LastError
	}
	return out
}

func milliseconds(d time.Duration) *float64 {
	ms := float64(d) / float64(time.Millisecond)
	return &ms
}
