package ent

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"augur"
)

// This file is written by hand. A cursor comes back from a client, so how it is
// written and read is ours: entgql's form is MessagePack, in which a few bytes
// can ask its decoder for gigabytes, or for a stack without end.
//
// A cursor is the base64 of a JSON list of texts: the id of an object, then its
// values in the fields that order the list, each after a letter for its kind, as
// in ["mdl_01J…", "sroad-risk", "t2026-11-23T09:30:00Z", "i3"].

// maxCursor bounds the text of a cursor. The longest of ours holds a name, a
// sort key and three times.
const maxCursor = 4 << 10

// cursorKind is what a cursor holds for one field of an order. The id, by which
// a list is ordered at last, stands in the cursor by itself.
type cursorKind byte

const (
	cursorID      cursorKind = 0
	cursorTime    cursorKind = 't'
	cursorText    cursorKind = 's'
	cursorInteger cursorKind = 'i'
	// A number may be null in the record. Who orders a list by it leaves such rows out.
	cursorNumber cursorKind = 'f'
)

// WriteCursor is the text of a cursor.
func WriteCursor(c Cursor) string {
	texts := []string{c.ID}
	values, several := c.Value.([]any)
	if !several && c.Value != nil {
		values = []any{c.Value}
	}
	for _, v := range values {
		switch v := v.(type) {
		case time.Time:
			texts = append(texts, "t"+v.UTC().Format(time.RFC3339Nano))
		case string:
			texts = append(texts, "s"+v)
		case int:
			texts = append(texts, "i"+strconv.Itoa(v))
		case int64:
			texts = append(texts, "i"+strconv.FormatInt(v, 10))
		case *float64:
			texts = append(texts, "f"+strconv.FormatFloat(*v, 'g', -1, 64))
		default: // template/pagination.tmpl refuses other fields when it generates
			panic(fmt.Sprintf("ent: a cursor holds no %T", v))
		}
	}
	list, err := json.Marshal(texts)
	if err != nil {
		panic(err) // a list of texts
	}
	return base64.RawURLEncoding.EncodeToString(list)
}

// ReadCursor reads a cursor that a client sent back. Its Value is a list.
func ReadCursor(v any) (Cursor, error) {
	text, ok := v.(string)
	if !ok || len(text) > maxCursor {
		return Cursor{}, badCursor()
	}
	list, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return Cursor{}, badCursor()
	}
	var texts []string
	if err := json.Unmarshal(list, &texts); err != nil || len(texts) == 0 || !isText(texts[0]) {
		return Cursor{}, badCursor()
	}
	values := make([]any, 0, len(texts)-1)
	for _, t := range texts[1:] {
		value, err := readCursorValue(t)
		if err != nil {
			return Cursor{}, badCursor()
		}
		values = append(values, value)
	}
	return Cursor{ID: texts[0], Value: values}, nil
}

func readCursorValue(text string) (any, error) {
	if text == "" || !isText(text) {
		return nil, badCursor()
	}
	switch kind, rest := cursorKind(text[0]), text[1:]; kind {
	case cursorTime:
		// SQLite compares instants as texts, which are all in UTC.
		at, err := time.Parse(time.RFC3339Nano, rest)
		return at.UTC(), err
	case cursorText:
		return rest, nil
	case cursorInteger:
		return strconv.ParseInt(rest, 10, 64)
	case cursorNumber:
		n, err := strconv.ParseFloat(rest, 64)
		if math.IsNaN(n) {
			return nil, badCursor()
		}
		return n, err
	default:
		return nil, badCursor()
	}
}

func badCursor() error {
	return augur.Errorf(augur.InvalidArgument, "expected a cursor of this connection, as its pageInfo gave it, with the same orderBy")
}

// of says whether a value read from a cursor is of kind k.
func (k cursorKind) of(v any) bool {
	switch v.(type) {
	case time.Time:
		return k == cursorTime
	case string:
		return k == cursorText
	case int64:
		return k == cursorInteger
	case float64:
		return k == cursorNumber
	default:
		return false
	}
}

// check holds the cursors of a page against the field that orders it.
func (k cursorKind) check(after, before *Cursor) (*Cursor, *Cursor, error) {
	kinds := cursorKinds{k}
	if k == cursorID {
		kinds = nil
	}
	after, before, err := kinds.check(after, before)
	for _, c := range []*Cursor{after, before} {
		if c != nil { // entgql has a lone value, or none, where it has no list
			values, _ := c.Value.([]any)
			if c.Value = nil; len(values) == 1 {
				c.Value = values[0]
			}
		}
	}
	return after, before, err
}

// cursorKinds are the fields of an order of several.
type cursorKinds []cursorKind

// check holds the cursors of a page against the fields that order it. It returns
// copies of them.
func (ks cursorKinds) check(after, before *Cursor) (*Cursor, *Cursor, error) {
	for _, c := range []**Cursor{&after, &before} {
		if *c == nil {
			continue
		}
		values, _ := (*c).Value.([]any)
		if len(values) != len(ks) {
			return nil, nil, badCursor()
		}
		for i, k := range ks {
			if !k.of(values[i]) {
				return nil, nil, badCursor()
			}
		}
		*c = &Cursor{ID: (*c).ID, Value: values}
	}
	return after, before, nil
}

// isText says whether both databases can hold s as a text.
func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }
