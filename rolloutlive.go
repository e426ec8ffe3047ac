package augur

import "time"

// LiveRollout is a rollout that goes on, as the catalog has it. It is immutable.
type LiveRollout struct {
	ID, ModelID string
	Plan        *Plan
	State       RolloutState
	// Versions are those of the plan's arms, in their order.
	Versions []*CatalogVersion
}

// RolloutFigures are what one server has counted of one arm of a rollout since
// a step of it began: of answers that were computed, since those from a cache
// say nothing about a version. A later count holds an earlier one.
type RolloutFigures struct {
	RolloutID string
	// Since is RolloutState.Since of the step.
	Since time.Time
	Arm   string
	// Requests were computed or failed by the server's fault, Errors of them
	// failed. Of a shadow's candidate they are the copies that ran.
	Requests, Errors int64
	// Compared are the answers of a shadow that were held against the baseline's,
	// and Agreed of them agree. Dropped copies did not run.
	Compared, Agreed, Dropped int64
	// Largest is the largest difference of two numbers in answers that were
	// compared; it may be +Inf.
	Largest float64
	// Latency holds the time of each request; of a shadow, of each compared run.
	Latency Sketch
}

// RolloutSubject says that an arm of a rollout answered a subject.
type RolloutSubject struct {
	RolloutID string
	Since     time.Time
	Arm       string
	// Subject is a hash of who it was.
	Subject uint64
}
