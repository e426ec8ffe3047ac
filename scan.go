package augur

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// MaxJSONDepth is how deep arrays and objects may nest in text that a Scanner reads.
const MaxJSONDepth = 128

// JSONKind is the kind of a JSON value, told by its first byte.
type JSONKind byte

// The kinds of JSON value.
const (
	// JSONNone is the end of the text, or a byte that begins no value.
	JSONNone JSONKind = iota
	JSONObject
	JSONArray
	JSONString
	JSONNumber
	JSONBool
	JSONNull
)

// String names the kind as in "expected a number, got an array".
func (k JSONKind) String() string {
	return [...]string{"nothing", "an object", "an array", "a string", "a number", "a boolean", "null"}[k]
}

var jsonKinds = func() (t [256]JSONKind) {
	t['{'], t['['], t['"'], t['t'], t['f'], t['n'], t['-'] = JSONObject, JSONArray, JSONString, JSONBool, JSONBool, JSONNull, JSONNumber
	for c := '0'; c <= '9'; c++ {
		t[c] = JSONNumber
	}
	return t
}()

// Scanner reads one JSON text (RFC 8259) in place, value by value, without a
// tree and without allocating for numbers, names or strings that have no
// escapes. It is strict: no trailing commas, no control characters in strings,
// valid UTF-8 only, and no lone surrogates, which no string could hold.
//
// The caller says what comes next, having looked with Kind where it may differ.
// The first error sticks: every method then gives zero values and the loops
// below end, so that Err or End is asked once, at the end.
//
//	for more := s.OpenObject(); more; more = s.NextMember() {
//		switch string(s.Key()) {
//		case "n":
//			n, ok = s.Int64()
//		default:
//			s.Skip()
//		}
//	}
//	err := s.End()
//
// A Scanner is a value: a copy is a mark that reading can go back to.
type Scanner struct {
	text  []byte
	pos   int
	depth int
	err   *Error
	buf   []byte // the last string that had escapes
}

// NewScanner returns a Scanner at the beginning of text, which it does not change.
func NewScanner(text []byte) Scanner { return Scanner{text: text} }

// Reset puts s at the beginning of another text.
func (s *Scanner) Reset(text []byte) { *s = Scanner{text: text, buf: s.buf} }

// Offset returns how many bytes have been read.
func (s *Scanner) Offset() int { return s.pos }

// Err returns the first error: an *Error with InvalidArgument that names the
// byte where the text stops being JSON of the expected form.
func (s *Scanner) Err() error {
	if s.err == nil {
		return nil
	}
	return s.err
}

// End reports an error unless only white space is left.
func (s *Scanner) End() error {
	s.space()
	if s.pos < len(s.text) {
		s.fail("the end")
	}
	return s.Err()
}

// Kind says what the next value is, without reading it.
func (s *Scanner) Kind() JSONKind {
	s.space()
	if s.err != nil || s.pos >= len(s.text) {
		return JSONNone
	}
	return jsonKinds[s.text[s.pos]]
}

// OpenArray enters an array and says whether it has a first element. That of
// an empty array is left at once.
func (s *Scanner) OpenArray() bool { return s.open('[', ']', "an array") }

// NextElement goes on to the next element of the array, or leaves it.
func (s *Scanner) NextElement() bool { return s.next(']', "',' or ']'") }

// OpenObject enters an object and says whether it has a first member. That of
// an empty object is left at once.
func (s *Scanner) OpenObject() bool { return s.open('{', '}', "an object") }

// NextMember goes on to the next member of the object, or leaves it.
func (s *Scanner) NextMember() bool { return s.next('}', "',' or '}'") }

// Key reads the name of a member and the colon after it. The bytes stay as they
// are until the next string is read.
func (s *Scanner) Key() []byte {
	s.space()
	key := s.Bytes()
	s.space()
	if s.err != nil || s.pos >= len(s.text) || s.text[s.pos] != ':' {
		s.fail("':' after a name")
		return nil
	}
	s.pos++
	return key
}

func (s *Scanner) open(begin, end byte, what string) bool {
	s.space()
	if s.err != nil || s.pos >= len(s.text) || s.text[s.pos] != begin {
		s.fail(what)
		return false
	}
	if s.depth == MaxJSONDepth {
		s.fail("at most " + strconv.Itoa(MaxJSONDepth) + " levels of arrays and objects")
		return false
	}
	s.pos++
	s.space()
	if s.pos < len(s.text) && s.text[s.pos] == end {
		s.pos++
		return false
	}
	s.depth++
	return true
}

func (s *Scanner) next(end byte, what string) bool {
	s.space()
	if s.err == nil && s.pos < len(s.text) {
		switch s.text[s.pos] {
		case ',':
			s.pos++
			return true
		case end:
			s.pos++
			s.depth--
			return false
		}
	}
	s.fail(what)
	return false
}

