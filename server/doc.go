// Package server assembles the program: it opens the stores, joins the ports of
// the rooms to their adapters (wire.go), mounts the handlers (routes.go), starts
// everything in order and stops it in reverse. It is the only room that knows
// every other, and the program is a value, Server, that tests start on port 0.
//
// # Invariants
//
//   - Without authentication the server listens on loopback unless it is told
//     otherwise, and answers to local names only (hosts.go).
//   - Nothing that a person did not write for a client reaches one: every error
//     leaves through problem.go or the presenter of resolvers.
//   - Stop returns when everything has stopped: /ready says no first, requests
//     in flight end, then the services stop in the reverse of their order.
//   - A setting is declared once, in config.go; its flag, variable, key in the
//     file and documentation are made from that (settings.go, layers.go,
//     reference.go).
//
// Start reading at server.go.
package server
