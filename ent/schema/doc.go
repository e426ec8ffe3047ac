// Package schema declares the entities of the record, from which the rest of ent
// and graph/ent.graphqls are generated. A field's comment is its description in
// the GraphQL schema. The two query interceptors stand in visibility.go; rules
// that a write must keep belong to registry, not here.
package schema
