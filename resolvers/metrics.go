package resolvers

import "math"

// orNaN reads a value that the record keeps as NULL when it is NaN.
func orNaN(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}
