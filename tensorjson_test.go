package augur_test

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"augur"
)

func TestDecodeTensor(t *testing.T) {
	for _, c := range []struct {
		dtype augur.DType
		shape []int64
		data  string
		want  string // AppendJSON of the result
	}{
		{augur.Float32, []int64{2, 3}, `[1,2.5,"NaN","Infinity","-Infinity",-0]`, `[1,2.5,"NaN","Infinity","-Infinity",-0]`},
		{augur.Float32, []int64{2, 3}, ` [ [1 , 2.5, 3] , [4,5,6] ] `, `[1,2.5,3,4,5,6]`},
		{augur.Float32, []int64{2}, `[0.1,16777217]`, `[0.1,16777216]`},
		{augur.Float32, nil, `5`, `[5]`},
		{augur.Float32, nil, `[5]`, `[5]`},
		{augur.Float32, nil, `"NaN"`, `["NaN"]`},
		{augur.Float32, nil, `"AACAPw=="`, `[1]`},
		{augur.Float32, []int64{1}, `"AACAPw=="`, `[1]`},
		{augur.Float32, []int64{1}, `"AACAPw\u003d="`, `[1]`},
		{augur.Float64, []int64{3}, `[1e300,5e-324,0.1]`, `[1e+300,5e-324,0.1]`},
		{augur.Float16, []int64{4}, `[65504,0.1,5.9604645e-8,-2]`, `[65504,0.099975586,5.9604645e-8,-2]`},
		{augur.BFloat16, []int64{2}, `[0.1,3.3e38]`, `[0.100097656,3.2964854e+38]`},
		{augur.Int8, []int64{2}, `[-128,127]`, `[-128,127]`},
		{augur.Int16, []int64{2}, `[-32768,32767]`, `[-32768,32767]`},
		{augur.Int32, []int64{2}, `[-2147483648,2147483647]`, `[-2147483648,2147483647]`},
		{augur.Int64, []int64{3}, `[-9223372036854775808,9223372036854775807,60.0]`, `[-9223372036854775808,9223372036854775807,60]`},
		{augur.Uint8, []int64{2}, `[0,255]`, `[0,255]`},
		{augur.Uint16, []int64{1}, `[65535]`, `[65535]`},
		{augur.Uint32, []int64{1}, `[4294967295]`, `[4294967295]`},
		{augur.Uint64, []int64{1}, `[18446744073709551615]`, `[18446744073709551615]`},
		{augur.Bool, []int64{2}, `[true,false]`, `[true,false]`},
		{augur.Bool, []int64{2}, `"AQA="`, `[true,false]`},
		{augur.String, []int64{2}, `["a\n\"","é"]`, `["a\n\"","é"]`},
		{augur.String, nil, `"AACAPw=="`, `["AACAPw=="]`},
		{augur.Complex64, nil, `[1,-2]`, `[[1,-2]]`},
		{augur.Complex64, nil, `[[1,-2]]`, `[[1,-2]]`},
		{augur.Complex64, []int64{2}, `[[1,"NaN"],[3,4]]`, `[[1,"NaN"],[3,4]]`},
		{augur.Complex128, []int64{1, 2}, `[[[1,2],[3,4]]]`, `[[1,2],[3,4]]`},
		{augur.Complex128, []int64{0}, `[]`, `[]`},
		{augur.Float32, []int64{2, 0}, `[[],[]]`, `[]`},
		{augur.Float32, []int64{2, 0}, `[]`, `[]`},
		{augur.Float32, []int64{0, 2}, `[]`, `[]`},
		{augur.Float32, []int64{0, 2}, `""`, `[]`},
		{augur.Int4, []int64{3}, `"IQM="`, `"IQM="`},
		{augur.Float8E4M3FN, nil, `"Bw=="`, `"Bw=="`},
	} {
		x, err := augur.DecodeTensor(c.dtype, c.shape, []byte(c.data))
		if err != nil {
			t.Errorf("%s%v %s: %v", c.dtype, c.shape, c.data, err)
			continue
		}
		if err := x.Check(); err != nil {
			t.Errorf("%s%v %s: %v", c.dtype, c.shape, c.data, err)
		}
		if got := string(augur.AppendJSON(nil, x)); got != c.want {
			t.Errorf("%s%v %s = %s, want %s", c.dtype, c.shape, c.data, got, c.want)
		}
	}
}

