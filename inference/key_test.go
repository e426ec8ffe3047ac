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

// The vectors were computed from keyOf's description with Python's hashlib. A
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
		{"ff9b23e2298bb0b95be13e873cc31f94c54991ca5229dffc804f7763282629d5", someDigest, []augur.NamedTensor{named("x", float4(1, 4))}, []string{"y"}},
		{"93b57e3471d35c9edc88985159f30034c701c8ec36abe9bb42e982b90c00cd48", someDigest, []augur.NamedTensor{named("x", float4(2, 2))}, []string{"y"}},
		{"61fffed07087971a9b134bee1660970e10fbd063ced3f8d1bb4a8425f1bfa493", someDigest, []augur.NamedTensor{
			named("s", augur.StringTensor([]string{"ab", ""}, 2)), named("n", augur.TensorOf(augur.Int64, []int64{-1})),
		}, []string{"y", "z"}},
		{"564b54b920adfa27c4d5413d2894a14b879945640ea41509dc6aa34c36b0236d", someDigest, []augur.NamedTensor{named("x", augur.TensorOf(augur.Uint8, bytes, 2000))}, []string{"y"}},
		{"f63d38677d1e75834736025a64e5d467800d2dc6b15a73f2eda94efc06205b17", augur.Digest("sha256:" + strings.Repeat("cd", 32)), nil, nil},
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
	} {
		if j, ok := seen[key]; ok {
			t.Errorf("questions %d and %d have one key", i, j)
		}
		seen[key] = i
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
