package inference

import (
	"slices"
	"strconv"
	"sync"

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
	most limits
	// size is how many bytes the buffers take, and large says that the next one
	// would take more than they may.
	size  int64
	large *augur.Error
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
	ints  []int // what per, seen and given are made of
}

// encoders are those that are not in use.
var encoders = sync.Pool{New: func() any { return &encoder{} }}

// newEncoder returns an encoder, to be released.
func newEncoder(c *codec, rows, text int, most limits) *encoder {
	e := encoders.Get().(*encoder)
	n := len(c.inputs) + 2*len(c.features)
	ints := slices.Grow(e.ints[:0], n)[:n]
	clear(ints)
	*e = encoder{c: c, rows: rows, text: text, most: most, ints: ints}
	e.per = ints[:len(c.inputs)]
	e.seen, e.given = ints[len(c.inputs):len(c.inputs)+len(c.features)], ints[len(c.inputs)+len(c.features):]
	e.reserve()
	return e
}

// release gives e back. What finish returned does not refer to it.
func (e *encoder) release() {
	*e = encoder{ints: e.ints}
	encoders.Put(e)
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
	e.size = int64(size) + int64(texts)*headerBytes
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

// put copies elements into t from element i on.
func put(t *augur.Tensor, i int, elements *augur.Tensor) {
	if t.DType == augur.String {
		copy(t.Strings[i:], elements.Strings)
		return
	}
	copy(t.Data[i*t.DType.Bits()/8:], elements.Data)
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