func TestDecodeTensorRefuses(t *testing.T) {
	for _, c := range []struct {
		dtype augur.DType
		shape []int64
		data  string
		want  string
	}{
		{"float33", nil, `1`, `dtype: unknown dtype "float33"`},
		{augur.Float32, []int64{-1}, `[]`, `shape: shape [-1]: dimensions must not be negative`},
		{augur.Uint8, []int64{3}, `[1,2,300]`, `data.2: expected an integer from 0 to 255 (uint8), got 300`},
		{augur.Uint8, []int64{1}, `[-1]`, `data.0: expected an integer from 0 to 255 (uint8), got -1`},
		{augur.Int8, []int64{1, 1}, `[[128]]`, `data.0.0: expected an integer from -128 to 127 (int8), got 128`},
		{augur.Int64, []int64{1}, `[9223372036854775808]`, `data.0: expected an integer from -9223372036854775808 to 9223372036854775807 (int64), got 9223372036854775808`},
		{augur.Int64, []int64{1}, `[60.5]`, `got 60.5`},
		{augur.Int64, []int64{1}, `["60"]`, `got "60"`},
		{augur.Uint64, []int64{1}, `[18446744073709551616]`, `from 0 to 18446744073709551615 (uint64)`},
		{augur.Float32, []int64{2}, `[1,null]`, `data.1: expected a number (float32), got null`},
		{augur.Float32, []int64{2}, `[1,1e39]`, `data.1: expected a number (float32), got 1e39`},
		{augur.Float32, []int64{2}, `[1,"nan"]`, `data.1: expected a number (float32), got "nan"`},
		{augur.Float32, []int64{2}, `[1,[2]]`, `data.1: expected a number (float32), got an array`},
		{augur.Float32, []int64{2}, `[1,{"a":[`, `data: JSON: expected a value at byte 9`},
		{augur.Float16, []int64{1}, `[65520]`, `data.0: expected a number (float16), got 65520`},
		{augur.BFloat16, []int64{1}, `[3.4e38]`, `data.0: expected a number (bfloat16), got 3.4e38`},
		{augur.Float32, []int64{3}, `[1,2]`, `data: shape [3] needs 3 elements, got 2`},
		{augur.Float32, []int64{1}, `[1,2]`, `data: shape [1] needs 1 elements, got more`},
		{augur.Float32, []int64{2, 2}, `[[1,2],[3]]`, `data.1: expected a list of 2, got 1`},
		{augur.Float32, []int64{2, 2}, `[[1,2],[3,4],[5,6]]`, `data: expected a list of 2, got more`},
		{augur.Float32, []int64{2, 2}, `[[1,2],3]`, `data.1: expected a list of 2, got 3`},
		{augur.Float32, []int64{2}, `5`, `data: expected a list of 2 elements or a base64 string, got 5`},
		{augur.Float32, []int64{2}, `{}`, `data: expected a list of 2 elements or a base64 string, got an object`},
		{augur.Float32, []int64{1}, `"AACA"`, `data: expected 4 bytes of float32 as base64, got 3`},
		{augur.Float32, []int64{1}, `"AACAP!=="`, `data: expected a number (float32), or base64 of the bytes, got "AACAP!=="`},
		{augur.Float32, []int64{1}, `[1] 2`, `data: JSON: expected the end at byte 4`},
		{augur.Float32, []int64{1}, ``, `data: JSON: expected a value at byte 0, got the end of the text`},
		{augur.Bool, []int64{1}, `[1]`, `data.0: expected true or false, got 1`},
		{augur.Bool, []int64{2}, `"AQI="`, `data.1: expected 0 or 1 as the byte of a bool, got 2`},
		{augur.String, []int64{1}, `"abc"`, `data: expected a list of 1 elements, got "abc"`},
		{augur.String, []int64{1}, `[1]`, `data.0: expected a string, got 1`},
		{augur.Complex64, []int64{1}, `[[1]]`, `data.0: expected a complex number as [re, im], got an array`},
		{augur.Complex64, []int64{1}, `[[1,2,3]]`, `data.0: expected a complex number`},
		{augur.Int4, []int64{1}, `[1]`, `data: expected a base64 string, the only form of int4, got an array`},
		{augur.Float32, []int64{1 << 30}, `[1]`, `data: shape [1073741824] of float32 needs 1073741824 elements, more than the data holds`},
		{augur.Float32, []int64{1 << 30}, `"AAAA"`, `more than the data holds`},
		{augur.String, []int64{1 << 30}, `"AAAA"`, `more than the data holds`},
		{augur.Float32, []int64{1}, `["` + strings.Repeat("x", 100) + `"]`, `got a long string`},
	} {
		_, err := augur.DecodeTensor(c.dtype, c.shape, []byte(c.data))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s%v %.30s: got %v, want %s", c.dtype, c.shape, c.data, err, c.want)
		}
		if augur.CodeOf(err) != augur.InvalidArgument {
			t.Errorf("%s%v %.30s: code %s", c.dtype, c.shape, c.data, augur.CodeOf(err))
		}
	}
}

