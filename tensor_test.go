package augur_test

import (
	"math"
	"slices"
	"testing"
	"unsafe"

	"augur"
)

func nan() float64 { return math.NaN() }

func TestDTypes(t *testing.T) {
	for _, d := range augur.DTypes() {
		kinds := 0
		for _, is := range []bool{d.Float(), d.Integer(), d.Opaque(), d == augur.Bool, d == augur.String, d == augur.Complex64 || d == augur.Complex128} {
			if is {
				kinds++
			}
		}
		if kinds != 1 || !d.Valid() || d.Expects() == "" {
			t.Errorf("%s is of %d kinds", d, kinds)
		}
	}
	if augur.DType("float33").Valid() || augur.DType("").Opaque() {
		t.Error("what is unknown is nothing")
	}
	for d, want := range map[augur.DType]int64{augur.Int4: 2, augur.Uint2: 1, augur.Float32: 12, augur.Complex128: 48, augur.String: 0, augur.Bool: 3} {
		if got := d.Bytes(3); got != want {
			t.Errorf("three of %s take %d bytes, want %d", d, got, want)
		}
	}
}

func TestElements(t *testing.T) {
	for _, c := range []struct {
		shape []int64
		n     int64
		ok    bool
	}{
		{nil, 1, true}, {[]int64{2, 3}, 6, true}, {[]int64{0}, 0, true}, {[]int64{-1}, 0, false}, {[]int64{0, -1}, 0, false},
		{[]int64{math.MaxInt64, 0}, 0, true}, {[]int64{math.MaxInt64, math.MaxInt64}, 0, false}, {[]int64{augur.MaxElements}, augur.MaxElements, true}, {[]int64{augur.MaxElements, 2}, 0, false},
	} {
		if n, ok := augur.Elements(c.shape); ok != c.ok || ok && n != c.n {
			t.Errorf("Elements(%v) = %d, %v", c.shape, n, ok)
		}
	}
}

func TestTensor(t *testing.T) {
	x, err := augur.NewTensor(augur.Float64, 2, 3)
	if err != nil || x.Len() != 6 || len(x.Data) != 48 || x.Check() != nil {
		t.Fatalf("%v, %v", x, err)
	}
	if _, err := augur.NewTensor("float33"); augur.CodeOf(err) != augur.InvalidArgument {
		t.Error(err)
	}
	if _, err := augur.NewTensor(augur.Float32, -1); augur.CodeOf(err) != augur.InvalidArgument {
		t.Error(err)
	}
	x = augur.TensorOf(augur.Int32, []int32{1, 2, 3, 4, 5, 6}, 3, 2)
	if row := x.Rows(1, 3); !slices.Equal(augur.View[int32](row), []int32{3, 4, 5, 6}) || !slices.Equal(row.Shape, []int64{2, 2}) {
		t.Errorf("%v", row)
	}
	s := augur.StringTensor([]string{"a", "b", "c"}, 3)
	if row := s.Rows(2, 3); !slices.Equal(row.Strings, []string{"c"}) {
		t.Errorf("%v", row)
	}
	if s.Size() <= 3 || augur.TensorValue(s).Size() <= s.Size() {
		t.Error("the size of strings counts")
	}
	for _, bad := range []*augur.Tensor{
		{DType: "float33"}, {DType: augur.Float32, Shape: []int64{-1}}, {DType: augur.Float32, Shape: []int64{2}, Data: make([]byte, 4)}, {DType: augur.String, Shape: []int64{2}, Strings: []string{""}},
	} {
		if augur.CodeOf(bad.Check()) != augur.InvalidArgument {
			t.Errorf("%v passes", bad)
		}
	}
	for _, f := range []func(){func() { augur.TensorOf(augur.Int8, []int8{1}, 2) }, func() { augur.StringTensor(nil, 1) }} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("a shape that does not fit must panic")
				}
			}()
			f()
		}()
	}
}

// A view of bytes that lie anywhere is right; one of aligned bytes is no copy.
func TestView(t *testing.T) {
	raw := augur.AlignedBytes(17)
	if uintptr(unsafe.Pointer(unsafe.SliceData(raw)))%8 != 0 {
		t.Error("not aligned")
	}
	for i := range raw {
		raw[i] = byte(i)
	}
	odd := augur.View[uint64](&augur.Tensor{DType: augur.Uint64, Shape: []int64{2}, Data: raw[1:17]})
	if odd[0] != 0x0807060504030201 || odd[1] != 0x100f0e0d0c0b0a09 {
		t.Errorf("%x", odd)
	}
	even := augur.View[uint64](&augur.Tensor{DType: augur.Uint64, Shape: []int64{2}, Data: raw[:16]})
	raw[0] = 0xff
	if even[0]&0xff != 0xff {
		t.Error("a copy")
	}
	if augur.View[float32](&augur.Tensor{DType: augur.Float32, Shape: []int64{0}}) != nil {
		t.Error("nothing is nil")
	}
}