// Skip reads one value of any kind and returns its text.
func (s *Scanner) Skip() []byte {
	kind := s.Kind()
	start := s.pos
	switch kind {
	case JSONObject:
		for more := s.OpenObject(); more; more = s.NextMember() {
			s.Key()
			s.Skip()
		}
	case JSONArray:
		for more := s.OpenArray(); more; more = s.NextElement() {
			s.Skip()
		}
	case JSONString:
		s.Bytes()
	case JSONNumber:
		s.Number()
	case JSONBool:
		s.Bool()
	case JSONNull:
		s.Null()
	default:
		s.fail("a value")
	}
	if s.err != nil {
		return nil
	}
	return s.text[start:s.pos]
}

// Null reads null.
func (s *Scanner) Null() { s.word("null") }

// Bool reads true or false.
func (s *Scanner) Bool() bool {
	s.space()
	if s.pos < len(s.text) && s.text[s.pos] == 't' {
		return s.word("true")
	}
	s.word("false")
	return false
}

func (s *Scanner) word(w string) bool {
	s.space()
	if s.err != nil || len(s.text)-s.pos < len(w) || string(s.text[s.pos:s.pos+len(w)]) != w {
		s.fail(w)
		return false
	}
	s.pos += len(w)
	return true
}

// Text reads a string into memory of its own.
func (s *Scanner) Text() string { return string(s.Bytes()) }

// Bytes reads a string without its quotes and escapes. The bytes must not be
// changed, and stay as they are until the next string is read.
func (s *Scanner) Bytes() []byte {
	s.space()
	if s.err != nil || s.pos >= len(s.text) || s.text[s.pos] != '"' {
		s.fail("a string")
		return nil
	}
	start := s.pos + 1
	i, high := start, false
	for i < len(s.text) && s.text[i] != '"' && s.text[i] != '\\' && s.text[i] >= ' ' {
		high = high || s.text[i] >= utf8.RuneSelf
		i++
	}
	if i < len(s.text) && s.text[i] == '"' && (!high || utf8.Valid(s.text[start:i])) {
		s.pos = i + 1
		return s.text[start:i]
	}
	return s.escaped(start)
}

// escaped reads the string that begins at start the long way round.
func (s *Scanner) escaped(start int) []byte {
	s.buf = s.buf[:0]
	for i := start; i < len(s.text); {
		switch c := s.text[i]; {
		case c == '"':
			s.pos = i + 1
			return s.buf
		case c == '\\':
			var ok bool
			if i, ok = s.escape(i); !ok {
				return nil
			}
		case c < ' ':
			s.pos = i
			s.fail("no control character in a string (write \\u00XX)")
			return nil
		case c < utf8.RuneSelf:
			s.buf = append(s.buf, c)
			i++
		default:
			r, size := utf8.DecodeRune(s.text[i:])
			if r == utf8.RuneError && size == 1 {
				s.pos = i
				s.fail("valid UTF-8")
				return nil
			}
			s.buf = append(s.buf, s.text[i:i+size]...)
			i += size
		}
	}
	s.pos = len(s.text)
	s.fail("'\"' at the end of a string")
	return nil
}

// escape reads the escape at i into s.buf and returns the place after it.
func (s *Scanner) escape(i int) (next int, ok bool) {
	s.pos = i
	if i+1 < len(s.text) {
		switch c := s.text[i+1]; c {
		case '"', '\\', '/':
			s.buf = append(s.buf, c)
			return i + 2, true
		case 'b', 'f', 'n', 'r', 't':
			s.buf = append(s.buf, "\b\f\n\r\t"[strings.IndexByte("bfnrt", c)])
			return i + 2, true
		case 'u':
			r, ok := hex4(s.text[i+2:])
			if ok && utf16.IsSurrogate(r) {
				low, _ := hex4(bytes.TrimPrefix(s.text[min(i+6, len(s.text)):], []byte(`\u`)))
				r = utf16.DecodeRune(r, low)
				ok = r != utf8.RuneError && s.text[i+6] == '\\'
				i += 6
			}
			if ok {
				s.buf = utf8.AppendRune(s.buf, r)
				return i + 6, true
			}
		}
	}
	s.fail("an escape: \\\", \\\\, \\/, \\b, \\f, \\n, \\r, \\t, or \\u and four hex digits, surrogates in pairs")
	return 0, false
}

// hex4 reads four hex digits.
func hex4(b []byte) (r rune, ok bool) {
	if len(b) < 4 {
		return 0, false
	}
	for _, c := range b[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

func (s *Scanner) space() {
	for s.pos < len(s.text) && s.text[s.pos] <= ' ' {
		switch s.text[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

// fail records what was expected at s.pos, unless an error came before.
func (s *Scanner) fail(expected string) {
	if s.err != nil {
		return
	}
	got := "the end of the text"
	if s.pos < len(s.text) {
		r, size := utf8.DecodeRune(s.text[s.pos:])
		got = strconv.QuoteRune(r)
		if r == utf8.RuneError && size == 1 {
			got = "a byte that is not UTF-8"
		}
	}
	s.err = Errorf(InvalidArgument, "JSON: expected %s at byte %d, got %s", expected, s.pos, got)
}
