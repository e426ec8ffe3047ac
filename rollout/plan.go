package rollout

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"

	"augur"
)

// maxPlan bounds the text of a plan, in bytes.
const maxPlan = 1 << 20

// Parse reads a plan from JSON, fills in its defaults and validates it. Fields
// are those of augur.Plan, and one it does not have is an error. Errors are
// InvalidArgument, with field paths relative to the plan where there is one.
func Parse(text []byte) (*augur.Plan, error) {
	if len(text) > maxPlan {
		return nil, augur.Errorf(augur.InvalidArgument, "the plan has %d bytes: expected %d at most", len(text), maxPlan)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var p augur.Plan
	if err := d.Decode(&p); err != nil {
		return nil, decodeError(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, augur.Errorf(augur.InvalidArgument, "expected one plan and nothing after it")
	}
	p = p.WithDefaults()
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return &p, nil
}

func decodeError(err error) error {
	if e, ok := errors.AsType[*augur.Error](err); ok { // a duration
		return e
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return augur.Errorf(augur.InvalidArgument, "expected %s, got a JSON %s", expectedKind(e), e.Value).At(strings.Split(e.Field, ".")...)
	}
	if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return augur.Errorf(augur.InvalidArgument, "a plan has no field %s", field)
	}
	return augur.Wrap(augur.InvalidArgument, err, "a plan is one JSON object")
}

// expectedKind names in JSON's words what a field takes.
func expectedKind(e *json.UnmarshalTypeError) string {
	if e.Type == reflect.TypeFor[augur.Duration]() {
		return "a length of time as text, such as \"90s\""
	}
	switch e.Type.Kind() {
	case reflect.Struct:
		return "an object"
	case reflect.Slice:
		return "a list"
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "a number"
	default:
		return "a whole number"
	}
}
