package onnxfile

import (
	"google.golang.org/protobuf/encoding/protowire"
)

// ZipMap is an output that turns a matrix of probabilities into one map a row,
// from class label to probability. It is listed only where the matrix can stand
// in for it: nothing else reads the maps. (It costs five times the model
// itself: see Edit.ZipMaps.)
type ZipMap struct {
	// Output is the sequence of maps, Input the float32 matrix [rows, labels]
	// (or one row, [labels]) behind it.
	Output, Input string
	// Strings or Int64s are the labels, in the order of the matrix's columns
	// and without duplicates.
	Strings []string
	Int64s  []int64
}

var zipMapOp = Operator{"ai.onnx.ml", "ZipMap"}

// zipMap notes a ZipMap node of the top graph. It is called right after node
// has read fd, so that the operator is known.
func (m *reader) zipMap(fd field) error {
	if m.last != zipMapOp {
		return nil
	}
	var z ZipMap
	var ins, outs int
	err := m.each(fd.body, func(f field) (err error) {
		switch {
		case f.is(1):
			ins++
			z.Input, err = m.str(f.body, maxName, "the name of a value")
		case f.is(2):
			outs++
			z.Output, err = m.str(f.body, maxName, "the name of a value")
		case f.is(5):
			err = m.labels(f.body, &z)
		}
		return err
	})
	if err == nil && ins == 1 && outs == 1 {
		m.zipmaps = append(m.zipmaps, z)
		m.zipspans = append(m.zipspans, span{fd.tag, fd.body.end})
	}
	return err
}

// labels reads the attributes classlabels_int64s and classlabels_strings.
func (m *reader) labels(body span, z *ZipMap) error {
	return m.each(body, func(f field) error {
		switch {
		case f.num == 8: // ints
			return m.varints(f, func(v uint64) error {
				z.Int64s = append(z.Int64s, int64(v))
				if len(z.Int64s) > maxNames {
					return refuse("a ZipMap has more than %d labels", maxNames)
				}
				return nil
			})
		case f.is(9): // strings
			s, err := m.prose(f.body, "a class label")
			z.Strings = append(z.Strings, s)
			if len(z.Strings) > maxNames {
				return refuse("a ZipMap has more than %d labels", maxNames)
			}
			return err
		}
		return nil
	})
}

// settleZipMaps keeps the ZipMaps that the matrix can stand in for.
func (m *reader) settleZipMaps() error {
	if len(m.zipmaps) == 0 {
		return nil
	}
	read := make(map[string]int, len(m.zipmaps)) // how often a node reads it
	for _, z := range m.zipmaps {
		read[z.Output] = 0
	}
	if err := m.countReads(m.file.graph.body, read); err != nil {
		return err
	}
	for i, z := range m.zipmaps {
		clear := (len(z.Strings) == 0) != (len(z.Int64s) == 0) && distinct(z.Strings) && distinct(z.Int64s)
		if clear && read[z.Output] == 0 && !m.isSource(z.Input) && m.file.Signature.Output(z.Output) != nil {
			m.file.ZipMaps = append(m.file.ZipMaps, z)
			m.file.graph.zipmaps = append(m.file.graph.zipmaps, m.zipspans[i])
		}
	}
	return nil
}

func distinct[T comparable](s []T) bool {
	seen := make(map[T]bool, len(s))
	for _, v := range s {
		seen[v] = true
	}
	return len(seen) == len(s)
}

// countReads counts, for each key of read, the nodes at any depth that take it
// as an input. Read has bounded the nesting before.
func (m *reader) countReads(graph span, read map[string]int) error {
	return m.each(graph, func(fd field) error {
		if !fd.is(1) {
			return nil
		}
		return m.each(fd.body, func(f field) error {
			switch {
			case f.is(1) && f.body.len() <= maxName:
				name, err := m.bytes(f.body)
				if _, ok := read[string(name)]; ok {
					read[string(name)]++
				}
				return err
			case f.is(5):
				return m.fieldsOf(f.body, true, func(a field) error {
					if a.typ == protowire.BytesType && (a.num == 6 || a.num == 11) {
						return m.countReads(a.body, read)
					}
					return nil
				})
			}
			return nil
		})
	})
}
