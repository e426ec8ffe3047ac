// Package graph is the GraphQL schema as code: generated.go executes it,
// models_gen.go holds the types that are neither entities nor words of the
// vocabulary, scalar.go reads and writes the scalars. The schema itself is
// ../schema.graphqls (the operations) and *.graphqls here, by topic;
// ent.graphqls comes from ent/schema. make generate writes what is generated.
//
// It may import augur and ent. A field's description and @access rule stand in
// the schema; testdata/schema.graphql is the whole of it as clients see it.
package graph
