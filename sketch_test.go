package augur_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"augur"
)

// TestSketchQuantiles holds every quantile within 1.6 % of the exact one, of
// one sketch and of many that were merged after their binary form was read.
func TestSketchQuantiles(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for name, draw := range map[string]func() time.Duration{
		"log-normal":  func() time.Duration { return time.Duration(math.Exp(random.NormFloat64()*2) * 1e5) },
		"uniform":     func() time.Duration { return time.Duration(random.Int64N(int64(time.Second))) },
		"two peaks":   func() time.Duration { return []time.Duration{80 * time.Microsecond, 3 * time.Second}[random.IntN(2)] },
		"nanoseconds": func() time.Duration { return time.Duration(random.IntN(100)) },
		"heavy tail":  func() time.Duration { return time.Duration(1e4 / (1 - random.Float64())) },
	} {
		exact := make([]time.Duration, 20_000)
		var whole, merged augur.Sketch
		parts := make([]augur.Sketch, 7)
		for i := range exact {
			d := draw()
			exact[i] = d
			whole.Add(d)
			parts[i%len(parts)].Add(d)
		}
		slices.Sort(exact)
		for i := range parts {
			if i == 0 {
				merged.Merge(&parts[i])
			} else if err := merged.MergeBinary(parts[i].AppendBinary(nil)); err != nil {
				t.Fatal(err)
			}
		}
		if whole.Count() != uint64(len(exact)) || merged.Count() != whole.Count() {
			t.Errorf("%s: counts %d and %d", name, whole.Count(), merged.Count())
		}
		for _, q := range []float64{0, 0.001, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1} {
			want := exact[max(int(math.Ceil(q*float64(len(exact))))-1, 0)]
			got := whole.Quantile(q)
			if off := math.Abs(float64(got - want)); off > float64(want)/64 {
				t.Errorf("%s: quantile %v is %v, exactly %v", name, q, got, want)
			}
			if merged.Quantile(q) != got {
				t.Errorf("%s: quantile %v is %v merged, %v whole", name, q, merged.Quantile(q), got)
			}
		}
	}
}

func TestSketchEnds(t *testing.T) {
	var s augur.Sketch
	if s.Quantile(0.5) != 0 || s.Count() != 0 {
		t.Error("an empty sketch has a quantile")
	}
	s.Add(-time.Second)
	if s.Quantile(1) != 0 || s.Count() != 1 {
		t.Errorf("a negative length of time is %v", s.Quantile(1))
	}
	s.Add(math.MaxInt64)
	if got := s.Quantile(1); got < 70*time.Minute || got > 75*time.Minute {
		t.Errorf("the longest is %v", got)
	}
}

// FuzzSketch: no bytes make the reader fail in another way than by an error,
// and what it has read it writes in a form that it reads again.
func FuzzSketch(f *testing.F) {
	f.Add([]byte{1, 200, 1, 3})
	f.Add([]byte{1, 0, 1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		var s, again augur.Sketch
		if s.MergeBinary(b) != nil {
			return
		}
		if err := again.MergeBinary(s.AppendBinary(nil)); err != nil {
			t.Fatal(err)
		}
		if again.Count() != s.Count() || again.Quantile(0.5) != s.Quantile(0.5) {
			t.Errorf("%x reads as %d, %d after writing", b, s.Count(), again.Count())
		}
	})
}

func BenchmarkSketchAdd(b *testing.B) {
	var s augur.Sketch
	for i := range b.N {
		s.Add(time.Duration(100_000 + i&0xffff))
	}
}
