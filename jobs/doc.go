// Package jobs is work that outlives the request that asked for it: prediction
// jobs, and the attempts to deliver webhooks. It runs on River (https://riverqueue.com), over the
// database of the record.
//
// It may import augur, ent, store and registry. registry knows it as the port
// registry.Queue.
//
// Invariants:
//
//   - A job is queued in the transaction of the change that asks for it: both are
//     there, or neither is.
//
//   - A job runs at least once. A server that is killed leaves its jobs behind:
//     they run again when it comes back (SQLite), or on another server after
//     Config.Timeout and a minute more. So a job must bear being repeated.
//
//   - What a job has to do and what came of it is in the record; River's row says
//     only when to run it.
//
//   - No webhook reaches an address that is not public, unless the setting allows
//     it: dial.go looks at the address that is dialled, after the name was
//     resolved, and redirects are not followed.
//
//   - A chunk of a prediction job, its progress and, with the last chunk, its end
//     are written in one transaction, which is refused to all but the worker that
//     began with the job last: no row is in a result twice, and a worker that is
//     killed repeats one chunk at most.
//
//   - A prediction job takes its rows in small pieces and lets those go first that
//     somebody waits for. Its memory does not grow with its input or its result.
//
// Start reading at queue.go; then job.go (submit, cancel, retry), work.go, chunk.go,
// input.go, result.go and link.go for prediction jobs, tend.go for what is done
// about them now and then; delivery.go and dial.go for webhooks.
package jobs
