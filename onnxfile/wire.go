package onnxfile

import (
	"errors"
	"io"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	"augur"
)

// The limits on one file. They are far above what exporters write and far
// below what would hurt.
const (
	maxFields    = 50_000_000 // protobuf fields looked at
	maxNodes     = 2_000_000
	maxNames     = 1_000_000 // initializers by name
	maxEnds      = 10_000    // inputs or outputs
	maxRank      = 256
	maxNesting   = 24 // graphs inside graphs
	maxTypeDepth = 8  // sequences of maps of …
	maxName      = 4 << 10
	maxText      = 1 << 20 // one doc string or metadata value
	maxMetadata  = 10_000
	maxAllText   = 16 << 20
	maxOperators = 10_000 // kinds
	maxExternal  = 10_000
)

// span is a range of bytes of the file.
type span struct{ start, end int64 }

func (s span) len() int64 { return s.end - s.start }

// field is one field of a protobuf message.
type field struct {
	num protowire.Number
	typ protowire.Type
	// val is the value of a varint or fixed field.
	val uint64
	// tag is where the field begins, body where the bytes of a
	// length-delimited field lie.
	tag  int64
	body span
}

// is says whether f is the length-delimited field num.
func (f field) is(num protowire.Number) bool { return f.num == num && f.typ == protowire.BytesType }

// scanner walks protobuf messages of a file through a small window, so that
// skipping a tensor of a gigabyte reads nothing of it.
type scanner struct {
	r      io.ReaderAt
	size   int64
	buf    [8 << 10]byte
	base   int64 // the offset of buf[0]
	have   int
	fields int
	text   int
}

// errPast says that a length runs past the end of the message that holds it.
var errPast = errors.New("a length runs past its end")

// peek returns up to n bytes at off, fewer at the end of the file. They are
// valid until the next call. n must not pass the window's size.
func (s *scanner) peek(off int64, n int) ([]byte, error) {
	n = int(min(int64(n), s.size-off))
	if n <= 0 {
		return nil, nil
	}
	if off < s.base || off+int64(n) > s.base+int64(s.have) {
		want := int(min(int64(len(s.buf)), s.size-off))
		got, err := s.r.ReadAt(s.buf[:want], off)
		s.base, s.have = off, got
		if got < n {
			if err == nil || errors.Is(err, io.EOF) {
				return nil, refuse("the file became shorter while it was read")
			}
			return nil, augur.Wrap(augur.Internal, err, "the file cannot be read")
		}
	}
	at := int(off - s.base)
	return s.buf[at : at+n], nil
}

// bytes copies a span out of the file; the caller has bounded its length.
func (s *scanner) bytes(m span) ([]byte, error) {
	if m.len() <= int64(len(s.buf)) {
		b, err := s.peek(m.start, int(m.len()))
		return append([]byte(nil), b...), err
	}
	b := make([]byte, m.len())
	if _, err := s.r.ReadAt(b, m.start); err != nil && !errors.Is(err, io.EOF) {
		return nil, augur.Wrap(augur.Internal, err, "the file cannot be read")
	}
	return b, nil
}

// str reads a short text that must be UTF-8; what names it in the error.
func (s *scanner) str(m span, limit int64, what string) (string, error) {
	if m.len() > limit {
		return "", refuse("%s has %d bytes; at most %d are read", what, m.len(), limit)
	}
	b, err := s.bytes(m)
	if err != nil {
		return "", err
	}
	if !utf8.Valid(b) {
		return "", refuse("%s is not UTF-8", what)
	}
	return string(b), nil
}

// prose reads a long text; all of them together are bounded.
func (s *scanner) prose(m span, what string) (string, error) {
	if s.text += int(min(m.len(), maxAllText)); s.text > maxAllText {
		return "", refuse("its texts have more than %d bytes together", maxAllText)
	}
	return s.str(m, maxText, what)
}

// each calls fn for every field of the message in m, in the order of the file.
func (s *scanner) each(m span, fn func(field) error) error { return s.fieldsOf(m, false, fn) }

