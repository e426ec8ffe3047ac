package inference

import (
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

// grow makes room for the row at place of a list input, no more than the limits
// and the text allow.
func (e *encoder) grow(input, place int) *augur.Error {
	in, t, per := &e.c.inputs[input], &e.tensors[input], e.per[input]
	ft := &e.c.features[in.features[0]]
	need, have := (place+1)*per, len(t.Strings)
	if t.DType != augur.String {
		have = len(t.Data) / int(elementBytes(t.DType))
	}
	if need <= have {
		return nil
	}
	if ft.fallback == nil && need > e.text+1<<20 {
		// Every element takes at least a byte of text. A column leaves room for
		// the rows before this one that it could not read.
		if e.columns {
			return augur.Errorf(augur.InvalidArgument, "too many rows before this one have no value of their own")
		}
		return augur.Errorf(augur.InvalidArgument, "expected a list of %d elements", per)
	}
	element := elementBytes(t.DType)
	free := (e.most.bytes - e.size) / element // elements
	if int64(need-have) > free {
		e.large = e.most.tooLarge(place+1, e.size+int64(need-have)*element).At(ft.name)
		return e.large
	}
	more := int(min(int64(min(max(need, 2*have), e.rows*per)-have), free))
	e.size += int64(more) * element
	if t.DType == augur.String {
		list := make([]string, have+more)
		copy(list, t.Strings)
		t.Strings = list
		return nil
	}
	data := augur.AlignedBytes((have + more) * int(element))
	copy(data, t.Data)
	t.Data = data
	return nil
}
