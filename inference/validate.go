package inference

import (
	"slices"
	"strconv"

	"augur"
)

// limits bound the input of one request.
type limits struct {
	rows  int
	bytes int64 // of its tensors
}

func limitsOf(p augur.ServingPolicy) limits { return limits{p.MaxRows, p.MaxBytes} }

// tooLarge refuses input by its size. It is wrong whatever the state of the
// server, so nobody should send it again: InvalidArgument.
func (l limits) tooLarge(rows int, bytes int64) *augur.Error {
	return augur.Errorf(augur.InvalidArgument, "expected inputs of at most %d bytes in one request; those of %d rows take %d", l.bytes, rows, bytes)
}

// read turns the input of a request into tensors that the version accepts: the
// steps validate and encode. A row that is wrong by itself is in the result's
// errs; the error is *augur.Error or augur.Errors and says why nothing can run.
func (c *codec) read(req *augur.Request, most limits) (in encoded, err error) {
	data := &req.Data
	switch {
	case forms(data) > 1, forms(data) == 0 && len(c.inputs) > 0:
		return in, augur.Errorf(augur.InvalidArgument, "expected exactly one of row, rows, columns and tensors").At("data")
	case data.Rows != nil:
		field := "rows"
		if data.One {
			field = "row"
		}
		if err := c.checkRows(len(data.Rows), most); err != nil {
			return in, err.At("data", field)
		}
		in, err = c.encodeRows(data.Rows, data.One, most)
	case data.Columns != nil:
		in, err = c.encodeColumns(data.Columns, most)
	default:
		in, err = c.check(data.Tensors, most)
	}
	if err == nil && req.Options.RejectOnRowError && len(in.errs) > 0 {
		return in, in.errs
	}
	return in, err
}

// wanted returns the outputs to compute: all of them when none is named.
func (c *codec) wanted(names []string) ([]string, error) {
	if len(names) == 0 {
		return c.outputs, nil
	}
	for i, name := range names {
		if _, ok := c.byOutput[name]; !ok {
			return nil, augur.Errorf(augur.InvalidArgument, "%s", unknown("output", name, c.outputs)).At("outputs", strconv.Itoa(i))
		}
		if slices.Contains(names[:i], name) {
			return nil, augur.Errorf(augur.InvalidArgument, "output %q is named twice", name).At("outputs", strconv.Itoa(i))
		}
	}
	return names, nil
}

// check holds exact tensors against the signature: names, dtypes, ranks,
// dimensions, lengths, and what the features allow.
func (c *codec) check(given []augur.NamedTensor, most limits) (encoded, error) {
	var wrong augur.Errors
	refuse := func(i int, err *augur.Error, path ...string) {
		if len(wrong) < manyErrors {
			wrong = append(wrong, err.At(append([]string{"data", "tensors", strconv.Itoa(i)}, path...)...))
		}
	}
	if size := sizeOf(given); size > most.bytes {
		return encoded{}, augur.Errorf(augur.InvalidArgument, "expected inputs of at most %d bytes in one request, got %d", most.bytes, size).At("data", "tensors")
	}
	place := make([]int, len(c.inputs)) // of each input among those given, from 1
	for i, nt := range given {
		k, ok := c.byInput[nt.Name]
		switch {
		case !ok:
			refuse(i, augur.Errorf(augur.InvalidArgument, "%s", unknown("input", nt.Name, c.inputNames)), "name")
		case place[k] > 0:
			refuse(i, augur.Errorf(augur.InvalidArgument, "input %q is given twice", nt.Name), "name")
		default:
			place[k] = i + 1
			if err := c.inputs[k].accepts(&given[i]); err != nil {
				refuse(i, err)
			} else if nt.Tensor != nil {
				c.checkFeatures(nt.Tensor, k, func(err *augur.Error) { refuse(i, err) })
			}
		}
	}
	out := encoded{tensors: make([]augur.NamedTensor, 0, len(given))}
	for k := range c.inputs {
		switch {
		case place[k] > 0:
			out.tensors = append(out.tensors, given[place[k]-1])
		case !c.inputs[k].optional && len(wrong) < manyErrors:
			wrong = append(wrong, augur.Errorf(augur.InvalidArgument, "input %q (%s) is required and missing", c.inputs[k].name, c.inputs[k].typ).At("data", "tensors"))
		}
	}
	if len(wrong) == 0 {
		c.checkSymbols(given, place, refuse)
	}
	if len(wrong) > 0 {
		return encoded{}, wrong
	}
	out.rows = c.countBatch(given, place)
	if out.rows > most.rows {
		return encoded{}, augur.Errorf(augur.InvalidArgument, "expected at most %d rows in one request, got %d", most.rows, out.rows).At("data", "tensors", "0", "shape")
	}
	out.index = identity(max(out.rows, 1))
	return out, nil
}

