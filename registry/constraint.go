package registry

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"augur"
)

// maxOneOf bounds the list of allowed values of one feature.
const maxOneOf = 10_000

// apply gives a feature the constraints that are set, and checks that they make
// sense together. Error paths are relative to the FeatureInput.
func (in FeatureInput) apply(f *augur.Feature) error {
	if in.Range != nil {
		if err := checkRange(f, *in.Range); err != nil {
			return err
		}
		f.Range = in.Range
	}
	if len(in.OneOf) > maxOneOf {
		return augur.Errorf(augur.InvalidArgument, "expected at most %d values, got %d", maxOneOf, len(in.OneOf)).At("oneOf")
	}
	if in.OneOf != nil {
		list := make([]any, 0, len(in.OneOf))
		for i, v := range in.OneOf {
			v, err := element(f.DType, v)
			if err != nil {
				return augur.AsError(err).At("oneOf", strconv.Itoa(i))
			}
			if !slices.Contains(list, v) {
				list = append(list, v)
			}
		}
		if len(list) == 0 {
			return augur.Errorf(augur.InvalidArgument, "an empty list would refuse every value").At("oneOf")
		}
		f.OneOf = list
	}
	if in.Default != nil {
		f.Default = in.Default
		f.Required = false
	}
	if in.Required != nil {
		f.Required = *in.Required
	}
	if in.Unit != "" {
		f.Unit = in.Unit
	}
	if in.Description != "" {
		f.Description = in.Description
	}
	if f.Range != nil {
		for i, v := range f.OneOf {
			if !f.Range.Contains(number(v)) {
				return augur.Errorf(augur.InvalidArgument, "the allowed value %v is outside the range %s", v, f.Range).At("oneOf", strconv.Itoa(i))
			}
		}
	}
	if f.Default == nil {
		return nil
	}
	v, err := rowValue(f, f.Shape, f.Default)
	if err != nil {
		return augur.AsError(err).At("default")
	}
	f.Default = v
	return nil
}

func checkRange(f *augur.Feature, r augur.Range) error {
	for _, end := range []struct {
		field string
		value *float64
	}{{"min", r.Min}, {"max", r.Max}} {
		switch {
		case end.value == nil:
		case !f.DType.Number():
			return augur.Errorf(augur.InvalidArgument, "%q is %s: only numbers have a range", f.Name, f.DType).At(end.field)
		case math.IsNaN(*end.value):
			return augur.Errorf(augur.InvalidArgument, "NaN bounds nothing").At(end.field)
		}
	}
	if r.Min != nil && r.Max != nil && *r.Min > *r.Max {
		return augur.Errorf(augur.InvalidArgument, "the least, %v, is above the most, %v", *r.Min, *r.Max).At("max")
	}
	return nil
}

// rowValue checks the value of one row against a feature's shape and
// constraints, and gives its elements the Go types of the dtype.
func rowValue(f *augur.Feature, shape []augur.Dim, v any) (any, error) {
	if len(shape) > 0 {
		list, ok := v.([]any)
		if !ok || shape[0].Size >= 0 && int64(len(list)) != shape[0].Size {
			return nil, augur.Errorf(augur.InvalidArgument, "expected a list of %s, got %s", shape[0], show(v))
		}
		out := make([]any, len(list))
		for i, item := range list {
			var err error
			if out[i], err = rowValue(f, shape[1:], item); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	e, err := element(f.DType, v)
	switch {
	case err != nil:
		return nil, err
	case f.Range != nil && !f.Range.Contains(number(e)):
		return nil, augur.Errorf(augur.InvalidArgument, "%s is outside the range %s", show(v), f.Range)
	case f.OneOf != nil && !slices.Contains(f.OneOf, e):
		return nil, augur.Errorf(augur.InvalidArgument, "%s is none of the allowed values", show(v))
	}
	return e, nil
}

// limits are the least and the greatest integer of each type.
var limits = map[augur.DType][2]float64{
	augur.Int8: {math.MinInt8, math.MaxInt8}, augur.Int16: {math.MinInt16, math.MaxInt16}, augur.Int32: {math.MinInt32, math.MaxInt32},
	augur.Uint8: {0, math.MaxUint8}, augur.Uint16: {0, math.MaxUint16}, augur.Uint32: {0, math.MaxUint32},
}

// element gives a value the Go type of a dtype: float64; int64, or uint64 above
// its range; bool; or string.
func element(dtype augur.DType, v any) (any, error) {
	wrong := func() (any, error) {
		return nil, augur.Errorf(augur.InvalidArgument, "expected %s, got %s", dtype, show(v))
	}
	switch {
	case dtype == augur.String || dtype == augur.Bool:
		_, text := v.(string)
		_, truth := v.(bool)
		if text && dtype == augur.String || truth && dtype == augur.Bool {
			return v, nil
		}
		return wrong()
	case dtype.Float():
		if f := number(v); !math.IsNaN(f) || isNaN(v) {
			return f, nil
		}
		return wrong()
	}
	e, ok := integer(v)
	if !ok {
		return wrong()
	}
	if limit, small := limits[dtype]; small && (number(e) < limit[0] || number(e) > limit[1]) {
		return wrong()
	}
	_, wide := e.(uint64)
	if i, _ := e.(int64); wide && dtype != augur.Uint64 || dtype == augur.Uint64 && i < 0 {
		return wrong()
	}
	return e, nil
}

// integer reads a whole number as int64, or as uint64 above its range.
func integer(v any) (any, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case int:
		return int64(v), true
	case uint64:
		if v <= math.MaxInt64 {
			return int64(v), true
		}
		return v, true
	case float64: // exactly, within what int64 holds
		return int64(v), v == math.Trunc(v) && v >= -1<<63 && v < 1<<63
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return i, true
		}
		if u, err := strconv.ParseUint(v.String(), 10, 64); err == nil {
			return u, true
		}
		f, err := v.Float64()
		if err != nil {
			return nil, false
		}
		return integer(f)
	default:
		return nil, false
	}
}

// number reads a number, NaN when v is none.
func number(v any) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case int64:
		return float64(v)
	case int:
		return float64(v)
	case uint64:
		return float64(v)
	case json.Number:
		if f, err := v.Float64(); err == nil {
			return f
		}
	}
	return math.NaN()
}

func isNaN(v any) bool {
	f, ok := v.(float64)
	return ok && math.IsNaN(f)
}

// show writes a value for a message, as JSON where it has that form.
func show(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	if len(b) > 80 {
		return string(b[:77]) + "..."
	}
	return string(b)
}
