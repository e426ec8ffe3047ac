package ent

import (
	"strings"
	"time"
	"unicode/utf8"

	"augur"
)

// This file is written by hand. A cursor comes back from a client, so what it
// holds is checked before it reaches a statement.

// maxCursor bounds the text of a cursor. The longest of ours holds a name, a
// sort key and three times; one nested deep enough would overflow the stack of
// its decoder, which ends the process.
const maxCursor = 4 << 10

// ReadCursor reads a cursor that a client sent back.
func ReadCursor(v any) (c Cursor, err error) {
	if text, ok := v.(string); !ok || len(text) > maxCursor {
		return Cursor{}, badCursor()
	}
	if err := c.UnmarshalGQL(v); err != nil || !isText(c.ID) {
		return Cursor{}, badCursor()
	}
	return c, nil
}

func badCursor() error {
	return augur.Errorf(augur.InvalidArgument, "expected a cursor of this connection, as its pageInfo gave it, with the same orderBy")
}

// cursorKind is what a cursor holds for one field of an order. The id, by which
// a list is ordered at last, stands in the cursor by itself.
type cursorKind int

const (
	cursorID cursorKind = iota
	cursorTime
	cursorText
	cursorInteger
)

// read checks a value and brings it into the form that the record keeps.
func (k cursorKind) read(v any) (any, bool) {
	switch v := v.(type) {
	case nil:
		return nil, k == cursorID
	case time.Time:
		// SQLite compares instants as texts, which are all in UTC.
		return v.UTC(), k == cursorTime
	case string:
		return v, k == cursorText && isText(v)
	case int8, int16, int32, int64, uint8, uint16, uint32:
		return v, k == cursorInteger
	default:
		return nil, false
	}
}

// read checks the cursors of a page against the field that orders it.
func (k cursorKind) readBoth(after, before *Cursor) (*Cursor, *Cursor, error) {
	return readCursors(after, before, func(v any) (any, bool) { return k.read(v) })
}

// cursorKinds are the fields of an order of several.
type cursorKinds []cursorKind

func (ks cursorKinds) readBoth(after, before *Cursor) (*Cursor, *Cursor, error) {
	return readCursors(after, before, func(v any) (any, bool) {
		values, ok := v.([]any)
		if v != nil && !ok || len(values) != len(ks) {
			return nil, false
		}
		read := make([]any, len(ks))
		for i, k := range ks {
			if read[i], ok = k.read(values[i]); !ok {
				return nil, false
			}
		}
		return read, true
	})
}

func readCursors(after, before *Cursor, read func(any) (any, bool)) (*Cursor, *Cursor, error) {
	for _, c := range []**Cursor{&after, &before} {
		if *c == nil {
			continue
		}
		value, ok := read((*c).Value)
		if !ok {
			return nil, nil, badCursor()
		}
		*c = &Cursor{ID: (*c).ID, Value: value}
	}
	return after, before, nil
}

// isText says whether both databases can hold s as a text.
func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }
