// Package resolvers joins the GraphQL schema to the house: GraphQL in, one call
// of a room below, GraphQL out. Reads go to ent (loaders.go gathers what a list
// would otherwise ask for one by one), every write goes to registry, and
// predictions go to an augur.Predictor. It holds no rule of its own.
//
// It may import augur, graph, ent and registry; never inference, a runtime, a
// cache or auth: who is calling is in the context.
//
// The *.resolvers.go files follow the schema's files and are laid out by gqlgen;
// their bodies are ours. Start reading at schema.resolvers.go.
package resolvers
