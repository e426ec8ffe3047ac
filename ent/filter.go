package ent

import (
	"reflect"
	"strings"

	"augur"
)

// This file is written by hand. A filter becomes one expression of a statement,
// whose depth and number of values both databases bound: a filter past that is
// refused here, by name, rather than there.
const (
	maxFilterDepth  = 20
	maxFilterValues = 1000
)

// checkFilter looks at a WhereInput before a statement is made of it.
func checkFilter(where any) error {
	c := filterCheck{}
	return c.walk(reflect.ValueOf(where), 0)
}

type filterCheck struct{ values int }

func (c *filterCheck) walk(v reflect.Value, depth int) error {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return c.walk(v.Elem(), depth)
		}
	case reflect.Struct:
		if !strings.HasSuffix(v.Type().Name(), "WhereInput") { // an instant
			return c.count()
		}
		if depth == maxFilterDepth {
			return augur.Errorf(augur.InvalidArgument, "expected at most %d levels of not, and, or and has…With", maxFilterDepth).At(whereField)
		}
		for i := range v.NumField() {
			if err := c.walk(v.Field(i), depth+1); err != nil {
				return err
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if err := c.walk(v.Index(i), depth); err != nil {
				return err
			}
		}
	case reflect.String:
		if !isText(v.String()) {
			return augur.Errorf(augur.InvalidArgument, "expected texts without a NUL character").At(whereField)
		}
		return c.count()
	case reflect.Func: // a predicate that our own code added
	case reflect.Bool:
		if v.Bool() {
			return c.count()
		}
	default:
		return c.count()
	}
	return nil
}

func (c *filterCheck) count() error {
	if c.values++; c.values > maxFilterValues {
		return augur.Errorf(augur.InvalidArgument, "expected at most %d values", maxFilterValues).At(whereField)
	}
	return nil
}

func badFilter(err error) error {
	return augur.Errorf(augur.InvalidArgument, "%s", strings.TrimPrefix(err.Error(), "ent: ")).At(whereField)
}
