package inference

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"augur"
)

// drawTensor draws a tensor of any dtype.
func drawTensor(t *rapid.T, dtype augur.DType, shape ...int64) *augur.Tensor {
	tensor, err := augur.NewTensor(dtype, shape...)
	if err != nil {
		t.Fatal(err)
	}
	for i := range tensor.Strings {
		tensor.Strings[i] = rapid.String().Draw(t, "text")
	}
	copy(tensor.Data, rapid.SliceOfN(rapid.Byte(), len(tensor.Data), len(tensor.Data)).Draw(t, "data"))
	return tensor
}

// drawValue draws a value of any form.
func drawValue(t *rapid.T, depth int) augur.Value {
	dim := rapid.Int64Range(0, 3)
	switch rapid.IntRange(0, 5).Draw(t, "form") {
	case 0:
		return augur.Value{}
	case 1:
		n := dim.Draw(t, "n")
		keys := rapid.SampledFrom([]augur.DType{augur.String, augur.Int64}).Draw(t, "keys")
		return augur.Value{Kind: augur.KindMap, Keys: drawTensor(t, keys, n), Values: drawTensor(t, augur.Float32, n)}
	case 2:
		if depth == 3 {
			return augur.Value{Kind: augur.KindSequence}
		}
		items := []augur.Value{}
		for range rapid.IntRange(0, 3).Draw(t, "items") {
			items = append(items, drawValue(t, depth+1))
		}
		return augur.Value{Kind: augur.KindSequence, Items: items}
	default:
		var shape []int64
		if rapid.Bool().Draw(t, "shaped") {
			shape = rapid.SliceOfN(dim, 0, 4).Draw(t, "shape")
		}
		return augur.TensorValue(drawTensor(t, rapid.SampledFrom(augur.DTypes()).Draw(t, "dtype"), shape...))
	}
}

func drawOutputs(t *rapid.T) []augur.Output {
	outputs := []augur.Output{}
	for range rapid.IntRange(0, 4).Draw(t, "outputs") {
		outputs = append(outputs, augur.Output{Name: rapid.String().Draw(t, "name"), Value: drawValue(t, 0)})
	}
	return outputs
}

// What was written is read again, exactly; under another key, or with any one
// byte changed, missing or added, it is nothing.
func TestSharedCodec(t *testing.T) {
	key := Key{1, 2, 3}
	expires := time.UnixMilli(1_790_000_000_123)
	rapid.Check(t, func(t *rapid.T) {
		want := drawOutputs(t)
		b, ok := encodeShared(key, expires, want)
		if !ok {
			t.Fatal("not encoded")
		}
		got, at, ok := decodeShared(key, b)
		if diff := cmp.Diff(want, got); diff != "" || !at.Equal(expires) || !ok {
			t.Fatalf("%v, expires %s: %s", ok, at, diff)
		}
		if again, ok := encodeShared(key, expires, got); !ok || !bytes.Equal(again, b) {
			t.Fatal("the same outputs gave other bytes")
		}
		at2 := rapid.IntRange(0, len(b)-1).Draw(t, "place")
		changed := bytes.Clone(b)
		changed[at2] ^= byte(rapid.IntRange(1, 255).Draw(t, "bits"))
		for what, bad := range map[string][]byte{"changed": changed, "cut": b[:at2], "longer": append(bytes.Clone(b), 0)} {
			if _, _, ok := decodeShared(key, bad); ok {
				t.Errorf("%s at %d: read", what, at2)
			}
		}
		if _, _, ok := decodeShared(Key{9}, b); ok {
			t.Error("read under another key")
		}
	})
}

// Every element type survives, as does what a decoded tensor is viewed as.
func TestSharedCodecOfEveryType(t *testing.T) {
	var want []augur.Output
	for _, dtype := range augur.DTypes() {
		tensor, err := augur.NewTensor(dtype, 3, 5)
		if err != nil {
			t.Fatal(err)
		}
		for i := range tensor.Data {
			tensor.Data[i] = byte(7*i + 1)
		}
		for i := range tensor.Strings {
			tensor.Strings[i] = string(rune('α' + i))
		}
		want = append(want, augur.Output{Name: string(dtype), Value: augur.TensorValue(tensor)})
	}
	b, ok := encodeShared(Key{}, time.Time{}, want)
	if !ok {
		t.Fatal("not encoded")
	}
	got, _, ok := decodeShared(Key{}, b)
	if diff := cmp.Diff(want, got); diff != "" || !ok {
		t.Fatal(diff)
	}
}

func TestSharedCodecRefuses(t *testing.T) {
	deep := augur.Value{}
	for range maxNesting + 2 {
		deep = augur.Value{Kind: augur.KindSequence, Items: []augur.Value{deep}}
	}
	for name, v := range map[string]augur.Value{
		"no tensor":  {Kind: augur.KindTensor},
		"no keys":    {Kind: augur.KindMap, Values: augur.TensorOf(augur.Int64, []int64{1}, 1)},
		"wrong size": augur.TensorValue(&augur.Tensor{DType: augur.Float32, Shape: []int64{2}, Data: make([]byte, 4)}),
		"other kind": {Kind: "NEW"},
		"too deep":   deep,
	} {
		if _, ok := encodeShared(Key{}, time.Time{}, []augur.Output{{Name: "o", Value: v}}); ok {
			t.Errorf("%s was encoded", name)
		}
	}
}

// FuzzSharedCodec: bytes without a sum to vouch for them never panic the
// decoder, and what it takes for outputs can be written again.
func FuzzSharedCodec(f *testing.F) {
	b, _ := encodeShared(Key{}, time.Time{}, []augur.Output{
		{Name: "a", Value: augur.TensorValue(augur.TensorOf(augur.Float32, []float32{1, 2}, 2, 1))},
		{Name: "b", Value: augur.TensorValue(augur.StringTensor([]string{"x", ""}, 2))},
		{Name: "c", Value: augur.Value{Kind: augur.KindSequence, Items: []augur.Value{{}, {
			Kind: augur.KindMap, Keys: augur.TensorOf(augur.Int64, []int64{4}, 1), Values: augur.TensorOf(augur.Float64, []float64{.5}, 1),
		}}}},
	})
	f.Add(b[sharedHead:])
	f.Add([]byte{1, 0, tensorForm, 4, 'b', 'o', 'o', 'l', 3, 0xff, 0xff, 0xff, 0xff, 0x0f, 0})
	f.Fuzz(func(t *testing.T, body []byte) {
		if outputs, ok := decodeOutputs(body); ok {
			if _, ok := encodeShared(Key{}, time.Time{}, outputs); !ok {
				t.Errorf("%x was read as what cannot be: %+v", body, outputs)
			}
		}
		if _, _, ok := decodeShared(Key{}, body); ok && len(body) < sharedHead {
			t.Error("read")
		}
	})
}
