package onnx

import (
	"math"
	"math/bits"

	"augur"
)

// defaultMaxBytes bounds an answer where the policy of the version does not.
const defaultMaxBytes = 256 << 20

// size is what the file says of the number of elements of an output.
type size struct {
	out   *out
	bits  int
	fixed int64 // the product of the dimensions that the file fixes
	// axes are the others. Each lists the dimensions of inputs that have its symbol.
	axes [][]axis
}

// axis is one dimension of an input: the place of the input, and which of its
// dimensions.
type axis struct{ at, dim int }

// newSizes lists the outputs whose size follows from the file and the shapes of
// the inputs.
func (p *plan) newSizes() (list []size) {
	axes := map[string][]axis{}
	for _, in := range p.ins {
		for i, d := range in.typ.Shape {
			if d.Symbol != "" && in.at >= 0 {
				axes[d.Symbol] = append(axes[d.Symbol], axis{in.at, i})
			}
		}
	}
outputs:
	for i := range p.outs {
		o := &p.outs[i]
		t := o.spec.Type
		if t.Kind != augur.KindTensor || t.Shape == nil || t.DType.Bits() == 0 {
			continue
		}
		s := size{out: o, bits: t.DType.Bits(), fixed: 1}
		for _, d := range t.Shape {
			switch {
			case d.Size >= 0:
				s.fixed = times(s.fixed, d.Size)
			case d.Symbol != "" && axes[d.Symbol] != nil:
				s.axes = append(s.axes, axes[d.Symbol])
			default:
				continue outputs
			}
		}
		list = append(list, s)
	}
	return list
}

// bytes returns how large the output will be, math.MaxInt64 for what has no
// number. Where inputs disagree over a symbol the least is right.
func (s *size) bytes(inputs []*augur.Tensor) int64 {
	n := s.fixed
	for _, axes := range s.axes {
		d := int64(math.MaxInt64)
		for _, a := range axes {
			if shape := inputs[a.at].Shape; a.dim < len(shape) { // the default of an input may lie
				d = min(d, shape[a.dim])
			}
		}
		n = times(n, d)
	}
	return times(n, int64(s.bits)) / 8
}

// times multiplies two numbers that are not negative, up to math.MaxInt64.
func times(a, b int64) int64 {
	high, low := bits.Mul64(uint64(a), uint64(b))
	if high > 0 || low > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(low)
}

// checkSize reports ResourceExhausted when the outputs, as far as their size is
// known, have more than limit bytes together. All are computed, also those that
// nobody asked for.
func (p *plan) checkSize(inputs []*augur.Tensor, limit int64) error {
	left := limit
	for i := range p.sizes {
		s := &p.sizes[i]
		n := s.bytes(inputs)
		if n > left {
			return tooLarge(s.out.spec.Name, limit)
		}
		left -= n
	}
	return nil
}

func tooLarge(output string, limit int64) error {
	return augur.Errorf(augur.ResourceExhausted, "the outputs up to %q have more than %d bytes together, the most that this version may answer", output, limit)
}

// valueBytes counts the bytes of v's elements; a string counts 16 more.
func valueBytes(v augur.Value) (n int64) {
	for _, t := range [...]*augur.Tensor{v.Tensor, v.Keys, v.Values} {
		if t == nil {
			continue
		}
		n += int64(len(t.Data)) + 16*int64(len(t.Strings))
		for _, s := range t.Strings {
			n += int64(len(s))
		}
	}
	for _, item := range v.Items {
		n += valueBytes(item)
	}
	return n
}
