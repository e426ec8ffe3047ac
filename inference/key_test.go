package inference

import (
	"encoding/hex"
	"math"
	"strings"
	"testing"

	"augur"
)

const someDigest = augur.Digest("sha256:abababababababababababababababababababababababababababababababab")

func named(name string, t *augur.Tensor) augur.NamedTensor {
	return augur.NamedTensor{Name: name, Tensor: t}
}

func float4(shape ...int64) *augur.Tensor {
	return augur.TensorOf(augur.Float32, []float32{1, 2, 3, 4}, shape...)
}

// keyOf is the key of a question.
func keyOf(digest augur.Digest, inputs []augur.NamedTensor, outputs []string) Key {
	k := kindOf(digest, inputs, outputs)
	return k.key(inputs)
}

// The vectors were computed from the descriptions of kindOf and key with Python's hashlib. A
// change of the layout changes them, and must change keyForm.
func TestKeyGolden(t *testing.T) {
	bytes := make([]uint8, 2000)
	for i := range bytes {
		bytes[i] = uint8(i)
	}
	for _, c := range []struct {
		want    string
		digest  augur.Digest
		inputs  []augur.NamedTensor
		outputs []string
	}{
		{"93958128c94748e02751c9fa39002d9a5321421a9bf3b8f27b0fea1fba4deee7", someDigest, []augur.NamedTensor{named("x", float4(1, 4))}, []string{"y"}},
		{"dc3cdf5bf050267ee281f36d4c1c4a5d67bc3cdab037014eb2022346ecf845d0", someDigest, []augur.NamedTensor{named("x", float4(2, 2))}, []string{"y"}},
		{"045ecf21d96495e8c3d9fe971fca88b79a7efc6baa0d5fca115e62f3a019c4df", someDigest, []augur.NamedTensor{
			named("s", augur.StringTensor([]string{"ab", ""}, 2)), named("n", augur.TensorOf(augur.Int64, []int64{-1})),
		}, []string{"y", "z"}},
		{"ca3bdf772667a4dfd9076c8f7a5d764d153af7c6c6487992939e953acdd138ac", someDigest, []augur.NamedTensor{named("x", augur.TensorOf(augur.Uint8, bytes, 2000))}, []string{"y"}},
		{"771eaaa330c8f9ebc4b67e756a06c2ada0108a134748fd6b3b45e88f3e7100b0", someDigest, []augur.NamedTensor{
			sequence("s", float4(2, 2), augur.TensorOf(augur.Float32, []float32{}, 0)),
			mapping("m", augur.StringTensor([]string{"ab", ""}, 2), augur.TensorOf(augur.Int64, []int64{-1, 7}, 2)),
		}, []string{"y"}},
		{"3185c8518cb83caa409543e74aaead0e630f4863218600067765c437cd3de122", augur.Digest("sha256:" + strings.Repeat("cd", 32)), nil, nil},
	} {
		for range 2 { // the second with a hasher that was used before
			if key := keyOf(c.digest, c.inputs, c.outputs); hex.EncodeToString(key[:]) != c.want {
				t.Errorf("%x, want %s", key, c.want)
			}
		}
	}
}

