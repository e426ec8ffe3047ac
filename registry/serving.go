package registry

import (
	"math"
	"time"

	"augur"
	"augur/ent"
	"augur/ent/servingpolicy"
)

// setting is one field of a serving policy: the one table that checking,
// writing, inheriting and showing go by.
type setting struct {
	// name is its name for people, column in the record.
	name, column string
	// least and most bound a number, or a length of time in nanoseconds.
	least, most int64
	// get returns the value, nil when it is not set.
	get func(*ent.ServingPolicy) any
	// take gives into what from says.
	take func(into, from *ent.ServingPolicy)
}

// of makes a setting of the field that at points at.
func of[T any](name, column string, least, most int64, at func(*ent.ServingPolicy) **T) setting {
	return setting{
		name: name, column: column, least: least, most: most,
		get: func(p *ent.ServingPolicy) any {
			if v := *at(p); v != nil {
				return *v
			}
			return nil
		},
		take: func(into, from *ent.ServingPolicy) { *at(into) = *at(from) },
	}
}

const (
	fallbackSetting = "fallback"
	redactSetting   = "logRedact"
)

// settings lists every setting in the order of the schema.
var settings = []setting{
	of("cache", servingpolicy.FieldCache, 0, 0, func(p *ent.ServingPolicy) **bool { return &p.Cache }),
	of("cacheTtl", servingpolicy.FieldCacheTTL, int64(time.Millisecond), int64(366*24*time.Hour), func(p *ent.ServingPolicy) **time.Duration { return &p.CacheTTL }),
	of("threads", servingpolicy.FieldThreads, 1, 1024, func(p *ent.ServingPolicy) **int { return &p.Threads }),
	of("instances", servingpolicy.FieldInstances, 1, 1024, func(p *ent.ServingPolicy) **int { return &p.Instances }),
	of("maxBatchRows", servingpolicy.FieldMaxBatchRows, 1, 1e6, func(p *ent.ServingPolicy) **int { return &p.MaxBatchRows }),
	of("maxQueue", servingpolicy.FieldMaxQueue, 0, 1e6, func(p *ent.ServingPolicy) **int { return &p.MaxQueue }),
	of("timeout", servingpolicy.FieldTimeout, int64(time.Millisecond), int64(time.Hour), func(p *ent.ServingPolicy) **time.Duration { return &p.Timeout }),
	of("maxRows", servingpolicy.FieldMaxRows, 1, 1e7, func(p *ent.ServingPolicy) **int { return &p.MaxRows }),
	of("maxBytes", servingpolicy.FieldMaxBytes, 1, math.MaxInt64, func(p *ent.ServingPolicy) **int64 { return &p.MaxBytes }),
	of("breakerFailures", servingpolicy.FieldBreakerFailures, 0, 1e6, func(p *ent.ServingPolicy) **int { return &p.BreakerFailures }),
	of("breakerDelay", servingpolicy.FieldBreakerDelay, int64(time.Millisecond), int64(24*time.Hour), func(p *ent.ServingPolicy) **time.Duration { return &p.BreakerDelay }),
	of("logSuccesses", servingpolicy.FieldLogSuccesses, 0, 1e6, func(p *ent.ServingPolicy) **int { return &p.LogSuccesses }),
	of("logInputShare", servingpolicy.FieldLogInputShare, 0, 1, func(p *ent.ServingPolicy) **float64 { return &p.LogInputShare }),
	of(redactSetting, servingpolicy.FieldLogRedact, 0, 0, func(p *ent.ServingPolicy) **string { return &p.LogRedact }),
	of(fallbackSetting, servingpolicy.FieldFallback, 0, 0, func(p *ent.ServingPolicy) **string { return &p.Fallback }),
}

// ServingSet names the settings that a policy sets, in the order of the schema.
// A nil policy sets none.
func ServingSet(p *ent.ServingPolicy) []string {
	names := []string{}
	if p == nil {
		return names
	}
	for _, s := range settings {
		if s.get(p) != nil {
			names = append(names, s.name)
		}
	}
	return names
}

// ServingOf is how a version is served: what the version's own policy sets, and
// for the rest what the model's does. Each may be nil.
func ServingOf(model, version *ent.ServingPolicy) *ent.ServingPolicy {
	out := &ent.ServingPolicy{}
	for _, p := range []*ent.ServingPolicy{model, version} {
		if p == nil {
			continue
		}
		for _, s := range settings {
			if s.get(p) != nil {
				s.take(out, p)
			}
		}
	}
	return out
}

// servingPolicy is p for the prediction path, of a version that gives equal
// answers to equal questions or not: if not, only a policy that says so caches.
func servingPolicy(p *ent.ServingPolicy, deterministic bool) augur.ServingPolicy {
	return augur.ServingPolicy{
		CacheOff:        !or(p.Cache, deterministic),
		CacheTTL:        or(p.CacheTTL, 0),
		Threads:         or(p.Threads, 0),
		MaxConcurrent:   or(p.Instances, 0),
		MaxBatchRows:    or(p.MaxBatchRows, 0),
		MaxQueue:        none(p.MaxQueue),
		Timeout:         or(p.Timeout, 0),
		MaxRows:         or(p.MaxRows, 0),
		MaxBytes:        or(p.MaxBytes, 0),
		BreakerFailures: none(p.BreakerFailures),
		BreakerDelay:    or(p.BreakerDelay, 0),
		LogSuccesses:    none(p.LogSuccesses),
		LogInputShare:   none(p.LogInputShare),
		LogRedact:       or(p.LogRedact, ""),
	}
}

// or returns what p points at, and otherwise when it is nil.
func or[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}

// none writes a number as the prediction path wants it: there 0 is the default
// and a negative number none.
func none[T int | float64](p *T) T {
	if p != nil && *p == 0 {
		return -1
	}
	return or(p, 0)
}
