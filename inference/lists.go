package inference

import (
	"slices"
	"strconv"

	"augur"
)

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
