// Package rollout decides about moving traffic: who gets which arm, and when a
// rollout goes on. It is pure: no I/O, no clock, no randomness of its own; what
// time it is, what was measured and what was drawn are arguments.
//
// It may import package augur alone, whose plan.go, gate.go and rollout.go hold
// the words: Plan, Step, Gate, RolloutState, Evidence.
//
// # Where to start
//
//	plan.go        Parse: a plan from JSON
//	assign.go      Assign: which arm answers a request, and why
//	next.go        Next: hold, advance, pause, roll back or complete
//	act.go         Start and Act: what people do
//	judge.go       the verdict of a gate, with its evidence
//	reading.go     a measure of an arm against the baseline, with its interval
//	sampleratio.go are an experiment's shares what they should be
//	interval.go    the statistics behind it, with their sources
//
// # What holds
//
//  1. A subject stays with its arm for as long as a step lasts, on every server
//     and in every language: only the plan's salt and the subject decide.
//  2. A step up moves subjects from the baseline to the candidate, and nobody
//     anywhere else; an arm that is taken out moves its own subjects alone, to
//     the baseline.
//  3. Two rollouts with different salts share out subjects independently.
//  4. A gate that fails rolls back at once, in any step, paused or not. Nothing
//     advances while a gate has failed or could not be answered.
//  5. Next called again with what it returned and the same figures holds: figures
//     from before a step do not count in it. What is over stays over.
//  6. An experiment never promotes; a person does.
package rollout
