package resolvers

import (
	"time"

	"augur"
	"augur/ent"
	"augur/graph"
	"augur/jobs"
	"augur/registry"

	"github.com/99designs/gqlgen/graphql"
)

// Engine tells what the prediction path knows about a version now.
type Engine interface {
	// State reports false for a version that the engine has not met.
	State(versionID string) (augur.EngineState, bool)
	// Purge forgets the cached answers of an artifact, and returns how many
	// there were in memory.
	Purge(digest augur.Digest) int
}

// Info is what the server says of itself.
type Info struct {
	Version            string
	OnnxruntimeVersion string
	// Database is "sqlite" or "postgres".
	Database  string
	StartedAt time.Time
}

// Deps are what the resolvers call.
type Deps struct {
	// Reader reads the record. It must not be able to write.
	Reader    *ent.Client
	Registry  *registry.Registry
	Predictor augur.Predictor
	Engine    Engine
	Jobs      *jobs.Queue
	Info      Info
}

// Resolver is the root of all resolvers.
type Resolver struct{ Deps }

// New returns the schema that executes with these dependencies.
func New(deps Deps) graphql.ExecutableSchema {
	config := graph.Config{Resolvers: &Resolver{deps}}
	costs(&config.Complexity)
	return graph.NewExecutableSchema(config)
}
