package inference

import (
	"encoding/json"
	"strconv"

	"augur"
)

// encodeRows reads JSON objects, one a row. The error is augur.Errors with every
// row when none can run.
func (c *codec) encodeRows(rows []json.RawMessage, one bool, most limits) (encoded, error) {
	text := 0
	for _, row := range rows {
		text += len(row)
	}
	var must []bool
	for {
		e := newEncoder(c, len(rows), text, most)
		e.one, e.must = one, must
		good := 0
		var s augur.Scanner
		for r, row := range rows {
			if good == 0 {
				e.forget()
			}
			s.Reset(row)
			e.object(&s, r, good)
			if e.large != nil {
				if one {
					return encoded{}, e.large.At("data", "row")
				}
				return encoded{}, e.large.At("data", "rows", strconv.Itoa(r))
			}
			if !e.isBad(r) {
				e.count(r)
				good++
			}
		}
		if must = e.mixed(good); must == nil {
			in, err := e.finish(good)
			e.release()
			return in, err
		}
		e.release()
	}
}

// object reads row r into the place of the good-th good row.
func (e *encoder) object(s *augur.Scanner, r, place int) {
	if kind := s.Kind(); kind != augur.JSONObject {
		if s.Skip(); s.Err() == nil {
			e.fail(r, augur.Errorf(augur.InvalidArgument, "expected an object from feature names to values, got %s", kind))
			return
		}
	}
	features, seen := e.c.features, e.seen
	next, have := 0, 0
	for more := s.OpenObject(); more; more = s.NextMember() {
		key := s.Key()
		// People send the features in the same order again and again.
		f := next
		if f >= len(features) || features[f].name != string(key) {
			var ok bool
			if f, ok = e.c.byFeature[string(key)]; !ok {
				if name := string(key); s.Err() == nil {
					e.fail(r, augur.Errorf(augur.InvalidArgument, "%s", unknown("feature", name, e.c.featureNames)), name)
				}
				s.Skip()
				continue
			}
		}
		next = f + 1
		ft := &features[f]
		switch {
		case seen[f] == r+1 || seen[f] == -r-1:
			s.Skip()
			e.fail(r, augur.Errorf(augur.InvalidArgument, "given twice in one row"), ft.name)
		case s.Kind() == augur.JSONNull:
			s.Null()
			seen[f] = -r - 1
		default:
			seen[f] = r + 1
			have++
			var err *augur.Error
			if ft.plain {
				err = e.tensors[ft.input].ScanElement(s, place*ft.stride+ft.column)
			} else {
				err = e.value(s, f, place)
			}
			if err != nil && s.Err() == nil {
				e.fail(r, err, ft.name)
			}
		}
	}
	if err := s.End(); err != nil {
		e.fail(r, augur.AsError(err))
		return
	}
	if have == len(features) {
		return
	}
	for f := range features {
		if seen[f] != r+1 {
			e.absent(f, r, place, seen[f] == -r-1)
		}
	}
}

// absent fills in what a row does not have.
func (e *encoder) absent(f, r, place int, null bool) {
	ft := &e.c.features[f]
	in := &e.c.inputs[ft.input]
	switch {
	case ft.fallback != nil && in.list:
		if err := e.grow(ft.input, place); err != nil {
			e.fail(r, err, ft.name)
			return
		}
		put(&e.tensors[ft.input], place*in.per, ft.fallback)
	case ft.fallback != nil:
		put(&e.tensors[ft.input], place*in.per+ft.column, ft.fallback)
	case ft.optional && !(e.must != nil && e.must[f]):
	case ft.optional:
		e.fail(r, augur.Errorf(augur.InvalidArgument, "other rows have this feature, so every row must"), ft.name)
	case null:
		e.fail(r, augur.Errorf(augur.InvalidArgument, "required: expected %s, got null", ft.expects(in.dtype)), ft.name)
	default:
		e.fail(r, augur.Errorf(augur.InvalidArgument, "required and missing: expected %s", ft.expects(in.dtype)), ft.name)
	}
}

// count counts what the good row r had of the features that may be absent.
func (e *encoder) count(r int) {
	for _, f := range e.c.maybe {
		if e.seen[f] == r+1 {
			e.given[f]++
		}
	}
}

// mixed returns which features some good rows have and others lack, nil for
// none. Reading the rows again with those required finds the rows to blame.
func (e *encoder) mixed(good int) (must []bool) {
	for _, f := range e.c.maybe {
		if 0 < e.given[f] && e.given[f] < good {
			if must == nil {
				must = make([]bool, len(e.c.features))
			}
			must[f] = true
		}
	}
	if must != nil && e.must != nil {
		for f, m := range e.must {
			must[f] = must[f] || m
		}
	}
	return must
}