// Whatever differs in a question differs in its key.
func TestKeysDiffer(t *testing.T) {
	x := named("x", float4(1, 4))
	text := func(s ...string) []augur.NamedTensor {
		return []augur.NamedTensor{named("x", augur.StringTensor(s, int64(len(s))))}
	}
	seen := map[Key]int{}
	for i, key := range []Key{
		keyOf(someDigest, []augur.NamedTensor{x}, []string{"y"}),
		keyOf("sha256:other", []augur.NamedTensor{x}, []string{"y"}),
		keyOf(someDigest, []augur.NamedTensor{x}, []string{"y", "z"}),
		keyOf(someDigest, []augur.NamedTensor{x}, []string{"z", "y"}),
		keyOf(someDigest, []augur.NamedTensor{x}, []string{"yz"}),
		keyOf(someDigest, []augur.NamedTensor{x}, nil),
		keyOf(someDigest, []augur.NamedTensor{named("x", float4(2, 2))}, []string{"y"}),
		keyOf(someDigest, []augur.NamedTensor{named("x", float4(4))}, []string{"y"}),
		keyOf(someDigest, []augur.NamedTensor{named("x2", float4(1, 4))}, []string{"y"}),
		keyOf(someDigest, []augur.NamedTensor{named("x", &augur.Tensor{DType: augur.Int32, Shape: []int64{1, 4}, Data: x.Tensor.Data})}, []string{"y"}),
		keyOf(someDigest, []augur.NamedTensor{named("x", augur.TensorOf(augur.Float32, []float32{1, 2, 3, 5}, 1, 4))}, []string{"y"}),
		keyOf(someDigest, []augur.NamedTensor{x, named("z", float4(4))}, []string{"y"}),
		keyOf(someDigest, text("ab", ""), nil),
		keyOf(someDigest, text("a", "b"), nil),
		keyOf(someDigest, text("", "ab"), nil),
		keyOf(someDigest, text("ab"), nil),
		keyOf(someDigest, []augur.NamedTensor{sequence("x")}, nil),
		keyOf(someDigest, []augur.NamedTensor{sequence("x", float4(4))}, nil),
		keyOf(someDigest, []augur.NamedTensor{named("x", float4(4))}, nil),
		keyOf(someDigest, []augur.NamedTensor{sequence("x", float4(4), float4(4))}, nil),
		keyOf(someDigest, []augur.NamedTensor{sequence("x", float4(2, 2))}, nil),
		keyOf(someDigest, []augur.NamedTensor{sequence("x", augur.TensorOf(augur.Float32, []float32{1, 2}, 2), augur.TensorOf(augur.Float32, []float32{3, 4}, 2))}, nil),
		keyOf(someDigest, []augur.NamedTensor{sequence("x", augur.StringTensor([]string{"a"}, 1), augur.StringTensor([]string{"b"}, 1))}, nil),
		keyOf(someDigest, []augur.NamedTensor{sequence("x", augur.StringTensor([]string{"a", "b"}, 2))}, nil),
		keyOf(someDigest, []augur.NamedTensor{mapping("x", augur.StringTensor([]string{"a"}, 1), augur.StringTensor([]string{"b"}, 1))}, nil),
		keyOf(someDigest, []augur.NamedTensor{sequence("x", augur.TensorOf(augur.Int64, []int64{1}, 1), augur.TensorOf(augur.Float32, []float32{2}, 1))}, nil),
		keyOf(someDigest, []augur.NamedTensor{mapping("x", augur.TensorOf(augur.Int64, []int64{1}, 1), augur.TensorOf(augur.Float32, []float32{2}, 1))}, nil),
	} {
		if j, ok := seen[key]; ok {
			t.Errorf("questions %d and %d have one key", i, j)
		}
		seen[key] = i
	}
}

// A row of several has the key that it has alone.
func TestKeyOfRow(t *testing.T) {
	in := []augur.NamedTensor{
		named("x", augur.TensorOf(augur.Float32, []float32{1, 2, 3, 4, 5, 6}, 3, 2)),
		named("s", augur.StringTensor([]string{"a", "b", "c"}, 3, 1)),
	}
	k := kindOf(someDigest, in, []string{"y"})
	for row := range 3 {
		if got, want := k.keyOfRow(in, row), k.key(rowsOf(in, row, row+1)); got != want {
			t.Errorf("row %d has key %x, want %x", row, got, want)
		}
	}
}

func TestKeyDoesNotAllocate(t *testing.T) {
	in := []augur.NamedTensor{named("x", float4(1, 4)), named("s", augur.StringTensor([]string{"a"}, 1))}
	out := []string{"y"}
	// The least of several: under the race detector a sync.Pool forgets at random.
	least := math.Inf(1)
	for range 50 {
		least = min(least, testing.AllocsPerRun(1, func() { keyOf(someDigest, in, out) }))
	}
	if least > 0 {
		t.Errorf("%v allocations", least)
	}
}
