package augur

import "time"

// EngineState is what the prediction path knows about one version now.
type EngineState struct {
	VersionID string
	// Loaded says whether a session is open; LoadTime how long opening took.
	Loaded   bool
	LoadTime time.Duration
	// LoadError says why it could not be loaded, "" otherwise.
	LoadError string
	// Queued and Running count requests now.
	Queued, Running int
}
