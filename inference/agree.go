package inference

import (
	"math"
	"slices"

	"augur"
)

// agree says whether two answers to one question agree, and what the largest
// difference of two numbers in them is: +Inf where one is finite and the other
// is not, or where the answers have not the same form.
//
// Where the first answer has labels, whole numbers or truths, those decide
// alone, and must be equal: two versions that were trained apart seldom give the
// same probabilities, and what counts is what they say. Otherwise numbers agree
// when they differ by no more than tolerance, as a share of the larger one.
func agree(a, b []augur.Output, tolerance float64) (agrees bool, largest float64) {
	c := comparison{tolerance: tolerance, near: true, equal: true}
	if len(a) != len(b) {
		return false, math.Inf(1)
	}
	for i := range a {
		c.values(&a[i].Value, &b[i].Value)
	}
	if c.labels {
		return c.equal, c.largest
	}
	return c.near && c.equal, c.largest
}

// comparison is what agree has found so far.
type comparison struct {
	tolerance float64
	// labels is set once something was compared that must be equal, and equal
	// stays set while all of it is; near while all numbers are within tolerance.
	labels, equal, near bool
	largest             float64
}

// differs notes that two values have not the same form.
func (c *comparison) differs() { c.equal, c.near, c.largest = false, false, math.Inf(1) }

func (c *comparison) values(a, b *augur.Value) {
	if a.Kind != b.Kind || len(a.Items) != len(b.Items) {
		c.differs()
		return
	}
	c.tensors(a.Tensor, b.Tensor)
	for i := range a.Items {
		c.values(&a.Items[i], &b.Items[i])
	}
	if a.Kind == augur.KindMap {
		c.maps(a, b)
	}
}

// maps compares the values of two maps, whose keys say what they are of: of a
// classifier they are the classes, not its answer.
func (c *comparison) maps(a, b *augur.Value) {
	keys := comparison{equal: true}
	if keys.tensors(a.Keys, b.Keys); !keys.equal {
		c.differs()
		return
	}
	c.tensors(a.Values, b.Values)
}

func (c *comparison) tensors(a, b *augur.Tensor) {
	switch {
	case a == nil && b == nil:
		return
	case a == nil || b == nil || a.DType != b.DType || a.Len() != b.Len():
		c.differs()
		return
	case a.DType == augur.String:
		c.labels = true
		c.equal = c.equal && slices.Equal(a.Strings, b.Strings)
		return
	case !a.DType.Float():
		c.labels = true
		c.equal = c.equal && slices.Equal(a.Data, b.Data)
		return
	}
	x, y := floats(a), floats(b)
	for i := range x {
		c.numbers(x[i], y[i])
	}
}

func (c *comparison) numbers(a, b float64) {
	if a == b || math.IsNaN(a) && math.IsNaN(b) {
		return
	}
	d := math.Abs(a - b)
	if math.IsNaN(d) {
		d = math.Inf(1)
	}
	c.largest = max(c.largest, d)
	c.near = c.near && d <= c.tolerance*max(math.Abs(a), math.Abs(b)) && !math.IsInf(d, 0)
}

// floats are the elements of a tensor of floating-point numbers.
func floats(t *augur.Tensor) []float64 {
	out := make([]float64, t.Len())
	switch t.DType {
	case augur.Float64:
		copy(out, augur.View[float64](t))
	case augur.Float32:
		for i, v := range augur.View[float32](t) {
			out[i] = float64(v)
		}
	case augur.Float16:
		for i, v := range augur.View[uint16](t) {
			out[i] = float64(augur.Float16Value(v))
		}
	case augur.BFloat16:
		for i, v := range augur.View[uint16](t) {
			out[i] = float64(augur.BFloat16Value(v))
		}
	}
	return out
}
