package schema

import "entgo.io/ent"

func visible() ent.Interceptor { return ent.InterceptFunc(func(n ent.Querier) ent.Querier { return n }) }
func notDeleted() ent.Interceptor {
	return ent.InterceptFunc(func(n ent.Querier) ent.Querier { return n })
}