// sizeOf is the memory of the elements of tensors.
func sizeOf(tensors []augur.NamedTensor) (n int64) {
	for _, t := range tensors {
		if t.Value != nil {
			for _, part := range partsOf(t.Value) {
				n += headerBytes + dataBytes(part)
			}
		}
		if t.Tensor != nil {
			n += dataBytes(t.Tensor)
		}
	}
	return n
}

func dataBytes(t *augur.Tensor) int64 {
	n := int64(len(t.Data))
	for _, s := range t.Strings {
		n += headerBytes + int64(len(s))
	}
	return n
}

// accepts says why nt cannot be given for the input, with Field ["dtype"],
// ["shape"], ["data"], ["sequence", …] or ["map", …].
func (in *input) accepts(nt *augur.NamedTensor) *augur.Error {
	if !in.tensor {
		return in.acceptsValue(nt.Value)
	}
	t := nt.Tensor
	switch {
	case nt.Value != nil:
		return augur.Errorf(augur.InvalidArgument, "input %q is %s, got a %s", in.name, in.typ, kindWord(nt.Value.Kind)).At(kindWord(nt.Value.Kind))
	case t == nil:
		return augur.Errorf(augur.InvalidArgument, "expected a tensor").At("data")
	case t.DType != in.dtype:
		return augur.Errorf(augur.InvalidArgument, "input %q is %s, got %s", in.name, in.typ, t.DType).At("dtype")
	case in.dims != nil && len(t.Shape) != len(in.dims):
		return augur.Errorf(augur.InvalidArgument, "input %q is %s, of rank %d, got shape %v, of rank %d", in.name, in.typ, len(in.dims), t.Shape, len(t.Shape)).At("shape")
	}
	for d, dim := range in.dims {
		if dim.Size >= 0 && t.Shape[d] != dim.Size {
			return augur.Errorf(augur.InvalidArgument, "input %q is %s, got shape %v: dimension %d must be %d", in.name, in.typ, t.Shape, d, dim.Size).At("shape")
		}
	}
	if err := t.Check(); err != nil {
		return augur.AsError(err).At("data")
	}
	return nil
}

// checkFeatures holds the elements of input k against what its features allow
// and reports the first wrong one of each.
func (c *codec) checkFeatures(t *augur.Tensor, k int, report func(*augur.Error)) {
	in := &c.inputs[k]
	for _, f := range in.features {
		ft := &c.features[f]
		start, step, n := 0, 1, t.Len()
		if !in.list && in.per > 1 {
			start, step, n = ft.column, in.per, n/in.per
		}
		if i := ft.check.first(t, start, step, n); i >= 0 {
			err := ft.check.error(t, i)
			err.Message = "feature " + strconv.Quote(ft.name) + ": " + err.Message
			report(err.At("data", strconv.Itoa(i)))
		}
	}
}

// checkSymbols finds dimensions of one symbol that differ.
func (c *codec) checkSymbols(given []augur.NamedTensor, place []int, refuse func(int, *augur.Error, ...string)) {
	type dimension struct {
		symbol string
		size   int64
		input  string
	}
	var buf [8]dimension
	known := buf[:0]
	for k := range c.inputs {
		if place[k] == 0 {
			continue
		}
		t := given[place[k]-1].Tensor
		if t == nil { // a sequence or map, whose dims are none
			continue
		}
		for d, dim := range c.inputs[k].dims {
			if dim.Size >= 0 || dim.Symbol == "" {
				continue
			}
			i := slices.IndexFunc(known, func(o dimension) bool { return o.symbol == dim.Symbol })
			if i < 0 {
				known = append(known, dimension{dim.Symbol, t.Shape[d], c.inputs[k].name})
			} else if known[i].size != t.Shape[d] {
				refuse(place[k]-1, augur.Errorf(augur.InvalidArgument, "input %q is %s, got shape %v: dimension %d is %q, which is %d in input %q",
					c.inputs[k].name, c.inputs[k].typ, t.Shape, d, dim.Symbol, known[i].size, known[i].input), "shape")
				return
			}
		}
	}
}

// countBatch returns the first dimension that the inputs have in common, 0 when
// they have none. A free first dimension is the batch; only where no input has
// one is a fixed one. A sequence or a map makes the request one row.
func (c *codec) countBatch(given []augur.NamedTensor, place []int) int {
	rows, free := int64(-1), false
	for k := range c.inputs {
		if place[k] == 0 {
			continue
		}
		in, t := &c.inputs[k], given[place[k]-1].Tensor
		if t == nil {
			return 0
		}
		isFree := len(t.Shape) > 0 && (in.dims == nil || in.dims[0].Size < 0)
		switch {
		case isFree && !free:
			rows, free = t.Shape[0], true
		case free && !isFree:
		case len(t.Shape) == 0, rows >= 0 && rows != t.Shape[0]:
			rows = 0
		default:
			rows = t.Shape[0]
		}
	}
	return int(max(rows, 0))
}

// forms counts the forms of input that are set.
func forms(d *augur.Data) (n int) {
	for _, set := range [...]bool{d.Rows != nil, d.Columns != nil, d.Tensors != nil} {
		if set {
			n++
		}
	}
	return n
}
