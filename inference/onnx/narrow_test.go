package onnx

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"augur"
	"augur/internal/cases"
)

// TestNarrow sends every bit pattern of the 16- and 8-bit types through the
// runtime and its rewritten graph, and expects the same bits. Only a signaling
// NaN may come back quiet, and an 8-bit NaN as the one NaN of its sign.
func TestNarrow(t *testing.T) {
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	for _, d := range []augur.DType{
		augur.Float16, augur.BFloat16, augur.Float8E4M3FN, augur.Float8E4M3FNUZ, augur.Float8E5M2, augur.Float8E5M2FNUZ,
		augur.Int4, augur.Uint4, augur.Int2, augur.Uint2,
	} {
		m := cases.Model{Opset: 21, Graph: cases.Graph{
			Nodes:   []cases.Node{{Op: "Identity", In: []string{"x"}, Out: []string{"y"}}},
			Inputs:  []augur.Spec{cases.Port("x", cases.Tensor(d, "n"))},
			Outputs: []augur.Spec{cases.Port("y", cases.Tensor(d, "n"))},
		}}
		if d == augur.Int2 || d == augur.Uint2 {
			m.Opset = 25
		}
		path := filepath.Join(t.TempDir(), "model.onnx")
		if err := os.WriteFile(path, m.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := r.Load(t.Context(), path, nil)
		if err != nil {
			t.Fatal(d, err)
		}
		all := everyPattern(t, d)
		got, err := s.Run(t.Context(), []augur.NamedTensor{{Name: "x", Tensor: all}}, nil)
		if err != nil {
			t.Fatal(d, err)
		}
		y := got[0].Value.Tensor
		if err := y.Check(); err != nil || y.DType != d {
			t.Fatal(d, y.DType, err)
		}
		for i := range y.Data {
			if y.Data[i] == all.Data[i] || nan(d, all.Data, i) && nan(d, y.Data, i) {
				continue
			}
			t.Errorf("%s: byte %d of the patterns: %#x became %#x", d, i, all.Data[i], y.Data[i])
			break
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// everyPattern is a vector of all values of d.
func everyPattern(t *testing.T, d augur.DType) *augur.Tensor {
	n := int64(1) << min(d.Bits(), 16)
	if d.Bits() < 8 {
		n = 256 * int64(8/d.Bits())
	}
	all, err := augur.NewTensor(d, n)
	if err != nil {
		t.Fatal(err)
	}
	for i := range all.Data {
		all.Data[i] = byte(i)
	}
	if d.Bits() == 16 {
		for i := range n {
			binary.LittleEndian.PutUint16(all.Data[2*i:], uint16(i))
		}
	}
	return all
}

// nan says whether the element that byte i belongs to is a NaN.
func nan(d augur.DType, data []byte, i int) bool {
	switch d {
	case augur.Float16:
		return binary.LittleEndian.Uint16(data[i&^1:])&0x7fff > 0x7c00
	case augur.BFloat16:
		return binary.LittleEndian.Uint16(data[i&^1:])&0x7fff > 0x7f80
	}
	l, ok := eightBitLayouts[d]
	f := l.value(data[i])
	return ok && f != f
}