// Every 16-bit float, written and read again, is itself.
func TestFloat16RoundTrips(t *testing.T) {
	for _, dtype := range []augur.DType{augur.Float16, augur.BFloat16} {
		all := make([]uint16, 1<<16)
		for i := range all {
			all[i] = uint16(i)
		}
		x := augur.TensorOf(dtype, all, 1<<16)
		y, err := augur.DecodeTensor(dtype, x.Shape, augur.AppendJSON(nil, x))
		if err != nil {
			t.Fatal(err)
		}
		for i, b := range augur.View[uint16](y) {
			if got, want := value16(dtype, b), value16(dtype, all[i]); b != all[i] && !(math.IsNaN(got) && math.IsNaN(want)) {
				t.Fatalf("%s %#04x came back as %#04x", dtype, all[i], b)
			}
		}
	}
}

func value16(dtype augur.DType, b uint16) float64 {
	if dtype == augur.Float16 {
		return float64(augur.Float16Value(b))
	}
	return float64(augur.BFloat16Value(b))
}

// Exactly between two neighbours the even one is right, and the least digit
// more or less, past the reach of a float64, decides otherwise.
func TestFloat16RoundsOnce(t *testing.T) {
	for _, dtype := range []augur.DType{augur.Float16, augur.BFloat16} {
		top := uint16(0x7bfe)
		if dtype == augur.BFloat16 {
			top = 0x7f7e
		}
		for b := uint16(0); b <= top; b += 7 {
			middle := (value16(dtype, b) + value16(dtype, b+1)) / 2 // exact
			text := strings.TrimRight(strconv.FormatFloat(middle, 'f', 200, 64), "0")
			even := b + b&1
			below, above := beside(t, text)
			for _, c := range []struct {
				text string
				want uint16
			}{{text + "0", even}, {above, b + 1}, {below, b}, {"-" + above, b + 1 | 0x8000}} {
				x, err := augur.DecodeTensor(dtype, nil, []byte(c.text))
				if err != nil {
					t.Fatal(err)
				}
				if got := augur.View[uint16](x)[0]; got != c.want {
					t.Fatalf("%s %s = %#04x, want %#04x", dtype, c.text, got, c.want)
				}
			}
		}
	}
}

// beside returns decimals 1e-260 below and above a decimal with a point.
func beside(t *testing.T, text string) (below, above string) {
	t.Helper()
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatal(text)
	}
	tiny, _ := new(big.Rat).SetString("1e-260")
	return new(big.Rat).Sub(r, tiny).FloatString(260), new(big.Rat).Add(r, tiny).FloatString(260)
}

// The same for float32, whose fast path goes through a float64.
func TestFloat32RoundsOnce(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	check := func(text string) {
		t.Helper()
		want, err := strconv.ParseFloat(text, 32)
		if err != nil {
			return
		}
		x, err := augur.DecodeTensor(augur.Float32, []int64{1}, []byte("["+text+"]"))
		if err != nil {
			t.Fatal(err)
		}
		if got := augur.View[float32](x)[0]; math.Float32bits(got) != math.Float32bits(float32(want)) {
			t.Fatalf("%s = %v, want %v", text, got, want)
		}
	}
	for range 20_000 {
		f := math.Float32frombits(rng.Uint32() &^ (1 << 31))
		next := math.Nextafter32(f, math.MaxFloat32)
		if math.IsNaN(float64(f)) || math.IsInf(float64(f), 0) {
			continue
		}
		middle := (float64(f) + float64(next)) / 2
		for _, prec := range []int{-1, 7, 8, 9, 12, 15, 16, 17, 18, 20, 40} {
			check(strconv.FormatFloat(float64(f), 'e', prec, 64))
			check(strconv.FormatFloat(middle, 'e', prec, 64))
		}
		if 1e-6 < middle && middle < 1e6 {
			check(strconv.FormatFloat(middle, 'f', 60, 64) + "1")
		}
	}
}

