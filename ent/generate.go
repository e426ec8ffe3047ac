// Package ent is the record: its entities, generated from schema/ by entc.go.
// The files page.go and archived.go are written by hand.
package ent

//go:generate go run entc.go
