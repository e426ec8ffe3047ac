package server

import "time"

// JobsConfig is the section jobs.
type JobsConfig struct {
	Workers         int           `name:"workers" default:"1" help:"How many jobs this server works on at one time; 0: none, others do." why:"Several large jobs at a time, or workers of their own."`
	MaxPerPrincipal int           `name:"max-per-principal" default:"100" help:"How many jobs of one principal may be queued or running." why:"Programs that submit many small jobs."`
	MaxAttempts     int           `name:"max-attempts" default:"8" help:"How often a job is tried before it has FAILED. A full queue is no failure." why:"With the default delay, eight attempts span about two minutes."`
	RetryDelay      time.Duration `name:"retry-delay" default:"1s" help:"How long the second attempt waits; each further one waits twice as long, five minutes at most." why:"Models or remote servers that are down for long."`
	Keep            time.Duration `name:"keep" default:"168h" help:"How long jobs and their results are kept after their end." why:"A smaller database, or results that are fetched late."`
}
