package inference

import (
	"encoding/json"
	"slices"
	"strconv"

	"augur"
)

// encoded is input ready to run.
type encoded struct {
	// tensors are the inputs that were given, in the order of the signature.
	tensors []augur.NamedTensor
	// rows is how many rows the request had, 0 when it has none to count.
	rows int
	// index gives the place in the request of each row of the tensors.
	index []int
	// errs are the rows that are not among them.
	errs augur.Errors
}

// manyErrors is how many errors a request gets in full; after that a row's
// first error stands for the rest of them.
const manyErrors = 100

// encoder reads the rows or columns of one request into typed buffers, each
// value once. Rows that are right stand one after the other; what a wrong one
// left behind is overwritten.
type encoder struct {
	c    *codec
	one  bool // the request gave a single row
	rows int
	text int // bytes of JSON, which bound the memory of lists
	// columns says that the request gave columns, so that a row's place is its
	// number and what wrong rows left behind is taken out in the end.
	columns bool

	tensors []augur.Tensor // by input
	per     []int          // elements of a row by input, -1 until a value tells
	row     [][]int64      // shape of a row by input, where it is not the input's
	dims    map[string]int64
	// seen holds, for each feature, the last row (from 1) that had it; negative
	// when that was null.
	seen []int
	// given counts the good rows that had each feature of c.maybe.
	given []int
	must  []bool // features of c.maybe that this request needs in every row
	bad   []bool // by row, nil while there is none
	errs  augur.Errors
}

func newEncoder(c *codec, rows, text int) *encoder {
	e := &encoder{c: c, rows: rows, text: text}
	ints := make([]int, len(c.inputs)+2*len(c.features))
	e.per = ints[:len(c.inputs)]
	e.seen, e.given = ints[len(c.inputs):len(c.inputs)+len(c.features)], ints[len(c.inputs)+len(c.features):]
	e.reserve()
	return e
}

// reserve takes memory for every input whose rows have a known, narrow size,
// in one piece. Lists take it as they come, so that a short text cannot ask
// for a long buffer.
func (e *encoder) reserve() {
	e.tensors = make([]augur.Tensor, len(e.c.inputs))
	size, texts := 0, 0
	for i := range e.c.inputs {
		in := &e.c.inputs[i]
		e.tensors[i].DType, e.per[i] = in.dtype, in.per
		switch {
		case in.list || len(in.features) == 0:
		case in.dtype == augur.String:
			texts += e.rows * in.per
		default:
			size += (e.rows*in.per*in.dtype.Bits()/8 + 7) &^ 7
		}
	}
	data, strings := augur.AlignedBytes(size), make([]string, texts)
	for i := range e.c.inputs {
		in := &e.c.inputs[i]
		n := e.rows * in.per
		switch {
		case in.list || len(in.features) == 0:
		case in.dtype == augur.String:
			e.tensors[i].Strings, strings = strings[:n:n], strings[n:]
		default:
			n *= in.dtype.Bits() / 8
			e.tensors[i].Data, data = data[:n:n], data[(n+7)&^7:]
		}
	}
}