// fieldsOf is each, or where skip is set each without single numbers.
func (s *scanner) fieldsOf(m span, skip bool, fn func(field) error) error {
	for off := m.start; off < m.end; {
		if skip {
			after, err := s.skipNumbers(off, m.end)
			if err != nil {
				return err
			}
			if off = after; off >= m.end {
				return nil
			}
		}
		if s.fields++; s.fields > maxFields {
			return refuse("it has more than %d parts", maxFields)
		}
		f, next, err := s.next(off, m.end)
		if err != nil {
			return err
		}
		if err := fn(f); err != nil {
			return err
		}
		off = next
	}
	return nil
}

// next reads the field at off of a message that ends at end.
func (s *scanner) next(off, end int64) (f field, after int64, err error) {
	const longest = 2*10 + 8 // a tag and a value
	b, err := s.peek(off, int(min(longest, end-off)))
	if err != nil {
		return f, 0, err
	}
	num, typ, n := protowire.ConsumeTag(b)
	if n < 0 {
		return f, 0, errPast
	}
	f = field{num: num, typ: typ, tag: off}
	off += int64(n)
	b = b[n:]
	switch typ {
	case protowire.VarintType:
		f.val, n = protowire.ConsumeVarint(b)
	case protowire.Fixed32Type:
		var v uint32
		v, n = protowire.ConsumeFixed32(b)
		f.val = uint64(v)
	case protowire.Fixed64Type:
		f.val, n = protowire.ConsumeFixed64(b)
	case protowire.BytesType:
		var length uint64
		length, n = protowire.ConsumeVarint(b)
		if n >= 0 && length > uint64(end-off-int64(n)) {
			return f, 0, errPast
		}
		f.body = span{off + int64(n), off + int64(n) + int64(length)}
		if n >= 0 {
			return f, f.body.end, nil
		}
	default: // groups, which no ONNX file has
		n = -1
	}
	if n < 0 {
		return f, 0, errPast
	}
	return f, off + int64(n), nil
}

// skipNumbers returns the end of the run of single numbers at off: fields 7
// (floats) and 8 (ints) of an attribute, which exporters write one by one and a
// tree ensemble has by the million. It goes no further than end.
func (s *scanner) skipNumbers(off, end int64) (int64, error) {
	const floats, ints = 7<<3 | 5, 8 << 3 // the tags, of one byte each
	for off < end {
		b, err := s.peek(off, 1)
		if err != nil || b[0] != floats && b[0] != ints {
			return off, err
		}
		if b, err = s.peek(off, int(min(int64(len(s.buf)), end-off))); err != nil {
			return off, err
		}
		i := 0
		for i < len(b) {
			n := 0
			switch b[i] {
			case floats:
				n = 5
			case ints:
				for n = 1; i+n < len(b) && b[i+n] >= 0x80 && n < 10; n++ {
				}
				n++
			}
			if n == 0 || i+n > len(b) {
				break
			}
			i += n
		}
		if i == 0 { // cut short: for next to judge
			return off, nil
		}
		off += int64(i)
	}
	return off, nil
}

// varints calls fn for each value of a repeated integer field, packed or not.
func (s *scanner) varints(f field, fn func(uint64) error) error {
	if f.typ == protowire.VarintType {
		return fn(f.val)
	}
	if f.typ != protowire.BytesType {
		return nil
	}
	for off := f.body.start; off < f.body.end; {
		if s.fields++; s.fields > maxFields {
			return refuse("it has more than %d parts", maxFields)
		}
		b, err := s.peek(off, int(min(10, f.body.end-off)))
		if err != nil {
			return err
		}
		v, n := protowire.ConsumeVarint(b)
		if n < 0 {
			return errPast
		}
		if err := fn(v); err != nil {
			return err
		}
		off += int64(n)
	}
	return nil
}

// refuse makes the error of a file that cannot be used.
func refuse(format string, args ...any) *augur.Error {
	return augur.Errorf(augur.FailedPrecondition, "ONNX file: "+format, args...)
}
