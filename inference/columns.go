package inference

import (
	"encoding/json"
	"strconv"

	"augur"
)

// encodeColumns reads one JSON object from feature name to a list with a value
// for each row. What is wrong with a column as a whole fails the request; what
// is wrong with a value fails its row.
func (c *codec) encodeColumns(text json.RawMessage, most limits) (encoded, error) {
	s := augur.NewScanner(text)
	if kind := s.Kind(); kind != augur.JSONObject {
		return encoded{}, augur.Errorf(augur.InvalidArgument, "expected an object from feature names to lists, got %s", kind).At("data", "columns")
	}
	rows, first, err := countRows(s)
	if err != nil {
		return encoded{}, err
	}
	if err := c.checkRows(rows, most); err != nil {
		return encoded{}, err.At("data", "columns")
	}
	e := newEncoder(c, rows, len(text), most)
	defer e.release()
	e.columns = true
	var wrong augur.Errors
	refuse := func(name string, err *augur.Error) {
		if len(wrong) < manyErrors {
			wrong = append(wrong, err.At("data", "columns", name))
		}
	}
	for more := s.OpenObject(); more; more = s.NextMember() {
		name := string(s.Key())
		f, ok := c.byFeature[name]
		switch {
		case s.Err() != nil:
		case !ok:
			refuse(name, augur.Errorf(augur.InvalidArgument, "%s", unknown("feature", name, c.featureNames)))
			s.Skip()
		case e.seen[f] != 0:
			refuse(name, augur.Errorf(augur.InvalidArgument, "given twice"))
			s.Skip()
		case s.Kind() != augur.JSONArray:
			refuse(name, augur.Errorf(augur.InvalidArgument, "expected a list of %d values, got %s", rows, s.Kind()))
			s.Skip()
		default:
			e.seen[f] = 1
			n := e.column(&s, f)
			if e.large != nil {
				return encoded{}, e.large.At("data", "columns")
			}
			if n != rows && s.Err() == nil {
				refuse(name, augur.Errorf(augur.InvalidArgument, "every column needs one value for each row: %q has %d, and %q has %d", name, n, first, rows))
			}
		}
	}
	if err := s.End(); err != nil {
		return encoded{}, augur.AsError(err).At("data", "columns")
	}
	for f := range c.features {
		ft := &c.features[f]
		switch {
		case e.seen[f] != 0 || ft.optional:
		case ft.fallback == nil:
			refuse(ft.name, augur.Errorf(augur.InvalidArgument, "required and missing: expected %s", ft.expects(c.inputs[ft.input].dtype)))
		default:
			for r := range rows {
				e.absent(f, r, r, false)
			}
			if e.large != nil {
				return encoded{}, e.large.At("data", "columns")
			}
		}
	}
	if len(wrong) > 0 {
		return encoded{}, wrong
	}
	return e.finish(e.pack())
}

// countRows counts the values of the first column.
func countRows(s augur.Scanner) (n int, first string, err error) {
	if !s.OpenObject() && s.Err() == nil {
		return 0, "", augur.Errorf(augur.InvalidArgument, "expected at least one column").At("data", "columns")
	}
	first = string(s.Key())
	if kind := s.Kind(); kind != augur.JSONArray && s.Err() == nil {
		return 0, "", augur.Errorf(augur.InvalidArgument, "expected a list of values, got %s", kind).At("data", "columns", first)
	}
	for more := s.OpenArray(); more; more = s.NextElement() {
		s.Skip()
		n++
	}
	if err := s.Err(); err != nil {
		return 0, "", augur.AsError(err).At("data", "columns")
	}
	return n, first, nil
}

// column reads the values of one feature and returns how many there were.
func (e *encoder) column(s *augur.Scanner, f int) (n int) {
	ft := &e.c.features[f]
	var nulls []int
	for more := s.OpenArray(); more; more = s.NextElement() {
		switch {
		case n >= e.rows || e.large != nil:
			s.Skip()
		case s.Kind() == augur.JSONNull && ft.optional:
			s.Null()
			nulls = append(nulls, n)
		case s.Kind() == augur.JSONNull:
			s.Null()
			e.absent(f, n, n, true)
		default:
			if err := e.value(s, f, n); err != nil && s.Err() == nil {
				e.fail(n, err, ft.name)
			}
		}
		n++
	}
	if e.given[f] = n - len(nulls); e.given[f] > 0 {
		for _, r := range nulls {
			e.fail(r, augur.Errorf(augur.InvalidArgument, "other rows have this feature, so every row must"), ft.name)
		}
	}
	return n
}

// pack moves the good rows together and returns how many there are.
func (e *encoder) pack() (good int) {
	if e.bad == nil {
		return e.rows
	}
	for r, bad := range e.bad {
		if bad {
			continue
		}
		for i := range e.tensors {
			if in := &e.c.inputs[i]; good == r || len(in.features) == 0 || e.unused(in) {
				continue
			}
			t, per := &e.tensors[i], e.per[i]
			if t.DType == augur.String {
				copy(t.Strings[good*per:], t.Strings[r*per:(r+1)*per])
				continue
			}
			per *= t.DType.Bits() / 8
			copy(t.Data[good*per:], t.Data[r*per:(r+1)*per])
		}
		good++
	}
	return good
}

// checkRows refuses a number of rows that the version cannot take.
func (c *codec) checkRows(n int, most limits) *augur.Error {
	switch {
	case c.noRows != nil:
		return c.noRows
	case n == 0:
		return augur.Errorf(augur.InvalidArgument, "expected at least one row")
	case n > most.rows:
		return augur.Errorf(augur.InvalidArgument, "expected at most %d rows in one request, got %s", most.rows, strconv.Itoa(n))
	case c.rowBytes > 0 && int64(n) > most.bytes/c.rowBytes:
		return most.tooLarge(n, int64(n)*c.rowBytes)
	case c.batch >= 0 && int64(n) != c.batch:
		return augur.Errorf(augur.InvalidArgument, "the version takes exactly %d rows at a time, got %d", c.batch, n)
	}
	return nil
}
