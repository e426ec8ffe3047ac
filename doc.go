// Package augur is the vocabulary of Augur: the words that every room of the
// house uses and that use no other room. It imports the standard library only.
//
// Augur is one binary: a model registry and predictions from its versions,
// behind one GraphQL API. This page is the tour of the house, bottom-up.
//
// # One prediction
//
//	server     who is calling, limits, the request's id
//	graph      parses and checks the GraphQL operation
//	resolvers  decodes it to a Request, calls Predictor, encodes the Response
//	inference  Engine.Predict, one function read top to bottom:
//	           resolve → validate → encode → key → cache → run → log
//	onnx       runs the tensors in ONNX Runtime
//
// The command line and every other transport meet the same Predictor.
//
// # The rooms
//
// An import goes only down; house_test.go holds the table.
//
//	7  cmd/augur             one file a verb: serve, push, predict, config, doctor
//	6  server                opens the stores, joins the ports, starts and stops everything
//	5  resolvers             GraphQL in, one call of a room below, GraphQL out
//	5  graph/transport       what GraphQL over HTTP must check before it executes
//	3  registry              every write to the record; the catalog of what may be asked for
//	3  inference/onnx        ONNX Runtime behind the port inference.Runtime
//	3  inference/rediscache  the cache that servers share, in Redis
//	2  inference             the prediction path
//	2  registry/blob         artifacts by their digest
//	2  store                 SQLite or PostgreSQL: a reader, a writer, migrations
//	2  graph                 the generated executor and the schema's types
//	1  ent                   the record's entities; schema/ by hand, the rest generated
//	1  rollout               who gets which arm, and when a rollout goes on; no I/O
//	1  onnxfile              reads an ONNX file without the runtime
//	1  client                the Go client that the command line uses
//	1  telemetry             logs, metrics and traces: set-up and export
//	1  web                   the pages, built and embedded
//	0  augur                 this package
//
// # The words
//
// One word per concept, in Go, GraphQL, command line, metrics and docs.
//
//	model      a named thing that predicts, with versions
//	version    one immutable, runnable state of a model
//	alias      a name that points at a version of its model
//	live       the reserved alias that predictions without a version use
//	latest     the highest READY version; computed, never set
//	policy     how a version, or a model's versions, are served
//	fallback   the version that answers while another's circuit breaker is open
//	artifact   the bytes of a version
//	digest     the SHA-256 that names an artifact
//	signature  what a version takes and gives: inputs, outputs, features
//	feature    a named input, or a named column of one, with constraints
//	row        one record of features
//	prediction what a version answers to rows or tensors
//	metric     model quality, logged by people, with steps
//	serving    live figures, measured by the server
//	outcome    the truth about a prediction, known later
//	rollout    moving traffic from the live version to another, by a plan
//	arm        a version of a rollout: the baseline, or a candidate
//	gate       a condition on the serving figures of an arm
//	subject    who a prediction is for; the unit that stays with an arm
//	principal  who is calling
//	scope      what a principal may do
package augur
