// Package inference is the prediction path: Engine, which answers predictions.
//
// It may import augur and rollout alone among the rooms of the house: never ent,
// registry or graph, and not net/http, since the hot path touches no table and
// no transport. What it needs from outside stands in ports.go; the adapters live
// in rooms below this one.
//
// # Where to start
//
// Engine.Predict in engine.go is one function read top to bottom:
//
//	resolve   Catalog                    which version answers
//	validate  validate.go, constraint.go tensors, outputs and limits against the signature
//	encode    codec.go, encode.go,       rows and columns into tensors, one scan
//	          rows.go, columns.go, lists.go
//	route     breaker.go, route.go       another version, while this one is left alone
//	key       key.go                     the SHA-256 that names this question
//	cache     recall.go, cache.go,       asked before, or being asked now, of this
//	          flight.go, shared.go,      server or of another, as a whole or row by
//	          sharedcodec.go, worth.go   row, where keeping answers pays
//	batch     batch.go, together.go,     a place to run, with others where that pays
//	          linger.go, tuner.go,       and gives the same
//	          split.go, proof.go,
//	          join.go, stats.go
//	run       pool.go, memory.go         the session, loaded where others may have to go
//	log       log.go, tally.go,          counted; perhaps kept as a record
//	          record.go
//
// lane.go holds what is kept for each version between predictions, warm.go
// what is done before the first of them.
//
// # What holds
//
//  1. No value reaches a runtime that the signature refuses.
//  2. The answer is the same with and without the cache, alone and together
//     with others: rows run together only where that has been seen. The key holds the
//     artifact's digest and the whole input, so a promotion or a changed file
//     never serves a stale answer. Errors are never cached.
//  3. A row that is wrong by itself fails alone.
//  4. Equal questions at one time are one run, and a caller who gives up fails
//     nobody else.
//  5. Everything that waits is bounded and ends when its context does: the
//     queue of a version, a load, a run.
//  6. A session is closed when its version has left the catalog or others need
//     its memory, and never under a run.
//  7. What fails often is left alone for a while: no request waits to find out.
//     Failures are those of the version, never of its callers.
//  8. No memory is taken for input before it is known to be no more than allowed.
//  9. Every prediction of a version is counted once, and kept or counted as a
//     drop; neither makes it wait.
//  10. Every goroutine belongs to the Engine or the Log and has ended when Stop
//     returns.
package inference
