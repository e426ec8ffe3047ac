// Package telemetry sets up what the server says of itself: log lines, metrics
// and traces. It only sets up and exports; each room declares its own
// instruments against the Registerer and logs to the Logger that it is given.
//
// It imports no other room. Nothing is global: the logger, the registry and
// the tracer provider are values that the server hands on.
//
// # Invariants
//
//   - A log line written under a request carries request_id, and trace_id while
//     the request is traced.
//   - Labels of metrics come from closed lists (route patterns, methods, status
//     codes): no client can grow them.
//   - Traces leave the process only when an endpoint is configured.
//
// Start reading at log.go, then http.go, the middleware that every request
// passes.
package telemetry
