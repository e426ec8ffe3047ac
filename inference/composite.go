package inference

import (
	"fmt"
	"strconv"
	"strings"

	"augur"
)

// partsOf lists the tensors of a sequence or map, in order: the items, or keys
// and values. Validated input has them all, and no deeper values.
func partsOf(v *augur.Value) []*augur.Tensor {
	parts := make([]*augur.Tensor, 0, len(v.Items)+2)
	for _, t := range [...]*augur.Tensor{v.Keys, v.Values} {
		if t != nil {
			parts = append(parts, t)
		}
	}
	for i := range v.Items {
		if t := v.Items[i].Tensor; t != nil {
			parts = append(parts, t)
		}
	}
	return parts
}

// ownStrings gives t's strings memory of their own.
func ownStrings(t *augur.Tensor) {
	for k := range t.Strings {
		t.Strings[k] = strings.Clone(t.Strings[k])
	}
}

// kindWord is the name of the field of an input that carries values of a kind.
func kindWord(k augur.Kind) string { return strings.ToLower(string(k)) }

// acceptsValue says why v cannot be given for an input that takes a sequence of
// tensors or a map.
func (in *input) acceptsValue(v *augur.Value) *augur.Error {
	t := in.typ
	if t.Kind == augur.KindOptional && t.Elem != nil {
		t = *t.Elem
	}
	switch {
	case t.Kind == augur.KindSequence && t.Elem != nil && t.Elem.Kind == augur.KindTensor:
	case t.Kind == augur.KindMap && (t.Key == augur.Int64 || t.Key == augur.String) && t.Elem != nil && t.Elem.Kind == augur.KindTensor:
	default:
		return augur.Errorf(augur.Unimplemented, "input %q is %s, which cannot be given", in.name, in.typ)
	}
	if v == nil || v.Kind != t.Kind {
		return augur.Errorf(augur.InvalidArgument, "input %q is %s; expected a %s", in.name, in.typ, kindWord(t.Kind)).At(kindWord(t.Kind))
	}
	if v.Kind == augur.KindMap {
		return in.acceptsMap(t, v)
	}
	item := input{name: in.name, typ: *t.Elem, tensor: true, dtype: t.Elem.DType, dims: t.Elem.Shape}
	for i := range v.Items {
		if err := item.accepts(&augur.NamedTensor{Tensor: v.Items[i].Tensor}); err != nil {
			err.Message = fmt.Sprintf("item %d: %s", i, err.Message)
			return err.At("sequence", strconv.Itoa(i))
		}
	}
	return nil
}

// acceptsMap: keys and values are vectors of one length, and no key comes twice.
func (in *input) acceptsMap(t augur.Type, v *augur.Value) *augur.Error {
	for _, part := range [...]struct {
		field string
		dtype augur.DType
		t     *augur.Tensor
	}{{"keys", t.Key, v.Keys}, {"values", t.Elem.DType, v.Values}} {
		switch {
		case part.t == nil:
			return augur.Errorf(augur.InvalidArgument, "input %q is %s; its %s are missing", in.name, in.typ, part.field).At("map", part.field)
		case part.t.DType != part.dtype:
			return augur.Errorf(augur.InvalidArgument, "input %q is %s, got %s of %s", in.name, in.typ, part.field, part.t.DType).At("map", part.field, "dtype")
		case len(part.t.Shape) != 1:
			return augur.Errorf(augur.InvalidArgument, "input %q: the %s of a map are a vector, got shape %v", in.name, part.field, part.t.Shape).At("map", part.field, "shape")
		}
		if err := part.t.Check(); err != nil {
			return augur.AsError(err).At("map", part.field, "data")
		}
	}
	if v.Keys.Shape[0] != v.Values.Shape[0] {
		return augur.Errorf(augur.InvalidArgument, "input %q: %d keys for %d values", in.name, v.Keys.Shape[0], v.Values.Shape[0]).At("map", "values")
	}
	if key, twice := repeated(v.Keys); twice {
		return augur.Errorf(augur.InvalidArgument, "input %q: the key %s comes twice", in.name, key).At("map", "keys")
	}
	return nil
}

// repeated finds a key that is there twice.
func repeated(keys *augur.Tensor) (key string, twice bool) {
	if keys.DType == augur.String {
		seen := make(map[string]bool, len(keys.Strings))
		for _, k := range keys.Strings {
			if seen[k] {
				return strconv.Quote(k), true
			}
			seen[k] = true
		}
		return "", false
	}
	seen := map[int64]bool{}
	for _, k := range augur.View[int64](keys) {
		if seen[k] {
			return strconv.FormatInt(k, 10), true
		}
		seen[k] = true
	}
	return "", false
}
