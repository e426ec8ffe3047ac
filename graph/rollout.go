package graph

// RolloutArm is a version that takes part in a rollout.
type RolloutArm struct {
	Name      string
	VersionID string
	// Weight is its share now, in percent.
	Weight float64
}
