package cases

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"augur"
)

// CompareValues reports why got is not want within tol, nil when it is.
func CompareValues(got, want augur.Value, tol Tolerance) error {
	if got.Kind != want.Kind {
		return fmt.Errorf("kind %q, want %q", got.Kind, want.Kind)
	}
	switch want.Kind {
	case augur.KindTensor:
		return CompareTensors(got.Tensor, want.Tensor, tol)
	case augur.KindSequence:
		if len(got.Items) != len(want.Items) {
			return fmt.Errorf("%d items, want %d", len(got.Items), len(want.Items))
		}
		for i := range want.Items {
			if err := CompareValues(got.Items[i], want.Items[i], tol); err != nil {
				return fmt.Errorf("[%d]: %w", i, err)
			}
		}
		return nil
	case augur.KindMap:
		return compareMaps(got, want, tol)
	default:
		return nil
	}
}

// compareMaps pairs the entries by key.
func compareMaps(got, want augur.Value, tol Tolerance) error {
	g, w := keysOf(got.Keys), keysOf(want.Keys)
	if got.Keys.DType != want.Keys.DType || len(g) != len(w) {
		return fmt.Errorf("keys %v, want %v", g, w)
	}
	for i, key := range w {
		at := slices.Index(g, key)
		if at < 0 {
			return fmt.Errorf("key %s is missing", key)
		}
		a, b := got.Values.Rows(int64(at), int64(at)+1), want.Values.Rows(int64(i), int64(i)+1)
		if err := CompareTensors(a, b, tol); err != nil {
			return fmt.Errorf("[%s]: %w", key, err)
		}
	}
	return nil
}

func keysOf(t *augur.Tensor) []string {
	if t.DType == augur.String {
		return t.Strings
	}
	keys := make([]string, t.Len())
	for i, v := range augur.View[int64](t) {
		keys[i] = fmt.Sprint(v)
	}
	return keys
}

// CompareTensors reports why got is not want within tol, nil when it is. NaN
// equals NaN, and infinities equal themselves alone.
func CompareTensors(got, want *augur.Tensor, tol Tolerance) error {
	switch {
	case got == nil:
		return fmt.Errorf("no tensor")
	case got.DType != want.DType:
		return fmt.Errorf("dtype %s, want %s", got.DType, want.DType)
	case !slices.Equal(got.Shape, want.Shape):
		return fmt.Errorf("shape %v, want %v", got.Shape, want.Shape)
	}
	if err := got.Check(); err != nil {
		return err
	}
	switch {
	case want.DType == augur.String:
		if !slices.Equal(got.Strings, want.Strings) {
			return fmt.Errorf("strings %q, want %q", got.Strings, want.Strings)
		}
	case want.DType.Float():
		width := want.DType.Bits() / 8
		for i := range want.Len() {
			g, w := element(got, i*width), element(want, i*width)
			if g == w || g != g && w != w || math.Abs(g-w) <= tol.Abs+tol.Rel*math.Abs(w) && !math.IsInf(w, 0) {
				continue
			}
			return fmt.Errorf("element %d is %v, want %v ± %g", i, g, w, tol.Abs+tol.Rel*math.Abs(w))
		}
	case !bytes.Equal(got.Data, want.Data):
		return fmt.Errorf("data % x, want % x", head(got.Data), head(want.Data))
	}
	return nil
}

func head(b []byte) []byte { return b[:min(len(b), 64)] }

// element reads the float that begins at byte at.
func element(t *augur.Tensor, at int) float64 {
	switch t.DType {
	case augur.Float64:
		return math.Float64frombits(binary.LittleEndian.Uint64(t.Data[at:]))
	case augur.Float32:
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(t.Data[at:])))
	case augur.BFloat16:
		return float64(math.Float32frombits(uint32(binary.LittleEndian.Uint16(t.Data[at:])) << 16))
	default:
		return halfValue(binary.LittleEndian.Uint16(t.Data[at:]))
	}
}
