// Package cachetest is the conformance suite of inference.SharedCache: each
// sentence of its contract as a test. Every adapter runs
//
//	cachetest.Run(t, func(t *testing.T) inference.SharedCache { … })
//
// It may import augur and inference. Only tests import it.
package cachetest
