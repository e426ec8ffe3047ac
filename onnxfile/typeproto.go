package onnxfile

import (
	"fmt"

	"augur"
)

// The kinds of value that ONNX knows and package augur has no form for.
const (
	KindSparse augur.Kind = "SPARSE_TENSOR"
	KindOpaque augur.Kind = "OPAQUE"
)

// dtypes are the element types by their number in TensorProto.DataType.
var dtypes = [...]augur.DType{
	1: augur.Float32, 2: augur.Uint8, 3: augur.Int8, 4: augur.Uint16, 5: augur.Int16,
	6: augur.Int32, 7: augur.Int64, 8: augur.String, 9: augur.Bool, 10: augur.Float16,
	11: augur.Float64, 12: augur.Uint32, 13: augur.Uint64, 14: augur.Complex64,
	15: augur.Complex128, 16: augur.BFloat16, 17: augur.Float8E4M3FN,
	18: augur.Float8E4M3FNUZ, 19: augur.Float8E5M2, 20: augur.Float8E5M2FNUZ,
	21: augur.Uint4, 22: augur.Int4, 23: augur.Float4E2M1, 24: augur.Float8E8M0,
	25: augur.Uint2, 26: augur.Int2,
}

// dtypeOf names an element type; an unknown number gives a DType that is not Valid.
func dtypeOf(n uint64) augur.DType {
	if n > 0 && n < uint64(len(dtypes)) {
		return dtypes[n]
	}
	return augur.DType(fmt.Sprintf("undefined(%d)", n))
}

// Number returns the number of d in TensorProto.DataType, which is also the
// runtime's number for it; 0 when there is none.
func Number(d augur.DType) int {
	for i, known := range dtypes {
		if known == d && i > 0 {
			return i
		}
	}
	return 0
}

// typ reads a TypeProto.
func (m *reader) typ(body span, depth int) (t augur.Type, err error) {
	if depth > maxTypeDepth {
		return t, refuse("the type of a value is nested more than %d deep", maxTypeDepth)
	}
	t.Kind, t.DType = augur.KindTensor, dtypeOf(0)
	elem := func(fd field) error {
		e, err := m.typ(fd.body, depth+1)
		t.Elem = &e
		return err
	}
	err = m.each(body, func(fd field) error {
		if fd.typ != 2 {
			return nil
		}
		switch fd.num {
		case 1, 8: // tensor_type, sparse_tensor_type
			t = augur.Type{Kind: augur.KindTensor, DType: dtypeOf(0)}
			if fd.num == 8 {
				t.Kind = KindSparse
			}
			return m.each(fd.body, func(f field) (err error) {
				switch {
				case f.num == 1 && f.typ == 0:
					t.DType = dtypeOf(f.val)
				case f.is(2):
					t.Shape, err = m.shape(f.body)
				}
				return err
			})
		case 4, 9: // sequence_type, optional_type
			t = augur.Type{Kind: augur.KindSequence}
			if fd.num == 9 {
				t.Kind = augur.KindOptional
			}
			return m.each(fd.body, func(f field) error {
				if f.is(1) {
					return elem(f)
				}
				return nil
			})
		case 5: // map_type
			t = augur.Type{Kind: augur.KindMap}
			return m.each(fd.body, func(f field) error {
				switch {
				case f.num == 1 && f.typ == 0:
					t.Key = dtypeOf(f.val)
				case f.is(2):
					return elem(f)
				}
				return nil
			})
		case 7:
			t = augur.Type{Kind: KindOpaque}
		}
		return nil
	})
	return t, err
}

// shape reads a TensorShapeProto. Its presence makes the rank known, so the
// result is never nil.
func (m *reader) shape(body span) ([]augur.Dim, error) {
	dims := []augur.Dim{}
	err := m.each(body, func(fd field) error {
		if !fd.is(1) {
			return nil
		}
		if len(dims) >= maxRank {
			return refuse("a shape has more than %d dimensions", maxRank)
		}
		d := augur.Dim{Size: -1}
		err := m.each(fd.body, func(f field) (err error) {
			switch {
			case f.num == 1 && f.typ == 0:
				// Some exporters write -1 where they mean unknown.
				d = augur.Dim{Size: max(int64(f.val), -1)}
			case f.is(2):
				d = augur.Dim{Size: -1}
				d.Symbol, err = m.str(f.body, maxName, "the symbol of a dimension")
			}
			return err
		})
		dims = append(dims, d)
		return err
	})
	return dims, err
}
