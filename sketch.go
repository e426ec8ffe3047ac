package augur

import (
	"encoding/binary"
	"fmt"
	"math"
	mathbits "math/bits" // bits is a table of the dtypes
	"time"
)

// A sketch has 32 buckets between a length of time and its double, so that a
// bucket is at most 1/32 of what it holds and its middle within 1/64 (1.6 %) of
// every one of them. Below 32 ns it is exact, and above 73 minutes everything
// stands in the last bucket.
const (
	sketchBits  = 5
	sketchPage  = 1 << sketchBits
	sketchTop   = 42 // bits of the longest length of time that is told from others
	sketchPages = sketchTop - sketchBits + 1
	// sketchForm is the first byte of a sketch's binary form.
	sketchForm = 1
)

// Sketch counts lengths of time in buckets of equal relative width, so that any
// quantile of them can be told within 1.6 %. Sketches of several servers and
// stretches of time add up exactly. It is HdrHistogram's layout
// (https://hdrhistogram.org) in pages that are made when they are needed; a
// count costs no logarithm, and a version's sketch some hundred bytes.
//
// The zero Sketch is empty and ready to use. It is not safe for concurrent use.
type Sketch struct {
	pages [sketchPages]*[sketchPage]uint64
	count uint64
}

// Add counts a length of time; a negative one counts as zero.
func (s *Sketch) Add(d time.Duration) {
	page, place := sketchPlace(uint64(max(d, 0)))
	s.page(page)[place]++
	s.count++
}

// Merge adds the counts of other to s.
func (s *Sketch) Merge(other *Sketch) {
	for i, from := range other.pages {
		if from == nil {
			continue
		}
		to := s.page(i)
		for j, n := range from {
			to[j] += n
		}
	}
	s.count += other.count
}

// Count is how many lengths of time were added.
func (s *Sketch) Count() uint64 { return s.count }

// Quantile returns, for q from 0 to 1, about the least length of time that a
// share q of all does not exceed (the nearest-rank method): within 1.6 % of it.
// It is 0 for an empty sketch.
func (s *Sketch) Quantile(q float64) time.Duration {
	if s.count == 0 {
		return 0
	}
	rank := uint64(math.Ceil(min(max(q, 0), 1) * float64(s.count)))
	rank = min(max(rank, 1), s.count)
	var seen uint64
	for i, page := range s.pages {
		if page == nil {
			continue
		}
		for j, n := range page {
			if seen += n; seen >= rank {
				return sketchMiddle(i, j)
			}
		}
	}
	return 0 // not reached: the buckets hold count
}

// AppendBinary appends the binary form of s: the number of the form, then, for
// each bucket that is not empty, how many buckets lie between it and the one
// before it and its count, as uvarints.
func (s *Sketch) AppendBinary(b []byte) []byte {
	b = append(b, sketchForm)
	last := -1
	for i, page := range s.pages {
		if page == nil {
			continue
		}
		for j, n := range page {
			if n == 0 {
				continue
			}
			at := i*sketchPage + j
			b = binary.AppendUvarint(b, uint64(at-last-1))
			b = binary.AppendUvarint(b, n)
			last = at
		}
	}
	return b
}

// MergeBinary adds the counts of a sketch in the form of AppendBinary to s.
// After an error some of them may be there.
func (s *Sketch) MergeBinary(b []byte) error {
	if len(b) == 0 || b[0] != sketchForm {
		return fmt.Errorf("a sketch of an unknown form")
	}
	b = b[1:]
	for at := uint64(0); len(b) > 0; at++ {
		gap, n := binary.Uvarint(b)
		if n <= 0 {
			return fmt.Errorf("a sketch that is cut short")
		}
		b = b[n:]
		count, n := binary.Uvarint(b)
		if n <= 0 {
			return fmt.Errorf("a sketch that is cut short")
		}
		b = b[n:]
		if at += gap; at >= sketchPages*sketchPage || gap >= sketchPages*sketchPage {
			return fmt.Errorf("a sketch with a bucket that there is not")
		}
		s.page(int(at / sketchPage))[at%sketchPage] += count
		s.count += count
	}
	return nil
}

func (s *Sketch) page(i int) *[sketchPage]uint64 {
	if s.pages[i] == nil {
		s.pages[i] = new([sketchPage]uint64)
	}
	return s.pages[i]
}

// sketchPlace returns the bucket of a number of nanoseconds. Page 0 holds 0 to
// 31 ns; page i > 0 what has i+5 bits, by the five bits after the first.
func sketchPlace(ns uint64) (page, place int) {
	ns = min(ns, 1<<sketchTop-1)
	shift := mathbits.Len64(ns) - sketchBits - 1
	if shift < 0 {
		return 0, int(ns)
	}
	return shift + 1, int(ns>>shift) & (sketchPage - 1)
}

// sketchMiddle is the middle of a bucket.
func sketchMiddle(page, place int) time.Duration {
	if page == 0 {
		return time.Duration(place)
	}
	shift := page - 1
	return time.Duration((sketchPage+place)<<shift + (1<<shift)/2)
}
