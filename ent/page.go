package ent

import (
	"context"
	"reflect"
	"strconv"

	"augur"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// This file is written by hand: what the templates in ent/template share.

// The page size of every connection.
const (
	defaultPage = 20
	maxPage     = 100
)

// pageSize fills in the page size when none is asked for and refuses one out of bounds.
func pageSize(first, last *int) (*int, *int, error) {
	if first != nil && last != nil {
		return nil, nil, augur.Errorf(augur.InvalidArgument, "first and last cannot be given together").At("last")
	}
	for _, arg := range []struct {
		name  string
		value *int
	}{{firstField, first}, {lastField, last}} {
		if arg.value != nil && (*arg.value < 1 || *arg.value > maxPage) {
			return nil, nil, augur.Errorf(augur.InvalidArgument, "%s: expected 1 to %d, got %d", arg.name, maxPage, *arg.value).At(arg.name)
		}
	}
	if first == nil && last == nil {
		n := defaultPage
		first = &n
	}
	return first, last, nil
}

// paginateLimit is one row more than the page: it says whether there is a next page.
func paginateLimit(first, last *int) int {
	if last != nil {
		return *last + 1
	}
	return *first + 1
}

// pageArgs are the arguments that all connections share.
type pageArgs struct {
	first, last   *int
	after, before *Cursor
}

// newPageArgs reads the arguments of a nested connection from their raw form.
func newPageArgs(rv map[string]any) (pageArgs, error) {
	var args pageArgs
	for name, into := range map[string]**int{firstField: &args.first, lastField: &args.last} {
		if v := rv[name]; v != nil {
			n, err := graphql.UnmarshalInt(v)
			if err != nil {
				return pageArgs{}, augur.Errorf(augur.InvalidArgument, "%s: expected an integer", name).At(name)
			}
			*into = &n
		}
	}
	for name, into := range map[string]**Cursor{afterField: &args.after, beforeField: &args.before} {
		if v := rv[name]; v != nil {
			c, err := ReadCursor(v)
			if err != nil {
				return pageArgs{}, augur.AsError(err).At(name)
			}
			*into = &c
		}
	}
	var err error
	args.first, args.last, err = pageSize(args.first, args.last)
	return args, err
}

func badOrder(field string) error {
	return augur.Errorf(augur.InvalidArgument, "%s stands twice", field).At(orderByField)
}

// connection says what an operation asks of a connection.
type connection struct {
	totalCount bool
	// rows says whether any row is needed: for edges, nodes or pageInfo.
	rows bool
	// node is the selection on the nodes: those of nodes and of edges.node
	// together, nil when there is none.
	node *graphql.CollectedField
}

// askedConnection is the connection that the current field asks for; all of it
// when there is no GraphQL operation.
func askedConnection(ctx context.Context, implementors []string) (connection, error) {
	fc := graphql.GetFieldContext(ctx)
	if fc == nil {
		return connection{totalCount: true, rows: true}, nil
	}
	return collectConnection(graphql.GetOperationContext(ctx), fc.Field.Selections, implementors)
}

func collectConnection(op *graphql.OperationContext, set ast.SelectionSet, implementors []string) (connection, error) {
	var conn connection
	var nodes []graphql.CollectedField
	for _, field := range graphql.CollectFields(op, set, nil) {
		switch field.Name {
		case "totalCount":
			conn.totalCount = true
		case "pageInfo":
			conn.rows = true
		case "nodes":
			conn.rows = true
			nodes = append(nodes, field)
		case "edges":
			conn.rows = true
			for _, edge := range graphql.CollectFields(op, field.Selections, nil) {
				if edge.Name == "node" {
					nodes = append(nodes, edge)
				}
			}
		}
	}
	if len(nodes) == 0 {
		return conn, nil
	}
	merged := nodes[0]
	if len(nodes) > 1 {
		if err := sameArguments(op, nodes, implementors); err != nil {
			return connection{}, err
		}
		merged.Selections = nil
		for _, n := range nodes {
			merged.Selections = append(merged.Selections, n.Selections...)
		}
	}
	conn.node = &merged
	return conn, nil
}

// sameArguments refuses an operation that selects the nodes of a connection
// twice, by nodes and by edges.node, and gives a field different arguments under
// the same response key: they are loaded once, under that key.
func sameArguments(op *graphql.OperationContext, nodes []graphql.CollectedField, implementors []string) error {
	seen := map[string]map[string]any{}
	for _, n := range nodes {
		for _, field := range graphql.CollectFields(op, n.Selections, implementors) {
			args := field.ArgumentMap(op.Variables)
			if other, ok := seen[field.Alias]; ok && !reflect.DeepEqual(args, other) {
				return augur.Errorf(augur.InvalidArgument, "%s is selected below nodes and below edges.node with different arguments: give one of them an alias", strconv.Quote(field.Alias))
			}
			seen[field.Alias] = args
		}
	}
	return nil
}
