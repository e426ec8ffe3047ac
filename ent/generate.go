// Package ent is the record: its entities, generated from schema/ by entc.go.
// Of the files here,
// entc.go, page.go, cursor.go, filter.go and archived.go are written by hand.
package ent

//go:generate go run entc.go