// anyTensor draws a tensor of any dtype and a small shape.
func anyTensor(t *rapid.T) *augur.Tensor {
	dtype := rapid.SampledFrom(augur.DTypes()).Draw(t, "dtype")
	shape := rapid.SliceOfN(rapid.Int64Range(0, 4), 0, 4).Draw(t, "shape")
	x, err := augur.NewTensor(dtype, shape...)
	if err != nil {
		t.Fatal(err)
	}
	if dtype == augur.String {
		for i := range x.Strings {
			x.Strings[i] = strings.ToValidUTF8(rapid.String().Draw(t, "s"), "")
		}
		return x
	}
	copy(x.Data, rapid.SliceOfN(rapid.Byte(), len(x.Data), len(x.Data)).Draw(t, "bytes"))
	if dtype == augur.Bool {
		for i := range x.Data {
			x.Data[i] &= 1
		}
	}
	return x
}

// sameJSON compares by JSON text, which knows one NaN only.
func sameJSON(x, y *augur.Tensor) bool {
	return string(augur.AppendValueJSON(nil, augur.TensorValue(x))) == string(augur.AppendValueJSON(nil, augur.TensorValue(y)))
}

func TestTensorRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := anyTensor(t)
		text := augur.AppendJSON(nil, x)
		if !json.Valid(text) {
			t.Fatalf("not JSON: %s", text)
		}
		y, err := augur.DecodeTensor(x.DType, x.Shape, text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if !sameJSON(x, y) {
			t.Fatalf("%s came back as %s", text, augur.AppendJSON(nil, y))
		}
		z, err := augur.DecodeTensor(x.DType, x.Shape, augur.AppendBase64(nil, x))
		if err != nil {
			t.Fatalf("%s: %v", augur.AppendBase64(nil, x), err)
		}
		if diff := cmp.Diff(x.Data, z.Data); x.DType != augur.String && diff != "" {
			t.Fatal(diff)
		}
	})
}

func FuzzDecodeTensor(f *testing.F) {
	f.Add(0, int64(2), int64(3), []byte(`[[1,2,3],[4,5,"NaN"]]`))
	f.Add(7, int64(1), int64(1), []byte(`[-9223372036854775808]`))
	f.Add(13, int64(1), int64(2), []byte(`["a","\u00e9"]`))
	f.Add(14, int64(1), int64(1), []byte(`[[[1,2]]]`))
	f.Add(2, int64(0), int64(1), []byte(`"AACA"`))
	f.Fuzz(func(t *testing.T, d int, a, b int64, data []byte) {
		dtype := augur.DTypes()[uint(d)%uint(len(augur.DTypes()))]
		shape := []int64{a, b}
		x, err := augur.DecodeTensor(dtype, shape, data)
		if err != nil {
			if augur.CodeOf(err) != augur.InvalidArgument {
				t.Fatal(err)
			}
			return
		}
		if err := x.Check(); err != nil {
			t.Fatal(err)
		}
		y, err := augur.DecodeTensor(dtype, shape, augur.AppendJSON(nil, x))
		if err != nil || !sameJSON(x, y) {
			t.Fatalf("%v: %s came back as %s", err, augur.AppendJSON(nil, x), augur.AppendJSON(nil, y))
		}
	})
}

func TestAppendValueJSON(t *testing.T) {
	num := func(f ...float32) *augur.Tensor { return augur.TensorOf(augur.Float32, f, int64(len(f))) }
	for _, c := range []struct {
		v    augur.Value
		want string
	}{
		{augur.Value{}, `{"kind":"none"}`},
		{augur.TensorValue(num(1, 2.5)), `{"kind":"tensor","dtype":"float32","shape":[2],"data":[1,2.5]}`},
		{augur.TensorValue(&augur.Tensor{DType: augur.Int4, Shape: []int64{1, 1}, Data: []byte{7}}), `{"kind":"tensor","dtype":"int4","shape":[1,1],"data_b64":"Bw=="}`},
		{augur.Value{Kind: augur.KindSequence}, `{"kind":"sequence","items":[]}`},
		{augur.Value{Kind: augur.KindSequence, Items: []augur.Value{{}, {Kind: augur.KindMap, Keys: augur.StringTensor([]string{"a"}, 1), Values: num(1)}}},
			`{"kind":"sequence","items":[{"kind":"none"},{"kind":"map","keys":{"kind":"tensor","dtype":"string","shape":[1],"data":["a"]},"values":{"kind":"tensor","dtype":"float32","shape":[1],"data":[1]}}]}`},
	} {
		if got := string(augur.AppendValueJSON(nil, c.v)); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
		back, err := augur.DecodeValueJSON([]byte(c.want))
		if err != nil || string(augur.AppendValueJSON(nil, back)) != c.want {
			t.Errorf("%s comes back as %s, %v", c.want, augur.AppendValueJSON(nil, back), err)
		}
	}
	for _, text := range []string{``, `[]`, `{"kind":"tensor"}`, `{"kind":"tensor","dtype":"float32","shape":[2],"data":[1]}`, `{"kind":"sequence","items":[1]}`, `{"kind":"map","keys":{"kind":"none"},"values":{"kind":"none"}}`, `{"kind":"map"}`} {
		if v, err := augur.DecodeValueJSON([]byte(text)); augur.CodeOf(err) != augur.InvalidArgument {
			t.Errorf("%s: %v, %v", text, v, err)
		}
	}
}