// encodeRows reads JSON objects, one a row. The error is augur.Errors with every
// row when none can run.
func (c *codec) encodeRows(rows []json.RawMessage, one bool) (encoded, error) {
	text := 0
	for _, row := range rows {
		text += len(row)
	}
	var must []bool
	for {
		e := newEncoder(c, len(rows), text)
		e.one, e.must = one, must
		good := 0
		var s augur.Scanner
		for r, row := range rows {
			if good == 0 {
				e.forget()
			}
			s.Reset(row)
			e.object(&s, r, good)
			if !e.isBad(r) {
				e.count(r)
				good++
			}
		}
		if must = e.mixed(good); must == nil {
			return e.finish(good)
		}
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
	next := 0
	for more := s.OpenObject(); more; more = s.NextMember() {
		key := s.Key()
		// People send the features in the same order again and again.
		f := next
		if f >= len(e.c.features) || e.c.features[f].name != string(key) {
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
		switch {
		case e.seen[f] == r+1 || e.seen[f] == -r-1:
			s.Skip()
			e.fail(r, augur.Errorf(augur.InvalidArgument, "given twice in one row"), e.c.features[f].name)
		case s.Kind() == augur.JSONNull:
			s.Null()
			e.seen[f] = -r - 1
		default:
			e.seen[f] = r + 1
			if err := e.value(s, f, place); err != nil && s.Err() == nil {
				e.fail(r, err, e.c.features[f].name)
			}
		}
	}
	if err := s.End(); err != nil {
		e.fail(r, augur.AsError(err))
		return
	}
	for f := range e.c.features {
		if e.seen[f] != r+1 {
			e.absent(f, r, place, e.seen[f] == -r-1)
		}
	}
}

// value reads the value of feature f in the row at place.
func (e *encoder) value(s *augur.Scanner, f, place int) *augur.Error {
	ft := &e.c.features[f]
	in, t := &e.c.inputs[ft.input], &e.tensors[ft.input]
	if in.list {
		return e.list(s, f, place)
	}
	i := place*in.per + ft.column
	if ft.check.strings != nil && s.Kind() == augur.JSONString {
		text := s.Bytes()
		kept, ok := ft.check.strings[string(text)]
		if !ok {
			return ft.check.errorf(string(augur.AppendQuoted(nil, string(text))))
		}
		t.Strings[i] = kept
		return nil
	}
	if err := t.ScanElement(s, i); err != nil {
		return err
	}
	if !ft.check.none() && !ft.check.allows(t, i) {
		return ft.check.error(t, i)
	}
	return nil
}

// list reads a value that is written as a list.
func (e *encoder) list(s *augur.Scanner, f, place int) *augur.Error {
	ft := &e.c.features[f]
	shape, err := e.rowShape(s, ft.input)
	if err != nil {
		s.Skip()
		return err
	}
	t, per := &e.tensors[ft.input], e.per[ft.input]
	if err := e.grow(ft.input, place); err != nil {
		s.Skip()
		return err
	}
	if err := t.Scan(s, place*per, shape); err != nil {
		return err
	}
	if i := ft.check.first(t, place*per, 1, per); i >= 0 {
		return ft.check.error(t, i).At(strconv.Itoa(i - place*per))
	}
	return nil
}

// rowShape returns the shape of one row's value of an input. Where it is free
// the first value tells, and the rest of the request must agree with it.
func (e *encoder) rowShape(s *augur.Scanner, input int) ([]int64, *augur.Error) {
	in := &e.c.inputs[input]
	if in.per >= 0 {
		return in.row, nil
	}
	if e.per[input] >= 0 {
		return e.row[input], nil
	}
	shape, ok := s.Shape(in.dtype)
	if !ok || len(shape) != len(in.row) {
		return nil, augur.Errorf(augur.InvalidArgument, "expected lists nested as %s of one row, got %s", in.typ, s.Kind())
	}
	for d, dim := range in.dims[1:] {
		want, why := dim.Size, ""
		if known, ok := e.dims[dim.Symbol]; ok && dim.Size < 0 && dim.Symbol != "" {
			want, why = known, " (as elsewhere in the request)"
		}
		if want >= 0 && shape[d] != want {
			return nil, augur.Errorf(augur.InvalidArgument, "expected %d for dimension %s of %s%s, got %d", want, dim, in.typ, why, shape[d])
		}
	}
	n, ok := augur.Elements(shape)
	if !ok {
		return nil, augur.Errorf(augur.InvalidArgument, "shape %v has too many elements", shape)
	}
	if e.row == nil {
		e.row, e.dims = make([][]int64, len(e.c.inputs)), map[string]int64{}
	}
	e.per[input], e.row[input] = int(n), shape
	for d, dim := range in.dims[1:] {
		if dim.Size < 0 && dim.Symbol != "" {
			e.dims[dim.Symbol] = shape[d]
		}
	}
	return shape, nil
}

// forget lets the next row say what is free: what was said so far came from
// rows that are wrong.
func (e *encoder) forget() {
	if e.row == nil {
		return
	}
	for i := range e.per {
		e.per[i] = e.c.inputs[i].per
	}
	clear(e.row)
	clear(e.dims)
}

// grow makes room for the row at place of a list input.
func (e *encoder) grow(input, place int) *augur.Error {
	t, per := &e.tensors[input], e.per[input]
	need := (place + 1) * per
	if e.columns && e.c.features[e.c.inputs[input].features[0]].fallback == nil && need > e.text+1<<20 {
		// A column leaves room for the rows before this one that it could not
		// read; those that it could have at least a byte of text an element.
		return augur.Errorf(augur.InvalidArgument, "too many rows before this one have no value of their own")
	}
	if t.DType == augur.String {
		if need > len(t.Strings) {
			t.Strings = slices.Grow(t.Strings, need-len(t.Strings))
			t.Strings = t.Strings[:min(cap(t.Strings), e.rows*per)]
		}
		return nil
	}
	need *= t.DType.Bits() / 8
	if need <= len(t.Data) {
		return nil
	}
	data := augur.AlignedBytes(min(max(need, 2*len(t.Data)), e.rows*per*t.DType.Bits()/8))
	copy(data, t.Data)
	t.Data = data
	return nil
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

// put copies elements into t from element i on.
func put(t *augur.Tensor, i int, elements *augur.Tensor) {
	if t.DType == augur.String {
		copy(t.Strings[i:], elements.Strings)
		return
	}
	copy(t.Data[i*t.DType.Bits()/8:], elements.Data)
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

func (e *encoder) isBad(r int) bool { return e.bad != nil && e.bad[r] }

// fail records an error of row r, at the feature that rest begins with.
func (e *encoder) fail(r int, err *augur.Error, rest ...string) {
	if e.bad == nil {
		e.bad = make([]bool, e.rows)
	}
	if e.bad[r] && len(e.errs) >= manyErrors {
		return
	}
	e.bad[r] = true
	path := make([]string, 0, 6)
	switch {
	case e.one:
		path = append(path, "data", "row")
	case e.columns: // the name comes before the row
		path, rest = append(append(append(path, "data", "columns"), rest...), strconv.Itoa(r)), nil
	default:
		path = append(path, "data", "rows", strconv.Itoa(r))
	}
	e.errs = append(e.errs, err.At(append(path, rest...)...))
}

// finish makes tensors of the first good rows of the buffers.
func (e *encoder) finish(good int) (encoded, error) {
	out := encoded{rows: e.rows, index: identity(good), errs: e.errs}
	if e.bad != nil {
		out.index = make([]int, 0, good)
		for r, bad := range e.bad {
			if !bad {
				out.index = append(out.index, r)
			}
		}
	}
	if good == 0 {
		return out, out.errs
	}
	if e.c.batch >= 0 && int64(good) != e.c.batch {
		// Only whole batches run, so a wrong row fails the others too.
		return out, out.errs
	}
	dims := 0
	for i := range e.c.inputs {
		dims += 1 + len(e.c.inputs[i].row)
	}
	shapes := make([]int64, 0, dims)
	out.tensors = make([]augur.NamedTensor, 0, len(e.c.inputs))
	for i := range e.c.inputs {
		in, t := &e.c.inputs[i], &e.tensors[i]
		if len(in.features) == 0 || e.unused(in) {
			continue
		}
		from := len(shapes)
		if in.batched {
			shapes = append(shapes, int64(good))
			if in.per >= 0 {
				shapes = append(shapes, in.row...)
			} else {
				shapes = append(shapes, e.row[i]...)
			}
		}
		t.Shape = shapes[from:len(shapes):len(shapes)]
		n := good * e.per[i]
		if t.DType == augur.String {
			t.Strings = t.Strings[:n]
		} else {
			t.Data = t.Data[:n*t.DType.Bits()/8]
		}
		out.tensors = append(out.tensors, augur.NamedTensor{Name: in.name, Tensor: t})
	}
	return out, nil
}

// unused says whether an optional input was given in no row.
func (e *encoder) unused(in *input) bool {
	f := in.features[0]
	return e.c.features[f].optional && e.given[f] == 0
}

// identities is what identity gives for most requests.
var identities = slices.Collect(func(yield func(int) bool) {
	for i := 0; i < 4096 && yield(i); i++ {
	}
})

// identity returns 0, 1, … n-1, which must not be changed.
func identity(n int) []int {
	if n <= len(identities) {
		return identities[:n:n]
	}
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}
