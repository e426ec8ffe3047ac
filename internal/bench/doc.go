// Package bench measures the prediction path against what it cannot be faster
// than: direct calls of ONNX Runtime, the best of all fixed settings, a field
// that answers a constant. Its tests hold the bars; docs/performance.md says
// what each means and how to run them.
//
// A shared machine is noisy, so nothing is measured once. What is compared runs
// in turn, in windows of a second, many rounds of it; a figure is the median of
// the ratios of the rounds, with the quartiles beside it. A bar is missed when
// even the better quartile misses it.
//
// It may import augur alone, and stands outside the ladder: only tests import it.
package bench
