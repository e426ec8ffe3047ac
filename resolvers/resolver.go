package resolvers

import (
	"context"
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

// Health is whether the server should get requests, and what of it works.
type Health struct {
	Ready bool
	// Missing says in words what keeps it from being ready.
	Missing []string
	// Failed are live versions that could not be loaded, with the reason.
	Failed   map[string]string
	Backends []Backend
}

// Backend is a part that the server depends on.
type Backend struct {
	Name string
	// Required is set for a part without which the server is not ready.
	Required, Up bool
	// Problem says what is wrong while it is not up.
	Problem string
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
	// Health asks the backends, and takes no longer than /ready does.
	Health func(context.Context) Health
}

// Resolver is the root of all resolvers.
type Resolver struct{ Deps }

// New returns the schema that executes with these dependencies.
func New(deps Deps) graphql.ExecutableSchema {
	config := graph.Config{Resolvers: &Resolver{deps}}
	costs(&config.Complexity)
	return graph.NewExecutableSchema(config)
}
