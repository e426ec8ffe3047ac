//go:build ignore

package main

import (
	"log"

	"entgo.io/contrib/entgql"
	"entgo.io/ent/entc"
	"entgo.io/ent/entc/gen"
)

func main() {
	ex, err := entgql.NewExtension(entgql.WithSchemaGenerator(), entgql.WithSchemaPath("../graph/ent.graphqls"), entgql.WithWhereInputs(true), entgql.WithNodeDescriptor(false))
	if err != nil {
		log.Fatal(err)
	}
	if err := entc.Generate("./schema", &gen.Config{Features: []gen.Feature{gen.FeatureIntercept, gen.FeatureUpsert}}, entc.Extensions(ex)); err != nil {
		log.Fatal(err)
	}
}
