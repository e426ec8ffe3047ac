package onnxfile

import (
	"encoding/binary"

	"google.golang.org/protobuf/encoding/protowire"

	"augur"
)

// Default returns the value that an Optional input has when a caller leaves it
// out. It is nil when the input has none that fits in limit bytes, or is of a
// sparse or unknown form.
func (f *File) Default(name string, limit int64) (*augur.Tensor, error) {
	i := index(f.graph.inputs, name)
	if i < 0 || f.graph.inputs[i].initial.len() == 0 || f.graph.inputs[i].initial.len() > limit || f.graph.inputs[i].sparse {
		return nil, nil
	}
	body := f.graph.inputs[i].initial
	b := make([]byte, body.len())
	if _, err := f.r.ReadAt(b, body.start); err != nil && int64(len(b)) != body.len() {
		return nil, augur.Wrap(augur.Internal, err, "the file cannot be read")
	}
	t, ok := decodeTensor(b)
	if !ok || t.Check() != nil {
		return nil, refuse("the default of input %q is damaged", name)
	}
	return t, nil
}

// decodeTensor reads a whole TensorProto. Its typed fields hold what raw_data
// does not; int32_data serves every type of up to 32 bits but float32.
func decodeTensor(b []byte) (t *augur.Tensor, ok bool) {
	t = &augur.Tensor{Shape: []int64{}}
	var ints []uint64
	var floats []byte // float_data and double_data are little-endian as they stand
	raw := false
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return nil, false
		}
		b = b[n:]
		n = protowire.ConsumeFieldValue(num, typ, b)
		if n < 0 {
			return nil, false
		}
		v := b[:n]
		b = b[n:]
		if typ == protowire.BytesType {
			v, _ = protowire.ConsumeBytes(v)
		}
		switch num {
		case 1:
			for _, d := range varints(v) {
				t.Shape = append(t.Shape, int64(d))
			}
			if len(t.Shape) > maxRank {
				return nil, false
			}
		case 2:
			d, _ := protowire.ConsumeVarint(v)
			t.DType = dtypeOf(d)
		case 4, 10:
			floats = append(floats, v...)
		case 5, 7, 11:
			ints = append(ints, varints(v)...)
		case 6:
			t.Strings = append(t.Strings, string(v))
		case 9:
			raw, t.Data = true, append(augur.AlignedBytes(0), v...)
		}
	}
	if !t.DType.Valid() {
		return nil, false
	}
	if raw || t.DType == augur.String {
		return t, true
	}
	t.Data = floats
	for _, v := range ints {
		switch max(t.DType.Bits()/8, 1) {
		case 1:
			t.Data = append(t.Data, byte(v))
		case 2:
			t.Data = binary.LittleEndian.AppendUint16(t.Data, uint16(v))
		case 4:
			t.Data = binary.LittleEndian.AppendUint32(t.Data, uint32(v))
		default:
			t.Data = binary.LittleEndian.AppendUint64(t.Data, v)
		}
	}
	return t, true
}

// varints reads packed integers; a single one is a list of one.
func varints(b []byte) (list []uint64) {
	for len(b) > 0 {
		v, n := protowire.ConsumeVarint(b)
		if n < 0 {
			return list
		}
		list = append(list, v)
		b = b[n:]
	}
	return list
}
