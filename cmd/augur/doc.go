// Command augur is the whole product in one binary: the server and the command
// line that speaks to it.
//
// One file a verb: serve.go, push.go, predict.go, models.go, metrics.go and so
// on; docs/cli.md, written from them, describes each. Two are hidden: probe.go,
// the child process in which a new file is tried, and complete.go, which the
// shells' scripts of completion.go ask. Only serve, config and doctor know the
// server's configuration; the others speak the public API through the client.
//
// The exit status says what kind of thing went wrong (exit.go), so that scripts
// need not read messages.
//
// It may import server and client.
package main
