package registry

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"augur"
)

// The bounds of what people write.
const (
	maxTags     = 100
	maxText     = 256 << 10
	maxMetadata = 1 << 20
	maxReason   = 4 << 10
)

// Tag is a key and a value to set.
type Tag struct{ Key, Value string }

// checkText refuses what is too long (in bytes) and what PostgreSQL cannot store.
func checkText(s string, most int, field string) error {
	switch {
	case len(s) > most:
		return augur.Errorf(augur.InvalidArgument, "expected at most %d bytes, got %d", most, len(s)).At(field)
	case !utf8.ValidString(s) || strings.ContainsRune(s, 0):
		return augur.Errorf(augur.InvalidArgument, "expected text in UTF-8 without NUL").At(field)
	}
	return nil
}

func checkTags(tags []Tag) error {
	if len(tags) > maxTags {
		return augur.Errorf(augur.InvalidArgument, "expected at most %d tags, got %d", maxTags, len(tags)).At("tags")
	}
	seen := map[string]bool{}
	for i, t := range tags {
		at := func(err error) error { return augur.AsError(err).At("tags", strconv.Itoa(i)) }
		if t.Key == "" || strings.TrimSpace(t.Key) != t.Key {
			return at(augur.Errorf(augur.InvalidArgument, "expected a key without spaces around it").At("key"))
		}
		if seen[t.Key] {
			return at(augur.Errorf(augur.InvalidArgument, "the key %q is given twice", t.Key).At("key"))
		}
		seen[t.Key] = true
		if err := checkText(t.Key, 128, "key"); err != nil {
			return at(err)
		}
		if err := checkText(t.Value, 1024, "value"); err != nil {
			return at(err)
		}
	}
	return nil
}

func checkMetadata(m map[string]any) error {
	b, err := json.Marshal(m)
	switch {
	case err != nil:
		return augur.Wrap(augur.InvalidArgument, err, "expected what JSON can say").At("metadata")
	case len(b) > maxMetadata:
		return augur.Errorf(augur.InvalidArgument, "expected at most %d bytes of JSON, got %d", maxMetadata, len(b)).At("metadata")
	case bytes.Contains(b, []byte(`\u0000`)):
		return augur.Errorf(augur.InvalidArgument, "expected text without NUL").At("metadata")
	}
	return nil
}

// firstOf returns the first error that is not nil.
func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// diff collects the fields that a change gives another value.
type diff struct{ before, after map[string]any }

// add records a field and reports whether its value differs.
func (d *diff) add(field string, before, after any) bool {
	if reflect.DeepEqual(before, after) {
		return false
	}
	if d.before == nil {
		d.before, d.after = map[string]any{}, map[string]any{}
	}
	d.before[field], d.after[field] = before, after
	return true
}

// addJSON is add for values that are equal when their JSON is.
func (d *diff) addJSON(field string, before, after any) bool {
	b, _ := json.Marshal(before)
	a, _ := json.Marshal(after) // checked by checkMetadata
	return !bytes.Equal(a, b) && d.add(field, before, after)
}

func (d *diff) empty() bool { return d.before == nil }

// addTags records tags as an object from key to value.
func (d *diff) addTags(before, after []Tag) bool {
	return d.add("tags", tagMap(before), tagMap(after))
}

func tagMap(tags []Tag) map[string]string {
	return maps.Collect(func(yield func(string, string) bool) {
		for _, t := range tags {
			if !yield(t.Key, t.Value) {
				return
			}
		}
	})
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