func TestAppendQuoted(t *testing.T) {
	for _, s := range []string{"", "plain", "\"\\\b\f\n\r\t\x00\x1f/", "é😀\u2028", "\xff\xfe"} {
		var got string
		if err := json.Unmarshal(augur.AppendQuoted(nil, s), &got); err != nil {
			t.Errorf("%q: %v", s, err)
		}
		if want := strings.ToValidUTF8(s, "\ufffd"); got != want && s != "\xff\xfe" {
			t.Errorf("%q came back as %q", s, got)
		}
	}
}

// wide is 224×224×3 floats, the input of a common image model, as JSON.
func wide() ([]float32, []byte) {
	rng := rand.New(rand.NewPCG(1, 2))
	f := make([]float32, 150_528)
	for i := range f {
		f[i] = rng.Float32()
	}
	text, _ := json.Marshal(f)
	return f, text
}

// BenchmarkDecodeTensor prints how many times faster than encoding/json into
// []float32 the codec reads 150,528 floats.
func BenchmarkDecodeTensor(b *testing.B) {
	f, text := wide()
	shape := []int64{1, 3, 224, 224}
	b.Run("json", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := augur.DecodeTensor(augur.Float32, shape, text); err != nil {
				b.Fatal(err)
			}
		}
		ours := b.Elapsed().Seconds() / float64(b.N)
		const rounds = 5
		began := time.Now()
		for range rounds {
			var out []float32
			if err := json.Unmarshal(text, &out); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(time.Since(began).Seconds()/rounds/ours, "x-encoding/json")
	})
	raw := make([]byte, 4*len(f))
	for i, v := range f {
		binary.LittleEndian.PutUint32(raw[4*i:], math.Float32bits(v))
	}
	b64 := []byte(`"` + base64.StdEncoding.EncodeToString(raw) + `"`)
	b.Run("base64", func(b *testing.B) {
		b.SetBytes(int64(len(b64)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := augur.DecodeTensor(augur.Float32, shape, b64); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkAppendJSON(b *testing.B) {
	f, text := wide()
	x := augur.TensorOf(augur.Float32, f, int64(len(f)))
	b.SetBytes(int64(len(text)))
	buf := make([]byte, 0, len(text)*2)
	for b.Loop() {
		buf = augur.AppendJSON(buf[:0], x)
	}
}

func TestScannerShape(t *testing.T) {
	for _, c := range []struct {
		dtype augur.DType
		text  string
		want  []int64
	}{
		{augur.Float32, `[[1,2,3],[4,5,6]]`, []int64{2, 3}},
		{augur.Float32, `[]`, []int64{0}},
		{augur.Float32, `[[],[]]`, []int64{2, 0}},
		{augur.Float32, `1`, nil},
		{augur.Complex64, `[[1,2],[3,4],[5,6]]`, []int64{3}},
		{augur.Complex64, `[]`, []int64{0}},
		{augur.Complex64, `[[],[]]`, []int64{2, 0}},
		{augur.Complex64, `[1,2]`, nil},
	} {
		s := augur.NewScanner([]byte(c.text))
		got, ok := s.Shape(c.dtype)
		if ok != (c.want != nil) || ok && !slices.Equal(got, c.want) {
			t.Errorf("%s %s: got %v, %v, want %v", c.dtype, c.text, got, ok, c.want)
		}
		if s.Skip(); s.End() != nil {
			t.Errorf("%s: Shape has moved the scanner", c.text)
		}
	}
}
