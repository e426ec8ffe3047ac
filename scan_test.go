package augur_test

import (
	"augur"
	"bytes"
	"encoding/json"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// tree reads a whole value, as encoding/json with UseNumber would.
func tree(s *augur.Scanner) any {
	switch s.Kind() {
	case augur.JSONObject:
		m := map[string]any{}
		for more := s.OpenObject(); more; more = s.NextMember() {
			key := string(s.Key())
			m[key] = tree(s)
		}
		return m
	case augur.JSONArray:
		list := []any{}
		for more := s.OpenArray(); more; more = s.NextElement() {
			list = append(list, tree(s))
		}
		return list
	case augur.JSONString:
		return s.Text()
	case augur.JSONNumber:
		return json.Number(s.Number())
	case augur.JSONBool:
		return s.Bool()
	default:
		s.Null()
		return nil
	}
}

func scanTree(text []byte) (any, error) {
	s := augur.NewScanner(text)
	v := tree(&s)
	return v, s.End()
}

func TestScannerReadsWhatJSONSays(t *testing.T) {
	for _, text := range []string{
		`null`, ` true `, `false`, `0`, `-0`, `-12.50e+3`, `1E5`, `""`, `"a\"\\\/\b\f\n\r\tz"`, `"\u00e9\ud83d\ude00é😀"`, `"\ufffd"`,
		`[]`, `[ ]`, `{}`, `{ }`, `[[],[[]],{}]`, "\t{\n\"a\" : [1 , 2.5,\r\"x\"] , \"\" : {\"b\":null} }\n",
		`[` + strings.Repeat(`[`, augur.MaxJSONDepth-1) + strings.Repeat(`]`, augur.MaxJSONDepth),
	} {
		got, err := scanTree([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if want := stdTree(t, []byte(text)); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
}

func stdTree(t *testing.T, text []byte) (v any) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func TestScannerRefuses(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{``, `expected null at byte 0, got the end of the text`},
		{`nul`, `expected null at byte 0, got 'n'`},
		{`[1,]`, `expected null at byte 3, got ']'`},
		{`[,1]`, `expected null at byte 1, got ','`},
		{`[1 2]`, `expected ',' or ']' at byte 3, got '2'`},
		{`[1`, `expected ',' or ']' at byte 2, got the end of the text`},
		{`{"a":1,}`, `expected a string at byte 7, got '}'`},
		{`{"a" 1}`, `expected ':' after a name at byte 5, got '1'`},
		{`{a:1}`, `expected a string at byte 1, got 'a'`},
		{`01`, `expected a number (digits, without a leading zero) at byte 0, got '0'`},
		{`-`, `at byte 1, got the end of the text`},
		{`1.`, `expected a digit after the point at byte 2`},
		{`1e`, `expected digits of an exponent at byte 2`},
		{`1 1`, `expected the end at byte 2, got '1'`},
		{`NaN`, `expected null at byte 0, got 'N'`},
		{`"a`, `at the end of a string at byte 2`},
		{"\"a\nb\"", `expected no control character in a string (write \u00XX) at byte 2`},
		{`"\x"`, `expected an escape`},
		{`"\u12"`, `expected an escape`},
		{`"\ud800"`, `surrogates in pairs`},
		{`"\ud800\u0041"`, `surrogates in pairs`},
		{`"\ud800dc00"`, `surrogates in pairs`},
		{`"\udc00\ud800"`, `surrogates in pairs`},
		{"\"\xff\"", `expected valid UTF-8 at byte 1, got a byte that is not UTF-8`},
		{"\"\xed\xa0\x80\"", `expected valid UTF-8`},
		{"\xef\xbb\xbf1", `at byte 0`},
		{strings.Repeat(`[`, 1000), `expected at most 128 levels of arrays and objects at byte 128`},
		{strings.Repeat(`{"a":`, 1000), `expected at most 128 levels`},
	} {
		_, err := scanTree([]byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.20q: got %v, want %s", c.text, err, c.want)
		}
		if augur.CodeOf(err) != augur.InvalidArgument {
			t.Errorf("%.20q: code %s", c.text, augur.CodeOf(err))
		}
	}
}

// A loop over a text that breaks off must end, and the first error stays.
func TestScannerErrorsStick(t *testing.T) {
	s := augur.NewScanner([]byte(`{"a":[1,{"b":x`))
	n := 0
	for more := s.OpenObject(); more; more = s.NextMember() {
		s.Key()
		for more := s.OpenArray(); more; more = s.NextElement() {
			s.Skip()
			n++
		}
	}
	if err := s.End(); err == nil || !strings.Contains(err.Error(), "byte 13") {
		t.Error(err)
	}
	if n != 2 {
		t.Errorf("the loop turned %d times", n)
	}
}

func TestScannerIntegers(t *testing.T) {
	for _, c := range []struct {
		text string
		i    int64
		iOK  bool
		u    uint64
		uOK  bool
	}{
		{"0", 0, true, 0, true},
		{"-0", 0, true, 0, true},
		{"60.0", 60, true, 60, true},
		{"6e1", 60, true, 60, true},
		{"600e-1", 60, true, 60, true},
		{"0e99999999999", 0, true, 0, true},
		{"60.5", 0, false, 0, false},
		{"1e-1", 0, false, 0, false},
		{"9223372036854775807", math.MaxInt64, true, math.MaxInt64, true},
		{"9223372036854775808", 0, false, 1 << 63, true},
		{"-9223372036854775808", math.MinInt64, true, 0, false},
		{"-9223372036854775809", 0, false, 0, false},
		{"18446744073709551615", 0, false, math.MaxUint64, true},
		{"18446744073709551615.000", 0, false, math.MaxUint64, true},
		{"18446744073709551616", 0, false, 0, false},
		{"1e19", 0, false, 1e19, true},
		{"1e20", 0, false, 0, false},
		{"1e999999999999999999999", 0, false, 0, false},
		{"100000000000000000000000000000", 0, false, 0, false},
		{"1.0000000000000000000000000", 1, true, 1, true},
		{"1.0000000000000000000000001", 0, false, 0, false},
		{"-1", -1, true, 0, false},
	} {
		s := augur.NewScanner([]byte(c.text))
		if i, ok := s.Int64(); ok != c.iOK || ok && i != c.i {
			t.Errorf("Int64(%s) = %d, %v", c.text, i, ok)
		}
		if err := s.End(); err != nil {
			t.Errorf("%s: %v", c.text, err)
		}
		s.Reset([]byte(c.text))
		if u, ok := s.Uint64(); ok != c.uOK || ok && u != c.u {
			t.Errorf("Uint64(%s) = %d, %v", c.text, u, ok)
		}
	}
}

func TestScannerDoesNotAllocate(t *testing.T) {
	text := []byte(`{"a":[1,2.5,-1e3,true,null,"x"],"b":{"c":12345678901234567890}}`)
	if n := testing.AllocsPerRun(100, func() {
		s := augur.NewScanner(text)
		s.Skip()
		if s.End() != nil {
			panic("")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzScanner(f *testing.F) {
	for _, text := range []string{`{"a":[1,-2.5e3,true,null,"é\n\u00e9"]}`, `[[],{}]`, `"\ud83d\ude00"`, `1e999`, "\xff", `[1,]`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := scanTree(text)
		skipper := augur.NewScanner(text)
		raw := skipper.Skip()
		if skipped := skipper.End(); (skipped == nil) != (err == nil) {
			t.Fatalf("Skip says %v, reading says %v", skipped, err)
		}
		if err != nil {
			// What we refuse and encoding/json takes: bytes that are not UTF-8, lone
			// surrogates, deep nesting.
			if json.Valid(text) && utf8.Valid(text) && !bytes.Contains(text, []byte(`\u`)) && bytes.Count(text, []byte("["))+bytes.Count(text, []byte("{")) < augur.MaxJSONDepth {
				t.Fatalf("refused: %v", err)
			}
			return
		}
		if !bytes.Equal(raw, bytes.Trim(text, " \t\r\n")) {
			t.Fatalf("Skip gives %q of %q", raw, text)
		}
		// Not cmp.Diff: it takes exponential time on nested lists.
		if want := stdTree(t, text); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// FuzzNumber holds the number parsers against strconv and math/big.
func FuzzNumber(f *testing.F) {
	for _, text := range []string{"0", "-0", "1e22", "1e23", "8388608.5", "16777217", "1.00000017881393432617187499", "3.4028236e38", "1e-45", "4.9e-324", "123456789012345678901234567890e-20", "18446744073709551615", "0.1e1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := augur.NewScanner([]byte(text))
		if s.Kind() != augur.JSONNumber {
			return
		}
		literal := string(s.Number())
		if s.End() != nil {
			return
		}
		s.Reset([]byte(text))
		got, ok := s.Float64()
		want, err := strconv.ParseFloat(literal, 64)
		if ok != (err == nil) || math.Float64bits(got) != math.Float64bits(want) {
			t.Errorf("Float64(%s) = %v, %v, want %v, %v", literal, got, ok, want, err)
		}
		x, err := augur.DecodeTensor(augur.Float32, nil, []byte(text))
		narrow, want32 := strconv.ParseFloat(literal, 32)
		if (err == nil) != (want32 == nil) {
			t.Fatalf("float32 %s: %v, want %v", literal, err, want32)
		}
		if err == nil && math.Float32bits(augur.View[float32](x)[0]) != math.Float32bits(float32(narrow)) {
			t.Errorf("float32(%s) = %v, want %v", literal, augur.View[float32](x)[0], narrow)
		}
		if exp := strings.IndexAny(literal, "eE"); exp >= 0 && len(literal)-exp > 4 {
			return // math/big would build the number
		}
		r, _ := new(big.Rat).SetString(literal)
		s.Reset([]byte(text))
		i, ok := s.Int64()
		if fits := r.IsInt() && r.Num().IsInt64(); ok != fits || ok && i != r.Num().Int64() {
			// Twenty digits with an exponent are refused though they may fit.
			if !strings.ContainsAny(literal, "eE") || ok {
				t.Errorf("Int64(%s) = %d, %v", literal, i, ok)
			}
		}
	})
}
